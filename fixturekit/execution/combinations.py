"""Combinations of several columns that existing rows have already: the rows that would have them again take others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.exceptions import PlanError
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import Columns
from fixturekit.execution.taken import folded
from fixturekit.marks import Problem
from fixturekit.planning.plan import Batch, Plan, Unique
from fixturekit.values.registry import capacity, entry_values
from fixturekit.values.sources import (
    ByDatabase,
    ByFactory,
    Called,
    Combined,
    Copied,
    Counted,
    Default,
    Enumerated,
    Following,
    Link,
    Source,
    Stored,
    Templated,
    Through,
    parts,
)  # fmt: skip
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer

# what is not known before rows are written, or may not be computed twice
_UNKNOWN = (ByDatabase, ByFactory, Called, Copied, Counted, Default, Link, Stored, Templated)
_MOST_TRIED = 10_000  # combinations that are looked at for one row

Cells = tuple[Any, ...]
GaveWay = Callable[[Batch, str, int, Any], None]
"""Learns of a row that gave way: its batch, a field of the set, the row, the key of the existing row."""


def avoid_taken_combinations(binding: Binding, writer: Writer, gave_way: GaveWay) -> None:
    """Find generated combinations that existing rows have, one query for each set, and put free ones in their place.

    A set with a link to rows that the plan makes is new in any case.

    Raises:
        PlanError: There are not so many free ones.
    """
    for batch in binding.plan.batches:
        if binding.standing(batch) is not None or batch.labels:
            continue
        for unique in batch.unique:
            if len(unique.fields) > 1 and _movable(batch, unique):
                _avoid(binding, writer, batch, unique, gave_way)


def _movable(batch: Batch, unique: Unique) -> bool:
    """Whether all cells are known now, and a column of the set may have others."""
    sources = [column.source for name in unique.fields if (column := batch.column(name)) is not None]
    if any(isinstance(part, _UNKNOWN) for source in sources for part in parts(source)):
        return False
    return bool(unique.enumerated) or any(combined(source) is not None for source in sources)


def combined(source: Source) -> Combined | None:
    """Return the map by which a column takes part in a set, None where it takes none."""
    found = getattr(source, "map", None)
    found = found.map if isinstance(found, Through) else found
    return found if isinstance(found, Combined) and found.per == 1 else None


def _avoid(binding: Binding, writer: Writer, batch: Batch, unique: Unique, gave_way: GaveWay) -> None:
    model: type[models.Model] = apps.get_model(batch.model)
    keys = [field.name for field in model._meta.pk_fields]
    found = writer.taken(model, [*unique.fields, *keys])
    first = next(found, None)
    if first is None:
        return
    planned = {cells: row for row, cells in _planned(binding, batch, unique)}
    held: dict[Cells, Any] = {}
    width = len(unique.fields)
    for values in (first, *found):
        cells = tuple(map(folded, values[:width]))
        if cells in planned:
            held[cells] = values[width] if len(keys) == 1 else tuple(values[width:])
    if not held:
        return
    taken = _Taken(binding, writer, batch, unique, model, planned)
    for cells in sorted(held, key=planned.__getitem__):  # in whichever order the database told them
        taken.move(planned[cells])
        gave_way(batch, unique.enumerated or unique.fields[0], planned[cells], held[cells])


def _planned(binding: Binding, batch: Batch, unique: Unique) -> Iterator[tuple[int, Cells]]:
    """The rows with what they have in a set; those with NULL are the same as no other, unless NULL is like NULL there."""
    columns = _columns(binding, batch, unique)
    for start in range(0, batch.count, BLOCK):
        stop = min(start + BLOCK, batch.count)
        blocks = [column.cells(start, stop)[0] for column in columns]
        for row, cells in enumerate(zip(*blocks, strict=True), start):
            if unique.nulls_alike or None not in cells:
                yield row, tuple(map(folded, cells))


def _columns(binding: Binding, batch: Batch, unique: Unique) -> list[Any]:
    compiled = Columns(binding.plan, batch, apps.get_model(batch.model), binding)
    return [compiled.column(column) for name in unique.fields if (column := batch.column(name)) is not None]


class _Taken:
    """Puts other combinations in the place of those that are taken."""

    def __init__(
        self,
        binding: Binding,
        writer: Writer,
        batch: Batch,
        unique: Unique,
        model: type[models.Model],
        planned: dict[Cells, int],
    ) -> None:
        self._binding = binding
        self._batch = batch
        self._unique = unique
        # read again, all of it: most tables have nothing that the plan has too, and need not be held
        self._all = {tuple(map(folded, cells)) for cells in writer.taken(model, unique.fields)} | planned.keys()
        column = batch.column(unique.enumerated) if unique.enumerated else None
        sources = [found.source for name in unique.fields if (found := batch.column(name)) is not None]
        self._map = next((map_ for source in sources if (map_ := combined(source)) is not None), None)
        self._entries: Iterator[int] = iter(())
        self._value_of = self._others(column.source) if column is not None else None
        own = column and (column.source.own if isinstance(column.source, Following) else column.source)
        if isinstance(own, Enumerated):
            self._entries = _far_end(own, batch.count)
        elif self._map is not None:
            self._entries = _far_numbers(binding.plan, self._map, batch.count)

    def _others(self, source: Source) -> Callable[[int, int], Any] | None:
        """The function of a row and the number of an entry that gives the value with this entry instead."""
        if isinstance(source, Following):
            model = apps.get_model(self._batch.model)
            columns = Columns(self._binding.plan, self._batch, model, self._binding)
            return columns.follower(columns.fields[self._unique.enumerated], source).with_entry
        return (lambda row, number: entry_values(source, [number])[0]) if isinstance(source, Enumerated) else None

    def move(self, row: int) -> None:
        """Give a row the next combination that is free.

        Raises:
            PlanError: There is none.
        """
        for entry in islice(self._entries, _MOST_TRIED):
            self._put(row, entry)
            columns = _columns(self._binding, self._batch, self._unique)
            cells = tuple(folded(column.cells(row, row + 1)[0][0]) for column in columns)
            if cells not in self._all:
                self._all.add(cells)
                return
        raise self._exhausted()

    def _put(self, row: int, entry: int) -> None:
        if self._value_of is not None:
            value = self._value_of(row, entry)
            self._binding.put_instead(self._batch.id, self._unique.enumerated, row, value)
        elif self._map is not None:
            self._binding.move(self._batch.id, self._map.key, row, entry)

    def _exhausted(self) -> PlanError:
        what = " and ".join(self._unique.fields)
        message = (
            f"{self._batch.model}: {what} have no free combination left beside those of rows that are there already"
        )
        hint = "Lower the count, or give the values yourself."
        where = f"steps.{self._batch.step}"
        return PlanError([Problem("fixturekit.E057", message, hint, where, self._batch.mark)])


def _far_end(source: Enumerated, count: int) -> Iterator[int]:
    """Entries of an enumeration from its far end, up to those that the rows have."""
    size = capacity(source)
    for number in range(source.start + size - 1, source.start + count - 1, -1):
        yield number % size


def _far_numbers(plan: Plan, map_: Combined, count: int) -> Iterator[int]:
    """Numbers of combinations that no row of the plan has, from the far end."""
    size = 1
    for axis in map_.sizes:
        size *= axis
    others = {
        (found.start, batch.count)
        for batch in plan.batches
        for column in batch.columns
        if (found := combined(column.source)) is not None and found.key == map_.key
    }
    for number in range(map_.start + size - 1, map_.start + count - 1, -1):
        if not any((number - start) % size < length for start, length in others):
            yield number % size
