"""Generated choices of finished instances give way where another row of a unique set has them: one owner, then editors.

A plan sees to sets that hold in all rows, and that are about rows of one batch. Which rows meet in the others is known when the
instances are built: those that a condition is true of, those of several batches that lead to the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField, Blueprint, UniqueSet, blueprint
from fixturekit.calling.arguments import Slots
from fixturekit.calling.following import legible
from fixturekit.calling.guards import Guard, Read, compared, legible_of, read_of
from fixturekit.planning.plan import Batch
from fixturekit.values.conditions import Condition, columns_of, refuses, truth
from fixturekit.values.fields.choices import usable_choices
from fixturekit.values.sources import Const, Drawn, Enumerated, Link, Selected

Row = models.Model
_MOST = 1000  # so many combinations of values are looked at for one row
_CHOSEN = (Const, Drawn, Enumerated, Selected)


@dataclass(frozen=True, slots=True)
class YieldingSet:
    """A unique set in which a row may give way: a field of it, or of its condition, has a few values to choose from.

    Attributes:
        model: Whose table has the columns.
        unique: What must differ.
        fields: The fields of the set.
        read: The fields that its condition reads.
        instead: The fields that may have another value, each with all that it may have.
        guarded: The numbers of the rows keep them apart already.
        leads: The batches of the call that its rows lead to.
        claims: What later rows of the call are given, by field, that cannot give way themselves.
    """

    model: type[Row]
    unique: UniqueSet
    fields: tuple[AnyField, ...]
    read: tuple[AnyField, ...]
    instead: tuple[tuple[AnyField, tuple[Any, ...]], ...]
    guarded: bool
    leads: tuple[str, ...]
    claims: tuple[Mapping[str, Read], ...]

    def place(self, row: Row) -> Hashable | None:
        """Return what no other row may have as well; None where the set does not hold for a row."""
        return self._place({field.name: _value(row, field) for field in (*self.fields, *self.read)})

    def claimed(self, row: Row, slots: Slots) -> Iterator[Hashable]:
        """Yield the places of later rows that lead to the same rows as this one."""
        own = {field.name: _value(row, field) for field in (*self.fields, *self.read)} if self.claims else {}
        for reads in self.claims:
            yield self._place({**own, **{name: read(slots) for name, read in reads.items()}})

    def _place(self, values: Mapping[str, Any]) -> Hashable | None:
        if self.unique.test is not None and truth(self.unique.test, values) is not True:
            return None
        [found] = compared(self.fields, [[values[field.name]] for field in self.fields])
        return None if self.unique.nulls_distinct and None in found else found

    def held(self, rows: Sequence[Row], alias: str) -> set[Hashable]:
        """Return the places that existing rows have which some rows may meet. Reads only, in one query."""
        movable = {field for field, _ in self.instead}
        wanted = {
            f"{field.attname}__in": list({_value(row, field) for row in rows})
            for field in self.fields
            if field not in movable
        }
        found: models.QuerySet[Any] = models.QuerySet(self.model, using=alias).order_by().filter(**wanted)
        if self.unique.condition is not None:
            found = found.filter(self.unique.condition)
        columns = list(zip(*found.values_list(*(field.attname for field in self.fields)), strict=True))
        return set(compared(self.fields, columns)) if columns else set()


@dataclass(frozen=True, slots=True)
class GivingWay:
    """All such sets of a batch, and what a row must satisfy besides."""

    sets: tuple[YieldingSet, ...]
    checks: tuple[Condition, ...]
    read: tuple[AnyField, ...]

    def settle(self, rows: Sequence[Row], slots: Slots, alias: str | None, is_new: Callable[[str], bool]) -> None:
        """Give rows other choices where they would meet others; where none is free, the database says so.

        Args:
            rows: The instances of the batch, not saved yet.
            slots: What the call gives.
            alias: The database, None if it may not be asked.
            is_new: Whether no existing row can lead to rows of a batch.
        """
        taken = _Taken(rows, slots, alias, is_new)
        for row in rows:
            if any(not one.guarded and taken.meets(one, row) for one in self.sets):
                self._move(row, taken)
            for one in self.sets:
                taken.add(one, row)

    def _move(self, row: Row, taken: _Taken) -> None:
        """Give a row the first choices with which it meets no other."""
        fields = {field: values for one in self.sets for field, values in one.instead}
        before = {field: getattr(row, field.attname) for field in fields}
        for values in islice(_combinations(before, fields), _MOST):
            _put(row, values)
            if not any(taken.meets(one, row) for one in self.sets) and self._is_right(row):
                return
        _put(row, before)

    def _is_right(self, row: Row) -> bool:
        values = {field.name: _value(row, field) for field in self.read}
        return not any(refuses(check, values) for check in self.checks)


class _Taken:
    """The places that rows have, existing ones and those of the call, read when they are asked for."""

    def __init__(self, rows: Sequence[Row], slots: Slots, alias: str | None, is_new: Callable[[str], bool]) -> None:
        self._rows = rows
        self._slots = slots
        self._alias = alias
        self._is_new = is_new
        self._own: dict[int, set[Hashable]] = {}
        self._held: dict[int, set[Hashable]] = {}

    def meets(self, one: YieldingSet, row: Row) -> bool:
        place = one.place(row)
        if place is None:
            return False
        return place in self._own.get(id(one), ()) or place in self._of(one) or place in one.claimed(row, self._slots)

    def add(self, one: YieldingSet, row: Row) -> None:
        place = one.place(row)
        if place is not None:
            self._own.setdefault(id(one), set()).add(place)

    def _of(self, one: YieldingSet) -> set[Hashable]:
        if id(one) not in self._held:
            alone = self._alias is None or any(map(self._is_new, one.leads))
            self._held[id(one)] = set() if alone else one.held(self._rows, str(self._alias))
        return self._held[id(one)]


def giving_way(
    batch: Batch, model: type[Row], guards: Sequence[Guard], later: Sequence[Batch] = ()
) -> GivingWay | None:
    """Return the unique sets in which rows of a batch may give way; None if there are none.

    Args:
        batch: The batch.
        model: Its model.
        guards: The sets that are kept apart by the numbers of the rows.
        later: The batches that are written after it.
    """
    shape = blueprint(model)
    alike = [other for other in later if (other.model, other.count) == (batch.model, batch.count)]
    sets = tuple(_sets(batch, shape, guards, alike))
    if not sets:
        return None
    checks = tuple(check.condition for check in shape.checks if check.condition is not None)
    return GivingWay(sets, checks, _fields(shape, [name for check in checks for name in columns_of(check)]))


def _sets(batch: Batch, shape: Blueprint, guards: Sequence[Guard], alike: Sequence[Batch]) -> Iterator[YieldingSet]:
    guarded = [tuple(field.name for field in guard.fields) for guard in guards]
    for unique in shape.unique_sets:
        if unique.keys or (unique.condition is not None and unique.test is None):
            continue  # what only the database can tell
        read = list(columns_of(unique.test)) if unique.test is not None else []
        names = dict.fromkeys([*unique.names, *read])
        instead = tuple(_movable(batch, shape, names))
        if instead and all(batch.column(name) is not None for name in unique.names):
            yield YieldingSet(
                model=next(table.model for table in shape.tables if shape.field(unique.names[0]) in table.fields),
                unique=unique,
                fields=_fields(shape, unique.names),
                read=_fields(shape, read),
                instead=instead,
                guarded=unique.names in guarded,
                leads=tuple(
                    column.source.batch
                    for column in batch.columns
                    if column.field in unique.names and isinstance(column.source, Link)
                ),
                claims=tuple(
                    claim for other in alike if (claim := _claim(batch, other, shape, names, instead)) is not None
                ),
            )


def _claim(
    batch: Batch,
    other: Batch,
    shape: Blueprint,
    names: Iterable[str],
    instead: Sequence[tuple[AnyField, tuple[Any, ...]]],
) -> Mapping[str, Read] | None:
    """What another batch is given of a set, the rest being that of this one; None if it can give way, or nobody knows."""
    movable = {field.name for field, _ in instead}
    reads = {}
    for name in names:
        field, own, given = shape.field(name), batch.column(name), other.column(name)
        if field is None or own is None or given is None:
            return None
        read = None if given.free else read_of(given.source)
        if read is not None:
            reads[name] = legible_of(field, read)
        elif name in movable or own.source != given.source:
            return None
    return reads


def _movable(batch: Batch, shape: Blueprint, names: dict[str, None]) -> Iterator[tuple[AnyField, tuple[Any, ...]]]:
    """Yield the fields whose values nobody gives and of which there are few, with these values."""
    for name in names:
        field, column = shape.field(name), batch.column(name)
        if field is not None and column is not None and column.free and isinstance(column.source, _CHOSEN):
            values = (False, True) if isinstance(field, models.BooleanField) else usable_choices(field)
            if values:
                yield field, values


def _fields(shape: Blueprint, names: Sequence[str]) -> tuple[AnyField, ...]:
    return tuple(field for name in dict.fromkeys(names) if (field := shape.field(name)) is not None)


def _combinations(
    before: dict[AnyField, Any], fields: dict[AnyField, tuple[Any, ...]]
) -> Iterator[dict[AnyField, Any]]:
    """Yield what some fields may have, beginning with what they have."""
    axes = [[before[field], *(value for value in values if value != before[field])] for field, values in fields.items()]
    for values in product(*axes):
        yield dict(zip(fields, values, strict=True))


def _put(row: Row, values: dict[AnyField, Any]) -> None:
    for field, value in values.items():
        setattr(row, field.attname, value)


def _value(row: Row, field: AnyField) -> Any:
    return legible(field, getattr(row, field.attname))
