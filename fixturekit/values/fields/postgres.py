"""Fields of ``django.contrib.postgres``: arrays, hstores, ranges. Imported only where a model has such fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from math import prod
from typing import Any

from django.conf import settings
from django.contrib.postgres import fields as postgres
from django.contrib.postgres import validators as limits
from django.contrib.postgres.search import SearchVectorField
from django.core import validators as django
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange

from fixturekit.exceptions import GenerationError
from fixturekit.values.fields.limits import validators_of
from fixturekit.values.fields.templates import part_of
from fixturekit.values.fields.temporal import DAY, EPOCH, FIRST_DAY, LAST_DAY
from fixturekit.values.fillers import AnyField, Filled, Request, filler
from fixturekit.values.filling import fill
from fixturekit.values.pools import pool
from fixturekit.values.registry import (
    Context,
    Drawing,
    Space,
    capacity,
    compile_source,
    drawing,
    enumeration,
    generator,
    space,
)
from fixturekit.values.sources import ByDatabase, Const, Drawn, Enumerated
from fixturekit.values.streams import Words
from fixturekit.values.uniqueness import axis_of

FEW = 3  # items of a drawn array at most, where nobody asks for more
ENOUGH = 2**31  # different arrays
MOST_SLOTS = 64
_TRIED = 8  # items that are tried on validators of their own

Arguments = tuple[tuple[str, Any], ...]


# -- arrays ----------------------------------------------------------------------------------------------------------


@generator("postgres.arrays")
def draw_arrays(items: str, args: Arguments, least: int, most: int) -> Drawing:
    """``least`` to ``most`` items, each drawn by the generator ``items`` from words of its own."""
    base = drawing(Drawn(items, "", args))
    counted = int(most > least)
    width = counted + most * base.width

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        slots = [
            base.values(part_of(words, width, counted + slot * base.width, base.width), rows, now)
            for slot in range(most)
        ]
        sizes = (
            [least + (word * (most - least + 1) >> 32) for word in words[::width]] if counted else [most] * len(rows)
        )
        return [list(row[:size]) for row, size in zip(zip(*slots, strict=True), sizes, strict=True)]

    return Drawing(width, draw)


@enumeration("postgres.arrays")
def enumerate_arrays(items: str, args: Arguments, slots: int, counting: bool) -> Space:
    """Arrays of ``slots`` items: all combinations of those of the enumeration ``items``."""
    base = space(Enumerated(items, "", 0, args))
    sizes = (base.capacity,) * slots

    def values(entries: Sequence[int]) -> list[Any]:
        columns = [base.values(axis_of(entries, sizes, slot)) for slot in range(slots)]
        return [list(row) for row in zip(*columns, strict=True)]

    return Space(prod(sizes), values)


@filler(postgres.ArrayField)
def fill_array(request: Request) -> Filled:
    """Plain: one item; lifelike: one to three. Arrays in an array have the same number of items in every row."""
    return _array(request, request.field, fixed=False)


def _array(request: Request, field: Any, *, fixed: bool) -> Filled:
    least, most = _sizes(request, field)
    base: AnyField = field.base_field
    if request.unique:
        return _unique_array(request, base, least, most)
    inner = _items(request, base)
    most = least if request.plain or fixed else min(max(least, FEW), most)
    if isinstance(inner, Const):
        return Const([inner.value] * least)
    if not isinstance(inner, Drawn):
        raise request.unsupported()
    return request.drawn("postgres.arrays", items=inner.generator, args=inner.args, least=least, most=most)


def _sizes(request: Request, field: Any) -> tuple[int, int]:
    """The fewest items, at least one, and the most."""
    found = list(validators_of(field))
    least = max([1, *_limits(found, django.MinLengthValidator)])
    most = min([MOST_SLOTS, *_limits(found, django.MaxLengthValidator)])
    if most < least:
        raise request.unsupported()
    return least, most


def _limits(found: list[Any], kind: type[Any]) -> list[Any]:
    limits = (validator.limit_value for validator in found if isinstance(validator, kind))
    return [limit() if callable(limit) else limit for limit in limits]


def _items(request: Request, base: AnyField, unique_key: str | None = None) -> Filled:
    """What fills the items: as a field of the array's own name and meaning would be."""
    inner = Request(base, request.model, request.lane, request.style, request.locale, unique_key)
    if isinstance(base, postgres.ArrayField):
        return _array(inner, base, fixed=True)
    source = fill(inner)
    if isinstance(source, (Const, Drawn, Enumerated)) and len(base.validators) > len(base.default_validators):
        _try_items(base, source)
    return source


