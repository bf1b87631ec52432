"""Generated unique values that two recipes have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixturekit.planning.intervals import Interval

Elsewhere = list[tuple[str, Interval]]
"""Intervals of unique values, each with the name of the recipe that has it."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Unique values of a step, or of rows that it needs, that another recipe's rows have too.

    Where both are applied, the rows that come later get other values.
    """

    mine: Interval
    recipe: str

    def __str__(self) -> str:
        return (
            f"{self.mine.step}: generated values of {self.mine.key} are also those of {self.recipe}; where both are "
            "applied, the later one gets others"
        )

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if not self.mine.path:
            return "Lower the count, or give the values yourself"
        path = self.mine.path.rstrip(".").replace(".", "__")
        return f"Make the rows of {path} in a step of their own"


def overlaps(intervals: Iterable[Interval], elsewhere: Elsewhere) -> Iterator[Overlap]:
    """Yield what some intervals share with those of other recipes, once for each column and recipe."""
    by_key: dict[str, Elsewhere] = {}
    for name, other in elsewhere:
        by_key.setdefault(other.key, []).append((name, other))
    told = set()
    for interval in intervals:
        for name, other in by_key.get(interval.key, []):
            place = (interval.step, interval.path, interval.key, name)
            if interval.overlaps(other) and place not in told:
                told.add(place)
                yield Overlap(interval, name)
