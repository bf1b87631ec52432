"""Dates, times and durations."""

from __future__ import annotations

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone


class Event(models.Model):
    """Each class, required and null."""

    day = models.DateField()
    opens_at = models.TimeField()
    starts_at = models.DateTimeField()
    length = models.DurationField()
    last_day = models.DateField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    delay = models.DurationField(null=True, blank=True)
    announced_on = models.DateField(null=True)


class Record(models.Model):
    """Columns that take the clock: by `auto_now`, `auto_now_add` and default."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_on = models.DateField(auto_now_add=True)
    updated_on = models.DateField(auto_now=True)
    created_time = models.TimeField(auto_now_add=True)
    updated_time = models.TimeField(auto_now=True)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_on = models.DateField(default=datetime.date.today)
    local_day = models.DateField(default=timezone.localdate)
    grace = models.DurationField(default=datetime.timedelta(days=14))
    title = models.CharField(max_length=30)


class Holiday(models.Model):
    """Unique dates, times and durations."""

    day = models.DateField(unique=True)
    starts_at = models.DateTimeField(unique=True)
    wakes_at = models.TimeField(unique=True)
    length = models.DurationField(unique=True)


class Term(models.Model):
    """Dates and durations with limits."""

    first_day = models.DateField(
        validators=[MinValueValidator(datetime.date(2020, 1, 1)), MaxValueValidator(datetime.date(2020, 1, 31))]
    )
    enrols_at = models.DateTimeField(
        validators=[MinValueValidator(datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc))]
    )
    lesson = models.DurationField(
        validators=[
            MinValueValidator(datetime.timedelta(minutes=30)),
            MaxValueValidator(datetime.timedelta(minutes=90)),
        ]
    )
