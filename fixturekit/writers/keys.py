"""The keys of a batch of rows by position: ranges where they were reserved, else packed or plain values."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol


class Keys(Protocol):
    """Keys in row order, in the form that the connection's driver takes.

    ``take`` keeps None where a position is None: a link that leads nowhere. A position that no row has is an
    IndexError and never a key that happens to be somebody else's.
    """

    def __len__(self) -> int: ...

    def take(self, positions: Sequence[int | None]) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True)
class Ranges:
    """Integer keys that count upwards: ``(first, length)`` pairs in row order."""

    ranges: tuple[tuple[int, int], ...]
    _ends: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ends", tuple(accumulate(length for _, length in self.ranges)))

    @classmethod
    def of(cls, keys: Iterable[int]) -> Ranges:
        """Fold integers into ranges, in their order."""
        ranges: list[tuple[int, int]] = []
        first = length = 0
        for key in keys:
            if length and key == first + length:
                length += 1
                continue
            if length:
                ranges.append((first, length))
            first, length = key, 1
        if length:
            ranges.append((first, length))
        return cls(tuple(ranges))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def take(self, positions: Sequence[int | None]) -> list[Any]:
        if len(self.ranges) != 1:
            return [None if position is None else self._at(position) for position in positions]
        first, length = self.ranges[0]
        if max(filter(None, positions), default=0) >= length:
            raise IndexError(f"there are {length} keys, none at {max(filter(None, positions))}")
        return [None if position is None else first + position for position in positions]

    def _at(self, position: int) -> int:
        number = bisect_right(self._ends, position)
        if number == len(self._ends):
            raise IndexError(f"there are {len(self)} keys, none at {position}")
        before = self._ends[number - 1] if number else 0
        return self.ranges[number][0] + position - before

    def __iter__(self) -> Iterator[int]:
        for first, length in self.ranges:
            yield from range(first, first + length)


@dataclass(slots=True)
class Texts:
    """ASCII texts of one width, end to end: 32 bytes for a UUID's digits instead of the 81 of a ``str``."""

    width: int
    packed: bytearray = field(default_factory=bytearray)

    def fits(self, block: Sequence[Any]) -> bool:
        return all(type(key) is str and len(key) == self.width and key.isascii() for key in block)

    def extend(self, block: Sequence[str]) -> None:
        self.packed += "".join(block).encode("ascii")

    def __len__(self) -> int:
        return len(self.packed) // self.width

    def __getitem__(self, position: int) -> str:
        start = position * self.width
        if not 0 <= start < len(self.packed):
            raise IndexError(f"there are {len(self)} keys, none at {position}")
        return self.packed[start : start + self.width].decode("ascii")

    def __iter__(self) -> Iterator[str]:
        width, text = self.width, self.packed.decode("ascii")
        return (text[start : start + width] for start in range(0, len(text), width))


@dataclass(slots=True)
class Listed:
    """Keys that are not reserved, collected block by block; packed while they are alike, else a plain list."""

    values: list[Any] | array[int] | Texts = field(default_factory=list)

    def extend(self, block: Sequence[Any]) -> None:
        """Append the keys of the next rows."""
        if not block:
            return
        if not self.values:
            self.values = _store(block)
        elif not _fits(self.values, block):
            self.values = list(self.values)
        self.values.extend(block)

    def __len__(self) -> int:
        return len(self.values)

    def take(self, positions: Sequence[int | None]) -> list[Any]:
        values = self.values
        return [None if position is None else values[position] for position in positions]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)


def _store(block: Sequence[Any]) -> list[Any] | array[int] | Texts:
    """An empty store for keys like these."""
    words: array[int] = array("q")
    if _fits(words, block):
        return words
    texts = Texts(len(block[0])) if isinstance(block[0], str) and block[0] else None
    return texts if texts is not None and texts.fits(block) else []


def _fits(store: list[Any] | array[int] | Texts, block: Sequence[Any]) -> bool:
    if isinstance(store, Texts):
        return store.fits(block)
    if isinstance(store, array):
        return all(type(key) is int for key in block) and min(block) >= -(1 << 63) and max(block) < 1 << 63
    return True
