"""Row numbers whose generated unique values no row of the database has yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.calling.arguments import Slots
from fixturekit.calling.columns import Cells
from fixturekit.calling.following import legible
from fixturekit.exceptions import ValuesExhausted
from fixturekit.execution.taken import folded
from fixturekit.planning.plan import Batch
from fixturekit.values import canonical
from fixturekit.values.following import follow
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import (
    Combined,
    Const,
    Drawn,
    Enumerated,
    Following,
    Hashed,
    Selected,
    Source,
    Supplied,
)  # fmt: skip
from fixturekit.values.sources import (
    Sequence as Sequenced,
)

AHEAD = 64
"""How many rows ahead values are looked up in a large table."""

FEW = 500
"""Of a table with at most so many rows all values are read at once."""

Held: TypeAlias = "frozenset[tuple[Any, ...]]"


@dataclass(slots=True)
class Known:
    """What is known of unique sets, each by its key.

    Attributes:
        free: Up to which row number its values are free.
        held: The values that existing rows have; None where there are many.
    """

    free: dict[Hashable, float] = field(default_factory=dict)
    held: dict[Hashable, Held | None] = field(default_factory=dict)

    def copy(self) -> Known:
        """Return what is known, to go on from here."""
        return Known(dict(self.free), dict(self.held))

    def forget(self) -> None:
        """Know nothing."""
        self.free.clear()
        self.held.clear()


Moving: TypeAlias = Drawn | Enumerated | Selected | Sequenced
Read: TypeAlias = "Callable[[Slots], Any]"
Make: TypeAlias = "Callable[[int, int, Slots], Cells]"
_NUMBERS: dict[Hashable, int] = {}


@dataclass(slots=True)
class Guard:
    """One unique set of a batch whose values go by the row's number.

    Attributes:
        model: Whose table has the columns.
        fields: The fields of the set.
        fixed: What the call gives some of them.
        moving: What makes the others.
        reads: What the call gives other fields that some of these go by.
        capacity: After how many rows they begin again.
        number: Stands for model, fields and sources; the same for all calls that generate the same values.
    """

    model: type[models.Model]
    fields: tuple[AnyField, ...]
    fixed: dict[str, Read]
    moving: dict[str, Make]
    reads: tuple[Read, ...]
    capacity: float
    number: int

    def key(self, slots: Slots) -> Hashable | None:
        """Return what is remembered about free rows by; None if that cannot be."""
        if not (self.fixed or self.reads):
            return self.number
        key = (self.number, *(read(slots) for read in (*self.fixed.values(), *self.reads)))
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def taken(self, numbers: range, slots: Slots, alias: str) -> set[int]:
        """Return those of some row numbers whose values a row of the table has. Reads only, in one query."""
        columns = self._columns(numbers, slots)
        if columns is None:
            return set()
        wanted = {f"{field.attname}__in": list(dict.fromkeys(columns[field.name])) for field in self.fields}
        held = self._read(self._rows(alias).filter(**wanted))
        return self._among(numbers, columns, held)

    def taken_of(self, held: Held, numbers: range, slots: Slots) -> set[int]:
        """Return those of some row numbers whose values are among those that are held."""
        columns = self._columns(numbers, slots) if held else None
        return set() if columns is None else self._among(numbers, columns, held)

    def held(self, slots: Slots, alias: str) -> Held | None:
        """Return the values that rows of the table have, None if there are many. Reads only, in one query."""
        fixed = {self._attname(name): read(slots) for name, read in self.fixed.items()}
        rows = self._rows(alias).filter(**fixed)[: FEW + 1]
        found = self._read(rows)
        return found if len(found) <= FEW else None

    def _rows(self, alias: str) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = models.QuerySet(self.model, using=alias).order_by()
        return rows

    def _attname(self, name: str) -> str:
        return next(field.attname for field in self.fields if field.name == name)

    def _columns(self, numbers: range, slots: Slots) -> dict[str, Cells] | None:
        """The values of some rows; None where one is NULL, which is no other NULL."""
        columns = {name: [read(slots)] * len(numbers) for name, read in self.fixed.items()}
        if any(cells[0] is None for cells in columns.values()):
            return None
        columns.update((name, make(numbers.start, numbers.stop, slots)) for name, make in self.moving.items())
        return columns

    def _read(self, rows: models.QuerySet[Any]) -> Held:
        found = list(rows.values_list(*(field.attname for field in self.fields)))
        return frozenset(compared(self.fields, list(zip(*found, strict=True)))) if found else frozenset()

    def _among(self, numbers: range, columns: dict[str, Cells], held: Held) -> set[int]:
        if not held:
            return set()
        own = compared(self.fields, [columns[field.name] for field in self.fields])
        return {number for number, value in zip(numbers, own, strict=True) if value in held}


def compared(fields: Sequence[AnyField], columns: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return rows of the values of some fields as databases compare them."""
    found = [
        [folded(value) for value in canonical.converter(field)(list(column))]
        for field, column in zip(fields, columns, strict=True)
    ]
    return list(zip(*found, strict=True))


