"""Unique sets that hang together, or that are about expressions: their rows are taken from one list of combinations.

The list holds combinations of all free columns such that no two are the same in any of the sets. It depends on the model and on
what the columns may be, never on the number of rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from fixturekit.blueprints import AnyField, UniqueSet
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.scalars import enumerated, is_spread
from fixturekit.values.canonical import kind
from fixturekit.values.conditions import Applied, Column, Operand, columns_of, value_of
from fixturekit.values.fields.stored import as_stored
from fixturekit.values.literals import clean, in_project_time
from fixturekit.values.registry import all_values, capacity, entry_values
from fixturekit.values.sources import (
    Combined,
    Const,
    Enumerated,
    Link,
    Outside,
    Picked,
    Selected,
    Source,
    Through,
    Weighted,
)  # fmt: skip
from fixturekit.values.uniqueness import Permutation, axis_of, fold

MOST = 1 << 14  # combinations that are looked at
_FEW = 1 << 12  # values of one column
_LONG_AGO = 100  # years back to which dates are listed
_SAMPLE = 256  # values that show whether an expression tells them apart


@dataclass(frozen=True, slots=True)
class Axis:
    """What a column may be: values, or for a link the positions of rows."""

    name: str
    values: tuple[Any, ...]
    link: bool = False


def keys_of(unique: UniqueSet) -> tuple[Operand, ...]:
    """What must be distinct."""
    return unique.keys or tuple(map(Column, unique.names))


def connected(making: Making, first: UniqueSet) -> list[UniqueSet]:
    """Return a set and all that share columns with it, or with one that does."""
    found, names = [first], set(first.names)
    waiting = [unique for unique in making.shape.unique_sets if unique is not first]
    while more := [unique for unique in waiting if names & set(unique.names)]:
        found.extend(more)
        names.update(name for unique in more for name in unique.names)
        waiting = [unique for unique in waiting if unique not in more]
    return found


def listing(draft: Draft, making: Making, sets: Sequence[UniqueSet]) -> tuple[list[Axis], list[tuple[int, ...]]] | None:
    """Return the axes of some unique sets, and combinations of places on them that differ in every set.

    Returns:
        None where a column is neither free nor the same in all rows.
    """
    names = list(dict.fromkeys(name for unique in sets for name in unique.names))
    axes = [_axis(draft, making, name, sets) for name in names]
    known = [axis for axis in axes if axis is not None and axis.values]
    if len(known) < len(axes):
        return None
    known = _within(known, MOST)
    sizes = tuple(len(axis.values) for axis in known)
    order = Permutation(making.key(*names), prod(sizes)).entries(0, prod(sizes))
    places = list(zip(*(axis_of(order, sizes, axis) for axis in range(len(sizes))), strict=True))
    stored = [axis if axis.link else replace(axis, values=_stored(making, axis.name, axis.values)) for axis in known]
    readers = [_reader(stored, keys_of(unique), nulls=unique.nulls_distinct) for unique in sets]
    seen: list[set[Hashable]] = [set() for _ in sets]
    chosen = []
    for combination in places:
        found = [reader(combination) for reader in readers]
        if any(key in taken for key, taken in zip(found, seen, strict=True) if key is not None):
            continue
        for key, taken in zip(found, seen, strict=True):
            taken.add(key)
        chosen.append(combination)
    return known, chosen


def _within(axes: list[Axis], most: int) -> list[Axis]:
    """The axes cut, the longest first, so that there are not more combinations than that."""
    while prod(len(axis.values) for axis in axes) > most:
        longest = max(range(len(axes)), key=lambda at: len(axes[at].values))
        others = prod(len(axis.values) for at, axis in enumerate(axes) if at != longest)
        second = max((len(axis.values) for at, axis in enumerate(axes) if at != longest), default=1)
        room = max(most // others, min(second, len(axes[longest].values) // 2), 1)
        axes[longest] = replace(axes[longest], values=axes[longest].values[:room])
    return axes


def _reader(axes: list[Axis], keys: tuple[Operand, ...], *, nulls: bool) -> Callable[[tuple[int, ...]], Hashable]:
    """What a unique set compares of a combination; None where NULL makes it different from all others."""

    def read(combination: tuple[int, ...]) -> Hashable:
        row = {axis.name: axis.values[place] for axis, place in zip(axes, combination, strict=True)}
        found = tuple(_comparable(value_of(key, row)) for key in keys)
        return None if nulls and None in found else found

    return read


def _stored(making: Making, name: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """Values as the database is going to compare them: a class of the project may change them on the way."""
    field = making.shape.field(name)
    return tuple(values) if field is None or field.remote_field is not None else as_stored(field, values)


def _comparable(value: Any) -> Hashable:
    if isinstance(value, str):
        return fold(value)
    return value if isinstance(value, Hashable) else repr(value)


# -- what columns may be -----------------------------------------------------------------------------------------------


def _axis(draft: Draft, making: Making, name: str, sets: Sequence[UniqueSet]) -> Axis | None:
    source, field = making.columns[name], making.shape.field(name)
    if field is None:
        return None
    free = name in making.free or is_spread(making, name)
    map_ = getattr(source, "map", None)
    if isinstance(source, Selected) and isinstance(map_, (Picked, Weighted, Combined)):
        return Axis(name, source.values)
    if isinstance(source, (Link, Outside)):
        size = _size(map_)
        return Axis(name, tuple(range(size)), link=True) if size else None
    if field.remote_field is None and free and source != Const(None) and not is_clock(field):
        dates = _dates(draft, making.fillable(field), [key for unique in sets for key in unique.keys])
        return Axis(name, dates or _listed(draft, making, field))
    return Axis(name, (source.value,)) if isinstance(source, Const) else None


def is_clock(field: AnyField) -> bool:
    """Return whether a field always has what the recipe's clock says."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _size(map_: Any) -> int:
    if isinstance(map_, Picked):
        return map_.count
    if isinstance(map_, Weighted):
        return len(map_.weights)
    if isinstance(map_, Combined):
        return map_.sizes[map_.axis]
    return 0


