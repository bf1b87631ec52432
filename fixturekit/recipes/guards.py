"""What is refused by a look at the text alone, before any parser sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fixturekit.recipes.problems import Report

MAX_BYTES = 2_000_000

# What a database or a YAML reader may not take: controls, lone surrogates, non-characters, and the three
# line ends that YAML 1.1 knows and YAML 1.2 does not.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |\Z)")


def check_text(report: Report, max_bytes: int = MAX_BYTES) -> bool:
    """Look at the whole text; return whether a parser may see it.

    Args:
        report: Holds the text, takes the problems.
        max_bytes: The largest size, in bytes of UTF-8.
    """
    text = report.text
    size = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    if size > max_bytes:
        add_too_large(report, size, max_bytes)
        return False
    _check_characters(report)
    _check_conflicts(report)
    return not report.problems


def add_too_large(report: Report, size: int, max_bytes: int) -> None:
    """Note that the file is larger than it may be."""
    report.add(
        "E001",
        f"the file has {size:,} bytes, more than {max_bytes:,}",
        "Split the recipe, or raise FIXTUREKIT['MAX_RECIPE_BYTES']",
    )


def unwanted_in(text: str) -> str:
    """Return the first character of a value that no recipe may hold, or an empty text.

    Tabs and line ends of all kinds are fine in a value (quoted, with escapes); NUL is not, since PostgreSQL
    stores none, and neither are the halves of surrogate pairs.
    """
    found = _UNSTORABLE.search(text)
    return found[0] if found else ""


def needs_escape(text: str) -> bool:
    """Whether the text holds a character that may stand in a recipe only as an escape in double quotes."""
    return _UNWANTED.search(text) is not None


def _check_characters(report: Report) -> None:
    if not needs_escape(report.text):
        return
    if report.text.startswith("\ufeff"):
        report.add(
            "E002", "the file begins with a byte order mark", "Save it as UTF-8 without one", mark=report.mark(0, 0)
        )
    for number, column, character in _unwanted_places(report):
        report.add(
            "E003",
            f"the character U+{ord(character):04X} may not stand in a recipe",
            _hint_for(character),
            mark=report.mark(number, column),
        )


def _unwanted_places(report: Report) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and character of the first unwanted character of each line."""
    for number, line in enumerate(report.lines):
        start = 1 if number == 0 and line.startswith("\ufeff") else 0
        found = _UNWANTED.search(line, start)
        if found:
            yield number, found.start(), found[0]


def _hint_for(character: str) -> str:
    if unwanted_in(character):
        return "Is this a text file in UTF-8?"
    return f'In double quotes it can be written as "\\u{ord(character):04x}"'


def _check_conflicts(report: Report) -> None:
    """Note each conflict once, at its first line; ``=======`` alone may be part of a quoted text."""
    found = [number for number, line in enumerate(report.lines) if _CONFLICT.match(line)]
    starts = [number for number in found if report.lines[number].startswith("<")]
    for number in starts or found[:1]:
        report.add(
            "E004",
            "a merge conflict is not resolved",
            "Keep one side and remove the lines of <, = and >",
            mark=report.mark(number, 0),
        )
