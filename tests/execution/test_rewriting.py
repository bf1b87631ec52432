"""Rows that are there already are given planned values, whatever their keys are."""

from __future__ import annotations

import datetime

import pytest
from django.apps import apps

from fixturekit.execution.verifying import verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saving")]

NOW = datetime.datetime(2020, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)


def of(name):
    return apps.get_model("saving", name)._base_manager


def make(recipes, model):
    recipes.write("testapp.r", f"now: 2020-05-06T07:08:09Z\nsteps: [{{id: r, make: saving.{model}, count: 3}}]\n")
    recipes.apply()
    assert list(verify(recipes.applier(), "testapp.r")) == []


def test_composite_keys(recipes):
    """Clocks are put back by several key columns."""
    make(recipes, "Stay")
    assert list(of("Stay").values_list("changed", flat=True)) == [NOW] * 3


def test_tables_of_a_chain(recipes):
    """Of a multi-table row it is the parent's table that is set where the field is there."""
    make(recipes, "Stand")
    assert list(of("Stand").values_list("changed", flat=True)) == [NOW] * 3
