"""A command becomes a recipe: built, planned, proven, written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from fixturekit.exceptions import PlanError, RecipeNotWritable, RecordingError
from fixturekit.execution.applier import Applier
from fixturekit.planning.draft import Interval
from fixturekit.planning.plan import Plan
from fixturekit.planning.planner import Planned, Planner
from fixturekit.recipes.document import Entry, Literal, Mapping, Options, Recipe, Recorded, Step
from fixturekit.recipes.keys import ENGINE, FORMAT
from fixturekit.recipes.naming import is_recipe_name
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.building import Built, build, dependencies
from fixturekit.recording.naming import recipe_name
from fixturekit.recording.pins import Portable, keep_pins, make_portable
from fixturekit.recording.proof import Proof, last_migrations, prove

Elsewhere = list[tuple[str, Interval]]
"""Intervals of unique values, each with the name of the recipe that has it."""

_PLACES = 20  # so many free places are looked for where another recipe has the derived one


@dataclass(slots=True)
class Request:
    """What is to be recorded. ``target`` is ``app``, ``app.recipe`` or empty: then the first model's app."""

    steps: Sequence[StepArguments]
    target: str = ""
    seed: str | None = None
    now: str = ""
    style: str = ""
    depends_on: Sequence[str] = ()
    tags: Sequence[str] = ()
    manual: bool = False
    comment: str = ""
    verify: bool = True
    allow_unstable: bool = False


@dataclass(slots=True)
class Recording:
    """A recipe that was recorded but not written yet."""

    name: str
    recipe: Recipe
    text: str
    portable: Portable = field(default_factory=Portable)
    proof: Proof | None = None
    warnings: list[str] = field(default_factory=list)


class Recorder:
    """Records recipes for the project of a loader, proving them on the database of an applier."""

    def __init__(self, applier: Applier) -> None:
        self._applier = applier
        self._loader = applier.loader

    def record(self, request: Request, clock: str) -> Recording:
        """Build, plan and prove a recipe; nothing is written.

        Args:
            request: What the command line asks for.
            clock: What the recipe's clock says if the request names none, with zone.

        Raises:
            RecordingError: The command line makes no recipe.
            PlanError: The recipe does not fit the models.
            ApplyError: Its rows cannot be written.
            RecipeNotFound: ``--depends-on``, or a ref, leads to no recipe.
            RecipeNotWritable: There is no folder that it may be written to.
            UnstableRecipe: Two replays gave different rows.
        """
        built = build(request.steps)
        app_label, name = self._name(request, built)
        full_name = f"{app_label}.{name}"
        portable = self._portable(request, built)
        recipe = self._recipe(full_name, request, replace(built, steps=portable.steps), clock)
        planned = self._planned(full_name, recipe)
        elsewhere = self._elsewhere(planned)
        recipe = self._placed(full_name, _with_shares(recipe, planned.shares), planned, elsewhere)
        planned = self._planned(full_name, recipe)
        _text(recipe, full_name)  # before any row is made
        proof = self._prove(planned.plan, recipe, request)
        recipe = self._recorded(recipe, planned.plan, proof)
        text = _text(recipe, full_name)
        warnings = [*portable.warnings, *_clashes(planned, elsewhere)]
        return Recording(full_name, recipe, text, portable=portable, proof=proof, warnings=warnings)

    def write(self, recording: Recording) -> Path:
        """Write a recording into its app's folder and return the path.

        Raises:
            RecipeNotWritable: There is no folder that it may be written to.
        """
        app_label, _, name = recording.name.partition(".")
        folder = self._loader.folder_for(app_label)
        path = folder / f"{self._loader.next_number(app_label):04}_{name}.yaml"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(recording.text)
        except OSError as error:
            raise RecipeNotWritable(f"{path} cannot be written: {error.strerror or error}") from error
        return path

    def _name(self, request: Request, built: Built) -> tuple[str, str]:
        app_label, dot, name = request.target.partition(".")
        if dot and not (app_label and name):
            raise RecordingError(f"'{request.target}' is neither an app nor app.recipe_name")
        app_label = app_label or built.models[0]._meta.app_label
        self._loader.folder_for(app_label)
        taken = {recipe.partition(".")[2] for recipe in self._loader.recipes if recipe.startswith(f"{app_label}.")}
        if not name:
            return app_label, recipe_name([step.id for step in built.steps], taken)
        if not is_recipe_name(name):
            raise RecordingError(
                f"'{name}' is not the name of a recipe: use lower-case letters, digits and underscores"
            )
        if name in taken:
            shown = self._loader.recipes[f"{app_label}.{name}"].shown
            raise RecordingError(f"there is a recipe {app_label}.{name} already: {shown}")
        return app_label, name

    def _portable(self, request: Request, built: Built) -> Portable:
        if not request.verify:
            return keep_pins(built)
        return make_portable(self._applier.connection.alias, self._applier.ledger, built, self._document)

    def _recipe(self, name: str, request: Request, built: Built, clock: str) -> Recipe:
        return Recipe(
            steps=built.steps,
            seed=name if request.seed is None else f"{name}:{request.seed}",
            now=request.now or clock,
            depends_on=dependencies(built.steps, self._named(request.depends_on)),
            tags=tuple(request.tags),
            manual=request.manual,
            options=Options(style="plain" if request.style == "plain" else ""),
            comment=request.comment,
        )

    def _named(self, words: Iterable[str]) -> list[str]:
        """The full names of recipes that may be named by a number, or cut short."""
        return [name for word in words for name in self._loader.resolve([word])]

    def _planned(self, name: str, recipe: Recipe) -> Planned:
        for dependency in recipe.depends_on:
            self._loader.resolve([dependency.name])
        folder = self._loader.folder_for(name.partition(".")[0])
        return Planner(self._document, self._applier.connection.alias).plan(name, recipe, folder)

    def _document(self, name: str) -> Recipe | None:
        loaded = self._loader.recipes.get(name)
        return loaded.document if loaded else None

    def _elsewhere(self, planned: Planned) -> Elsewhere:
        """The intervals of the same enumerations that the project's other recipes have."""
        keys = {interval.key for interval in planned.intervals}
        found: Elsewhere = []
        for other in self._loader.recipes if keys else ():
            with suppress(PlanError):  # one that does not fit the models makes no rows that could be in the way
                intervals = self._applier.plan(other).intervals
                found += [(other, interval) for interval in intervals if interval.key in keys]
        return found

    def _placed(self, name: str, recipe: Recipe, planned: Planned, elsewhere: Elsewhere) -> Recipe:
        """Move unique values to a free interval where another recipe of the project has the derived one.

        Only values of a step's own rows can be moved: ``from`` says nothing of related rows.
        """
        for step in recipe.steps:
            if step.from_ is None and _overlapping(planned, step.id, elsewhere):
                ends = {other.start + other.count for _, other in elsewhere}
                for start in [*sorted(ends, reverse=True)[: _PLACES - 1], 0]:
                    moved = _replaced(recipe, replace(step, from_=start))
                    again = self._planned(name, moved)
                    if not _overlapping(again, step.id, elsewhere):
                        recipe, planned = moved, again
                        break
        return recipe

    def _prove(self, plan: Plan, recipe: Recipe, request: Request) -> Proof | None:
        if not request.verify:
            return None
        proof = prove(self._applier, plan, [dependency.name for dependency in recipe.depends_on])
        if not request.allow_unstable:
            proof.refuse_unstable()
        return proof

    def _recorded(self, recipe: Recipe, plan: Plan, proof: Proof | None) -> Recipe:
        produces = []
        for step in recipe.steps if proof else ():
            assert proof is not None
            digest = proof.digests.get(step.id)
            if digest is not None:
                produces.append((step.id, digest.describe(proof.without(step.id))))
        recorded = Recorded(
            format=FORMAT,
            engine=ENGINE,
            schema=last_migrations(plan, _leaves()),
            produces=tuple(produces),
        )
        return replace(recipe, recorded=recorded)


