"""Unique values of fields whose own class changes what is stored."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.models.functions import Lower

from fixturekit.values.fields.stored import converts_itself, stored_forms
from fixturekit.values.sources import Following
from tests.planning.support import batches, problem, step
from tests.planning.tables import rows_of, tables

ON_TABLES = pytest.mark.skipif(
    not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction"
)
STYLES = pytest.mark.parametrize("style", ["plain", "lifelike"])


class LowerField(models.CharField):
    """Reads and stores small letters."""

    def to_python(self, value):
        found = super().to_python(value)
        return found and found.lower()

    def get_prep_value(self, value):
        found = super().get_prep_value(value)
        return found and found.lower()


class HeadField(models.CharField):
    """Stores three characters, and takes more."""

    def get_prep_value(self, value):
        found = super().get_prep_value(value)
        return found and found[:3]


class TensField(models.IntegerField):
    """Reads whole tens."""

    def to_python(self, value):
        found = super().to_python(value)
        return None if found is None else found // 10 * 10


def test_fields_of_django_convert_nothing():
    """Only a class of a project may change what is compared."""
    assert not converts_itself(models.CharField())
    assert converts_itself(LowerField())
    assert stored_forms(TensField(), 17) == ("17", "10")


@ON_TABLES
@pytest.mark.django_db
@STYLES
def test_values_differ_as_they_are_stored(own_models, style):
    """What the field would store like another value is left out, of a set of expressions and of a group too."""

    class Filed(models.Model):
        head = HeadField(max_length=20, unique=True)
        tens = TensField(unique=True)
        code = HeadField(max_length=20)
        area = HeadField(max_length=20)
        kind = models.CharField(max_length=1, choices=[("a", "A"), ("b", "B")])

        class Meta:
            app_label = "testapp"
            unique_together = [("area", "kind")]
            constraints = [models.UniqueConstraint(Lower("code"), name="filed_code")]

    with tables(Filed):
        rows = rows_of(Filed, 150, style=style)
    assert len({row.tens // 10 for row in rows}) == 150
    assert len({row.head.lower() for row in rows}) == 150
    assert max(len(row.code) for row in rows) <= 3


def test_fewer_values_than_it_seems(own_models):
    """Values that the field stores alike count as one."""

    class Short(models.Model):
        code = HeadField(max_length=20, unique=True)

        class Meta:
            app_label = "testapp"

    assert "must be different in 20000 rows, and there are 676 different values" in problem(
        step("testapp.Short", count=20_000)
    )


def test_what_is_stored_as_it_is_goes_by_others(own_models):
    """A class that makes letters small leaves an address alone, so that it is still that of the name."""

    class Newcomer(models.Model):
        first_name = models.CharField(max_length=30)
        last_name = models.CharField(max_length=30)
        username = LowerField(max_length=60, unique=True)
        email = HeadField(max_length=60, unique=True)

        class Meta:
            app_label = "testapp"

    found = batches(step("testapp.Newcomer", count=20))["a"]
    assert isinstance(found["username"], Following)
    assert not isinstance(found["email"], Following)
