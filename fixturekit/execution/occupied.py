"""Which slots are not free: ranges of existing rows lie there, or other rows of the plan have them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any, TypeAlias

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.writers.base import Writer

# Numbers, or texts of dates and instants, which sort as these do; before and behind them what has no end.
_End: TypeAlias = "tuple[int, Any]"

_NUMBERS = ("IntegerField", "BigIntegerField", "DecimalField")


class Occupied:
    """Ranges of one column where no other may lie; what only touches one is taken to overlap.

    Rows count whatever they have in the other columns of the constraint, so that a slot may give way where it could stay.
    """

    def __init__(self, writer: Writer, model: type[models.Model], field: AnyField) -> None:
        self._numbers = field.base_field.get_internal_type() in _NUMBERS  # type: ignore[attr-defined]
        keys = [key.name for key in model._meta.pk_fields]
        found = []
        for text, *key in writer.taken(model, [field.name, *keys]):
            ends = self._ends(text)
            if ends is not None:
                found.append((*ends, key[0] if len(key) == 1 else tuple(key)))
        found.sort(key=lambda row: row[0])
        self._rows = found
        self._lowers = [lower for lower, _, _ in found]
        self._reach = list(accumulate((upper for _, upper, _ in found), max))
        self._planned: set[str] = set()

    @property
    def nothing(self) -> bool:
        """Whether every slot is free."""
        return not self._rows

    def add(self, values: Iterable[str]) -> None:
        """Count canonical slots as taken."""
        self._planned.update(values)

    def among(self, values: Sequence[str]) -> list[bool]:
        """Return for each of some canonical slots whether it is taken."""
        return [value in self._planned or self._overlaps(value) for value in values]

    def owners(self, values: Iterable[str]) -> dict[str, Any]:
        """Return the existing rows that lie in some of these canonical slots: slot -> key of one of them."""
        found = {}
        for value in values:
            ends = self._ends(value)
            for lower, upper, key in self._rows if ends else ():
                if ends and lower <= ends[1] and upper >= ends[0]:
                    found[value] = key
                    break
        return found

    def _overlaps(self, value: str) -> bool:
        ends = self._ends(value)
        if ends is None:
            return False
        before = bisect_right(self._lowers, ends[1])
        return before > 0 and self._reach[before - 1] >= ends[0]

    def _ends(self, text: str | None) -> tuple[_End, _End] | None:
        """The ends of a canonical range, None if nothing is in it."""
        if text is None or text == "empty":
            return None
        lower, upper = text[1:-1].split(",")
        return self._end(lower, -1), self._end(upper, 1)

    def _end(self, text: str, without: int) -> _End:
        if not text:
            return without, 0
        return 0, Decimal(text) if self._numbers else text
