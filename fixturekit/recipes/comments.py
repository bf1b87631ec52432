"""Comments of a recipe's text, and the canonical text with the comments where they belong.

A comment belongs to a node, which is known by its path: the keys and numbers that lead to it. The canonical text has its
nodes under the same paths, so a comment finds its line there although keys change their order.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import yaml

from fixturekit.exceptions import RecipeInvalid
from fixturekit.marks import Mark, Problem
from fixturekit.recipes.composing import compose
from fixturekit.recipes.guards import MAX_BYTES
from fixturekit.recipes.problems import Report
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write

Path = tuple[str | int, ...]
"""The keys and numbers that lead from the document to a node."""

_ENDLESS = 1 << 40


class Stand(Enum):
    """How a comment stands to its node."""

    HEADER = "above the first key of the document"
    BEFORE = "on a line of its own, before the node"
    BEHIND = "behind the node, or behind its key, on the same line"
    END = "on a line of its own, at the end of the list or mapping"


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its text from ``#`` on, the path of its node, and how it stands to it."""

    text: str
    path: Path
    stand: Stand


def comments_of(text: str) -> list[Comment]:
    """Return the comments of a recipe's text, in their order.

    Args:
        text: The text of a recipe that can be read.
    """
    layout = _Layout.of(text)
    return [_comment(layout, line, column) for line, column in layout.comments()]


