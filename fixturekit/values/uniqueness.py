"""Unique values by construction: one permutation of a whole space, of which every step takes an interval. Engine 1, frozen."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from hashlib import shake_128
from math import isqrt, prod

from fixturekit.exceptions import ValuesExhausted
from fixturekit.values.streams import digest


class Permutation:
    """Every number below ``size`` once, in an order that looks random and is keyed by ``key``.

    A Feistel network of three rounds over a rectangle of about the square root of ``size`` each way; what falls into the
    few spare places is sent through again (cycle walking). A round adds the middle bits of a keyed square.
    """

    __slots__ = ("_rounds", "_shift", "_sides", "_width", "size")

    def __init__(self, key: str, size: int) -> None:
        """Raises ValueError where ``size`` is below 1."""
        if size < 1:
            raise ValueError(f"a space needs at least one value, not {size}")
        self.size = size
        left = isqrt(size - 1) + 1
        self._sides = (left, -(-size // left))
        self._width = max(30, left.bit_length())
        self._shift = self._width * 2 // 3
        self._rounds = self._keys(digest(("permutation", key)))

    def _keys(self, key: bytes) -> tuple[int, ...]:
        """Odd factor and summand of each round in turn."""
        length = -(-self._width // 8)
        data = shake_128(key).digest(6 * length)
        mask = (1 << self._width) - 1
        numbers = [int.from_bytes(data[at : at + length], "little") & mask for at in range(0, 6 * length, length)]
        return tuple(number | 1 if place % 2 == 0 else number for place, number in enumerate(numbers))

    def entry(self, number: int) -> int:
        """Return entry ``number``, counted modulo ``size``."""
        return self.entries(number, number + 1)[0]

    def entries(self, start: int, stop: int) -> list[int]:
        """Return the entries ``start`` to ``stop`` - 1, counted modulo ``size``."""
        return self.of(range(start, stop))

    def of(self, numbers: Sequence[int]) -> list[int]:
        """Return the entries of these numbers, counted modulo ``size``."""
        size = self.size
        left, right = self._sides
        m1, k1, m2, k2, m3, k3 = self._rounds
        mask = (1 << self._width) - 1
        shift = self._shift
        result = []
        for number in numbers:
            x = number % size
            while True:
                a, b = divmod(x, right)
                t = b * m1 + k1 & mask
                a = (a + (t * t >> shift)) % left
                t = a * m2 + k2 & mask
                b = (b + (t * t >> shift)) % right
                t = b * m3 + k3 & mask
                x = (a + (t * t >> shift)) % left * right + b
                if x < size:
                    break
            result.append(x)
        return result


def axis_of(entries: Sequence[int], sizes: tuple[int, ...], axis: int) -> list[int]:
    """Return one coordinate of each entry of the product of ``sizes``; the last axis changes fastest."""
    size, below = sizes[axis], prod(sizes[axis + 1 :])
    return [entry // below % size for entry in entries]


def combined(sizes: tuple[int, ...], key: str, numbers: Sequence[int], axis: int) -> list[int]:
    """Return one coordinate of the entries with these numbers in the permutation of the product of ``sizes``.

    Different numbers (modulo the product) give different combinations of all axes together.
    """
    return axis_of(Permutation(key, prod(sizes)).of(numbers), sizes, axis)


def start_of(seed: str, step: str, key: str, capacity: int, count: int) -> int:
    """Return where a step's interval of the enumeration ``key`` begins, derived from the recipe's seed.

    Raising ``count`` does not move it: entries are counted modulo ``capacity``.

    Raises ValuesExhausted where ``capacity`` is below ``count``.
    """
    if capacity < count:
        raise ValuesExhausted(key, capacity, count)
    return int.from_bytes(digest(("start", seed, step, key)), "little") % capacity


def label_entries(key: str, labels: tuple[str, ...], start: int, capacity: int) -> list[int]:
    """Return one entry number for each labelled row, all different, in the order of ``labels``.

    A number follows from the label and ``start``, so that inserting a label moves no other, unless two meet: then the
    later one in the order of the alphabet walks on to the next free number.

    Raises ValuesExhausted where ``capacity`` is below the number of labels.
    """
    if capacity < len(labels):
        raise ValuesExhausted(key, capacity, len(labels))
    taken: set[int] = set()
    found: dict[str, int] = {}
    for label in sorted(labels):
        number = (start + int.from_bytes(digest(("label", key, label)), "little")) % capacity
        while number in taken:
            number = (number + 1) % capacity
        taken.add(number)
        found[label] = number
    return [found[label] for label in labels]


def fold(text: str) -> str:
    """Return what a forgiving collation compares: no accents, no case, no blanks around (``" Zoë"`` is ``"zoe"``)."""
    if text.isascii():
        return text.lower().strip()  # the same, without looking at each character
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFKD", plain.casefold()).replace("\N{LATIN SMALL LETTER DOTLESS I}", "i").strip()
