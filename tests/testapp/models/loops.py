"""Models that point at themselves or at each other."""

from __future__ import annotations

from django.db import models


class Folder(models.Model):
    """Points at itself, or at nothing."""

    name = models.CharField(max_length=30)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")


class Mirror(models.Model):
    """Must point at a row of its own table."""

    name = models.CharField(max_length=30)
    opposite = models.ForeignKey("self", on_delete=models.CASCADE, related_name="opposites")


class Country(models.Model):
    """Has a capital, which may be null: the cycle with City can be closed afterwards."""

    name = models.CharField(max_length=30, unique=True)
    capital = models.ForeignKey("City", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")


class City(models.Model):
    """Lies in a country."""

    name = models.CharField(max_length=30)
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="cities")


class Hen(models.Model):
    """Needs an egg that needs a hen: a first row is possible only with chosen keys and checks deferred to the commit."""

    name = models.CharField(max_length=30)
    egg = models.ForeignKey("Egg", on_delete=models.CASCADE, related_name="hens")


class Egg(models.Model):
    """Needs a hen."""

    weight = models.PositiveSmallIntegerField()
    layer = models.ForeignKey(Hen, on_delete=models.CASCADE, related_name="eggs")
