"""Columns at work: what gives the cells of one column, a block of rows at a time.

A column can give its cells in three forms: Python values as an instance has them, canonical values as a database is
given them, and tokens as the digest hashes them. Tokens are the canonical values but for links, whose tokens are
positions, and for passwords and pins, whose tokens are what the recipe writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fixturekit.values import canonical
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, Maker
from fixturekit.values.sources import Map
from fixturekit.writers.keys import Keys

Cells = list[Any]

_FEW_PARTS = 8


class Compiled(Protocol):
    """One column of a batch, at work.

    ``cells`` returns a block of canonical values and their tokens. ``stored`` returns the tokens of Python values
    that were read back: those of the plan where nothing was changed. A row's token depends on this row alone.
    """

    def values(self, start: int, stop: int) -> Cells: ...

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]: ...

    def stored(self, start: int, stop: int, now: Cells) -> Cells: ...


@dataclass(slots=True)
class Generated:
    """Cells that a maker draws, enumerates or repeats; ``instead`` holds rows that gave way to a taken value."""

    maker: Maker
    convert: canonical.Convert
    instead: dict[int, Any]

    def values(self, start: int, stop: int) -> Cells:
        cells = self.maker.values(start, stop)
        for row in self._replaced(start, stop):
            cells[row - start] = self.instead[row]
        return cells

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells = self.maker.canonical(start, stop)
        if cells is None:
            cells = self.convert(self.values(start, stop))
            return cells, cells
        for row in self._replaced(start, stop):
            cells[row - start] = self.convert([self.instead[row]])[0]
        return cells, cells

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return self.convert(now)

    def _replaced(self, start: int, stop: int) -> Iterator[int]:
        return (row for row in self.instead if start <= row < stop)


@dataclass(slots=True)
class Computed:
    """Cells that a function of the block gives as Python values."""

    compute: Callable[[int, int], Cells]
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        return self.compute(start, stop)

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells = self.convert(self.compute(start, stop))
        return cells, cells

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return self.convert(now)


@dataclass(slots=True)
class Overwritten(Generated):
    """Cells that stand in until the database, or whoever computes them, writes others: the digest does not look."""

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        return Generated.cells(self, start, stop)[0], self.stored(start, stop, [])

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return [None] * (stop - start)


@dataclass(slots=True)
class Repeated:
    """The same cell in every row, which the digest knows under another name."""

    value: Any
    token: Any
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        return [self.value] * (stop - start)

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        return self.convert([self.value]) * (stop - start), [self.token] * (stop - start)

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return _renamed(now, self.values(start, stop), [self.token] * (stop - start), self.convert)


class Absent:
    """Stands for a value that a factory is not given."""


@dataclass(slots=True)
class Fabricated:
    """Cells that a factory decides about: there is nothing to give, and whatever is there counts."""

    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        return [Absent] * (stop - start)

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        raise TypeError("what a factory puts there is not planned")

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return self.convert(now)


@dataclass(slots=True)
class Known:
    """Cells that the digest knows under other names, each under its own."""

    compute: Callable[[int, int], Cells]
    names: Callable[[int, int], Cells]
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        return self.compute(start, stop)

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        return self.convert(self.compute(start, stop)), self.names(start, stop)

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return _renamed(now, self.convert(self.compute(start, stop)), self.names(start, stop), self.convert)


@dataclass(slots=True)
class Linked:
    """Keys of other rows. ``keys`` is asked late: a batch may link to itself, whose keys come as it is written."""

    keys: Callable[[], Keys]
    map: Map
    context: Context
    to_python: Callable[[Any], Any] | None
    own_form: bool
    convert: canonical.Convert

    def places(self, start: int, stop: int) -> Sequence[int | None]:
        """Which of the other rows each row leads to; their keys need not be known."""
        return positions(self.map, self.context, start, stop)

    def values(self, start: int, stop: int) -> Cells:
        cells = self.keys().take(self.places(start, stop))
        if self.to_python is None:
            return cells
        return [None if cell is None else self.to_python(cell) for cell in cells]

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        tokens = list(self.places(start, stop))
        cells = self.keys().take(tokens)
        return (self.convert(cells) if self.own_form else cells), tokens

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        tokens = list(self.places(start, stop))
        return _renamed(now, self.values(start, stop), tokens, self.convert)


@dataclass(slots=True)
class Noted(Linked):
    """Keys of other rows in a column that is no foreign key: as its own field stores them."""

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        tokens = list(self.places(start, stop))
        return self.convert(self.values(start, stop)), tokens


@dataclass(slots=True)
class Various:
    """Rows that have different sources: ``choose`` says which part a row reads.

    A token names the part's rows, not the part's place, so that inserting a label changes no other row's token.
    """

    parts: tuple[Compiled, ...]
    names: tuple[str, ...]
    choose: Callable[[int, int], Cells]

    def values(self, start: int, stop: int) -> Cells:
        blocks = {number: part.values(start, stop) for number, part in self._whole(start, stop)}
        return [
            blocks[part][row - start] if part in blocks else self.parts[part].values(row, row + 1)[0]
            for row, part in self._rows(start, stop)
        ]

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells: Cells = []
        tokens: Cells = []
        blocks = {number: part.cells(start, stop) for number, part in self._whole(start, stop)}
        for row, part in self._rows(start, stop):
            cell, token = (
                self.parts[part].cells(row, row + 1) if part not in blocks else _cut(blocks[part], row - start)
            )
            cells.extend(cell)
            tokens.append([self.names[part], *token])
        return cells, tokens

    def _whole(self, start: int, stop: int) -> Iterator[tuple[int, Compiled]]:
        """The parts that are quicker to make in blocks, with the rows that take another one, than row by row."""
        if len(self.parts) <= _FEW_PARTS < stop - start:
            yield from ((number, part) for number, part in enumerate(self.parts) if isinstance(part, Generated))

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return [
            [self.names[part], *self.parts[part].stored(row, row + 1, [cell])]
            for (row, part), cell in zip(self._rows(start, stop), now, strict=True)
        ]

    def _rows(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        return zip(range(start, stop), self.choose(start, stop), strict=True)


def _cut(block: tuple[Cells, Cells], at: int) -> tuple[Cells, Cells]:
    """One row of a block."""
    cells, tokens = block
    return cells[at : at + 1], tokens[at : at + 1]


def _renamed(now: Cells, planned: Cells, tokens: Cells, convert: canonical.Convert) -> Cells:
    """The tokens of a column that the digest knows under other names; a value that was changed has none, and stands
    for itself.
    """
    cells = convert(now)
    return [
        token if new == old else f"={cell}" for token, new, old, cell in zip(tokens, now, planned, cells, strict=True)
    ]


def changed(source: Compiled, start: int, stop: int, now: Cells) -> list[int]:
    """Return which cells of a block are not as they were planned, counted from its first row.

    None of a column that code computes, which asked again may do something else, and of one that stands in.
    """
    parts = source.parts if isinstance(source, Various) else (source,)
    if any(isinstance(part, (Computed, Overwritten)) for part in parts):
        return []
    return [row for row, (cell, old) in enumerate(zip(now, source.values(start, stop), strict=True)) if cell != old]
