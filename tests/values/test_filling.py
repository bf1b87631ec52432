from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.core import validators
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.exceptions import UnsupportedField
from fixturekit.values.canonical import converter, kind
from fixturekit.values.fillers import Request
from fixturekit.values.filling import fill
from fixturekit.values.meanings import dates as moments
from fixturekit.values.meanings import flags, numbers, texts
from fixturekit.values.pools import locales
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import Enumerated
from fixturekit.values.uniqueness import fold

NOW = datetime(2026, 11, 20, 9, 30, 15, tzinfo=timezone.utc)
CONTEXT = Context("shop.sale", "products", NOW)

EVERY_NAME = {
    *texts.MEANINGS, *numbers.WHOLE, *numbers.FRACTIONS, *numbers.MONEY, *numbers.ROUND,
    *moments.BACK, *moments.LASTS, *moments.CLOCK, *flags.OFTEN, *flags.MAPPINGS,
}  # fmt: skip
NAMES = [
    "first_name",
    "last_name",
    "name",
    "full_name",
    "username",
    "email",
    "phone",
    "company",
    "city",
    "country",
    "street",
    "address",
    "postcode",
    "title",
    "slug",
    "sku",
    "code",
    "number",
    "reference",
    "url",
    "website",
    "description",
    "body",
    "summary",
    "bio",
    "price",
    "amount",
    "total",
    "cost",
    "quantity",
    "stock",
    "age",
    "year",
    "rating",
    "percent",
    "discount",
    "color",
    "created_at",
    "updated_on",
    "date_joined",
    "birth_date",
    "start_time",
    "is_active",
    "latitude",
    "password",
    "key",
    "value",
    "x",
    "billing_address",
    "country_code",
    "currency",
    "job_title",
    "state",
    "domain",
    "ip_address",
    "isbn",
    "note",
]

builds: Any = st.builds


def limited(low, high):
    """Validators for a lowest and a highest value, each of them there or not, as a number or as a callable."""

    def build(limits):
        least, most, called = limits
        found: list[Any] = []
        if least is not None:
            found.append(validators.MinValueValidator((lambda: least) if called else least))
        if most is not None:
            found.append(validators.MaxValueValidator((lambda: most) if called else most))
        return found

    low_limit, high_limit = st.none() | st.sampled_from(low), st.none() | st.sampled_from(high)
    return st.tuples(low_limit, high_limit, st.booleans()).map(build)


