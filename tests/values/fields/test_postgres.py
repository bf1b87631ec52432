"""Arrays, hstores, ranges and search vectors: filled, written as literals, and in canonical form."""

from __future__ import annotations

import datetime
import re
import uuid
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.postgres import fields as postgres
from django.contrib.postgres.search import SearchVectorField
from django.contrib.postgres.validators import (
    ArrayMaxLengthValidator,
    ArrayMinLengthValidator,
    KeysValidator,
    RangeMaxValueValidator,
    RangeMinValueValidator,
)
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.exceptions import GenerationError, UnsupportedField
from fixturekit.recipes.reading import read_value
from fixturekit.values import registry
from fixturekit.values.canonical import converter, kind
from fixturekit.values.literals import convert
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import ByDatabase, Const, Drawn, Enumerated
from fixturekit.values.streams import parse_now
from tests.values.support import filled

NOW = parse_now("2026-11-20T09:30:15Z")
UTC = datetime.timezone.utc
CONTEXT = Context("shop.sale", "products", NOW)
DAY = datetime.date(2026, 1, 31)
AT = datetime.datetime(2026, 1, 31, 10, 30, tzinfo=UTC)


def named(field):
    field.set_attributes_from_name("thing")
    return field


def values(field, rows=3, **options):
    return compile_source(filled(field, "thing", **options), CONTEXT).values(0, rows)


def array(base, **options):
    return postgres.ArrayField(base, **options)


BASES: Any = st.sampled_from(
    [
        lambda: models.CharField(max_length=30),
        lambda: models.CharField(max_length=1),
        lambda: models.CharField(max_length=2, choices=[("s", "small"), ("m", "medium"), ("l", "large")]),
        lambda: models.EmailField(),
        lambda: models.IntegerField(validators=[MinValueValidator(3), MaxValueValidator(9)]),
        lambda: models.DecimalField(max_digits=5, decimal_places=2),
        lambda: models.BooleanField(),
        lambda: models.UUIDField(),
        lambda: models.DateField(),
        lambda: models.DateTimeField(),
        lambda: models.DurationField(),
        lambda: models.FloatField(),
        lambda: models.GenericIPAddressField(),
        lambda: array(models.SmallIntegerField(), size=2),
        lambda: array(array(models.BooleanField()), size=3),
    ]
)


@st.composite
def arrays(draw):
    validators: list[Any] = []
    least = draw(st.none() | st.integers(1, 3))
    most = draw(st.none() | st.integers(3, 5))
    if least is not None:
        validators.append(ArrayMinLengthValidator(least))
    if most is not None and draw(st.booleans()):
        validators.append(ArrayMaxLengthValidator(most))
        most = None
    return array(draw(BASES)(), size=most, validators=validators)


RANGES = [
    postgres.IntegerRangeField,
    postgres.BigIntegerRangeField,
    postgres.DecimalRangeField,
    postgres.DateRangeField,
    postgres.DateTimeRangeField,
]
LIMITS: Any = {
    postgres.DateRangeField: [datetime.date(2020, 1, 1), datetime.date(2026, 11, 1), datetime.date(2030, 5, 5)],
    postgres.DateTimeRangeField: [AT, AT + datetime.timedelta(hours=3), AT + datetime.timedelta(days=900)],
}


@st.composite
def ranges(draw):
    cls = draw(st.sampled_from(RANGES))
    low, high = sorted(draw(st.permutations(LIMITS.get(cls, [-5, 18, 200])))[:2])
    validators: list[Any] = []
    if draw(st.booleans()):
        validators.append(RangeMinValueValidator(low))
    if draw(st.booleans()):
        validators.append(RangeMaxValueValidator(high))
    bounds = {"default_bounds": draw(st.sampled_from(["[)", "(]", "[]"]))} if hasattr(cls, "default_bounds") else {}
    return cls(validators=validators, **bounds)


