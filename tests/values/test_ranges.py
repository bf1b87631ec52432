"""Ranges: both ends included, nothing outside, on every kind of field that has an order."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.recipes.document import Literal
from fixturekit.values.fillers import Request
from fixturekit.values.ranges import ranged
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import Drawn, Enumerated

UTC = datetime.timezone.utc
NOW = datetime.datetime(2026, 11, 20, 9, tzinfo=UTC)


def literal(value):
    """A literal as it is read from a file."""
    return value if isinstance(value, Literal) else Literal(value, "" if isinstance(value, str) else str(value))


def source(field, low, high, *, unique=False):
    field.set_attributes_from_name("x")
    request = Request(field=field, model="a.B", lane="x", style="lifelike", unique_key="a.B.x" if unique else None)
    return ranged(request, literal(low), literal(high), NOW)


def values(field, low, high, *, unique=False, count=300) -> list[Any]:
    found = source(field, low, high, unique=unique)
    assert isinstance(found, Enumerated if unique else Drawn)
    return compile_source(found, Context("seed", "step", NOW)).values(0, count)


DECIMAL = models.DecimalField(max_digits=6, decimal_places=2)


@pytest.mark.parametrize(
    ("field", "low", "high", "first", "last"),
    [
        (models.IntegerField(), 1, 6, 1, 6),
        (models.BigIntegerField(), -5, 10**15, -5, 10**15),
        (DECIMAL, Literal(0.05, "0.05"), 1, Decimal("0.05"), Decimal("1")),
        (models.FloatField(), 0, Literal(0.125, "0.125"), 0.0, 0.125),
        (models.DateField(), "2026-01-30", "2026-02-02", datetime.date(2026, 1, 30), datetime.date(2026, 2, 2)),
        (models.DateField(), "-2 days", "now", datetime.date(2026, 11, 18), datetime.date(2026, 11, 20)),
        (models.DateTimeField(), "-1 minute", "now", NOW - datetime.timedelta(minutes=1), NOW),
        (models.DateTimeField(), "now", "1 week", NOW, NOW + datetime.timedelta(weeks=1)),
        (
            models.DateTimeField(),
            "2026-01-01",
            "2026-01-01T00:00:02Z",
            datetime.datetime(2026, 1, 1, tzinfo=UTC),
            datetime.datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC),
        ),
        (models.TimeField(), "10:00", "10:00:03", datetime.time(10), datetime.time(10, 0, 3)),
        (models.TimeField(), "-1 hour", "now", datetime.time(8), datetime.time(9)),
        (models.DurationField(), "1 minute", "00:01:05", datetime.timedelta(minutes=1), datetime.timedelta(seconds=65)),
        (models.DurationField(), "-1 day", "1 day", -datetime.timedelta(days=1), datetime.timedelta(days=1)),
    ],
)
def test_ends_are_included(field, low, high, first, last):
    """All values lie between the ends, as values of the field; small ranges reach both."""
    found = values(field, low, high)
    assert all(first <= value <= last for value in found)
    assert {type(value) for value in found} == {type(first)}
    if len(set(found)) < 50:
        assert (min(found), max(found)) == (first, last)


@pytest.mark.parametrize(
    ("field", "low", "high", "size"),
    [
        (models.IntegerField(), 1, 6, 6),
        (DECIMAL, Literal(0.5, "0.50"), 1, 51),
        (models.FloatField(), 0, Literal(0.5, "0.5"), 51),
        (models.DateField(), "-2 days", "now", 3),
        (models.DateTimeField(), "-1 minute", "now", 61),
        (models.TimeField(), "10:00", "10:00:03", 4),
        (models.DurationField(), "1 minute", "00:01:05", 6),
    ],
)
def test_unique_ranges(field, low, high, size):
    """Every value of the range comes once."""
    found = values(field, low, high, unique=True, count=size)
    assert len(set(found)) == size
    assert source(field, low, high, unique=True).key == "a.B.x"


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**20))
def test_whole_numbers(low, length):
    """No number is outside, whatever the ends."""
    high = min(low + length, 2**31 - 1)
    assert all(low <= value <= high for value in values(models.IntegerField(), low, high, count=20))


@pytest.mark.parametrize(
    ("field", "low", "high", "first", "last"),
    [
        (
            models.DateTimeField(),
            "2026-01-01T00:00:00.5Z",
            "2026-01-01T00:00:02.5Z",
            datetime.datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
            datetime.datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC),
        ),
        (models.TimeField(), "10:00:00.5", "10:00:02.5", datetime.time(10, 0, 1), datetime.time(10, 0, 2)),
        (
            models.DurationField(),
            "00:00:00.5",
            "00:00:02.5",
            datetime.timedelta(seconds=1),
            datetime.timedelta(seconds=2),
        ),
    ],
)
def test_fractions_of_seconds(field, low, high, first, last):
    """Whole seconds are drawn, and only those between the ends."""
    assert set(values(field, low, high)) == {first, last}


def test_no_whole_second():
    """Ends within one second leave nothing to draw."""
    with pytest.raises(ValueError, match="no whole second in the range"):
        source(models.TimeField(), "10:00:00.2", "10:00:00.8")


@pytest.mark.parametrize(
    ("field", "low", "high", "reason"),
    [
        (models.DateField(), "now", "-1 day", "the range begins at now, behind its end -1 day"),
        (models.IntegerField(), "2", "1", "the range begins at 2, behind its end 1"),
        (models.IntegerField(), Literal(0.5, "0.5"), 2, "0.5 is not a whole number"),
        (models.IntegerField(), "now", 2, "must be an integer"),
        (models.PositiveSmallIntegerField(), 1, 40000, "32767"),
        (DECIMAL, 0, Literal(1.005, "1.005"), "no more than 2 decimal places"),
        (models.CharField(max_length=5), "a", "b", "!range is for numbers, dates, times and durations"),
        (models.DateTimeField(), "-60000 days", "now", "at most 136 years long"),
        (models.DateField(), "-999999 days", "now", "-999999 days from now is further away than dates go"),
        (models.DateField(), "soon", "now", "invalid date format"),
    ],
)
def test_refused(field, low, high, reason):
    """Ends that are no values of the field, or lie the wrong way round, are a ValueError."""
    with pytest.raises(ValueError, match=reason):
        source(field, low, high)


def test_zone_of_the_clock():
    """A day or an hour is that of the clock as it is written, as with ``!now``; an instant is the moment itself."""
    early = datetime.datetime(2026, 11, 20, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5)))
    field = models.DateField()
    field.set_attributes_from_name("x")
    found = ranged(Request(field=field, model="a.B", lane="x"), Literal("now"), Literal("now"), early)
    context = Context("seed", "step", early)
    assert compile_source(found, context).values(0, 2) == [datetime.date(2026, 11, 20)] * 2  # type: ignore[arg-type]


def test_naive_projects(settings):
    """Without USE_TZ instants are naive."""
    settings.USE_TZ = False
    found = values(models.DateTimeField(), "-1 minute", "now")
    assert all(value.tzinfo is None for value in found)
    assert max(found) <= NOW.replace(tzinfo=None)


def test_fields_that_store_in_their_own_way():
    """A field that derives from one with ranges has them too, whatever it does to store a value."""

    class CentsField(models.DecimalField):
        def get_db_prep_save(self, value, connection):
            return super().get_db_prep_save(value, connection)

    usual = models.DecimalField(max_digits=6, decimal_places=2)
    assert values(CentsField(max_digits=6, decimal_places=2), 1, 5) == values(usual, 1, 5)
