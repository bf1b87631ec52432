"""Numbers: integers of all widths, decimals, floats, booleans."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, StepValueValidator
from django.db import models


class Measure(models.Model):
    """Each integer class, then null and defaults."""

    small = models.SmallIntegerField()
    whole = models.IntegerField()
    big = models.BigIntegerField()
    positive_small = models.PositiveSmallIntegerField()
    positive = models.PositiveIntegerField()
    positive_big = models.PositiveBigIntegerField()
    spare = models.IntegerField(null=True, blank=True)
    wanted = models.IntegerField(null=True)
    usual = models.IntegerField(default=42)
    zero = models.IntegerField(default=0)


class Score(models.Model):
    """Integers with limits."""

    percent = models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(100)])
    temperature = models.IntegerField(validators=[MinValueValidator(-40), MaxValueValidator(60)])
    debt = models.IntegerField(validators=[MaxValueValidator(-1)])
    population = models.BigIntegerField(validators=[MinValueValidator(10_000_000_000)])
    even = models.PositiveIntegerField(validators=[StepValueValidator(2)])
    only = models.IntegerField(validators=[MinValueValidator(7), MaxValueValidator(7)])


class Ticket(models.Model):
    """Unique integers."""

    serial = models.BigIntegerField(unique=True)
    number = models.IntegerField(unique=True)
    seat = models.SmallIntegerField(unique=True)
    code = models.PositiveIntegerField(unique=True, null=True, blank=True)
    place = models.IntegerField(unique=True, default=1)


class Locker(models.Model):
    """A unique integer with limits: room for twenty rows."""

    number = models.PositiveSmallIntegerField(unique=True, validators=[MinValueValidator(1), MaxValueValidator(20)])


class Price(models.Model):
    """Decimals of several digits and places."""

    amount = models.DecimalField(max_digits=10, decimal_places=2)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    share = models.DecimalField(max_digits=3, decimal_places=3)
    whole = models.DecimalField(max_digits=6, decimal_places=0)
    digit = models.DecimalField(max_digits=1, decimal_places=0)
    vast = models.DecimalField(max_digits=30, decimal_places=10)
    bounded = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.05")), MaxValueValidator(Decimal("99.95"))],
    )
    discount = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    fee = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal("1.50"))


class Coupon(models.Model):
    """Unique decimals: one with room for many rows, one for few."""

    worth = models.DecimalField(max_digits=12, decimal_places=2, unique=True)
    share = models.DecimalField(max_digits=2, decimal_places=1, unique=True)


class Reading(models.Model):
    """Floats."""

    value = models.FloatField()
    ratio = models.FloatField(validators=[MinValueValidator(0.0), MaxValueValidator(1.0)])
    drift = models.FloatField(null=True, blank=True)
    offset = models.FloatField(default=0.5)
    frequency = models.FloatField(unique=True)


class Switch(models.Model):
    """Booleans: without a default, with one, null."""

    live = models.BooleanField()
    enabled = models.BooleanField(default=True)
    known = models.BooleanField(null=True, blank=True)
    wanted = models.BooleanField(null=True)
