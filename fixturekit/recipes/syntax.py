"""What the YAML parser complains of, in words that are the same whichever parser is installed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from fixturekit.marks import Mark
from fixturekit.recipes.problems import Report

MAX_DEPTH = 64

_TAB = re.compile(r" *\t")


@dataclass(frozen=True, slots=True)
class _Complaint:
    """A part of the parsers' message, our message and hint, and whether the place is where the construct began."""

    part: str
    message: str
    hint: str = ""
    at_start: bool = False


_COMPLAINTS = (
    _Complaint("mapping values are not allowed", "a ':' stands where no key can be", "Quote the text"),
    _Complaint("cannot start any token", "{character!r} cannot begin a value", "Quote the text"),
    _Complaint("could not find expected ':'", "a key lacks its ':'", "Write 'key: value'", at_start=True),
    _Complaint("unexpected end of stream", "a quoted text is not closed", "Add the closing quote", at_start=True),
    _Complaint("document indicator", "a quoted text is not closed", "Add the closing quote", at_start=True),
    _Complaint(
        "escape", "an escape in double quotes is not one of YAML's", "Write \\\\ for a backslash", at_start=True
    ),
    _Complaint("expected ',' or", "a bracket is not closed, or a comma is missing", at_start=True),
    _Complaint("scanning a tag", "a tag needs a blank behind it"),
    _Complaint("tag handle", "a tag has one '!', at its beginning"),
    _Complaint("scanning a block scalar", "there is text behind | or >", "Write it on the next line"),
    _Complaint("node content", "a value is missing"),
    _Complaint("<document start>", "there is text after the end of the document", "Remove a bracket too many"),
    _Complaint("expected key", "the line does not fit what stands above", "Check its indentation and quotes"),
    _Complaint("block end", "the line does not fit what stands above", "Check its indentation and quotes"),
    _Complaint("'-' indicator", "the line does not fit what stands above", "Check its indentation and quotes"),
)


def add_syntax_problem(report: Report, error: yaml.YAMLError) -> None:
    """Note what made the parser stop, in our own words where the complaint is a common one."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        report.add("E005", "the text is not YAML", f"The parser says: {error}")
        return
    line, column = error.problem_mark.line, error.problem_mark.column
    text = f"{error.context or ''} {error.problem or ''}"
    if _tab_at(report, line, column) or "tab character" in text:
        _add_tab(report, line)
        return
    if _follows_braces(report, line):
        return
    if "maximum nesting depth" in text:  # said by newer C parsers, before the composer has seen so many brackets
        add_too_deep(report, report.mark(line, column))
        return
    complaint = next((known for known in _COMPLAINTS if known.part in text), None)
    if complaint is None:
        report.add("E005", "the text is not YAML", f"The parser says: {text.strip()}", mark=report.mark(line, column))
        return
    if complaint.at_start and error.context_mark is not None:
        line, column = error.context_mark.line, error.context_mark.column
    message = complaint.message.format(character=_character(report, line, column))
    report.add("E005", message, complaint.hint, mark=report.mark(line, column))


def add_too_deep(report: Report, mark: Mark, where: str = "") -> None:
    """Note that values are nested deeper than anybody needs."""
    message = f"values are nested more than {MAX_DEPTH} deep"
    report.add("E010", message, "Use steps and refs instead", mark=mark, where=where)


def check_tabs(report: Report, spans: Sequence[tuple[int, int]]) -> None:
    """Note tabs in indentation that the C parser lets pass (inside brackets) and others do not.

    Args:
        report: Holds the text, takes the problems.
        spans: First and last line, from zero, of texts that continue on these lines; tabs belong to them.
    """
    if "\t" not in report.text:
        return
    texts = {line for first, last in spans for line in range(first, last + 1)}
    for number, line in enumerate(report.lines):
        if _TAB.match(line) and line.strip() and number not in texts:
            _add_tab(report, number)


def _follows_braces(report: Report, line: int) -> bool:
    """Whether the stumble follows from an unquoted ``{{`` that is noted for the same line."""
    return any(p.id == "fixturekit.E007" and p.mark and p.mark.line == line + 1 for p in report.problems)


def _tab_at(report: Report, line: int, column: int) -> bool:
    return _character(report, line, column) == "\t"


def _add_tab(report: Report, line: int) -> None:
    column = report.lines[line].find("\t")
    report.add(
        "E006", "a tab stands where YAML wants spaces", "Indent with spaces", mark=report.mark(line, max(column, 0))
    )


def _character(report: Report, line: int, column: int) -> str:
    lines = report.lines
    return lines[line][column : column + 1] if line < len(lines) else ""
