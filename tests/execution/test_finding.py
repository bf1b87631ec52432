"""Rows of the database are found by their keys."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fixturekit.execution.finding import read_fields
from tests.testapp.models import Parcel, Shift, Slot

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 20)


def test_keys_of_several_columns():
    """Each row once, in the order of the keys; those that are not there are left out, and those that have half a key."""
    Shift.objects.bulk_create([Shift(worker=worker, day=DAY, task=f"task {worker}") for worker in range(250)])
    keys = [*((worker, DAY) for worker in (249, 3, 3, *range(150))), (1, DAY + datetime.timedelta(1)), (300, DAY)]
    found = read_fields("default", Shift, keys, ["task", "day"])
    assert list(found) == [(249, DAY), (3, DAY), *((worker, DAY) for worker in range(150) if worker != 3)]
    assert found[249, DAY] == ("task 249", DAY)
    assert read_fields("default", Shift, [], ["task"]) == {}


def test_a_key_of_a_text_and_a_uuid():
    """Both in Python's form, as they are asked for."""
    parcels = Parcel.objects.bulk_create([Parcel(id=uuid.UUID(int=number), label="x") for number in range(3)])
    Slot.objects.bulk_create([Slot(shelf="50% 'off'", parcel=parcel, weight=n) for n, parcel in enumerate(parcels)])
    key = ("50% 'off'", uuid.UUID(int=2))
    assert read_fields("default", Slot, [key, ("other", uuid.UUID(int=2))], ["weight"]) == {key: (2,)}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="others do not read the table for a list of tuples")
def test_the_key_is_used():
    """Reading many rows takes time with their number, not with that of all."""
    with CaptureQueriesContext(connection) as queries:
        read_fields("default", Shift, [(1, DAY), (2, DAY)], ["task"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        assert not [row for row in cursor.fetchall() if row[-1].startswith("SCAN")]
