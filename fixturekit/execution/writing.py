"""A plan is written: batch after batch, block after block, each in the way that the plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from fixturekit.blueprints import blueprint, is_parent_link
from fixturekit.exceptions import ApplyError, FixtureKitError, GenerationError, WriteFailed
from fixturekit.execution.adopting import take_over
from fixturekit.execution.binding import Binding
from fixturekit.execution.blocks import Blocks, Sides, Work
from fixturekit.execution.cells import CompiledBatch
from fixturekit.execution.compiled import Compiled
from fixturekit.execution.counting import counting_model, place_keys
from fixturekit.execution.digests import ColumnDigest, StepDigest
from fixturekit.execution.fabricating import FactoryCaller
from fixturekit.execution.failures import CellFailed, explained, field_of
from fixturekit.execution.foreign import place_of, told
from fixturekit.execution.instances import Saver, reads_clock
from fixturekit.execution.linking import LinkAdder
from fixturekit.execution.planting import Planter
from fixturekit.execution.reading import empty_digests, read_digests
from fixturekit.execution.rewriting import Rewriter
from fixturekit.execution.standing import Standing, runs
from fixturekit.execution.streaming import StreamBlocks
from fixturekit.planning.plan import BULK, EACH, STREAM, Batch, Column, Plan
from fixturekit.values.sources import Each, Link
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Keys, Listed

Progress = Callable[[int], None]


@dataclass(slots=True)
class Written:
    """What a plan has written: keys by batch, digests by step, and the rows that others made meanwhile.

    ``sides`` maps a batch's id to (model label, key) pairs in the order in which they were made.
    """

    keys: dict[str, Keys] = field(default_factory=dict)
    digests: dict[str, StepDigest] = field(default_factory=dict)
    sides: Sides = field(default_factory=dict)


class PlanWriter:
    """Writes a bound plan in the caller's transaction.

    Args:
        plan: What to write.
        binding: What was read for it; learns the keys of what is written.
        writer: The database's.
        progress: Called with the number of rows after each block.
    """

    def __init__(self, plan: Plan, binding: Binding, writer: Writer, progress: Progress | None = None) -> None:
        self._plan = plan
        self._binding = binding
        self._writer = writer
        self._progress = progress or (lambda rows: None)
        self._written = Written(digests=empty_digests(plan))
        # save() and receivers may go back to any row of the plan, so that only the database knows what it holds
        self._read_back = any(batch.way != STREAM for batch in plan.batches)

    def write(self) -> Written:
        """Write every batch, then the links that had to wait, then have the database check its constraints.

        Raises:
            WriteFailed: The database or the model's own code refused a row.
        """
        for batch in self._plan.batches:
            self._batch(batch)
        for batch in self._plan.batches:
            if batch.later:
                self._second_pass(batch)
            if self._read_back:
                self._put_clocks_back(batch)
        self._count_on()
        self._check()
        if self._read_back:
            self._written.digests = read_digests(self._plan, self._binding, self._writer, self._sides())
        return self._written

    def _sides(self) -> Sides:
        """The rows that others made, each once."""
        return {batch: list(dict.fromkeys(rows)) for batch, rows in self._written.sides.items()}

    def _compiled(self, batch: Batch) -> CompiledBatch:
        return CompiledBatch(self._plan, batch, apps.get_model(batch.model), self._writer, self._binding)

    def _batch(self, batch: Batch) -> None:
        if self._read_back and batch.adopt is None:
            self._take_over(batch)
        compiled = self._compiled(batch)
        with self._told(batch):
            self._open_keys(batch, compiled.model)
        columns = [column for column in batch.columns if column.field in compiled.columns]
        standing = self._binding.standing(batch)
        promised = [] if self._read_back else [column for column in columns if batch.promises(column.field)]
        hashed = promised if standing is None else []
        digests = {column.field: ColumnDigest(compiled.header(column.source)) for column in hashed}
        blocks = self._blocks(batch, compiled, columns)
        with self._told(batch), blocks.opened():
            for start, stop in blocks.runs():
                tokens = blocks.write(start, stop)
                for name, digest in digests.items():
                    digest.add(tokens[name])
                if not batch.part:
                    self._progress(stop - start)
        if standing is not None:
            self._adopted(batch, compiled, blocks, standing)
            digests = self._digests(batch, compiled, promised)
        self._finish(batch, compiled, digests)

    def _take_over(self, batch: Batch) -> None:
        """Let rows that receivers made already be those of the batch; they are no side rows any more."""
        with self._told(batch):
            standing = take_over(self._binding, self._writer, batch)
        if standing is not None:
            own = {(batch.model, key) for key in standing.adopted.values()}
            for sides in self._written.sides.values():
                sides[:] = [side for side in sides if side not in own]

    def _adopted(self, batch: Batch, compiled: CompiledBatch, blocks: Blocks, standing: Standing) -> None:
        """Give adopted rows the planned values that they are to have."""
        waiting = {column.field for column in batch.later}
        sets = batch.adopt.sets if batch.adopt else tuple(compiled.columns)
        names = [name for name in compiled.columns if name in sets and name not in waiting]
        for start, stop in runs(standing.found) if names else ():
            with self._told(batch):
                by_saving = blocks.update(start, stop, names)
            if not by_saving:
                self._rewrite_block(compiled, {name: compiled.columns[name] for name in names}, start, stop)
        if not batch.part:
            self._progress(batch.count - len(standing.made))

    def _digests(self, batch: Batch, compiled: CompiledBatch, columns: list[Column]) -> dict[str, ColumnDigest]:
        """Digest planned columns of rows of which some are adopted: what they promise to hold."""
        digests = {column.field: ColumnDigest(compiled.header(column.source)) for column in columns}
        for start in range(0, batch.count, BLOCK):
            stop = min(start + BLOCK, batch.count)
            for name, digest in digests.items():
                digest.add(compiled.columns[name].cells(start, stop)[1])
        return digests

    def _blocks(self, batch: Batch, compiled: CompiledBatch, columns: list[Column]) -> Blocks:
        kind: type[Blocks] = Saver
        if batch.way == STREAM:
            kind = StreamBlocks
        elif batch.factory:
            kind = FactoryCaller
        elif compiled.model._meta.auto_created:
            kind = LinkAdder
        elif blueprint(compiled.model).tree is not None and batch.way == EACH:
            kind = Planter
        return kind(Work(compiled, columns, self._binding, self._writer, self._failed, self._written.sides))

    def _open_keys(self, batch: Batch, model: type[models.Model]) -> None:
        """Reserve counted keys; others are collected as they are written."""
        standing = self._binding.standing(batch)
        if standing is not None:
            if batch.counted and _reserves(batch, model):
                reserved = self._writer.reserve(counting_model(model), len(standing.made))
                place_keys(self._binding.made(batch.id), standing.made, reserved)
            return
        key = batch.column(batch.key)
        if batch.counted and _reserves(batch, model):
            keys: Keys = self._writer.reserve(counting_model(model), batch.count)
        elif key is not None and isinstance(key.source, Link) and key.source == Link(key.source.batch, Each()):
            keys = self._binding.made(key.source.batch)  # a multi-table child has its parent's keys
        else:
            keys = Listed()
        self._binding.keep(batch.id, "", keys)
        for name in batch.kept:
            self._binding.keep(batch.id, name, Listed())

    @contextmanager
    def _told(self, batch: Batch) -> Iterator[None]:
        """Say whose value it is that cannot be made, or whose rows the database knows nothing of."""
        try:
            yield
        except DatabaseError as error:
            raise self._failed(batch, None, None, error) from error
        except GenerationError as error:
            raise self._failed(batch, None, None, error) from error
        except CellFailed as failure:
            cause = failure.__cause__
            assert isinstance(cause, Exception)  # it is raised from nothing else
            raise self._failed(batch, failure.row, failure.field, cause) from cause

    def _finish(self, batch: Batch, compiled: CompiledBatch, digests: dict[str, ColumnDigest]) -> None:
        step = self._written.digests.get(batch.step, StepDigest())
        waiting = {column.field for column in batch.later}
        for name, digest in digests.items():
            if name not in waiting and not is_parent_link(compiled.model, name):
                step.add(f"{batch.path}{name}", digest.digest())
        self._binding.finish(batch.id)
        if not batch.part:
            self._written.keys[batch.id] = self._binding.made(batch.id)

    def _second_pass(self, batch: Batch) -> None:
        """Set the links that close a circle, now that the rows they lead to are there."""
        compiled = self._compiled(batch)
        sources = {column.field: compiled.later(column) for column in batch.later}
        self._rewrite(compiled, sources)
        if self._read_back:
            return
        for column in batch.later:
            if not batch.promises(column.field):
                continue
            digest = ColumnDigest(compiled.header(column.source))
            for start in range(0, batch.count, BLOCK):
                digest.add(sources[column.field].cells(start, min(start + BLOCK, batch.count))[1])
            self._written.digests[batch.step].add(f"{batch.path}{column.field}", digest.digest())

    def _put_clocks_back(self, batch: Batch) -> None:
        """Have fields that saving sets from the machine's clock say again what the recipe says."""
        compiled = self._compiled(batch)
        clocks = {name: source for name, source in compiled.columns.items() if reads_clock(compiled.fields[name])}
        if clocks:
            self._rewrite(compiled, clocks)

    def _rewrite(self, compiled: CompiledBatch, sources: Mapping[str, Compiled]) -> None:
        """Set columns of rows that are there already."""
        for start, stop in self._given_runs(compiled.batch):
            self._rewrite_block(compiled, sources, start, stop)

    def _rewrite_block(self, compiled: CompiledBatch, sources: Mapping[str, Compiled], start: int, stop: int) -> None:
        batch = compiled.batch
        with self._told(batch):
            columns = {compiled.fields[name]: source.values(start, stop) for name, source in sources.items()}
        try:
            with transaction.atomic(using=self._writer.connection.alias):
                Rewriter(compiled, self._binding, self._writer).rewrite(start, stop, columns)
        except DatabaseError as error:
            name = field_of(batch, self._writer.failing_columns(error, batch.table)) or next(iter(sources))
            raise self._failed(batch, None, name, error) from error

    def _given_runs(self, batch: Batch) -> Iterator[tuple[int, int]]:
        """The rows that have planned values, in blocks: adopted ones only where they are given them."""
        standing = self._binding.standing(batch)
        if standing is None:
            for start in range(0, batch.count, BLOCK):
                yield start, min(start + BLOCK, batch.count)
            return
        sets = standing.meanwhile or (batch.adopt is not None and batch.adopt.sets)
        yield from runs(sorted([*standing.made, *standing.found]) if sets else standing.made)

    def _count_on(self) -> None:
        """Have the database count on behind keys that the recipe gave to rows whose keys are counted."""
        given: dict[type[models.Model], None] = {}
        for batch in self._plan.batches:
            for column in batch.columns:
                field = apps.get_model(batch.model)._meta.get_field(column.field)
                if isinstance(field, models.AutoField):
                    given[field.model] = None
        self._writer.count_on(list(given))

    def _check(self) -> None:
        tables = list(dict.fromkeys(batch.table for batch in self._plan.batches))
        try:
            with transaction.atomic(using=self._writer.connection.alias):
                self._writer.check_constraints(tables)
        except DatabaseError as error:
            table = self._writer.failing_table(error)
            batch = next((batch for batch in self._plan.batches if batch.table == table), None)
            if batch is None:
                raise ApplyError(f"{self._plan.recipe}: {self._writer.reason(error)}") from error
            name = field_of(batch, self._writer.failing_columns(error, batch.table))
            raise self._failed(batch, None, name, error) from error

    def _failed(self, batch: Batch, row: int | None, name: str | None, error: Exception) -> WriteFailed:
        """Say which recipe, file, line, step, row and field could not be written, and why; never the row's values."""
        column = batch.column(name) if name else None
        mark = (column.mark if column else None) or batch.mark
        where = [f"step '{batch.step}'"]
        if batch.id != batch.step:
            where.append(f"rows of {batch.id}")
        if row is not None:
            label = f" ({batch.labels[row]})" if batch.labels else ""
            where.append(f"row {row}{label}")
        where.append(f"{batch.model}.{name}" if name else batch.model)
        place = f"{mark}: " if mark else ""
        message = f"{place}{self._plan.recipe}, {', '.join(where)}: {self._reason(batch, error)}"
        return WriteFailed(message, step=batch.step, row=row, field=name, mark=mark, path=batch.path, model=batch.model)

    def _reason(self, batch: Batch, error: Exception) -> str:
        if isinstance(error, FixtureKitError):
            return str(error)
        if not isinstance(error, (DatabaseError, ValidationError)):
            return told(error)
        if isinstance(error, DatabaseError):
            model, reason = apps.get_model(batch.model), self._writer.reason(error)
            reason = explained(model, reason, in_floats=self._writer.reckons_in_floats)
        else:
            reason = "; ".join(error.messages)
        place = place_of(error)
        return f"{reason} ({place})" if place else reason


def _reserves(batch: Batch, model: type[models.Model]) -> bool:
    """Whether counted keys are reserved before the rows are written.

    ``each`` leaves them to the database, but for rows that point at themselves; links that go through their manager
    get theirs there.
    """
    if batch.way == EACH:
        return any(column.source == Link(batch.id, Each()) for column in batch.columns)
    return not (batch.way == BULK and model._meta.auto_created)
