"""``!range``: values between two ends, for numbers, dates, instants, times and durations."""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

from fixturekit.recipes.document import Literal
from fixturekit.recipes.offsets import parse_offset
from fixturekit.values.canonical import held
from fixturekit.values.fields.temporal import EPOCH
from fixturekit.values.fillers import Request
from fixturekit.values.literals import clean, convert
from fixturekit.values.sources import Source

_SECOND = datetime.timedelta(seconds=1)
_MOST_SECONDS = 2**32  # one word draws no more


def ranged(request: Request, low: Literal, high: Literal, now: datetime.datetime) -> Source:
    """Return a source of values from ``low`` to ``high``, both included; all different where the request says so.

    Dates and instants may be given as distances from the recipe's clock (``-30 days``, ``now``).

    Args:
        request: The field, and where its values live.
        low: The lower end as written.
        high: The upper end as written.
        now: The recipe's clock, with zone.

    Raises:
        ValueError: The field has no ranges, or an end is none of its values, or the lower end is above the upper.
    """
    field = request.field
    first, last = _end(field, low, now), _end(field, high, now)
    if first > last:
        raise ValueError(f"the range begins at {_said(low)}, behind its end {_said(high)}")
    return _source(request, first, last, now, _grain(field, low, high))


def _source(request: Request, first: Any, last: Any, now: datetime.datetime, grain: int) -> Source:
    found = held(request.field)
    if found == "integer":
        return _numbers(request, "integers", int(first), int(last))
    if found in ("decimal", "float"):
        places = getattr(request.field, "decimal_places", None) if found == "decimal" else None
        units = [int((Decimal(str(end)) * 10**grain).to_integral_value()) for end in (first, last)]
        if request.unique:
            return request.enumerated("fractions", low=units[0], high=units[1], grain=grain, places=places)
        return request.drawn("fractions", low=units[0], high=units[1], grain=grain, places=places)
    if found == "date":
        return _days(request, first.toordinal(), last.toordinal(), now)
    if found == "datetime":
        return _instants(request, first, last, now)
    if found == "time":
        return _seconds(request, "times", _of_day(first) + bool(first.microsecond), _of_day(last))
    if found == "duration":
        return _seconds(request, "durations", -(-first // _SECOND), last // _SECOND)
    raise ValueError(f"!range is for numbers, dates, times and durations, this is a {type(request.field).__name__}")


def _numbers(request: Request, name: str, low: int, high: int) -> Source:
    if request.unique:
        return request.enumerated(name, low=low, high=high)
    return request.drawn(name, low=low, high=high)


def _days(request: Request, low: int, high: int, now: datetime.datetime) -> Source:
    if request.unique:
        return request.enumerated("dates", low=low, high=high)
    today = now.astimezone(datetime.timezone.utc).toordinal()
    return request.drawn("dates", least=today - high, most=today - low)


def _instants(request: Request, first: Any, last: Any, now: datetime.datetime) -> Source:
    aware = first.tzinfo is not None
    start = EPOCH if aware else EPOCH.replace(tzinfo=None)
    low, high, present = -((start - first) // _SECOND), (last - start) // _SECOND, (now - EPOCH) // _SECOND
    _not_empty(low, high)
    if high - low >= _MOST_SECONDS:
        raise ValueError("a range of instants is at most 136 years long")
    if request.unique:
        return request.enumerated("instants", low=low, high=high, aware=aware)
    return request.drawn("instants", least=present - high, most=present - low, aware=aware)


def _not_empty(low: int, high: int) -> None:
    """Instants, times and durations are drawn in whole seconds: there has to be one between the ends."""
    if low > high:
        raise ValueError("there is no whole second in the range")


def _seconds(request: Request, name: str, low: int, high: int) -> Source:
    _not_empty(low, high)
    if request.unique:
        return request.enumerated(name, low=low, high=high)
    return request.drawn(name, low=low, high=high, step=1)


def _of_day(at: datetime.time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _end(field: models.Field[Any, Any], end: Literal, now: datetime.datetime) -> Any:
    """One end as a value of the field."""
    text = end.value if isinstance(end.value, str) else ""
    found = held(field)
    if found in ("date", "datetime", "time") and text:
        moment = _moment(text, now)
        if moment is not None:
            # the day and the hour of the clock are as the recipe writes them, for ``!now`` too
            value: Any = {"date": moment.date(), "time": moment.time(), "datetime": moment}[found]
            return clean(field, value)
    if found == "duration" and text:
        distance = _offset(text)
        if distance is not None:
            return clean(field, distance)
    return convert(field, end)


def _moment(text: str, now: datetime.datetime) -> datetime.datetime | None:
    if text == "now":
        return now
    distance = _offset(text)
    try:
        return None if distance is None else now + distance
    except OverflowError as error:
        raise ValueError(f"{text} from now is further away than dates go") from error


def _offset(text: str) -> datetime.timedelta | None:
    """A distance such as ``-30 days``, None if the text is none."""
    try:
        return parse_offset(text)
    except ValueError:
        return None


def _grain(field: models.Field[Any, Any], low: Literal, high: Literal) -> int:
    """How many places after the point are drawn: those of the column, or of a float at least two, as written."""
    places = getattr(field, "decimal_places", None)
    if places is not None:
        return int(places)
    return max(2, *(_written_places(end) for end in (low, high)))


def _written_places(end: Literal) -> int:
    try:
        exponent = Decimal(end.text or str(end.value)).as_tuple().exponent
    except InvalidOperation:
        return 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _said(end: Literal) -> str:
    return end.text or str(end.value)
