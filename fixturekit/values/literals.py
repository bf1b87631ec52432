"""Literals of a recipe as values of a model field.

No setting takes part: an instant without a zone is in UTC, whatever ``TIME_ZONE`` says.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from fixturekit.recipes.document import Listing, Literal, Mapping, Value, plain
from fixturekit.values.canonical import concrete, kind
from fixturekit.values.fields.numbers import RANGES


def convert(field: models.Field[Any, Any], value: Value) -> Any:
    """Return the Python value that a literal stands for on this field, checked by the field's own ``clean``.

    Args:
        field: The model field that takes the value.
        value: A literal, or for a JSON field also lists and mappings of literals.

    Raises:
        ValueError: The field refuses the value; the text says why, without naming the field.
    """
    spelled = _spelled(field, value)
    if spelled is None:
        if not field.null:
            raise ValueError("null is not allowed")
        return None
    return clean(field, spelled)


def clean(field: models.Field[Any, Any], value: Any) -> Any:
    """Convert and validate one value as ``full_clean`` does.

    Raises:
        ValueError: The field refuses the value.
    """
    try:
        value = _in_utc(field, value)
        if kind(field) == "integer":
            _check_whole(field, field.to_python(value), value)
        return field.clean(value, None)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    except TypeError as error:  # raised by parsers that were given no text, in words about Python
        raise ValueError(f"a {type(field).__name__} does not take it") from error
    except (ValueError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def cleaner(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return the function that converts and validates computed values; None is left where the field may be NULL.

    It raises ValueError, with the value in its text, where the field refuses it.
    """
    plain = kind(field) == "text"

    def convert_one(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None and field.null:
            return None
        try:
            if plain:
                return field.clean(value, None)
            return clean(field, value)
        except ValidationError as error:
            raise ValueError(f"{_shown(value)}: {' '.join(error.messages)}") from error
        except ValueError as error:
            raise ValueError(f"{_shown(value)}: {error}") from error

    return convert_one


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, (str, bytes)) else str(value)


def _in_utc(field: models.Field[Any, Any], value: Any) -> Any:
    """Days, times and instants made of each other in UTC: Django would ask ``TIME_ZONE``."""
    internal = concrete(field).get_internal_type()
    if internal == "DateTimeField":
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = datetime.datetime.combine(value, datetime.time())
        return in_project_time(field.to_python(value))
    if internal in ("DateField", "TimeField") and isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.timezone.utc) if value.tzinfo else value
        return value.date() if internal == "DateField" else value.time()
    return value


def in_project_time(value: Any) -> Any:
    """Give an instant the zone UTC, or take the zone away where the project uses naive instants."""
    if not isinstance(value, datetime.datetime):
        return value
    if settings.USE_TZ:
        return value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
    return value.astimezone(datetime.timezone.utc).replace(tzinfo=None) if value.tzinfo else value


def _spelled(field: models.Field[Any, Any], value: Value) -> Any:
    """The literal as the field should read it: written digits for decimals and texts, never a rounded float."""
    found = kind(field)
    if isinstance(value, (Listing, Mapping)):
        if found == "json" or field.get_internal_type() == "JSONField":
            return _plain(value)
        raise ValueError("a list or a mapping is not a value of this field")
    if not isinstance(value, Literal):
        raise ValueError(f"!{type(value).__name__.lower()} is not a plain value")
    if found == "json" or value.value is None:
        return value.value
    if found == "text":
        return str(value.value).lower() if isinstance(value.value, bool) else value.text or value.value
    if found == "decimal":
        if isinstance(value.value, bool):
            raise ValueError(f"{str(value.value).lower()} is not a number")
        return value.text or value.value
    return value.value


def _plain(value: Value) -> Any:
    try:
        return plain(value)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _check_whole(field: models.Field[Any, Any], converted: Any, value: Any) -> None:
    """Refuse a number that an integer field would cut off, a boolean that it would count, and what is out of range.

    The range is that of every database; the field's own validators ask the default one.
    """
    if isinstance(value, (bool, float)) and (isinstance(value, bool) or converted != value):
        raise ValueError(f"{str(value).lower()} is not a whole number")
    low, high = RANGES.get(concrete(field).get_internal_type(), (None, None))
    if isinstance(converted, int) and low is not None and high is not None and not low <= converted <= high:
        raise ValueError(f"{converted} is not between {low} and {high}, which every database can store here")