def _with_shares(recipe: Recipe, shares: Iterable[tuple[str, str, int]]) -> Recipe:
    """Write into the recipe over how many rows the planner spread relations that nobody spoke of."""
    added: dict[str, list[Entry]] = {}
    for id, path, count in shares:
        added.setdefault(id, []).append(Entry(path, Literal(count, text=str(count))))
    for step in recipe.steps:
        if step.id in added:
            recipe = _replaced(recipe, replace(step, share=Mapping((*step.share.entries, *added[step.id]))))
    return recipe


def _replaced(recipe: Recipe, step: Step) -> Recipe:
    """The recipe with another step of this id."""
    return replace(recipe, steps=tuple(step if other.id == step.id else other for other in recipe.steps))


def _overlapping(planned: Planned, step: str, elsewhere: Elsewhere) -> bool:
    """Whether a step's own rows would have unique values that another recipe has."""
    mine = [interval for interval in planned.intervals if interval.step == step and not interval.path]
    return any(interval.overlaps(other) for interval in mine for _, other in elsewhere)


def _clashes(planned: Planned, elsewhere: Elsewhere) -> Iterator[str]:
    """Say which unique values stand in another recipe as well, once for each column and recipe."""
    told = set()
    for interval in planned.intervals:
        for name, other in elsewhere:
            place = (interval.step, interval.path, interval.key, name)
            if interval.overlaps(other) and place not in told:
                told.add(place)
                yield (
                    f"{interval.step}: generated values of {interval.key} are also those of {name}; where both are "
                    f"applied, the later one gets others. {_remedy(interval)}"
                )


def _remedy(interval: Interval) -> str:
    if not interval.path:
        return "Lower the count, or give the values yourself"
    path = interval.path.rstrip(".").replace(".", "__")
    return f"Make the rows of {path} in a step of their own"


def _text(recipe: Recipe, name: str) -> str:
    """The recipe's text, which is read once: what cannot be read must not be written.

    Raises:
        RecordingError: It holds what no file can say.
        RecipeInvalid: It breaks the format.
    """
    try:
        text = write(recipe)
    except ValueError as error:
        raise RecordingError(str(error)) from error
    read(text, name)
    return text


def _leaves() -> dict[str, str]:
    """The last migration of each app, read from disk."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return dict(sorted(loader.graph.leaf_nodes()))
