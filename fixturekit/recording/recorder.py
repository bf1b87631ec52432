"""A command becomes a recipe: built, planned, proven, written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from django.db import transaction

from fixturekit.conf import settings
from fixturekit.exceptions import RecipeNotEditable, RecordingError, WriteFailed
from fixturekit.execution.applier import Applier
from fixturekit.execution.makers import makers_of_pins
from fixturekit.execution.refusals import Refusal, refusal_of
from fixturekit.execution.schema import leaves
from fixturekit.planning.draft import Calling
from fixturekit.planning.plan import Plan
from fixturekit.planning.planner import Planned, Planner
from fixturekit.recipes.document import EPOCH, Dependency, Entry, Literal, Mapping, Options, Recipe, Recorded
from fixturekit.recipes.editing import edited, with_first_lines
from fixturekit.recipes.files import create_file, replace_file
from fixturekit.recipes.folders import checksum_of
from fixturekit.recipes.keys import ENGINE, FORMAT, FREEZE
from fixturekit.recipes.loader import LoadedRecipe
from fixturekit.recipes.reading import read
from fixturekit.recipes.references import needed_by
from fixturekit.recipes.writing import write
from fixturekit.recording.building import built_of, dependencies
from fixturekit.recording.bulk import BulkProof, Faster, in_bulk
from fixturekit.recording.describing import Request, describe, describe_empty
from fixturekit.recording.learning import Better, Learned, Learner
from fixturekit.recording.pins import Portable, keep_pins
from fixturekit.recording.placing import Neighbours, Places
from fixturekit.recording.proof import Proof, last_migrations, prove
from fixturekit.recording.replaying import replay
from fixturekit.recording.skeleton import skeleton
from fixturekit.recording.supplying import supplied
from fixturekit.recording.trials import with_few_rows
from fixturekit.values.fields import fake
from fixturekit.values.pools import DEFAULT
from fixturekit.values.sources import asks_faker

FEW = 12
"""So many rows of a step are made to see whether a model's own code accepts them."""

ROUNDS = 3
"""So often is it learned from rows that only the whole recipe shows."""


@dataclass(slots=True)
class Recording:
    """A recipe that was recorded but not written yet.

    ``loaded`` is the recipe whose file is edited, None where a new file comes; ``original`` is the text of that file.
    """

    name: str
    recipe: Recipe
    text: str
    portable: Portable = field(default_factory=Portable)
    proof: Proof | None = None
    warnings: list[str] = field(default_factory=list)
    faster: list[Faster] = field(default_factory=list)
    learned: tuple[Learned, ...] = ()
    loaded: LoadedRecipe | None = None
    original: str = ""

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return self.text != self.original


