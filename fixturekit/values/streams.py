"""Addressed randomness: every row of every lane reads its own words, whatever was drawn before.

Engine 1. A lane's words are the output of SHAKE-128 in blocks of 2048 rows; row n of a lane of width w reads the
words n*w to n*w+w-1. The only module that touches random states, uuid generators or clocks.
"""

from __future__ import annotations

import random
import sys
from array import array
from collections.abc import Iterable
from hashlib import blake2b, shake_128
from typing import TypeAlias

from fixturekit.recipes.offsets import parse_now, parse_offset

__all__ = [
    "BLOCK",
    "DERIVATION",
    "Lane",
    "Random",
    "Words",
    "cell_words",
    "digest",
    "parse_now",
    "parse_offset",
    "stream_key",
    "sub_random",
    "words",
]

DERIVATION = 1
BLOCK = 2048

Words: TypeAlias = "array[int]"
Random: TypeAlias = random.Random


def digest(parts: Iterable[str | bytes], size: int = 16) -> bytes:
    """Hash parts, each preceded by its length, so that ``("ab", "c")`` and ``("a", "bc")`` differ.

    Arguments: ``parts``, texts (hashed as UTF-8) or bytes; ``size``, bytes wanted, 1 to 64.
    """
    state = blake2b(DERIVATION.to_bytes(4, "little"), digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(4, "little"))
        state.update(data)
    return state.digest()


def stream_key(seed: str, step: str, lane: str) -> bytes:
    """Return the 16 bytes that address a lane: the recipe's seed, the step's id, the path of the field."""
    return digest((seed, step, lane))


def words(key: bytes, width: int, start: int, stop: int) -> Words:
    """Return the words of the rows ``start`` to ``stop`` - 1, ``width`` 32-bit words for each, one row after the other.

    Only the needed prefix of each block is made, so a single row near the top of a block costs next to nothing.
    """
    result: Words = array("I")
    if width:
        for block in range(start // BLOCK, -(-stop // BLOCK)):
            first = block * BLOCK
            data = shake_128(key + block.to_bytes(8, "little")).digest(4 * width * min(stop - first, BLOCK))
            skipped = 4 * width * max(start - first, 0)
            result.frombytes(data[skipped:] if skipped else data)
        if sys.byteorder == "big":
            result.byteswap()
    return result


class Lane:
    """The words of one field in one step.

    Counted rows read by position. Labelled rows read the first words of a stream of their own, keyed by the label,
    so that inserting a label moves no other row.
    """

    __slots__ = ("key", "labels", "width")

    def __init__(self, key: bytes, width: int, labels: tuple[str, ...] | None = None) -> None:
        self.key = key
        self.width = width
        self.labels = labels

    def words(self, start: int, stop: int) -> Words:
        """Return the words of the rows ``start`` to ``stop`` - 1, ``width`` of them for each."""
        if self.labels is None:
            return words(self.key, self.width, start, stop)
        result: Words = array("I")
        for label in self.labels[start:stop]:
            result.extend(words(digest((self.key, label)), self.width, 0, 1))
        return result


def sub_random(key: bytes, row: int | str) -> random.Random:
    """Return a ``Random`` of its own for one row (a position, or a label), for draws without a fixed number of words."""
    name = f"#{row}" if isinstance(row, int) else f"={row}"
    return random.Random(int.from_bytes(digest((key, name)), "little"))


def cell_words(key: bytes, row: int | str, what: str, width: int) -> Words:
    """Return words of one row (a position, or a label), for one of several draws that a cell makes: ``what`` names it."""
    name = f"#{row}" if isinstance(row, int) else f"={row}"
    result: Words = array("I")
    result.frombytes(digest((key, name, what), 4 * width))
    if sys.byteorder == "big":
        result.byteswap()
    return result
