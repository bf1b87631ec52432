"""A command becomes a recipe: built, planned, proven, written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from fixturekit.exceptions import RecordingError
from fixturekit.execution.applier import ENGINE, Applier
from fixturekit.planning.draft import Interval
from fixturekit.planning.plan import Plan
from fixturekit.planning.planner import Planned, Planner
from fixturekit.recipes.document import Entry, Literal, Mapping, Options, Recipe, Recorded, Step
from fixturekit.recipes.keys import FORMAT
from fixturekit.recipes.naming import is_recipe_name
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.building import Built, build, dependencies
from fixturekit.recording.naming import recipe_name
from fixturekit.recording.pins import Portable, make_portable
from fixturekit.recording.proof import Proof, last_migrations, prove


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
    plan: Plan
    path: Path | None = None
    shown: str = ""
    portable: Portable = field(default_factory=Portable)
    proof: Proof | None = None
    decided: Planned | None = None


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
            UnstableRecipe: Two replays gave different rows.
        """
        built = build(request.steps)
        app_label, name = self._name(request, built)
        full_name = f"{app_label}.{name}"
        portable = Portable()
        if request.verify:
            portable = make_portable(self._applier.connection.alias, self._applier.ledger, built)
            built = replace(built, steps=portable.steps)
        recipe = self._recipe(full_name, request, built, clock)
        planned = self._planned(full_name, recipe)
        recipe = _decided(recipe, planned, self._elsewhere(full_name, planned))
        planned = self._planned(full_name, recipe)
        proof = self._prove(planned.plan, recipe, request)
        recipe = self._recorded(recipe, planned.plan, proof)
        text = write(recipe)
        read(text, full_name)  # what is written can be read; a fault would be ours, and better found now
        return Recording(full_name, recipe, text, planned.plan, portable=portable, proof=proof, decided=planned)

    def write(self, recording: Recording) -> Path:
        """Write a recording into its app's folder and return the path.

        Raises:
            RecipeNotWritable: There is no folder that it may be written to.
        """
        app_label, _, name = recording.name.partition(".")
        folder = self._loader.folder_for(app_label)
        path = folder / f"{self._loader.next_number(app_label):04}_{name}.yaml"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(recording.text, encoding="utf-8", newline="\n")
        return path

    def _name(self, request: Request, built: Built) -> tuple[str, str]:
        app_label, _, name = request.target.partition(".")
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

    def _recipe(self, name: str, request: Request, built: Built, clock: str) -> Recipe:
        return Recipe(
            steps=built.steps,
            seed=name if request.seed is None else f"{name}:{request.seed}",
            now=request.now or clock,
            depends_on=dependencies(built.steps, request.depends_on),
            tags=tuple(request.tags),
            manual=request.manual,
            options=Options(style="plain" if request.style == "plain" else ""),
            comment=request.comment,
        )

    def _planned(self, name: str, recipe: Recipe) -> Planned:
        for dependency in recipe.depends_on:
            self._loader.resolve([dependency.name])
        return Planner(self._document, self._applier.connection.alias).plan(name, recipe)

    def _document(self, name: str) -> Recipe | None:
        loaded = self._loader.recipes.get(name)
        return loaded.document if loaded else None

    def _elsewhere(self, name: str, planned: Planned) -> list[Interval]:
        """The intervals of the same enumerations that the project's other recipes have."""
        keys = {interval.key for interval in planned.intervals}
        if not keys:
            return []
        found = []
        for other in self._loader.recipes:
            if other != name:
                found += [interval for interval in self._applier.plan(other).intervals if interval.key in keys]
        return found

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
                batch = plan.batch(step.id)
                produces.append((step.id, digest.describe(batch.count, step.make, proof.without(step.id))))
        recorded = Recorded(
            format=FORMAT,
            engine=ENGINE,
            schema=last_migrations(plan, _leaves()),
            produces=tuple(produces),
        )
        return replace(recipe, recorded=recorded)


def _decided(recipe: Recipe, planned: Planned, elsewhere: Sequence[Interval]) -> Recipe:
    """Write into the recipe what the planner decided: shares, and intervals that others would overlap."""
    steps = [_with_shares(step, planned.shares) for step in recipe.steps]
    return replace(recipe, steps=tuple(_with_start(step, planned.intervals, elsewhere) for step in steps))


def _with_shares(step: Step, shares: Iterable[tuple[str, str, int]]) -> Step:
    added = tuple(Entry(path, Literal(count, text=str(count))) for id, path, count in shares if id == step.id)
    return replace(step, share=Mapping((*step.share.entries, *added))) if added else step


def _with_start(step: Step, own: Iterable[Interval], elsewhere: Sequence[Interval]) -> Step:
    """Move a step's unique values to a free interval where another recipe has the derived one."""
    mine = [interval for interval in own if interval.step == step.id and not interval.path]
    if step.from_ is not None or not any(interval.overlaps(other) for interval in mine for other in elsewhere):
        return step
    start = max(other.start + other.count for other in elsewhere)
    return replace(step, from_=start)


def _leaves() -> dict[str, str]:
    """The last migration of each app, read from disk."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return dict(sorted(loader.graph.leaf_nodes()))
