"""Changes the text of a committed recipe where its meaning is to change, and leaves every other byte as it is.

Nobody says what to edit: a caller gives the recipe that the text is to mean. The text that canonical writing would give
to the old and to the new meaning are compared, and only what differs between these two is changed in the file, in its own
style. So comments, layout, quotes and line ends of all the rest stay, and nothing can be edited by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

import yaml

from fixturekit.exceptions import RecipeInvalid, RecipeNotEditable
from fixturekit.recipes.document import Literal, Recipe
from fixturekit.recipes.guards import MAX_BYTES
from fixturekit.recipes.reading import read
from fixturekit.recipes.scalars import resolve
from fixturekit.recipes.spans import Spans
from fixturekit.recipes.spelling import spell_literal
from fixturekit.recipes.writing import write

Pair = tuple[yaml.ScalarNode, yaml.Node]

_COMMENT_LINE = re.compile(r" *#")


def edited(text: str, path: str, wanted: Recipe, *, max_bytes: int = MAX_BYTES) -> str:
    """Return the text changed so that it means the wanted recipe.

    Args:
        text: A whole file that is a valid recipe, but that its ``depends_on`` may lack recipes that addresses lead to.
        path: The file's name as the user knows it, for messages.
        wanted: What the result is to mean. Its comment is not looked at: ``with_first_lines`` adds to that.
        max_bytes: The largest size of a text.

    Raises:
        RecipeInvalid: The text is no recipe.
        RecipeNotEditable: It cannot be changed so without losing a comment, or not at all.
    """
    recipe = read(text, path, max_bytes=max_bytes, infer=True)
    if recipe == wanted:
        return text
    spans = Spans(text, path, max_bytes)
    try:
        before, after = Spans(write(recipe), path, max_bytes), Spans(write(wanted), path, max_bytes)
    except ValueError as error:
        raise RecipeNotEditable(f"{path}: what is wanted cannot be written: {error}") from error
    editor = _Editor(spans, after)
    editor.mapping(spans.root, before.root, after.root, -1)
    found = editor.result()
    _check(found, path, wanted, max_bytes)
    return found


def with_first_lines(text: str, lines: Sequence[str]) -> str:
    """Return the text with further comment lines at its top: below those that are there, above the first key.

    Args:
        text: A recipe.
        lines: Without ``#``.
    """
    found = re.search(r"\r\n|\r|\n", text)
    eol = found[0] if found else "\n"
    place = end = 0
    for line in text.splitlines(keepends=True):
        end += len(line)
        if _COMMENT_LINE.match(line) or (line.strip() == "---" and not place):
            place = end
        else:
            break
    ahead = text[:place]
    if ahead and not ahead.endswith(("\r", "\n")):
        ahead += eol
    return ahead + "".join(f"# {line}".rstrip() + eol for line in lines) + text[place:]


def _check(text: str, path: str, wanted: Recipe, max_bytes: int) -> None:
    """Make sure that the text means what it is to mean."""
    try:
        found = read(text, path, max_bytes=max_bytes)
    except RecipeInvalid as error:
        raise RecipeNotEditable(
            f"{path}: the file was left as it is, since its layout is one that cannot be edited. Edit it by hand, or "
            f"lay it out anew. The edit would give:\n{error}"
        ) from error
    if found != wanted:
        raise RecipeNotEditable(
            f"{path}: the file was left as it is, since its layout is one that cannot be edited without changing more "
            "than was meant. Edit it by hand, or lay it out anew"
        )


class _Editor:
    """Collects changes of one text.

    Each method takes a node of the text, and those of the same place in the canonical texts before and after.
    """

    def __init__(self, here: Spans, after: Spans) -> None:
        self._here = here
        self._after = after
        self._changes: list[tuple[int, int, str]] = []

    def result(self) -> str:
        """Return the changed text."""
        parts: list[str] = []
        place = 0
        # sorting keeps the order of what is inserted at one place
        for start, end, new in sorted(self._changes, key=lambda change: change[:2]):
            if start < place:
                raise self._here.refusal(start, "two changes at one place")
            parts += [self._here.text[place:start], new]
            place = end
        return "".join([*parts, self._here.text[place:]])

    def _change(self, start: int, end: int, new: str) -> None:
        self._changes.append((start, end, new))

    # -- mappings ----------------------------------------------------------------------------------------------------

    def mapping(self, here: yaml.MappingNode, before: yaml.MappingNode, after: yaml.MappingNode, outer: int) -> None:
        """Change a mapping key by key.

        Args:
            here, before, after: Mappings that share a key at least.
            outer: The column of the key that holds this one.
        """
        known, old, new = _keyed(here), _keyed(before), _keyed(after)
        last: Pair | None = None
        for name, pair in new.items():
            if name not in known:
                self._insert_entry(here, last, pair, after.flow_style)
                continue
            if name not in old or not _alike(old[name][1], pair[1]):
                self._entry(here, known[name], old.get(name), pair, after.flow_style)
            last = known[name]
        gone = [number for number, name in enumerate(known) if name in old and name not in new]
        self._remove(here, gone)

    def _entry(self, outer: yaml.MappingNode, here: Pair, before: Pair | None, after: Pair, flow: bool) -> None:
        """Change the value of a key, as little as possible."""
        column = -1 if outer.flow_style else self._here.column(self._here.start(here[0]))
        if before is not None and self._inside(here[1], before[1], after[1], column):
            return
        if outer.flow_style:
            self._replace_inline(here[1], after[1], self._here.colon(here[0]))
        else:
            self._replace_value(here, after, flow)

    def _inside(self, here: yaml.Node, before: yaml.Node, after: yaml.Node, outer: int) -> bool:
        """Change what is inside a list or mapping; return whether that can be done."""
        if not here.tag == before.tag == after.tag:
            return False
        if isinstance(here, yaml.MappingNode):
            if not (isinstance(before, yaml.MappingNode) and isinstance(after, yaml.MappingNode)):
                return False
            if not _same_order(here, before, after):
                return False
            self.mapping(here, before, after, outer)
            return True
        if isinstance(here, yaml.SequenceNode):
            if not (isinstance(before, yaml.SequenceNode) and isinstance(after, yaml.SequenceNode)):
                return False
            if len(here.value) != len(before.value):
                return False
            return self._sequence(here, before, after, outer)
        return False

    def _insert_entry(self, outer: yaml.MappingNode, last: Pair | None, new: Pair, flow: bool) -> None:
        """Insert an entry behind another one, or before the first."""
        first = outer.value[0][0]
        if outer.flow_style:
            line = f"{_inline(new[0])}: {_inline(new[1])}"
            self._insert_inline(self._here.entry_end(*last) if last else None, self._here.start(first), line)
            return
        column = self._here.column(self._here.start(first))
        lines = self._lines_of(self._after.start(new[0]), self._after.entry_end(*new), flow)
        if last is None:
            self._insert_before(self._here.start(first), lines, column)
        else:
            place = self._here.behind_comments(self._here.entry_end(*last), column + 1)
            self._insert_lines(place, lines, column)

    # -- lists -------------------------------------------------------------------------------------------------------

    def _sequence(self, here: Any, before: Any, after: Any, outer: int) -> bool:
        """Change a list item by item; return whether something of it stays."""
        old, new = ([_identity(item) for item in part.value] for part in (before, after))
        changes = _changes(old, new)
        # items that changed whole are taken for the same ones, at the same places: a step with another id
        same = [(i1, j1, min(i2 - i1, j2 - j1)) for i1, i2, j1, j2 in changes]
        if not any(count for _, _, count in same):
            return False
        for (_, i2, _, j2), (i1, j1, count) in zip(changes, same, strict=True):
            for i, j in zip(range(i1, i1 + count), range(j1, j1 + count), strict=True):
                self._item(here, i, before.value[i], after.value[j], after.flow_style)
            self._remove(here, range(i1 + count, i2))
            for j in range(j1 + count, j2):
                self._insert_item(here, i2 - 1, after.value[j], after.flow_style, outer)
        return True

    def _item(self, outer: yaml.SequenceNode, number: int, before: yaml.Node, after: yaml.Node, flow: bool) -> None:
        if _alike(before, after):
            return
        here = outer.value[number]
        if outer.flow_style:
            if not self._inside(here, before, after, -1):
                self._replace_inline(here, after, self._here.start(here))
            return
        dash = self._here.dash(here)
        if self._inside(here, before, after, self._here.column(dash)):
            return
        self._refuse_comments(here)
        lines = _moved(self._item_lines(after, flow), self._here.column(dash))
        self._change(dash, max(dash + 1, self._here.end(here)), self._here.eol.join(lines).lstrip(" "))

    def _insert_item(self, outer: yaml.SequenceNode, last: int, new: yaml.Node, flow: bool, column: int) -> None:
        """Insert an item behind the one of a number, or before the first (-1)."""
        items = outer.value
        if outer.flow_style:
            ends = self._here.end(items[last]) if last >= 0 else None
            self._insert_inline(ends, self._here.start(items[0]), _inline(new))
            return
        dash = self._here.dash(items[0])
        lines = self._item_lines(new, flow)
        own = self._here.column(dash)
        if last < 0:
            self._insert_before(dash, lines, own)
            return
        end = max(self._here.dash(items[last]) + 1, self._here.end(items[last]))
        is_last = last == len(items) - 1  # a comment between two items speaks of the one below
        place = self._here.behind_comments(end, max(own if is_last else own + 1, column + 1))
        self._insert_lines(place, lines, own)

    def _item_lines(self, new: yaml.Node, flow: bool) -> list[str]:
        """The lines of a new item, its dash included."""
        if flow:
            return [f"- {_inline(new)}"]
        return self._lines_of(self._after.dash(new), self._after.end(new), flow)

    # -- values ------------------------------------------------------------------------------------------------------

    def _replace_value(self, here: Pair, after: Pair, flow: bool) -> None:
        """Put another value behind a key of a block mapping; a comment behind the old one stays."""
        key, value = here
        spans = self._here
        self._refuse_comments(value)
        colon, start, end = spans.colon(key), spans.start(value), spans.entry_end(key, value)
        first, *below = self._lines_of(self._after.start(after[0]), self._after.entry_end(*after), flow)
        head = first[self._after.colon(after[0]) - self._after.start(after[0]) :]  # begins with a blank, or is empty
        below = _moved(below, spans.column(spans.start(key)))
        if spans.line_start(start) > spans.line_start(colon):
            self._replace_below(colon, start, end, head, below)
            return
        self._change(colon, max(colon, end), head)
        if below:
            line_end = spans.line_end(end)
            self._change(line_end, line_end, "".join(spans.eol + line for line in below))

    def _replace_below(self, colon: int, start: int, end: int, head: str, below: list[str]) -> None:
        """Replace a value that begins on a line below its key."""
        spans = self._here
        if not spans.begins_line(start) or (not below and spans.text[end : spans.line_end(end)].strip(" ")):
            raise spans.refusal(start, "a value with something before or behind it")
        self._change(colon, colon, head)
        first = spans.line_start(start)
        if below:
            self._change(first, end, spans.eol.join(below))
        else:
            self._change(first, spans.next_line(end), "")

    def _replace_inline(self, here: yaml.Node, after: yaml.Node, colon: int) -> None:
        """Put another value into brackets."""
        self._refuse_comments(here)
        start, end = self._here.start(here), self._here.end(here)
        if start == end:
            self._change(colon, colon, f" {_inline(after)}")
        else:
            self._change(start, end, _inline(after))

    def _refuse_comments(self, here: yaml.Node) -> None:
        place = self._here.comment_in(here)
        if place is not None:
            raise self._here.refusal(place, "a comment inside a value that is to be replaced")

    # -- inserting and removing --------------------------------------------------------------------------------------

    def _insert_lines(self, place: int, lines: list[str], column: int) -> None:
        """Insert whole lines where a line begins, or behind the last one."""
        eol = self._here.eol
        text = eol.join(_moved(lines, column))
        whole = place == 0 or self._here.text[place - 1] in "\r\n"
        self._change(place, place, text + eol if whole else eol + text)

    def _insert_before(self, place: int, lines: list[str], column: int) -> None:
        """Insert lines where the first key or dash stands, perhaps behind another dash."""
        text = self._here.eol.join(_moved(lines, column)).lstrip(" ")
        self._change(place, place, text + self._here.eol + " " * column)

    def _insert_inline(self, last: int | None, first: int, line: str) -> None:
        if last is None:
            self._change(first, first, f"{line}, ")
        else:
            self._change(last, last, f", {line}")

    def _remove(self, outer: Any, numbers: Sequence[int]) -> None:
        """Remove entries or items of which others stay."""
        parts = [self._extent(outer, part) for part in outer.value] if numbers else []
        for first, last in _runs(numbers):
            ahead = parts[first - 1][1] if first else None
            following = parts[last + 1][0] if last + 1 < len(parts) else None
            if outer.flow_style:
                self._remove_inline(ahead, parts[first][0], parts[last][1], following)
                continue
            for start, end in parts[first : last + 1]:
                self._remove_lines(start, end, following)
                if not self._here.begins_line(start):
                    break  # all of them are removed already

    def _remove_inline(self, ahead: int | None, start: int, end: int, following: int | None) -> None:
        if following is not None:
            self._change(start, following, "")
        elif ahead is not None and "#" not in self._here.text[ahead:start]:
            self._change(ahead, end, "")
        else:
            self._change(start, end, "")

    def _remove_lines(self, start: int, end: int, following: int | None) -> None:
        spans = self._here
        if spans.begins_line(start):
            self._change(spans.line_start(start), spans.next_line(end), "")
        elif following is None or "#" in spans.text[end:following]:
            raise spans.refusal(start, "the beginning of a list or mapping")
        else:
            self._change(start, following, "")

    def _extent(self, outer: Any, part: Any) -> tuple[int, int]:
        """Where an entry or item begins, with its dash, and ends."""
        if isinstance(outer, yaml.MappingNode):
            return self._here.start(part[0]), self._here.entry_end(*part)
        if outer.flow_style:
            return self._here.start(part), self._here.end(part)
        dash = self._here.dash(part)
        return dash, max(dash + 1, self._here.end(part))

    def _lines_of(self, start: int, end: int, flow: bool) -> list[str]:
        """The lines of a part of the canonical text that is to come, without their indentation."""
        after = self._after
        if flow:  # one line inside brackets, which means the same outside
            return [after.text[start:end]]
        column = after.column(start)
        first, *below = after.text[start:end].split("\n")
        return [first, *(line[column:] for line in below)]


def _changes(old: list[Any], new: list[Any]) -> list[tuple[int, int, int, int]]:
    """Return the parts of two lists that stand for each other: from and to in the old one, from and to in the new one."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    # comparing what is equal at both ends as well would take long for thousands of rows
    matcher = SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    inner = [(i1 + start, i2 + start, j1 + start, j2 + start) for _, i1, i2, j1, j2 in matcher.get_opcodes()]
    return [(0, start, 0, start), *inner, (len(old) - end, len(old), len(new) - end, len(new))]


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of numbers that follow each other."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


