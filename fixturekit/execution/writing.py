"""A plan is written: batch after batch, block after block, each in the way that the plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction

from fixturekit.blueprints import blueprint, is_parent_link
from fixturekit.exceptions import ApplyError, FixtureKitError, GenerationError, WriteFailed
from fixturekit.execution.adopting import take_over
from fixturekit.execution.binding import Binding
from fixturekit.execution.blocks import Blocks, Failed, Sides
from fixturekit.execution.cells import CompiledBatch, points_at_itself
from fixturekit.execution.compiled import Compiled
from fixturekit.execution.digests import ColumnDigest, StepDigest
from fixturekit.execution.fabricating import FactoryCaller
from fixturekit.execution.failures import CellFailed, explained
from fixturekit.execution.foreign import place_of, told
from fixturekit.execution.instances import LinkAdder, Saver, reads_clock
from fixturekit.execution.planting import Planter
from fixturekit.execution.reading import empty_digests, read_digests
from fixturekit.execution.rewriting import Rewriter
from fixturekit.execution.standing import Standing, runs
from fixturekit.planning.plan import BULK, EACH, STREAM, Batch, Column, Plan, computed
from fixturekit.values.sources import Called, Default, Each, Link, Stored, parts
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Pour, Writer
from fixturekit.writers.keys import Keys, Listed, Placed, Ranges

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
        return kind(compiled, columns, self._binding, self._writer, self._failed, self._written.sides)

    def _open_keys(self, batch: Batch, model: type[models.Model]) -> None:
        """Reserve counted keys; others are collected as they are written."""
        standing = self._binding.standing(batch)
        if standing is not None:
            if batch.counted and _reserves(batch, model):
                reserved = self._writer.reserve(counting_model(model), len(standing.made))
                _place(self._binding.made(batch.id), standing.made, reserved)
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
            reason = explained(apps.get_model(batch.model), self._writer.reason(error))
        else:
            reason = "; ".join(error.messages)
        place = place_of(error)
        return f"{reason} ({place})" if place else reason


_TRIES = 3


class StreamBlocks(Blocks):
    """Columns of values go to the database's bulk door; no instance is made."""

    def __init__(
        self,
        compiled: CompiledBatch,
        columns: Sequence[Column],
        binding: Binding,
        writer: Writer,
        failed: Failed,
        sides: Sides,
    ) -> None:
        super().__init__(compiled, columns, binding, writer, failed, sides)
        # columns that point at rows of the batch are made last, when the keys of these rows are known
        ordered = sorted(columns, key=lambda column: points_at_itself(self._batch, column))
        self._prepared = [(column, writer.column(compiled.fields[column.field])) for column in ordered]
        self._names = [column.column for column in ordered]
        self._keys = binding.made(self._batch.id)
        self._key_fields = [field.name for field in compiled.model._meta.pk_fields]
        self._done_last = False
        self._pour: Pour | None = None
        # a default may be code that asks the database, and may give another value when it is asked again
        self._pure = not self._runs_code(columns)
        if self._batch.counted:
            self._names.insert(0, key_column(compiled.model))

    def _runs_code(self, columns: Sequence[Column]) -> bool:
        """Whether code of the project takes part, in a column or in one that an expression may read, or files are stored:
        asked again, it may do something else.
        """
        sources = [column.source for column in columns]
        if any(computed(source) for source in sources):
            sources = [column.source for batch in self._binding.plan.batches for column in batch.columns]
        return any(isinstance(part, (Default, Called, Stored)) for source in sources for part in parts(source))

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Send all blocks through one door, where the database gains by it."""
        if not (self._writer.pours and self._pure and len(self._rows) > BLOCK):
            yield
            return
        try:
            with (
                transaction.atomic(using=self._writer.connection.alias),
                self._writer.pouring(self._batch.table, self._names) as self._pour,
            ):
                yield
        except DatabaseError as error:
            raise self._found_again(error) from error
        finally:
            self._pour = None

    def _found_again(self, error: DatabaseError) -> WriteFailed:
        """Write the blocks once more, one by one, to learn which row was refused."""
        for start, stop in self.runs():
            _, data = self._block(start, stop, keep=False)
            try:
                with transaction.atomic(using=self._writer.connection.alias):
                    self._writer.write(self._batch.table, self._names, data)
            except DatabaseError as refused:
                return self._located(start, data, refused)
        return self._failed(self._batch, None, None, error)

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        if start == self._rows[0] and self._claims:
            self._claim()
        tokens, data = self._block(start, stop)
        if self._done_last and stop == self._rows[-1] + 1:
            data = [column[:-1] for column in data]
        if data and data[0]:
            self._insert(start, data)
        return tokens

    @property
    def _claims(self) -> bool:
        """Whether the last row is written first: not if it points at earlier ones, or would be another one again."""
        if not (self._writer.claims_with_last_row and self._batch.counted and self._pure):
            return False
        return not any(points_at_itself(self._batch, column) for column in self._batch.columns)

    def _claim(self) -> None:
        """Write the last row first, so that the database counts on from its key.

        Another process may have taken keys between the reading of the counter and this row; then others are reserved.
        """
        last = self._rows[-1]
        for tries_left in reversed(range(_TRIES)):
            _, data = self._block(last, last + 1, keep=False)
            try:
                with transaction.atomic(using=self._writer.connection.alias):
                    self._writer.write(self._batch.table, self._names, data)
                break
            except IntegrityError as error:
                if not tries_left or self._writer.failing_columns(error, self._batch.table) != (self._names[0],):
                    raise self._located(last, data, error) from error
                self._reserve_again()
        self._done_last = True

    def _reserve_again(self) -> None:
        reserved = self._writer.reserve(counting_model(self._compiled.model), len(self._rows))
        if self._standing is not None:
            _place(self._keys, self._rows, reserved)
            return
        self._keys = reserved
        self._binding.keep(self._batch.id, "", reserved)

    def _block(self, start: int, stop: int, *, keep: bool = True) -> tuple[dict[str, list[Any]], list[list[Any]]]:
        tokens: dict[str, list[Any]] = {}
        data: list[list[Any]] = []
        keys: dict[str, list[Any]] = {}
        for column, prepare in self._prepared:
            if keep and points_at_itself(self._batch, column):
                self._keep(start, stop, keys)
                keep = False
            compiled = self._compiled.columns[column.field]
            cells, tokens[column.field] = compiled.cells(start, stop)
            data.append(prepare.convert(cells if prepare.reads == "canonical" else compiled.values(start, stop)))
            if column.field in self._key_fields:
                keys[column.field] = cells
        if keep:
            self._keep(start, stop, keys)
        if self._batch.counted:
            data.insert(0, self._keys.take(range(start, stop)))
        return tokens, data

    def _keep(self, start: int, stop: int, keys: dict[str, list[Any]]) -> None:
        """Hold the keys, and the columns that other batches read."""
        # a row whose key is a link has the keys of other rows, which are there already
        if not isinstance(self._keys, Ranges) and len(keys) == len(self._key_fields):
            columns = [keys[name] for name in self._key_fields]
            own = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
            self._binding.add(self._batch.id, "", start, own)
        for name in self._batch.kept:
            values = self._compiled.columns[name].values(start, stop)
            self._binding.add(self._batch.id, name, start, values)

    def _insert(self, start: int, data: list[list[Any]]) -> None:
        if self._pour is not None:
            self._pour(data)
            return
        try:
            with transaction.atomic(using=self._writer.connection.alias):
                self._writer.write(self._batch.table, self._names, data)
        except DatabaseError as error:
            raise self._located(start, data, error) from error

    def _located(self, start: int, data: list[list[Any]], error: DatabaseError) -> WriteFailed:
        found = self._writer.locate(self._batch.table, self._names, data)
        row = start + found[0] if found else None
        cause = found[1] if found else error
        failing = self._writer.failing_columns(cause, self._batch.table)
        return self._failed(self._batch, row, field_of(self._batch, failing), cause)


def _place(keys: Keys, rows: Sequence[int], reserved: Keys) -> None:
    """Give reserved keys to rows between which others stand."""
    assert isinstance(keys, Placed)  # rows that are adopted have their keys before
    for row, key in zip(rows, reserved, strict=True):
        keys.place(row, [key])


def _reserves(batch: Batch, model: type[models.Model]) -> bool:
    """Whether counted keys are reserved before the rows are written.

    ``each`` leaves them to the database, but for rows that point at themselves; links that go through their manager
    get theirs there.
    """
    if batch.way == EACH:
        return any(column.source == Link(batch.id, Each()) for column in batch.columns)
    return not (batch.way == BULK and model._meta.auto_created)


def counting_model(model: type[models.Model]) -> type[models.Model]:
    """The model whose table counts the keys: of a multi-table model the topmost parent."""
    concrete = model._meta.concrete_model or model
    parents = [parent for parent, link in concrete._meta.parents.items() if link is not None]
    return counting_model(parents[0]) if parents else concrete


def key_column(model: type[models.Model]) -> str:
    """The database column of a model's primary key."""
    return str(model._meta.pk.column)


def field_of(batch: Batch, columns: Sequence[str]) -> str | None:
    """The field of the first of these database columns."""
    names = {column.column: column.field for column in batch.columns}
    return next((names[column] for column in columns if column in names), None)


def side_rows(sides: list[tuple[str, Any]]) -> Iterator[tuple[str, Keys]]:
    """Group the rows that others made by model, in the order of their making; each once, however often it was noted."""
    grouped: dict[str, dict[Any, None]] = {}
    for model, key in sides:
        grouped.setdefault(model, {})[key] = None
    for model, noted in grouped.items():
        keys = list(noted)
        if all(type(key) is int for key in keys):
            yield model, Ranges.of(keys)
        else:
            listed = Listed()
            listed.extend(keys)
            yield model, listed
