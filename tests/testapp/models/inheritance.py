"""Multi-table inheritance, abstract bases, proxies."""

from __future__ import annotations

import uuid

from django.db import models


class Vehicle(models.Model):
    """A concrete parent with a counted key."""

    plate = models.CharField(max_length=12, unique=True)
    wheels = models.PositiveSmallIntegerField(default=4)


class Car(Vehicle):
    """The first level: a table of its own."""

    doors = models.PositiveSmallIntegerField()


class SportsCar(Car):
    """The second level: three tables make one row."""

    top_speed = models.PositiveSmallIntegerField()


class Boat(Vehicle):
    """A child that names its link to the parent."""

    hull = models.OneToOneField(Vehicle, on_delete=models.CASCADE, parent_link=True, related_name="boat")
    length = models.DecimalField(max_digits=5, decimal_places=2)


class Asset(models.Model):
    """A concrete parent with a UUID as key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=30)


class Machine(Asset):
    """A child whose key is a UUID."""

    power = models.PositiveIntegerField()


class Race(models.Model):
    """A foreign key to the second level."""

    name = models.CharField(max_length=30)
    winner = models.ForeignKey(SportsCar, on_delete=models.CASCADE, related_name="races")


class Dated(models.Model):
    """An abstract base."""

    created_at = models.DateTimeField(auto_now_add=True)
    headline = models.CharField(max_length=60)

    class Meta:
        abstract = True


class Article(Dated):
    """Has its base's columns in its own table."""

    body = models.TextField()


class VintageCar(Car):
    """A proxy of a multi-table child."""

    class Meta:
        proxy = True


class FeaturedArticle(Article):
    """A proxy of a plain model."""

    class Meta:
        proxy = True
        ordering = ["headline"]
