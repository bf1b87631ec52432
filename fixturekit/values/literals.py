"""Literals of a recipe as values of a model field.

Arrays are lists, an hstore is a mapping of texts, a range is a list of two ends or a mapping, a geometry is a text in WKT or
GeoJSON. Bytes are a text in UTF-8.
No setting takes part: an instant without a zone is in UTC, whatever ``TIME_ZONE`` says.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from fixturekit.recipes.document import Listing, Literal, Mapping, Value, plain
from fixturekit.recipes.naming import did_you_mean
from fixturekit.values.canonical import collection, concrete, kind
from fixturekit.values.fields.numbers import RANGES


def convert(field: models.Field[Any, Any], value: Value) -> Any:
    """Return the Python value that a literal stands for on this field, checked by the field's own ``clean``.

    Args:
        field: The model field that takes the value.
        value: A literal, or for a field that holds them also lists and mappings of literals.

    Raises:
        ValueError: The field refuses the value; the text says why, without naming the field.
    """
    spelled = _collected(field, value) if takes_collections(field) else _spelled(field, value)
    if spelled is None:
        if not field.null:
            raise ValueError("null is not allowed")
        return None
    return clean(field, spelled)


def takes_collections(field: models.Field[Any, Any]) -> bool:
    """Whether a value of the field is written as a list or a mapping: arrays, hstores, ranges."""
    return collection(field) in ("array", "hstore", "range")


def clean(field: models.Field[Any, Any], value: Any) -> Any:
    """Convert and validate one value as ``full_clean`` does.

    Raises:
        ValueError: The field refuses the value.
    """
    try:
        value = _in_utc(field, value)
        if kind(field) == "integer":
            _check_whole(field, field.to_python(value), value)
        if collection(field) == "geometry":
            value = _geometry(field, value)
        if isinstance(field, models.FileField) and value:
            # validators look at files, and a row has one
            field.clean(field.attr_class(cast("models.Model", None), field, value), None)
            return value
        return _cleaned(field, value)
    except ValidationError as error:
        raise ValueError(_refused(field, value, error)) from error
    except OSError as error:  # of a validator that opens a file
        raise ValueError(f"its file cannot be read: {error.strerror or error}") from error
    except TypeError as error:  # raised by parsers that were given no text, in words about Python
        raise ValueError(f"a {type(field).__name__} does not take it") from error
    except (ValueError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def _geometry(field: models.Field[Any, Any], value: Any) -> Any:
    from fixturekit.values.fields.gis import as_geometry  # needs GDAL, which whoever has such a field has

    return as_geometry(field, value)


def _cleaned(field: models.Field[Any, Any], value: Any) -> Any:
    """What ``field.clean`` makes of a value; of what an instance holds for it, where it asks for that.

    The validators of such a field know nothing of its column: those of an amount of money ask for the currency beside it.
    """
    try:
        return field.clean(value, None)
    except AttributeError as error:
        refused = ValueError(f"{type(field).__name__}.clean() raised AttributeError: {error}")
        refused.__cause__ = error
    converted = field.to_python(value)
    try:
        held = _held(field, converted)
    except (TypeError, ValueError):  # it takes another column beside it, which has its own value
        field.validate(converted, None)
        return converted
    if held is converted:
        raise refused
    return field.clean(held, None)


def _held(field: models.Field[Any, Any], value: Any) -> Any:
    """What a new instance of the field's model gives back for a value."""
    if not hasattr(field, "model"):
        return value
    instance = field.model()
    setattr(instance, field.attname, value)
    return getattr(instance, field.attname)


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
                return _cleaned(field, value)
            return clean(field, value)
        except ValidationError as error:
            raise ValueError(f"{_shown(value)}: {_refused(field, value, error)}") from error
        except ValueError as error:
            raise ValueError(f"{_shown(value)}: {error}") from error

    return convert_one


def _refused(field: models.Field[Any, Any], value: Any, error: ValidationError) -> str:
    """What a field says of a value; where that is none of its choices, with those that there are."""
    text = " ".join(error.messages)
    if all(reason.code != "invalid_choice" for reason in error.error_list) or not field.choices:
        return text
    choices = [str(choice) for choice, _ in field.flatchoices if choice not in (None, "")]
    more = ", ..." if len(choices) > _CHOICES else ""
    hint = did_you_mean(str(value), choices) or f"Choices are {', '.join(choices[:_CHOICES])}{more}"
    return f"{text} {hint}"


