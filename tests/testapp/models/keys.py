"""Primary keys that are not counted big integers, and UUID columns."""

from __future__ import annotations

import uuid

from django.db import models


class Parcel(models.Model):
    """A UUID as primary key, from its default."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=30)


class Crate(models.Model):
    """A UUID as primary key, without a default."""

    code = models.UUIDField(primary_key=True)
    label = models.CharField(max_length=30)


class Token(models.Model):
    """UUID columns that are no key: from a default, unique, required, null."""

    value = models.UUIDField(default=uuid.uuid4)
    public = models.UUIDField(default=uuid.uuid4, unique=True)
    batch = models.UUIDField()
    parent = models.UUIDField(null=True, blank=True)


class Currency(models.Model):
    """Text as primary key."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=30)


class Planet(models.Model):
    """An integer as primary key that the database does not count."""

    position = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=30)


class Coin(models.Model):
    """A small counted key under another name; the currency is a key of text."""

    number = models.SmallAutoField(primary_key=True)
    currency = models.ForeignKey(Currency, on_delete=models.CASCADE)


class Shift(models.Model):
    """A primary key of two columns."""

    pk = models.CompositePrimaryKey("worker", "day")
    worker = models.IntegerField()
    day = models.DateField()
    task = models.CharField(max_length=30)


class Slot(models.Model):
    """A primary key of two columns, one of which is a foreign key to rows with UUIDs."""

    pk = models.CompositePrimaryKey("shelf", "parcel")
    shelf = models.CharField(max_length=20)
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE)
    weight = models.PositiveIntegerField(default=1)
