"""A plan as text: what would be written, in which way and why, and which rows are pinned."""

from __future__ import annotations

from collections.abc import Iterator

from fixturekit.planning.plan import Batch, Plan


def render_plan(plan: Plan) -> Iterator[str]:
    """Yield lines that show a plan to a person, in writing order."""
    width = max((len(_what(batch)) for batch in plan.batches), default=0)
    for batch in plan.batches:
        yield f"{_what(batch):<{width}}  {batch.way:<6}  {batch.why}"
        for column in batch.later:
            yield f"{'':<{width}}  later   {column.field}, which closes a circle"
    for title, batches in plan.shelves:
        yield f"shelf: {title.removeprefix('shelf ')}, on {', '.join(batches)}"
    for pin in plan.pins:
        yield f"pinned: {pin.model} {pin.wanted}"
    for step, count in plan.skipped:
        yield f"skipped: {count} rows of step {step}, which the database routers keep away from this database"


def _what(batch: Batch) -> str:
    """``200 shop.Product`` for a step's own rows; what they need says for what."""
    inner = f"  ({batch.id})" if batch.id != batch.step else ""
    return f"{batch.count} {batch.model}{inner}"