WHOLE = limited([-50, -1, 0, 1, 7], [12, 13, 100, 30_000])
STEPS = st.lists(builds(validators.StepValueValidator, st.sampled_from([1, 2, 5])), max_size=1)
INTEGER_CLASSES = [
    models.IntegerField,
    models.SmallIntegerField,
    models.BigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.PositiveBigIntegerField,
]
integers = builds(
    lambda cls, limits, steps: cls(validators=limits + steps), st.sampled_from(INTEGER_CLASSES), WHOLE, STEPS
)
decimals = st.integers(1, 30).flatmap(
    lambda digits: builds(
        models.DecimalField, max_digits=st.just(digits), decimal_places=st.integers(0, digits), validators=st.just([])
    )
)
limited_decimals = builds(
    models.DecimalField,
    max_digits=st.integers(7, 20),
    decimal_places=st.integers(2, 4),
    validators=limited([-2, 0, Decimal("0.01"), 0.01, 1.5], [Decimal("1.99"), 2, 99.5, 1000])
    | builds(lambda step: [validators.StepValueValidator(step)], st.sampled_from([Decimal("0.05"), Decimal(5)])),
)
floats = builds(models.FloatField, validators=limited([-90, -0.5, 0, 0.1], [0.5, 1, 180.25]))
lengths = st.integers(1, 60) | st.sampled_from([100, 150, 254, 255])
chars = builds(models.CharField, max_length=lengths)
long_chars = builds(
    lambda least, more: models.CharField(max_length=least + more, validators=[validators.MinLengthValidator(least)]),
    st.integers(1, 60),
    st.integers(0, 60),
)
long_texts = builds(models.TextField, max_length=st.none() | lengths)
slugs = builds(models.SlugField, max_length=lengths, allow_unicode=st.booleans())
addressed = builds(
    lambda validator, length: models.CharField(max_length=length, validators=[validator]),
    st.sampled_from([validators.EmailValidator(), validators.URLValidator(), validators.validate_slug]),
    st.integers(16, 200),
)
emails = builds(models.EmailField, max_length=st.integers(6, 60) | st.just(254))
urls = builds(models.URLField, max_length=st.integers(11, 60) | st.just(200))
lists = builds(
    models.CharField, max_length=lengths, validators=st.just([validators.validate_comma_separated_integer_list])
)
binaries = builds(models.BinaryField, max_length=st.none() | st.integers(1, 60)) | builds(
    lambda least, more: models.BinaryField(max_length=least + more, validators=[validators.MinLengthValidator(least)]),
    st.integers(1, 40),
    st.integers(0, 40),
)
dates = builds(
    models.DateField,
    validators=limited([date(1900, 5, 1), date(2026, 1, 1), date(2100, 1, 1)], [date(2101, 1, 1), date(2200, 1, 1)]),
)
old_dates = builds(models.DateField, validators=limited([date(1800, 1, 1)], [date(1969, 12, 31), date(1850, 1, 1)]))
instants = builds(
    models.DateTimeField,
    validators=limited(
        [datetime(1950, 1, 1, tzinfo=timezone.utc), datetime(2026, 11, 20, tzinfo=timezone.utc)],
        [datetime(2026, 11, 21, 1, 1, 1, 500, tzinfo=timezone.utc), datetime(2099, 1, 1, tzinfo=timezone.utc)],
    ),
)
times = builds(models.TimeField, validators=limited([time(8), time(9, 30, 0, 5)], [time(9, 31), time(23, 59, 59, 9)]))
durations = builds(
    models.DurationField,
    validators=limited([timedelta(0), timedelta(days=-1), timedelta(microseconds=5)], [timedelta(1), timedelta(9999)]),
)
addresses = builds(models.GenericIPAddressField, protocol=st.sampled_from(["both", "IPv4", "ipv6"]))
choices = st.sampled_from(
    [
        [("a", "A"), ("b", "B")],
        [("", "---"), ("a", "A")],
        [("Group", [("a", "A"), ("b", "B")]), ("c", "C")],
        models.TextChoices("Status", "NEW PAID SENT"),
        lambda: [("x", "X"), ("y", "Y")],
    ]
)
chosen = builds(models.CharField, max_length=st.just(10), choices=choices)
simple = st.sampled_from([models.BooleanField(), models.UUIDField(), models.JSONField()])
fields = st.one_of(
    integers, decimals, limited_decimals, floats, chars, long_chars, long_texts, slugs, addressed, emails, urls, dates,
    old_dates, instants, times, durations, addresses, chosen, simple, lists, binaries,
)  # fmt: skip


def request(field, name, style="plain", unique=False, model="shop.Product", locale="en_US"):
    field.set_attributes_from_name(name)
    return Request(field, model, name, style, locale, f"{model}.{name}" if unique else None)


def values(field, name, style="lifelike", unique=False, rows=500, model="shop.Product"):
    source: Any = fill(request(field, name, style, unique, model))
    return compile_source(source, CONTEXT).values(0, rows)


def comparable(value):
    return fold(value) if isinstance(value, str) else str(value)


