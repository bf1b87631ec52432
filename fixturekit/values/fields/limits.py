"""What a field's declaration and its validators allow, read without asking a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeVar

from django.core import validators as django
from django.utils import timezone

from fixturekit.values.fillers import AnyField

T = TypeVar("T")

_CLOCKS = (timezone.now, timezone.localdate, timezone.localtime, date.today, datetime.now, datetime.today)


def validators_of(field: AnyField) -> Iterator[Any]:
    """Yield the field's validators, without those that Django derives from the connected database's ranges."""
    yield from field.default_validators
    yield from field._validators  # type: ignore[attr-defined]


def _values(field: AnyField, kind: type[Any]) -> list[Any]:
    """The limits of all validators of a kind. What the clock says at the moment is no limit of a recipe's."""
    limits = (found.limit_value for found in validators_of(field) if isinstance(found, kind))
    return [limit() if callable(limit) else limit for limit in limits if limit not in _CLOCKS]


def lowest(field: AnyField) -> Any:
    """Return the greatest limit of the field's ``MinValueValidator``, None without one."""
    return max(_values(field, django.MinValueValidator), default=None)


def highest(field: AnyField) -> Any:
    """Return the smallest limit of the field's ``MaxValueValidator``, None without one."""
    return min(_values(field, django.MaxValueValidator), default=None)


def lengths(field: AnyField) -> tuple[int, int | None]:
    """Return the fewest (at least 1) and the most characters of a text; None: as many as one likes."""
    shortest = max([1, *_values(field, django.MinLengthValidator)])
    longest = _values(field, django.MaxLengthValidator)
    if field.max_length is not None:
        longest.append(field.max_length)
    return shortest, min(longest, default=None)


def extensions(field: AnyField) -> list[str] | None:
    """Return the ends that names of files may have, without the dot; None: any."""
    found: list[str] | None = None
    for validator in validators_of(field):
        allowed = getattr(validator, "allowed_extensions", None)
        if isinstance(validator, django.FileExtensionValidator) and allowed is not None:
            found = [end for end in allowed if found is None or end in found]
    return found


def step(field: AnyField) -> tuple[Fraction, Fraction] | None:
    """Return the distance between valid numbers and one of them, from the field's ``StepValueValidator``."""
    for found in validators_of(field):
        if isinstance(found, django.StepValueValidator):
            limit = found.limit_value() if callable(found.limit_value) else found.limit_value
            return Fraction(str(limit)), Fraction(str(found.offset or 0))
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """The whole numbers from ``low`` to ``high``, both included, that are ``step`` apart; empty if ``high`` is lower."""

    low: int
    high: int
    step: int = 1

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return max((self.high - self.low) // self.step + 1, 0)

    def within(self, low: int, high: int) -> Span:
        """Return the part between two bounds."""
        first = self.low + max(-(-(low - self.low) // self.step), 0) * self.step
        return Span(first, min(self.high, high), self.step)

    def preferring(self, low: int, high: int) -> Span:
        """Return the part between two bounds if there is any, else the whole."""
        part = self.within(low, high)
        return part if part.count else self


def span(field: AnyField, low: int, high: int, scale: int = 1) -> Span:
    """Return the valid numbers from ``low`` to ``high`` in units of which ``scale`` make one."""
    least, most = lowest(field), highest(field)
    if least is not None:
        low = max(low, ceil(_exact(least) * scale))
    if most is not None:
        high = min(high, floor(_exact(most) * scale))
    stepped = step(field)
    if stepped is None:
        return Span(low, high)
    exact = scale * 10 ** (15 if stepped[0].denominator == 1 else 6)  # Django checks with floats, wrongly beyond
    low, high = max(low, -exact), min(high, exact)
    distance, offset = (part * scale for part in stepped)
    if distance.denominator != 1 or offset.denominator != 1 or distance <= 0:
        return Span(low, high)
    return Span(low + (offset.numerator - low) % distance.numerator, high, distance.numerator)


def _exact(limit: Any) -> Fraction:
    return Fraction(limit) if isinstance(limit, float) else Fraction(str(limit))


def meaning(name: str, table: Mapping[str, T]) -> T | None:
    """Look a field's name up: all of it, then its last words, then its first words (``billing_city`` is a city)."""
    words = name.split("_")
    for at in range(len(words)):
        if (found := table.get("_".join(words[at:]))) is not None:
            return found
    for at in range(len(words) - 1, 0, -1):
        if (found := table.get("_".join(words[:at]))) is not None:
            return found
    return None
