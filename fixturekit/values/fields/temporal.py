"""Dates, times, instants and durations.

Days are counted as Python's ordinals, instants in seconds since 1970, both in UTC. Drawn ones lie before the recipe's
clock. Enumerated ones go through a fixed calendar, so that they are the same whatever the clock says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db import models

from fixturekit.values.fields.limits import highest, lowest, meaning
from fixturekit.values.fillers import AnyField, Filled, Request, filler
from fixturekit.values.meanings.dates import (
    ANY_TIME,
    AROUND,
    BACK,
    CLOCK,
    LASTS,
    TAKES_PLACE,
    USUAL,
    USUALLY_LASTS,
)
from fixturekit.values.picking import bounded, width_of
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.streams import Words

DAY = 86400
FIRST_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date(2069, 12, 31).toordinal()
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LONGEST = 10**9  # seconds, 31 years
FIVE_MINUTES, HALF_AN_HOUR = 300, 1800
ENOUGH = 4  # steps that make a choice

Numbers: TypeAlias = "Callable[[Sequence[int]], list[Any]]"


# -- spelling --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _day_texts(first: int, last: int) -> list[str]:
    return [str(date.fromordinal(day)) for day in range(first, last + 1)]


@lru_cache(maxsize=1)
def _clock_texts() -> tuple[list[str], list[str]]:
    """Hours with minutes, and seconds."""
    return [f"{at // 60:02}:{at % 60:02}" for at in range(1440)], [f":{second:02}" for second in range(60)]


def _spell_days(days: Sequence[int]) -> list[str]:
    """Read a table where many days lie close together, as they do in a column."""
    first, last = min(days, default=1), max(days, default=1)
    if last - first > 10 * len(days) or len(days) < 64:
        return [str(date.fromordinal(day)) for day in days]
    base = (first - 1) // 1024 * 1024 + 1
    texts = _day_texts(base, min((last - 1) // 1024 * 1024 + 1024, date.max.toordinal()))
    return [texts[day - base] for day in days]


def _spell_times(seconds: Sequence[int]) -> list[str]:
    minutes, rest = _clock_texts()
    return [minutes[second // 60] + rest[second % 60] for second in seconds]


def _spell_instants(seconds: Sequence[int]) -> list[str]:
    minutes, rest = _clock_texts()
    days = _spell_days([second // DAY + FIRST_DAY for second in seconds])
    return [
        f"{day} {minutes[second // 60 % 1440]}{rest[second % 60]}" for day, second in zip(days, seconds, strict=True)
    ]


def _dates(days: Sequence[int]) -> list[date]:
    return list(map(date.fromordinal, days))


def _times(seconds: Sequence[int]) -> list[time]:
    return [time(second // 3600, second // 60 % 60, second % 60) for second in seconds]


def _durations(seconds: Sequence[int]) -> list[timedelta]:
    return [timedelta(seconds=second) for second in seconds]


def _microseconds(seconds: Sequence[int]) -> list[int]:
    return [second * 1_000_000 for second in seconds]


def _instants(aware: bool) -> Numbers:
    start = EPOCH if aware else EPOCH.replace(tzinfo=None)
    return lambda seconds: [start + timedelta(seconds=second) for second in seconds]


# -- before the clock ------------------------------------------------------------------------------------------------


def _today(now: datetime) -> int:
    return now.toordinal()


def _second(now: datetime) -> int:
    return (now - EPOCH) // timedelta(seconds=1)


def _window(now: int, least: int, most: int, low: int | None, high: int | None) -> tuple[int, int]:
    """The first and the last of what lies ``least`` to ``most`` before now, moved as far as the limits ask for."""
    first, last = now - most, now - least
    if high is not None and last > high:
        first, last = high - (most - least), high
    if low is not None and first < low:
        first, last = low, max(last, low + min(most - least, LONGEST)) if last < low else last
    return first, last if high is None else min(last, high)


def _drawn_before(
    clock: Callable[[datetime], int], window: tuple[Any, ...], values: Numbers, canonical: Numbers
) -> Drawing:
    def numbers(words: Words, now: datetime) -> list[int]:
        first, last = _window(clock(now), *window)
        count = last - first + 1
        return [first + (word * count >> 32) for word in words]

    return Drawing(
        1,
        lambda words, rows, now: values(numbers(words, now)),
        lambda words, rows, now: canonical(numbers(words, now)),
    )


def _counted_before(
    clock: Callable[[datetime], int], start: int, limits: tuple[Any, ...], values: Numbers, canonical: Numbers
) -> Drawing:
    def numbers(rows: Sequence[int], now: datetime) -> list[int]:
        present = clock(now)
        first, last = _window(present, 1, max(present - start, 1), *limits)
        return [last - row % (last - first + 1) for row in rows]

    return Drawing(
        0,
        lambda words, rows, now: values(numbers(rows, now)),
        lambda words, rows, now: canonical(numbers(rows, now)),
    )


@generator("dates")
def draw_dates(least: int, most: int, low: int | None = None, high: int | None = None) -> Drawing:
    """Dates ``least`` to ``most`` days before the clock, between two ordinals."""
    return _drawn_before(_today, (least, most, low, high), _dates, _spell_days)


@generator("dates.count")
def count_dates(low: int | None = None, high: int | None = None) -> Drawing:
    """Yesterday, the day before, and so on back to 1970, then from the beginning."""
    return _counted_before(_today, FIRST_DAY, (low, high), _dates, _spell_days)


@generator("instants")
def draw_instants(least: int, most: int, aware: bool, low: int | None = None, high: int | None = None) -> Drawing:
    """Instants ``least`` to ``most`` seconds before the clock; without zone unless ``aware``."""
    return _drawn_before(_second, (least, most, low, high), _instants(aware), _spell_instants)


@generator("instants.count")
def count_instants(aware: bool, low: int | None = None, high: int | None = None) -> Drawing:
    """One second ago, two seconds ago, and so on back to 1970, then from the beginning."""
    return _counted_before(_second, 0, (low, high), _instants(aware), _spell_instants)


# -- anywhere --------------------------------------------------------------------------------------------------------


def _stepped(width: int, numbers: Callable[[Words, Sequence[int]], list[int]], a: Numbers, b: Numbers) -> Drawing:
    return Drawing(
        width, lambda words, rows, now: a(numbers(words, rows)), lambda words, rows, now: b(numbers(words, rows))
    )


def _space(low: int, high: int, values: Numbers, canonical: Numbers) -> Space:
    return Space(
        high - low + 1,
        lambda entries: values([low + entry for entry in entries]),
        lambda entries: canonical([low + entry for entry in entries]),
    )


@generator("times")
def draw_times(low: int, high: int, step: int) -> Drawing:
    """Times of day from second ``low`` to ``high``, ``step`` seconds apart."""
    count = (high - low) // step + 1
    return _stepped(1, lambda words, rows: [low + (w * count >> 32) * step for w in words], _times, _spell_times)


@generator("times.count")
def count_times(low: int, high: int) -> Drawing:
    """Times of day, second after second."""
    count = high - low + 1
    return _stepped(0, lambda words, rows: [low + row % count for row in rows], _times, _spell_times)


@enumeration("times")
def enumerate_times(low: int, high: int) -> Space:
    """Each second of the day from ``low`` to ``high``."""
    return _space(low, high, _times, _spell_times)


@generator("durations")
def draw_durations(low: int, high: int, step: int) -> Drawing:
    """Durations from ``low`` to ``high`` seconds, ``step`` seconds apart."""
    last = (high - low) // step
    return _stepped(
        width_of(0, last),
        lambda words, rows: [low + number * step for number in bounded(words, 0, last)],
        _durations,
        _microseconds,
    )


@generator("durations.count")
def count_durations(low: int, high: int) -> Drawing:
    """Durations that grow by a second, up to ``high`` seconds, then from the beginning."""
    count = high - low + 1
    return _stepped(0, lambda words, rows: [low + row % count for row in rows], _durations, _microseconds)


@enumeration("durations")
def enumerate_durations(low: int, high: int) -> Space:
    """Each whole number of seconds from ``low`` to ``high``."""
    return _space(low, high, _durations, _microseconds)


@enumeration("dates")
def enumerate_dates(low: int, high: int) -> Space:
    """Each day between two ordinals."""
    return _space(low, high, _dates, _spell_days)


@enumeration("instants")
def enumerate_instants(low: int, high: int, aware: bool) -> Space:
    """Each second between two, counted from 1970."""
    return _space(low, high, _instants(aware), _spell_instants)


# -- fields ----------------------------------------------------------------------------------------------------------


def _limits(field: AnyField, kind: type[Any], number: Callable[[Any, bool], int]) -> tuple[int | None, int | None]:
    """The limits of the validators as numbers; those of another type say nothing here."""
    low, high = lowest(field), highest(field)
    return (
        number(low, True) if isinstance(low, kind) else None,
        number(high, False) if isinstance(high, kind) else None,
    )


def _ordinal(day: date, upwards: bool) -> int:
    return day.toordinal()


def _since_1970(moment: datetime, upwards: bool) -> int:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return _whole(moment - EPOCH, upwards)


def _of_day(at: time, upwards: bool) -> int:
    return _whole(timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond), upwards)


def _whole(distance: timedelta, upwards: bool) -> int:
    second = timedelta(seconds=1)
    return -(-distance // second) if upwards else distance // second


def _calendar(low: int | None, high: int | None, first: int, last: int) -> tuple[int, int]:
    """The part of the fixed calendar between the limits, or a calendar of its length beside the one limit."""
    length = last - first
    if low is not None and low > last - length // 100:
        first, last = low, low + length
    if high is not None and high < first + length // 100:
        first, last = high - length, high
    return max(first, first if low is None else low), min(last, last if high is None else high)


def _back(request: Request) -> tuple[int, int]:
    around = AROUND.get(request.sort) if request.name in TAKES_PLACE else None
    return around or meaning(request.name, BACK) or USUAL


@filler(models.DateField)
def fill_date(request: Request) -> Filled:
    """Days before the clock: plain yesterday and back, lifelike as long ago as the name says."""
    low, high = _limits(request.field, date, _ordinal)
    if request.unique:
        low, high = _checked(request, *_calendar(low, high, FIRST_DAY, LAST_DAY))
        return request.enumerated("dates", low=low, high=high)
    if request.plain:
        return request.drawn("dates.count", low=low, high=high)
    least, most = _back(request)
    return request.drawn("dates", least=least, most=most, low=low, high=high)


@filler(models.DateTimeField)
def fill_instant(request: Request) -> Filled:
    """Seconds before the clock; without zone where the project uses none."""
    aware = bool(settings.USE_TZ)
    low, high = _limits(request.field, datetime, _since_1970)
    if request.unique:
        last = (LAST_DAY - FIRST_DAY + 1) * DAY - 1
        low, high = _checked(request, *_calendar(low, high, 0, last))
        return request.enumerated("instants", low=low, high=high, aware=aware)
    if request.plain:
        return request.drawn("instants.count", low=low, high=high, aware=aware)
    least, most = _back(request)
    return request.drawn("instants", least=least * DAY + 1, most=(most + 1) * DAY, low=low, high=high, aware=aware)


@filler(models.TimeField)
def fill_time(request: Request) -> Filled:
    """Times of day: plain second after second, lifelike on five minutes."""
    low, high = _limits(request.field, time, _of_day)
    low, high = _checked(request, 0 if low is None else low, DAY - 1 if high is None else high)
    if request.unique:
        return request.enumerated("times", low=low, high=high)
    if request.plain:
        return request.drawn("times.count", low=max(low, 1) if high else low, high=high)
    named = meaning(request.name, CLOCK)
    wanted = named or ANY_TIME
    if max(low, wanted[0]) < min(high, wanted[1]):
        low, high = max(low, wanted[0]), min(high, wanted[1])
    step, first = _on_the_clock(low, high, HALF_AN_HOUR if named else FIVE_MINUTES)
    return request.drawn("times", low=first, high=high, step=step)


@filler(models.DurationField)
def fill_duration(request: Request) -> Filled:
    """Whole seconds: plain 1, 2, 3; lifelike five minutes to eight hours, or as long as the name says."""
    low, high = _limits(request.field, timedelta, _whole)
    if high is not None and high < 1 and low is None:
        low = high - LONGEST
    low = 1 if low is None else low
    low, high = _checked(request, low, low + LONGEST - 1 if high is None else high)
    if request.unique:
        return request.enumerated("durations", low=low, high=high)
    if request.plain:
        return request.drawn("durations.count", low=low, high=high)
    wanted = meaning(request.name, LASTS) or USUALLY_LASTS
    if max(low, wanted[0]) <= min(high, wanted[1]):
        low, high = max(low, wanted[0]), min(high, wanted[1])
    step, first = _on_the_clock(low, high, DAY if low >= DAY else FIVE_MINUTES)
    return request.drawn("durations", low=first, high=high, step=step)


def _on_the_clock(low: int, high: int, step: int = FIVE_MINUTES) -> tuple[int, int]:
    """A step and its first multiple, or single seconds where too few of them fit."""
    first = -(-low // step) * step
    return (step, first) if first + ENOUGH * step <= high else (1, low)


def _checked(request: Request, low: int, high: int) -> tuple[int, int]:
    if high < low:
        raise request.unsupported()
    return low, high