@settings(max_examples=400)
@given(
    fields,
    st.sampled_from(NAMES) | st.sampled_from(sorted(EVERY_NAME)),
    st.sampled_from(["plain", "lifelike", "lifelike"]),
    st.booleans(),
    st.integers(1, 500),
    st.sampled_from(locales()),
    st.data(),
)
def test_every_value_is_valid(field, name, style, unique, rows, locale, data):
    """Whatever a field allows and asks for, its own ``clean`` accepts every value; unique ones differ when folded."""
    source: Any = fill(request(field, name, style, unique, locale=locale))
    if isinstance(source, Enumerated):
        rows = min(rows, capacity(source))
    maker = compile_source(source, CONTEXT)
    found = maker.values(0, rows)
    for value in found:
        assert field.clean(value, None) == value
        assert not isinstance(value, str) or "\0" not in value
        assert not isinstance(value, float) or str(value) != "-0.0"
        assert not isinstance(value, Decimal) or len(value.normalize().as_tuple().digits) <= 15
    if unique:
        assert len({comparable(value) for value in found}) == rows
    canonical = maker.canonical(0, rows)
    assert kind(field) != "opaque" or isinstance(field, models.BinaryField)
    assert canonical is None or canonical == converter(field)(found)
    split = data.draw(st.integers(0, rows))
    assert found == maker.values(0, split) + maker.values(split, rows)


@settings(max_examples=200)
@given(fields, st.sampled_from(NAMES), st.sampled_from(["plain", "lifelike"]))
def test_the_far_end_is_valid_too(field, name, style):
    """The last values of an enumeration are as good as the first, and differ from them."""
    source: Any = fill(request(field, name, style, True))
    if not isinstance(source, Enumerated):
        return
    rows = min(capacity(source), 40)
    last = Enumerated(source.enumeration, source.key, capacity(source) - rows, source.args, source.counting)
    found = compile_source(last, CONTEXT).values(0, rows)
    assert all(field.clean(value, None) == value for value in found)
    assert len({comparable(value) for value in found}) == rows


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (models.CharField(max_length=20), ["1", "2", "3"]),
        (models.TextField(), ["1", "2", "3"]),
        (models.SlugField(), ["1", "2", "3"]),
        (models.EmailField(), ["a1@example.com", "a2@example.com", "a3@example.com"]),
        (models.URLField(), ["http://example.com/1", "http://example.com/2", "http://example.com/3"]),
        (models.IntegerField(), [1, 2, 3]),
        (models.PositiveSmallIntegerField(validators=[validators.MinValueValidator(5)]), [5, 6, 7]),
        (models.DecimalField(max_digits=6, decimal_places=2), [Decimal("1.00"), Decimal("2.00"), Decimal("3.00")]),
        (models.DecimalField(max_digits=2, decimal_places=2), [Decimal("0.01"), Decimal("0.02"), Decimal("0.03")]),
        (models.FloatField(), [1.0, 2.0, 3.0]),
        (models.DurationField(), [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=3)]),
        (models.JSONField(), [{"n": 1}, {"n": 2}, {"n": 3}]),
        (models.BinaryField(), [b"1", b"2", b"3"]),
        (models.EmailField(max_length=6), ["1@a.io", "2@a.io", "3@a.io"]),
        (models.URLField(max_length=12), ["http://1.io", "http://2.io", "http://3.io"]),
        (models.GenericIPAddressField(), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, models.Field) else repr(value),
)
@pytest.mark.parametrize("unique", [False, True], ids=["any", "unique"])
def test_plain_values_count(field, expected, unique):
    """Small, counting, easy to assert on; unique ones are the same."""
    assert values(field, "field", "plain", unique, 3) == expected


def test_plain_values_that_do_not_count():
    """Dates go back from the clock; a boolean is False, a choice the first one that is not blank."""
    assert values(models.DateField(), "day", "plain", rows=2) == [date(2026, 11, 19), date(2026, 11, 18)]
    assert values(models.DateTimeField(), "at", "plain", rows=2) == [NOW - timedelta(seconds=n) for n in (1, 2)]
    assert values(models.BooleanField(), "flag", "plain", rows=2) == [False, False]
    field = models.CharField(max_length=5, choices=[("", "none"), ("b", "B"), ("a", "A")])
    assert values(field, "status", "plain", rows=2) == ["b", "b"]


def test_instants_have_no_zone_where_the_project_uses_none(settings):
    """With USE_TZ off they are naive, and the same in UTC."""
    aware = values(models.DateTimeField(), "created", rows=3)
    settings.USE_TZ = False
    assert values(models.DateTimeField(), "created", rows=3) == [value.replace(tzinfo=None) for value in aware]


