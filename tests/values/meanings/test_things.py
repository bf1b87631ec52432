"""What the name of a model says of values, where that of a field says the same of many things."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from django.db import models

from fixturekit.values.fillers import Request
from fixturekit.values.filling import fill
from fixturekit.values.pools import pool
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import Drawn

NOW = datetime(2026, 11, 1, 9, tzinfo=timezone.utc)


def made(field, model, name, count=50):
    """Values of the first rows of a field, in style ``lifelike``."""
    field.set_attributes_from_name(name)
    source = fill(Request(field, f"shop.{model}", name, style="lifelike"))
    assert isinstance(source, Drawn)
    return compile_source(source, Context("seed", "a", NOW, None)).values(0, count)


def test_titles():
    """A product has a name and a category is one; reviews of products have headlines, as anything else."""
    categories = set(pool("en_US", "categories"))
    assert set(made(models.CharField(max_length=60), "ProductCategory", "title")) <= categories
    headlines = made(models.CharField(max_length=60), "Article", "title")
    assert made(models.CharField(max_length=60), "ProductReview", "title") == headlines
    assert made(models.CharField(max_length=60), "Product", "title") != headlines


@pytest.mark.parametrize("name", ["date", "check_in", "starts_at"])
@pytest.mark.parametrize("field", [models.DateField, models.DateTimeField])
def test_days_of_what_takes_place(field, name):
    """Bookings lie around the clock's day, some of them behind it and some ahead; days of other things as they did."""
    found = made(field(), "RoomBooking", name)
    days = [((value.date() if isinstance(value, datetime) else value) - NOW.date()).days for value in found]
    assert min(days) < 0 < max(days)
    assert -31 <= min(days) <= max(days) <= 46


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("card", r"411111\d{10}"),
        ("seat", r"\d{1,2}[A-Z]"),
        ("room_number", r"[1-9]\d\d"),
        ("opening_hours", r"0\d:\d\d-\d\d:\d\d"),
        ("vin", r"[A-Z0-9]{17}"),
        ("blood_type", r"(A|B|AB|0|O)[+\-\u2212]"),
    ],
)
def test_texts_of_a_shape(name, pattern):
    """They look like what they are."""
    for text in made(models.CharField(max_length=40), "Thing", name):
        assert re.fullmatch(pattern, text)
