"""A batch compiled for one database: each column as functions of blocks of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.exceptions import GenerationError
from fixturekit.execution.binding import Binding
from fixturekit.execution.compiled import (
    Absent,
    Cells,
    Compiled,
    Computed,
    Fabricated,
    Generated,
    Known,
    Linked,
    Noted,
    Overwritten,
    Repeated,
    Various,
)
from fixturekit.execution.computing import called, row_by_row, templated
from fixturekit.execution.files import Filed
from fixturekit.execution.followers import Beside, Follower, shared
from fixturekit.execution.rows import Rows
from fixturekit.execution.trials import Trials, Tried, known_names
from fixturekit.factories.adapting import Adapted, adapt
from fixturekit.planning.plan import Batch, Column, Plan, Trial, links
from fixturekit.values import canonical
from fixturekit.values.literals import clean, cleaner
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, Maker, compile_source
from fixturekit.values.sealing import Seal
from fixturekit.values.sources import (
    Asked,
    ByDatabase,
    ByFactory,
    Called,
    Copied,
    Counted,
    Default,
    Drawn,
    Followed,
    Following,
    Hashed,
    Link,
    Mixed,
    Outside,
    Pinned,
    Selected,
    Sequence,
    Source,
    Stored,
    Supplied,
    Templated,
    asks_faker,
    parts,
)  # fmt: skip
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer

# Kinds of which any field takes the values of any other: no lengths, digits or items to look at.
_ALIKE = frozenset({"boolean", "date", "datetime", "duration", "float", "integer", "json", "opaque", "time", "uuid"})


def points_at_itself(batch: Batch, column: Column) -> bool:
    """Whether rows of a column point at rows of the very batch."""
    return any(link.batch == batch.id for link in links(column.source))


def header(source: Source) -> str:
    """What a column's digest says before its cells: for links, which rows the positions are of."""
    if isinstance(source, Link):
        return f"{source.batch.partition('^')[0]}.{source.field}"
    if isinstance(source, Outside):
        return f"{source.recipe}/{source.step}.{source.field}"
    return ""