@dataclass(slots=True)
class _Finished:
    """A recipe with all that planning and proving had to say."""

    recipe: Recipe
    proof: Proof | None
    warnings: list[str]
    faster: list[Faster]
    learned: tuple[Learned, ...] = ()


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
            WrongWord: Words of the command line mean nothing, for the models or in this database; carries all of them.
            RecordingError: The command line makes no recipe.
            PlanError: The recipe does not fit the models.
            ApplyError: Its rows cannot be written.
            RecipeNotFound: A ref leads to no recipe.
            RecipeNotWritable: There is no folder that it may be written to.
            UnstableRecipe: Two replays gave different rows.
        """
        described = describe(self._applier, request)
        full_name, portable = described.name, described.portable
        recipe = self._recipe(full_name, request, portable, clock, described.needed)
        with described.wording.told():
            found = self._learned(full_name, recipe, request, {step.id for step in recipe.steps})
        text = _text(found.recipe, full_name)
        return self._recording(full_name, text, portable, found)

    def append(self, request: Request, clock: str) -> Recording:
        """Build steps for the end of a recipe, and prove the whole recipe; nothing is written.

        Args:
            request: What the command line asks for; its target is the recipe.
            clock: What the recipe's clock says if it has none.

        Raises:
            RecordingError: The command line makes no steps, or the recipe is applied to the database.
            RecipeNotEditable: The file cannot be edited without losing something.
            FixtureKitError: As for `record`.
        """
        loaded = self._loader.recipes[request.target]
        if request.verify and request.target in self._applier.ledger.applied():
            raise RecordingError(
                f"{loaded.shown}: {loaded.name} is applied to database '{self._applier.connection.alias}', where further "
                "steps would make no rows. Record them as a recipe of their own, without --append. Or write them into the "
                f"file, then: makefixture --update {loaded.name}; applyfixtures {loaded.name} --reset"
            )
        document = loaded.document
        described = describe(self._applier, request, document)
        portable = described.portable
        depends_on = dependencies(portable.steps, described.needed, portable.shelves)
        recipe = replace(
            self._completed(loaded, request, clock),
            steps=(*document.steps, *portable.steps),
            shelves=(*document.shelves, *portable.shelves),
            depends_on=tuple(dict.fromkeys((*document.depends_on, *depends_on))),
            tags=tuple(dict.fromkeys((*document.tags, *request.tags))),
            manual=document.manual or request.manual,
        )
        original = self._original(loaded)
        with described.wording.told():
            found = self._learned(loaded.name, recipe, request, {step.id for step in portable.steps})
        text = edited(original, loaded.shown, found.recipe, max_bytes=settings.MAX_RECIPE_BYTES)
        text = with_first_lines(text, [request.comment] if request.comment else [])
        return self._recording(loaded.name, text, portable, found, loaded, original)

    def update(self, names: Sequence[str], request: Request, clock: str) -> list[Recording]:
        """Fill in what recipes lack, and prove them anew; nothing is written.

        Args:
            names: ``app.recipe``.
            request: How to do it; its steps and names are not looked at.
            clock: What the clock of a recipe says that has none and was never recorded or applied.

        Raises:
            RecipeNotEditable: A file cannot be edited without losing something.
            FixtureKitError: As for `record`.
        """
        wanted = set(names)
        return [self._update(name, request, clock) for name in self._loader.graph.order(names) if name in wanted]

    def _update(self, name: str, request: Request, clock: str) -> Recording:
        loaded = self._loader.recipes[name]
        recipe = self._completed(loaded, request, clock)
        original = self._original(loaded)
        found = self._finished(name, recipe, request, {step.id for step in recipe.steps})
        text = edited(original, loaded.shown, found.recipe, max_bytes=settings.MAX_RECIPE_BYTES)
        # those that depend on it are proven with what it is now
        self._loader.recipes[name] = loaded.holding(found.recipe)
        return self._recording(name, text, keep_pins(built_of(recipe)), found, loaded, original)

    def _original(self, loaded: LoadedRecipe) -> str:
        """The text of a recipe's file, which may be edited and is the one that was loaded."""
        self._loader.folder_for(loaded.app_label)
        data = loaded.path.read_bytes()
        if checksum_of(data) != loaded.file_checksum:
            raise RecipeNotEditable(f"{loaded.shown} was changed by somebody else meanwhile; nothing was written")
        return data.decode()

    def skeleton(self, request: Request, clock: str) -> Recording:
        """Return a recipe that makes no rows, with comments on how to write one by hand; nothing is written.

        Raises:
            WrongWord: The request names no recipe.
            RecordingError: It names one that is there already.
            RecipeNotFound: ``--depends-on`` leads to no recipe.
            RecipeNotWritable: There is no folder that it may be written to.
        """
        described = describe_empty(self._loader, request)
        full_name = described.name
        recipe = self._recipe(full_name, request, described.portable, clock, described.needed)
        text = skeleton(full_name, recipe)
        read(text, full_name)
        return Recording(full_name, recipe, text)

    @staticmethod
    def _recording(
        name: str,
        text: str,
        portable: Portable,
        found: _Finished,
        loaded: LoadedRecipe | None = None,
        original: str = "",
    ) -> Recording:
        return Recording(
            name,
            found.recipe,
            text,
            portable=portable,
            proof=found.proof,
            warnings=[*portable.warnings, *found.warnings],
            faster=found.faster,
            learned=found.learned,
            loaded=loaded,
            original=original,
        )

    def _finished(self, name: str, recipe: Recipe, request: Request, ids: Collection[str]) -> _Finished:
        """Plan a recipe, write what was decided into the steps of some ids, and prove it."""
        neighbours = Neighbours(self._applier)
        recipe = self._decided(name, recipe, request, ids, neighbours)
        _text(recipe, name)  # before any row is made
        if not request.verify:
            planned = self._planned(name, recipe)
            clashes = Places(neighbours, name, planned).clashes(planned)
            return _Finished(self._recorded(recipe, planned.plan, None), None, [*clashes], [])
        with self._without(name, recipe):
            return self._proven(name, recipe, request, ids, neighbours)

    def _learned(self, name: str, recipe: Recipe, request: Request, ids: Collection[str]) -> _Finished:
        """Prove a new recipe; what the models' own code refuses is learned from, and tried again."""
        learned: tuple[Learned, ...] = ()
        while True:
            refusal: Refusal | None = None
            try:
                found = self._finished(name, recipe, request, ids)
                refusal = next(iter(found.proof.refused if found.proof else ()), None)
                if refusal is None or len(learned) > ROUNDS:
                    return replace(found, learned=learned)
            except WriteFailed as error:
                refusal = refusal_of(error)
                better = self._better(name, recipe, refusal)
                if better is None or len(learned) > ROUNDS:
                    raise
            else:
                better = self._better(name, recipe, refusal)
                if better is None:
                    return replace(found, learned=learned)
            recipe, more = better
            learned = (*learned, *more)

    def _better(self, name: str, recipe: Recipe, refusal: Refusal) -> Better | None:
        def attempt(changed: Recipe) -> Refusal | None:
            return self._attempt(name, with_few_rows(changed, FEW))

        with self._without(name, recipe):
            return Learner(attempt, lambda changed: self._planned(name, changed).plan).learn(recipe, refusal)

    def _attempt(self, name: str, recipe: Recipe) -> Refusal | None:
        """Make the rows of a recipe, roll back, and return what was refused."""
        try:
            found = replay(self._applier, self._planned(name, recipe, _by_setting()).plan, _needed(recipe))
        except WriteFailed as error:
            return refusal_of(error)
        return next(iter(found.refused), None)

    def _decided(
        self, name: str, recipe: Recipe, request: Request, ids: Collection[str], neighbours: Neighbours
    ) -> Recipe:
        """The recipe with what settings and the planner decided written into the steps of some ids."""
        if settings.FIELD_GENERATORS or settings.BLUEPRINTS:
            recipe = supplied(recipe, self._planned(name, recipe, _by_setting()).supplied, ids)
        planned = self._planned(name, recipe)
        if request.verify:
            recipe = self._with_makers(name, recipe, planned.plan)
        places = Places(neighbours, name, planned)
        shares = [share for share in planned.shares if share[0] in ids]
        return places.given(_with_shares(recipe, shares), lambda moved: self._planned(name, moved), ids)

    def _proven(
        self, name: str, recipe: Recipe, request: Request, ids: Collection[str], neighbours: Neighbours
    ) -> _Finished:
        faster = self._faster(name, recipe, ids) if request.bulk else []
        for found in faster:
            recipe = in_bulk(recipe, found.step)
        planned = self._planned(name, recipe)
        proof = prove(self._applier, planned.plan, _text(recipe, name), _needed(recipe))
        if not request.allow_unstable:
            proof.refuse_unstable()
        clashes = Places(neighbours, name, planned).clashes(planned)
        warnings = [*clashes, *map(_unclean, proof.refused)]
        return _Finished(self._recorded(recipe, planned.plan, proof), proof, warnings, faster)

    def _with_makers(self, name: str, recipe: Recipe, plan: Plan) -> Recipe:
        """Let a recipe depend on those that made the rows that it pins: elsewhere these are not there before."""
        graph = self._loader.graph
        known = graph.order(_needed(recipe))
        makers = (self._loader.current(maker) for _, maker in makers_of_pins(self._applier.ledger, plan))
        added = [
            Dependency(maker)
            for maker in dict.fromkeys(makers)
            if maker in graph and maker not in known and name not in graph.order([maker])
        ]
        return replace(recipe, depends_on=(*recipe.depends_on, *added))

    @contextmanager
    def _without(self, name: str, recipe: Recipe) -> Iterator[None]:
        """As long as this lasts, have the database be as if the recipe were not applied, nor old versions of those that
        it depends on: the rows of the file are to be proven, beside no rows of their own.
        """
        applied = self._applier.ledger.applied()
        needed = self._loader.graph.order(_needed(recipe))
        stale = [other for other in needed if other in applied and self._applier.is_edited(other, applied[other])]
        stale += [name] if name in applied and name in self._loader.recipes else []
        if not stale:
            yield
            return
        alias = self._applier.connection.alias
        with transaction.atomic(using=alias):
            self._applier.clear(self._applier.removable(stale))
            yield
            transaction.set_rollback(True, using=alias)

    def _faster(self, name: str, recipe: Recipe, ids: Collection[str]) -> list[Faster]:
        proof = BulkProof(self._applier, lambda trial: self._planned(name, trial).plan, _needed(recipe))
        return proof.find(recipe, ids)

    def _completed(self, loaded: LoadedRecipe, request: Request, clock: str) -> Recipe:
        """The recipe with a seed and a clock. One that gave rows without has those that they were made with."""
        document = loaded.document
        applied = request.verify and loaded.name in self._applier.ledger.applied()
        known = applied or document.recorded is not None
        return replace(
            document,
            seed=loaded.name if document.seed is None else document.seed,
            now=document.now or request.now or (EPOCH if known else clock),
        )

    def write(self, recording: Recording) -> Path:
        """Write a recording into its app's folder, or over the file that was edited, and return the path.

        Raises:
            RecipeNotWritable: There is no folder that it may be written to.
            RecipeNotEditable: Somebody changed the file meanwhile.
        """
        if recording.loaded is not None:
            if recording.changed:
                replace_file(recording.loaded.path, recording.text, recording.original.encode())
            return recording.loaded.path
        app_label, _, name = recording.name.partition(".")
        folder = self._loader.folder_for(app_label)
        path = folder / f"{self._loader.next_number(app_label):04}_{name}.yaml"
        create_file(path, recording.text)
        return path

    def _recipe(self, name: str, request: Request, portable: Portable, clock: str, needed: Sequence[str]) -> Recipe:
        return Recipe(
            steps=portable.steps,
            shelves=portable.shelves,
            seed=name if request.seed is None else f"{name}:{request.seed}",
            now=request.now or clock,
            depends_on=dependencies(portable.steps, needed, portable.shelves),
            tags=tuple(request.tags),
            manual=request.manual,
            options=Options(
                style="plain" if request.style == "plain" else "",
                locale="" if request.locale == DEFAULT else request.locale,
            ),
            comment=request.comment,
        )

    def _planned(self, name: str, recipe: Recipe, calling: Calling | None = None) -> Planned:
        loader = self._loader
        for needed in _needed(recipe):
            if name in loader.graph.order([needed]):
                raise RecordingError(f"{name} cannot depend on {needed}, which depends on it")
        return Planner(loader.document, self._applier.connection.alias, loader.folder_of, calling).plan(name, recipe)

    def _recorded(self, recipe: Recipe, plan: Plan, proof: Proof | None) -> Recipe:
        known = recipe.recorded or Recorded(engine=ENGINE)
        recorded = replace(
            known,
            format=FORMAT,
            schema=last_migrations(plan, leaves()),
            with_=_libraries(plan) if proof else known.with_,
            needs=known.needs if proof is None else (FREEZE,) if proof.frozen else (),
            produces=known.produces if proof is None else tuple(_produced(recipe, proof)),
        )
        return replace(recipe, recorded=recorded)