def _moved(lines: Sequence[str], column: int) -> list[str]:
    """Lines with an indentation."""
    return [" " * column + line if line else line for line in lines]


def _keyed(mapping: yaml.MappingNode) -> dict[str, Pair]:
    return {key.value: (key, value) for key, value in mapping.value}


def _same_order(here: yaml.MappingNode, before: yaml.MappingNode, after: yaml.MappingNode) -> bool:
    """Whether keys that stay, stay in order, and some do: only then a mapping is changed key by key."""
    known, old, new = _keyed(here), _keyed(before), _keyed(after)
    stay = [name for name in new if name in old]
    return bool([name for name in new if name in known]) and stay == [name for name in old if name in new]


def _alike(one: yaml.Node, other: yaml.Node) -> bool:
    same: bool = _meaning(one) == _meaning(other)
    return same


def _meaning(node: yaml.Node) -> Any:
    """What a node of a canonical text says, whatever brackets it is in."""
    if isinstance(node, yaml.ScalarNode):
        return node.tag, repr(_literal(node))
    if isinstance(node, yaml.MappingNode):
        return node.tag, tuple((repr(_literal(key)), _meaning(value)) for key, value in node.value)
    return node.tag, tuple(_meaning(item) for item in node.value), None


def _identity(node: yaml.Node) -> Any:
    """What two items of a list have in common that are one item, changed: the id of a step, the name of a shelf."""
    if isinstance(node, yaml.MappingNode) and not node.tag:
        found = {key.value: value.value for key, value in node.value if key.value in ("id", "for", "name")}
        if "id" in found or "for" in found:
            return tuple(sorted((name, str(text)) for name, text in found.items()))
    return _meaning(node)


def _literal(node: yaml.ScalarNode) -> Literal:
    return Literal(node.value) if node.style else resolve(node.value)


def _inline(node: yaml.Node) -> str:
    """A node of a canonical text as it may stand inside brackets."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag and not (node.value or node.style):
            return f"{node.tag} "  # without a value: the blank ends the tag
        text = spell_literal(_literal(node), flow=True)
    elif isinstance(node, yaml.MappingNode):
        text = "{" + ", ".join(f"{_inline(key)}: {_inline(value)}" for key, value in node.value) + "}"
    else:
        text = "[" + ", ".join(_inline(item) for item in node.value) + "]"
    return f"{node.tag} {text}" if node.tag else text
