"""Models with a ``save()`` of their own. Only some tests install them (``installed``)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Value


class Code(models.Model):
    """`save()` drops its arguments, and so does not insist on a new row."""

    code = models.CharField(max_length=10, primary_key=True)
    text = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save()


class Numbered(models.Model):
    """`save()` chooses the key, and drops its arguments."""

    number = models.IntegerField(primary_key=True)
    text = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.number = 7
        super().save()


class Site(models.Model):
    """A parent with a key that is not counted."""

    code = models.CharField(max_length=10, primary_key=True)
    text = models.CharField(max_length=30)


class Shop(Site):
    """Its child, which is saved row by row."""

    extra = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)


class Place(models.Model):
    """A parent with a clock."""

    name = models.CharField(max_length=30)
    changed = models.DateTimeField(auto_now=True)


class Stand(Place):
    """Its child, which is saved row by row."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)


class Stay(models.Model):
    """A composite key and a clock."""

    pk = models.CompositePrimaryKey("room", "night")
    room = models.IntegerField()
    night = models.DateField()
    changed = models.DateTimeField(auto_now=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)


class Rank(models.Model):
    """`save()` has the database compute a column."""

    position = models.IntegerField(default=0)
    level = models.IntegerField(unique=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.position = Value(3) + Value(4)
        self.level = self.level + Value(1)
        super().save(*args, **kwargs)


class Badge(models.Model):
    """Points at a column that the database computed."""

    rank = models.ForeignKey(Rank, models.CASCADE, to_field="level")


class Bare(models.Model):
    """Nothing but a counted key."""


class Product(models.Model):
    """Is changed whenever it is reviewed."""

    name = models.CharField(max_length=30)
    rating = models.IntegerField(default=0)
    changed = models.DateTimeField(auto_now=True)


class Review(models.Model):
    """`save()` changes a row that was written long before."""

    product = models.ForeignKey(Product, models.CASCADE)
    stars = models.IntegerField(default=5)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.product.rating += self.stars
        self.product.save()


class Group(models.Model):
    """Has members and friends."""

    name = models.CharField(max_length=30)
    members = models.ManyToManyField(Product)
    friends = models.ManyToManyField("self")