def _by_setting() -> Calling:
    """What a setting supplies while a recipe is recorded."""
    return Calling(generators=settings.FIELD_GENERATORS, blueprints=settings.BLUEPRINTS)


def _needed(recipe: Recipe) -> list[str]:
    """The names of the recipes that are applied before a recipe is proven."""
    return list(dict.fromkeys(dependency.name for dependency in needed_by(recipe)))


def _produced(recipe: Recipe, proof: Proof) -> Iterator[tuple[str, str]]:
    for step in recipe.steps:
        digest = proof.digests.get(step.id)
        if digest is not None:
            yield step.id, digest.describe(proof.without(step.id))


def _unclean(refusal: Refusal) -> str:
    """What is said of rows that the database has and that the model's own checks do not accept."""
    rows = f" of {refusal.path.removesuffix('.')}" if refusal.path else ""
    return f"{refusal.step}[{refusal.row}]{rows}: full_clean() of {refusal.model} does not accept it: {refusal.text}"


def _with_shares(recipe: Recipe, shares: Iterable[tuple[str, str, int]]) -> Recipe:
    """Write into the recipe over how many rows the planner spread relations that nobody spoke of."""
    added: dict[str, list[Entry]] = {}
    for id, path, count in shares:
        added.setdefault(id, []).append(Entry(path, Literal(count, text=str(count))))
    for step in recipe.steps:
        if step.id in added:
            recipe = recipe.with_step(replace(step, share=Mapping((*step.share.entries, *added[step.id]))))
    return recipe


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


def _libraries(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The versions of libraries that values of a plan come from."""
    by_factory = any(batch.factory for batch in plan.batches)
    faked = any(asks_faker(column.source) for batch in plan.batches for column in batch.everything)
    found = [("Faker", fake.version())] if faked or by_factory else []
    return (*found, ("factory_boy", metadata.version("factory_boy"))) if by_factory else tuple(found)
