"""Texts that are lists of numbers, and addresses with little room."""

from __future__ import annotations

import pytest
from django.core.validators import MinLengthValidator, validate_comma_separated_integer_list
from django.db import models

from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import Enumerated
from fixturekit.values.streams import parse_now
from tests.values.support import filled

CONTEXT = Context("shop.sale", "products", parse_now("2026-11-20T09:30:15Z"))


def values(field, rows=3, **options):
    return compile_source(filled(field, "thing", **options), CONTEXT).values(0, rows)


def numbers(**options):
    return models.CharField(validators=[validate_comma_separated_integer_list], **options)


class TestListsOfNumbers:
    def test_plain(self):
        """Plain ones are single numbers, unique ones too."""
        assert values(numbers(max_length=20), style="plain") == ["1", "2", "3"]

    def test_lifelike(self):
        """Lifelike ones are up to three numbers, as there is room."""
        assert values(numbers(max_length=20))[0].count(",") == 2
        assert values(numbers(max_length=5))[0].count(",") == 1
        assert all(value.isdigit() for value in values(numbers(max_length=1)))

    @pytest.mark.parametrize("style", ["plain", "lifelike"])
    @pytest.mark.parametrize(("length", "there_are"), [(1, 10), (4, 10_000), (30, 500)])
    def test_unique(self, style, length, there_are):
        """Unique ones are numbers to the last of them."""
        source = filled(numbers(max_length=length), "thing", style=style, unique=True)
        assert isinstance(source, Enumerated)
        assert capacity(source) >= there_are
        found = compile_source(source, CONTEXT).values(0, there_are)
        assert len(set(found)) == there_are
        for value in found:
            validate_comma_separated_integer_list(value)

    def test_long(self):
        """A least length is kept."""
        field = models.CharField(
            max_length=40, validators=[validate_comma_separated_integer_list, MinLengthValidator(30)]
        )
        assert all(30 <= len(value) <= 40 for value in values(field))


@pytest.mark.parametrize(
    ("field", "value"), [(models.EmailField(max_length=6), "1@a.io"), (models.URLField(max_length=11), "http://1.io")]
)
def test_addresses_with_little_room(field, value):
    """The shortest addresses that Django takes are found."""
    assert values(field, style="plain", rows=1) == [value]
    for unique in (False, True):
        for found in values(field, unique=unique, rows=30):
            assert len(found) == len(value)
            assert field.clean(found, None) == found
