"""Addresses, logins and slugs from names and titles; whole names from their parts, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from fixturekit.values.following import Column, Follow, row_by_row, rule
from fixturekit.values.pools import formats, rows
from fixturekit.values.romanising import words
from fixturekit.values.uniqueness import fold

Readable = Callable[[Sequence[Any]], str]


def _told_apart(texts: Iterable[str], own: Column, before: str, joint: str, after: str) -> Iterator[str]:
    """Put each row's digits behind its text: of two rows one has others, or more of them."""
    for text, tail in zip(texts, own, strict=True):
        readable = text if joint else text.rstrip("0123456789.-_")
        yield f"{before}{readable}{joint}{tail}{after}" if readable else f"{before}{tail}{after}"


def _assembled(readable: Readable, room: int, unique: bool, before: str, joint: str, after: str) -> Follow:
    """The readable text of each row, cut to the room that there is; what the row has of its own where it is empty."""

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        texts = [readable(row)[:room].strip(" .-_") for row in row_by_row(columns, own)]
        if unique:
            return list(_told_apart(texts, own, before, joint, after))
        return [f"{before}{text}{after}" if text else instead for text, instead in zip(texts, own, strict=True)]

    return values


@rule("words")
def follow_words(
    locale: str, room: int, unique: bool, between: str = "-", before: str = "", joint: str = "", after: str = ""
) -> Follow:
    """The words of the values in Latin letters: ``anna.meier@example.com``, ``amber-lamp``."""

    def readable(row: Sequence[Any]) -> str:
        return between.join(found for part in row if part and (found := words(str(part), locale, between)))

    return _assembled(readable, room, unique, before, joint, after)


@rule("person")
def follow_parts(locale: str, room: int, unique: bool) -> Follow:
    """A whole name from first and last name, in the order of the locale."""
    form = formats(locale)["person"].replace("{first_names}", "{0}").replace("{last_names}", "{1}")

    def readable(row: Sequence[Any]) -> str:
        first, last = row
        return form.format(first, last) if first and last else first or last or ""

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