_CHOICES = 12  # so many are told


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, (str, bytes)) else str(value)


def _in_utc(field: models.Field[Any, Any], value: Any) -> Any:
    """Days, times and instants made of each other in UTC: Django would ask ``TIME_ZONE``."""
    internal = concrete(field).get_internal_type()
    if internal == "DateTimeField":
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = datetime.datetime.combine(value, datetime.time())
        value = in_project_time(field.to_python(value))
        _check_in_utc(value)
        return value
    if internal in ("DateField", "TimeField") and isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.timezone.utc) if value.tzinfo else value
        return value.date() if internal == "DateField" else value.time()
    return value


def _check_in_utc(value: Any) -> None:
    try:
        if isinstance(value, datetime.datetime) and value.tzinfo:
            value.astimezone(datetime.timezone.utc)
    except OverflowError as error:
        raise ValueError(f"{value.isoformat()} is no moment of the years 1 to 9999 in UTC") from error


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
    if collection(field) == "vector":
        raise ValueError("a search vector is computed by the database and takes no value")
    if collection(field) == "raster":
        raise ValueError("a raster cannot be written in a recipe: '!call' a function that reads one")
    if isinstance(value, (Listing, Mapping)):
        if found in ("geometry", "json") or field.get_internal_type() == "JSONField":
            return _plain(value)
        raise ValueError("a list or a mapping is not a value of this field")
    if not isinstance(value, Literal):
        raise ValueError(f"!{type(value).__name__.lower()} is not a plain value")
    if found == "json" or value.value is None:
        return value.value
    if found == "text":
        return _written(value)
    if isinstance(field, models.BinaryField):
        return _written(value).encode()  # the field's own reading of a text is base64
    if found == "decimal":
        if isinstance(value.value, bool):
            raise ValueError(f"{str(value.value).lower()} is not a number")
        return value.text or value.value
    return value.value


def _collected(field: Any, value: Value) -> Any:
    """The value of an array, an hstore or a range."""
    if isinstance(value, Literal) and value.value is None:
        return None
    if collection(field) == "array":
        if not isinstance(value, Listing):
            raise ValueError("an array is written as a list: [a, b]")
        return [_item(field.base_field, item, f"item {number}") for number, item in enumerate(value.items, 1)]
    if collection(field) == "hstore":
        if not isinstance(value, Mapping):
            raise ValueError("an hstore is written as a mapping of texts: {a: b}")
        return {entry.key: _text_item(entry.key, entry.value) for entry in value}
    return _range(field, value)


def _item(field: models.Field[Any, Any], value: Value, what: str) -> Any:
    """One part of a collection, with its place in what is raised."""
    try:
        return convert(field, value)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from error


def _text_item(key: str, value: Value) -> str | None:
    if not isinstance(value, Literal):
        raise ValueError(f"{key}: a value of an hstore is a text or null")
    return None if value.value is None else _written(value)


_BOUNDS = ("[)", "[]", "(]", "()")


def _range(field: Any, value: Value) -> Any:
    """A range: ``[1, 5]`` with the field's own bounds, or ``{lower: 1, upper: 5, bounds: "[]"}``; null is no end."""
    bounds = getattr(field, "default_bounds", "[)")
    if isinstance(value, Listing) and len(value.items) == 2:
        ends = dict(zip(("lower", "upper"), value.items, strict=True))
    elif (
        isinstance(value, Mapping) and value.entries and {entry.key for entry in value} <= {"lower", "upper", "bounds"}
    ):
        ends = {entry.key: entry.value for entry in value}
        bounds = getattr(ends.pop("bounds", Literal(bounds)), "value", None)
        if bounds not in _BOUNDS:
            raise ValueError(f"bounds are one of {', '.join(_BOUNDS)}, in quotes")
    else:
        raise ValueError("a range is written as a list of two ends, or as {lower: a, upper: b, bounds: '[)'}")
    lower, upper = (_range_end(field, name, ends.get(name)) for name in ("lower", "upper"))
    if lower is not None and upper is not None and lower > upper:
        raise ValueError("the range begins behind its end")
    return field.range_type(lower, upper, bounds)


def _range_end(field: Any, name: str, value: Value | None) -> Any:
    if value is None or (isinstance(value, Literal) and value.value is None):
        return None
    return _item(field.base_field, value, name)


def _written(value: Literal) -> str:
    """A literal as text, as it is written."""
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.text or value.value)


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
