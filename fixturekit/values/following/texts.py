"""Addresses, logins and slugs from names and titles; whole names from their parts, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from fixturekit.values.following import Column, Follow, rule
from fixturekit.values.pools import formats, rows
from fixturekit.values.romanising import words
from fixturekit.values.uniqueness import fold

KEPT = 50_000  # spelled words that are remembered
_END = " .-_"  # what no word ends in
_DIGITS = "0123456789"


class _Spelled(dict[Any, str]):
    """Values with how they are spelled, each spelled once."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        super().__init__()
        self._spell = spell

    def __missing__(self, value: Any) -> str:
        if len(self) >= KEPT:
            self.clear()
        found = self[value] = self._spell(str(value)) if value else ""
        return found


def _assembled(
    readable: Callable[[Sequence[Column]], list[str]], room: int, unique: bool, before: str, joint: str, after: str
) -> Follow:
    """The readable text of each row, cut to the room that there is.

    Unique ones have the row's digits behind, so that of two rows one has others, or more of them. Elsewhere what the
    row has of its own stands where there is nothing to read.
    """

    loose = _END if joint or not unique else f"{_END}{_DIGITS}"

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        texts = readable(columns)
        if max(map(len, texts), default=0) > room:
            texts = [text[:room].rstrip(loose) for text in texts]
        if unique:
            return [
                f"{before}{text}{joint}{tail}{after}" if text else f"{before}{tail}{after}"
                for text, tail in zip(texts, own, strict=True)
            ]
        return [f"{before}{text}{after}" if text else instead for text, instead in zip(texts, own, strict=True)]

    return values


@rule("words")
def follow_words(
    locale: str, room: int, unique: bool, between: str = "-", before: str = "", joint: str = "", after: str = ""
) -> Follow:
    """The words of the values in Latin letters: ``anna.meier@example.com``, ``amber-lamp``."""
    loose = f"{_END}{_DIGITS}" if unique and not joint else ""  # else the row's own digits could be read otherwise
    spelled = _Spelled(lambda text: words(text, locale, between).rstrip(loose))

    def readable(columns: Sequence[Column]) -> list[str]:
        first, *others = [[spelled[value] for value in column] for column in columns]
        for other in others:
            first = [f"{a}{between}{b}" if a and b else a or b for a, b in zip(first, other, strict=True)]
        return first

    return _assembled(readable, room, unique, before, joint, after)


@rule("person")
def follow_parts(locale: str, room: int, unique: bool) -> Follow:
    """A whole name from first and last name, in the order of the locale."""
    form = formats(locale)["person"].replace("{first_names}", "{0}").replace("{last_names}", "{1}")

    def readable(columns: Sequence[Column]) -> list[str]:
        return [
            form.format(first, last) if first and last else first or last or ""
            for first, last in zip(*columns, strict=True)
        ]

    return _assembled(readable, room, unique, "", " ", "")


@rule("part")
def follow_whole(locale: str, room: int, last: bool) -> Follow:
    """The first or the last name of a whole one."""
    family_first = formats(locale)["person"].startswith("{last_names}")

    def part(whole: Any) -> str:
        parts = str(whole or "").split()
        if len(parts) == 1 and family_first:
            parts = [parts[0][:1], parts[0][1:]]
        if len(parts) < 2:
            return ""
        return parts[-1] if last != family_first else parts[0]

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        found = [part(whole) for whole in columns[0]]
        return [text if 0 < len(text) <= room else instead for text, instead in zip(found, own, strict=True)]

    return values


@rule("salutation")
def follow_first_name(locale: str, room: int) -> Follow:
    """How a woman or a man of this first name is addressed."""
    known = formats(locale)
    by_name = {fold(name): known["female" if sex == "f" else "male"] for name, sex in rows(locale, "first_names")}

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        found = (by_name.get(fold(name or "")) for name in columns[0])
        return [text if text and len(text) <= room else instead for text, instead in zip(found, own, strict=True)]

    return values
