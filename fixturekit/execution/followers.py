"""Columns that go by others of the same row, made a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from fixturekit.values.following import follow
from fixturekit.values.registry import Context, Maker, compile_source, entry_values
from fixturekit.values.sources import Enumerated, Following

Cells = list[Any]
Read = Callable[[str, int, int], Cells]
"""Gives the Python values of a column of the same table: field, first row, end."""


class Beside:
    """Reads columns for those that go by them: the block that was read last is kept, as several may go by it."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kept: dict[str, tuple[int, int, Cells]] = {}

    def __call__(self, field: str, start: int, stop: int) -> Cells:
        kept = self._kept.get(field)
        if kept is None or kept[:2] != (start, stop):
            kept = self._kept[field] = (start, stop, self._read(field, start, stop))
        return kept[2]


def shared(maker: Maker) -> Maker:
    """Return a maker of texts that makes a block once, for its own column and for those that go by it."""
    kept: tuple[int, int, Cells | None] = (0, 0, None)

    def block(start: int, stop: int) -> Cells:
        nonlocal kept
        cells = kept[2]
        if cells is None or kept[:2] != (start, stop):
            cells = maker.values(start, stop)
            kept = (start, stop, cells)
        return list(cells)

    return Maker(block, block)


class Follower:
    """The values of a source at work.

    Args:
        read: Gives the columns that are gone by.
        plain: The column's canonical values are its Python values.
    """

    def __init__(self, source: Following, context: Context, read: Read, *, plain: bool) -> None:
        self._source = source
        self._own = compile_source(source.own, context)
        self._follow = follow(source)
        self._now: datetime = context.now
        self._read = read
        self.maker = Maker(self.values, self.values if plain else lambda start, stop: None)

    def values(self, start: int, stop: int) -> Cells:
        """Return the values of a block."""
        return self._follow(self._columns(start, stop), self._own.values(start, stop), self._now)

    def with_entry(self, row: int, number: int) -> Any:
        """Return the value that a row has with another entry of its own enumeration."""
        assert isinstance(self._source.own, Enumerated)
        own = entry_values(self._source.own, [number])
        return self._follow(self._columns(row, row + 1), own, self._now)[0]

    def _columns(self, start: int, stop: int) -> Sequence[Cells]:
        return [self._read(field, start, stop) for field in self._source.fields]
