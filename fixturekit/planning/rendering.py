"""A plan as text: what would be written, in which way and why, and which rows are pinned."""

from __future__ import annotations

from collections.abc import Iterator

from fixturekit.planning.plan import Adopt, Batch, Plan


def render_plan(plan: Plan) -> Iterator[str]:
    """Yield lines that show a plan to a person, in writing order."""
    width = max((len(_what(batch)) for batch in plan.batches), default=0)
    for batch in plan.batches:
        yield f"{_what(batch):<{width}}  {batch.way:<6}  {batch.why}"
        if batch.adopt is not None and batch.adopt.fields:
            yield f"{'':<{width}}  adopts  {_adopted(batch.adopt)}"
        for column in batch.later:
            yield f"{'':<{width}}  later   {column.field}, which closes a circle"
    for title, batches in plan.shelves:
        yield f"shelf: {title.removeprefix('shelf ')}, on {', '.join(batches)}"
    for pin in plan.pins:
        yield f"pinned: {pin.model} {pin.shown}"
    for step, count in plan.skipped:
        yield f"skipped: {count} rows of step {step}, which the database routers keep away from this database"


def _what(batch: Batch) -> str:
    """``200 shop.Product`` for a step's own rows; what they need says for what, what a pin makes says for which."""
    if batch.adopt is not None and batch.adopt.pin is not None:
        return f"{batch.count} {batch.model}  (where !pin {batch.adopt.pin.shown} finds none)"
    inner = f"  ({batch.id})" if batch.id != batch.step else ""
    return f"{batch.count} {batch.model}{inner}"


def _adopted(adopt: Adopt) -> str:
    also = ", rows of the step too" if adopt.merges else ", and gives them the other values" if adopt.sets else ""
    return f"rows that have the same {', '.join(adopt.fields)}{also}"
