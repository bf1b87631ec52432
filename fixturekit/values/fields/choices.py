"""Fields with choices: the stored values, without the blank entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError

from fixturekit.values.contrib.taught import known_values
from fixturekit.values.fields.limits import validators_of
from fixturekit.values.fillers import AnyField, Filled, Request
from fixturekit.values.picking import pick
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.sources import Const
from fixturekit.values.streams import Words


def stored_choices(field: AnyField) -> tuple[Any, ...]:
    """Return the values of a field's choices, groups opened, the blank entry left out; else those that its package takes."""
    values: list[Any] = []
    for choice, _ in field.flatchoices or ():
        value = choice.value if isinstance(choice, Enum) else choice
        if value is not None and value != "" and value not in values:
            values.append(value)
    return tuple(values) or known_values(field)


def usable_choices(field: AnyField) -> tuple[Any, ...]:
    """Return the stored choices that the field's own validators accept."""
    return tuple(value for value in stored_choices(field) if _accepted(field, value))


def _accepted(field: AnyField, value: Any) -> bool:
    try:
        for validator in validators_of(field):
            validator(value)
    except (ValidationError, TypeError):
        return False
    return True


@generator("choices")
def draw_choices(values: tuple[Any, ...]) -> Drawing:
    """One of ``values``; one more at the end moves only its own share of the rows."""

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        return [values[place] for place in pick(words, len(values))]

    return Drawing(1, draw)


@enumeration("choices")
def enumerate_choices(values: tuple[Any, ...]) -> Space:
    """Each of ``values`` once."""
    return Space(len(values), lambda entries: [values[entry] for entry in entries])


def fill_choices(request: Request) -> Filled:
    """Plain: the first choice that is valid; lifelike: one of them.

    Raises UnsupportedField where the field's validators refuse all.
    """
    values = usable_choices(request.field)
    if not values:
        raise request.unsupported()
    if request.unique:
        return request.enumerated("choices", values=values)
    return Const(values[0]) if request.plain else request.drawn("choices", values=values)