@pytest.mark.parametrize(
    ("field", "name", "model", "pattern"),
    [
        (models.CharField(max_length=50), "first_name", "", r"[A-Z][a-z]+"),
        (models.CharField(max_length=50), "name", "shop.Customer", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        (models.CharField(max_length=50), "name", "shop.Gadget", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        (models.EmailField(), "email", "", r"[a-z]+\.[a-z]+@example\.com"),
        (models.CharField(max_length=50), "email", "", r"[a-z]+\.[a-z]+@example\.com"),
        (models.CharField(max_length=30), "sku", "", r"[A-Z]{3}-\d{4}-[A-Z]\d"),
        (models.SlugField(), "slug", "", r"[a-z]+-[a-z]+"),
        (models.CharField(max_length=2), "country", "", r"[A-Z]{2}"),
        (models.CharField(max_length=90), "shipping_street", "", r"\d+ [A-Z].+"),
        (models.TextField(), "description", "", r"([A-Z][^.]+\.\s*){6}"),
        (models.CharField(max_length=128), "password", "", r"![a-z0-9]{40}"),
        (models.DecimalField(max_digits=8, decimal_places=2), "list_price", "", r"\d{1,3}\.(99|00|50|95)"),
        (models.FloatField(), "price", "", r"\d{1,3}\.(99|0|5|95)"),
    ],
)
def test_lifelike_values_look_like_what_the_name_says(field, name, model, pattern):
    """By the field's name and room, and for a name by its model."""
    assert [value for value in values(field, name, model=model) if not re.fullmatch(pattern, str(value))] == []


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("created_at", 30, 731), ("updated_on", 0, 30), ("date_of_birth", 6574, 29221), ("published", 0, 366)],
)
def test_lifelike_dates_lie_before_the_clock(name, least, most):
    """Births 18 to 80 years, creation up to two years, changes after creation; never in the future."""
    for cls in (models.DateField, models.DateTimeField):
        for value in values(cls(), name):
            moment = value if isinstance(value, datetime) else datetime.combine(value, time(), timezone.utc)
            assert timedelta(least) <= NOW - moment <= timedelta(most)
            assert moment < NOW


def test_a_kept_lane_keeps_the_values():
    """A field renamed from ``city`` is filled like a city as long as its lane is the old name."""
    field = models.CharField(max_length=50)
    field.set_attributes_from_name("town_or_village")
    kept = Request(field, "shop.Shop", "city", "lifelike")
    source: Any = fill(kept)
    assert compile_source(source, CONTEXT).values(0, 5) == values(models.CharField(max_length=50), "city", rows=5)


def test_a_single_character_has_36_values():
    """In both styles: ten digits and 26 letters."""
    for style in ("plain", "lifelike"):
        source = fill(request(models.CharField(max_length=1), "flag", style, True))
        assert isinstance(source, Enumerated)
        assert capacity(source) == 36


class Money(models.DecimalField):
    """A subclass that nobody registered."""


class Odd(models.Field):
    """Not derived from a known class, but stored like one."""

    def get_internal_type(self):
        return "PositiveIntegerField"


class Unknown(models.Field):
    """Like nothing that is known."""


def test_subclasses_are_filled_like_their_base():
    """By the class, the nearest base, or what the class calls itself."""
    assert values(Money(max_digits=5, decimal_places=2), "x", "plain", rows=1) == [Decimal("1.00")]
    assert values(Odd(), "x", "plain", rows=2) == [1, 2]


