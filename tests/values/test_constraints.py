"""Conditions of constraints: what is read of them, and that their truth is the one that the database finds."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import (
    Abs,
    Coalesce,
    Concat,
    ExtractMonth,
    Length,
    Lower,
    Mod,
    Now,
    Trim,
    Upper,
)
from django.db.models.lookups import GreaterThan
from django.test.utils import isolate_apps
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixturekit.values.conditions import UNKNOWN, All, Column, Compared, Constant, columns_of, refuses, truth
from fixturekit.values.constraints import Untold, condition_of, operand_of

UTC = datetime.timezone.utc

with isolate_apps("tests.testapp"):

    class Offer(models.Model):
        """A column of each kind that conditions are about, most of which may be NULL."""

        low = models.IntegerField(null=True)
        high = models.IntegerField()
        price = models.DecimalField(max_digits=6, decimal_places=2, null=True)
        code = models.CharField(max_length=10, null=True)
        name = models.CharField(max_length=10)
        begin = models.DateField(null=True)
        at = models.DateTimeField(null=True)
        live = models.BooleanField(default=False)
        data = models.JSONField(null=True)

        class Meta:
            app_label = "testapp"


ATOMS = [
    Q(low=1),
    Q(low__gt=1),
    Q(low__lte=2),
    Q(low__in=[1, 3]),
    Q(low__in=[1, None]),
    Q(low__range=(1, 2)),
    Q(low__isnull=True),
    Q(low__isnull=False),
    Q(low=F("high")),
    Q(low__lt=F("high")),
    Q(low__gte=F("high") - 1),
    Q(high__gt=F("low") * 2 + 1),
    Q(high__range=(F("low"), 3)),
    Q(price__gte="1.50"),
    Q(price__lt=F("high")),
    Q(code="ab"),
    Q(code__in=["ab", "c"]),
    Q(code=Lower("code")),
    Q(code=F("name")),
    Q(name__startswith="a"),
    Q(name__iexact="AB"),
    Q(name__icontains="B"),
    Q(name__regex="^a"),
    ~Q(name=""),
    Q(begin__year=2024),
    Q(begin__gte=datetime.date(2024, 5, 1)),
    Q(begin__month__gt=4),
    Q(at__year__gte=2025),
    Q(at__date=datetime.date(2024, 12, 31)),
    Q(at__gte=datetime.datetime(2024, 12, 31, tzinfo=UTC)),
    Q(live=True),
    Q(Q(live=False)),
    Q(GreaterThan(Length("name"), 1)),
    Q(GreaterThan(Abs("low"), Value(1))),
    Q(high=Mod("low", Value(3))),
    Q(high=Coalesce("low", Value(2))),
    Q(name=Concat("code", Value("x"))),
    Q(name=Upper(Trim("name"))),
    Q(GreaterThan(ExtractMonth("begin"), 4)),
    Q(high=Case(When(low=1, then=Value(1)), When(low__gt=1, then=F("low")), default=Value(0))),
]

CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] ^ pair[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=5,
)
ROWS = st.fixed_dictionaries(
    {
        "low": st.none() | st.integers(-3, 4),
        "high": st.integers(-3, 4),
        "price": st.none() | st.sampled_from([Decimal("1.00"), Decimal("1.50"), Decimal("3.25")]),
        "code": st.none() | st.sampled_from(["", "ab", "c", "x"]),
        "name": st.sampled_from(["", "ab", "c", "cx", "x", " ab"]),
        "begin": st.none() | st.sampled_from([datetime.date(2024, 5, 1), datetime.date(2023, 1, 31)]),
        "at": st.none()
        | st.sampled_from([datetime.datetime(2024, 12, 31, 20, tzinfo=UTC), datetime.datetime(2024, 6, 1, tzinfo=UTC)]),
        "live": st.booleans(),
    }
)


EMPTY = {**dict.fromkeys(["low", "price", "code", "begin", "at"]), "high": 2, "name": "", "live": False}


@pytest.fixture(scope="module")
def offers(django_db_setup, django_db_blocker):
    """The table of offers."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Offer)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Offer)


def passes_in_the_database(condition, row):
    """What the CHECK of a constraint makes of a row: NULL passes."""
    manager: Any = Offer._base_manager
    manager.all().delete()
    manager.create(**row)
    constraint: Any = models.CheckConstraint(condition=condition, name="offer_check")
    sql = constraint._get_check_sql(Offer, connection.schema_editor())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM testapp_offer")
        return cursor.fetchone()[0] not in (0, False)


@pytest.mark.django_db
@given(condition=CONDITIONS, row=ROWS)
@example(condition=~Q(low=1) & Q(high=3), row=EMPTY)
@example(condition=~Q(low=1) ^ Q(low=1), row=EMPTY)
@settings(max_examples=300)
def test_truth_is_the_databases(offers, condition, row):
    """A row that passes a CHECK here passes it there, and one that is refused here is refused by some database."""
    told = condition_of(Offer, condition)
    truths = {truth(told, row), truth(told, row, folding=True)}
    found = passes_in_the_database(condition, row)
    if UNKNOWN in truths:
        return
    if not refuses(told, row):
        assert found
    elif not connection.features.supports_logical_xor:  # which takes NULL as an operand for NULL
        assert truths != {False} or not found


@pytest.mark.parametrize(
    "condition",
    [
        Q(at__lt=Now()),
        Q(begin__week=3),
        Q(data__kind="x"),
    ],
)
def test_readable(condition):
    """Clocks, parts of dates and keys of JSON are read."""
    assert list(columns_of(condition_of(Offer, condition)))


@pytest.mark.parametrize(
    "condition",
    [
        Q(data__contains={"a": 1}),
        Q(high__bitor=1),
        Q(models.Func("low", function="IS_FINE", output_field=models.BooleanField())),
        Q(brand__name="x"),
        Q(models.expressions.RawSQL("1 = 1", (), output_field=models.BooleanField())),
    ],
)
def test_untold(condition):
    """What only a database can evaluate is said to be so."""
    with pytest.raises(Untold):
        condition_of(Offer, condition)


def test_plain_data():
    """A condition is frozen data that knows the fields it reads."""
    told = condition_of(Offer, Q(low__gt=1) & Q(high__lte=F("low")))
    assert told == All(
        (Compared("gt", Column("low"), (Constant(1),)), Compared("lte", Column("high"), (Column("low"),)))
    )
    assert list(columns_of(told)) == ["low", "high", "low"]
    assert operand_of(Offer, "low") == Column("low")


def test_unknown():
    """What hangs on a value that is not known is not known, and refuses nothing."""
    told = condition_of(Offer, Q(low=1) | Q(high=2))
    assert truth(told, {"high": 3}) is UNKNOWN
    assert truth(told, {"high": 2}) is True
    assert not refuses(told, {"high": 3})


def test_key_of_json():
    """A key of a JSON value is compared; one that is not there is NULL."""
    told = condition_of(Offer, Q(data__kind="x"))
    assert [truth(told, {"data": data}) for data in ({"kind": "x"}, {"kind": "y"}, {}, None)] == [
        True,
        False,
        None,
        None,
    ]


def test_texts_of_all_databases():
    """Where databases differ in what texts are the same, a row must pass for all of them."""
    told = condition_of(Offer, ~Q(name="admin"))
    assert refuses(told, {"name": "Admin"})
    assert refuses(condition_of(Offer, Q(name__startswith="A")), {"name": "ab"})
