"""The first rows of a plan's steps, made without any database: what a reviewer wants to see beside a diff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from fixturekit.blueprints import is_parent_link
from fixturekit.planning.plan import Batch, Pin, Plan
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import (
    ByDatabase,
    Copied,
    Default,
    Hashed,
    Link,
    Mixed,
    Outside,
    Pinned,
    Source,
)  # fmt: skip


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
    for step in dict.fromkeys(batch.step for batch in plan.batches if not batch.pinned):
        own = [batch for batch in plan.batches if batch.id == step or batch.id.startswith(f"{step}^")]
        if own:
            yield _step(plan, step, own, rows)


def _step(plan: Plan, step: str, batches: list[Batch], rows: int) -> Preview:
    last = batches[-1]
    shown = min(rows, last.count)
    columns: dict[str, list[str]] = {}
    for batch in batches:
        context = Context(plan.seed, batch.stream, parse_now(plan.now), batch.labels or None)
        for column in (*batch.columns, *batch.later):
            if column.field in columns or is_parent_link(apps.get_model(batch.model), column.field):
                continue
            columns[column.field] = [_text(cell) for cell in _cells(plan, batch, column.source, context, shown)]
    cells = tuple(zip(*columns.values(), strict=True)) if columns else ((),) * shown
    return Preview(step, last.model, last.count, tuple(columns), cells)


def _cells(plan: Plan, batch: Batch, source: Source, context: Context, count: int) -> list[Any]:
    if isinstance(source, (Link, Outside)):
        pin = _pin(plan, source)
        return _addresses(source, context, count) if pin is None else [f"!pin {pin.wanted}"] * count
    if isinstance(source, Pinned):
        return [f"!pin {plan.pins[source.number].wanted}"] * count
    if isinstance(source, Hashed):
        return ["<password>"] * count
    if isinstance(source, Default):
        return [f"<{source.path}>"] * count
    if isinstance(source, ByDatabase):
        return ["<database>"] * count
    if isinstance(source, Copied):
        column = batch.column(source.field)
        return _cells(plan, batch, column.source, context, count) if column else [f"<{source.field}>"] * count
    if isinstance(source, Mixed):
        chosen = source.choose if isinstance(source.choose, tuple) else positions(source.choose, context, 0, count)
        parts = [_cells(plan, batch, part, context, count) for part in source.sources]
        return [parts[part or 0][row] for row, part in zip(range(count), chosen, strict=False)]
    return compile_source(source, context).values(0, count)  # type: ignore[arg-type]


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
