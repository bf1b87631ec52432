"""Texts put together from pools, numbers and tokens.

A template is a text with parts in braces: ``{first_names:ascii}.{last_names:ascii}@example.com``. A part is a pool of the
locale (as it is, ``title``, or ``ascii``: lower-case words in Latin letters), a format of the locale, which is a
template itself (``{person}``, ``{street}``), or one of

- ``{token:k}``: k of the characters 0-9 and a-z
- ``{digits:k}``: k digits
- ``{hex:k}``: k hexadecimal digits
- ``{letters:k}``: k capital letters
- ``{number:m}``: a number from 1 to m; ``{number:l-m}``: from l
- ``{ean:p:k}``, ``{isbn10:p:k}``, ``{luhn:p:k}``: the digits p, k digits and their check digit
- ``{iban:c:p:k}``: the country c, two check digits, the digits p, k digits

Each part is an axis of so many texts. Drawn, every axis reads words of its own; enumerated, an entry is a number whose
digits are the places on the axes, the last axis changing fastest. What stands in brackets is a part for later: entries
are spelled without it as long as there are such, then with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product
from math import prod
from string import Formatter, ascii_lowercase, ascii_uppercase, digits
from typing import TypeAlias

from fixturekit.values import checkdigits
from fixturekit.values.picking import bounded, width_of
from fixturekit.values.pools import formats, pool
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.romanising import words as words_of
from fixturekit.values.streams import Words
from fixturekit.values.uniqueness import axis_of

TOKEN = digits + ascii_lowercase
ALPHABETS = {"token": TOKEN, "digits": digits, "hex": digits + "abcdef", "letters": ascii_uppercase}

_LATER = re.compile(r"\[[^]]*\]")

Render: TypeAlias = "Callable[[Sequence[int]], list[str]]"

_CHECKED: dict[str, Callable[..., str]] = {
    "ean": checkdigits.ean,
    "isbn10": checkdigits.isbn10,
    "luhn": checkdigits.luhn,
    "iban": checkdigits.iban,
}


@dataclass(frozen=True, slots=True)
class Axis:
    """One part of a template: ``size`` texts of ``shortest`` to ``longest`` characters, and how places become them."""

    size: int
    render: Render
    shortest: int
    longest: int


@lru_cache(maxsize=8)
def _pairs(alphabet: str) -> list[str]:
    return ["".join(pair) for pair in product(alphabet, repeat=2)]


def spelling(alphabet: str, length: int) -> Render:
    """Numbers to words of an alphabet, all of one length, read in pairs of characters."""
    pairs = _pairs(alphabet)
    base = len(pairs)
    if length == 1:
        return lambda places: [alphabet[place] for place in places]
    if length == 2:
        return lambda places: [pairs[place] for place in places]
    if length == 4:
        return lambda places: [pairs[place // base] + pairs[place % base] for place in places]
    if length == 6:
        square = base * base
        return lambda places: [
            pairs[place // square] + pairs[place // base % base] + pairs[place % base] for place in places
        ]
    head, tail = spelling(alphabet, length - 2), pairs
    return lambda places: [
        first + tail[place % base] for first, place in zip(head([p // base for p in places]), places, strict=True)
    ]


def _listed(texts: Sequence[str]) -> Axis:
    lengths = [len(text) for text in texts]
    return Axis(len(texts), lambda places: [texts[place] for place in places], min(lengths), max(lengths))


def _axis(locale: str, name: str, form: str, room: int | None, tail: str) -> Axis:
    """The axis of a part, with the text behind it; entries of a pool longer than ``room`` are left out."""
    if name in ALPHABETS:
        alphabet, length = ALPHABETS[name], int(form)
        if length <= 2:
            return _listed([text + tail for text in (alphabet if length == 1 else _pairs(alphabet))])
        spell = spelling(alphabet, length)
        render: Render = (lambda places: [text + tail for text in spell(places)]) if tail else spell
        return Axis(len(alphabet) ** length, render, length + len(tail), length + len(tail))
    if name == "number":
        first, _, last = form.rpartition("-")
        return _listed([f"{number}{tail}" for number in range(int(first or 1), int(last) + 1)])
    if name in _CHECKED:
        return _checked(name, form, tail)
    entries = [entry for entry in pool(locale, name) if room is None or len(entry) <= room]
    return _listed([entry + tail for entry in _formed(entries, locale, form)])


def _formed(entries: list[str], locale: str, form: str) -> list[str]:
    """Entries of a pool in another form; those that are alike in Latin letters count once."""
    if form == "ascii":
        return [spelled for spelled in dict.fromkeys(words_of(entry, locale) for entry in entries) if spelled]
    return [entry.title() for entry in entries] if form == "title" else entries


def _checked(name: str, form: str, tail: str) -> Axis:
    """The axis of numbers with check digits."""
    *before, length = form.split(":")
    spell, add = spelling(digits, int(length)), _CHECKED[name]
    *others, prefix = before

    def render(places: Sequence[int]) -> list[str]:
        return [add(*others, prefix + text) + tail for text in spell(places)]

    whole = len(render([0])[0])
    return Axis(10 ** int(length), render, whole, whole)


@dataclass(frozen=True, slots=True)
class Template:
    """A template read for a locale. ``head`` stands before the first part; the text behind a part belongs to it."""

    head: str
    axes: tuple[Axis, ...]

    @property
    def shortest(self) -> int:
        """The fewest characters of a text."""
        return len(self.head) + sum(axis.shortest for axis in self.axes)

    @property
    def longest(self) -> int:
        """The most characters of a text."""
        return len(self.head) + sum(axis.longest for axis in self.axes)

    def join(self, columns: Sequence[list[str]]) -> list[str]:
        """Put the columns of the axes together, row by row."""
        if self.head:
            return [self.head + "".join(row) for row in zip(*columns, strict=True)]
        if len(columns) == 1:
            return columns[0]
        if len(columns) == 2:
            return [first + second for first, second in zip(*columns, strict=True)]
        return list(map("".join, zip(*columns, strict=True)))


@lru_cache(maxsize=1024)
def read(text: str, locale: str, room: int | None = None) -> Template:
    """Read a template, with what stands in brackets; entries of pools longer than ``room`` characters are left out.

    Raises LookupError where it names a pool that the locale has not.
    """
    parts = list(Formatter().parse(_spelled_out(always(text), locale)))
    head = parts[0][0] if parts and parts[0][0] else ""
    tails = [part[0] for part in parts[1:]] + [""]
    axes = [
        _axis(locale, name, form or "", room, tail)
        for (_, name, form, _), tail in zip(parts, tails, strict=True)
        if name
    ]
    return Template(head, tuple(axes))


def _spelled_out(text: str, locale: str) -> str:
    """A template with the formats of the locale put in."""
    known = formats(locale)
    while True:
        names = [name for _, name, form, _ in Formatter().parse(text) if name in known and not form]
        if not names:
            return text
        for name in names:
            text = text.replace(f"{{{name}}}", known[name])


def always(text: str) -> str:
    """Return a template of which every text has what stands in brackets."""
    return text.replace("[", "").replace("]", "")


def without_later(text: str) -> str:
    """Return a template without what stands in brackets."""
    return _LATER.sub("", text)


@lru_cache(maxsize=256)
def characters(text: str, locale: str) -> frozenset[str]:
    """Return every character that texts of a template may have."""
    found: set[str] = set()
    for literal, name, form, _ in Formatter().parse(_spelled_out(always(text), locale)):
        found.update(literal)
        if name in ALPHABETS:
            found.update(ALPHABETS[name])
        elif name in _CHECKED:
            found.update(digits, ascii_uppercase)  # countries, and X for a check digit
        elif name == "number":
            found.update(digits)
        elif name:
            found.update(*_formed(list(pool(locale, name)), locale, form or ""))
    return frozenset(found)


@generator("text")
def draw_text(template: str, locale: str, room: int | None = None) -> Drawing:
    """Texts of a template, every part drawn for itself."""
    return draw_template(read(template, locale, room))


def draw_template(found: Template) -> Drawing:
    """Texts of a template that is read, every part drawn for itself."""
    if not found.axes:
        return Drawing(
            0, lambda words, rows, now: [found.head] * len(rows), lambda words, rows, now: [found.head] * len(rows)
        )
    widths = [width_of(0, axis.size - 1) for axis in found.axes]
    width = sum(widths)

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        columns, at = [], 0
        for axis, taken in zip(found.axes, widths, strict=True):
            columns.append(axis.render(bounded(part_of(words, width, at, taken), 0, axis.size - 1)))
            at += taken
        return found.join(columns)

    return Drawing(width, draw, draw)


def part_of(words: Words, width: int, at: int, taken: int) -> Words:
    """Return the words ``at`` to ``at + taken`` - 1 of the ``width`` words of each row."""
    if taken == width:
        return words
    if taken == 1:
        return words[at::width]
    part = words[: len(words) // width * taken]
    for place in range(taken):
        part[place::taken] = words[at + place :: width]
    return part


@enumeration("text")
def enumerate_text(template: str, locale: str, room: int | None = None) -> Space:
    """All texts of a template, which must be such that different places give different texts."""
    whole = enumerate_template(read(template, locale, room))
    if "[" not in template:
        return whole
    return _in_turn(enumerate_template(read(without_later(template), locale, room)), whole)


def _in_turn(first: Space, later: Space) -> Space:
    """All values of one space, then those of another."""
    size = first.capacity

    def values(entries: Sequence[int]) -> list[str]:
        if max(entries, default=0) < size:
            return first.values(entries)
        if min(entries) >= size:
            return later.values([entry - size for entry in entries])
        ahead = iter(first.values([entry for entry in entries if entry < size]))
        behind = iter(later.values([entry - size for entry in entries if entry >= size]))
        return [next(ahead) if entry < size else next(behind) for entry in entries]

    return Space(size + later.capacity, values, values, size)


def enumerate_template(found: Template) -> Space:
    """All texts of a template that is read."""
    sizes = tuple(axis.size for axis in found.axes)

    def values(entries: Sequence[int]) -> list[str]:
        if len(sizes) == 1:
            return found.join([found.axes[0].render(entries)])
        return found.join([axis.render(axis_of(entries, sizes, place)) for place, axis in enumerate(found.axes)])

    return Space(prod(sizes), values, values)


@generator("numerals")
def count_text(longest: int, shortest: int = 1, head: str = "", tail: str = "") -> Drawing:
    """``"1"``, ``"2"`` and so on in at most ``longest`` digits, then from the beginning, between ``head`` and ``tail``."""
    limit: int = 10**longest

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        if shortest == 1:
            return [f"{head}{(row + 1) % limit}{tail}" for row in rows]
        return [f"{head}{(row + 1) % limit:0{shortest}}{tail}" for row in rows]

    return Drawing(0, draw, draw)


@enumeration("numerals")
def enumerate_numerals(longest: int, shortest: int = 1, head: str = "", tail: str = "") -> Space:
    """``"1"``, ``"2"`` and so on in at most ``longest`` digits, then words of that length that begin with a letter."""
    limit: int = 10**longest
    spell, first_word = spelling(TOKEN, longest), 10 * 36 ** (longest - 1)

    def values(entries: Sequence[int]) -> list[str]:
        if shortest == 1 and max(entries, default=0) < limit:
            return [f"{head}{(entry + 1) % limit}{tail}" for entry in entries]
        words = iter(spell([first_word + entry - limit for entry in entries if entry >= limit]))
        return [
            f"{head}{(entry + 1) % limit:0{shortest}}{tail}"
            if entry < limit
            else f"{head}{next(words):0>{shortest}}{tail}"
            for entry in entries
        ]

    return Space(limit + 26 * 36 ** (longest - 1), values, values)
