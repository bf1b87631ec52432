"""Where the nodes of a recipe's text begin and end, to the character: what editing a text needs to know."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

import yaml

from fixturekit.exceptions import RecipeNotEditable
from fixturekit.recipes.composing import compose
from fixturekit.recipes.guards import MAX_BYTES
from fixturekit.recipes.problems import Report

_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"( *)#")
_COLON = re.compile(r" *:")
_HEADER = re.compile(r"[|>]([-+0-9]*) *(?:#.*)?\Z")
_TRAILING_LINES = re.compile(r"(?:\r\n|\r|\n)(?: *(?:\r\n|\r|\n))* *\Z")


class Spans:
    """A text that is a recipe, with its tree of nodes. Places are numbers of characters from the start of the text.

    The marks that YAML parsers give say where a node begins. Where a block ends they do not say: its end mark lies behind
    the blank lines and comments that follow. Here a node ends with the last character that belongs to it.

    Args:
        text: A recipe, known to be valid.
        path: The file's name as the user knows it, for messages.
        max_bytes: The largest size of a text.
    """

    def __init__(self, text: str, path: str, max_bytes: int = MAX_BYTES) -> None:
        self.text = text
        self.path = path
        root = compose(Report(path, text), max_bytes)
        assert isinstance(root, yaml.MappingNode)  # of a valid recipe
        self.root = root
        self._lines = [0, *(found.end() for found in _LINE_END.finditer(text))]
        first = _LINE_END.search(text)
        self.eol = first[0] if first else "\n"

    def start(self, node: yaml.Node) -> int:
        """Return where a node begins, with its tag."""
        return self._at(node.start_mark)

    def end(self, node: yaml.Node) -> int:
        """Return where a node ends, without what stands behind it on its last line."""
        if isinstance(node, yaml.ScalarNode):
            return self._block_scalar_end(node) if node.style in ("|", ">") else self._at(node.end_mark)
        assert isinstance(node, yaml.CollectionNode)
        if node.flow_style or not node.value:
            return self._at(node.end_mark)
        last = node.value[-1]
        if isinstance(node, yaml.MappingNode):
            return self.entry_end(*last)
        return max(self.dash(last) + 1, self.end(last))

    def entry_end(self, key: yaml.Node, value: yaml.Node) -> int:
        """Return where an entry of a mapping ends."""
        return max(self.colon(key), self.end(value))

    def colon(self, key: yaml.Node) -> int:
        """Return the place behind the colon of a key."""
        end = self._at(key.end_mark)
        found = _COLON.match(self.text, end)
        if found is None:
            raise self.refusal(end, "a key that has its ':' on another line, or none")
        return found.end()

    def dash(self, item: yaml.Node) -> int:
        """Return the place of the dash before an item of a block list."""
        place = self.start(item)
        while place and self.text[place - 1] in " \r\n":
            place -= 1
        if not place or self.text[place - 1] != "-":
            raise self.refusal(place, "a comment between the dash and its item")
        return place - 1

    def line(self, place: int) -> int:
        """Return the number of the line of a place, from 1."""
        return bisect_right(self._lines, place)

    def line_start(self, place: int) -> int:
        """Return where the line of a place begins."""
        return self._lines[bisect_right(self._lines, place) - 1]

    def line_end(self, place: int) -> int:
        """Return where the line of a place ends, before its line end."""
        found = _LINE_END.search(self.text, place)
        return found.start() if found else len(self.text)

    def next_line(self, place: int) -> int:
        """Return where the line behind that of a place begins."""
        found = _LINE_END.search(self.text, place)
        return found.end() if found else len(self.text)

    def column(self, place: int) -> int:
        """Return how many characters stand before a place on its line."""
        return place - self.line_start(place)

    def begins_line(self, place: int) -> bool:
        """Whether nothing but blanks stands before a place on its line."""
        return not self.text[self.line_start(place) : place].strip(" ")

    def behind_comments(self, place: int, column: int) -> int:
        """Return where the line begins that follows a place and the comment lines below it.

        Args:
            place: In the line before the comments.
            column: Comments that are less indented belong to something else.
        """
        found = here = self.next_line(place)
        while here < len(self.text):
            line = self.text[here : self.line_end(here)]
            comment = _COMMENT.match(line)
            if comment is None and line.strip(" "):
                break
            here = self.next_line(here)
            if comment and len(comment[1]) < column:
                break
            if comment:
                found = here
        return found

    def comment_in(self, node: yaml.Node) -> int | None:
        """Return the place of a comment inside a node, or None."""
        place, end = self.start(node), self.end(node)
        for scalar in _scalars(node):
            found = self.text.find("#", place, self.start(scalar))
            if found >= 0:
                return found
            place = self.end(scalar)
        found = self.text.find("#", place, end)
        return found if found >= 0 else None

    def refusal(self, place: int, what: str) -> RecipeNotEditable:
        """Return the error that says why a text is not edited."""
        return RecipeNotEditable(
            f"{self.path}:{self.line(place)}: the file was left as it is, since an edit would lose or break something "
            f"there: {what}. Edit it by hand"
        )

    def _at(self, mark: Any) -> int:
        place: int = self._lines[mark.line] + mark.column
        return place

    def _block_scalar_end(self, node: yaml.ScalarNode) -> int:
        """The end mark of a block scalar lies behind all blank lines; they belong to it only where it keeps them."""
        start, end = self.start(node), self._at(node.end_mark)
        header = _HEADER.search(self.text[start : self.line_end(start)])
        if header and "+" in header[1]:
            return end - len(self.eol) if self.text[:end].endswith(self.eol) else end
        found = _TRAILING_LINES.search(self.text, start, end)
        return found.start() if found else end


def _scalars(node: yaml.Node) -> list[yaml.ScalarNode]:
    """All scalars inside a node, in the order of the text."""
    if isinstance(node, yaml.ScalarNode):
        return [node]
    inner = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return [scalar for part in inner for scalar in _scalars(part)]
