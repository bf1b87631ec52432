"""Rows with fields of ``django.contrib.gis``: written in every way, read back, given by a recipe, alike on all databases."""

from __future__ import annotations

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection

from fixturekit.exceptions import PlanError
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.gistestapp.models import Globe, Grid, Picture, Shape, Solid, Stop, Tree
from tests.recording.running import given, shown

pytestmark = pytest.mark.django_db

WAYS = ["stream", "bulk", "each"]
MODELS = [Globe, Grid, Shape, Solid, Stop, Tree]


def made(recipes, model, rest="count: 30", way="stream", style="lifelike", locale="en_US"):
    recipes.write(
        "testapp.r",
        f"""
        options: {{style: {style}, locale: {locale}}}
        steps:
          - id: a
            make: gistestapp.{model.__name__}
            save: {way}
            {rest}
        """,
    )
    recipes.apply()
    return list(model._base_manager.order_by("pk"))


def found(recipes):
    return list(verify(recipes.applier(), "testapp.r"))


def digest():
    return Ledger(connection).digests("testapp.r")["a"]


def geometries(row):
    return [getattr(row, field.name) for field in row._meta.fields if hasattr(field, "geom_type")]


@pytest.mark.parametrize("style", ["plain", "lifelike"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_generated_rows(recipes, model, style):
    """Rows are valid, are read back as they were written, and are the same by every way of writing."""
    digests = set()
    for way in WAYS:
        rows = made(recipes, model, way=way, style=style)
        assert len(rows) == 30
        for row in rows:
            row.full_clean()
            assert all(geometry is None or geometry.valid for geometry in geometries(row))
        assert found(recipes) == []
        digests.add(digest())
        recipes.applier().remove(["testapp.r"])
    assert len(digests) == 1
