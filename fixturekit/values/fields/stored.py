"""Different values that a field of a project's own class may store as the same: one of each is left of their enumeration."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from typing import Any

from fixturekit.values.canonical import concrete, converter
from fixturekit.values.fields.tested import field_at
from fixturekit.values.fillers import AnyField
from fixturekit.values.registry import Space, enumeration, space
from fixturekit.values.sources import Arguments, Enumerated
from fixturekit.values.uniqueness import Permutation, fold

_CONVERSIONS = ("to_python", "get_prep_value", "get_db_prep_value", "get_db_prep_save")
_SAMPLE = 256  # values beside each other, at two places, and as many far from each other, that show whether some become the same
_LISTED = 1 << 14  # values that are looked at where some do


@enumeration("stored apart")
def enumerate_stored_apart(field: str, of: str, args: Arguments, counting: bool = False) -> Space:
    """The values of another enumeration that a field stores differently, the first of those that it does not.

    Args:
        field: ``app.Model.field``.
        of: The other enumeration, with its ``args``.
        counting: Of a large space the first values are taken, not those from all over it.
    """
    left = _apart(field_at(field), Enumerated(of, "", 0, args), counting)
    return Space(len(left), lambda entries: [deepcopy(left[entry]) for entry in entries])


@lru_cache(maxsize=64)
def _apart(field: AnyField, source: Enumerated, counting: bool) -> tuple[Any, ...]:
    whole = space(source)
    places = range(min(whole.capacity, _LISTED)) if counting else _spread(whole.capacity, _LISTED)
    seen: set[Hashable] = set()
    left = []
    for value in whole.values(places):
        forms = {*stored_forms(field, value)}
        if seen.isdisjoint(forms):
            left.append(value)
        seen |= forms
    return tuple(left)


def converts_itself(field: AnyField) -> bool:
    """Whether the class of a field has a way of its own to read values, or to store them."""
    field = concrete(field)
    owners = (next(cls for cls in type(field).__mro__ if name in vars(cls)) for name in _CONVERSIONS)
    return any(not owner.__module__.startswith("django.") for owner in owners)


@lru_cache(maxsize=64)
def stores_apart(field: AnyField, source: Enumerated) -> bool:
    """Whether a field stores different values of an enumeration differently, as far as a few hundred of them show."""
    whole = space(source)
    blocks = [range(at, min(at + _SAMPLE, whole.capacity)) for at in (0, whole.capacity // 2)]
    return all(_differ(field, whole.values(places)) for places in (*blocks, _spread(whole.capacity, _SAMPLE)))


def _differ(field: AnyField, values: Sequence[Any]) -> bool:
    forms = [stored_forms(field, value) for value in values]
    return all(len({*column}) == len(values) for column in zip(*forms, strict=True))


def _spread(size: int, count: int) -> Sequence[int]:
    """So many numbers below a size from all over it, or all of them in their order."""
    return range(size) if size <= count else Permutation("stored apart", size).entries(0, count)


def stored_forms(field: AnyField, value: Any) -> tuple[Hashable, Hashable]:
    """Return what a column holds of a value: as it is saved, and as it is saved once the field has read it."""
    return _form(field, lambda: value), _form(field, lambda: field.to_python(value))


def as_stored(field: AnyField, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return what a column holds of values that its field has read; of a field of Django's own the values themselves."""
    if not converts_itself(field):
        return tuple(values)
    return tuple(converter(field)([None if value is None else field.to_python(value) for value in values]))


def _form(field: AnyField, read: Callable[[], Any]) -> Hashable:
    found: Any = None
    with suppress(Exception):  # code of the project, which saving will hear from
        [found] = converter(field)([read()])
        return fold(found) if isinstance(found, str) else repr(found)
    return object()
