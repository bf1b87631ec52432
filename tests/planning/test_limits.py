"""``limit_choices_to``: rows that are made for a relation are such as it may lead to."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.models import Q

from tests.planning.support import problem, step
from tests.planning.tables import rows_of, tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_models")]


class Definitions:
    """Models whose relations are limited."""

    def __init__(self) -> None:
        class Trade(models.Model):
            name = models.CharField(max_length=20)

            class Meta:
                app_label = "testapp"

        class Human(models.Model):
            is_staff = models.BooleanField(default=False)
            kind = models.CharField(max_length=3, choices=[("a", "A"), ("b", "B"), ("c", "C")])
            trade = models.ForeignKey(Trade, models.CASCADE, null=True, blank=True)
            age = models.IntegerField()

            class Meta:
                app_label = "testapp"

        class Pupil(Human):
            number = models.IntegerField()

            class Meta:
                app_label = "testapp"

        class Task(models.Model):
            boss = models.ForeignKey(
                Human, models.CASCADE, limit_choices_to={"is_staff": True, "kind__in": ["b", "c"]}, related_name="+"
            )
            elder = models.OneToOneField(
                Human, models.CASCADE, limit_choices_to=Q(age__gt=65) & ~Q(kind="a"), related_name="+"
            )
            smith = models.ForeignKey(
                Human, models.CASCADE, limit_choices_to=lambda: {"trade__name": "smith"}, related_name="+"
            )
            pupil = models.ForeignKey(
                Pupil, models.CASCADE, limit_choices_to={"is_staff": True, "number__lt": 5}, related_name="+"
            )
            type = models.ForeignKey(
                "contenttypes.ContentType",
                models.CASCADE,
                limit_choices_to={"app_label": "auth", "model": "group"},
                related_name="+",
            )
            helpers = models.ManyToManyField(Human, limit_choices_to={"is_staff": True}, related_name="+")

            class Meta:
                app_label = "testapp"

        self.task = Task
        self.all = (Trade, Human, Pupil, Task)


@pytest.mark.skipif(not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction")
@pytest.mark.parametrize("style", ["plain", "lifelike"])
def test_rows_that_are_made(style):
    """A mapping, a Q and a function; flags, choices, numbers, rows beyond, parents' columns, content types, links."""
    found = Definitions()
    with tables(*found.all):
        rows = rows_of(found.task, 10, style=style, setting="helpers: !make 2")
        for row in rows:
            row.boss.full_clean()
            assert all(helper.is_staff for helper in row.helpers.all())
    assert len(rows) == 10


def test_what_is_given_against_a_limit():
    """Values of a parent that its relation does not permit are a problem."""
    Definitions()
    text = problem(step("testapp.Task", "elder__age: 20"))
    assert "breaks the constraint 'limit_choices_to of elder' (age > 65) (fixturekit.E114). Change age." in text


def test_limit_that_nobody_can_satisfy():
    """A limit that cannot be turned into values says what to give instead."""

    class Leaflet(models.Model):
        course = models.ForeignKey(
            "testapp.Course", models.CASCADE, limit_choices_to={"enrolments__student__name": "x"}, related_name="+"
        )

        class Meta:
            app_label = "testapp"

    text = problem(step("testapp.Leaflet"))
    assert "limit_choices_to of course asks for ('enrolments__student__name', 'x')" in text
    assert text.endswith("Give course a row that exists or is made: '!pin ...' or '!ref STEP'.")
