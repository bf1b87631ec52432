"""Columns of a call at work: what the rows of a batch are given, block by block.

As a recipe's columns (``execution.cells``) they are made of sources; unlike them they have what a call gives, and link to
instances, not to keys.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.calling.arguments import Slots, takes_field
from fixturekit.execution.foreign import named
from fixturekit.planning.plan import Batch, Column, Plan
from fixturekit.planning.scalars import defaults_to_clock, moment
from fixturekit.values.files import Bodies, FileNames
from fixturekit.values.literals import clean
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sealing import Seal
from fixturekit.values.sources import (
    Asked,
    Const,
    Copied,
    Default,
    Each,
    Hashed,
    Link,
    Map,
    Mixed,
    Pinned,
    Runs,
    Source,
    Stored,
    Supplied,
)
from fixturekit.values.sources import (
    Sequence as Sequenced,
)

Cells: TypeAlias = "list[Any]"
Made: TypeAlias = "dict[str, list[models.Model]]"


@dataclass(slots=True)
class Rows:
    """A block of rows of one batch, while a call makes them.

    Attributes:
        numbers: The rows' numbers in their model, which generated values go by.
        first: The place of the first of them among the rows of the call.
        slots: What the call gives.
        made: The instances of the batches before, by batch.
        alias: The database.
        asks: It may be asked.
    """

    numbers: range
    first: int
    slots: Slots
    made: Made
    alias: str
    asks: bool = True

    @property
    def count(self) -> int:
        return len(self.numbers)


class GivesNone(Exception):
    """A function of the project that is to give a value raises; what it raises is the cause. Never leaves this package.

    ``by`` is what the function is called.
    """

    def __init__(self, field: str, by: str) -> None:
        super().__init__()
        self.field = field
        self.by = by


Cell: TypeAlias = "Callable[[Rows], Cells]"
IMMUTABLE = frozenset({bool, bytes, date, datetime, Decimal, float, int, str, time, timedelta, type(None), UUID})
"""Types of values that several rows may share."""

_MUTABLE = (dict, list, set, bytearray)
_AHEAD = 16


@dataclass(slots=True)
class Compiler:
    """Compiles the columns of one batch.

    ``self_links`` collects the foreign keys that point at the row itself.
    """

    plan: Plan
    batch: Batch
    model: type[models.Model]
    context: Context
    self_links: list[AnyField] = field(default_factory=list)

    def column(self, column: Column) -> Cell:
        """Return what makes the cells of a column."""
        found: Any = self.model._meta.get_field(column.field)
        return self._source(found, column.source)

    def told(self, column: Column) -> Cell:
        """Return what makes the rows above those of a tree, which no column holds."""
        link = blueprint(self.model).above
        assert link is not None  # nothing else is told
        return self._source(link, column.source)

    def leaves_to_clock(self, column: Column) -> bool:
        """Whether a column says what the clock of a recipe would: of a call, the machine's own does."""
        found: Any = self.model._meta.get_field(column.field)
        return defaults_to_clock(found) and column.source == Const(moment(found, self.context.now))

    def _source(self, field: AnyField, source: Source) -> Cell:
        if isinstance(source, Const):
            return _constant(source.value)
        if isinstance(source, Hashed):
            return _constant(source.encoded)
        if isinstance(source, Supplied):
            return _supplied(field, source)
        if isinstance(source, Asked):
            return _asked(field, source.function)
        if isinstance(source, Link):
            return self._linked(field, source)
        if isinstance(source, Pinned):
            return self._pinned(field, source)
        if isinstance(source, Copied):
            raise AssertionError("calls copy by following instances")
        if isinstance(source, Default):
            return self._default(field, source)
        if isinstance(source, Stored):
            return self._stored(source)
        if isinstance(source, Mixed):
            return self._mixed(field, source)
        return self._drawn(field, source)

    # -- values that are drawn ----------------------------------------------------------------------------------------

    def _drawn(self, field: AnyField, source: Any) -> Cell:
        values = compile_source(source, self.context).values
        if isinstance(source, Sequenced):
            return lambda rows: [clean(field, text) for text in values(rows.numbers.start, rows.numbers.stop)]
        return _Ahead(values).cells

    def _mixed(self, field: AnyField, source: Mixed) -> Cell:
        parts = [self._source(field, part) for part in source.sources]
        chosen = source.choose

        def cells(rows: Rows) -> Cells:
            if isinstance(chosen, tuple):  # one row after the other has the next, and after the last the first
                which: Sequence[int | None] = [chosen[number % len(chosen)] for number in rows.numbers]
            else:
                which = positions(chosen, self.context, rows.numbers.start, rows.numbers.stop)
            made = {part: parts[part](rows) for part in set(which) if part is not None}
            return [made[part][place] for place, part in enumerate(which) if part is not None]

        return cells

    def _default(self, field: AnyField, source: Default) -> Cell:
        """Call the field's own default, in a world that only the row's address shapes."""
        seal = Seal(self.plan.seed, self.batch.stream, source.lane)

        def cells(rows: Rows) -> Cells:
            try:
                with seal:
                    return [seal.call(number, field.get_default) for number in rows.numbers]
            except Exception as error:
                raise GivesNone(field.name, f"its default {named(field.default)}") from error

        return cells

    def _stored(self, source: Stored) -> Cell:
        """A file that the field stores when the instance is saved."""
        names, bodies = FileNames(source, self.context), Bodies(source, self.context)

        def cells(rows: Rows) -> Cells:
            start, stop = rows.numbers.start, rows.numbers.stop
            return [
                ContentFile(body.data, name=names.name(number))
                for number, body in zip(rows.numbers, bodies.of(start, stop), strict=True)
            ]

        return cells

    # -- rows ------------------------------------------------------------------------------------------------------------

    def _linked(self, field: AnyField, source: Link) -> Cell:
        if source.batch == self.batch.id:
            self.self_links.append(field)
            return _constant(None)
        place = _places(source.map, self.context)
        if source.key_of:
            key = apps.get_model(source.key_of)._meta.pk.attname
            return lambda rows: [
                None if row is None else field.to_python(getattr(row, key)) for row in place(rows, source.batch)
            ]
        if field.remote_field is None:
            name = source.field or "pk"
            return lambda rows: [None if row is None else getattr(row, name) for row in place(rows, source.batch)]
        return lambda rows: place(rows, source.batch)

    def _pinned(self, field: AnyField, source: Pinned) -> Cell:
        pin = self.plan.pins[source.number]
        if pin.natural:
            return partial(_natural, pin.model, pin.natural)
        if pin.lookup:
            return _constant(dict(pin.lookup)[source.field])
        return _constant(field.to_python(pin.key))


