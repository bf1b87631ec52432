"""A batch compiled for one database: each column as functions of blocks of rows.

A column can give its cells in three forms: Python values as an instance has them, canonical values as a database is
given them, and tokens as the digest hashes them. Tokens are the canonical values but for links, whose tokens are
positions, and for passwords and pins, whose tokens are what the recipe writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.planning.plan import Batch, Column, Plan, links
from fixturekit.values import canonical
from fixturekit.values.literals import clean
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, Maker, compile_source
from fixturekit.values.sealing import Seal
from fixturekit.values.sources import (
    ByDatabase,
    Copied,
    Counted,
    Default,
    Hashed,
    Link,
    Map,
    Mixed,
    Outside,
    Pinned,
    Sequence,
    Source,
)  # fmt: skip
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Keys

if TYPE_CHECKING:
    from fixturekit.execution.binding import Binding

Cells = list[Any]


class CellFailed(Exception):
    """A value of one row cannot be made; the reason is the exception's cause. Never leaves this package."""

    def __init__(self, field: str, row: int) -> None:
        super().__init__(f"{field}[{row}]")
        self.field = field
        self.row = row


class Compiled(Protocol):
    """One column of a batch, at work.

    ``cells`` returns a block of canonical values and their tokens. ``stored`` returns the tokens of Python values
    that were read back: those of the plan where nothing was changed. A row's token depends on this row alone.
    """

    def values(self, start: int, stop: int) -> Cells: ...

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]: ...

    def stored(self, start: int, stop: int, now: Cells) -> Cells: ...


@dataclass(slots=True)
class Generated:
    """Cells that a maker draws, enumerates or repeats; ``instead`` holds rows that gave way to a taken value."""

    maker: Maker
    convert: canonical.Convert
    instead: dict[int, Any]

    def values(self, start: int, stop: int) -> Cells:
        cells = self.maker.values(start, stop)
        for row in self._replaced(start, stop):
            cells[row - start] = self.instead[row]
        return cells

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells = self.maker.canonical(start, stop)
        if cells is None:
            cells = self.convert(self.values(start, stop))
            return cells, cells
        for row in self._replaced(start, stop):
            cells[row - start] = self.convert([self.instead[row]])[0]
        return cells, cells

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return self.convert(now)

    def _replaced(self, start: int, stop: int) -> Iterator[int]:
        return (row for row in self.instead if start <= row < stop)


@dataclass(slots=True)
class Computed:
    """Cells that a function of the block gives as Python values."""

    compute: Callable[[int, int], Cells]
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        return self.compute(start, stop)

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells = self.convert(self.compute(start, stop))
        return cells, cells

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return self.convert(now)


@dataclass(slots=True)
class Repeated:
    """The same cell in every row, which the digest knows under another name."""

    value: Any
    token: Any
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        return [self.value] * (stop - start)

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        return self.convert([self.value]) * (stop - start), [self.token] * (stop - start)

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return _renamed(now, self.values(start, stop), [self.token] * (stop - start), self.convert)


@dataclass(slots=True)
class Linked:
    """Keys of other rows. ``keys`` is asked late: a batch may link to itself, whose keys come as it is written."""

    keys: Callable[[], Keys]
    map: Map
    context: Context
    to_python: Callable[[Any], Any] | None
    own_form: bool
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        cells = self.keys().take(positions(self.map, self.context, start, stop))
        if self.to_python is None:
            return cells
        return [None if cell is None else self.to_python(cell) for cell in cells]

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        tokens = list(positions(self.map, self.context, start, stop))
        cells = self.keys().take(tokens)
        return (self.convert(cells) if self.own_form else cells), tokens

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        tokens = list(positions(self.map, self.context, start, stop))
        return _renamed(now, self.values(start, stop), tokens, self.convert)


