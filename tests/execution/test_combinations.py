"""Sets of several columns on a table that has rows already."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fixturekit.exceptions import PlanError
from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.reporting import Reporter
from fixturekit.ledger import Ledger
from tests.planning.support import planned
from tests.testapp.models import Course, Domino, Enrolment, Lesson, Reservation, Student

pytestmark = pytest.mark.django_db


def write(text, name="testapp.x"):
    """Write the rows of a recipe, whether or not it was written before, and return what was read for it."""
    return write_plan(planned(text, name=name).plan, connection, Ledger(connection), Reporter())[0]


def step(model, count, setting=""):
    return f"- {{id: a, make: testapp.{model}, count: {count}{setting}}}"


def test_products_of_choices():
    """The same step again takes the combinations that are left, and the rows that gave way are noted."""
    write(step("Domino", 7))
    binding = write(step("Domino", 5))
    assert Domino.objects.count() == len({(row.colour, row.pips) for row in Domino.objects.all()}) == 12
    assert [(gave.field, gave.row) for gave in binding.gave_way] == [("colour", row) for row in range(5)]


def test_rows_that_are_free_stay():
    """Only the row whose combination is taken has another one."""
    write(step("Domino", 6))
    first = list(Domino.objects.order_by("pk").values_list("colour", "pips"))
    Domino.objects.all().delete()
    Domino.objects.create(colour=first[2][0], pips=first[2][1])
    write(step("Domino", 6))
    again = list(Domino.objects.order_by("pk").values_list("colour", "pips"))[1:]
    assert again[:2] + again[3:] == first[:2] + first[3:]
    assert len({*again, first[2]}) == 7


def test_full_table():
    """Where nothing is left, nothing is written."""
    write(step("Domino", 12))
    with pytest.raises(PlanError, match="colour and pips have no free combination left") as caught:
        write(step("Domino", 1 + 1))
    assert "fixturekit.E057" in str(caught.value)


def test_counted_column():
    """Where one column of a set is counted, that one gives way."""
    text = step("Reservation", 40, ", set: {day: 2026-05-01}")
    write(text)
    binding = write(text)
    assert Reservation.objects.count() == 80
    assert {gave.field for gave in binding.gave_way} == {"room"}
    for row in Reservation.objects.all():
        row.full_clean()


def test_rows_that_exist():
    """Links to existing rows count; links to rows of the plan are new in any case, and nothing is asked."""
    course = Course.objects.create(name="c")
    text = f"- {{id: a, make: testapp.Lesson, count: 9, set: {{course: !pin {course.pk}}}}}"
    write(text)
    write(text)
    assert Lesson.objects.filter(course=course).count() == 18
    made = step("Enrolment", 5)
    write(made)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        write(made)
    assert Enrolment.objects.count() == 10
    assert Student.objects.count() >= 2
    assert not [query for query in asked if "SELECT" in query["sql"] and "enrolment" in query["sql"]]
