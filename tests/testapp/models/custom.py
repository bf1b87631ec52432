"""Models with field classes that no library knows."""

from __future__ import annotations

from django.db import models

from tests.testapp.fields import ColourField, PointField


class Poster(models.Model):
    """Fields of a CharField's subclass."""

    colour = ColourField()
    spot_colour = ColourField(max_length=20, unique=True)
    frame = ColourField(null=True, blank=True)


class Place(models.Model):
    """A required field of a class that says nothing about itself: it has to be given."""

    name = models.CharField(max_length=30)
    point = PointField()


class Spot(models.Model):
    """The same class where nothing need be known: null, or with a default."""

    name = models.CharField(max_length=30)
    point = PointField(null=True, blank=True)
    origin = PointField(default=(0, 0))