@dataclass(slots=True)
class Various:
    """Rows that have different sources: ``choose`` says which part a row reads.

    A token names the part's rows, not the part's place, so that inserting a label changes no other row's token.
    """

    parts: tuple[Compiled, ...]
    names: tuple[str, ...]
    choose: Callable[[int, int], Cells]

    def values(self, start: int, stop: int) -> Cells:
        return [self.parts[part].values(row, row + 1)[0] for row, part in self._rows(start, stop)]

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells: Cells = []
        tokens: Cells = []
        for row, part in self._rows(start, stop):
            cell, token = self.parts[part].cells(row, row + 1)
            cells.extend(cell)
            tokens.append([self.names[part], *token])
        return cells, tokens

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return [
            [self.names[part], *self.parts[part].stored(row, row + 1, [cell])]
            for (row, part), cell in zip(self._rows(start, stop), now, strict=True)
        ]

    def _rows(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        return zip(range(start, stop), self.choose(start, stop), strict=True)


def points_at_itself(batch: Batch, column: Column) -> bool:
    """Whether rows of a column point at rows of the very batch."""
    return any(link.batch == batch.id for link in links(column.source))


def _row_by_row(field: AnyField, start: int, cells: Iterable[Any], make: Callable[[Any], Any]) -> Cells:
    """Make cells one by one, and say which one could not be made."""
    made: Cells = []
    for row, cell in enumerate(cells, start):
        try:
            made.append(make(cell))
        except Exception as error:
            raise CellFailed(field.name, row) from error
    return made


def _renamed(now: Cells, planned: Cells, tokens: Cells, convert: canonical.Convert) -> Cells:
    """The tokens of a column that the digest knows under other names; a value that was changed has none, and stands
    for itself.
    """
    cells = convert(now)
    return [
        token if new == old else f"={cell}" for token, new, old, cell in zip(tokens, now, planned, cells, strict=True)
    ]


class CompiledBatch:
    """The columns of a batch, compiled for one binding."""

    def __init__(self, plan: Plan, batch: Batch, model: type[models.Model], writer: Writer, binding: Binding) -> None:
        self.batch = batch
        self.model = model
        self._plan = plan
        self._writer = writer
        self._binding = binding
        self._context = Context(seed=plan.seed, step=batch.stream, now=binding.now, labels=batch.labels or None)
        self.fields: dict[str, AnyField] = {field.name: field for field in model._meta.concrete_fields}
        self.columns: dict[str, Compiled] = {}
        for column in batch.columns:
            self.columns[column.field] = self._compile(column)

    def later(self, column: Column) -> Compiled:
        """Compile a column of the second pass."""
        return self._compile(column)

    def header(self, source: Source) -> str:
        """What a column's digest says before its cells: for links, which rows the positions are of."""
        if isinstance(source, Link):
            return f"{source.batch.partition('^')[0]}.{source.field}"
        if isinstance(source, Outside):
            return f"{source.recipe}/{source.step}.{source.field}"
        return ""

    def _compile(self, column: Column) -> Compiled:
        return self._source(self.fields[column.field], column.source)

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
        if isinstance(source, Default):
            return Computed(self._defaults(field, source), convert)
        assert not isinstance(source, (Counted, ByDatabase))  # neither is a column of a batch
        maker = compile_source(source, self._context)
        if isinstance(source, Sequence) and canonical.kind(field) != "text":
            return Computed(
                lambda start, stop: _row_by_row(
                    field, start, maker.values(start, stop), lambda text: clean(field, text)
                ),
                convert,
            )
        return Generated(maker, convert, self._binding.instead(self.batch.id, field.name))

    def _pinned(self, field: AnyField, source: Pinned, convert: canonical.Convert) -> Compiled:
        value = self._binding.pin(source.number, source.field)
        token = f"!pin {self._plan.pins[source.number].wanted}"
        return Repeated(value, token, convert)

    def _linked(self, field: AnyField, source: Link | Outside, convert: canonical.Convert) -> Compiled:
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
        names = tuple(map(self.header, source.sources))
        choose = source.choose
        if isinstance(choose, tuple):
            return Various(parts, names, lambda start, stop: list(choose[start:stop]))
        return Various(parts, names, lambda start, stop: list(positions(choose, self._context, start, stop)))

    def _copied(self, field: AnyField, source: Copied, convert: canonical.Convert) -> Compiled:
        origin = self.fields[source.field]
        if canonical.kind(origin) == canonical.kind(field) and canonical.kind(field) not in ("text", "decimal"):
            return Computed(lambda start, stop: self.columns[source.field].values(start, stop), convert)

        def compute(start: int, stop: int) -> Cells:
            cells = self.columns[source.field].values(start, stop)
            return _row_by_row(field, start, cells, lambda cell: None if cell is None else clean(field, cell))

        return Computed(compute, convert)

    def _defaults(self, field: AnyField, source: Default) -> Callable[[int, int], Cells]:
        """Call the field's default once for each row, in a world that only the row's address shapes.

        The cells of a block are kept: a default that is not a pure function must not give one value to the database
        and another to the digest.
        """
        seal = Seal(self._plan.seed, self.batch.stream, source.lane)
        labels = self.batch.labels
        kept: dict[tuple[int, int], Cells] = {}

        def compute(start: int, stop: int) -> Cells:
            if (start, stop) not in kept:
                kept.clear()
                with seal:
                    rows = labels[start:stop] or range(start, stop)
                    kept[start, stop] = _row_by_row(field, start, rows, lambda row: seal.call(row, field.get_default))
            return list(kept[start, stop])

        return compute
