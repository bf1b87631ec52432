"""Rows of a plan as code sees them that computes a value from others: read only, and never a query.

Every planned value has an address, so that any column of any row can be computed when it is asked for. Keys that the
database counts are known for rows that are written already. Existing rows are known as far as the binding has read them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.apps import apps
from django.db import models

from fixturekit.blueprints import AnyField, Blueprint, blueprint
from fixturekit.exceptions import GenerationError
from fixturekit.execution.binding import Binding
from fixturekit.planning.plan import Batch, Column, Plan, calls, computed, links
from fixturekit.planning.resolving import nearest
from fixturekit.values.facades import Facade
from fixturekit.values.positions import Context, positions
from fixturekit.values.sources import Const, Copied, Link, Map, Mixed, Outside, Pinned, Source
from fixturekit.values.streams import BLOCK

_KEPT = 64  # blocks of a column that are held, so that rows may be asked for in any order

Read = Callable[[int], Any]


class Values(Protocol):
    """A compiled column, as far as values are read from it."""

    def values(self, start: int, stop: int) -> list[Any]: ...


class Row(Facade):
    """One row of the plan: ``row["name"]`` or ``row.name`` is the value of a field, or the row that a relation leads to."""

    __slots__ = ("_batch", "_position", "_rows")

    def __init__(self, rows: Rows, batch: str, position: int) -> None:
        self._rows = rows
        self._batch = batch
        self._position = position

    def __getitem__(self, name: Any) -> Any:
        return self._rows.value(self._batch, name, self._position)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and (self._batch, self._position) == (other._batch, other._position)

    def __hash__(self) -> int:
        return hash((self._batch, self._position))

    def __repr__(self) -> str:
        return f"row {self._position} of {self._batch}"


@dataclass(frozen=True, slots=True)
class Existing(Facade):
    """A row that the plan does not make: its own fields can be read, relations from it cannot."""

    model: str
    called: str
    read: Callable[[str], Any] = field(compare=False)

    def __getitem__(self, name: Any) -> Any:
        found = _field(_shape(self.model), name)
        if found.remote_field is not None and name == found.name:
            raise GenerationError(f"{self.called}.{name} is beyond a row that exists: only its own fields can be read")
        return self.read(found.attname)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __repr__(self) -> str:
        return self.called


class Rows:
    """Reads planned values.

    Args:
        plan: Whose rows they are.
        binding: Knows the keys of written rows, and what was read of existing ones.
        compiled: Compiles one column of a batch.
    """

    def __init__(self, plan: Plan, binding: Binding, compiled: Callable[[Batch, Column], Values]) -> None:
        self._plan = plan
        self._binding = binding
        self._compiled = compiled
        self._readers: dict[tuple[str, Any], Read] = {}
        # (batch, field, row) of the values that are being computed, outer ones first
        self.trail: list[tuple[str, str, int]] = []

    def row(self, batch: Batch, position: int) -> Row:
        """Return a row of a batch, with its fields in other tables."""
        return Row(self, batch.whole, position)

    def value(self, rows: str, name: Any, position: int) -> Any:
        """Return what a row has under a name.

        Args:
            rows: The id of the batch; of multi-table rows the one of the last table.

        Raises:
            GenerationError: It has no such field, or its value cannot be known.
        """
        read = self._readers.get((rows, name))
        if read is None:
            read = self._readers[rows, name] = self._reader(rows, name)
        return read(position)

    def _reader(self, rows: str, name: Any) -> Read:
        batches = self._binding.tables(rows)
        shape = _shape(batches[-1].model)
        field = _field(shape, name)
        for batch in batches:
            waiting = next((column for column in batch.later if column.field == field.name), None)
            column = waiting or batch.column(field.name)
            if column is None:
                continue
            if field.remote_field is not None and name == field.name:
                return self._target(batch, column.source)
            if waiting or any(link.batch == batch.id for link in links(column.source)):
                raise GenerationError(f"{shape.label}.{name} is a key that is known only when all rows are written")
            return self._plain(batch, column)
        if field is shape.key and batches[0].counted:
            return self._key(shape, batches)
        raise GenerationError(f"{shape.label}.{name} is filled by the database, so it cannot be read before")

    def _plain(self, batch: Batch, column: Column) -> Read:
        compiled = self._compiled(batch, column)
        if computed(column.source) or calls(column.source):
            return lambda position: compiled.values(position, position + 1)[0]
        return _Blocks(compiled.values, batch.count).at

    def _key(self, shape: Blueprint, batches: list[Batch]) -> Read:
        def read(position: int) -> Any:
            if not self._binding.is_written(batches[-1].id):
                raise GenerationError(
                    f"{shape.label}.{shape.key.name} is counted by the database: it is known only when the row is written"
                )
            return self._binding.made(batches[-1].id).take([position])[0]

        return read

    # -- relations -----------------------------------------------------------------------------------------------------

    def _target(self, batch: Batch, source: Source) -> Read:
        """How to find the row that a relation leads to, from a row's position."""
        if source == Const(None):
            return lambda position: None
        if isinstance(source, Link):
            return self._linked(batch, source.map, lambda place: Row(self, _made_as(source.batch), place))
        if isinstance(source, Outside):
            return self._linked(batch, source.map, lambda place: self._elsewhere(batch, source, place))
        if isinstance(source, Pinned):
            found = self._pinned(source)
            return lambda position: found
        if isinstance(source, Copied):
            return lambda position: self.value(batch.whole, source.field, position)
        if isinstance(source, Mixed):
            parts = [self._target(batch, part) for part in source.sources]
            choose = self._chosen(batch, source.choose)
            return lambda position: parts[choose(position)](position)
        raise GenerationError(f"which row {batch.model} is related to here is known only when it is written")

    def _linked(self, batch: Batch, map: Map, row: Callable[[int], Any]) -> Read:
        place = self._chosen(batch, map)

        def read(position: int) -> Any:
            found = place(position)
            return None if found is None else row(found)

        return read

    def _chosen(self, batch: Batch, map: Map | tuple[int, ...]) -> Read:
        if isinstance(map, tuple):
            return map.__getitem__
        moved = self._binding.moved(batch.id)
        context = Context(self._plan.seed, batch.stream, self._binding.now, batch.labels or None, moved)
        return _Blocks(lambda start, stop: positions(map, context, start, stop), batch.count).at

    def _elsewhere(self, batch: Batch, source: Outside, position: int) -> Existing:
        def read(attname: str) -> Any:
            return self._binding.elsewhere(replace(source, field=attname)).take([position])[0]

        model = self._binding.model_elsewhere(source)
        return Existing(model, f"{source.recipe}/{source.step}[{position}]", read)

    def _pinned(self, source: Pinned) -> Existing:
        pin = self._plan.pins[source.number]
        return Existing(pin.model, f"!pin {pin.shown}", lambda attname: self._binding.pin(source.number, attname))


class _Blocks:
    """Values that are made in blocks and asked for one by one."""

    def __init__(self, make: Callable[[int, int], Sequence[Any]], count: int) -> None:
        self._make = make
        self._count = count
        self._kept: dict[int, Sequence[Any]] = {}

    def at(self, position: int) -> Any:
        number = position // BLOCK
        block = self._kept.get(number)
        if block is None:
            if len(self._kept) == _KEPT:
                self._kept.clear()
            start = number * BLOCK
            block = self._kept[number] = self._make(start, min(start + BLOCK, self._count))
        return block[position - number * BLOCK]


def _made_as(id: str) -> str:
    """The batch of the last table of the rows that a batch is a part of."""
    return id.partition("^")[0]


def _shape(label: str) -> Blueprint:
    model: type[models.Model] = apps.get_model(label)
    return blueprint(model)


def _field(shape: Blueprint, name: Any) -> AnyField:
    field = shape.key if name == "pk" else shape.field(name) if isinstance(name, str) else None
    if field is None:
        known = [known.name for known in shape.fields]
        raise GenerationError(f"{shape.label} has no field {name!r}. {nearest(str(name), known)}".rstrip())
    return field
