"""Conditions of constraints as plain data, and what they say of a row: true, false, NULL, or not known.

A CHECK refuses a row for which its condition is false; one that comes out as NULL passes, as in SQL.
"""

from __future__ import annotations

import datetime
import enum
import json
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from fixturekit.values.uniqueness import fold


@dataclass(frozen=True, slots=True)
class Column:
    """What the row has in a field."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same for each row."""

    value: Any


@dataclass(frozen=True, slots=True)
class Now:
    """The recipe's clock."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A function of other operands, by its name in the table ``FUNCTIONS``."""

    function: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The operand of the first condition that is true, ``Constant(None)`` at the end where there is no other."""

    cases: tuple[tuple[Condition, Operand], ...]
    otherwise: Operand


Operand: TypeAlias = "Column | Constant | Now | Applied | Chosen"


@dataclass(frozen=True, slots=True)
class Compared:
    """A lookup of the table ``LOOKUPS``, on one operand and those that it is compared with."""

    lookup: str
    left: Operand
    right: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Each part must hold; without parts it does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must hold; without parts none does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Odd:
    """An odd number of parts must hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Condition


Condition: TypeAlias = "Compared | All | AnyOf | Odd | Not"


class Unknown(enum.Enum):
    """Says that a value is not known, or that nobody can say what a database makes of it."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Truth: TypeAlias = "bool | Unknown | None"
Row: TypeAlias = "Mapping[str, Any]"
"""Field -> value, None for NULL; a field that is not there is not known."""


def columns_of(part: Condition | Operand) -> Iterator[str]:
    """Yield the fields that a condition or an operand reads, each as often as it does."""
    if isinstance(part, Column):
        yield part.name
    for inner in _inner(part):
        yield from columns_of(inner)


def _inner(part: Condition | Operand) -> Iterator[Condition | Operand]:
    if isinstance(part, Compared):
        yield part.left
        yield from part.right
    elif isinstance(part, (All, AnyOf, Odd)):
        yield from part.parts
    elif isinstance(part, Not):
        yield part.part
    elif isinstance(part, Applied):
        yield from part.operands
    elif isinstance(part, Chosen):
        for case in part.cases:
            yield from case
        yield part.otherwise


def truth(condition: Condition, row: Row, now: datetime.datetime | None = None, *, folding: bool = False) -> Truth:
    """Return what a condition says of a row.

    Args:
        condition: What is asked.
        row: The values of the fields; those that are missing are not known.
        now: The instant that ``Now`` stands for.
        folding: Texts that differ in case, accents or blanks around are the same, as for some databases.
    """
    found: Truth = _compiled(condition, _How.FOLDED if folding else _How.EXACT)(row, now)
    return found


def refuses(condition: Condition, row: Row, now: datetime.datetime | None = None) -> bool:
    """Whether some database would refuse a row under this condition; what is not known is taken to be right."""
    return any(_compiled(condition, how)(row, now) is False for how in (_How.EXACT, _How.FOLDED))


def refuses_in_floats(condition: Condition, row: Row, now: datetime.datetime | None = None) -> bool:
    """Whether a database would refuse a row that reckons with floats where it has decimals, as SQLite does."""
    return _compiled(condition, _How.FLOATS)(row, now) is False


def reckons(condition: Condition) -> bool:
    """Whether a condition is about what numbers give together."""
    waiting: list[Condition | Operand] = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Applied) and part.function in _RECKONING:
            return True
        waiting.extend(_inner(part))
    return False


def value_of(operand: Operand, row: Row, now: datetime.datetime | None = None) -> Any:
    """Return the value of an operand in a row, ``UNKNOWN`` where it cannot be told."""
    return _operand(operand, _How.EXACT)(row, now)


class _How(enum.Enum):
    """How databases differ: as it is written, with texts that differ in case and the like for the same, or in floats."""

    EXACT = "exact"
    FOLDED = "folded"
    FLOATS = "floats"


def _as_it_is(value: Any) -> Any:
    return value


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


# -- compiled ----------------------------------------------------------------------------------------------------------

_Read = Callable[[Row, "datetime.datetime | None"], Any]


def _compiled(condition: Condition, how: _How) -> _Read:
    try:
        return _cached(condition, how)
    except TypeError:  # a constant that has no hash, such as a JSON value
        return _condition(condition, how)


def _condition(condition: Condition, how: _How) -> _Read:
    if isinstance(condition, Compared):
        return _comparison(condition, how)
    if isinstance(condition, Not):
        part = _condition(condition.part, how)
        return lambda row, now: _negated(part(row, now))
    parts = [_condition(part, how) for part in condition.parts]
    if isinstance(condition, All):
        return lambda row, now: _first_of((False, UNKNOWN, None), [part(row, now) for part in parts], True)
    if isinstance(condition, AnyOf):
        return lambda row, now: _first_of((True, UNKNOWN, None), [part(row, now) for part in parts], False)
    return lambda row, now: _odd([part(row, now) for part in parts])


_cached = lru_cache(maxsize=512)(_condition)


def _negated(found: Truth) -> Truth:
    return not found if isinstance(found, bool) else found


def _first_of(ranked: tuple[Truth, ...], found: list[Truth], otherwise: bool) -> Truth:
    """The strongest of what the parts say."""
    for wanted in ranked:
        if any(one is wanted for one in found):
            return wanted
    return otherwise


def _odd(found: list[Truth]) -> Truth:
    """As Django spells it for databases that have no XOR: a part that is NULL is not counted."""
    if any(one is UNKNOWN for one in found):
        return UNKNOWN
    return sum(one is True for one in found) % 2 == 1


def _comparison(condition: Compared, how: _How) -> _Read:
    compare = LOOKUPS[condition.lookup]
    left = _operand(condition.left, how)
    right = [_operand(operand, how) for operand in condition.right]
    folded = condition.lookup in _FOLDED and how is _How.FOLDED

    def read(row: Row, now: datetime.datetime | None) -> Truth:
        values = [left(row, now), *(operand(row, now) for operand in right)]
        if UNKNOWN in values:
            return UNKNOWN
        if folded:
            values = [fold(value) if isinstance(value, str) else value for value in values]
        try:
            return compare(*values)
        except (TypeError, ValueError, ArithmeticError, re.error):
            return UNKNOWN

    return read


def _operand(operand: Operand, how: _How) -> _Read:
    held = _as_float if how is _How.FLOATS else _as_it_is
    if isinstance(operand, Column):
        name = operand.name
        return lambda row, now: held(row.get(name, UNKNOWN))
    if isinstance(operand, Constant):
        value = held(operand.value)
        return lambda row, now: value
    if isinstance(operand, Now):
        return lambda row, now: UNKNOWN if now is None else now
    if isinstance(operand, Applied):
        return _application(operand, how)
    cases = [(_condition(condition, how), _operand(chosen, how)) for condition, chosen in operand.cases]
    otherwise = _operand(operand.otherwise, how)

    def read(row: Row, now: datetime.datetime | None) -> Any:
        for condition, chosen in cases:
            found = condition(row, now)
            if found is UNKNOWN:
                return UNKNOWN
            if found:
                return chosen(row, now)
        return otherwise(row, now)

    return read


def _application(operand: Applied, how: _How) -> _Read:
    function = FUNCTIONS[operand.function]
    operands = [_operand(part, how) for part in operand.operands]
    null_through = operand.function not in _TAKES_NULL

    def read(row: Row, now: datetime.datetime | None) -> Any:
        values = [part(row, now) for part in operands]
        if UNKNOWN in values:
            return UNKNOWN
        if null_through and None in values:
            return None
        try:
            return function(*values)
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return UNKNOWN

    return read


# -- lookups -----------------------------------------------------------------------------------------------------------


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values that Python compares as a database does.

    Raises TypeError where databases do not agree what comes out.
    """
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    if isinstance(right, float) and isinstance(left, Decimal):
        return left, Decimal(str(right))
    numbers = (bool, int, float, Decimal)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return left, right
    if isinstance(left, datetime.datetime) and isinstance(right, datetime.datetime):
        if (left.tzinfo is None) != (right.tzinfo is None):
            raise TypeError("instants with and without a zone")
        return left, right
    if type(left) is not type(right) and not (isinstance(left, str) and isinstance(right, str)):
        raise TypeError(f"{type(left).__name__} and {type(right).__name__}")
    return left, right


