"""What is told of the work while recipes are applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fixturekit.execution.binding import GaveWay


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipe.

    ``rows`` were made by its steps, ``sides`` beside them by receivers and the like, ``adopted`` were there.
    ``differing`` names the steps whose rows are not those that the file says it produces; ``moved`` says which apps were
    migrated since it was recorded.
    """

    name: str
    rows: int
    seconds: float
    faked: bool = False
    already: bool = False
    gave_way: tuple[GaveWay, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    differing: tuple[str, ...] = ()
    moved: str = ""
    sides: int = 0
    adopted: int = 0

    def difference(self, step: str) -> str:
        """Say that the rows of a step are others than the file says, and why, where that is known."""
        message = f"{self.name}: the rows of step {step} are not those that were recorded"
        return f"{message}: {self.moved}. Prove it again: makefixture --update {self.name}" if self.moved else message


class Reporter:
    """Is told how the work goes; this one keeps silent."""

    def start(self, name: str, rows: int) -> None:
        """A recipe is about to be written."""

    def progress(self, rows: int) -> None:
        """So many more rows are written."""

    def done(self, outcome: Outcome) -> None:
        """A recipe is applied."""

    def failed(self, name: str) -> None:
        """A recipe is not applied; the error follows."""

    def followed(self, name: str, replaced: str) -> None:
        """A recipe stands now for applied ones that it replaces."""

    def removed(self, names: Sequence[str], rows: int) -> None:
        """What recipes made is removed, so many rows."""

    def waiting(self) -> None:
        """Another process holds the lock."""
