"""The canonical text of a recipe: the same meaning always gives the same bytes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from fixturekit.recipes.contents import Pairs, content_of
from fixturekit.recipes.document import (
    Block,
    Dependency,
    Entry,
    Listing,
    Literal,
    Mapping,
    Options,
    Recipe,
    Value,
)
from fixturekit.recipes.keys import OPTIONS, RECIPE, RECORDED, SHELF, STEP, Key, Shape, tag_of, written
from fixturekit.recipes.offsets import parse_now
from fixturekit.recipes.scalars import literal
from fixturekit.recipes.spelling import block_lines, spell_literal

LINE_WIDTH = 100
"""Lists and mappings that would make a line longer than this are written as blocks."""

LONGEST_KEY = 1000
"""YAML readers look for the colon of a key within 1024 characters only; longer keys need a ``?``."""


def write(recipe: Recipe) -> str:
    """Return the recipe as canonical YAML, which ``read`` turns into an equal recipe.

    Keys stand in the order of the table and defaults are left out (``count: 1`` is one). Values in the ``set`` of a step
    have a line each; lists and mappings stand on one line where the format says so and they fit. Text is quoted
    where YAML 1.1 or 1.2 would read something else.

    Raises:
        ValueError: The recipe holds what no file can say, such as NUL or an infinite number.
    """
    comment = [f"# {line}".rstrip() for line in recipe.comment.split("\n")] if recipe.comment else []
    return "\n".join([*comment, *_block(recipe, RECIPE, 0)]) + "\n"


def checksum(recipe: Recipe, name: str) -> str:
    """Return 16 hexadecimal digits that change with the meaning of the recipe: with what its rows follow from.

    Not part of the meaning: comments, tags, ``manual``, what is applied before or stood for, what the tool recorded,
    layout, quoting, and whether a default is written out.

    Args:
        recipe: The document.
        name: ``app.name``, the default of its seed.
    """
    meaning = dataclasses.replace(
        recipe.spelled_out(name),
        now=parse_now(recipe.clock).isoformat(),
        comment="",
        tags=(),
        manual=False,
        depends_on=(),
        replaces=(),
        recorded=None,
    )
    return hashlib.blake2b(write(meaning).encode(), digest_size=8).hexdigest()


# Every function below returns finished lines. One that lays out a value returns what follows on the line of its key or
# dash (the head), and the lines below it, which are indented by ``indent``.

_Laid = tuple[str, list[str]]


def _block(block: Block | Options, keys: Sequence[Key], indent: int) -> list[str]:
    """Lay out a mapping of the format: the keys that say something, in the order of the table."""
    lines = []
    for key, value in written(block, keys):
        if key.name == "count" and value == 1:
            continue  # the default, written out
        lines += _entry(Literal(key.name), _key_value(key, value, indent + 2), indent)
    return lines


def _key_value(key: Key, value: Any, indent: int) -> _Laid:
    """Lay out what a key of the format holds."""
    blocks = _BLOCKS.get(key.shape)
    if blocks is not None:
        return "", blocks(value, indent)
    if key.shape is Shape.MOMENT:
        return value, []  # YAML 1.1 reads a timestamp, and that is what it is
    whole = _as_value(key, value)
    if isinstance(whole, Literal) or key.flow:
        return _value(whole, indent, indent + len(key.name))
    return _spread(whole, indent)


def _as_value(key: Key, value: Any) -> Value:
    """Return what a key holds as a value, for which there is a layout."""
    if isinstance(value, Mapping):
        return value
    if key.shape is Shape.OPTIONS:
        return Mapping(tuple(Entry(inner.name, _as_value(inner, held)) for inner, held in written(value, OPTIONS)))
    if key.shape is Shape.PAIRS:
        return Mapping(tuple(Entry(name, Literal(text)) for name, text in value))
    if isinstance(value, tuple):
        return Listing(tuple(_as_item(item) for item in value))
    return literal(value)


def _as_item(item: str | Dependency | Listing) -> Value:
    if isinstance(item, Listing):
        return item
    return Literal(item.name if isinstance(item, Dependency) else item)


def _steps(steps: Sequence[Block], indent: int, keys: Sequence[Key] = STEP) -> list[str]:
    return [line for step in steps for line in _dashed(_block(step, keys, indent + 2), indent)]


def _shelves(shelves: Sequence[Block], indent: int) -> list[str]:
    return _steps(shelves, indent, SHELF)


def _recorded(recorded: Block, indent: int) -> list[str]:
    return _block(recorded, RECORDED, indent)


_BLOCKS: dict[Shape, Callable[[Any, int], list[str]]] = {
    Shape.STEPS: _steps,
    Shape.SHELVES: _shelves,
    Shape.RECORDED: _recorded,
}


def _value(value: Value, indent: int, column: int) -> _Laid:
    """Lay out a value that begins at a column: on one line where it fits, else spread over lines."""
    content = content_of(value)
    if content is None or isinstance(content, Literal):
        return _scalar(_tag(value), content, indent)
    line = _inline(value)
    if line is not None and column + len(line) <= LINE_WIDTH:
        return line, []
    return _spread(value, indent)


def _spread(value: Value, indent: int) -> _Laid:
    """Lay out a list or mapping with a line for each of its parts."""
    content = content_of(value)
    if not isinstance(content, (Listing, Pairs)) or not content.items:
        return _inline(value) or "", []
    lines: list[str] = []
    if isinstance(content, Listing):
        for item in content.items:
            lines += _item(item, indent)
    else:
        for key, inner in content.items:
            column = indent + len(spell_literal(key)) + 2
            lines += _entry(key, _value(inner, indent + 2, column), indent)
    return _tag(value), lines


def _entry(key: Literal, laid: _Laid, indent: int) -> list[str]:
    """Put a laid-out value behind its key."""
    head, below = laid
    pad, name = " " * indent, spell_literal(key)
    if len(name) <= LONGEST_KEY:
        return [f"{pad}{name}: {head}" if head else f"{pad}{name}:", *below]
    return [f"{pad}? {name}", f"{pad}: {head}" if head else f"{pad}:", *below]


def _item(item: Value, indent: int) -> list[str]:
    """Lay out a value behind a dash."""
    head, below = _value(item, indent + 2, indent + 2)
    return [f"{' ' * indent}- {head}", *below] if head else _dashed(below, indent)


def _dashed(lines: list[str], indent: int) -> list[str]:
    """Put a dash into the indentation of the first line."""
    return [f"{' ' * indent}- {lines[0][indent + 2 :]}", *lines[1:]]


def _scalar(tag: str, content: Literal | None, indent: int) -> _Laid:
    """Lay out a scalar: text of several lines as a literal block, all else on one line."""
    if content is None:
        return tag, []
    block = block_lines(content.value) if isinstance(content.value, str) and content.value else None
    if block is None:
        return _behind(tag, spell_literal(content)), []
    pad = " " * indent
    return _behind(tag, block[0]), [f"{pad}{line}" if line else "" for line in block[1:]]


def _inline(value: Value) -> str | None:
    """Return a value on one line, as it may stand inside brackets; None where it cannot, or should not."""
    content = content_of(value)
    if content is None:
        return None  # a tag without a value: not every reader sees that it ends before a comma
    if isinstance(content, Literal):
        several = isinstance(content.value, str) and "\n" in content.value
        return None if several else _behind(_tag(value), spell_literal(content, flow=True))
    if isinstance(content, Listing):
        parts = [_inline(item) for item in content.items]
    else:
        parts = [_inline_pair(key, inner) for key, inner in content.items]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    inside = ", ".join(known)
    return _behind(_tag(value), f"[{inside}]" if isinstance(content, Listing) else f"{{{inside}}}")


def _inline_pair(key: Literal, value: Value) -> str | None:
    name, line = spell_literal(key, flow=True), _inline(value)
    return None if line is None or len(name) > LINE_WIDTH else f"{name}: {line}"


def _tag(value: Value) -> str:
    tag = tag_of(value)
    return tag.name if tag else ""


def _behind(tag: str, text: str) -> str:
    return f"{tag} {text}" if tag else text
