"""Generated values that validators or constraints refuse are drawn anew, as those of recipes are."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from fixturekit import N


def even(value):
    """Refuse odd numbers."""
    if value % 2:
        raise ValidationError("odd")


@pytest.fixture
def span(own_models):
    """A model whose values its own validator and a constraint between three columns judge."""

    class Span(models.Model):
        step = models.IntegerField(validators=[even])
        low = models.IntegerField()
        high = models.IntegerField()

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=models.Q(high__gt=models.F("low") + models.F("step")), name="wide")
            ]

    return Span


def built(model, n=1, **values):
    """Build rows of a model that has no table."""
    return N(model, n, persist_dependencies=False, **values)


def is_right(row):
    """Whether a row is what its model asks for."""
    return row.step % 2 == 0 and row.high > row.low + row.step


def test_each_row_is_right(span):
    """One by one, and many at once."""
    assert all(is_right(built(span)) for _ in range(10))
    assert all(map(is_right, built(span, 30)))


def test_the_same_each_time(span):
    """What is drawn goes by the row."""
    first = [(row.step, row.low, row.high) for row in built(span, 5, seed=3)]
    assert len(set(first)) == 5


def test_what_goes_by_what_is_given(own_models):
    """A constraint that it passes changes nothing."""

    class Lodger(models.Model):
        username = models.CharField(max_length=40)
        email = models.EmailField()
        start_date = models.DateField()
        end_date = models.DateField()

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=models.Q(email__contains="@"), name="address"),
                models.CheckConstraint(condition=models.Q(end_date__gt=models.F("start_date")), name="order"),
            ]

    for row in built(Lodger, 5, username="anna"):
        assert row.email == "anna@example.com"
        assert (row.end_date - row.start_date).days == 1


def test_what_is_given_stays(span):
    """Others are drawn around it; two values that contradict each other are left for saving to refuse."""
    for _ in range(5):
        row = built(span, low=5000)
        assert row.low == 5000
        assert is_right(row)
    row = built(span, low=5, high=1, step=2)
    assert (row.low, row.high, row.step) == (5, 1, 2)


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize(
    ("status", "dated"),
    [("new", (False, False)), ("paid", (True, False)), ("refunded", (True, True)), ("failed", (False, False))],
)
def test_what_is_given_says_what_is_empty(own_models, fill, status, dated):
    """Where a constraint lets a date be filled in some states only, a given state decides."""

    class Bill(models.Model):
        status = models.CharField(max_length=9)
        paid_at = models.DateTimeField(null=True, blank=True)
        refunded_at = models.DateTimeField(null=True, blank=True)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(
                    condition=models.Q(status__in=["new", "failed"], paid_at=None, refunded_at=None)
                    | models.Q(status="paid", paid_at__isnull=False, refunded_at=None)
                    | models.Q(status="refunded", paid_at__isnull=False, refunded_at__isnull=False),
                    name="dates",
                )
            ]

    for row in built(Bill, 3, status=status, fill_nullable_fields=fill):
        assert (row.paid_at is not None, row.refunded_at is not None) == dated
