"""Fields of ``django.contrib.postgres``."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    HStoreField,
    IntegerRangeField,
)
from django.contrib.postgres.functions import RandomUUID, TransactionNow
from django.contrib.postgres.search import SearchVectorField
from django.contrib.postgres.validators import (
    ArrayMinLengthValidator,
    KeysValidator,
    RangeMaxValueValidator,
    RangeMinValueValidator,
)
from django.db import models


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
