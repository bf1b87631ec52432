"""Recipes are applied: planned, bound, written and recorded, each in one transaction."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.conf import settings
from fixturekit.exceptions import ApplyError, PlanError, RecipeChanged, RecipeInvalid, RecipeNotFound, RowsInUse
from fixturekit.execution.binding import Binding
from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.files import Files
from fixturekit.execution.following import Succession, follow, gone, refuse_partly, stand_in, successions
from fixturekit.execution.noting import digested, noted, side_rows
from fixturekit.execution.removing import Removed, remove
from fixturekit.execution.reporting import Outcome, Reporter
from fixturekit.execution.schema import moved
from fixturekit.execution.versions import versions
from fixturekit.execution.writing import Written
from fixturekit.ledger import Applied, Digested, Ledger
from fixturekit.models import SIDE, AppliedRecipe
from fixturekit.planning.planner import Planned, Planner
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.keys import ENGINE, FREEZE
from fixturekit.recipes.loader import LoadedRecipe, RecipeLoader
from fixturekit.recipes.reading import read
from fixturekit.recipes.scaling import resized, scaled
from fixturekit.recipes.writing import write
from fixturekit.values.sealing import moves_whole_clock
from fixturekit.writers import writer_for


@dataclass(slots=True)
class State:
    """A recipe of the project beside what the ledger knows of it.

    ``changed``: its file asks for other rows than were applied.
    """

    recipe: LoadedRecipe
    applied: Applied | None
    changed: bool


@dataclass(slots=True)
class Applier:
    """Applies recipes of a loader to one database and removes them again.

    Args:
        loader: Has loaded the project's recipes.
        connection: The database.
        reporter: Is told how the work goes.
        lock_timeout: How many seconds to wait for another process; None: as the settings say.
        scale: How many times their rows the recipes make that are not applied yet.
        strict: A generated value that is taken is an error, and gives way to none.

    Attributes:
        files: The files that were stored for rows.
    """

    loader: RecipeLoader
    connection: BaseDatabaseWrapper
    reporter: Reporter = field(default_factory=Reporter)
    lock_timeout: float | None = None
    scale: float = 1.0
    strict: bool = False
    ledger: Ledger = field(init=False)
    files: Files = field(default_factory=Files, init=False)
    _scales: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.connection, self.loader.replaced())

    # -- reading -----------------------------------------------------------------------------------------------------

    def states(self) -> dict[str, State]:
        """Return all recipes of the project in the order in which they would be applied. Reads only."""
        applied = self.applied()
        return {
            name: State(self.loader.recipes[name], applied.get(name), self.is_edited(name, applied.get(name)))
            for name in self.loader.graph.order()
        }

    def is_edited(self, name: str, applied: Applied | None) -> bool:
        """Whether the file of a recipe asks for other rows than were applied. Reads only.

        What was planned by default and is written out now, as ``makefixture --update`` does, is no edit.
        """
        if applied is None or applied.checksum == self.loader.recipes[name].checksum:
            return False
        return not self._asks_for_the_same(name)

    def _asks_for_the_same(self, name: str) -> bool:
        """Whether the file, and the document that was applied, are planned alike."""
        loaded = self.loader.recipes[name]
        planner = Planner(self.loader.document, self.connection.alias, self.loader.folder_of)
        try:
            before = read(self.ledger.document(name), loaded.shown)
            return planner.plan(name, before).plan == planner.plan(name, loaded.document).plan
        except (ApplyError, RecipeInvalid, PlanError):
            return False  # replaces the one that was applied, or what was applied cannot be read or planned any more

    def applied(self) -> dict[str, Applied]:
        """Return what is applied, recipes aside that others stand for. Reads only."""
        applied = self.ledger.applied()
        return self._remembered(self._with_successors(applied, successions(self.loader, applied)))

    def _with_successors(self, applied: dict[str, Applied], found: Mapping[str, Succession]) -> dict[str, Applied]:
        for name, succession in found.items():
            if succession.whole:
                for old in succession.replaced:
                    del applied[old.name]
                applied[name] = stand_in(succession)
        return applied

    def following(self, names: Sequence[str]) -> list[str]:
        """Return those of these recipes, and of what they depend on, that are to stand for applied ones. Reads only."""
        found = successions(self.loader, self.ledger.applied())
        return [name for name in self.loader.graph.order(names) if name in found and found[name].whole]

    def gone(self) -> list[str]:
        """Return the applied recipes whose files are gone and that nothing replaces, the last first. Reads only."""
        return list(gone(self.loader, self.ledger.applied()))

    def resolve(self, words: Sequence[str], *, whole: bool = False) -> list[str]:
        """Return the names of the recipes that the words of a command line mean. Reads only.

        Those of applied recipes whose files are gone are known, so that no word for one of them means another.

        Args:
            words: As for ``RecipeLoader.resolve``.
            whole: Whether names must not be cut short.

        Raises:
            RecipeNotFound, RecipeAmbiguous: As there; or a word means a recipe whose file is gone.
        """
        gone = self.gone()
        names = self.loader.resolve(words, gone=gone, whole=whole)
        for name in names:
            if name in gone:
                alias = self.connection.alias
                other = f" --database {alias}" if alias != DEFAULT_DB_ALIAS else ""
                raise RecipeNotFound(
                    f"{name} is applied to database '{alias}', but its file is gone. Bring the file back, or remove its "
                    f"rows: applyfixtures {name} zero{other}",
                    name,
                )
        return names

    def automatic(self) -> list[str]:
        """Return the recipes that are applied when none is named: all but those that are manual."""
        return [name for name, recipe in self.loader.recipes.items() if not recipe.document.manual]

    def pending(self, names: Sequence[str]) -> list[str]:
        """Return the recipes that are still to be applied for these, in order. Reads only.

        Raises:
            RecipeChanged: One of them was applied and edited since.
            PartlyReplaced: One of them stands for others of which only some are applied, or in different scales.
        """
        applied = self.ledger.applied()
        found = successions(self.loader, applied)
        applied = self._remembered(self._with_successors(applied, found))
        wanted = self.loader.graph.order(names)
        for name in wanted:
            if name in found:
                refuse_partly(found[name], self.connection.alias)
            self._refuse_changed(name, applied.get(name))
        return [name for name in wanted if name not in applied]

    def edited(self, names: Sequence[str]) -> list[str]:
        """Return those of these recipes, and of what they depend on, that were applied and edited since. Reads only."""
        applied = self.applied()
        return [name for name in self.loader.graph.order(names) if self.is_edited(name, applied.get(name))]

    def plan(self, name: str, *, anew: Collection[str] = ()) -> Planned:
        """Plan one recipe, with the rows that the ledger said it has when it was last asked. Reads no rows.

        Args:
            name: ``app.recipe``.
            anew: Recipes that are planned as if they were not applied.

        Raises:
            PlanError: It does not fit the models.
        """
        scales = {other: scale for other, scale in self._scales.items() if other not in anew}

        def other(name: str) -> tuple[Recipe, float] | None:
            document = self.loader.document(name)
            return (document, scales.get(self.loader.current(name), self.scale)) if document else None

        def document(name: str) -> Recipe | None:
            found = other(name)
            return resized(*found) if found else None

        loaded = self.loader.recipes[name]
        recipe = loaded.document
        if {self.scale, *scales.values()} != {1.0}:
            recipe = scaled(recipe, scales.get(name, self.scale), other)
        return Planner(document, self.connection.alias, self.loader.folder_of).plan(name, recipe)

    def whole(self, name: str) -> bool:
        """Whether a recipe, and all that it depends on, make the rows that their files say: none of them is scaled."""
        return all(self._scales.get(other, self.scale) == 1 for other in self.loader.graph.order([name]))

    def _remembered(self, applied: dict[str, Applied]) -> dict[str, Applied]:
        """Remember the scale of what is applied for the plans."""
        self._scales = {name: entry.scale for name, entry in applied.items()}
        return applied

    def _refuse_changed(self, name: str, applied: Applied | None) -> None:
        if self.is_edited(name, applied):
            raise self.changed(name)

    def changed(self, name: str) -> RecipeChanged:
        """Return the error that says that an applied recipe was edited, and what to do."""
        shown = self.loader.recipes[name].shown
        return RecipeChanged(
            f"{shown}: {name} was applied to database '{self.connection.alias}' and edited since. "
            f"Make its rows anew, as after pulling a colleague's edit: applyfixtures {name} --reset. "
            f"Or take your own edit back: git checkout {shown}",
            name,
        )

    # -- writing -----------------------------------------------------------------------------------------------------

    def apply(self, names: Sequence[str], *, fake: bool = False) -> list[Outcome]:
        """Apply recipes and what they depend on, those that are applied aside.

        Each is applied whole with its ledger entry or not at all; those before a failure stay.

        Args:
            names: ``app.recipe``.
            fake: Only note in the ledger that they are applied.

        Raises:
            ApplyError: The ledger's tables are not there.
            FixtureKitError: The first recipe that cannot be applied, as each step of the work describes.
        """
        outcomes = []
        pending = self.pending(names)
        if pending:
            self._refuse_without_ledger()
        self.follow(names)
        for name in pending:
            try:
                outcome = self._apply(name, fake=fake)
            except BaseException:
                self.reporter.failed(name)
                raise
            self.reporter.done(outcome)
            outcomes.append(outcome)
        return outcomes

    def _refuse_without_ledger(self) -> None:
        if AppliedRecipe._meta.db_table not in self.connection.introspection.table_names():
            raise ApplyError(
                f"database '{self.connection.alias}' has no tables for fixturekit's ledger. "
                f"Make them: migrate fixturekit --database {self.connection.alias}"
            )

    def _apply(self, name: str, *, fake: bool) -> Outcome:
        self._refuse_unmet(name)
        planned = self.plan(name).plan
        self.reporter.start(name, planned.rows)
        started = time.perf_counter()
        with self.files.kept_if_done(), self._alone():
            applied = self.ledger.entry(name)
            self._refuse_changed(name, applied)
            if applied is not None:
                self._scales[name] = (
                    applied.scale
                )  # of whoever was faster; what refers to the recipe is yet to be planned
                return Outcome(name, 0, time.perf_counter() - started, already=True)
            if fake:
                self._record(name)
                return Outcome(name, 0, time.perf_counter() - started, faked=True)
            binding, written = write_plan(
                planned, self.connection, self.ledger, self.reporter, self.files, strict=self.strict
            )
            self._note(self._record(name, digested(binding, written)), binding, written)
        document = self.loader.recipes[name].document
        differing = tuple(differing_steps(document, written)) if self.whole(name) else ()
        return Outcome(
            name,
            binding.rows,
            time.perf_counter() - started,
            gave_way=tuple(binding.gave_way),
            skipped=planned.skipped,
            differing=differing,
            moved=moved(document) if differing else "",
            sides=sum(len(set(rows)) for rows in written.sides.values()),
            adopted=binding.adopted,
        )

    def _refuse_unmet(self, name: str) -> None:
        """Refuse a recipe whose rows would be others without an extra that is not installed."""
        loaded = self.loader.recipes[name]
        for need in loaded.document.recorded.needs if loaded.document.recorded else ():
            if need != FREEZE:
                raise ApplyError(f"{loaded.shown}: {name} needs '{need}', which this fixturekit does not know")
            if not moves_whole_clock():
                raise ApplyError(
                    f"{loaded.shown}: {name} needs a clock that stands still, since code of the project reads it. "
                    "Install what does that: pip install 'fixturekit[freeze]'"
                )

    def _record(self, name: str, digests: Mapping[str, Digested] | None = None) -> AppliedRecipe:
        """Note the recipe; without digests of rows, as one that was faked."""
        loaded = self.loader.recipes[name]
        return self.ledger.record(
            name,
            document=write(loaded.document.spelled_out(name)),
            checksum=loaded.checksum,
            file_checksum=loaded.file_checksum,
            engine=loaded.document.recorded.engine if loaded.document.recorded else ENGINE,
            scale=self.scale,
            faked=digests is None,
            versions=versions(),
            digests=digests or {},
        )

    def _note(self, entry: AppliedRecipe, binding: Binding, written: Written) -> None:
        """Note the rows that the recipe made, and those that it adopted."""
        for batch in binding.plan.batches:
            if batch.part:
                continue
            parts = noted(batch, binding, written.keys[batch.id])
            self.ledger.add_parts(entry, step=batch.step, batch=batch.id, model=batch.model, parts=parts)
            for model, keys in side_rows(written.sides.get(batch.id, [])):
                self.ledger.add_rows(entry, step=batch.step, batch=batch.id, model=model, keys=keys, kind=SIDE)

    def _alone(self) -> AbstractContextManager[None]:
        """A transaction that no other process applies recipes in; inside another transaction, only a savepoint."""
        if self.connection.in_atomic_block:
            return transaction.atomic(using=self.connection.alias)
        timeout = settings.LOCK_TIMEOUT if self.lock_timeout is None else self.lock_timeout
        table = AppliedRecipe._meta.db_table
        return writer_for(self.connection).lock(table, timeout, self.reporter.waiting)

    def follow(self, names: Sequence[str]) -> None:
        """Let recipes stand for applied ones that they replace, each in one transaction."""
        for name in self.following(names):
            with self._alone():
                succession = successions(self.loader, self.ledger.applied()).get(name)
                if succession is not None and succession.whole:
                    follow(self.ledger, succession)
                    self.reporter.followed(name, succession.names)

    # -- removing ----------------------------------------------------------------------------------------------------

    def removable(self, names: Sequence[str]) -> list[str]:
        """Return these recipes and those that depend on them, as far as they are applied, the last first.

        Args:
            names: ``app.recipe``; applied ones whose files are gone may be among them.
        """
        applied = self.applied()
        lost = [name for name in self.gone() if name in names]
        wanted = set(names)
        for name in wanted.difference(lost):
            wanted.update(self.loader.graph.dependents(name))
        return [*lost, *(name for name in reversed(self.loader.graph.order()) if name in wanted and name in applied)]

    def remove(self, names: Sequence[str], *, cascade: bool = False) -> Removed:
        """Remove the rows that these recipes made, and their ledger entries, in one transaction.

        Those that another process has removed meanwhile are passed over.

        Raises:
            RowsInUse: Rows of others depend on them.
        """
        self.follow([name for name in names if name in self.loader.recipes])
        with self._alone():
            applied = self.ledger.applied()
            names = [name for name in names if name in applied]
            removed = remove(self.connection, names, cascade=cascade)
        self.reporter.removed(names, removed.total)
        return removed

    def clear(self, names: Sequence[str]) -> None:
        """Remove what these recipes made and all rows that depend on it: those of other recipes too, with all that these
        made. Only for a transaction that is rolled back.

        Raises:
            RowsInUse: Rows that other recipes adopted depend on them.
        """
        going = list(names)
        while True:
            try:
                self.remove(going, cascade=True)
            except RowsInUse as error:
                others = self.removable([self.loader.current(name) for name in error.recipes])
                if set(others) <= set(going):
                    raise
                going = list(dict.fromkeys((*others, *going)))
            else:
                return

    def reset(self, names: Sequence[str], *, cascade: bool = False) -> list[Outcome]:
        """Remove what these recipes and those that depend on them made, and make it anew, in one transaction.

        After a failure everything is as it was, the old rows and their record included.

        Raises:
            RowsInUse: Rows of others depend on the old rows.
            FixtureKitError: As for `apply`.
        """
        with self.files.kept_if_done(), self._alone():
            again = self.removable(names)
            if again:
                self.remove(again, cascade=cascade)
            return self.apply([*names, *reversed(again)])


def differing_steps(recipe: Recipe, written: Written) -> Iterator[str]:
    """Yield the steps whose rows have another digest than the file records."""
    if recipe.recorded is None:
        return
    for step, text in recipe.recorded.produces:
        digest = written.digests.get(step)
        if digest is not None and not digest.fits(text):
            yield step
