"""How the keys of a model look: to the driver, in Python, packed, and in conditions."""

from __future__ import annotations

import datetime
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from fixturekit.values.canonical import concrete
from fixturekit.writers.keys import Keys, Ranges

# Below 999, the smallest number of parameters that a database takes in one statement, with room for others.
CHUNK = 800
# SQLite nests one level for each term of an OR, and takes a thousand levels.
CHUNK_OF_TUPLES = 100
# A shorter range costs less inside an IN list than as a statement, or a ledger row, of its own.
LONG_RANGE = 32
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class KeyForm:
    """How the keys of one model look: to the driver, in Python, and packed.

    A key is given to the driver in its *prepared* form, and comes back from it in another one (a UUID of SQLite
    leaves as hex text; MariaDB returns it with hyphens): only the Python form can be compared. A composite key is a
    tuple in every form.
    """

    def __init__(self, connection: BaseDatabaseWrapper, model: type[models.Model]) -> None:
        self.table = model._meta.db_table
        own = tuple(model._meta.pk_fields)
        self.columns = tuple(column_of(field) for field in own)
        self.quoted = [connection.ops.quote_name(column) for column in self.columns]
        self._connection = connection
        self._parts = tuple(_Part(connection, concrete(field)) for field in own)

    @property
    def composite(self) -> bool:
        """Whether the key is made of several columns."""
        return len(self.columns) > 1

    @property
    def integers(self) -> bool:
        """Whether the key is one integer column: then all its forms are the same."""
        return not self.composite and self._parts[0].kind == "integer"

    def python(self, key: Any) -> Any:
        """Return a key that the driver takes or has returned as the value that can be compared."""
        return self._every(key, _Part.python)

    def prepared(self, key: Any) -> Any:
        """Return a key in Python's form as the driver takes it."""
        return self._every(key, _Part.prepared)

    def all_python(self, keys: Iterable[Any]) -> list[Any]:
        """Return keys as ``python`` does, column by column."""
        return self._all(keys, _Part.python)

    def all_prepared(self, keys: Iterable[Any]) -> list[Any]:
        """Return keys as ``prepared`` does, column by column."""
        return self._all(keys, _Part.prepared)

    def ranges(self, keys: Keys) -> tuple[tuple[int, int], ...] | None:
        """Return keys as ranges, or None where they are no integers, too large, or too scattered to gain by it."""
        if not self.integers:
            return None
        ranges = keys.ranges if isinstance(keys, Ranges) else Ranges.of(list(keys)).ranges
        if len(ranges) > LONG_RANGE and len(keys) < LONG_RANGE * len(ranges):
            return None
        fits = all(first >= _SMALLEST and first + length - 1 <= _LARGEST for first, length in ranges)
        return ranges if fits else None

    def pack(self, keys: Sequence[Any]) -> bytes:
        """Return keys as bytes that do not depend on the database."""
        values = self.all_python(keys)
        if self._uuids:
            return b"".join(value.bytes for value in values)
        return zlib.compress(json.dumps([self._every(value, _Part.text) for value in values]).encode())

    def unpack(self, packed: bytes, count: int) -> list[Any]:
        """Return packed keys in prepared form."""
        if self._uuids and len(packed) == 16 * count:
            values = [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]
        else:
            values = [self._every(text, _Part.parsed) for text in json.loads(zlib.decompress(packed))]
        return self.all_prepared(values)

    def conditions(self, keys: Keys, *, columns: Sequence[str] = ()) -> Iterator[tuple[str, list[Any]]]:
        """Yield SQL conditions with parameters, each within the bind limits, that hold for the rows of these keys.

        Args:
            keys: In prepared form.
            columns: Other columns that hold such keys; by default those of the key.
        """
        quoted = [self._connection.ops.quote_name(column) for column in columns] or self.quoted
        if len(quoted) > 1:
            return _tuples_in(quoted, keys)
        return _values_in(quoted[0], keys)

    @property
    def _uuids(self) -> bool:
        return not self.composite and self._parts[0].kind == "uuid"

    def _every(self, key: Any, convert: Any) -> Any:
        if self.composite:
            return tuple(convert(part, value) for part, value in zip(self._parts, key, strict=True))
        return convert(self._parts[0], key)

    def _all(self, keys: Iterable[Any], convert: Any) -> list[Any]:
        if self.composite:
            columns = zip(*keys, strict=True)  # none at all where there are no keys
            return list(zip(*map(_converted, self._parts, columns, repeat(convert)), strict=True))
        return list(_converted(self._parts[0], keys, convert))


