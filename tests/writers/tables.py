"""Tables of these tests' own: a column for every form of value, and names that need quoting."""

from __future__ import annotations

import uuid

from django.apps.registry import Apps
from django.db import models

registry = Apps()

# Names that mean something to SQL or to drivers. Django's own schema editor does not get along with them.
ODD = "writers %s odd"
ODD_COLUMNS = {
    "the key": "integer PRIMARY KEY",
    "100%s": "integer",
    "order": "varchar(9)",
    "what? (now), or": "varchar(9)",
}


class Own:
    app_label = "writers"
    apps = registry


class Parent(models.Model):
    """A counted key, a unique text, a link to an earlier row of the same table."""

    code = models.CharField(max_length=20, unique=True)
    number = models.IntegerField(default=0)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    since = models.DateTimeField(null=True)
    live = models.BooleanField(null=True)
    mark = models.UUIDField(null=True)
    notes = models.JSONField(null=True)
    length = models.DurationField(null=True)
    before = models.ForeignKey("self", models.CASCADE, null=True)

    class Meta(Own):
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=0), name="writers_number_not_negative")]


class Tagged(models.Model):
    """A UUID as key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)

    class Meta(Own):
        pass


class Line(models.Model):
    """A link to be checked, and two columns that are unique together."""

    parent = models.ForeignKey(Parent, models.CASCADE)
    place = models.IntegerField()

    class Meta(Own):
        unique_together = [("parent", "place")]


class Small(models.Model):
    """A small counted key."""

    id = models.SmallAutoField(primary_key=True)

    class Meta(Own):
        pass


class Child(Parent):
    """A table that has its keys from another."""

    extra = models.CharField(max_length=10)

    class Meta(Own):
        pass


class Everything(models.Model):
    """Each class of field that Django has, all of them optional."""

    big = models.BigIntegerField(null=True)
    binary = models.BinaryField(null=True)
    boolean = models.BooleanField(null=True)
    char = models.CharField(max_length=100, null=True)
    date = models.DateField(null=True)
    datetime = models.DateTimeField(null=True)
    decimal = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    duration = models.DurationField(null=True)
    email = models.EmailField(null=True)
    file = models.FileField(null=True)
    file_path = models.FilePathField(null=True)
    floating = models.FloatField(null=True)
    integer = models.IntegerField(null=True)
    ip = models.GenericIPAddressField(null=True)
    json = models.JSONField(null=True)
    positive = models.PositiveIntegerField(null=True)
    slug = models.SlugField(null=True)
    small = models.SmallIntegerField(null=True)
    text = models.TextField(null=True)
    time = models.TimeField(null=True)
    url = models.URLField(null=True)
    uuid = models.UUIDField(null=True)
    parent = models.ForeignKey(Parent, models.CASCADE, null=True)
    tagged = models.ForeignKey(Tagged, models.CASCADE, null=True)

    class Meta(Own):
        pass


MODELS: list[type[models.Model]] = [Parent, Tagged, Line, Small, Child, Everything]
