"""Generated values that existing rows hold already give way to free ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.exceptions import PlanError
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import Columns
from fixturekit.execution.followers import Follower
from fixturekit.execution.occupied import Occupied
from fixturekit.execution.taken import Taken, folded
from fixturekit.marks import Problem
from fixturekit.planning.plan import Batch, Column
from fixturekit.values import canonical
from fixturekit.values.registry import Context, Maker, capacity, compile_source, entry_values
from fixturekit.values.sources import Enumerated, Following, Mixed, enumerates
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a batch whose cells in one column are entries of an enumeration, or differ by one."""

    batch: Batch
    field: models.Field[Any, Any]
    source: Enumerated | Following
    rows: Sequence[int]

    @property
    def entries(self) -> int:
        """How many entries there are."""
        own = self.source.own if isinstance(self.source, Following) else self.source
        return capacity(own) if isinstance(own, Enumerated) else 0

    def _follower(self, binding: Binding) -> Follower:
        assert isinstance(self.source, Following)
        model = apps.get_model(self.batch.model)
        return Columns(binding.plan, self.batch, model, binding).follower(self.field, self.source)

    def _maker(self, binding: Binding) -> Maker:
        if isinstance(self.source, Following):
            return self._follower(binding).maker
        context = Context(binding.plan.seed, self.batch.stream, binding.now, self.batch.labels or None)
        return compile_source(self.source, context)

    def cells(self, binding: Binding) -> Iterator[tuple[Sequence[int], list[Any]]]:
        """Yield blocks of rows with their canonical values."""
        convert = canonical.converter(self.field)
        maker = self._maker(binding)
        for start in range(0, len(self.rows), BLOCK):
            rows = self.rows[start : start + BLOCK]
            first, stop = rows[0], rows[-1] + 1
            cells = maker.canonical(first, stop)
            if cells is None:
                cells = convert(maker.values(first, stop))
            yield rows, [cells[row - first] for row in rows]

    def others(self, binding: Binding) -> Callable[[int, int], Any]:
        """Return the function of a row and the number of an entry that gives the value with this entry instead."""
        if isinstance(self.source, Following):
            return self._follower(binding).with_entry
        whole = replace(self.source, start=0)
        return lambda row, number: entry_values(whole, [number])[0]

    def clashes(self, binding: Binding, taken: Taken | Occupied) -> dict[int, Any]:
        """The rows whose values are taken, with these values."""
        return {
            row: cell
            for rows, cells in self.cells(binding)
            for row, cell, is_taken in zip(rows, cells, taken.among(cells), strict=True)
            if is_taken
        }


def avoid_taken(binding: Binding, writer: Writer) -> None:
    """Find the generated unique values that existing rows hold already, and the free ones that stand in for them."""
    columns: dict[tuple[str, str], list[_Part]] = {}
    apart: set[tuple[str, str]] = set()
    for batch in binding.plan.batches:
        for unique in batch.unique:
            column = batch.column(unique.fields[0])
            found_by = batch.adopt is not None and unique.fields[0] in batch.adopt.fields
            if len(unique.fields) == 1 and column is not None and not found_by:
                found = _parts(batch, column, _given_rows(binding, batch, column))
                columns.setdefault((batch.table, column.column), []).extend(found)
                if unique.apart:
                    apart.add((batch.table, column.column))
    for place, parts in sorted(columns.items(), key=_goes_by_others):  # their values may depend on what gave way
        if parts:
            _avoid_in_column(binding, writer, parts, apart=place in apart)


def _goes_by_others(column: tuple[tuple[str, str], list[_Part]]) -> bool:
    return any(isinstance(part.source, Following) for part in column[1])


def _given_rows(binding: Binding, batch: Batch, column: Column) -> Sequence[int]:
    """The rows that get the planned value of a column."""
    standing = binding.standing(batch)
    if standing is None:
        return range(batch.count)
    sets = batch.adopt is not None and column.field in batch.adopt.sets
    return sorted([*standing.made, *standing.adopted]) if sets else standing.made


def _parts(batch: Batch, column: Column, rows: Sequence[int]) -> Iterator[_Part]:
    field = apps.get_model(batch.model)._meta.get_field(column.field)
    assert isinstance(field, models.Field)  # a column is one of a concrete field
    source = column.source
    if enumerates(source) and isinstance(source, (Enumerated, Following)):
        yield _Part(batch, field, source, rows)
    elif isinstance(source, Mixed) and isinstance(source.choose, tuple):
        for number, part in enumerate(source.sources):
            if enumerates(part) and isinstance(part, (Enumerated, Following)):
                yield _Part(batch, field, part, [row for row in rows if source.choose[row] == number])


def _avoid_in_column(binding: Binding, writer: Writer, parts: list[_Part], *, apart: bool) -> None:
    model, field = apps.get_model(parts[0].batch.model), parts[0].field
    taken: Taken | Occupied
    if apart:
        taken = Occupied(writer, model, field)
    else:
        taken = Taken(writer, model, field, sum(len(part.rows) for part in parts))
    if taken.nothing:
        return
    clashes = [part.clashes(binding, taken) for part in parts]
    if not any(clashes):
        return
    owners = taken.owners(value for found in clashes for value in found.values())
    for part in parts:
        for _, cells in part.cells(binding):
            taken.add(cells)  # other rows of the plan are to have these
    for part, found in zip(parts, clashes, strict=True):
        standing = binding.standing(part.batch)
        own = standing.adopted if standing else {}  # an adopted row may have its value already
        held = {row: owners[folded(value)] for row, value in found.items() if folded(value) in owners}
        held = {row: pk for row, pk in held.items() if row not in own or own[row] != pk}
        instead = _replacements(binding, part, list(held), taken)
        for row, value in instead.items():
            binding.put_instead(part.batch.id, part.field.name, row, value)
        for row, pk in held.items():
            binding.note(part.batch, part.field.name, row, pk)


def _replacements(binding: Binding, part: _Part, rows: list[int], taken: Taken | Occupied) -> dict[int, Any]:
    """Return row -> value from the far end of the enumeration, and count these values as taken.

    Raises:
        PlanError: There are not so many.
    """
    convert, value_of = canonical.converter(part.field), part.others(binding)
    instead: dict[int, Any] = {}
    waiting = iter(rows)
    row = next(waiting, None)
    for number in range(part.entries - 1, -1, -1):
        if row is None:
            return instead
        value = value_of(row, number)
        cells = convert([value])
        if not taken.among(cells)[0]:
            taken.add(cells)
            instead[row] = value
            row = next(waiting, None)
    if row is None:
        return instead
    batch = part.batch
    raise PlanError(
        [
            Problem(
                "fixturekit.E057",
                f"{batch.model}.{part.field.name} has no free values left: {len(rows)} of {batch.count} are taken by "
                f"rows that are there already, {len(instead)} others are free",
                "Lower the count, or give the values yourself.",
                f"steps.{batch.step}",
                batch.mark,
            )
        ]
    )
