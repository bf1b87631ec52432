"""The ledger follows recipes that were renamed or squashed: one that replaces others stands for what they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fixturekit.exceptions import PartlyReplaced
from fixturekit.ledger import Applied, Ledger
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.loader import LoadedRecipe, RecipeLoader
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import checksum, write


@dataclass(frozen=True, slots=True)
class Succession:
    """A recipe that is not applied itself, and the applied ones that it replaces; all of them, if ``missing`` is empty."""

    recipe: LoadedRecipe
    replaced: tuple[Applied, ...]
    missing: tuple[str, ...]

    @property
    def names(self) -> str:
        return " and ".join(applied.name for applied in self.replaced)


def successions(loader: RecipeLoader, applied: Mapping[str, Applied]) -> dict[str, Succession]:
    """Return the recipes that replace applied ones and are not applied themselves, by name."""
    found = {}
    for name, recipe in loader.recipes.items():
        replaced = [dependency.name for dependency in recipe.document.replaces]
        there = tuple(applied[old] for old in replaced if old in applied)
        if there and name not in applied:
            missing = tuple(old for old in replaced if old not in applied)
            found[name] = Succession(recipe, there, missing)
    return found


def refuse_partly(succession: Succession, alias: str) -> None:
    """Refuse a recipe that stands for others of which only some are applied.

    Raises:
        PartlyReplaced: It is one.
    """
    if succession.missing:
        raise PartlyReplaced(
            f"{succession.recipe.shown}: {succession.recipe.name} replaces {succession.names}, which database '{alias}' "
            f"has, and {' and '.join(succession.missing)}, which it has not. Apply what is missing from an earlier state of "
            "the project, or remove what is there: applyfixtures --prune"
        )


def stand_in(ledger: Ledger, succession: Succession) -> Applied:
    """Return what the ledger will know of a recipe once it stands for those that it replaces. Reads only."""
    first = succession.replaced[0]
    return Applied(
        succession.recipe.name,
        _checksum(ledger, succession),
        all(applied.faked for applied in succession.replaced),
        first.applied_at,
        sum(applied.rows for applied in succession.replaced),
        first.scale,
    )


def follow(ledger: Ledger, succession: Succession) -> None:
    """Let a recipe stand for those that it replaces: it takes their entries and rows over. Writes."""
    recipe = succession.recipe
    found = _checksum(ledger, succession)
    same = found == recipe.checksum
    old = [applied.name for applied in succession.replaced]
    ledger.take_over(
        recipe.name,
        old,
        document=write(recipe.document) if same else ledger.document(old[0]),
        checksum=found,
        file_checksum=recipe.file_checksum if same else "",
    )


def _checksum(ledger: Ledger, succession: Succession) -> str:
    """That of the recipe, unless it was only renamed and its steps say something else than they did."""
    recipe = succession.recipe
    if len(succession.replaced) > 1:
        return recipe.checksum
    (old,) = succession.replaced
    before = read(ledger.document(old.name), recipe.shown)
    same = _steps(before, old.name) == _steps(recipe.document, recipe.name)
    return recipe.checksum if same else old.checksum


def _steps(recipe: Recipe, name: str) -> str:
    """What the rows of a recipe follow from, in short: not its name, unless that is its seed."""
    seed = name if recipe.seed is None else str(recipe.seed)
    return checksum(replace(recipe, seed=seed, depends_on=(), replaces=()))


def gone(loader: RecipeLoader, applied: Mapping[str, Applied]) -> Sequence[str]:
    """Return the applied recipes whose files are gone and for which no other stands, the last applied first."""
    followed = {
        old.name
        for succession in successions(loader, applied).values()
        if not succession.missing
        for old in succession.replaced
    }
    return [name for name in reversed(list(applied)) if name not in loader.recipes and name not in followed]
