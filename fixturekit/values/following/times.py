"""What comes before and after: dates, instants and times of one row in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from fixturekit.values.following import Column, Follow, rule
from fixturekit.values.literals import in_project_time

DAY = 86400
LAST_SECOND = DAY - 1


def _gap(word: int, low: int, high: int) -> int:
    return low + (word * (high - low + 1) >> 32)


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        return (value.astimezone(timezone.utc) if value.tzinfo else value).date()
    found: date = value
    return found


def _as_instant(value: Any, like: datetime) -> datetime:
    """A day is over at noon, as far as others are concerned."""
    return (
        value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, 12, tzinfo=like.tzinfo)
    )


def _distance(word: int, low: int, high: int, ahead: int | None) -> int:
    """How long after: ``ahead`` is what is left until the clock, where it may not be passed."""
    if ahead is None or ahead < 0:
        return _gap(word, low, high)
    return _gap(word, min(low, ahead), min(high, ahead))


def _dates(low: int, high: int, until: str, now: datetime) -> Callable[[Any, int], date]:
    today = _as_date(now)

    def after(value: Any, word: int) -> date:
        start = today if value is None else _as_date(value)
        if until == "beyond":
            start = max(start, today)
        ahead = (today - start).days if until == "now" else None
        return start + timedelta(days=_distance(word, low, high, ahead))

    return after


def _instants(low: int, high: int, until: str, now: datetime) -> Callable[[Any, int], datetime]:
    clock = in_project_time(now)
    grain = 300 if low >= 300 else 1

    def after(value: Any, word: int) -> datetime:
        start = clock if value is None else _as_instant(value, clock)
        if until == "beyond":
            start = max(start, clock)
        ahead = (clock - start) // timedelta(seconds=1) if until == "now" else None
        seconds = _distance(word, low, high, ahead)
        return start + timedelta(seconds=seconds - seconds % grain if seconds >= grain else seconds)

    return after


@rule("after")
def follow_earlier(low: int, high: int, until: str, days: bool) -> Follow:
    """``low`` to ``high`` days (of a date) or seconds (of an instant) after the value; below zero before it.

    ``until`` says how this goes with the clock: ``"now"`` does not pass it unless the value itself has, ``"beyond"`` is
    after both, ``""`` asks nothing.
    """

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        after: Callable[[Any, int], Any] = (_dates if days else _instants)(low, high, until, now)
        return [after(value, word) for value, word in zip(columns[0], own, strict=True)]

    return values


@rule("later that day")
def follow_time(low: int, high: int) -> Follow:
    """``low`` to ``high`` seconds after a time of day, in quarters of an hour, and before midnight."""

    def after(value: Any, word: int) -> time:
        start = 9 * 3600 if value is None else value.hour * 3600 + value.minute * 60 + value.second
        end = min(start + _gap(word, low // 900, high // 900) * 900, LAST_SECOND)
        return time(end // 3600, end // 60 % 60, end % 60)

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        return [after(value, word) for value, word in zip(columns[0], own, strict=True)]

    return values


@rule("age")
def follow_birth(low: int, high: int) -> Follow:
    """The years since a day, if a field takes so many."""

    def age(day: date, today: date) -> int:
        return today.year - day.year - ((today.month, today.day) < (day.month, day.day))

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        today = _as_date(now)
        found = (
            instead if day is None else age(_as_date(day), today) for day, instead in zip(columns[0], own, strict=True)
        )
        return [min(max(years, low), high) for years in found]

    return values