def _by(compare: Callable[[Any, Any], Any]) -> Callable[..., Truth]:
    def compared(left: Any, right: Any) -> Truth:
        if left is None or right is None:
            return None
        return bool(compare(*_alike(left, right)))

    return compared


_equal = _by(operator.eq)


def _among(left: Any, *right: Any) -> Truth:
    if not right:
        return False
    return _first_of((True, UNKNOWN, None), [_equal(left, value) for value in right], False)


def _between(left: Any, low: Any, high: Any) -> Truth:
    return _first_of((False, UNKNOWN, None), [LOOKUPS["gte"](left, low), LOOKUPS["lte"](left, high)], True)


def _text(holds: Callable[[str, str], bool], *, always_folded: bool = False) -> Callable[..., Truth]:
    def compared(left: Any, right: Any) -> Truth:
        if left is None or right is None:
            return None
        left, right = str(left), str(right)
        return holds(left.lower(), right.lower()) if always_folded else holds(left, right)

    return compared


def _regex(flags: int) -> Callable[..., Truth]:
    return _text(lambda text, pattern: re.search(pattern, text, flags) is not None)


def _same_json(left: Any, right: Any) -> Truth:
    if left is None:
        return None
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


LOOKUPS: dict[str, Callable[..., Truth]] = {
    "exact": _equal,
    "gt": _by(operator.gt),
    "gte": _by(operator.ge),
    "lt": _by(operator.lt),
    "lte": _by(operator.le),
    "in": _among,
    "range": _between,
    "isnull": lambda left, wanted: (left is None) == bool(wanted),
    "is_true": lambda left: None if left is None else bool(left),
    "contains": _text(lambda text, part: part in text),
    "startswith": _text(str.startswith),
    "endswith": _text(str.endswith),
    "iexact": _text(operator.eq, always_folded=True),
    "icontains": _text(lambda text, part: part in text, always_folded=True),
    "istartswith": _text(str.startswith, always_folded=True),
    "iendswith": _text(str.endswith, always_folded=True),
    "regex": _regex(0),
    "iregex": _regex(re.IGNORECASE),
    "json_exact": _same_json,
    "has_key": lambda left, key: None if left is None else isinstance(left, dict) and str(key) in left,
}
"""The lookups that can be evaluated, by name; each is called with the left value, then the others."""