@settings(max_examples=300)
@given(arrays() | ranges(), st.sampled_from(["plain", "lifelike"]), st.booleans(), st.integers(1, 200), st.data())
def test_every_value_is_valid(field, style, unique, rows, data):
    """Whatever a field allows, its own ``clean`` accepts every value; unique ones differ, and any block is the same."""
    source = filled(field, "thing", style=style, unique=unique)
    if isinstance(source, Enumerated):
        rows = min(rows, capacity(source))
    maker = compile_source(source, CONTEXT)
    found = maker.values(0, rows)
    for value in found:
        assert field.clean(value, None) == value
    texts = converter(field)(found)
    if unique:
        assert len(set(texts)) == rows
    split = data.draw(st.integers(0, rows))
    assert found == maker.values(0, split) + maker.values(split, rows)


def is_odd_text(text):
    """Refuse every text."""
    raise ValidationError("Odd enough.")


class TestArrays:
    def test_plain(self):
        """One item that counts."""
        assert values(array(models.IntegerField()), style="plain") == [[1], [2], [3]]
        assert filled(array(models.BooleanField()), "thing", style="plain") == Const([False])

    def test_lifelike(self):
        """One to three items, each for itself, or as many as the field asks for."""
        found = values(array(models.IntegerField()), 100)
        assert {len(value) for value in found} == {1, 2, 3}
        assert any(len(set(value)) > 1 for value in found)
        assert {len(value) for value in values(array(models.IntegerField(), size=2), 100)} == {1, 2}
        least = array(models.IntegerField(), validators=[ArrayMinLengthValidator(5)])
        assert {len(value) for value in values(least, 100)} == {5}

    def test_nested(self):
        """Arrays in an array have the same number of items."""
        found = values(array(array(models.IntegerField(), size=3)), 100)
        assert all(len({len(inner) for inner in value}) == 1 for value in found)

    def test_unique_of_few_items(self):
        """Where there are few items, so many stand in an array that all can differ."""
        source = filled(array(models.BooleanField()), "thing", unique=True)
        assert isinstance(source, Enumerated)
        assert capacity(source) >= 2**31
        small = filled(array(models.BooleanField(), size=3), "thing", unique=True)
        assert isinstance(small, Enumerated)
        assert capacity(small) == 8

    @pytest.mark.parametrize("unique", [False, True])
    def test_validators_of_items(self, unique):
        """What validators of the items refuse is refused with their reason, arrays in arrays too."""
        base = models.CharField(max_length=9, validators=[is_odd_text])
        with pytest.raises(GenerationError, match=r"items of generated arrays, such as '.*', are refused: Odd enough"):
            filled(array(base), "thing", unique=unique)
        with pytest.raises(GenerationError, match="Odd enough"):
            filled(array(array(base)), "thing", unique=unique)

    def test_of_what_cannot_be_filled(self):
        """An array of fields that nothing fills is refused like these."""
        with pytest.raises(UnsupportedField):
            filled(array(models.FileField()), "thing")
        with pytest.raises(UnsupportedField):
            filled(array(models.IntegerField(), size=1, validators=[ArrayMinLengthValidator(2)]), "thing")


class TestMappings:
    def test_styles(self):
        """Plain ones count, lifelike ones have words."""
        assert values(postgres.HStoreField(), style="plain") == [{"n": "1"}, {"n": "2"}, {"n": "3"}]
        assert set(values(postgres.HStoreField())[0]) == {"color", "label"}

    @pytest.mark.parametrize("unique", [False, True])
    def test_keys(self, unique):
        """Keys that the field's validator asks for are there."""
        field = postgres.HStoreField(validators=[KeysValidator(["b", "a"], strict=True)])
        found = values(field, unique=unique)
        assert all(field.clean(value, None) == value for value in found)
        assert len({str(value) for value in found}) == (3 if unique else 1)


