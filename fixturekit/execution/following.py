"""The ledger follows recipes that were renamed or squashed: one that replaces others stands for what they made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixturekit.exceptions import PartlyReplaced, RecipeInvalid
from fixturekit.ledger import Applied, Ledger
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.loader import LoadedRecipe, RecipeLoader
from fixturekit.recipes.naming import did_you_mean
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write


@dataclass(frozen=True, slots=True)
class Succession:
    """A recipe that is not applied itself, and the applied ones that it replaces.

    It can stand for them where it is ``whole``: none is ``missing``, and all are applied in one scale.
    """

    recipe: LoadedRecipe
    replaced: tuple[Applied, ...]
    missing: tuple[str, ...]

    @property
    def names(self) -> str:
        return " and ".join(applied.name for applied in self.replaced)

    @property
    def scales(self) -> set[float]:
        return {applied.scale for applied in self.replaced}

    @property
    def whole(self) -> bool:
        return not self.missing and len(self.scales) == 1


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
    """Refuse a recipe that stands for others of which only some are applied, or not all in one scale.

    Raises:
        PartlyReplaced: It is one.
    """
    if succession.missing:
        raise PartlyReplaced(
            f"{succession.recipe.shown}: {succession.recipe.name} replaces {succession.names}, which database '{alias}' "
            f"has, and {' and '.join(succession.missing)}, which it has not. Apply what is missing from an earlier state of "
            "the project, or remove what is there: applyfixtures --prune"
        )
    if not succession.whole:
        scales = " and ".join(f"{applied.name} with scale {applied.scale:g}" for applied in succession.replaced)
        raise PartlyReplaced(
            f"{succession.recipe.shown}: {succession.recipe.name} replaces {scales} in database '{alias}': one recipe has "
            "one scale. Remove what is there: applyfixtures --prune"
        )


def stand_in(succession: Succession) -> Applied:
    """Return what the ledger will know of a recipe once it stands for those that it replaces."""
    first = succession.replaced[0]
    return Applied(
        succession.recipe.name,
        _checksum(succession),
        all(applied.faked for applied in succession.replaced),
        first.applied_at,
        sum(applied.rows for applied in succession.replaced),
        first.scale,
        sum(applied.sides for applied in succession.replaced),
    )


def follow(ledger: Ledger, succession: Succession) -> None:
    """Let a recipe stand for those that it replaces: it takes their entries and rows over. Writes."""
    recipe = succession.recipe
    found = _checksum(succession)
    same = found == recipe.checksum
    old = [applied.name for applied in succession.replaced]
    ledger.take_over(
        recipe.name,
        old,
        document=write(recipe.document.spelled_out(recipe.name)) if same else ledger.document(old[0]),
        checksum=found,
        file_checksum=recipe.file_checksum if same else "",
    )


def _checksum(succession: Succession) -> str:
    """That of the one recipe that was renamed, whether or not it was edited too; several become what the new one says."""
    first, *others = succession.replaced
    return succession.recipe.checksum if others else first.checksum


def gone(loader: RecipeLoader, applied: Mapping[str, Applied]) -> Sequence[str]:
    """Return the applied recipes whose files are gone and for which no other stands, the last applied first."""
    followed = {
        old.name
        for succession in successions(loader, applied).values()
        if succession.whole
        for old in succession.replaced
    }
    return [name for name in reversed(list(applied)) if name not in loader.recipes and name not in followed]


def likely_renamed(loader: RecipeLoader, ledger: Ledger) -> Iterator[str]:
    """Say of recipes that are not applied which applied one, whose file is gone, they most likely are. Reads only.

    That is one that they nearly name under ``replaces``, or one of the same seed or the same steps.
    """
    applied = ledger.applied()
    lost = {name: _applied_document(ledger, name) for name in gone(loader, applied)}
    following = successions(loader, applied)
    for name, recipe in loader.recipes.items() if lost else ():
        if name not in applied and name not in following:
            yield from list(_misspelled(recipe, lost)) or _alike(recipe, lost)


def _misspelled(recipe: LoadedRecipe, lost: Mapping[str, Recipe | None]) -> Iterator[str]:
    for old in recipe.document.replaces:
        hint = did_you_mean(old.name, lost)
        if hint:
            yield f"{old.mark}: {recipe.name} replaces {old.name}, which was not applied here. {hint}"


def _alike(recipe: LoadedRecipe, lost: Mapping[str, Recipe | None]) -> Iterator[str]:
    document = recipe.document
    for old, before in lost.items():
        if before is None:
            continue
        seed = before.seed_for(old)
        same_seed = document.seed_for(recipe.name) == seed
        if same_seed or (document.steps and document.steps == before.steps):
            what = "seed" if same_seed else "steps"
            more = "" if same_seed else f" and 'seed: {seed}'"
            yield (
                f"{recipe.shown}: {recipe.name} has the {what} of {old}, which is applied and whose file is gone. "
                f"If it is the same under another name, write 'replaces: [{old}]'{more} into it"
            )


def _applied_document(ledger: Ledger, name: str) -> Recipe | None:
    """The recipe as it was applied; None where an older or newer version wrote what this one cannot read."""
    try:
        return read(ledger.document(name), name)
    except RecipeInvalid:
        return None