_RECKONING = frozenset({"+", "-", "*", "/", "%%", "Mod"})
_FOLDED = frozenset({"exact", "gt", "gte", "lt", "lte", "in", "range", "contains", "startswith", "endswith"})


# -- functions ---------------------------------------------------------------------------------------------------------


def _key(value: Any, key: Any) -> Any:
    """What a JSON value has under a key; NULL where it has no such key, not known where it holds a JSON null."""
    if isinstance(value, dict) and str(key) in value:
        found = value[str(key)]
    elif isinstance(value, list) and str(key).lstrip("-").isdigit() and -len(value) <= int(key) < len(value):
        found = value[int(key)]
    else:
        return None
    return UNKNOWN if found is None else found


def _remainder(left: Any, right: Any) -> Any:
    """With the sign of the dividend, as SQL has it."""
    if right == 0:
        return UNKNOWN  # NULL for one database, an error for another
    found = math.fmod(left, right) if isinstance(left, float) or isinstance(right, float) else abs(left) % abs(right)
    return found if isinstance(found, float) or left >= 0 else -found


def _quotient(left: Any, right: Any) -> Any:
    """Databases do not agree what whole numbers divided give."""
    whole = isinstance(left, int) and isinstance(right, int)
    if right == 0 or (whole and left % right):
        return UNKNOWN
    left, right = _alike(left, right)
    return left // right if whole else left / right


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def computed(left: Any, right: Any) -> Any:
        if isinstance(left, (float, Decimal)) or isinstance(right, (float, Decimal)):
            left, right = _alike(left, right)
        return compute(left, right)

    return computed


def _rounded(value: Any, places: Any = 0) -> Any:
    """Databases do not agree on halves."""
    scaled = Decimal(str(value)).scaleb(int(places))
    if abs(scaled % 1) == Decimal("0.5"):
        return UNKNOWN
    return scaled.to_integral_value().scaleb(-int(places))


def _extremum(choose: Callable[..., Any]) -> Callable[..., Any]:
    """Databases do not agree what NULL among the values gives."""
    return lambda *values: UNKNOWN if None in values else choose(values)


def _first_value(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _concatenated(*values: Any) -> Any:
    """NULL counts as nothing, as Django's ``Concat`` has it."""
    return "".join("" if value is None else str(value) for value in values)


def _in_zone(moment: datetime.datetime, zone: str) -> datetime.datetime:
    return moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _quotient,
    "%%": _remainder,
    "Mod": _remainder,
    "Abs": abs,
    "Ceil": lambda value: Decimal(str(value)).to_integral_value("ROUND_CEILING"),
    "Floor": lambda value: Decimal(str(value)).to_integral_value("ROUND_FLOOR"),
    "Round": _rounded,
    "Coalesce": _first_value,
    "Greatest": _extremum(max),
    "Least": _extremum(min),
    "NullIf": lambda left, right: None if right is not None and _equal(left, right) is True else left,
    "Lower": lambda text: str(text).lower(),
    "Upper": lambda text: str(text).upper(),
    "Length": lambda text: len(text),
    "Concat": _concatenated,
    "ConcatPair": _concatenated,
    "Left": lambda text, length: text[:length],
    "Right": lambda text, length: text[-length:],
    "Substr": lambda text, start, length=None: text[start - 1 :][:length],
    "Replace": lambda text, old, new="": text.replace(old, new),
    "Reverse": lambda text: text[::-1],
    "Trim": lambda text: text.strip(" "),
    "LTrim": lambda text: text.lstrip(" "),
    "RTrim": lambda text: text.rstrip(" "),
    "date": lambda moment: moment.date(),
    "time": lambda moment: moment.time(),
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "week": lambda moment: moment.isocalendar()[1],
    "iso_year": lambda moment: moment.isocalendar()[0],
    "week_day": lambda moment: moment.isoweekday() % 7 + 1,
    "iso_week_day": lambda moment: moment.isoweekday(),
    "quarter": lambda moment: (moment.month + 2) // 3,
    "in_zone": _in_zone,
    "key": _key,
}
"""The functions that can be evaluated, by the name of Django's class or of its transform; NULL goes through all but a few."""

_TAKES_NULL = frozenset({"Coalesce", "Greatest", "Least", "NullIf", "Concat", "ConcatPair"})
