"""The keys of a batch of rows by position: ranges where they were reserved, else packed or plain values."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol

_DIGITS = frozenset("0123456789abcdef")


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
    """Texts of one width, end to end, each as so many bytes instead of the fifty more of a ``str``."""

    width: int
    packed: bytearray = field(default_factory=bytearray)

    @staticmethod
    def encode(text: str) -> bytes:
        return text.encode("ascii")

    @staticmethod
    def decode(packed: bytearray) -> str:
        return packed.decode("ascii")

    def fits(self, block: Sequence[Any]) -> bool:
        """Whether these are texts that come back as they are."""
        return all(type(key) is str and len(key) == self.width and key.isascii() for key in block)

    def extend(self, block: Sequence[str]) -> None:
        self.packed += self.encode("".join(block))

    def __len__(self) -> int:
        return len(self.packed) // self.size

    def __getitem__(self, position: int) -> str:
        start = position * self.size
        if not 0 <= start < len(self.packed):
            raise IndexError(f"there are {len(self)} keys, none at {position}")
        return self.decode(self.packed[start : start + self.size])

    def __iter__(self) -> Iterator[str]:
        return (self[position] for position in range(len(self)))

    @property
    def size(self) -> int:
        """How many bytes a text takes."""
        return self.width


class Digits(Texts):
    """Lower-case hexadecimal digits, an even number of them: the 32 of a UUID take 16 bytes."""

    __slots__ = ()

    @property
    def size(self) -> int:
        return self.width // 2

    @staticmethod
    def encode(text: str) -> bytes:
        return bytes.fromhex(text)

    @staticmethod
    def decode(packed: bytearray) -> str:
        return packed.hex()

    def fits(self, block: Sequence[Any]) -> bool:
        return self.width % 2 == 0 and Texts.fits(self, block) and not set("".join(block)) - _DIGITS


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


@dataclass(slots=True)
class Placed:
    """Keys, or values of a kept column, that come in any order: rows that were found, and rows between them.

    A row has None until it is there. ``same`` maps rows to earlier ones that they are.
    """

    values: list[Any]
    same: Mapping[int, int]

    def place(self, start: int, keys: Sequence[Any]) -> None:
        """Put in the keys of rows from ``start`` on."""
        self.values[start : start + len(keys)] = keys

    def __len__(self) -> int:
        return len(self.values)

    def take(self, positions: Sequence[int | None]) -> list[Any]:
        values, same = self.values, self.same
        return [None if position is None else values[same.get(position, position)] for position in positions]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.take(range(len(self.values))))


def _store(block: Sequence[Any]) -> list[Any] | array[int] | Texts:
    """An empty store for keys like these."""
    words: array[int] = array("q")
    if _fits(words, block):
        return words
    if isinstance(block[0], str) and block[0]:
        for packs in (Digits, Texts):
            texts = packs(len(block[0]))
            if texts.fits(block):
                return texts
    return []


def _fits(store: list[Any] | array[int] | Texts, block: Sequence[Any]) -> bool:
    if isinstance(store, Texts):
        return store.fits(block)
    if isinstance(store, array):
        return all(type(key) is int for key in block) and min(block) >= -(1 << 63) and max(block) < 1 << 63
    return True
