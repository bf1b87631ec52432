"""Ranges that do not overlap: the slots of a line that is divided evenly, as ranges or as columns of their ends.

Between one slot's end and the next one's beginning there is always a gap, so that it does not matter which bounds are
included, and neighbours may not touch where that is forbidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fixturekit.values.fields.limits import highest, lowest
from fixturekit.values.fields.postgres import SCALE_OF, SCALES, range_limits
from fixturekit.values.fillers import AnyField, Request
from fixturekit.values.registry import Space, enumeration
from fixturekit.values.sources import Enumerated

# By scale: the length of a slot, and the unit of the length of what lies in it; the first that gives room for ENOUGH.
_LIFELIKE = {"whole": (10, 1), "hundredths": (1000, 100), "days": (4, 1), "seconds": (6 * 3600, 3600)}
_PLAIN = {"whole": (2, 1), "hundredths": (200, 100), "days": (2, 1), "seconds": (7200, 3600)}
_NARROW = (2, 1)
# Where slots lie, if no validator says it; days and seconds in their calendar.
_LINES = {"whole": (1, 1_000_001), "hundredths": (100, 100_000_100)}
ENOUGH = 1000


@enumeration("postgres.slots")
def enumerate_slots(scale: str, bounds: str, low: int, high: int, slot: int, unit: int, end: str) -> Space:
    """The slots between ``low`` and ``high``, whole or by their ``"lower"`` or ``"upper"`` end.

    What lies in a slot is one to all but one of its units long.
    """
    found = SCALES[scale]
    longest = slot // unit - 1

    def value(entry: int) -> Any:
        first = low + entry * slot
        last = first + unit * (1 + entry * 7 % longest)
        if end:
            return found.make(first if end == "lower" else last)
        return found.type(found.make(first), found.make(last), bounds)

    def values(entries: Sequence[int]) -> list[Any]:
        return [value(entry) for entry in entries]

    return Space((high - low) // slot, values)


def slots(request: Request, end: str = "") -> Enumerated | None:
    """Return the slots for a range field, or for a column of the ends of ranges; None where there is no room for one.

    Args:
        request: With a unique key.
        end: ``"lower"`` or ``"upper"`` for a column of ends, which both get the same slots.
    """
    field: Any = request.field
    scale = SCALE_OF.get((field if end else field.base_field).get_internal_type())
    if scale is None or (scale == "hundredths" and end and field.decimal_places != 2):
        return None
    low, high = _room(field, scale, end)
    sizes = (_PLAIN if request.plain else _LIFELIKE)[scale], _PLAIN[scale], _NARROW
    slot, unit = next((size for size in sizes if (high - low) // size[0] >= ENOUGH), _NARROW)
    if high - low < slot:
        return None
    bounds = getattr(field, "default_bounds", "[)")
    return request.enumerated(
        "postgres.slots", scale=scale, bounds=bounds, low=low, high=high, slot=slot, unit=unit, end=end
    )


def _room(field: AnyField, scale: str, end: str) -> tuple[int, int]:
    """Where slots may lie."""
    found = SCALES[scale]
    if end:
        limits = (None if limit is None else found.number(limit) for limit in (lowest(field), highest(field)))
        low, high = limits
    else:
        low, high = range_limits(field, found)
    first, last = _LINES.get(scale, found.all)
    if low is None:
        low = first if high is None or high > first else high - (last - first)
    return low, max(last, low + last - first) if high is None else high
