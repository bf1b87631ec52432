"""The canonical form of a column: what the digest hashes and what every database can be given.

A canonical value is None, a bool, an int, a float or a text. Decimals have the digits of their field, instants are
in UTC (``2026-11-20 09:00:00``), durations are microseconds, UUIDs 32 hex digits, JSON has sorted keys, bytes are hex
digits. An array is the JSON list of its canonical items, an hstore a JSON mapping, a range the text that PostgreSQL
would give it: ``[1,5)``, ``(,9.5]``, ``empty``. A geometry is WKT (``geometries``), a raster its size, place and pixels.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models

from fixturekit.values.geometries import geometry_text

Column = list[Any]
Convert = Callable[[Sequence[Any]], Column]

_KINDS = {
    "BooleanField": "boolean",
    "CharField": "text",
    "CommaSeparatedIntegerField": "text",
    "FilePathField": "text",
    "GenericIPAddressField": "text",
    "SlugField": "text",
    "TextField": "text",
    "AutoField": "integer",
    "BigAutoField": "integer",
    "SmallAutoField": "integer",
    "BigIntegerField": "integer",
    "IntegerField": "integer",
    "PositiveBigIntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "SmallIntegerField": "integer",
    "DateField": "date",
    "DateTimeField": "datetime",
    "DecimalField": "decimal",
    "DurationField": "duration",
    "FloatField": "float",
    "JSONField": "json",
    "TimeField": "time",
    "UUIDField": "uuid",
}
# Fields of django.contrib, by the path of the class that they are or derive from: importing it takes psycopg or GDAL.
_OPTIONAL = {
    "django.contrib.gis.db.models.fields.GeometryField": "geometry",
    "django.contrib.gis.db.models.fields.RasterField": "raster",
    "django.contrib.postgres.fields.array.ArrayField": "array",
    "django.contrib.postgres.fields.hstore.HStoreField": "hstore",
    "django.contrib.postgres.fields.ranges.RangeField": "range",
    "django.contrib.postgres.search.SearchVectorField": "vector",
}
_DISCRETE = {
    "IntegerField": 1,
    "BigIntegerField": 1,
    "DateField": datetime.timedelta(days=1),
}
_CONVERSIONS = (
    "get_prep_value",
    "get_db_prep_value",
    "get_db_prep_save",
    "db_type",
    "get_placeholder",
    "get_placeholder_sql",
    "pre_save",
)
_STOCK = ("django.db.models.", "django.contrib.postgres.", "django.contrib.gis.")


def concrete(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """Return the field that a relation's column stores: follows foreign keys to their target field."""
    while field.remote_field is not None and hasattr(field, "target_field"):
        field = field.target_field
    return field


def kind(field: models.Field[Any, Any]) -> str:
    """Name the canonical form of a field's column, ``"opaque"`` where only the field itself can convert.

    A field class outside Django counts as its base as long as it does not change what is stored.
    """
    field = concrete(field)
    known = _KINDS.get(field.get_internal_type()) or collection(field) or "opaque"
    if known in ("hstore", "vector"):
        return "opaque"
    if known == "json" and (getattr(field, "encoder", None) or getattr(field, "decoder", None)):
        return "opaque"  # a field of a library may say JSONField and be none
    return known if known != "opaque" and _stock(type(field)) else "opaque"


def held(field: models.Field[Any, Any]) -> str:
    """Name what instances hold for a field: as ``kind`` does, whatever a class outside Django stores for it.

    ``"opaque"`` for one that derives from no field that is known.
    """
    field = concrete(field)
    name = field.get_internal_type()
    return _KINDS[name] if name in _KINDS and isinstance(field, getattr(models, name)) else kind(field)


def collection(field: models.Field[Any, Any]) -> str:
    """Name what an optional field of ``django.contrib`` holds; empty for other fields.

    Those of ``postgres`` hold an array, hstore, range or vector, those of ``gis`` a geometry or raster.
    """
    for base in type(field).__mro__:
        found = _OPTIONAL.get(f"{base.__module__}.{base.__qualname__}")
        if found:
            return found
    return ""


def _stock(cls: type) -> bool:
    """Whether the class stores values as a field of Django's own does."""
    for name in _CONVERSIONS:
        owner = next(base for base in cls.__mro__ if name in vars(base)) if hasattr(cls, name) else None
        if owner is not None and not owner.__module__.startswith(_STOCK):
            return False
    return True


