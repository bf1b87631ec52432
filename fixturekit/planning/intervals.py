"""Which entries of enumerations the steps of a recipe have, found without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Interval:
    """The entries of an enumeration that a step owns: ``start`` to ``start + count`` - 1, counted modulo ``size``."""

    key: str
    step: str
    path: str
    start: int
    count: int
    size: int

    def overlaps(self, other: Interval) -> bool:
        """Whether two intervals of one enumeration share an entry."""
        if self.key != other.key or not (self.count and other.count):
            return False
        if self.size != other.size:
            return self.start < other.start + other.count and other.start < self.start + self.count
        ahead = (other.start - self.start) % self.size
        return ahead < self.count or self.size - ahead < other.count


class Intervals:
    """The intervals of a recipe, in the order in which they were added."""

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._all: list[Interval] = []
        self._of: dict[str, _Enumeration] = {}
        self.add(intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self._all)

    def add(self, intervals: Iterable[Interval]) -> None:
        """Add some at the end."""
        for interval in intervals:
            self._all.append(interval)
            self._of.setdefault(interval.key, _Enumeration(interval.size)).add(interval)

    def of(self, key: str) -> list[Interval]:
        """Return those of one enumeration."""
        return self._of[key].added if key in self._of else []

    def clash(self, own: Interval) -> Interval | None:
        """Return the first that shares an entry with an interval, None where there is none."""
        enumeration = self._of.get(own.key)
        return enumeration.clash(own) if enumeration else None


@dataclass(slots=True)
class _Enumeration:
    """Intervals of one enumeration, by their starts, each with its place in the order in which they were added."""

    size: int
    added: list[Interval] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    longest: int = 0
    sizes_differ: bool = False

    def add(self, interval: Interval) -> None:
        insort(self.starts, (interval.start % self.size, len(self.added)))
        self.added.append(interval)
        self.longest = max(self.longest, interval.count)
        self.sizes_differ = self.sizes_differ or interval.size != self.size

    def clash(self, own: Interval) -> Interval | None:
        places = [place for place in self._near(own) if own.overlaps(self.added[place])]
        return self.added[min(places)] if places else None

    def _near(self, own: Interval) -> Iterator[int]:
        """Places of all that may overlap an interval, and perhaps of some more."""
        if self.sizes_differ or own.size != self.size:
            yield from range(len(self.added))
            return
        start = own.start % self.size
        for turn in (-self.size, 0, self.size):
            first = bisect_left(self.starts, (start - self.longest + 1 + turn, 0))
            end = bisect_left(self.starts, (start + own.count + turn, 0))
            yield from (place for _, place in self.starts[first:end])
