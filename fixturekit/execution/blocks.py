"""What writes the blocks of one batch, whichever way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from fixturekit.exceptions import WriteFailed
from fixturekit.planning.plan import Batch

Failed = Callable[[Batch, "int | None", "str | None", Exception], WriteFailed]
"""Makes the error for a row and a field, where they are known, that could not be written."""

Sides = dict[str, list[tuple[str, Any]]]
"""Batch -> (model label, key) of the rows that others made meanwhile, in the order of their making."""


class Blocks:
    """Writes the blocks of one batch, one after the other, inside of ``opened()``."""

    def opened(self) -> AbstractContextManager[None]:
        """Hold open whatever all blocks share."""
        return nullcontext()

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        """Write rows and return the tokens of their columns by field; none of rows that are to be read back, since
        the project's own code has a part in them.
        """
        raise NotImplementedError
