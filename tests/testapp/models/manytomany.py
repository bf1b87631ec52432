"""Many-to-many fields."""

from __future__ import annotations

from django.db import models


class Genre(models.Model):
    """The other end of a plain many-to-many field."""

    name = models.CharField(max_length=30, unique=True)


class Artist(models.Model):
    """The other end of one with an own through model."""

    name = models.CharField(max_length=60)


class Album(models.Model):
    """Many-to-many: plain and required, plain and blank, through an own model."""

    title = models.CharField(max_length=60)
    genres = models.ManyToManyField(Genre, related_name="albums")
    moods = models.ManyToManyField(Genre, blank=True, related_name="+")
    artists = models.ManyToManyField(
        Artist, through="Credit", through_fields=("album", "artist"), blank=True, related_name="albums"
    )


class Credit(models.Model):
    """A through model with required columns, a second key to one end, and `unique_together`."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="credits")
    artist = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="credits")
    role = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    named_by = models.ForeignKey(Artist, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        unique_together = [("album", "artist")]


class Person(models.Model):
    """Many-to-many with itself: symmetrical and not."""

    name = models.CharField(max_length=60)
    friends = models.ManyToManyField("self", blank=True)
    follows = models.ManyToManyField("self", blank=True, symmetrical=False, related_name="followers")