@pytest.mark.parametrize(
    "field",
    [
        Unknown(),
        models.BinaryField(max_length=3, validators=[validators.MinLengthValidator(4)]),
        models.FileField(validators=[validators.FileExtensionValidator([])]),
        models.ImageField(validators=[validators.FileExtensionValidator(["svg"])]),
        models.EmailField(max_length=5),
        models.URLField(max_length=10),
        models.CharField(max_length=3, validators=[validators.MinLengthValidator(4)]),
        models.IntegerField(validators=[validators.MinValueValidator(5), validators.MaxValueValidator(4)]),
        models.DecimalField(max_digits=3, decimal_places=1, validators=[validators.MinValueValidator(100)]),
        models.TimeField(validators=[validators.MinValueValidator(time(9)), validators.MaxValueValidator(time(8))]),
    ],
    ids=lambda field: type(field).__name__,
)
@pytest.mark.parametrize("style", ["plain", "lifelike"])
@pytest.mark.parametrize("unique", [False, True], ids=["any", "unique"])
def test_what_cannot_be_filled_is_refused_by_name(field, style, unique):
    """An unknown class, and limits that leave no value."""
    with pytest.raises(UnsupportedField, match=r"shop\.Product\.thing"):
        fill(request(field, "thing", style, unique))


FIELD_CLASSES = {
    "char": models.CharField(max_length=100),
    "short char": models.CharField(max_length=12),
    "text": models.TextField(),
    "slug": models.SlugField(),
    "email": models.EmailField(),
    "url": models.URLField(),
    "integer": models.IntegerField(),
    "positive small": models.PositiveSmallIntegerField(),
    "decimal": models.DecimalField(max_digits=9, decimal_places=2),
    "float": models.FloatField(),
    "boolean": models.BooleanField(),
    "date": models.DateField(),
    "instant": models.DateTimeField(),
    "time": models.TimeField(),
    "duration": models.DurationField(),
    "uuid": models.UUIDField(),
    "json": models.JSONField(),
    "address": models.GenericIPAddressField(),
}
DECISIONS = {
    "char": "54738b5c4da5cd66",
    "short char": "eba62252aa133706",
    "text": "4b46badb31f578c1",
    "slug": "6446a3ec9cf6a479",
    "email": "907e0f8149a36cff",
    "url": "8a655858b0cd465d",
    "integer": "933373bb0d10ee15",
    "positive small": "b1273c263ff4984a",
    "decimal": "b8e99ed20722445b",
    "float": "b170c5a7793a840a",
    "boolean": "bee2c06e24fa0e6a",
    "date": "8ace706c37e13e77",
    "instant": "cf99b56a2f325002",
    "time": "922bcfc5ef01e76f",
    "duration": "586f2f0d58060be0",
    "uuid": "0ab45961e9a5e8e1",
    "json": "332abd2549b4e4f3",
    "address": "d790a1af70023121",
}


@pytest.mark.parametrize("name", FIELD_CLASSES)
def test_decisions_are_frozen(name):
    """Which source a field gets, by class, name, model, style and uniqueness, never changes under engine 1."""
    models_and_names = [("shop.Thing", meant) for meant in (*sorted(EVERY_NAME), "x", "billing_city")]
    models_and_names += [(f"shop.{model.title()}", "name") for model in texts.NAMED]
    found = [
        fill(request(FIELD_CLASSES[name], meant, style, unique, model))
        for model, meant in sorted(models_and_names)
        for style in ("plain", "lifelike")
        for unique in (False, True)
    ]
    assert sha256(repr(found).encode()).hexdigest()[:16] == DECISIONS[name]


def test_least_length_of_unique_texts():
    """Digits that are left out while words differ are not left out where the text would be too short without them."""
    field = models.CharField(max_length=26, validators=[validators.MinLengthValidator(11)])
    found = values(field, "slug", unique=True, rows=5000)
    assert min(map(len, found)) >= 11
    assert len(set(found)) == 5000


@pytest.mark.parametrize("unique", [True, False])
@pytest.mark.parametrize("style", ["plain", "lifelike"])
@pytest.mark.parametrize("field", [models.DecimalField(max_digits=9, decimal_places=6), models.FloatField()])
def test_places_lie_on_earth(field, style, unique):
    """Also where they must differ, and where they are counted."""
    for name, most in (("latitude", 90), ("office_lng", 180)):
        found = [float(value) for value in values(field, name, style, unique=unique, rows=500)]
        assert all(abs(value) <= most for value in found)
        assert not unique or len(set(found)) == 500