def guards_of(batch: Batch, model: type[models.Model], context: Context) -> list[Guard]:
    """Return the unique sets of a batch that existing rows may be in the way of."""
    found = []
    for unique in batch.unique:
        sources = {name: column.source for name in unique.fields if (column := batch.column(name)) is not None}
        fixed = {name: legible_of(field, read) for name, field, read in _all_fixed(model, sources)}
        moving = {name: made for name, source in sources.items() if (made := _moving(batch, model, source, context))}
        if moving and len(fixed) + len(moving) == len(unique.fields):
            fields: Any = tuple(model._meta.get_field(name) for name in unique.fields)
            key = (model._meta.label, unique.fields, tuple(sources.values()), context.seed)
            found.append(
                Guard(
                    model=model,
                    fields=fields,
                    fixed=fixed,
                    moving={name: made.make for name, made in moving.items()},
                    reads=tuple(read for made in moving.values() for read in made.reads),
                    capacity=max(_capacity(sources[name]) for name in moving),
                    number=_number(key),
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class _Moved:
    """What makes values that go by the row's number, and what the call gives that they go by too."""

    make: Make
    reads: tuple[Read, ...] = ()


def _moving(batch: Batch, model: type[models.Model], source: Source, context: Context) -> _Moved | None:
    if isinstance(source, Moving):
        values = compile_source(source, context).values
        return _Moved(lambda start, stop, slots: values(start, stop))
    return _followed(batch, model, source, context) if isinstance(source, Following) else None


def _followed(batch: Batch, model: type[models.Model], source: Following, context: Context) -> _Moved | None:
    """Values that go by others of the row; None where these are known of the finished row only."""
    makes: list[Make] = []
    reads: list[Read] = []
    for name in source.fields:
        column = batch.column(name)
        read = read_of(column.source) if column is not None else None
        made = _moving(batch, model, column.source, context) if column is not None and read is None else None
        if read is not None:
            reads.append(legible_of(model._meta.get_field(name), read))
            makes.append(_repeated(reads[-1]))
        elif made is not None:
            reads += made.reads
            makes.append(made.make)
        else:
            return None
    own, values = compile_source(source.own, context).values, follow(source)

    def make(start: int, stop: int, slots: Slots) -> Cells:
        return values([column(start, stop, slots) for column in makes], own(start, stop), context.now)

    return _Moved(make, tuple(reads))


def legible_of(field: Any, read: Read) -> Read:
    """Return what reads a value as a field would have it."""
    return lambda slots: legible(field, read(slots))


def _repeated(read: Read) -> Make:
    return lambda start, stop, slots: [read(slots)] * (stop - start)


def _number(key: Hashable) -> int:
    try:
        return _NUMBERS.setdefault(key, len(_NUMBERS))
    except TypeError:  # a constant that has no hash
        return _NUMBERS.setdefault(object(), len(_NUMBERS))


def _all_fixed(model: type[models.Model], sources: dict[str, Source]) -> Iterator[tuple[str, Any, Read]]:
    for name, source in sources.items():
        read = read_of(source)
        if read is not None:
            yield name, model._meta.get_field(name), read


def read_of(source: Source) -> Read | None:
    """Return what reads the value that a source has in all rows of a call; None where rows differ."""
    if isinstance(source, Const):
        return lambda slots: source.value
    if isinstance(source, Hashed):
        return lambda slots: source.encoded
    if isinstance(source, Supplied) and not (source.asked or source.attribute):
        return lambda slots: _key_of(slots[source.slot])
    return None


def _key_of(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _capacity(source: Source) -> float:
    if isinstance(source, Following):
        return _capacity(source.own)
    if isinstance(source, Enumerated):
        return capacity(source)
    if isinstance(source, Selected) and isinstance(source.map, Combined):
        return math.prod(source.map.sizes)
    return math.inf


def free_numbers(
    guards: Sequence[Guard], start: int, count: int, known: Known, slots: Slots, alias: str
) -> list[range]:
    """Return the next row numbers whose unique values are free, in runs.

    Args:
        guards: The unique sets.
        start: The first number that may be taken.
        count: How many are wanted.
        known: What is known of the sets; learns.
        slots: What the call gives.
        alias: The database.

    Raises:
        ValuesExhausted: There are not so many.
    """
    if all(known.free.get(guard.key(slots), 0) >= start + count for guard in guards):
        return [range(start, start + count)]
    fewest = min(guards, key=lambda guard: guard.capacity)
    if fewest.capacity < count:
        raise _exhausted(fewest, count)
    found: list[int] = []
    number, end, ahead = start, start + fewest.capacity, max(AHEAD, count)
    while len(found) < count:
        stop = int(min(number + ahead, end))
        taken: set[int] = set()
        for guard in guards:
            taken |= _taken(guard, range(number, stop), known, slots, alias)
        found.extend(n for n in range(number, stop) if n not in taken)
        number, ahead = stop, min(2 * ahead, 100_000)
        if number >= end and len(found) < count:
            raise _exhausted(fewest, count)
    return _runs(found[:count])


def _taken(guard: Guard, numbers: range, known: Known, slots: Slots, alias: str) -> set[int]:
    """Those of some row numbers whose values are not free, as far as is known or can be read."""
    key = guard.key(slots)
    if key is None:
        return guard.taken(numbers, slots, alias)
    free = known.free.get(key, 0)
    if numbers.stop <= free:
        return set()
    if key not in known.held:
        known.held[key] = guard.held(slots, alias)
    held = known.held[key]
    if held is None:
        unknown = range(int(max(numbers.start, free)), numbers.stop)
        taken = guard.taken(unknown, slots, alias)
        reached: float = numbers.stop
    else:
        taken = guard.taken_of(held, numbers, slots)
        reached = numbers.stop if held else numbers.start + guard.capacity
    if not taken:
        known.free[key] = reached
    return taken


def _exhausted(guard: Guard, count: int) -> ValuesExhausted:
    what = f"{guard.model._meta.label}.{' and '.join(field.name for field in guard.fields)}"
    rows = "1 more row needs one" if count == 1 else f"{count} more rows need one each"
    error = ValuesExhausted(what, int(guard.capacity), count)
    error.args = (f"{what} has {int(guard.capacity)} different values, and {rows}: existing rows have the others",)
    return error


def _runs(numbers: list[int]) -> list[range]:
    """Fold numbers into ranges."""
    runs: list[range] = []
    for number in numbers:
        if runs and runs[-1].stop == number:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs
