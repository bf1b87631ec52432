"""Row numbers whose generated unique values no row of the database has yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.calling.arguments import Slots
from fixturekit.calling.columns import Cells
from fixturekit.exceptions import ValuesExhausted
from fixturekit.execution.taken import folded
from fixturekit.planning.plan import Batch
from fixturekit.values import canonical
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import (
    Combined,
    Const,
    Drawn,
    Enumerated,
    Hashed,
    Selected,
    Source,
    Supplied,
)  # fmt: skip
from fixturekit.values.sources import (
    Sequence as Sequenced,
)

AHEAD = 64
"""How many rows ahead a look into the table covers."""

Moving: TypeAlias = Drawn | Enumerated | Selected | Sequenced
Read: TypeAlias = "Callable[[Slots], Any]"
_NUMBERS: dict[Hashable, int] = {}


@dataclass(slots=True)
class Guard:
    """One unique set of a batch whose values go by the row's number.

    Attributes:
        model: Whose table has the columns.
        fields: The fields of the set.
        fixed: What the call gives some of them.
        moving: What makes the others.
        capacity: After how many rows they begin again.
        number: Stands for model, fields and sources; the same for all calls that generate the same values.
    """

    model: type[models.Model]
    fields: tuple[AnyField, ...]
    fixed: dict[str, Read]
    moving: dict[str, Callable[[int, int], Cells]]
    capacity: float
    number: int

    def key(self, slots: Slots) -> Hashable | None:
        """Return what is remembered about free rows by; None if that cannot be."""
        if not self.fixed:
            return self.number
        key = (self.number, *(read(slots) for read in self.fixed.values()))
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def taken(self, numbers: range, slots: Slots, alias: str) -> set[int]:
        """Return those of some row numbers whose values a row of the table has. Reads only, in one query."""
        columns = {name: make(numbers.start, numbers.stop) for name, make in self.moving.items()}
        for name, read in self.fixed.items():
            columns[name] = [read(slots)] * len(numbers)
        if any(name in self.fixed and columns[name][0] is None for name in columns):
            return set()  # NULL is no other NULL
        wanted: dict[str, Any] = {
            f"{field.attname}__in": list(dict.fromkeys(columns[field.name])) for field in self.fields
        }
        rows: models.QuerySet[Any] = models.QuerySet(self.model, using=alias).filter(**wanted).order_by()
        found = [*rows.values_list(*(field.attname for field in self.fields))]
        if not found:
            return set()
        held = set(self._compared(list(zip(*found, strict=True))))
        own = self._compared([columns[field.name] for field in self.fields])
        return {number for number, value in zip(numbers, own, strict=True) if value in held}

    def _compared(self, columns: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Rows of values as databases compare them."""
        compared = [
            [folded(value) for value in canonical.converter(field)(list(column))]
            for field, column in zip(self.fields, columns, strict=True)
        ]
        return list(zip(*compared, strict=True))


def guards_of(batch: Batch, model: type[models.Model], context: Context) -> list[Guard]:
    """Return the unique sets of a batch that existing rows may be in the way of."""
    found = []
    for unique in batch.unique:
        sources = {name: column.source for name in unique.fields if (column := batch.column(name)) is not None}
        fixed = {name: read for name, source in sources.items() if (read := _fixed(source)) is not None}
        moving = {name: source for name, source in sources.items() if isinstance(source, Moving)}
        if moving and len(fixed) + len(moving) == len(unique.fields):
            fields: Any = tuple(model._meta.get_field(name) for name in unique.fields)
            key = (model._meta.label, unique.fields, tuple(sources.values()), context.seed)
            found.append(
                Guard(
                    model=model,
                    fields=fields,
                    fixed=fixed,
                    moving={name: compile_source(source, context).values for name, source in moving.items()},
                    capacity=max(map(_capacity, moving.values())),
                    number=_number(key),
                )
            )
    return found


def _number(key: Hashable) -> int:
    try:
        return _NUMBERS.setdefault(key, len(_NUMBERS))
    except TypeError:  # a constant that has no hash
        return _NUMBERS.setdefault(object(), len(_NUMBERS))


def _fixed(source: Source) -> Read | None:
    if isinstance(source, Const):
        return lambda slots: source.value
    if isinstance(source, Hashed):
        return lambda slots: source.encoded
    if isinstance(source, Supplied) and not (source.asked or source.attribute):
        return lambda slots: _key_of(slots[source.slot])
    return None


def _key_of(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _capacity(source: Moving) -> float:
    if isinstance(source, Enumerated):
        return capacity(source)
    if isinstance(source, Selected) and isinstance(source.map, Combined):
        return math.prod(source.map.sizes)
    return math.inf


def free_numbers(
    guards: Sequence[Guard], start: int, count: int, free: dict[Hashable, int], slots: Slots, alias: str
) -> list[range]:
    """Return the next row numbers whose unique values are free, in runs.

    Args:
        guards: The unique sets.
        start: The first number that may be taken.
        count: How many are wanted.
        free: Up to which number the values of a set are known to be free; learns.
        slots: What the call gives.
        alias: The database.

    Raises:
        ValuesExhausted: There are not so many.
    """
    if all(_known(guard, free, slots) >= start + count for guard in guards):
        return [range(start, start + count)]
    fewest = min(guards, key=lambda guard: guard.capacity, default=None)
    if fewest is not None and fewest.capacity < count:
        raise _exhausted(fewest, count)
    found: list[int] = []
    number = start
    end = start + (math.inf if fewest is None else fewest.capacity)
    ahead = max(AHEAD, count)
    while len(found) < count:
        stop = int(min(number + ahead, end))
        taken: set[int] = set()
        for guard in guards:
            taken |= _taken(guard, range(number, stop), free, slots, alias)
        found.extend(n for n in range(number, stop) if n not in taken)
        number = stop
        if fewest is not None and number >= end and len(found) < count:
            raise _exhausted(fewest, count)
        ahead = min(2 * ahead, 100_000)
    return _runs(found[:count])


def _known(guard: Guard, free: dict[Hashable, int], slots: Slots) -> int:
    """Up to which row number the values of a set are known to be free."""
    key = guard.key(slots)
    return 0 if key is None else free.get(key, 0)


def _taken(guard: Guard, numbers: range, free: dict[Hashable, int], slots: Slots, alias: str) -> set[int]:
    known = _known(guard, free, slots)
    if numbers.stop <= known:
        return set()
    unknown = range(max(numbers.start, known), numbers.stop)
    taken = guard.taken(unknown, slots, alias)
    key = guard.key(slots)
    if key is not None and not taken:
        free[key] = numbers.stop
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
