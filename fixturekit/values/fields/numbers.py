"""Whole numbers, decimals and floats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.db import models

from fixturekit.values.fields.limits import Span, highest, lowest, meaning, span, step
from fixturekit.values.fillers import Filled, Request, filler
from fixturekit.values.meanings.numbers import FRACTIONS, MONEY, PLACES_ON_EARTH, ROUND, WHOLE
from fixturekit.values.picking import bounded, width_of
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.streams import Words

# What every supported database holds: PostgreSQL's ranges.
RANGES = {
    "SmallIntegerField": (-(2**15), 2**15 - 1),
    "IntegerField": (-(2**31), 2**31 - 1),
    "BigIntegerField": (-(2**63), 2**63 - 1),
    "PositiveSmallIntegerField": (0, 2**15 - 1),
    "PositiveIntegerField": (0, 2**31 - 1),
    "PositiveBigIntegerField": (0, 2**63 - 1),
    "SmallAutoField": (1, 2**15 - 1),
    "AutoField": (1, 2**31 - 1),
    "BigAutoField": (1, 2**63 - 1),
}
DIGITS = 15  # SQLite keeps no more of a decimal

USUAL = (1, 1000)
FEW = 5  # round sums are worth it only where there are some
ENDINGS = (99,) * 8 + (0,) * 5 + (50,) * 4 + (95,) * 3


# -- whole numbers ---------------------------------------------------------------------------------------------------


@generator("integers")
def draw_integers(low: int, high: int, step: int = 1) -> Drawing:
    """Even over ``low``, ``low + step``, ... up to ``high``."""
    last = Span(low, high, step).count - 1

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[int]:
        if step == 1:
            return bounded(words, low, high)
        return [low + step * number for number in bounded(words, 0, last)]

    return Drawing(width_of(0, last), draw, draw)


@generator("integers.count")
def count_integers(low: int, high: int, step: int = 1) -> Drawing:
    """``low``, ``low + step``, ... up to ``high``, then from the beginning."""
    count = Span(low, high, step).count

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[int]:
        return [low + row % count * step for row in rows]

    return Drawing(0, draw, draw)


@enumeration("integers")
def enumerate_integers(low: int, high: int, step: int = 1) -> Space:
    """Each of ``low``, ``low + step``, ... up to ``high``."""

    def values(entries: Sequence[int]) -> list[int]:
        return [low + entry * step for entry in entries]

    return Space(Span(low, high, step).count, values, values)


@filler(models.IntegerField)
def fill_integer(request: Request) -> Filled:
    """Positive where nothing else is asked for; lifelike ones in a range that suits the name."""
    field = request.field
    valid = _required(request, span(field, *RANGES.get(field.get_internal_type(), RANGES["IntegerField"])))
    valid = _from_one(request, valid)
    if request.unique:
        return request.enumerated("integers", low=valid.low, high=valid.high, step=valid.step)
    if request.plain:
        return request.drawn("integers.count", low=valid.low, high=valid.high, step=valid.step)
    wanted = valid.preferring(*(meaning(request.name, WHOLE) or USUAL))
    return request.drawn("integers", low=wanted.low, high=min(wanted.high, wanted.low + 2**20), step=wanted.step)


def _required(request: Request, valid: Span) -> Span:
    if not valid.count:
        raise request.unsupported()
    return valid


def _from_one(request: Request, valid: Span, one: int = 1) -> Span:
    """Without a validator that says where numbers begin they begin at one, as people count, if enough remain."""
    positive = valid.preferring(one, valid.high)
    if lowest(request.field) is not None or (request.unique and positive.count < 50):
        return valid
    return positive


# -- decimals and floats ---------------------------------------------------------------------------------------------
#
# Drawn in whole units of 10**-grain, so that no float takes part; ``places`` is what the column shows.


@lru_cache(maxsize=16)
def _tails(grain: int, places: int) -> list[str]:
    return [f".{part:0{grain}}{'0' * (places - grain)}" for part in range(10**grain)]


def _texts(grain: int, places: int) -> Callable[[Sequence[int]], list[str]]:
    """Return the function that spells units with so many places."""
    scale = 10**grain
    if not grain:
        tail = "." + "0" * places if places else ""
        return lambda units: [f"{unit}{tail}" for unit in units]
    if grain > 3:
        form = f"%d.%0{grain}d{'0' * (places - grain)}"
        return lambda units: [("-" if unit < 0 else "") + form % divmod(abs(unit), scale) for unit in units]

    tails = _tails(grain, places)

    def spell(units: Sequence[int]) -> list[str]:
        if min(units, default=0) >= 0:
            return [f"{unit // scale}{tails[unit % scale]}" for unit in units]
        return [f"{'-' if unit < 0 else ''}{abs(unit) // scale}{tails[abs(unit) % scale]}" for unit in units]

    return spell


def _numbers(grain: int, places: int | None) -> Callable[[Sequence[int]], list[Any]]:
    """Return the function that makes numbers of units: decimals with so many places, or floats for None."""
    if places is None:
        scale = 10**grain
        return lambda units: [unit / scale for unit in units]
    spell = _texts(grain, places)
    return lambda units: list(map(Decimal, spell(units)))


def _canonical(grain: int, places: int | None) -> Callable[[Sequence[int]], list[Any]]:
    return _numbers(grain, None) if places is None else _texts(grain, places)


def _drawing(width: int, units: Callable[[Words, Sequence[int]], list[int]], grain: int, places: int | None) -> Drawing:
    numbers, canonical = _numbers(grain, places), _canonical(grain, places)
    return Drawing(
        width,
        lambda words, rows, now: numbers(units(words, rows)),
        lambda words, rows, now: canonical(units(words, rows)),
    )


@generator("fractions")
def draw_fractions(low: int, high: int, grain: int, places: int | None, step: int = 1) -> Drawing:
    """Even over units from ``low`` to ``high``; decimals with ``places``, floats where it is None."""
    whole = draw_integers(low, high, step)
    units = whole.values
    moment = datetime.min  # noqa: DTZ901  whole numbers ask no clock
    return _drawing(whole.width, lambda words, rows: units(words, rows, moment), grain, places)


@generator("fractions.count")
def count_fractions(low: int, high: int, grain: int, places: int | None, stride: int = 1) -> Drawing:
    """``low``, ``low + stride``, ... up to ``high``, then from the beginning."""
    count = Span(low, high, stride).count
    return _drawing(0, lambda words, rows: [low + row % count * stride for row in rows], grain, places)


@generator("prices")
def draw_prices(low: int, high: int, places: int | None) -> Drawing:
    """Amounts of money: a whole part from ``low`` to ``high``, small ones more often, and .99, .00, .50 or .95."""
    spread, kinds = high - low + 1, len(ENDINGS)
    tails = [f".{ending:02}{'0' * ((places or 2) - 2)}" for ending in ENDINGS]

    def texts(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        return [
            f"{low + ((whole * whole >> 32) * spread >> 32)}{tails[ending * kinds >> 32]}"
            for whole, ending in zip(words[0::2], words[1::2], strict=True)
        ]

    def floats(words: Words, rows: Sequence[int], now: datetime) -> list[float]:
        return list(map(float, texts(words, rows, now)))

    if places is None:
        return Drawing(2, floats, floats)
    return Drawing(2, lambda words, rows, now: list(map(Decimal, texts(words, rows, now))), texts)


@enumeration("fractions")
def enumerate_fractions(low: int, high: int, grain: int, places: int | None, stride: int = 1, step: int = 1) -> Space:
    """Each number from ``low`` units upwards, those that are ``stride`` units apart first, then those between them."""
    count = Span(low, high, stride).count if stride == step else (high - low + 1) // stride
    numbers, canonical = _numbers(grain, places), _canonical(grain, places)

    def units(entries: Sequence[int]) -> list[int]:
        return [low + entry % count * stride + entry // count * step for entry in entries]

    return Space(
        count * (stride // step), lambda entries: numbers(units(entries)), lambda entries: canonical(units(entries))
    )


@filler(models.DecimalField)
def fill_decimal(request: Request) -> Filled:
    """At most 15 significant digits, and two places unless the limits leave too little."""
    field = request.field
    places = field.decimal_places or 0  # type: ignore[attr-defined]
    digits = field.max_digits or DIGITS + places  # type: ignore[attr-defined]
    return _fill_fraction(request, places, digits - places, places)


@filler(models.FloatField)
def fill_float(request: Request) -> Filled:
    """Numbers with two places, up to a million."""
    return _fill_fraction(request, None, 6, 6)


def _fill_fraction(request: Request, places: int | None, whole_digits: int, most: int) -> Filled:
    on_earth = request.name.split("_")[-1] in PLACES_ON_EARTH
    grain = 6 if on_earth else 2
    grain, valid = _grained(request, min(grain, most), most, whole_digits)
    one = 10**grain
    valid = _from_one(request, valid, one if valid.high >= one else 1)
    if on_earth:
        low, high = meaning(request.name, FRACTIONS) or (-90, 90)
        valid = valid.preferring(low * one, high * one)
    if request.unique:
        return _unique_fraction(request, valid, grain, places)
    if request.plain:
        stride = one if valid.step == 1 and Span(valid.low, valid.high, one).count > 1 else valid.step
        return request.drawn(
            "fractions.count", low=valid.low, high=valid.high, grain=grain, places=places, stride=stride
        )
    round_ = _round(request, valid, grain)
    if round_.count:
        return request.drawn(
            "fractions", low=round_.low, high=round_.high, grain=grain, places=places, step=round_.step
        )
    money = _money(request, valid, grain)
    if money.count:
        return request.drawn("prices", low=money.low, high=money.high, places=places)
    low, high = meaning(request.name, FRACTIONS) or (1, 1000)
    wanted = _required(request, span(request.field, *_reach(whole_digits, grain), scale=one)).preferring(
        low * one, high * one
    )
    return request.drawn("fractions", low=wanted.low, high=wanted.high, grain=grain, places=places, step=wanted.step)


def _reach(whole_digits: int, grain: int) -> tuple[int, int]:
    most = 10 ** min(max(whole_digits, 0) + grain, DIGITS) - 1
    return -most, most


def _grained(request: Request, grain: int, most: int, whole_digits: int) -> tuple[int, Span]:
    """Return the smallest grain, from the wanted one upwards, at which the limits leave numbers enough."""
    enough = 10**6 if request.unique else 100
    distance, offset = step(request.field) or (Fraction(1), Fraction(0))
    while grain < min(most, DIGITS) and (distance * 10**grain % 1 or offset * 10**grain % 1):
        grain += 1
    while True:
        valid = span(request.field, *_reach(whole_digits, grain), scale=10**grain)
        if valid.count >= enough or grain >= min(most, DIGITS):
            return grain, _required(request, valid)
        grain += 1


def _round(request: Request, valid: Span, grain: int) -> Span:
    """Round sums, none where the field is no such sum or has no room for them."""
    wanted = meaning(request.name, ROUND)
    if wanted is None or step(request.field) is not None:
        return Span(1, 0)
    low, high, distance = (part * 10**grain for part in wanted)
    found = Span(low, high, distance).within(valid.low, valid.high)
    return found if found.count >= FEW else Span(1, 0)


def _money(request: Request, valid: Span, grain: int) -> Span:
    """The whole parts of a price, none where the field is no price."""
    wanted = meaning(request.name, MONEY)
    if wanted is None or grain < 2 or step(request.field) is not None:
        return Span(1, 0)
    one = 10**grain
    return Span(-(-valid.low // one), (valid.high + 1) // one - 1).within(*wanted)


def _unique_fraction(request: Request, valid: Span, grain: int, places: int | None) -> Filled:
    one = 10**grain
    roomy = valid.step == 1 and highest(request.field) is None and (valid.high - valid.low + 1) // one > 1
    return request.enumerated(
        "fractions",
        low=valid.low,
        high=valid.high,
        grain=grain,
        places=places,
        stride=one if roomy else valid.step,
        step=valid.step,
    )