def _listed(draft: Draft, making: Making, field: AnyField) -> tuple[Any, ...]:
    source = enumerated(draft, making, field, making.key(field.name))
    if source is None:
        return ()
    size = capacity(source)
    return tuple(all_values(source) if size <= _FEW else entry_values(replace(source, counting=True), range(_FEW)))


def _dates(draft: Draft, field: AnyField, keys: Sequence[Operand]) -> tuple[Any, ...]:
    """Days that differ in the parts of a date that the keys ask for, back from the recipe's clock."""
    parts = {key.function for key in keys if isinstance(key, Applied) and field.name in columns_of(key)}
    if not parts or kind(field) not in ("date", "datetime"):
        return ()
    noon = draft.now.replace(hour=12, minute=0, second=0, microsecond=0)
    if "day" in parts:
        moments = [noon - datetime.timedelta(days=days) for days in range(1, _FEW)]
    else:
        middle = noon.replace(day=15, month=6)
        moments = [middle.replace(year=noon.year - years) for years in range(1, _LONG_AGO)]
        if "month" in parts:
            moments = [moment.replace(month=month) for moment in moments[:12] for month in range(1, 13)]
    values = [moment.date() if kind(field) == "date" else in_project_time(moment) for moment in moments]
    return tuple(value for value in values if _accepts(field, value))


def _accepts(field: AnyField, value: Any) -> bool:
    try:
        clean(field, value)
    except ValueError:
        return False
    return True


# -- columns -----------------------------------------------------------------------------------------------------------


def column_of(source: Source, axis: Axis, combinations: Sequence[tuple[int, ...]], at: int, map_: Combined) -> Source:
    """Return the source of one column of a list of combinations."""
    places = tuple(combination[at] for combination in combinations)
    if axis.link:
        assert isinstance(source, (Link, Outside))  # nothing else leads to rows
        return replace(source, map=Through(places, map_))
    return Selected(tuple(axis.values[place] for place in places), map_)


def tells_apart(making: Making, source: Enumerated, unique: UniqueSet, name: str) -> bool:
    """Whether the values of an enumeration still differ in what a set compares, whatever the columns have that differ too."""
    size = min(capacity(source), _SAMPLE)
    known = {other: found.value for other in unique.names if isinstance(found := making.columns[other], Const)}
    field = making.shape.field(name)
    if field is None or field.choices:
        return False
    values = as_stored(field, entry_values(replace(source, start=0), range(size)))
    rows = [{**known, name: value} for value in values]
    found_keys = [tuple(_comparable(value_of(key, row)) for key in unique.keys) for row in rows]
    return len({*found_keys}) == size
