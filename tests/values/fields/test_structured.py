"""Bytes."""

from __future__ import annotations

import pytest
from django.core.validators import MinLengthValidator
from django.db import models

from fixturekit.values.canonical import converter
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import Enumerated
from fixturekit.values.streams import parse_now
from tests.values.support import filled

CONTEXT = Context("shop.sale", "products", parse_now("2026-11-20T09:30:15Z"))


def values(field, rows=3, **options):
    return compile_source(filled(field, "data", **options), CONTEXT).values(0, rows)


class TestBinary:
    def test_plain(self):
        """Plain bytes spell numbers, with as many digits as are asked for."""
        assert values(models.BinaryField(), style="plain") == [b"1", b"2", b"3"]
        assert values(models.BinaryField(validators=[MinLengthValidator(12)]), style="plain")[0] == b"000000000001"

    def test_lifelike(self):
        """Lifelike ones are any bytes, as many as fit, sixteen at most."""
        found = values(models.BinaryField(), rows=200)
        assert {len(value) for value in found} == {16}
        assert len({byte for value in found for byte in value}) > 200
        assert {len(value) for value in values(models.BinaryField(max_length=3), rows=50)} == {3}

    @pytest.mark.parametrize("style", ["plain", "lifelike"])
    def test_unique(self, style):
        """Unique ones all differ, also where there is room for a single byte."""
        assert len(set(values(models.BinaryField(), rows=500, style=style, unique=True))) == 500
        source = filled(models.BinaryField(max_length=1), "data", style=style, unique=True)
        assert isinstance(source, Enumerated)
        assert capacity(source) == {"plain": 36, "lifelike": 256}[style]
        assert len(set(compile_source(source, CONTEXT).values(0, 36))) == 36

    def test_digested_as_hex(self):
        """Their canonical form is the same for whatever a driver returns."""
        assert converter(models.BinaryField())([b"\x00\xff", memoryview(b"\x01"), bytearray(b"a")]) == [
            "00ff",
            "01",
            "61",
        ]
