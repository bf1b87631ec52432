"""Digests of planned rows: a tree of blocks, columns, batches and steps, so that a difference can be named.

Hashed are canonical values; a link counts as the position it leads to, never as a key. A block of a column is one
byte string: packed integers, texts joined by NUL, else JSON. Two columns of equal cells have equal digests however
they were written.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

SIZE = 16
_CLASSES = frozenset({type(None), bool, int, float, str, list})


def encode(cells: list[Any]) -> bytes:
    """Return one block of cells as bytes that differ whenever the cells do.

    Args:
        cells: Canonical values (None, bool, int, float, text) of consecutive rows, at least one.
    """
    kinds = set(map(type, cells))
    if not kinds <= _CLASSES:
        cells = list(map(_plain, cells))
        kinds = set(map(type, cells))
    if len(kinds) == 1:
        kind = kinds.pop()
        if kind is str:
            joined = "\0".join(cells)
            if joined.count("\0") == len(cells) - 1:
                return b"s" + joined.encode("utf-8", "surrogatepass")
        elif kind is int:
            return _packed(cells)
        elif kind is bool:
            return b"b" + bytes(cells)
        elif kind is type(None):
            return b"n%d" % len(cells)
    return _json(cells)


def _plain(cell: Any) -> Any:
    """The value of a member of an enumeration, which is what is stored."""
    if type(cell) in _CLASSES:
        return cell
    if isinstance(cell, str):
        return str.__str__(cell)
    return float(cell) if isinstance(cell, float) else int(cell) if isinstance(cell, int) else cell


def _packed(cells: list[int]) -> bytes:
    try:
        words = array("q", cells)
    except OverflowError:
        return _json(cells)
    if sys.byteorder == "big":
        words.byteswap()
    return b"i" + words.tobytes()


def _json(cells: list[Any]) -> bytes:
    return b"j" + json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class ColumnDigest:
    """Collects the blocks of one column in row order."""

    header: str
    blocks: list[bytes] = field(default_factory=list)

    def add(self, cells: list[Any]) -> None:
        """Add the next block."""
        self.blocks.append(blake2b(encode(cells), digest_size=SIZE).digest())

    def digest(self) -> bytes:
        return blake2b(self.header.encode() + b"\0" + b"".join(self.blocks), digest_size=SIZE).digest()


@dataclass(slots=True)
class StepDigest:
    """How many rows of which model a step makes, and the digests of its columns by their path from that model.

    ``model`` is the label of the concrete model: which proxy the rows were made through does not show in them.
    """

    rows: int = 0
    model: str = ""
    columns: dict[str, bytes] = field(default_factory=dict)

    def add(self, path: str, digest: bytes) -> None:
        """Add a column.

        Raises:
            ValueError: There is one under this path: two batches of the step have the same one, so that nobody could
                say whose column differs.
        """
        if path in self.columns:
            raise ValueError(f"two columns of one step have the path {path!r}")
        self.columns[path] = digest

    def hex(self, without: Collection[str] = ()) -> str:
        """Sixteen hex digits that stand for the rows of the step and all their values, some columns aside."""
        whole = blake2b(f"{self.rows} {self.model}\0".encode(), digest_size=8)
        for path in sorted(self.columns):
            if path not in without:
                whole.update(path.encode() + b"\0" + self.columns[path])
        return whole.hexdigest()

    def describe(self, without: Sequence[str] = ()) -> str:
        """Spell what a step produces as a file records it: ``200 shop.Product 77aa20b1c3d4e5f6``.

        Columns that cannot be the same everywhere are named, and are not in the digest.
        """
        end = f" without {', '.join(sorted(without))}" if without else ""
        return f"{self._said(without)}{end}"

    def fits(self, recorded: str) -> bool:
        """Whether these are the rows that a file records."""
        said, _, without = recorded.partition(" without ")
        return said == self._said(without.split(", ") if without else ())

    def _said(self, without: Collection[str]) -> str:
        return f"{self.rows} {self.model} {self.hex(without)}"


def differing(first: Mapping[str, StepDigest], second: Mapping[str, StepDigest]) -> Iterable[tuple[str, str]]:
    """Yield the step and the path of every column whose digests differ, in the order of the first."""
    for step, digest in first.items():
        other = second.get(step, StepDigest())
        for path in dict.fromkeys((*digest.columns, *other.columns)):
            if digest.columns.get(path) != other.columns.get(path):
                yield step, path