class TestRanges:
    def test_plain(self):
        """From one to the next."""
        assert values(postgres.IntegerRangeField(), style="plain", rows=2) == [NumericRange(1, 2), NumericRange(2, 3)]

    def test_without_zone(self, settings):
        """Instants have no zone where the project uses none."""
        settings.USE_TZ = False
        assert values(postgres.DateTimeRangeField())[0].lower.tzinfo is None

    def test_upper_limit_alone(self):
        """An upper limit alone does not lead below nothing."""
        field = postgres.DecimalRangeField(validators=[RangeMaxValueValidator(Decimal(5))])
        assert all(value.lower >= 0 for value in values(field, 100))

    def test_limits_that_leave_nothing(self):
        """Limits that leave no range are refused."""
        validators = [RangeMinValueValidator(5), RangeMaxValueValidator(5)]
        with pytest.raises(UnsupportedField):
            filled(postgres.IntegerRangeField(validators=validators), "thing")


class TestSearchVectors:
    def test_left_alone(self):
        """A search vector is left to the database, but for one that may not be empty."""
        assert filled(SearchVectorField(null=True), "thing") == ByDatabase("search vector")
        assert re.fullmatch(r"'[a-z]+'", values(SearchVectorField())[0])
        with pytest.raises(UnsupportedField):
            filled(SearchVectorField(), "thing", unique=True)


def said(field, text):
    return convert(named(field), read_value(text, "x"))


def drawn(name, **args):
    return Drawn(name, "lane", tuple(args.items()))


def enumerated(name, **args):
    return Enumerated(name, "shop.Product.key", 10, tuple(args.items()))


ITEMS = {"items": "integers", "args": (("high", 99), ("low", 1))}
# One source for each generator and enumeration, the field that it is for, and the digest of its rows 0 to 499.
FROZEN: dict[str, tuple[Any, Any, str]] = {
    "arrays": (drawn("postgres.arrays", **ITEMS, least=1, most=3), array(models.IntegerField()), "5c5535e803aed89e"),
    "arrays fixed": (drawn("postgres.arrays", **ITEMS, least=2, most=2), array(models.IntegerField()), "936fb8e5f6a18bd9"),
    "hstores": (drawn("postgres.hstores", locale="en_US"), postgres.HStoreField(), "df193994e0020d4f"),
    "hstores.count": (drawn("postgres.hstores.count"), postgres.HStoreField(), "3c2e405990690686"),
    "ranges": (
        drawn("postgres.ranges", scale="whole", bounds="[)", low=None, high=None), postgres.IntegerRangeField(), "349faa3e0f6d8e92"
    ),
    "ranges of decimals": (
        drawn("postgres.ranges", scale="hundredths", bounds="(]", low=5, high=900), postgres.DecimalRangeField(), "c31ab62acd6918ef"
    ),
    "ranges of days": (
        drawn("postgres.ranges", scale="days", bounds="[)", low=None, high=None), postgres.DateRangeField(), "cfba5e032d27a6c8"
    ),
    "ranges of instants": (
        drawn("postgres.ranges", scale="seconds", bounds="[)", low=None, high=None), postgres.DateTimeRangeField(), "39a211b0cdd94b6b"
    ),
    "ranges.count": (
        drawn("postgres.ranges.count", scale="hundredths", bounds="[)", low=None, high=None),
        postgres.DecimalRangeField(), "ab13eef4fd870de7",
    ),
    "all arrays": (
        enumerated("postgres.arrays", **ITEMS, slots=3, counting=False), array(models.IntegerField()), "5f30025b5d3fab84"
    ),
    "all hstores": (enumerated("postgres.hstores"), postgres.HStoreField(), "41d1a5d0bdf8ba29"),
    "all hstores named": (enumerated("postgres.hstores.named", keys=("a", "b")), postgres.HStoreField(), "b4134ff0aa5bd2c8"),
    "all ranges": (
        enumerated("postgres.ranges", scale="days", bounds="[)", low=719_163, high=755_687), postgres.DateRangeField(),
        "3c1b783d90abe6e4",
    ),
    "slots": (
        enumerated("postgres.slots", scale="days", bounds="[)", low=719_163, high=755_687, slot=4, unit=1, end=""),
        postgres.DateRangeField(), "813cc35f44c9ce9f",
    ),
    "ends of slots": (
        enumerated("postgres.slots", scale="seconds", bounds="", low=0, high=2**31, slot=21_600, unit=3600, end="upper"),
        models.DateTimeField(), "7242e66a9c4a13f9",
    ),
}  # fmt: skip