class _Ahead:
    """Cells of rows that are asked for one by one, made a few rows ahead."""

    __slots__ = ("_block", "_values")

    def __init__(self, values: Callable[[int, int], Cells]) -> None:
        self._values = values
        self._block: tuple[int, Cells] = (0, [])

    def cells(self, rows: Rows) -> Cells:
        """Return the cells of a block of rows."""
        numbers = rows.numbers
        if len(numbers) != 1:
            return self._values(numbers.start, numbers.stop)
        start, block = self._block  # read and set as one: another thread may set it meanwhile
        place = numbers.start - start
        if 0 <= place < len(block):
            return [block[place]]
        block = self._values(numbers.start, numbers.start + _AHEAD)
        if all(type(cell) in IMMUTABLE for cell in block):
            self._block = (numbers.start, block)
        return block[:1]


def _places(map: Map, context: Context) -> Callable[[Rows, str], list[Any]]:
    """Which instances of another batch the rows of a block link to; places count within the call."""
    if isinstance(map, Each):
        return lambda rows, batch: rows.made[batch][rows.first : rows.first + rows.count]
    if isinstance(map, Runs):
        length = map.length
        return lambda rows, batch: [
            rows.made[batch][place // length] for place in range(rows.first, rows.first + rows.count)
        ]

    def found(rows: Rows, batch: str) -> list[Any]:
        places = positions(map, context, rows.first, rows.first + rows.count)
        return [None if place is None else rows.made[batch][place] for place in places]

    return found


def _constant(value: Any) -> Cell:
    if isinstance(value, _MUTABLE):
        return lambda rows: [copy.deepcopy(value) for _ in rows.numbers]  # each row has its own
    return lambda rows: [value] * len(rows.numbers)


def _supplied(field: AnyField, source: Supplied) -> Cell:
    slot = source.slot
    if source.asked:
        return lambda rows: _ask(field, rows.slots[slot], rows)

    def cells(rows: Rows) -> Cells:
        value = rows.slots[slot]
        if len(rows.numbers) > 1 and isinstance(value, _MUTABLE):
            return [copy.deepcopy(value) for _ in rows.numbers]
        return [value] * len(rows.numbers)

    return cells


def _asked(field: AnyField, function: Callable[..., Any]) -> Cell:
    return lambda rows: _ask(field, function, rows)


def _ask(field: AnyField, function: Callable[..., Any], rows: Rows) -> Cells:
    try:
        if takes_field(function):
            return [function(field) for _ in rows.numbers]
        return [function() for _ in rows.numbers]
    except Exception as error:
        raise GivesNone(field.name, named(function)) from error


def _natural(label: str, key: Sequence[Any], rows: Rows) -> Cells:
    """The row of a natural key, such as a content type, as its manager finds or remembers it."""
    if not rows.asks:
        return [None] * len(rows.numbers)
    manager: Any = apps.get_model(label)._default_manager
    row = manager.db_manager(rows.alias).get_by_natural_key(*key)
    return [row] * len(rows.numbers)
