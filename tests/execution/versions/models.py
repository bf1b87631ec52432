"""A model of six fields, and the same after each kind of change. Only some tests install them (``installed``)."""

from __future__ import annotations

from django.db import models


class Base(models.Model):
    """What all of them have."""

    title = models.CharField(max_length=60)
    amount = models.IntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    day = models.DateField()
    live = models.BooleanField()

    class Meta:
        abstract = True


class Before(Base):
    """As it was."""

    city = models.CharField(max_length=40)


class Added(Base):
    """With one field more, in front of others."""

    colour = models.CharField(max_length=20)
    city = models.CharField(max_length=40)


class Dropped(Base):
    """With one field less."""


class Renamed(Base):
    """With one field under another name."""

    town = models.CharField(max_length=40)
