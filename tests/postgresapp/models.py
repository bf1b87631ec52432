"""Fields of ``django.contrib.postgres``."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    HStoreField,
    IntegerRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.contrib.postgres.functions import RandomUUID, TransactionNow
from django.contrib.postgres.indexes import BTreeIndex, GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.contrib.postgres.validators import (
    ArrayMinLengthValidator,
    KeysValidator,
    RangeMaxValueValidator,
    RangeMinValueValidator,
)
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower


class Shelf(models.Model):
    """Arrays of each kind of item."""

    words = ArrayField(models.CharField(max_length=20))
    pair = ArrayField(models.IntegerField(), size=2, validators=[ArrayMinLengthValidator(2)])
    prices = ArrayField(models.DecimalField(max_digits=6, decimal_places=2))
    days = ArrayField(models.DateField())
    moments = ArrayField(models.DateTimeField())
    lengths = ArrayField(models.DurationField())
    tokens = ArrayField(models.UUIDField())
    flags = ArrayField(models.BooleanField())
    ratios = ArrayField(models.FloatField())
    sizes = ArrayField(models.CharField(max_length=2, choices=[("s", "small"), ("m", "medium"), ("l", "large")]))
    matrix = ArrayField(ArrayField(models.SmallIntegerField(), size=3), size=2)
    holes = ArrayField(models.IntegerField(null=True), null=True, blank=True)
    none = ArrayField(models.CharField(max_length=5), default=list, blank=True)


class Lane(models.Model):
    """Arrays, hstores and ranges that must differ."""

    words = ArrayField(models.CharField(max_length=8), unique=True)
    flags = ArrayField(models.BooleanField(), unique=True)
    span = IntegerRangeField(unique=True)
    days = DateRangeField(unique=True)
    extra = HStoreField(unique=True)


class Label(models.Model):
    """Mappings of texts."""

    extra = HStoreField()
    optional = HStoreField(null=True, blank=True)
    usual = HStoreField(default=dict, blank=True)
    fixed = HStoreField(validators=[KeysValidator(["colour", "size"], strict=True)])


class Booking(models.Model):
    """Each class of ranges."""

    ages = IntegerRangeField()
    stars = BigIntegerRangeField()
    price = DecimalRangeField()
    open = DecimalRangeField(default_bounds="(]")
    stay = DateRangeField()
    use = DateTimeRangeField()
    grown = IntegerRangeField(validators=[RangeMinValueValidator(18), RangeMaxValueValidator(99)])
    cheap = DecimalRangeField(validators=[RangeMaxValueValidator(Decimal(5))])
    recent = DateRangeField(validators=[RangeMinValueValidator(datetime.date(2026, 1, 1))])
    maybe = DateRangeField(null=True, blank=True)


class Paper(models.Model):
    """Search vectors and database defaults."""

    title = models.CharField(max_length=50)
    search = SearchVectorField(null=True, blank=True)
    reference = models.UUIDField(db_default=RandomUUID())
    made_at = models.DateTimeField(db_default=TransactionNow())


class Index(models.Model):
    """A search vector that must be there."""

    search = SearchVectorField()


class Club(models.Model):
    """A name is taken as long as its club is there."""

    name = models.CharField(max_length=40)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="club_name", condition=models.Q(closed=False))]


class Branch(models.Model):
    """Names differ below each parent, and at the top."""

    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="branch_name", nulls_distinct=False)]


class Room(models.Model):
    """What can be booked."""

    name = models.CharField(max_length=20)
    code = models.CharField(max_length=5, db_collation="insensitive", unique=True)

    class Meta:
        indexes = [BTreeIndex(fields=["name"], name="room_name", opclasses=["varchar_pattern_ops"])]
        constraints = [models.UniqueConstraint(OpClass(Lower("name"), name="text_ops"), name="room_lower")]


class Stay(models.Model):
    """Stays in one room do not overlap, unless they are cancelled."""

    room = models.ForeignKey(Room, models.CASCADE)
    span = DateRangeField()
    cancelled = models.BooleanField(default=False)

    class Meta:
        indexes = [GistIndex(fields=["span"], name="stay_span")]
        constraints = [
            ExclusionConstraint(
                name="stays_apart",
                expressions=[("span", RangeOperators.OVERLAPS), ("room", RangeOperators.EQUAL)],
                condition=models.Q(cancelled=False),
            )
        ]


class Shift(models.Model):
    """Shifts neither overlap nor touch each other, their ends included."""

    hours = DateTimeRangeField(default_bounds="[]")

    class Meta:
        constraints = [
            ExclusionConstraint(name="shifts_apart", expressions=[(models.F("hours"), RangeOperators.OVERLAPS)]),
            ExclusionConstraint(name="shifts_away", expressions=[("hours", RangeOperators.ADJACENT_TO)]),
        ]


class InstantRange(models.Func):
    """A range of two instants."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Talk(models.Model):
    """Talks in one hall do not overlap: their ends are columns."""

    hall = models.IntegerField(validators=[MinValueValidator(1), MaxValueValidator(3)])
    begin = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="talk_ends", condition=models.Q(end__gt=models.F("begin"))),
            ExclusionConstraint(
                name="talks_apart",
                expressions=[
                    (InstantRange("begin", "end", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("hall", RangeOperators.EQUAL),
                ],
            ),
        ]


class Desk(models.Model):
    """Few slots."""

    room = models.ForeignKey(Room, models.CASCADE)
    place = IntegerRangeField(validators=[RangeMinValueValidator(1), RangeMaxValueValidator(21)])

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="desks_apart",
                expressions=[("place", RangeOperators.OVERLAPS), ("room", RangeOperators.EQUAL)],
            )
        ]


class Rack(models.Model):
    """Arrays of what else there is, and such as must differ."""

    emails = ArrayField(models.EmailField())
    grades = ArrayField(models.IntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)]))
    spans = ArrayField(DateRangeField())
    extras = ArrayField(HStoreField())
    data = ArrayField(models.JSONField())
    hosts = ArrayField(models.GenericIPAddressField())
    chosen = ArrayField(models.CharField(max_length=9), choices=[(["a"], "A"), (["b", "c"], "B and C")])
    cube = ArrayField(ArrayField(ArrayField(models.BooleanField(), size=2), size=2), size=2)
    keys = ArrayField(models.UUIDField(), unique=True)
    grid = ArrayField(ArrayField(models.BooleanField(), size=4), size=4, unique=True)
    addresses = ArrayField(models.EmailField(), unique=True)
    moments = DateTimeRangeField(unique=True)
    sums = DecimalRangeField(unique=True, default_bounds="()")

    class Meta:
        indexes = [GinIndex(fields=["grades"], name="rack_grades", opclasses=["array_ops"])]
