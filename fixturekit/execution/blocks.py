"""What writes the blocks of one batch, whichever way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from fixturekit.exceptions import WriteFailed
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import CompiledBatch
from fixturekit.execution.standing import runs
from fixturekit.planning.plan import Batch, Column
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer

Failed = Callable[[Batch, "int | None", "str | None", Exception], WriteFailed]
"""Makes the error for a row and a field, where they are known, that could not be written."""

Sides = dict[str, list[tuple[str, Any]]]
"""Batch -> (model label, key) of the rows that others made meanwhile, in the order of their making."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be written, and what it takes.

    Attributes:
        compiled: The batch, compiled for the binding.
        columns: Its columns.
        binding: Learns the keys of what is written.
        writer: The database's.
        failed: Makes the error for what cannot be written.
        sides: Learns of the rows that others make meanwhile.
    """

    compiled: CompiledBatch
    columns: Sequence[Column]
    binding: Binding
    writer: Writer
    failed: Failed
    sides: Sides


class Blocks:
    """Writes the blocks of one batch, one after the other, inside of ``opened()``.

    Args:
        work: The batch, and what it takes to write it.
    """

    def __init__(self, work: Work) -> None:
        self._compiled = work.compiled
        self._batch = work.compiled.batch
        self._columns = work.columns
        self._binding = work.binding
        self._writer = work.writer
        self._failed = work.failed
        self._sides = work.sides

        self._standing = work.binding.standing(self._batch)
        self._rows: Sequence[int] = range(self._batch.count) if self._standing is None else self._standing.made

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield the blocks of rows to write: first row, end."""
        if self._standing is not None:
            yield from runs(self._rows)
            return
        for start in range(0, self._batch.count, BLOCK):
            yield start, min(start + BLOCK, self._batch.count)

    def opened(self) -> AbstractContextManager[None]:
        """Hold open whatever all blocks share."""
        return nullcontext()

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        """Write rows and return the tokens of their columns by field; none of rows that are to be read back, since
        the project's own code has a part in them.
        """
        raise NotImplementedError

    def update(self, start: int, stop: int, fields: Sequence[str]) -> bool:
        """Give rows that are there already their planned values; return whether this way of writing does that."""
        return False