def _try_items(base: AnyField, source: Const | Drawn | Enumerated) -> None:
    """See on a few items whether validators of the items, which may ask for anything, take them.

    Raises:
        GenerationError: They do not.
    """
    tried = (
        1 if isinstance(source, Const) else min(_TRIED, capacity(source) if isinstance(source, Enumerated) else _TRIED)
    )
    for value in compile_source(source, Context("", "", EPOCH)).values(0, tried):
        try:
            base.run_validators(value)
        except ValidationError as error:
            reason = " ".join(error.messages).rstrip(".")
            raise GenerationError(
                f"items of generated arrays, such as {value!r}, are refused: {reason}. Give the field arrays that fit"
            ) from error


def _unique_array(request: Request, base: AnyField, least: int, most: int) -> Filled:
    inner = _items(request, base, request.unique_key)
    if isinstance(inner, Drawn) and inner.generator == "uuids":
        return request.drawn("postgres.arrays", items=inner.generator, args=inner.args, least=least, most=least)
    if not isinstance(inner, Enumerated):
        raise request.unsupported()
    size, slots = capacity(inner), least
    while size > 1 and size**slots < ENOUGH and slots < most:
        slots += 1
    return request.enumerated(
        "postgres.arrays", items=inner.enumeration, args=inner.args, slots=slots, counting=inner.counting
    )


# -- hstores ---------------------------------------------------------------------------------------------------------


@generator("postgres.hstores")
def draw_hstores(locale: str) -> Drawing:
    """A small mapping such as ``{"color": "teal", "label": "harbor"}``."""
    colors, labels = pool(locale, "colors"), pool(locale, "nouns")

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        return [
            {"color": colors[a * len(colors) >> 32], "label": labels[b * len(labels) >> 32]}
            for a, b in zip(words[0::2], words[1::2], strict=True)
        ]

    return Drawing(2, draw)


def _numbered(numbers: Sequence[int]) -> list[Any]:
    return [{"n": str(number + 1)} for number in numbers]


@generator("postgres.hstores.count")
def count_hstores() -> Drawing:
    """``{"n": "1"}``, ``{"n": "2"}`` and so on."""
    return Drawing(0, lambda words, rows, now: _numbered(rows))


@enumeration("postgres.hstores")
def enumerate_hstores() -> Space:
    """``{"n": "1"}`` to ``{"n": "2147483648"}``."""
    return Space(2**31, _numbered)


@filler(postgres.HStoreField)
def fill_hstore(request: Request) -> Filled:
    """Never empty, unless the field's validator names the keys that there may be."""
    for validator in validators_of(request.field):
        if isinstance(validator, limits.KeysValidator):
            named: Any = validator
            return _named_keys(request, sorted(named.keys))
    if request.unique:
        return request.enumerated("postgres.hstores")
    if request.plain:
        return request.drawn("postgres.hstores.count")
    return request.drawn("postgres.hstores", locale=request.locale)


def _named_keys(request: Request, keys: list[str]) -> Filled:
    if request.unique:
        return request.enumerated("postgres.hstores.named", keys=tuple(keys))
    return Const(dict.fromkeys(keys, "1"))


@enumeration("postgres.hstores.named")
def enumerate_named(keys: tuple[str, ...]) -> Space:
    """Mappings of these keys, the first of which counts from 1."""
    rest = dict.fromkeys(keys[1:], "1")
    return Space(2**31, lambda numbers: [{keys[0]: str(number + 1), **rest} for number in numbers])


# -- ranges ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scale:
    """How whole numbers become the ends of ranges: the usual window of drawn ones, and the calendar of unique ones."""

    make: Callable[[int], Any]
    number: Callable[[Any], int]
    type: type[Any]
    usual: tuple[int, int]
    longest: int
    all: tuple[int, int]


def _instant(second: int) -> datetime:
    found = EPOCH + timedelta(seconds=second)
    return found if settings.USE_TZ else found.replace(tzinfo=None)


def _seconds(moment: datetime) -> int:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return (moment - EPOCH) // timedelta(seconds=1)


_FIRST_SECOND = 946_684_800  # of the year 2000
SCALES = {
    "whole": Scale(int, int, NumericRange, (1, 1000), 100, (1, 2**31 - 2)),
    "hundredths": Scale(
        lambda number: Decimal(number).scaleb(-2), lambda end: int(Decimal(end) * 100), NumericRange,
        (100, 99_900), 10_000, (1, 2**31 - 2),
    ),
    "days": Scale(date.fromordinal, date.toordinal, DateRange, (-365, -1), 30, (FIRST_DAY, LAST_DAY)),
    "seconds": Scale(
        _instant, _seconds, DateTimeTZRange, (-365 * DAY, -DAY), 2 * DAY, (_FIRST_SECOND, _FIRST_SECOND + 2**31 - 2)
    ),
}  # fmt: skip
_HOUR = 3600
SCALE_OF = {
    "IntegerField": "whole",
    "BigIntegerField": "whole",
    "DecimalField": "hundredths",
    "FloatField": "hundredths",
    "DateField": "days",
    "DateTimeField": "seconds",
}


