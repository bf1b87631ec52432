"""Literals as values of fields, whatever the settings say."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.test.utils import isolate_apps

from fixturekit.recipes.document import Entry, Listing, Literal, Mapping, Now
from fixturekit.values.fields.numbers import RANGES
from fixturekit.values.literals import clean, convert, in_project_time

UTC = datetime.timezone.utc
INSTANT = datetime.datetime(2026, 1, 31, 10, 30)  # noqa: DTZ001 - naive on purpose


def open_it(file):
    """A validator that wants to see the file."""
    file.open().close()


NUMBER = models.IntegerField()


@pytest.mark.parametrize(
    ("field", "literal", "value"),
    [
        (models.CharField(max_length=9), Literal(12, "012"), "012"),
        (models.CharField(max_length=9), Literal(False), "false"),
        (models.DecimalField(max_digits=20, decimal_places=2), Literal(0.1, "0.10"), Decimal("0.10")),
        (
            models.DecimalField(max_digits=25, decimal_places=2),
            Literal(1e22, "12345678901234567890123.25"),
            Decimal("12345678901234567890123.25"),
        ),
        (NUMBER, Literal(3.0, "3.0"), 3),
        (models.IntegerField(null=True), Literal(None), None),
        (models.BooleanField(), Literal(False), False),
        (models.FloatField(), Literal(1, "1"), 1.0),
        (models.UUIDField(), Literal("12345678123456781234567812345678"), uuid.UUID("12345678" * 4)),
        (models.GenericIPAddressField(), Literal("2001:db8::0001"), "2001:db8::1"),
        (models.JSONField(), Literal("x"), "x"),
        (models.BinaryField(), Literal("é"), b"\xc3\xa9"),
        (models.BinaryField(), Literal(12, "012"), b"012"),
        (models.FileField(validators=[FileExtensionValidator(["txt"])]), Literal("a/b.txt"), "a/b.txt"),
        (models.JSONField(), Listing((Literal(1), Literal(None))), [1, None]),
        (models.JSONField(), Mapping((Entry("a", Listing((Literal(True),))),)), {"a": [True]}),
    ],
)
def test_convert(field, literal, value):
    """The field decides what a literal means; written digits are kept."""
    found = convert(field, literal)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("field", "literal", "reason"),
    [
        (NUMBER, Literal(None), "null is not allowed"),
        (NUMBER, Literal(1.5, "1.5"), "1.5 is not a whole number"),
        (NUMBER, Literal(True), "true is not a whole number"),
        (models.SmallIntegerField(), Literal(40000, "40000"), "32767"),
        (NUMBER, Literal("x"), "must be an integer"),
        (models.FileField(validators=[FileExtensionValidator(["txt"])]), Literal("a.png"), "“png” is not allowed"),
        (models.FileField(validators=[open_it]), Literal("a.png"), "its file cannot be read: "),
        (models.BinaryField(max_length=1), Literal("é"), "at most 1 character"),
        (NUMBER, Listing(), "a list or a mapping is not a value of this field"),
        (NUMBER, Now(), "!now is not a plain value"),
        (models.JSONField(), Listing((Now(),)), "!now is not a literal"),
        (models.DecimalField(max_digits=4, decimal_places=2), Literal(True), "true is not a number"),
        (models.DecimalField(max_digits=4, decimal_places=2), Literal(1.005, "1.005"), "no more than 2 decimal places"),
        (
            models.DecimalField(max_digits=4, decimal_places=2),
            Literal("nan"),
            "must be a decimal number|enter a number",
        ),
        (models.DateField(), Literal(5, "5"), "a DateField does not take it"),
        (models.EmailField(), Literal("x"), "valid email address"),
        (models.BooleanField(), Literal("maybe"), "must be either True or False"),
        (models.CharField(max_length=2, choices=[("a", "A")]), Literal("b"), "not a valid choice"),
    ],
)
def test_refused(field, literal, reason):
    """What the field refuses is a ValueError that says why."""
    with pytest.raises(ValueError, match=f"(?i){reason}"):
        convert(field, literal)


def test_instants_are_in_utc(settings):
    """An instant without zone is in UTC whatever TIME_ZONE says; one with a zone keeps its moment."""
    settings.TIME_ZONE = "America/New_York"
    field = models.DateTimeField()
    assert convert(field, Literal("2026-01-31 10:30")) == INSTANT.replace(tzinfo=UTC)
    assert convert(field, Literal("2026-01-31T12:30+02:00")) == INSTANT.replace(tzinfo=UTC)


def test_naive_projects(settings):
    """Without USE_TZ instants are naive, in UTC."""
    settings.USE_TZ = False
    field = models.DateTimeField()
    assert convert(field, Literal("2026-01-31 10:30")) == INSTANT
    assert convert(field, Literal("2026-01-31T12:30+02:00")) == INSTANT


def test_in_project_time(settings):
    """Anything but an instant stays as it is."""
    assert in_project_time("x") == "x"
    assert in_project_time(INSTANT).tzinfo is UTC
    settings.USE_TZ = False
    assert in_project_time(INSTANT.replace(tzinfo=UTC)) == INSTANT


def test_clean():
    """A finished value is validated as ``full_clean`` does; all messages are told."""
    assert clean(NUMBER, "7") == 7
    with pytest.raises(ValueError, match="at most 2 characters"):
        clean(models.CharField(max_length=2), "abc")


class AmountValidator:
    """Asks for what instances hold, not for what the column stores."""

    def __call__(self, value):
        if value.amount > 99:
            raise ValidationError("Too much.")


class Money:
    def __init__(self, amount, currency):
        if currency is None:
            raise TypeError("no currency")
        self.amount, self.currency = amount, currency


class MoneyAttribute:
    def __init__(self, field):
        self.name = field.name

    def __get__(self, instance, owner=None):
        return self if instance is None else Money(instance.__dict__[self.name], instance.currency)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value


class MoneyField(models.DecimalField):
    """An amount whose instances are of a class of their own, as a library for money has it."""

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, MoneyAttribute(self))

    def to_python(self, value):
        return super().to_python(getattr(value, "amount", value))

    def get_db_prep_save(self, value, connection):
        return super().get_db_prep_save(getattr(value, "amount", value), connection)

    def clean(self, value, model_instance):
        self.run_validators(value)
        return self.to_python(value)

    validators = [AmountValidator()]


@isolate_apps("tests.testapp")
@pytest.mark.parametrize(("code", "limited"), [("EUR", True), (None, False)])
def test_validators_that_ask_for_what_an_instance_holds(code, limited):
    """They get it; where a value alone makes no instance whole, what they say cannot be known."""

    class Invoice(models.Model):
        amount = MoneyField(max_digits=5, decimal_places=2)
        currency = models.CharField(max_length=3, null=True, default=code)

        class Meta:
            app_label = "testapp"

    field: Any = Invoice._meta.get_field("amount")
    assert clean(field, "12.50") == Decimal("12.50")
    assert convert(field, Literal(12.5, "12.50")) == Decimal("12.50")
    if limited:
        with pytest.raises(ValueError, match=r"^Too much\.$"):
            clean(field, Decimal(100))
    else:
        assert clean(field, Decimal(100)) == 100
    with pytest.raises(ValueError, match="must be a decimal number"):
        clean(field, "twelve")


def test_validators_that_break():
    """A validator that raises what it should not is told by its field and in its words."""
    with pytest.raises(ValueError, match=r"^MoneyField\.clean\(\) raised AttributeError: .*'amount'$"):
        clean(MoneyField(), Decimal(1))


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_days_and_instants_in_utc(settings, zone):
    """A day, an hour and an instant are made of each other in UTC, wherever the project lives."""
    settings.TIME_ZONE = zone
    late = datetime.datetime(2026, 1, 1, 22, tzinfo=UTC)
    day, midnight = datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1, tzinfo=UTC)
    elsewhere = late.astimezone(datetime.timezone(datetime.timedelta(hours=9)))
    for instant in (late, elsewhere):
        assert clean(models.DateField(), instant) == day
        assert clean(models.TimeField(), instant) == datetime.time(22)
    assert clean(models.DateTimeField(), day) == midnight
    assert clean(models.DateField(), day) == day
    settings.USE_TZ = False
    assert clean(models.DateTimeField(), day) == midnight.replace(tzinfo=None)
    assert clean(models.DateField(), late.replace(tzinfo=None)) == day


@pytest.mark.parametrize("cls", [models.PositiveIntegerField, models.IntegerField, models.SmallIntegerField])
def test_portable_ranges_come_first(cls):
    """A number out of range is refused in the same words whatever the default database would take."""
    low, high = RANGES[cls.__name__]
    for number in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"^{number} is not between {low} and {high}, which every database"):
            convert(cls(), Literal(number, str(number)))
    assert (convert(cls(), Literal(low)), convert(cls(), Literal(high))) == (low, high)


@pytest.mark.parametrize("use_tz", [True, False])
@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_moments_that_utc_does_not_have(settings, use_tz, text):
    """What is beyond the first or the last year in UTC is refused where it is written."""
    settings.USE_TZ = use_tz
    with pytest.raises(ValueError, match=r"years 1 to 9999|out of range"):
        clean(models.DateTimeField(), text)


@pytest.mark.parametrize(
    ("value", "hint"), [("ret", "Did you mean 'red'?"), ("purple", "Choices are red, green, blue")]
)
def test_a_value_that_is_no_choice_is_refused_with_those_that_are(value, hint):
    """The nearest, or all of them."""
    field = models.CharField(
        max_length=10, choices=[("", "-"), ("Warm", [("red", "Red")]), ("green", "Green"), ("blue", "Blue")]
    )
    with pytest.raises(ValueError, match="is not a valid choice") as caught:
        convert(field, Literal(value))
    assert str(caught.value) == f"Value '{value}' is not a valid choice. {hint}"


def test_many_choices_are_not_all_told():
    """A list of all countries is no message."""
    field = models.IntegerField(choices=[(number, str(number)) for number in range(100, 200)])
    with pytest.raises(ValueError, match=r"Choices are 100, .*, 111, \.\.\.$"):
        convert(field, Literal(7, "7"))