def spelled(source, field):
    return sha256(repr(converter(field)(compile_source(source, CONTEXT).values(0, 500))).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", FROZEN)
def test_values_are_frozen(name):
    """Under engine 1 a generator gives these values on every Python, for ever."""
    source, field, expected = FROZEN[name]
    assert spelled(source, field) == expected


def test_every_generator_is_frozen():
    """A generator or an enumeration that is not in the table above is not protected."""
    registry.load_fields()
    sources = [source for source, *_ in FROZEN.values()]
    for cls, attribute, table in (
        (Drawn, "generator", registry._GENERATORS),
        (Enumerated, "enumeration", registry._ENUMERATIONS),
    ):
        known = {name for name in table if name.startswith("postgres.")}
        assert {getattr(source, attribute) for source in sources if isinstance(source, cls)} == known


class TestLiterals:
    @pytest.mark.parametrize(
        ("field", "text", "expected"),
        [
            (array(models.IntegerField()), "[1, 2]", [1, 2]),
            (array(models.CharField(max_length=5)), "[a, 012, true]", ["a", "012", "true"]),
            (array(models.DecimalField(max_digits=4, decimal_places=2)), "[1.50]", [Decimal("1.50")]),
            (array(models.DateField()), "[2026-01-31]", [DAY]),
            (array(models.DateTimeField()), "[2026-01-31 10:30]", [AT]),
            (array(models.IntegerField(null=True, blank=True)), "[1, null]", [1, None]),
            (array(array(models.IntegerField())), "[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
            (array(models.IntegerField(), blank=True), "[]", []),
            (array(models.IntegerField(), null=True, blank=True), "null", None),
            (
                postgres.HStoreField(),
                "{a: x, b: 012, c: true, d: null}",
                {"a": "x", "b": "012", "c": "true", "d": None},
            ),
            (postgres.IntegerRangeField(), "[1, 5]", NumericRange(1, 5)),
            (postgres.IntegerRangeField(), "{lower: 1, upper: 5, bounds: '[]'}", NumericRange(1, 5, "[]")),
            (postgres.IntegerRangeField(), "{lower: 1}", NumericRange(1, None)),
            (postgres.IntegerRangeField(), "[null, 5]", NumericRange(None, 5)),
            (
                postgres.DecimalRangeField(default_bounds="(]"),
                "[1.50, 2]",
                NumericRange(Decimal("1.5"), Decimal(2), "(]"),
            ),
            (postgres.DateRangeField(), "[2026-01-31, 2026-02-01]", DateRange(DAY, datetime.date(2026, 2, 1))),
            (postgres.DateTimeRangeField(), "[2026-01-31 10:30, null]", DateTimeTZRange(AT, None)),
            (postgres.DateRangeField(null=True, blank=True), "null", None),
        ],
        ids=str,
    )
    def test_values(self, field, text, expected):
        """Lists are arrays and ranges, mappings are hstores and ranges."""
        found = said(field, text)
        assert found == expected
        assert type(found) is type(expected)

    @pytest.mark.parametrize(
        ("field", "text", "reason"),
        [
            (array(models.IntegerField()), "5", "an array is written as a list: [a, b]"),
            (array(models.IntegerField()), "{a: 1}", "an array is written as a list: [a, b]"),
            (array(models.IntegerField()), "[1, x]", "item 2: “x” value must be an integer."),
            (array(models.IntegerField()), "[1.5]", "item 1: 1.5 is not a whole number"),
            (array(models.IntegerField()), "[1, null]", "item 2: null is not allowed"),
            (array(models.IntegerField()), "[!now ]", "item 1: !now is not a plain value"),
            (
                array(models.IntegerField(), size=1),
                "[1, 2]",
                "List contains 2 items, it should contain no more than 1.",
            ),
            (array(array(models.IntegerField())), "[[1], [1, 2]]", "Nested arrays must have the same length."),
            (array(models.IntegerField()), "[]", "This field cannot be blank."),
            (postgres.HStoreField(), "[a]", "an hstore is written as a mapping of texts: {a: b}"),
            (postgres.HStoreField(), "{a: [b]}", "a: a value of an hstore is a text or null"),
            (postgres.HStoreField(), "null", "null is not allowed"),
            (postgres.IntegerRangeField(), "[5, 1]", "the range begins behind its end"),
            (postgres.IntegerRangeField(), "[1, x]", "upper: “x” value must be an integer."),
            (postgres.IntegerRangeField(), "[1, 2, 3]", "a range is written as a list of two ends, or as "),
            (postgres.IntegerRangeField(), "{low: 1}", "a range is written as a list of two ends, or as "),
            (postgres.IntegerRangeField(), "5", "a range is written as a list of two ends, or as "),
            (postgres.IntegerRangeField(), "{lower: 1, bounds: '<>'}", "bounds are one of [), [], (], (), in quotes"),
            (SearchVectorField(), "cat", "a search vector is computed by the database and takes no value"),
        ],
        ids=str,
    )
    def test_what_does_not_fit(self, field, text, reason):
        """What is wrong is said with its place."""
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
            said(field, text)
        assert str(caught.value).startswith(reason)


class TestCanonical:
    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            (array(models.IntegerField()), [1, None], "[1,null]"),
            (array(models.CharField()), ["a", 'b"'], '["a","b\\""]'),
            (array(models.DecimalField(max_digits=5, decimal_places=2)), [Decimal("1.5")], '["1.50"]'),
            (array(models.DateTimeField()), [AT.astimezone(datetime.timezone(datetime.timedelta(hours=2)))],
             '["2026-01-31 10:30:00"]'),
            (array(models.UUIDField()), [uuid.UUID(int=1)], f'["{"0" * 31}1"]'),
            (array(models.DurationField()), [datetime.timedelta(seconds=1)], "[1000000]"),
            (array(array(models.DateField())), [[DAY], None], '[["2026-01-31"],null]'),
            (array(models.FloatField()), [1.0, 1.5], "[1,1.5]"),
            (postgres.HStoreField(), {"b": "1", "a": None}, '{"a":null,"b":"1"}'),
            (postgres.IntegerRangeField(), NumericRange(1, 5), "[1,5)"),
            (postgres.IntegerRangeField(), NumericRange(1, 4, "[]"), "[1,5)"),
            (postgres.IntegerRangeField(), NumericRange(0, 4, "(]"), "[1,5)"),
            (postgres.IntegerRangeField(), (1, 5), "[1,5)"),
            (postgres.IntegerRangeField(), NumericRange(None, None), "(,)"),
            (postgres.IntegerRangeField(), NumericRange(3, 3), "empty"),
            (postgres.IntegerRangeField(), NumericRange(3, 4, "()"), "empty"),
            (postgres.IntegerRangeField(), NumericRange(empty=True), "empty"),
            (postgres.DecimalRangeField(), NumericRange(Decimal("1.50"), Decimal("1E+2"), "(]"), "(1.5,100]"),
            (postgres.DecimalRangeField(), NumericRange(Decimal("-0.0"), None), "[0,)"),
            (postgres.DateRangeField(), DateRange(DAY, DAY, "[]"), "[2026-01-31,2026-02-01)"),
            (postgres.DateTimeRangeField(), DateTimeTZRange(AT, None), "[2026-01-31 10:30:00,)"),
        ],
        ids=str,
    )  # fmt: skip
    def test_forms(self, field, value, expected):
        """Each value has one form, the same for all that PostgreSQL holds to be equal."""
        assert converter(field)([value, None]) == [expected, None]

    def test_kinds(self):
        """A class of its own counts as its base, unless it stores in another way."""

        class Words(postgres.ArrayField):
            pass

        class Sorted(postgres.ArrayField):
            def get_db_prep_save(self, value, connection):
                return super().get_db_prep_save(sorted(value), connection)

        assert kind(Words(models.CharField())) == kind(array(models.CharField())) == "array"
        assert kind(Sorted(models.CharField())) == "opaque"
        assert kind(postgres.DateRangeField()) == "range"
