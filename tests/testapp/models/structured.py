"""JSON, and columns that the database computes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Now, Upper


class Preference(models.Model):
    """JSON: required, with defaults, null; one default is empty although the field may not be blank."""

    payload = models.JSONField()
    options = models.JSONField(default=dict, blank=True)
    history = models.JSONField(default=list, blank=True)
    extras = models.JSONField(null=True, blank=True)
    layout = models.JSONField(default=dict)


class Sensor(models.Model):
    """Defaults that the database holds: literals, its clock, an expression that only it can compute."""

    label = models.CharField(max_length=30)
    state = models.CharField(max_length=10, db_default="new")
    level = models.IntegerField(db_default=7)
    active = models.BooleanField(db_default=True)
    seen_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=10, db_default=Upper(Value("probe")))
    unit = models.CharField(max_length=10, default="m", db_default="cm")


class Box(models.Model):
    """A column that the database generates."""

    width = models.PositiveSmallIntegerField(default=3)
    height = models.PositiveSmallIntegerField(default=2)
    area = models.GeneratedField(
        expression=F("width") * F("height"), output_field=models.IntegerField(), db_persist=True
    )
