"""Canonical columns: one spelling for each value, on every machine and database."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.values.canonical import concrete, converter, decimal_text, instant_text, json_text, kind
from tests.testapp.fields import ColourField, PointField, ShoutedField
from tests.testapp.models import Book, Coin, Passport, Visa

UTC = datetime.timezone.utc
DAY = datetime.date(2026, 1, 31)
AT = datetime.datetime(2026, 1, 31, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (models.BooleanField(), 1, True),
        (models.CharField(), "é", "é"),
        (models.TextField(), "", ""),
        (models.IntegerField(), 7, 7),
        (models.FloatField(), 7, 7.0),
        (models.DateField(), DAY, "2026-01-31"),
        (models.DateTimeField(), AT, "2026-01-31 10:30:00"),
        (models.TimeField(), datetime.time(10, 30, 0, 5), "10:30:00.000005"),
        (models.DurationField(), datetime.timedelta(days=-1, microseconds=3), -86_399_999_997),
        (models.DecimalField(max_digits=6, decimal_places=2), Decimal(5), "5.00"),
        (models.DecimalField(max_digits=6, decimal_places=2), 0.1, "0.10"),
        (models.UUIDField(), uuid.UUID(int=1), "0" * 31 + "1"),
        (models.JSONField(), {"b": [1.0, None], "a": "é"}, '{"a":"é","b":[1,null]}'),
        (models.GenericIPAddressField(), "2001:db8::1", "2001:db8::1"),
        (PointField(), (3, 4), "3;4"),
        (models.BinaryField(), b"\x01\xff", "01ff"),
        (models.JSONField(encoder=DjangoJSONEncoder), {"b": 1, "a": 2.0}, '{"a":2,"b":1}'),
        (
            models.JSONField(encoder=DjangoJSONEncoder),
            {"a": Decimal("1.5"), "b": AT},
            '{"a":"1.5","b":"2026-01-31T10:30:00Z"}',
        ),
        (models.JSONField(encoder=DjangoJSONEncoder), "a", "a"),
        (models.FileField(), "a/b.txt", "a/b.txt"),
        (models.EmailField(), "a@example.com", "a@example.com"),
    ],
)
def test_columns(field, value, expected):
    """Each kind has one form, and None is None."""
    found = converter(field)([value, None])
    assert found == [expected, None]
    assert type(found[0]) is type(expected)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (models.BigAutoField(primary_key=True), "integer"),
        (ColourField(), "text"),
        (ShoutedField(max_length=3), "opaque"),
        (PointField(), "opaque"),
        (models.JSONField(encoder=DjangoJSONEncoder), "opaque"),
        (models.BinaryField(), "opaque"),
        (Coin._meta.get_field("currency"), "text"),
        (Book._meta.get_field("parcel"), "uuid"),
        (Visa._meta.get_field("passport"), "integer"),
    ],
)
def test_kinds(field, expected):
    """A class that stores like its base counts as it; one that changes what is stored converts for itself."""
    assert kind(field) == expected


def test_concrete():
    """A foreign key is followed to the column that it stores, through keys that are foreign keys."""
    column = {field.attname: field for model in (Visa, Passport, Book) for field in model._meta.concrete_fields}
    assert concrete(column["passport_id"]).model._meta.label == "testapp.Author"
    assert concrete(column["number"]).name == "number"
    assert concrete(column["imprint_id"]).name == "code"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("-0.00"), 2, "0.00"),
        (Decimal("-0.001"), 2, "0.00"),
        (Decimal("1E+3"), 0, "1000"),
        ("7", 3, "7.000"),
        (0.1, 1, "0.1"),
        (Decimal("99999999999999999999.9999999999"), 10, "99999999999999999999.9999999999"),
    ],
)
def test_decimals(value, places, text):
    """All places are written, no sign before a zero, no exponent."""
    assert decimal_text(value, places) == text


@given(st.datetimes(timezones=st.timezones()))
def test_instants(value):
    """An instant is the same text in every zone."""
    utc = value.astimezone(UTC)
    assert instant_text(value) == instant_text(utc) == str(utc.replace(tzinfo=None))


def test_naive_instants():
    """An instant without zone stays as it is."""
    assert instant_text(AT.replace(tzinfo=None)) == "2026-01-31 10:30:00"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_JSON)
def test_json(value):
    """Equal values have equal texts: the order of keys and the spelling of numbers say nothing."""
    import json

    assert json.loads(json_text(value)) == value
    assert json_text(json.loads(json_text(value))) == json_text(value)
    assert json_text(value) == json_text(_turned(value))


def _turned(value):
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value
