"""Places in recipe files, and the problems that are found there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as attribute


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file: its path as the user knows it, line and column counted from one."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the fact with the offending value, an id to look up, a hint to act on.

    ``where`` is the path inside the document (``steps[2].set.emial``), ``mark`` the place in the file and
    ``snippet`` the source line with a caret below the column, where they are known; ``path`` the way from the step's
    model to the field that it is about (``author.country.name``), whoever asked for that row.
    """

    id: str
    message: str
    hint: str = ""
    where: str = ""
    mark: Mark | None = None
    snippet: str = ""
    path: str = attribute(default="", compare=False)

    def __str__(self) -> str:
        place = " ".join(part for part in (str(self.mark or ""), self.where) if part)
        text = f"{self.message.removesuffix('.')} ({self.id})."
        if place:
            text = f"{place}: {text}"
        if self.hint:
            text = f"{text} {self.hint}"
        if self.snippet:
            text = f"{text}\n{self.snippet}"
        return text


def sentence(text: str) -> str:
    """Return a text with a full stop, unless it ends as a sentence does already.

    >>> sentence("There is none"), sentence("Did you mean 'x'?")
    ('There is none.', "Did you mean 'x'?")
    """
    return text if text.endswith((".", "?", "!")) else f"{text}."


def render(problems: Iterable[Problem]) -> str:
    """Return the problems as text, one below the other, in the order of their places."""
    ordered = sorted(problems, key=lambda p: (p.mark or Mark("", 0, 0), p.where, p.id))
    return "\n".join(str(problem) for problem in ordered)