def converter(field: models.Field[Any, Any]) -> Convert:
    """Return the function that turns Python values of a field into its canonical column."""
    field = concrete(field)
    found = kind(field)
    if found == "decimal":
        places = field.decimal_places or 0  # type: ignore[attr-defined]
        return lambda values: [None if value is None else decimal_text(value, places) for value in values]
    if found == "array":
        return _each(lambda value: json_text(_items(field, value)))
    if found == "range":
        return _each(lambda value: range_text(field, value))
    if found == "geometry":
        return _each(lambda value: _geometry(field, value))
    if found == "raster":
        return _each(_raster)
    if field.get_internal_type() == "JSONField" and found == "opaque" and _stock(type(field)):
        return _each(lambda value: _encoded(field, value))
    if found == "opaque":
        return lambda values: [_opaque(field, value) for value in values]
    return _CONVERTERS[found]


def decimal_text(value: Decimal | float | int | str, places: int) -> str:
    """Spell a decimal with exactly so many places; a negative zero is zero.

    >>> decimal_text(Decimal("5"), 2)
    '5.00'
    """
    text = format(Decimal(str(value)) if isinstance(value, float) else Decimal(value), f".{places}f")
    return text.lstrip("-") if text.startswith("-") and not text.strip("-0.") else text


def instant_text(value: datetime.datetime) -> str:
    """Spell an instant in UTC without its offset; a naive one as it is."""
    if value.tzinfo is not None:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return str(value)


def json_text(value: Any) -> str:
    """Spell a JSON value with sorted keys and no spare blanks; numbers by value (1.0 is 1)."""
    return json.dumps(_by_value(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _by_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _by_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_by_value(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _encoded(field: Any, value: Any) -> Any:
    """A JSON value that only the field's own encoder can spell."""
    stored = json.loads(json.dumps(value, cls=field.encoder))
    return json_text(stored) if isinstance(stored, (dict, list)) else stored


def _items(field: Any, values: Sequence[Any]) -> list[Any]:
    """The canonical items of an array; those of an array of arrays are lists."""
    if kind(field.base_field) == "array":
        return [None if value is None else _items(field.base_field, value) for value in values]
    return converter(field.base_field)(list(values))


def range_text(field: Any, value: Any) -> str:
    """Spell a range as PostgreSQL does: whole numbers and days from the first to the one behind the last.

    Args:
        field: A field of ``django.contrib.postgres`` that holds ranges.
        value: What psycopg makes of one, or a pair of ends.
    """
    value = field.get_prep_value(value)
    if value.isempty:
        return "empty"
    lower, upper, bounds = value.lower, value.upper, [value.lower_inc, value.upper_inc]
    step = _DISCRETE.get(field.base_field.get_internal_type())
    if step is not None:
        lower = lower if lower is None or bounds[0] else lower + step
        upper = upper + step if upper is not None and bounds[1] else upper
        bounds = [lower is not None, False]
    if lower is not None and upper is not None and (lower > upper or (lower == upper and not all(bounds))):
        return "empty"
    ends = ("" if end is None else _end_text(field.base_field, end) for end in (lower, upper))
    return f"{'[' if bounds[0] else '('}{','.join(ends)}{']' if bounds[1] else ')'}"


def _end_text(field: Any, end: Any) -> str:
    if isinstance(end, Decimal):  # the field of a range of decimals has no places
        return format(end.normalize() + 0, "f")
    return str(converter(field)([end])[0])


def _geometry(field: Any, value: Any) -> str:
    if isinstance(value, (str, bytes)):  # an instance takes them, and makes geometries of them when it is asked
        value = field.get_prep_value(value)
    if value.srid and field.srid > 0 and value.srid != field.srid:
        raise ValueError(f"its coordinates are in SRID {value.srid}, and {field.name} keeps SRID {field.srid}")
    return geometry_text(value)


def _raster(value: Any) -> str:
    from fixturekit.values.rasters import describe_raster  # needs GDAL, which whoever has such a field has

    return json_text(describe_raster(value))


def _microseconds(value: datetime.timedelta) -> int:
    return value // datetime.timedelta(microseconds=1)


def _opaque(field: models.Field[Any, Any], value: Any) -> Any:
    """The field's own conversion, spelled as a text where it is not a plain value."""
    prepared = field.get_prep_value(value)
    if prepared is None or isinstance(prepared, (bool, int, float, str)):
        return prepared
    if isinstance(prepared, (dict, list, tuple)):
        return json_text(prepared)
    if isinstance(prepared, (bytes, bytearray, memoryview)):
        return bytes(prepared).hex()
    if isinstance(prepared, datetime.datetime):
        return instant_text(prepared)
    return str(prepared)


def _each(convert: Callable[[Any], Any]) -> Convert:
    return lambda values: [None if value is None else convert(value) for value in values]


_CONVERTERS: dict[str, Convert] = {
    "boolean": _each(bool),
    "date": _each(str),
    "datetime": _each(instant_text),
    "duration": _each(_microseconds),
    "float": _each(float),
    "integer": list,
    "json": _each(json_text),
    "text": list,
    "time": _each(str),
    "uuid": _each(lambda value: value.hex),
}
