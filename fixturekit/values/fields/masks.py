"""Texts after a mask: ``#`` is a digit, ``-`` a capital, ``_`` a small letter, ``!`` takes the next character as it is.

Signs in a row are parts of a template that are drawn, or enumerated, together. A drawn mask reads one word for each part.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits

from fixturekit.values.fields.templates import Axis, Template, draw_template, enumerate_template, spelling
from fixturekit.values.registry import Drawing, Space, enumeration, generator

_ALPHABETS = {"#": digits, "-": ascii_uppercase, "_": ascii_lowercase}
_TOGETHER = {"#": 7, "-": 5, "_": 5}  # so many characters are drawn evenly from one word
_LISTED = 2  # up to so many characters are looked up in a table


def mask_length(mask: str) -> int:
    """Return how many characters the texts of a mask have.

    Raises:
        ValueError: The mask ends in the sign that takes the next character as it is.
    """
    return sum(length for _, length in _runs(mask))


def _runs(mask: str) -> Iterator[tuple[str, int]]:
    """Yield what a mask consists of: a sign with its number, or a literal character with 1."""
    signs = iter(mask)
    sign, length = "", 0
    for char in signs:
        if char == sign and length < _TOGETHER[sign]:
            length += 1
            continue
        if sign:
            yield sign, length
        sign, length = (char, 1) if char in _ALPHABETS else ("", 0)
        if sign:
            continue
        if char == "!":
            taken = next(signs, None)
            if taken is None:
                raise ValueError(f"the mask {mask!r} ends in '!', which takes the next character as it is")
            char = taken
        yield f"={char}", 1
    if sign:
        yield sign, length


@lru_cache(maxsize=256)
def read_mask(mask: str) -> Template:
    """Read a mask; the literal characters behind a part belong to it.

    Raises:
        ValueError: The mask ends in the sign that takes the next character as it is.
    """
    head = ""
    parts: list[tuple[str, int, str]] = []
    for sign, length in _runs(mask):
        if sign in _ALPHABETS:
            parts.append((sign, length, ""))
        elif parts:
            parts[-1] = (*parts[-1][:2], parts[-1][2] + sign[1:])
        else:
            head += sign[1:]
    return Template(head, tuple(_axis(*part) for part in parts))


def _axis(sign: str, length: int, tail: str) -> Axis:
    alphabet = _ALPHABETS[sign]
    size = len(alphabet) ** length
    spell = spelling(alphabet, length)
    if length <= _LISTED:
        texts = [text + tail for text in spell(range(size))]
        return Axis(size, lambda places: [texts[place] for place in places], length + len(tail), length + len(tail))
    render = (lambda places: [text + tail for text in spell(places)]) if tail else spell
    return Axis(size, render, length + len(tail), length + len(tail))


@generator("mask")
def draw_mask(mask: str) -> Drawing:
    """Texts of a mask."""
    found = read_mask(mask)
    if not found.axes:
        return Drawing(0, lambda words, rows, now: [found.head] * len(rows))
    return draw_template(found)


@enumeration("mask")
def enumerate_mask(mask: str) -> Space:
    """All texts of a mask, which differ also without case."""
    found = read_mask(mask)
    if not found.axes:
        return Space(1, lambda entries: [found.head] * len(entries))
    return enumerate_template(found)
