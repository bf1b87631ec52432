"""What comparisons with constants leave of a field: limits, choices and patterns on a copy of it, which its filler obeys."""

from __future__ import annotations

import copy
import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core import validators as django
from django.db import models

from fixturekit.values.canonical import kind
from fixturekit.values.conditions import UNKNOWN, Applied, Column, Compared, Constant, Not, Now, truth, value_of
from fixturekit.values.disjuncts import Atom
from fixturekit.values.fields.choices import usable_choices
from fixturekit.values.fields.limits import highest, lengths, lowest
from fixturekit.values.fillers import AnyField
from fixturekit.values.literals import clean

_SIDES = {"gt": ("low", True), "gte": ("low", False), "lt": ("high", True), "lte": ("high", False)}
_ENDS = {"gt": (0,), "gte": (0,), "lt": (1,), "lte": (1,), "range": (0, 1), "exact": (0, 1)}
_NUMBERS = frozenset({"integer", "decimal", "float", "date", "datetime", "duration", "time"})
_PATTERNS = {
    "startswith": r"\A{}\w*",
    "istartswith": r"\A{}\w*",
    "endswith": r"\w*{}\Z",
    "iendswith": r"\w*{}\Z",
    "contains": r"\w*{}\w*",
    "icontains": r"\w*{}\w*",
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is asked of one field; ``low`` and ``high`` are included, ``among`` None is any value."""

    low: Any = None
    high: Any = None
    among: tuple[Any, ...] | None = None
    never: tuple[Any, ...] = ()
    patterns: tuple[tuple[str, int], ...] = ()
    shortest: int = 0
    longest: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Narrowing()


def column_of(atom: Atom) -> str | None:
    """Return the field that an atom compares with constants alone, None if it is of another form."""
    compared = atom.part if isinstance(atom, Not) else atom
    if not isinstance(compared, Compared) or not all(isinstance(part, (Constant, Now)) for part in compared.right):
        return None
    left = compared.left
    if isinstance(left, Applied) and left.function in ("Length", "year"):
        left = left.operands[0]
    return left.name if isinstance(left, Column) else None


def narrowed(narrowing: Narrowing, field: AnyField, atom: Atom, now: datetime.datetime) -> Narrowing | None:
    """Return what is asked of a field with one more atom; None where the atom is of a form that cannot be asked for."""
    compared = atom.part if isinstance(atom, Not) else atom
    assert isinstance(compared, Compared)  # column_of has looked
    values = tuple(value_of(operand, {}, now) for operand in compared.right)
    if UNKNOWN in values or None in values:
        return None
    if isinstance(compared.left, Applied):
        part = _of_year if compared.left.function == "year" else _of_length
        return None if isinstance(atom, Not) else part(narrowing, compared.lookup, values)
    if isinstance(atom, Not):
        if compared.lookup in ("exact", "in"):
            return replace(narrowing, never=(*narrowing.never, *values))
        if compared.lookup == "is_true":
            return _among(narrowing, (False,))
        return None
    if compared.lookup in ("exact", "in"):
        return _among(narrowing, values)
    if compared.lookup == "is_true":
        return _among(narrowing, (True,))
    if kind(field) in _NUMBERS:
        return _within(narrowing, field, compared.lookup, values)
    return _like(narrowing, compared.lookup, values)


def _among(narrowing: Narrowing, values: tuple[Any, ...]) -> Narrowing:
    known = narrowing.among
    both = values if known is None else tuple(value for value in known if value in values)
    return replace(narrowing, among=tuple(dict.fromkeys(both)))


def _within(narrowing: Narrowing, field: AnyField, lookup: str, values: tuple[Any, ...]) -> Narrowing | None:
    if lookup == "range":
        lower = _bounded(narrowing, "low", values[0])
        return _bounded(lower, "high", values[1])
    if lookup not in _SIDES:
        return None
    side, strict = _SIDES[lookup]
    value = _next(field, values[0], upwards=side == "low") if strict else values[0]
    return None if value is None else _bounded(narrowing, side, value)


def _bounded(narrowing: Narrowing, side: str, value: Any) -> Narrowing:
    known = getattr(narrowing, side)
    if known is not None:
        value = max(known, value) if side == "low" else min(known, value)
    return replace(narrowing, **{side: value})


def step_of(field: AnyField) -> Any:
    """Return the least distance between two values of a field that fillers keep, None where it has none."""
    found = kind(field)
    if found == "decimal":
        return Decimal(1).scaleb(-(getattr(field, "decimal_places", None) or 0))
    if found == "integer":
        return 1
    if found == "date":
        return datetime.timedelta(days=1)
    return datetime.timedelta(seconds=1) if found in ("datetime", "duration") else None


def _next(field: AnyField, value: Any, *, upwards: bool) -> Any:
    """The nearest value of a field that is not the given one, None where nobody can say."""
    if kind(field) == "float":
        return math.nextafter(float(value), math.inf if upwards else -math.inf)
    step = step_of(field)
    if step is None:
        return None
    if kind(field) == "decimal":
        value = Decimal(str(value))
    return value + step if upwards else value - step


def _of_year(narrowing: Narrowing, lookup: str, values: tuple[Any, ...]) -> Narrowing | None:
    years = {
        "exact": (values[0], values[0]),
        "range": values[:2],
        "gt": (values[0] + 1, None),
        "gte": (values[0], None),
        "lt": (None, values[0] - 1),
        "lte": (None, values[0]),
    }
    first, last = years.get(lookup, (None, None))
    if first is not None:
        narrowing = _bounded(narrowing, "low", datetime.date(first, 1, 1))
    return narrowing if last is None else _bounded(narrowing, "high", datetime.date(last, 12, 31))


def _of_length(narrowing: Narrowing, lookup: str, values: tuple[Any, ...]) -> Narrowing | None:
    least, most = narrowing.shortest, narrowing.longest
    wanted = int(values[0]) if isinstance(values[0], int) else None
    if wanted is None or lookup not in ("exact", "gt", "gte", "lt", "lte"):
        return None
    if lookup in ("exact", "gt", "gte"):
        least = max(least, wanted + (lookup == "gt"))
    if lookup in ("exact", "lt", "lte"):
        most = wanted - (lookup == "lt") if most is None else min(most, wanted - (lookup == "lt"))
    return replace(narrowing, shortest=least, longest=most)


def _like(narrowing: Narrowing, lookup: str, values: tuple[Any, ...]) -> Narrowing | None:
    if lookup == "iexact":
        return _among(narrowing, values)
    if lookup in ("regex", "iregex"):
        pattern = (str(values[0]), re.IGNORECASE if lookup == "iregex" else 0)
    elif lookup in _PATTERNS:
        pattern = (_PATTERNS[lookup].format(re.escape(str(values[0]))), 0)
    else:
        return None
    return replace(narrowing, patterns=(*narrowing.patterns, pattern))


# -- on a copy of the field --------------------------------------------------------------------------------------------


def narrowed_field(field: AnyField, narrowing: Narrowing) -> AnyField | None:
    """Return a copy of a field that has what is asked as validators and choices of its own.

    Returns:
        None where no value is left.
    """
    found: Any = copy.copy(field)
    for cached in ("validators", "flatchoices"):
        found.__dict__.pop(cached, None)
    found._validators = [*found._validators, *_validators(narrowing)]
    choices = _choices(field, narrowing)
    if choices is not None:
        filled = [value for value in choices if value not in field.empty_values]
        if not filled and not (choices and field.blank):
            return None
        found.choices = [(value, str(value)) for value in filled] or None
        found.default = found.default if filled else choices[0]
    if not _any_left(found):
        return None
    result: AnyField = found
    return result


def _validators(narrowing: Narrowing) -> list[Any]:
    found: list[Any] = []
    if narrowing.low is not None:
        found.append(django.MinValueValidator(narrowing.low))
    if narrowing.high is not None:
        found.append(django.MaxValueValidator(narrowing.high))
    if narrowing.shortest:
        found.append(django.MinLengthValidator(narrowing.shortest))
    if narrowing.longest is not None:
        found.append(django.MaxLengthValidator(narrowing.longest))
    found.extend(django.RegexValidator(re.compile(pattern, flags)) for pattern, flags in narrowing.patterns)
    return found


def _choices(field: AnyField, narrowing: Narrowing) -> tuple[Any, ...] | None:
    """The values that are left where they can be listed, None where the field has far more."""
    listed = usable_choices(field)
    values: tuple[Any, ...] | None = listed or narrowing.among
    if values is None and isinstance(field, models.BooleanField) and narrowing.never:
        values = (False, True)
    if values is None:
        return None
    plain = copy.copy(field)
    plain.choices = None
    return tuple(value for value in values if _allowed(plain, narrowing, value))


def _allowed(field: Any, narrowing: Narrowing, value: Any) -> bool:
    among, never = narrowing.among, narrowing.never
    if value in never or (among is not None and value not in among):
        return False
    try:
        clean(field, value)
        if (narrowing.low is not None and value < narrowing.low) or (
            narrowing.high is not None and value > narrowing.high
        ):
            return False
    except (ValueError, TypeError):
        return False
    return all(re.search(pattern, str(value), flags) for pattern, flags in narrowing.patterns)


def _any_left(field: AnyField) -> bool:
    """Whether limits leave a value."""
    low, high = lowest(field), highest(field)
    try:
        if low is not None and high is not None and low > high:
            return False
    except TypeError:
        return True
    shortest, longest = lengths(field)
    return longest is None or shortest <= longest


def promises(field: AnyField, atom: Atom, now: datetime.datetime) -> bool:
    """Whether all values that a filler makes for a field hold an atom, as limits and choices alone say."""
    compared = atom.part if isinstance(atom, Not) else atom
    name = column_of(atom)
    if name is None or not isinstance(compared, Compared):
        return False
    if field.choices:
        return _all_hold(atom, name, usable_choices(field), now)
    if isinstance(atom, Not):
        return kind(field) == "text" and compared.lookup in ("exact", "in") and {*compared.right} <= {Constant("")}
    if isinstance(compared.left, Applied) and compared.left.function == "Length":
        ends: tuple[Any, Any] = tuple(None if end is None else "x" * end for end in lengths(field))  # type: ignore[assignment]
    elif kind(field) in _NUMBERS:
        ends = (lowest(field), highest(field))
    else:
        return False
    wanted = _ENDS.get(compared.lookup)
    return wanted is not None and _all_hold(atom, name, [ends[end] for end in wanted], now)


def _all_hold(atom: Atom, name: str, values: Sequence[Any], now: datetime.datetime) -> bool:
    rows = [{name: value} for value in values]
    return all(truth(atom, row, now, folding=folding) is True for row in rows for folding in (False, True))