class Columns:
    """Compiles columns of a batch for one binding, each when it is first asked for.

    Args:
        rows: Where columns that are computed read the values of others.
    """

    def __init__(
        self, plan: Plan, batch: Batch, model: type[models.Model], binding: Binding, rows: Rows | None = None
    ) -> None:
        self.batch = batch
        self.model = model
        self._plan = plan
        self._binding = binding
        self._context = Context(plan.seed, batch.stream, binding.now, batch.labels or None, binding.moved(batch.id))
        self.fields: dict[str, AnyField] = {field.name: field for field in model._meta.concrete_fields}
        self.columns: dict[str, Compiled] = {}
        self._bare: dict[str, Compiled] = {}
        self._trials: dict[int, Trials] = {}
        self._beside: tuple[int, dict[str, Cells]] = (-1, {})
        self._others: dict[str, Columns] = {batch.id: self}
        self._rows = rows or Rows(plan, binding, self._of_any)
        self._read_beside = Beside(self._values_of)
        followers = (part for column in batch.columns for part in parts(column.source) if isinstance(part, Following))
        self._gone_by = {name for follower in followers for name in follower.fields}

    def compiled(self, field: str, source: Source) -> Compiled:
        """Compile a source for a field of the batch."""
        return self._source(self.fields[field], source)

    def follower(self, field: AnyField, source: Following) -> Follower:
        """What makes the values of a column that goes by others of the batch: those of a trial go by them unchanged."""
        tried = any(field.name in trial.names for trial in self.batch.trials)
        read = self._unchanged_values if tried else self._read_beside
        return Follower(source, self._context, read, plain=canonical.kind(field) == "text")

    def _unchanged_values(self, name: str, start: int, stop: int) -> Cells:
        column = self.batch.column(name)
        assert column is not None  # as below
        return self._unchanged(column).values(start, stop)

    def _values_of(self, name: str, start: int, stop: int) -> Cells:
        column = self.batch.column(name)
        assert column is not None  # what is gone by lies in the same table
        return self.column(column).values(start, stop)

    def _of_any(self, batch: Batch, column: Column) -> Compiled:
        """A column of any batch of the plan."""
        if batch.id not in self._others:
            model = apps.get_model(batch.model)
            self._others[batch.id] = type(self)(self._plan, batch, model, self._binding, self._rows)
        return self._others[batch.id].column(column)

    def column(self, column: Column) -> Compiled:
        """Return a column of the batch, compiled."""
        if column.field not in self.columns:
            self.columns[column.field] = self._compile(column)
        return self.columns[column.field]

    def _compile(self, column: Column) -> Compiled:
        bare = self._unchanged(column)
        for number, trial in enumerate(self.batch.trials):
            if column.field in trial.names:
                field = self.fields[column.field]
                return Tried(bare, column.field, self._trial(number, trial), canonical.converter(field))
        return bare

    def _unchanged(self, column: Column) -> Compiled:
        """A column without what trials change."""
        if column.field not in self._bare:
            self._bare[column.field] = self._source(self.fields[column.field], column.source)
        return self._bare[column.field]

    def _trial(self, number: int, trial: Trial) -> Trials:
        if number not in self._trials:
            sources = {column.field: column.source for column in self.batch.columns}
            known = known_names(trial, sources)
            columns = [column for column in self.batch.columns if column.field in known]
            self._trials[number] = Trials(
                trial=trial,
                count=self.batch.count,
                now=self._binding.now,
                fields=self.fields,
                bare={column.field: self._unchanged(column) for column in columns},
                sources=sources,
                compile=self._source,
            )
        return self._trials[number]

    def argument(self, factory: Adapted, column: Column) -> Compiled:
        """What a factory is given: a value of the field that the path leads to, or a plain one."""
        field = factory.field(column.field)
        if field is not None:
            return self._source(field, column.source)
        return self._plain(column.source)

    def told(self, column: Column) -> Compiled:
        """What the library of a tree is told: the row above, which no column holds."""
        link = blueprint(self.model).above
        assert link is not None  # nothing else is told
        return self._source(link, column.source)

    def _plain(self, source: Source) -> Compiled:
        if isinstance(source, Mixed):
            assert isinstance(source.choose, tuple)  # labelled rows
            choose = source.choose
            parts = tuple(map(self._plain, source.sources))
            return Various(parts, ("",) * len(parts), lambda start, stop: list(choose[start:stop]))
        return Computed(lambda start, stop: [getattr(source, "value", Absent)] * (stop - start), list)

    def _source(self, field: AnyField, source: Source) -> Compiled:
        convert = canonical.converter(field)
        if isinstance(source, Hashed):
            return Repeated(source.encoded, source.raw, convert)
        if isinstance(source, Pinned):
            return self._pinned(field, source, convert)
        if isinstance(source, (Link, Outside)):
            return self._linked(field, source, convert)
        if isinstance(source, Mixed):
            return self._mixed(field, source)
        if isinstance(source, Copied):
            return self._copied(field, source, convert)
        if isinstance(source, Following):
            maker = self.follower(field, source).maker
            return Generated(maker, convert, self._binding.instead(self.batch.id, field.name))
        if isinstance(source, Default):
            return Computed(self._defaults(field, source), convert)
        if isinstance(source, ByFactory):
            return Fabricated(convert)
        if isinstance(source, Stored):
            assert isinstance(field, models.FileField)  # no other field has such a source
            return Filed(field, source, self._context, self._binding.now, self._binding.files, self._instance)
        if isinstance(source, Templated):
            return Computed(templated(self.batch, field, source, self._context, self._rows), convert)
        if isinstance(source, Called):
            return Computed(called(self.batch, field, source, self._context, self._rows, self._binding.clock), convert)
        # the first two are no columns of a batch, the others none of a recipe's
        assert not isinstance(source, (Counted, ByDatabase, Supplied, Asked, Followed))
        maker = compile_source(source, self._context)
        if isinstance(source, Selected) and source.known_as:
            return self._known(source, convert)
        if asks_faker(source):
            return self._faked(field, source, maker, convert)
        if isinstance(source, Sequence) and canonical.kind(field) != "text":
            return Computed(
                lambda start, stop: row_by_row(
                    field, start, maker.values(start, stop), lambda text: clean(field, text)
                ),
                convert,
            )
        if canonical.collection(field) == "vector":
            return Overwritten(maker, convert, {})
        if field.name in self._gone_by and canonical.kind(field) == "text":
            maker = shared(maker)
        return Generated(maker, convert, self._binding.instead(self.batch.id, field.name))

    def _faked(self, field: AnyField, source: Source, maker: Maker, convert: canonical.Convert) -> Compiled:
        provider = dict(source.args)["provider"] if isinstance(source, Drawn) else ""
        accept = cleaner(field)

        def make(cell: Any) -> Any:
            try:
                return accept(cell)
            except Exception as error:
                raise GenerationError(f"!fake {provider} gives no value: {error}") from error

        return Computed(lambda start, stop: row_by_row(field, start, maker.values(start, stop), make), convert)

    def _pinned(self, field: AnyField, source: Pinned, convert: canonical.Convert) -> Compiled:
        value = self._binding.pin(source.number, source.field)
        token = f"!pin {self._plan.pins[source.number].wanted}"
        return Repeated(value, token, convert)

    def _noted(self, field: AnyField, source: Link | Outside, convert: canonical.Convert) -> Compiled:
        key = canonical.concrete(apps.get_model(source.key_of)._meta.pk)
        return Noted(
            keys=lambda: self._binding.keys(source),
            map=source.map,
            context=self._context,
            to_python=lambda cell: field.to_python(key.to_python(cell)),
            own_form=True,
            convert=convert,
        )

    def _linked(self, field: AnyField, source: Link | Outside, convert: canonical.Convert) -> Compiled:
        if source.key_of:
            return self._noted(field, source, convert)
        target = canonical.concrete(field)
        plain_key = not source.field and canonical.kind(target) in ("integer", "text")
        own_form = source.field != "" or canonical.kind(target) == "opaque"
        return Linked(
            keys=lambda: self._binding.keys(source),
            map=source.map,
            context=self._context,
            to_python=None if plain_key or own_form else target.to_python,
            own_form=own_form,
            convert=convert,
        )

    def _mixed(self, field: AnyField, source: Mixed) -> Compiled:
        parts = tuple(self._source(field, part) for part in source.sources)
        names = tuple(map(header, source.sources))
        choose = source.choose
        if isinstance(choose, tuple):
            return Various(parts, names, lambda start, stop: list(choose[start:stop]))
        return Various(parts, names, lambda start, stop: list(positions(choose, self._context, start, stop)))

    def _copied(self, field: AnyField, source: Copied, convert: canonical.Convert) -> Compiled:
        origin = self.fields[source.field]
        if canonical.kind(origin) == canonical.kind(field) and canonical.kind(field) in _ALIKE:
            return Computed(lambda start, stop: self._origin(source).values(start, stop), convert)

        def compute(start: int, stop: int) -> Cells:
            cells = self._origin(source).values(start, stop)
            return row_by_row(field, start, cells, lambda cell: None if cell is None else clean(field, cell))

        return Computed(compute, convert)

    def _origin(self, source: Copied) -> Compiled:
        column = self.batch.column(source.field)
        assert column is not None  # copies of what is no column of the table are refused while planning
        return self.column(column)

    def _known(self, source: Selected, convert: canonical.Convert) -> Compiled:
        """Values that the digest knows by other names."""
        names = compile_source(replace(source, values=source.known_as), self._context).values
        return Known(compile_source(source, self._context).values, names, convert)

    def _instance(self, row: int) -> models.Model:
        """An unsaved instance of a row, for a function that names its file: all but files, and links to rows of the
        batch itself, which may not be there yet.
        """
        start = row // BLOCK * BLOCK
        if self._beside[0] != start:
            self._beside = start, self._values_beside(start, min(start + BLOCK, self.batch.count))
        return self.model(**{name: cells[row - start] for name, cells in self._beside[1].items()})

    def _values_beside(self, start: int, stop: int) -> dict[str, Cells]:
        return {
            self.fields[column.field].attname: self.column(column).values(start, stop)
            for column in self.batch.columns
            if not isinstance(self.fields[column.field], models.FileField) and not points_at_itself(self.batch, column)
        }

    def _defaults(self, field: AnyField, source: Default) -> Callable[[int, int], Cells]:
        """Call the field's default once for each row, in a world that only the row's address shapes.

        The cells of a block are kept: a default that is not a pure function must not give one value to the database
        and another to the digest.
        """
        seal = Seal(self._plan.seed, self.batch.stream, source.lane, self._binding.clock)
        labels = self.batch.labels
        kept: dict[tuple[int, int], Cells] = {}

        def compute(start: int, stop: int) -> Cells:
            if (start, stop) not in kept:
                kept.clear()
                with seal:
                    rows = labels[start:stop] or range(start, stop)
                    kept[start, stop] = row_by_row(field, start, rows, lambda row: seal.call(row, field.get_default))
            return list(kept[start, stop])

        return compute


class CompiledBatch:
    """All columns of a batch, compiled for one binding."""

    def __init__(self, plan: Plan, batch: Batch, model: type[models.Model], writer: Writer, binding: Binding) -> None:
        self.batch = batch
        self.model = model
        self._columns = Columns(plan, batch, model, binding)
        self.fields = self._columns.fields
        self.columns = {column.field: self._columns.column(column) for column in batch.columns}
        self.arguments: dict[str, Compiled]
        if batch.factory:
            factory = adapt(batch.factory)
            self.arguments = {column.field: self._columns.argument(factory, column) for column in batch.arguments}
        else:
            self.arguments = {column.field: self._columns.told(column) for column in batch.arguments}

    def later(self, column: Column) -> Compiled:
        """Compile a column of the second pass."""
        return self._columns.compiled(column.field, column.source)

    @staticmethod
    def header(source: Source) -> str:
        """What a column's digest says before its cells."""
        return header(source)