def _clock(scale: str, now: datetime) -> int:
    """What the window of a scale is counted from."""
    if scale == "days":
        return now.toordinal()
    return _seconds(now) // _HOUR * _HOUR if scale == "seconds" else 0


@generator("postgres.ranges")
def draw_ranges(scale: str, bounds: str, low: int | None, high: int | None) -> Drawing:
    """Ranges that begin in the scale's usual window, moved between ``low`` and ``high``."""
    found = SCALES[scale]
    grain = _HOUR if scale == "seconds" else 1

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        first, last, longest = _window(found, _clock(scale, now), low, high)
        ranges = []
        for a, b in zip(words[0::2], words[1::2], strict=True):
            begin = first + (a * ((last - first) // grain + 1) >> 32) * grain
            length = grain + (b * max(longest // grain, 1) >> 32) * grain
            ranges.append(found.type(found.make(begin), found.make(begin + min(length, longest)), bounds))
        return ranges

    return Drawing(2, draw)


def _window(scale: Scale, clock: int, low: int | None, high: int | None) -> tuple[int, int, int]:
    """Where ranges begin, first and last, and how long they are at most."""
    first, last = clock + scale.usual[0], clock + scale.usual[1]
    longest = scale.longest
    if low is None and scale.type is NumericRange and (high is None or high > 0):
        low = 0  # whoever sets an upper limit alone seldom thinks of what is below nothing
    if high is not None and last + longest > high:
        first, last = high - longest - (last - first), high - longest
    if low is not None and first < low:
        first, last = low, last if last > low else low + last - first
    if high is not None and last + longest > high:
        longest = max(1, min(longest, (high - first) // 2))
        last = high - longest
    return first, last, longest


@generator("postgres.ranges.count")
def count_ranges(scale: str, bounds: str, low: int | None, high: int | None) -> Drawing:
    """From 1 to 2, from 2 to 3 and so on, or day after day, up to the end of the window and again."""
    found = SCALES[scale]

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        first, last, _ = _window(found, _clock(scale, now), low, high)
        unit = 100 if scale == "hundredths" and last - first >= 200 else 1
        numbers = (first + row * unit % (last - first + 1) for row in rows)
        return [found.type(found.make(number), found.make(number + unit), bounds) for number in numbers]

    return Drawing(0, draw)


@enumeration("postgres.ranges")
def enumerate_ranges(scale: str, bounds: str, low: int, high: int) -> Space:
    """The ranges of one unit between ``low`` and ``high``."""
    found = SCALES[scale]

    def values(entries: Sequence[int]) -> list[Any]:
        return [found.type(found.make(low + entry), found.make(low + entry + 1), bounds) for entry in entries]

    return Space(high - low, values)


@filler(postgres.RangeField)
def fill_range(request: Request) -> Filled:
    """Closed ranges that are not empty: plain 1 to 2, 2 to 3; lifelike of some length, dates before the clock."""
    field: Any = request.field
    scale = SCALE_OF.get(field.base_field.get_internal_type())
    if scale is None or field.range_type is not SCALES[scale].type:
        raise request.unsupported()
    low, high = range_limits(field, SCALES[scale])
    if low is not None and high is not None and high <= low:
        raise request.unsupported()
    args: dict[str, Any] = {"scale": scale, "bounds": getattr(field, "default_bounds", "[)"), "low": low, "high": high}
    if not request.unique:
        return request.drawn("postgres.ranges.count" if request.plain else "postgres.ranges", **args)
    first, last = SCALES[scale].all
    args["low"] = first if low is None else low
    args["high"] = max(last, args["low"] + last - first) if high is None else high
    if args["low"] >= args["high"]:
        args["low"] = args["high"] - (last - first)
    return request.enumerated("postgres.ranges", **args)


def range_limits(field: AnyField, scale: Scale) -> tuple[int | None, int | None]:
    """Return where the field's validators want ranges to begin and to end, in units of a scale."""
    found = list(validators_of(field))
    lows = [
        scale.number(limit) + (scale.make(scale.number(limit)) < limit)
        for limit in _limits(found, limits.RangeMinValueValidator)
    ]
    highs = [scale.number(limit) for limit in _limits(found, limits.RangeMaxValueValidator)]
    return max(lows, default=None), min(highs, default=None)


# -- search ----------------------------------------------------------------------------------------------------------


# What PostgreSQL reads as one lexeme, and gives back as it is.
_LEXEME = "'{nouns}'"


@filler(SearchVectorField)
def fill_search_vector(request: Request) -> Filled:
    """Left alone: what is in it follows from other columns. One that must be there gets a word until whoever computes
    it does.
    """
    if request.field.null:
        return ByDatabase("search vector")
    if request.unique:
        raise request.unsupported()
    return request.drawn("text", template=_LEXEME, locale=request.locale)
