"""Numbers that others add up to: totals, taxes, prices beside prices.

All is reckoned in units of which ``scale`` make one; a row whose numbers are missing or too large keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from fixturekit.values.following import Column, Follow, row_by_row, rule

Reckon = Callable[[Sequence[Decimal], Decimal], Decimal]
DEAR = 5  # prices from here on end in .99


def _reckoned(reckon: Reckon, kind: str, places: int, low: str, high: str) -> Follow:
    """The result of each row as the field holds it: ``decimal``, ``float`` or ``integer``."""
    unit, least, most = Decimal(1).scaleb(-places), Decimal(low), Decimal(high)

    def value(row: Sequence[Any], own: Any) -> Any:
        if any(part is None for part in row):
            return own
        found = reckon([_exact(part) for part in row], _exact(own)).quantize(unit, ROUND_HALF_UP)
        if not least <= found <= most:
            return own
        return found if kind == "decimal" else float(found) if kind == "float" else int(found)

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        return [value(row, instead) for row, instead in zip(row_by_row(columns, own), own, strict=True)]

    return values


def _exact(number: Any) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))


@rule("product")
def follow_factors(kind: str, places: int, low: str, high: str) -> Follow:
    """The numbers multiplied: quantity times price."""
    return _reckoned(lambda row, own: row[0] * row[1], kind, places, low, high)


@rule("sum")
def follow_summands(kind: str, places: int, low: str, high: str, signs: tuple[int, ...]) -> Follow:
    """The numbers added up, or taken off where the sign says so."""
    return _reckoned(
        lambda row, own: sum((part * sign for part, sign in zip(row, signs, strict=True)), Decimal()),
        kind,
        places,
        low,
        high,
    )


@rule("percentage")
def follow_base(kind: str, places: int, low: str, high: str, percent: int) -> Follow:
    """A share of the first number: so many percent, or as many as a second number says."""
    return _reckoned(lambda row, own: row[0] * (row[1] if len(row) > 1 else percent) / 100, kind, places, low, high)


@rule("price beside")
def follow_price(kind: str, places: int, low: str, high: str, percent: int) -> Follow:
    """Another price, about so many percent of the first, that looks like one."""

    def reckon(row: Sequence[Decimal], own: Decimal) -> Decimal:
        found = row[0] * percent / 100
        if found < DEAR or places < 2:
            return found
        return found.to_integral_value(ROUND_HALF_UP) - Decimal("0.01")

    return _reckoned(reckon, kind, places, low, high)


@rule("above")
def follow_lower(kind: str, places: int, low: str, high: str) -> Follow:
    """The row's own number if it is above the other, else both together, as far as the field goes."""

    def reckon(row: Sequence[Decimal], own: Decimal) -> Decimal:
        return own if own > row[0] else max(min(row[0] + abs(own), Decimal(high)), row[0])

    return _reckoned(reckon, kind, places, low, high)
