"""The first rows of a plan's steps, made without any database: what a reviewer wants to see beside a diff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from fixturekit.blueprints import AnyField, is_parent_link
from fixturekit.exceptions import GenerationError
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import Columns
from fixturekit.execution.compiled import Compiled
from fixturekit.execution.failures import CellFailed
from fixturekit.planning.plan import Batch, Column, Pin, Plan
from fixturekit.recipes.offsets import parse_now
from fixturekit.recipes.secrecy import veiled
from fixturekit.values.files import FileNames
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import (
    ByDatabase,
    ByFactory,
    Called,
    Copied,
    Default,
    Following,
    Hashed,
    Link,
    Mixed,
    Outside,
    Pinned,
    Source,
    Stored,
    Templated,
    asks_faker,
)  # fmt: skip
from fixturekit.writers.keys import Keys


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of one step: its fields, and their values as texts."""

    step: str
    model: str
    count: int
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def preview(plan: Plan, rows: int) -> Iterator[Preview]:
    """Yield a preview of each step, with at most so many rows. Reads no database.

    Related rows appear as addresses, pins as they are written; what only the database or foreign code can say
    appears in angle brackets.
    """
    unbound = _Unbound.of(plan)
    for step in dict.fromkeys(batch.step for batch in plan.batches if not batch.pinned):
        own = [batch for batch in plan.batches if batch.id == step or batch.id.startswith(f"{step}^")]
        if own:
            yield _step(unbound, step, own, rows)


def _step(unbound: Binding, step: str, batches: list[Batch], rows: int) -> Preview:
    last = batches[-1]
    shown = min(rows, last.count)
    columns: dict[str, list[str]] = {}
    for batch in batches:
        shown_columns = _Shown(unbound.plan, batch, apps.get_model(batch.model), unbound)
        for column in (*batch.columns, *batch.later):
            if column.field in columns or is_parent_link(apps.get_model(batch.model), column.field):
                continue
            columns[column.field] = [_text(cell) for cell in _column(shown_columns, column, shown)]
    cells = tuple(zip(*columns.values(), strict=True)) if columns else ((),) * shown
    return Preview(step, last.model, last.count, tuple(columns), cells)


def _column(shown: _Shown, column: Column, count: int) -> list[Any]:
    """The cells of a column, drawn anew where its row would not be valid, as far as that can be told here."""
    if any(column.field in trial.names for trial in shown.batch.trials):
        with suppress(CellFailed, GenerationError):
            return _veiled(column.field, shown.column(column).values(0, count))
    return _cells(shown, column.field, column.source, count)


def _cells(shown: _Shown, field: str, source: Source, count: int) -> list[Any]:
    if isinstance(source, (Link, Outside)):
        pin = _pin(shown.plan, source)
        return _addresses(source, shown.context, count) if pin is None else [f"!pin {pin.shown}"] * count
    if isinstance(source, Pinned):
        return [f"!pin {shown.plan.pins[source.number].shown}"] * count
    if isinstance(source, Hashed):
        return ["<password>"] * count
    if isinstance(source, (Default, Called)):
        return [f"<{source.path}>"] * count
    if isinstance(source, Stored):
        names = FileNames(source, shown.context)
        return [names.name(row) for row in range(count)]
    if isinstance(source, ByDatabase):
        return ["<database>"] * count
    if isinstance(source, ByFactory):
        return ["<factory>"] * count
    if isinstance(source, Copied):
        column = shown.batch.column(source.field)
        return _cells(shown, column.field, column.source, count) if column else [f"<{source.field}>"] * count
    if isinstance(source, Mixed):
        chosen = (
            source.choose if isinstance(source.choose, tuple) else positions(source.choose, shown.context, 0, count)
        )
        parts = [_cells(shown, field, part, count) for part in source.sources]
        return [parts[part or 0][row] for row, part in zip(range(count), chosen, strict=False)]
    if isinstance(source, Following):
        return _veiled(field, shown.compiled(field, source).values(0, count))
    if isinstance(source, Templated) or asks_faker(source):
        return _computed(shown, field, source, count)
    return _veiled(field, compile_source(source, shown.context).values(0, count))  # type: ignore[arg-type]


def _veiled(field: str, values: list[Any]) -> list[Any]:
    return [None if value is None else veiled(field, value) for value in values]


def _computed(shown: _Shown, field: str, source: Source, count: int) -> list[Any]:
    """Values where nothing has to be asked for them, elsewhere what they come from."""
    compiled = shown.compiled(field, source)
    instead = f"<{source.text}>" if isinstance(source, Templated) else "<Faker>"
    cells: list[Any] = []
    for row in range(count):
        try:
            cells.extend(_veiled(field, compiled.values(row, row + 1)))
        except CellFailed:
            cells.append(instead)
    return cells


class _Shown(Columns):
    """Columns of which those that only foreign code can tell are not computed."""

    @property
    def context(self) -> Context:
        return self._context

    @property
    def plan(self) -> Plan:
        return self._plan

    def _source(self, field: AnyField, source: Source) -> Compiled:
        if isinstance(source, (Default, Called)):
            raise GenerationError(f"{source.path} is not called for a preview")
        return super()._source(field, source)


class _Unbound(Binding):
    """A binding that has read nothing."""

    __slots__ = ()

    @classmethod
    def of(cls, plan: Plan) -> _Unbound:
        nothing: Any = None
        return cls(nothing, plan, parse_now(plan.now), nothing)

    def pin(self, number: int, field: str) -> Any:
        raise GenerationError("an existing row is not read for a preview")

    def elsewhere(self, source: Outside) -> Keys:
        raise GenerationError("an existing row is not read for a preview")

    def model_elsewhere(self, source: Outside) -> str:
        raise GenerationError("an existing row is not read for a preview")

    def keys(self, source: Link | Outside) -> Keys:
        raise GenerationError("there are no keys in a preview")


def _pin(plan: Plan, source: Link | Outside) -> Pin | None:
    """The pin whose row a link leads to, which is made where there is none."""
    if isinstance(source, Outside):
        return None
    adopt = plan.batch(source.batch).adopt
    return adopt.pin if adopt else None


def _addresses(source: Link | Outside, context: Context, count: int) -> list[Any]:
    rows = source.batch.partition("^")[0] if isinstance(source, Link) else f"{source.recipe}/{source.step}"
    end = f".{source.field}" if source.field else ""
    found = positions(source.map, context, 0, count)
    return [None if position is None else f"{rows}[{position}]{end}" for position in found]


def _text(cell: Any) -> str:
    return "-" if cell is None else str(cell)
