"""The ids of all problems of recipes, and the collector that gives each its place and source line."""

from __future__ import annotations

import re

from fixturekit.marks import Mark, Problem
from fixturekit.recipes.secrecy import HIDDEN, SHOWN, is_secret, masked

PROBLEMS: dict[str, str] = {
    "fixturekit.E001": "the file is larger than FIXTUREKIT['MAX_RECIPE_BYTES'], or holds too many values",
    "fixturekit.E002": "the file cannot be read, or is not UTF-8 without a byte order mark",
    "fixturekit.E003": "a character that may not stand in a recipe",
    "fixturekit.E004": "a merge conflict that nobody resolved",
    "fixturekit.E005": "the text is not YAML",
    "fixturekit.E006": "a tab where YAML wants spaces",
    "fixturekit.E007": "an unquoted {{, which YAML takes for a mapping",
    "fixturekit.E008": "an anchor or an alias",
    "fixturekit.E009": "a merge key",
    "fixturekit.E010": "nesting that is too deep",
    "fixturekit.E011": "more than one document, or a directive",
    "fixturekit.E012": "a key that stands twice, or is not plain text",
    "fixturekit.E013": "a field that the model does not have",
    "fixturekit.E014": "a key that the format does not have",
    "fixturekit.E015": "a tag that the format does not have",
    "fixturekit.E016": "a value of another kind than the key takes",
    "fixturekit.E017": "a key that is missing",
    "fixturekit.E018": "keys that exclude each other, or one that needs another",
    "fixturekit.E019": "the same name given twice",
    "fixturekit.E020": "a name that is not well formed",
    "fixturekit.E021": "an address of a step that does not exist",
    "fixturekit.E022": "an address of a row that its step does not make",
    "fixturekit.E023": "an address in a recipe that is not in depends_on",
    "fixturekit.E024": "a number out of bounds, or one that no database can hold",
    "fixturekit.E025": "a format that !seq cannot use",
    "fixturekit.E026": "a moment or a distance in time that is not well formed",
    "fixturekit.E027": "a recipe written by a newer fixturekit",
    "fixturekit.E028": "a file in a recipe folder that is not named like a recipe",
    "fixturekit.E029": "two recipes of one app with the same name",
    "fixturekit.E030": "a part of the format that this version reads but cannot apply yet",
    "fixturekit.E031": "a dependency on a recipe that does not exist",
    "fixturekit.E032": "recipes that depend on each other in a circle",
    "fixturekit.E033": "two recipes that replace the same one",
    "fixturekit.E034": "more problems than are worth reading at once",
}
"""What each id stands for, in one line. E013 and what follows E034 belong to the planner."""

MAX_PROBLEMS = 100
"""How many problems of one file are reported; the rest would be noise, and costs time in a hostile file."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_SNIPPET_WIDTH = 100


class TooManyProblems(Exception):
    """Ends the reading of a file that has more than ``MAX_PROBLEMS``; never leaves this package."""


class Report:
    """Collects the problems of one text, and knows the text so that each can show its line.

    Lines and columns are counted from zero here, as the YAML parser does, and from one in the marks.
    """

    def __init__(self, path: str, text: str = "") -> None:
        self.path = path
        self.text = text
        self.problems: list[Problem] = []
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        if self._lines is None:
            self._lines = _LINE_END.split(self.text)
        return self._lines

    def mark(self, line: int, column: int) -> Mark:
        """Return the mark of a place that is counted from zero."""
        return Mark(self.path, line + 1, column + 1)

    def add(self, id: str, message: str, hint: str = "", *, mark: Mark | None = None, where: str = "") -> None:
        """Note one problem.

        Raises:
            TooManyProblems: The file has so many that reading on makes no sense.
        """
        snippet = self._snippet(mark, where) if mark else ""
        problem = Problem(f"fixturekit.{id}", message, hint, where, mark, snippet)
        if problem not in self.problems:
            self.problems.append(problem)
        if len(self.problems) >= MAX_PROBLEMS:
            last = f"the file has more problems than these {MAX_PROBLEMS}"
            self.problems.append(Problem("fixturekit.E034", last, mark=mark))
            raise TooManyProblems

    def _snippet(self, mark: Mark, where: str) -> str:
        """Return the line of the mark with a caret below its column; of a long line, the part around it.

        What stands behind a name that looks secret is left out, and the value itself where such a name leads to it.
        """
        if mark.line > len(self.lines):
            return ""
        line = masked("", self.lines[mark.line - 1])
        if is_secret(where) and len(line) >= mark.column:
            line = line[: mark.column - 1] + HIDDEN
        start = max(0, mark.column - 1 - _SNIPPET_WIDTH // 2) if len(line) > _SNIPPET_WIDTH else 0
        shown = line[start : start + _SNIPPET_WIDTH].rstrip()
        ahead = line[start : mark.column - 1]
        padding = "".join("\t" if character == "\t" else " " for character in ahead)
        return f"    {_printable(shown)}\n    {padding}^" if shown else ""


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def shorten(text: str, width: int = SHOWN) -> str:
    """Return the repr of a text, cut where it is longer than ``width`` characters."""
    return repr(text) if len(text) <= width else f"{text[:width]!r}..."