class _Part:
    """One column of a key."""

    def __init__(self, connection: BaseDatabaseWrapper, field: models.Field[Any, Any]) -> None:
        self.kind = _kind(field)
        self.alike = self.kind in ("integer", "text")  # the value is the same for the driver and in Python
        self._connection = connection
        self._field = field
        self._column = field.get_col(field.model._meta.db_table)
        converters = connection.ops.get_db_converters(self._column)
        self._converters = [*converters, *field.get_db_converters(connection)]

    def python(self, value: Any) -> Any:
        if self.alike:
            return value
        if self.kind == "uuid":
            return value if isinstance(value, UUID) else UUID(str(value))
        # A number is how a database without the type holds a duration, a boolean or a decimal.
        if self.kind == "plain" and not isinstance(value, (int, float)):
            return self._aware(self._field.to_python(value))
        for convert in self._converters:
            value = convert(value, self._column, self._connection)
        return value

    def prepared(self, value: Any) -> Any:
        if self.alike:
            return value
        return self._field.get_db_prep_value(value, self._connection, prepared=False)

    def text(self, value: Any) -> Any:
        if self.alike:
            return str(value)
        # The field spells the value of a row; a namespace with that one value is row enough.
        return self._field.value_to_string(SimpleNamespace(**{self._field.attname: value}))  # type: ignore[arg-type]

    def parsed(self, text: Any) -> Any:
        return int(text) if self.kind == "integer" else self._field.to_python(text)

    def _aware(self, value: Any) -> Any:
        """SQLite and MySQL hold instants without a zone."""
        if isinstance(value, datetime.datetime) and settings.USE_TZ and timezone.is_naive(value):
            return timezone.make_aware(value, self._connection.timezone)
        return value


def _converted(part: _Part, values: Iterable[Any], convert: Any) -> Iterable[Any]:
    return values if part.alike else [convert(part, value) for value in values]


def column_of(field: Any) -> str:
    """Return the column of a field that has one."""
    column: str = field.column
    return column


def _kind(field: models.Field[Any, Any]) -> str:
    """``integer`` and ``text`` are the same in all forms; a ``custom`` value is known to its own class alone."""
    if isinstance(field, models.IntegerField):
        return "integer"
    if hasattr(field, "from_db_value"):
        return "custom"
    if isinstance(field, models.UUIDField):
        return "uuid"
    return "text" if isinstance(field, (models.CharField, models.TextField)) else "plain"


def _values_in(column: str, keys: Keys) -> Iterator[tuple[str, list[Any]]]:
    loose: Iterable[Any] = keys
    if isinstance(keys, Ranges):
        for first, length in keys.ranges:
            if length >= LONG_RANGE:
                yield f"{column} BETWEEN %s AND %s", [first, first + length - 1]
        loose = Ranges(tuple(pair for pair in keys.ranges if pair[1] < LONG_RANGE))
    for chunk in chunks(loose, CHUNK):
        yield f"{column} IN ({', '.join(['%s'] * len(chunk))})", chunk


def _tuples_in(columns: Sequence[str], keys: Iterable[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    one = "(" + " AND ".join(f"{column} = %s" for column in columns) + ")"
    for chunk in chunks(keys, CHUNK_OF_TUPLES):
        yield "(" + " OR ".join([one] * len(chunk)) + ")", [value for key in chunk for value in key]


def chunks(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield values in lists of a size, the last one shorter."""
    chunk: list[Any] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
