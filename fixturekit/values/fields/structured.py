"""Booleans, UUIDs, JSON and bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from fixturekit.values.fields.limits import lengths, meaning
from fixturekit.values.fields.templates import count_text, draw_text, enumerate_numerals, part_of
from fixturekit.values.fillers import Filled, Request, filler
from fixturekit.values.meanings.flags import MAPPINGS, OFTEN, Shape
from fixturekit.values.pools import pool
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.sources import Const
from fixturekit.values.streams import Words

FEW_BYTES = 16
NUMERAL = 9  # digits of plain bytes at most

# The hexadecimal digit that tells the variant of RFC 4122, by the digit that was drawn.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


@generator("words")
def draw_words() -> Drawing:
    """The row's word itself, for rules that make something of it."""
    return Drawing(1, lambda words, rows, now: list(words))


@generator("booleans")
def draw_booleans() -> Drawing:
    """True for the upper half of the words."""

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[bool]:
        return [word >= 1 << 31 for word in words]

    return Drawing(1, draw, draw)


@generator("booleans.often")
def draw_often(percent: int) -> Drawing:
    """True in so many of a hundred rows."""
    bound = (percent << 32) // 100

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[bool]:
        return [word < bound for word in words]

    return Drawing(1, draw, draw)


@filler(models.BooleanField)
def fill_boolean(request: Request) -> Filled:
    """Plain: False; lifelike: as often as the name says."""
    if request.unique:
        return request.enumerated("choices", values=(False, True))
    if request.plain:
        return Const(False)
    percent = meaning(request.name, OFTEN)
    return request.drawn("booleans") if percent is None else request.drawn("booleans.often", percent=percent)


@generator("uuids")
def draw_uuids() -> Drawing:
    """UUIDs of version 4: 122 bits of the row's four words, each spelled from its highest digit."""

    def canonical(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        spelled = words[:]
        if sys.byteorder == "little":
            spelled.byteswap()
        drawn = spelled.tobytes().hex()
        return [
            f"{drawn[at : at + 12]}4{drawn[at + 13 : at + 16]}{_VARIANT[drawn[at + 16]]}{drawn[at + 17 : at + 32]}"
            for at in range(0, len(drawn), 32)
        ]

    def values(words: Words, rows: Sequence[int], now: datetime) -> list[UUID]:
        return [UUID(int=int(text, 16)) for text in canonical(words, rows, now)]

    return Drawing(4, values, canonical)


@filler(models.UUIDField)
def fill_uuid(request: Request) -> Filled:
    """Drawn in every style, and different by their size."""
    return request.drawn("uuids")


def _numbered(numbers: Sequence[int]) -> list[Any]:
    return [{"n": number + 1} for number in numbers]


def _numbered_texts(numbers: Sequence[int]) -> list[str]:
    return [f'{{"n":{number + 1}}}' for number in numbers]


@generator("json.count")
def count_json() -> Drawing:
    """``{"n": 1}``, ``{"n": 2}`` and so on."""
    return Drawing(0, lambda words, rows, now: _numbered(rows), lambda words, rows, now: _numbered_texts(rows))


@enumeration("json")
def enumerate_json() -> Space:
    """``{"n": 1}`` to ``{"n": 2147483648}``."""
    return Space(2**31, _numbered, _numbered_texts)


@generator("json")
def draw_json(locale: str) -> Drawing:
    """A small mapping such as ``{"color": "teal", "label": "harbor", "level": 3}``."""
    colors, labels = pool(locale, "colors"), pool(locale, "nouns")

    def parts(words: Words) -> list[tuple[str, str, int]]:
        return [
            (colors[a * len(colors) >> 32], labels[b * len(labels) >> 32], 1 + (c * 10 >> 32))
            for a, b, c in zip(words[0::3], words[1::3], words[2::3], strict=True)
        ]

    def values(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        return [{"color": color, "label": label, "level": level} for color, label, level in parts(words)]

    def canonical(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        return [f'{{"color":"{a}","label":"{b}","level":{c}}}' for a, b, c in parts(words)]

    return Drawing(3, values, canonical)


@generator("json.shaped")
def draw_shaped(shape: Shape, locale: str) -> Drawing:
    """Mappings of a shape, or lists where its key is empty."""
    texts = [draw_text(template, locale) for _, _, template in shape]
    width = sum(text.width for text in texts)

    def values(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        columns, at = [], 0
        for (_, kind, _), text in zip(shape, texts, strict=True):
            part = part_of(words, width, at, text.width) if text.width else words
            columns.append([_READ[kind](cell) for cell in text.values(part, rows, now)])
            at += text.width
        if not shape[0][0]:
            return columns[0]
        keys = [key for key, _, _ in shape]
        return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]

    return Drawing(width, values)


_READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "number": lambda text: float(text) if "." in text else int(text),
    "flag": lambda text: text != "1",
    "list": lambda text: list(dict.fromkeys(text.split("|"))),
    "numbers": lambda text: list(map(int, text.split("|"))),
}


@filler(models.JSONField)
def fill_json(request: Request) -> Filled:
    """What the name says. Never empty: an empty mapping counts as blank."""
    if request.unique:
        return request.enumerated("json")
    if request.plain:
        return request.drawn("json.count")
    shape = meaning(request.name, MAPPINGS)
    if shape is None:
        return request.drawn("json", locale=request.locale)
    return request.drawn("json.shaped", shape=shape, locale=request.locale)


@generator("bytes")
def draw_bytes(size: int) -> Drawing:
    """So many bytes, from the row's words, each spelled from its lowest byte."""
    width = -(-size // 4)

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[bytes]:
        spelled = words[:]
        if sys.byteorder == "big":
            spelled.byteswap()
        drawn = spelled.tobytes()
        return [drawn[at : at + size] for at in range(0, len(drawn), 4 * width)]

    return Drawing(width, draw)


@enumeration("bytes")
def enumerate_bytes(size: int) -> Space:
    """All strings of so many bytes."""
    return Space(256**size, lambda entries: [entry.to_bytes(size, "big") for entry in entries])


@generator("bytes.count")
def count_bytes(longest: int, shortest: int) -> Drawing:
    """The digits of 1, 2, 3 and so on."""
    found = count_text(longest, shortest)
    return Drawing(0, lambda words, rows, now: _encoded(found.values(words, rows, now)))


@enumeration("bytes.count")
def enumerate_digits(longest: int, shortest: int) -> Space:
    """The digits of 1, 2, 3 and so on, then words of that length that begin with a letter."""
    found = enumerate_numerals(longest, shortest)
    return Space(found.capacity, lambda entries: _encoded(found.values(entries)))


def _encoded(texts: Sequence[str]) -> list[bytes]:
    return [text.encode() for text in texts]


@filler(models.BinaryField)
def fill_binary(request: Request) -> Filled:
    """Plain: the digits of a number; lifelike: a few bytes. Never empty, which counts as blank."""
    shortest, longest = lengths(request.field)
    if longest is not None and shortest > longest:
        raise request.unsupported()
    room = max(shortest, FEW_BYTES if longest is None else min(longest, FEW_BYTES))
    if request.plain:
        args = {"longest": min(max(room, 1), max(NUMERAL, shortest)), "shortest": shortest}
        return request.enumerated("bytes.count", **args) if request.unique else request.drawn("bytes.count", **args)
    return request.enumerated("bytes", size=room) if request.unique else request.drawn("bytes", size=room)
