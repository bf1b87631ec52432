"""Pages of the manual taken apart: sections, fenced blocks, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = {path.name: path for path in sorted(DOCS.rglob("*.md"))}


def page(name: str) -> str:
    """The text of a page."""
    return PAGES[name].read_text(encoding="utf-8")


def headings(text: str) -> Iterator[tuple[int, str, str]]:
    """Each heading of a page: its level, its words, and the text below it up to the next heading of any level."""
    fenced = False
    level, title, lines = 0, "", [""]
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"(#+) (.+)", line)
        if heading:
            yield level, title, "\n".join(lines)
            level, title, lines = len(heading[1]), heading[2], []
        else:
            lines.append(line)
    yield level, title, "\n".join(lines)


def sections(text: str) -> dict[str, str]:
    """The text below each heading of a page, up to the next heading of the same or a higher level."""
    found: dict[str, str] = {}
    open_: dict[int, str] = {}
    for level, title, part in headings(text):
        open_ = {other: outer for other, outer in open_.items() if other < level} | {level: title}
        for outer in open_.values():
            found[outer] = found.get(outer, "") + f"{part}\n"
    found.pop("", None)
    return found


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def tables(text: str) -> Iterator[list[list[str]]]:
    """Each table of a text as rows of cells, its heading first."""
    found: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            if not set(line) <= set("|- "):
                found.append([cell.strip() for cell in line.strip("|").split("|")])
        elif found:
            yield found
            found = []


def table_rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of the tables of a text, headings aside."""
    for table in tables(text):
        yield from table[1:]


def code(cell: str) -> list[str]:
    """The pieces of code of a text."""
    return re.findall(r"`([^`]+)`", cell)