def canonical(text: str, path: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Return the canonical text of a recipe, with its comments; blank lines go.

    A comment stays with what it stands before or behind, also where that moves. One that stood behind a part of what is
    a single line now, or at a default that is left out, has a line of its own.

    Args:
        text: The text of the file.
        path: The file's name as the user knows it; every mark carries it.
        max_bytes: The largest size accepted.

    Raises:
        RecipeInvalid: The text breaks the format, or the new text would be too large, or not say the same.
    """
    bare = write(dataclasses.replace(read(text, path, max_bytes=max_bytes), comment=""))
    woven = _woven(text, bare)
    said = write(dataclasses.replace(read(woven, path, max_bytes=max_bytes), comment=""))
    if said != bare or _texts(woven) != _texts(text):
        message = "the canonical text would not say the same, or lose a comment"
        hint = "Nothing was written. This is a defect of fixturekit: please report it"
        raise RecipeInvalid([Problem("fixturekit.E102", message, hint, mark=Mark(path, 1, 1))])
    return woven


def _texts(text: str) -> list[str]:
    return sorted(comment.text for comment in comments_of(text))


# -- where the nodes of a text are -----------------------------------------------------------------------------------

Point = tuple[int, int]
"""Line and column, counted from zero."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands.

    Attributes:
        start: Where it begins, with its key if it has one.
        end: Where it ends, as the parser has it.
        last: The last line of it.
        block: Whether it is a list or mapping with a line for each part.
        flow: Whether it is one in brackets.
        indent: The column of the parts of a block.
    """

    path: Path
    start: Point
    end: Point
    last: int
    block: bool = False
    flow: bool = False
    indent: int = 0


@dataclass(slots=True)
class _Layout:
    """The nodes of a text in their order, outer ones first, and which parts of its lines are scalars.

    ``covered`` holds spans of columns by line, ``written`` the lines that are text of a block scalar, ``by_line`` the
    columns at which nodes begin or end.
    """

    lines: list[str]
    places: list[_Place] = field(default_factory=list)
    covered: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    by_path: dict[Path, _Place] = field(default_factory=dict)
    by_line: dict[int, list[tuple[int, _Place]]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> _Layout:
        report = Report("", text)
        root = compose(report, _ENDLESS)
        layout = cls(report.lines)
        assert root is not None  # who asks has read the text before
        layout._add(root, (), _point(root.start_mark))
        for place in layout.places:
            layout.by_path[place.path] = place
            for line, column in (place.start,) if place.block else (place.start, place.end):
                layout.by_line.setdefault(line, []).append((column, place))
        return layout

    def beginning(self, before: Point) -> tuple[list[_Place], _Place | None]:
        """The last node that begins before a point, behind all that it is part of; and the node that begins next."""
        number = bisect_left(self.places, before, key=lambda place: place.start)
        path = self.places[number - 1].path if number else ()
        outer = [self.by_path[path[:length]] for length in range(len(path) + 1)] if number else []
        return outer, self.places[number] if number < len(self.places) else None

    def comments(self) -> Iterator[Point]:
        """Yield where each comment begins."""
        for number, line in enumerate(self.lines):
            if "#" in line and number not in self.written:
                column = self._comment_in(number, line)
                if column is not None:
                    yield number, column

    def indent_of_comments(self, line: int) -> int:
        """The smallest column of a comment on a line of its own and of those right above it.

        None may stand deeper than one before it: it would end an inner block, and get ahead of that one.
        """
        column = self.indent_of(line)
        while line > 0 and self._is_comment_or_blank(line - 1):
            line -= 1
            if self.lines[line].strip():
                column = min(column, self.indent_of(line))
        return column

    def _is_comment_or_blank(self, line: int) -> bool:
        text = self.lines[line]
        if line in self.written or line in self.covered:
            return False
        return not text.strip() or text.lstrip(" ").startswith("#")

    def indent_of(self, line: int) -> int:
        """The column of the first character of a line."""
        return len(self.lines[line]) - len(self.lines[line].lstrip(" "))

    def _comment_in(self, number: int, line: str) -> int | None:
        for column, character in enumerate(line):
            begins = character == "#" and (column == 0 or line[column - 1] in " \t")
            if begins and not any(first <= column < stop for first, stop in self.covered.get(number, ())):
                return column
        return None

    def _add(self, node: yaml.Node, path: Path, start: Point) -> int:
        """Add a node and all that it holds, and return its last line; ``start`` is where its key or dash is."""
        end = _point(node.end_mark)
        if isinstance(node, yaml.ScalarNode):
            last = self._cover(node)
            # the parser sees the end of a block scalar on the line below
            self.places.append(_Place(path, start, start if last < end[0] else end, last))
            return last
        assert isinstance(node, yaml.CollectionNode)
        number = len(self.places)
        self.places.append(_Place(path, start, end, end[0]))
        last = end[0] if node.flow_style else start[0]
        indent = 0
        for part, begin, value in self._parts(node):
            indent = begin[1]
            last = max(last, self._add(value, (*path, part), begin))
        flow = bool(node.flow_style)
        self.places[number] = _Place(path, start, end, last, block=not flow, flow=flow, indent=indent)
        return last

    def _parts(self, node: yaml.CollectionNode) -> Iterator[tuple[str | int, Point, yaml.Node]]:
        """Yield the parts of a list or mapping: its name, where its key or dash is, the value."""
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._cover(key)
                yield key.value, _point(key.start_mark), value
        else:
            for number, item in enumerate(node.value):
                begin = _point(item.start_mark)
                yield number, begin if node.flow_style else self._dash(*begin), item

    def _dash(self, line: int, column: int) -> Point:
        """Where the dash of a list's item is, which may be on a line above the item."""
        ahead = self.lines[line][:column]
        while "-" not in ahead:
            line -= 1
            ahead = self.lines[line].partition("#")[0]
        return line, ahead.rindex("-")

    def _cover(self, node: yaml.Node) -> int:
        """Note what a scalar covers, and return its last line."""
        (line, column), (end, stop) = _point(node.start_mark), _point(node.end_mark)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            last = max(line, end if stop else end - 1)
            self.written.update(range(line + 1, last + 1))
            return last
        for number in range(line, end + 1):
            span = (column if number == line else 0, stop if number == end else _ENDLESS)
            self.covered.setdefault(number, []).append(span)
        return end


def _point(mark: Any) -> Point:
    return mark.line, mark.column


# -- which node a comment belongs to ---------------------------------------------------------------------------------


def _comment(layout: _Layout, line: int, column: int) -> Comment:
    text = layout.lines[line][column:].rstrip()
    if (line, column) < layout.places[0].start:
        return Comment(text, (), Stand.HEADER)
    ahead = [pair for pair in layout.by_line.get(line, ()) if pair[0] <= column]
    if ahead:
        # of those that end at one column, the last is the innermost
        last = max(ahead, key=lambda pair: (pair[0], len(pair[1].path)))
        return Comment(text, last[1].path, Stand.BEHIND)
    return _own_line(layout, line, column, text)


def _own_line(layout: _Layout, line: int, column: int, text: str) -> Comment:
    before, following = layout.beginning((line, column))
    ended = [place for place in before if following is None or not _inside(following.path, place.path)]
    brackets = [place for place in ended if place.flow and place.end > (line, column)]
    if brackets:
        return Comment(text, brackets[-1].path, Stand.BEFORE)
    column = layout.indent_of_comments(line)
    if following is None or column > layout.indent_of(following.start[0]):
        # the end of the block that has this indentation: of two, as with a list not indented below its key, the outer
        blocks = [place for place in ended if place.block and place.indent <= column]
        if blocks:
            return Comment(text, max(blocks, key=lambda place: place.indent).path, Stand.END)
    return Comment(text, following.path, Stand.BEFORE) if following else Comment(text, (), Stand.END)


def _inside(path: Path, outer: Path) -> bool:
    return path[: len(outer)] == outer


# -- weaving ---------------------------------------------------------------------------------------------------------


def _woven(text: str, bare: str) -> str:
    """Return a text without comments, ``bare``, with those of another text that says the same."""
    source, target = _Layout.of(text), _Layout.of(bare)
    order = list(source.by_path)
    header: list[str] = []
    near: dict[int, list[tuple[str, bool]]] = {}
    below: dict[int, list[str]] = {}
    for comment in (_comment(source, line, column) for line, column in source.comments()):
        if comment.stand is Stand.HEADER:
            header.append(comment.text)
            continue
        path = _stand_in(comment.path, order, target.by_path)
        place = target.by_path[path]
        if comment.stand is Stand.END and path == comment.path and place.block:
            below.setdefault(place.last, []).append(f"{' ' * place.indent}{comment.text}")
        else:
            behind = comment.stand is Stand.BEHIND and path == comment.path
            near.setdefault(place.start[0], []).append((comment.text, behind))
    lines = header
    for number, line in enumerate(target.lines):
        lines += _with_comments(line, near.get(number, []), target.indent_of(number))
        lines += below.get(number, [])
    return "\n".join(lines)


def _with_comments(line: str, comments: list[tuple[str, bool]], indent: int) -> list[str]:
    """A line with the comments above and behind it; only the last one can stand behind."""
    above, behind = comments, ""
    if comments and comments[-1][1]:
        above, behind = comments[:-1], f"  {comments[-1][0]}"
    return [*(f"{' ' * indent}{text}" for text, _ in above), f"{line}{behind}"]


def _stand_in(path: Path, order: list[Path], places: dict[Path, _Place]) -> Path:
    """The path itself; where the text has it no more, that of what followed beside it, else of what it was part of."""
    while path not in places:
        beside = order[order.index(path) + 1 :]
        path = next((other for other in beside if other[:-1] == path[:-1] and other in places), path[:-1])
    return path
