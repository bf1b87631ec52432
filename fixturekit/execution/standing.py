"""What stands for rows of a plan that are not made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from fixturekit.values.streams import BLOCK


@dataclass(slots=True)
class Standing:
    """Which rows of a batch are made, and what stands for the others.

    Attributes:
        adopted: Row -> the key, in its canonical form, of the existing row that stands for it.
        same: Row -> the earlier row of the batch that it is.
        absent: Rows that are for no made row, and so are not there at all.
        meanwhile: The rows that stand for others were made by the project's own code while the plan was written.
    """

    count: int
    adopted: dict[int, Any] = field(default_factory=dict)
    same: dict[int, int] = field(default_factory=dict)
    absent: Collection[int] = frozenset()
    meanwhile: bool = False
    _made: list[int] | None = None

    @property
    def made(self) -> list[int]:
        """The rows that are to be written, in order."""
        if self._made is None:
            others = {*self.adopted, *self.same, *self.absent}
            self._made = [row for row in range(self.count) if row not in others]
        return self._made

    @property
    def found(self) -> list[int]:
        """The rows for which an existing row stands, each existing row once, in order."""
        return sorted(self.adopted)

    @property
    def trivial(self) -> bool:
        """Whether every row is made."""
        return not (self.adopted or self.same or self.absent)

    def is_there(self, row: int) -> bool:
        """Whether an existing row stands for a row, or for the one that it is."""
        return self.same.get(row, row) in self.adopted

    def kinds(self) -> Iterator[tuple[bool, int, int]]:
        """Yield runs of rows, absent ones left out: whether they are adopted, first row, end."""
        others = {*self.adopted, *self.same}
        rows = (row for row in range(self.count) if row not in self.absent)
        for adopted, run in groupby(rows, key=lambda row: row in others):
            for start, stop in runs(list(run), self.count):
                yield adopted, start, stop


def runs(rows: Iterable[int], size: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Yield rows, which are in order, as runs without a gap of at most so many: first row, end."""
    start = stop = -1
    for row in rows:
        if row != stop or stop - start >= size:
            if stop > start:
                yield start, stop
            start = row
        stop = row + 1
    if stop > start:
        yield start, stop
