"""CHECK constraints: rows that satisfy them, and recipes that cannot."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from tests.planning.support import batches, planned, problem, step
from tests.planning.tables import rows_of, tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_models")]
ON_TABLES = pytest.mark.skipif(
    not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction"
)
STYLES = pytest.mark.parametrize("style", ["plain", "lifelike"])


def sale(**more):
    """A model with constraints of the usual forms."""

    class Sale(models.Model):
        price = models.DecimalField(max_digits=8, decimal_places=2)
        reduced = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
        begin = models.DateField()
        end = models.DateField(null=True)
        low = models.PositiveIntegerField()
        high = models.PositiveIntegerField()
        total = models.IntegerField()
        code = models.CharField(max_length=30)
        status = models.CharField(max_length=4, choices=[("new", "new"), ("paid", "paid"), ("void", "void")])
        paid_at = models.DateTimeField(null=True, blank=True)
        mail = models.EmailField(null=True, blank=True)
        phone = models.CharField(max_length=30, null=True, blank=True)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=Q(price__gt=10), name="dear"),
                models.CheckConstraint(condition=Q(reduced__isnull=True) | Q(reduced__lt=F("price")), name="less"),
                models.CheckConstraint(condition=Q(begin__lt=F("end")), name="in_order"),
                models.CheckConstraint(condition=Q(low__lte=F("high")), name="low_high"),
                models.CheckConstraint(condition=Q(total=F("low") + F("high")), name="sum"),
                models.CheckConstraint(condition=Q(code=Lower("code")), name="small"),
                models.CheckConstraint(
                    condition=Q(status="paid", paid_at__isnull=False) | (~Q(status="paid") & Q(paid_at__isnull=True)),
                    name="paid_when",
                ),
                models.CheckConstraint(
                    condition=Q(mail__isnull=True, phone__isnull=False) | Q(mail__isnull=False, phone__isnull=True),
                    name="one_of",
                ),
            ]

    return Sale


@ON_TABLES
@STYLES
@pytest.mark.parametrize("full", ["", ", fill_nullable: true"])
def test_rows_satisfy_constraints(style, full):
    """Limits, fields against fields, sums, functions, exactly one of two: row 1 and row 300 pass them all."""
    model = sale()
    with tables(model):
        rows = rows_of(model, 300, style=style, options=full)
    assert len(rows) == 300
    assert all(row.total == row.low + row.high for row in rows)


def test_plain_rows_stay_small():
    """What a constraint leaves alone is what it would be without; what it narrows begins where it may."""
    columns: Any = batches("options: {style: plain}\n" + step(sale()._meta.label))["a"]
    assert dict(columns["price"].args)["low"] == 1001
    assert columns["paid_at"] == columns["reduced"]


def test_way_that_fits_what_is_given():
    """Of two ways to pass a constraint, the one is taken that what the recipe gives leaves open."""
    label = sale()._meta.label
    columns: Any = batches(step(label, "status: paid"))["a"]
    assert "instants" in columns["paid_at"].generator
    columns = batches(step(label, "status: new"))["a"]
    assert columns["paid_at"].value is None
    columns = batches(step(label, "phone: '1'"))["a"]
    assert columns["mail"].value is None


def test_given_value_that_breaks_a_constraint():
    """It is a problem with its place, which names the constraint and the condition, before anything is written."""
    text = problem(step(sale()._meta.label, "price: 5"))
    assert text == (
        "x.yaml:6:7 steps[0].set.price: testapp.Sale.price: what is given breaks the constraint 'dear' (price > 10) "
        "(fixturekit.E114). Change price."
    )


def test_given_values_that_break_a_constraint_together():
    """Two given values that do not go together are both named."""
    text = problem(step(sale()._meta.label, "low: 5\nhigh: 3"))
    assert "breaks the constraint 'low_high' (low <= high) (fixturekit.E114). Change low or high." in text


def test_written_row_that_breaks_a_constraint():
    """Of rows that are written out, the one that breaks a constraint is named."""
    label = sale()._meta.label
    text = problem(f"- {{id: a, rows: {label}, columns: [low, high], values: [[1, 2], [5, 3]]}}")
    assert "row 1 breaks the constraint 'low_high' (low <= high)" in text


def test_no_value_left():
    """A constraint that leaves a field no value is a problem of the model, and says what to give."""

    class Full(models.Model):
        number = models.IntegerField()

        class Meta:
            app_label = "testapp"
            constraints = [models.CheckConstraint(condition=Q(number__gt=9, number__lt=3), name="odd")]

    text = problem(step("testapp.Full"))
    assert "no value satisfies the constraint 'odd' (number > 9 and number < 3) (fixturekit.E114)" in text


def test_link_that_a_constraint_wants():
    """A foreign key that may be empty gets a parent where a constraint says so, and none where it may not have one."""

    class Memo(models.Model):
        course = models.ForeignKey("testapp.Course", models.CASCADE, null=True, blank=True, related_name="+")
        student = models.ForeignKey("testapp.Student", models.CASCADE, null=True, blank=True, related_name="+")

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(
                    condition=Q(course__isnull=False, student__isnull=True)
                    | Q(course__isnull=True, student__isnull=False),
                    name="one_target",
                )
            ]

    found: Any = batches(step("testapp.Memo"))
    assert set(found) == {"a/course", "a"}
    assert found["a"]["student"].value is None
    assert set(batches(step("testapp.Memo", "student__name: Ann"))) == {"a/student", "a"}


def test_nothing_is_tried_without_need():
    """Limits and choices need no trial of rows."""

    class Rated(models.Model):
        stars = models.IntegerField()
        kind = models.CharField(max_length=3, choices=[("a", "A"), ("b", "B"), ("c", "C")])

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="stars"),
                models.CheckConstraint(condition=Q(kind__in=["a", "b"]), name="kinds"),
            ]

    batch = planned(step("testapp.Rated")).plan.batch("a")
    assert batch.trials == ()
    kinds = batch.column("kind")
    assert kinds is not None
    assert dict(kinds.source.args)["values"] == ("a", "b")  # type: ignore[union-attr]
