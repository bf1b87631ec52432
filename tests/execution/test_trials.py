"""Rows that are tried until validators and constraints have nothing against them."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import F, Q

from fixturekit.blueprints import forget
from fixturekit.exceptions import WriteFailed
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import CompiledBatch
from fixturekit.execution.preview import preview
from fixturekit.ledger import Ledger
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.sources import Const, Drawn, Enumerated, Following, Mixed
from fixturekit.writers import writer_for
from tests.planning.support import batches, planned, step
from tests.planning.tables import rows_of, tables, written

pytestmark = [pytest.mark.django_db]
ON_TABLES = pytest.mark.skipif(
    not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction"
)
STYLES = pytest.mark.parametrize("style", ["plain", "lifelike"])


@pytest.fixture(autouse=True)
def _own_models():
    known = apps.all_models["testapp"]
    before = dict(known)
    yield
    known.clear()
    known.update(before)
    apps.clear_cache()
    forget()


def vowel(value):
    """Takes what begins with a vowel."""
    if value[0].lower() not in "aeiou":
        raise ValidationError("No vowel.")


def stumbling(value):
    """Has not thought of what begins with another letter than these."""
    {"a": 1, "e": 2, "s": 3, "b": 4}[value[0].lower()]


def picky(value):
    """Takes one word of seven."""
    if sum(map(ord, value)) % 7:
        raise ValidationError("Not this one.")


def word(*validators, **options):
    class Word(models.Model):
        text = models.CharField(max_length=40, validators=list(validators), **options)

        class Meta:
            app_label = "testapp"

    return Word


def texts(label, count, style="lifelike", start=0):
    """The planned values of a column, from a row onwards, which needs no table."""
    plan = planned(f"options: {{style: {style}}}\n" + step(label, count=count)).plan
    binding = Binding(connection, plan, parse_now(plan.now), Ledger(connection))
    batch = CompiledBatch(plan, plan.batch("a"), apps.get_model(label), writer_for(connection), binding)
    return batch.columns["text"].values(start, count)


def test_a_preview_shows_what_is_written():
    """What is drawn anew is shown as it will be, without a database."""
    word(vowel)
    (part,) = preview(planned(step("testapp.Word", count=200)).plan, 30)
    assert [row[part.fields.index("text")] for row in part.rows] == texts("testapp.Word", 200)[:30]


def test_validator_that_stumbles():
    """What a validator fails on is not what it takes."""
    word(stumbling)
    assert {text[0].lower() for text in texts("testapp.Word", 300)} <= set("aesb")


@STYLES
def test_validator_that_nothing_is_known_of(style):
    """Every row, not only the first ones, has a value that the validator accepts."""
    model = word(vowel)
    found = texts("testapp.Word", 3000, style)
    assert len(found) == 3000
    for text in found:
        model._meta.get_field("text").run_validators(text)


@STYLES
def test_unique_values_that_a_validator_accepts(style):
    """They are accepted, and still no two are the same."""
    model = word(picky, unique=True)
    found = texts("testapp.Word", 2000, style)
    assert len(set(found)) == 2000
    for text in found:
        model._meta.get_field("text").run_validators(text)


def test_rows_for_themselves():
    """A row that is tried does not depend on how many there are, nor on where a block begins; one that is right stays."""
    word(vowel)
    found = texts("testapp.Word", 500)
    assert texts("testapp.Word", 300) == found[:300]
    assert texts("testapp.Word", 500, start=123) == found[123:]
    forget()
    del apps.all_models["testapp"]["word"]
    word()
    plain = texts("testapp.Word", 500)
    assert [text for text in plain if text[0].lower() in "aeiou"] == [
        text for text, before in zip(found, plain, strict=True) if before[0].lower() in "aeiou"
    ]


@ON_TABLES
def test_what_is_drawn_again_is_digested_and_written_alike():
    """Rows read back hold what the plan says, also where it was drawn again."""

    class Span(models.Model):
        low = models.IntegerField()
        high = models.IntegerField()

        class Meta:
            app_label = "testapp"
            constraints = [models.CheckConstraint(condition=Q(low__lt=F("high")), name="low_high")]

    with tables(Span):
        rows = rows_of(Span, 2100)
        assert all(row.low < row.high for row in rows)


@ON_TABLES
def test_constraints_leave_rows_that_hang_together():
    """What a constraint is about goes by others of the row all the same, where it passes so."""

    class Lodging(models.Model):
        first_name = models.CharField(max_length=40)
        last_name = models.CharField(max_length=40)
        email = models.EmailField()
        username = models.CharField(max_length=40, unique=True)
        start_date = models.DateField()
        end_date = models.DateField()
        quantity = models.PositiveSmallIntegerField()
        price = models.DecimalField(max_digits=8, decimal_places=2)
        total = models.DecimalField(max_digits=10, decimal_places=2)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=Q(email__contains="@") & ~Q(email=""), name="address"),
                models.CheckConstraint(condition=Q(username__regex=r"^[a-z0-9.]+$"), name="login"),
                models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="order"),
                models.CheckConstraint(condition=Q(price__gt=0, total__gte=F("price")), name="prices"),
            ]

    with tables(Lodging):
        rows = rows_of(Lodging, 300)
    assert all(row.email == f"{row.first_name}.{row.last_name}@example.com".lower() for row in rows)
    assert all(row.username.startswith(f"{row.first_name}.{row.last_name}".lower()) for row in rows)
    assert all(1 <= (row.end_date - row.start_date).days <= 14 for row in rows)
    assert all(row.total == row.quantity * row.price for row in rows)


@ON_TABLES
def test_what_goes_by_others_is_let_go_where_it_fails():
    """Rows in which it passes keep it; what is drawn anew is followed by what goes by it, in the same trial."""

    class Stay(models.Model):
        start_date = models.DateField()
        end_date = models.DateField()
        username = models.CharField(max_length=40)
        email = models.EmailField()
        net = models.DecimalField(max_digits=8, decimal_places=2)
        tax = models.DecimalField(max_digits=8, decimal_places=2)
        gross = models.DecimalField(max_digits=8, decimal_places=2)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(
                    condition=Q(end_date__gt=F("start_date"), end_date__week_day__lte=6), name="days"
                ),
                models.CheckConstraint(condition=~Q(email__startswith="a"), name="letter"),
                models.CheckConstraint(condition=Q(gross__lt=F("net") + 50), name="taxed"),
            ]

    with tables(Stay):
        rows = rows_of(Stay, 300)
    assert all(0 < (row.end_date - row.start_date).days <= 14 for row in rows)
    told = [row for row in rows if row.email == f"{row.username}@example.com"]
    assert 250 < len(told) < 300
    assert all(row.gross < row.net + 50 for row in rows)
    assert sum(row.gross == row.net + row.tax for row in rows) > 250


def test_unique_texts_that_a_constraint_might_refuse():
    """They are not drawn anew, so they go by others only where every one of them passes."""

    class Account(models.Model):
        first_name = models.CharField(max_length=40)
        last_name = models.CharField(max_length=40)
        email = models.EmailField(unique=True)
        username = models.CharField(max_length=40, unique=True)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=Q(email__endswith="@example.com"), name="ours"),
                models.CheckConstraint(condition=~Q(username="anna"), name="not_anna"),
            ]

    (batch,) = planned(step("testapp.Account", count=50)).plan.batches
    sources = {column.field: column.source for column in batch.columns}
    assert isinstance(sources["email"], Following)
    assert isinstance(sources["username"], Enumerated)


def paid():
    class Paid(models.Model):
        amount = models.DecimalField(max_digits=8, decimal_places=2)
        fee = models.DecimalField(max_digits=8, decimal_places=2)
        net = models.DecimalField(max_digits=8, decimal_places=2)

        class Meta:
            app_label = "testapp"
            constraints = [models.CheckConstraint(condition=Q(net=F("amount") - F("fee")), name="after_fee")]

    return Paid


@ON_TABLES
def test_decimals_that_are_right_in_floats_too():
    """SQLite reckons with floats: generated numbers fit there and where decimals are exact, the same ones everywhere."""
    model = paid()
    with tables(model):
        rows = rows_of(model, 300)
    assert all(row.net == row.amount - row.fee for row in rows)
    assert all(float(row.net) == float(row.amount) - float(row.fee) for row in rows)
    assert len({row.fee % 1 for row in rows}) > 5


@ON_TABLES
def test_given_decimals_that_are_wrong_in_floats_alone():
    """They are right where decimals are exact; elsewhere the message says why they are refused."""
    model = paid()
    text = "- {id: a, make: testapp.Paid, count: 2, set: {amount: 0.3, fee: 0.1}}"
    with tables(model):
        if connection.vendor != "sqlite":
            written(text)
            assert {str(row.net) for row in model._base_manager.all()} == {"0.20"}
            return
        with pytest.raises(WriteFailed) as caught:
            written(text)
    assert str(caught.value).endswith(
        "If they do, it is that this database reckons with floats, for which 0.1 + 0.2 is not 0.3: whole numbers and "
        "quarters are exact"
    )


def order(**options):
    class Ordered(models.Model):
        status = models.CharField(max_length=9, choices=[(name, name) for name in ("new", "paid", "sent")], **options)
        paid_at = models.DateTimeField(null=True, blank=True)
        percent = models.PositiveSmallIntegerField(null=True, blank=True)
        amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
        start = models.DateField()
        end = models.DateField()

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(
                    condition=Q(status="new", paid_at=None) | (~Q(status="new") & Q(paid_at__isnull=False)),
                    name="paying",
                ),
                models.CheckConstraint(
                    condition=Q(percent=None, amount__isnull=False) | Q(percent__isnull=False, amount=None),
                    name="either",
                ),
                models.CheckConstraint(condition=Q(status="sent", end__gt=F("start")) | ~Q(status="sent"), name="sent"),
            ]

    return Ordered


@ON_TABLES
def test_rows_pass_in_several_ways():
    """Of an OR rows take each branch that leaves a choice as it would be drawn, or that changes as little as the first."""
    model = order()
    with tables(model):
        rows = rows_of(model, 200)
        assert {row.status for row in rows} == {"new", "paid", "sent"}
        assert {(row.percent is None, row.amount is None) for row in rows} == {(True, False), (False, True)}
        model._base_manager.all().delete()
        fewer = rows_of(model, 50)
    assert [(row.status, row.percent, row.end) for row in fewer] == [
        (row.status, row.percent, row.end) for row in rows[:50]
    ]


@ON_TABLES
@STYLES
@pytest.mark.parametrize("said", ["!choice [new, paid, sent]", "!choice {new: 1, paid: 2, sent: 2}"])
def test_choices_that_the_recipe_gives_all_stand(style, said):
    """What else a branch of an OR asks for follows the given values; none of them is dropped."""

    class Sale(models.Model):
        status = models.CharField(max_length=9)
        paid_at = models.DateTimeField(null=True, blank=True)
        sent_at = models.DateTimeField(null=True, blank=True)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(
                    condition=Q(status="paid", paid_at__isnull=False, sent_at=None)
                    | Q(status="sent", paid_at__isnull=False, sent_at__isnull=False)
                    | (~Q(status__in=["paid", "sent"]) & Q(paid_at=None, sent_at=None)),
                    name="dated",
                )
            ]

    with tables(Sale):
        rows = rows_of(Sale, 60, style=style, setting=f"status: {said}")
    found = {(row.status, row.paid_at is None, row.sent_at is None) for row in rows}
    assert found == {("new", True, True), ("paid", False, True), ("sent", False, False)}


def test_what_would_be_the_same_in_all_rows():
    """A default, what the recipe gives and plain values leave one way."""
    order(default="new")
    found = batches(step("testapp.Ordered", count=9))["a"]
    assert (found["status"], found["paid_at"]) == (Const("new"), Const(None))
    found = batches(step("testapp.Ordered", "status: paid", count=9))["a"]
    assert isinstance(found["paid_at"], Drawn)
    found = batches("options: {style: plain}\n" + step("testapp.Ordered", count=9))["a"]
    assert not any(isinstance(source, Mixed) for source in found.values())


@ON_TABLES
def test_patterns_are_drawn():
    """Texts of a regular expression, also where they must differ."""

    class Part(models.Model):
        number = models.CharField(max_length=9, validators=[RegexValidator(r"^[A-Z]{2}-\d{4}$")])
        serial = models.CharField(max_length=9, validators=[RegexValidator(r"^\d{3}(-\d)?$")], unique=True)

        class Meta:
            app_label = "testapp"

    with tables(Part):
        assert len(rows_of(Part, 1500)) == 1500


@ON_TABLES
def test_rule_that_no_attempt_satisfies():
    """After so many attempts the error names row, constraint, condition and the columns to give."""

    class Sum(models.Model):
        low = models.IntegerField()
        high = models.IntegerField()

        class Meta:
            app_label = "testapp"
            constraints = [
                models.CheckConstraint(condition=Q(low__lt=F("high")), name="up"),
                models.CheckConstraint(condition=Q(low__gt=F("high")), name="down"),
            ]

    with tables(Sum), pytest.raises(WriteFailed) as caught:
        written(step("testapp.Sum"))
    assert "row 0, testapp.Sum." in str(caught.value)
    assert "attempts to draw low and high satisfies the constraint '" in str(caught.value)
    assert str(caught.value).endswith("Give low or high values that fit")


@ON_TABLES
def test_refusal_of_the_database_names_constraint_and_fix():
    """What only the database can evaluate is left to it; its refusal says what the constraint asks for."""

    class Odd(models.Model):
        number = models.IntegerField()

        class Meta:
            app_label = "testapp"
            constraints = [models.CheckConstraint(condition=Q(number__lt=0), name="below")]

    with tables(Odd), pytest.raises(WriteFailed) as caught:
        written("- {id: a, make: testapp.Odd, set: {number: !jinja '{{ 1 + 1 }}'}}")
    assert "below" in str(caught.value)
    assert str(caught.value).endswith("(number < 0). Give number values that satisfy it, in 'set' or on a shelf")


@ON_TABLES
def test_unique_column_in_a_rule():
    """A unique column that a rule reads is drawn again too, and two steps still have no value in common."""

    class Bid(models.Model):
        number = models.PositiveIntegerField(unique=True)
        limit = models.PositiveIntegerField(unique=True)

        class Meta:
            app_label = "testapp"
            constraints = [models.CheckConstraint(condition=Q(number__lt=F("limit")), name="below")]

    with tables(Bid):
        written("- {id: a, make: testapp.Bid, count: 200}\n- {id: b, make: testapp.Bid, count: 200}")
        rows = list(Bid._base_manager.all())
        assert len(rows) == len({row.number for row in rows}) == len({row.limit for row in rows}) == 400
        for row in rows:
            row.full_clean()
