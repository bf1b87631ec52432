"""Choices of all forms."""

from __future__ import annotations

from django.db import models


class Size(models.TextChoices):
    """An enumeration of texts."""

    SMALL = "s", "Small"
    MEDIUM = "m", "Medium"
    LARGE = "l", "Large"


def seasons() -> list[tuple[str, str]]:
    """Return choices when they are asked for."""
    return [("spring", "Spring"), ("summer", "Summer"), ("autumn", "Autumn"), ("winter", "Winter")]


class Survey(models.Model):
    """Choices: flat, grouped, of an enumeration, from a function, with a blank entry, with a default, null."""

    colour = models.CharField(max_length=10, choices=[("red", "Red"), ("green", "Green"), ("blue", "Blue")])
    drink = models.CharField(
        max_length=10,
        choices=[("Hot", [("tea", "Tea"), ("coffee", "Coffee")]), ("Cold", [("water", "Water")]), ("none", "None")],
    )
    size = models.CharField(max_length=1, choices=Size.choices)
    usual_size = models.CharField(max_length=1, choices=Size, default=Size.MEDIUM)
    stars = models.IntegerField(choices=[(1, "Poor"), (2, "Fair"), (3, "Good")])
    season = models.CharField(max_length=10, choices=seasons)
    answer = models.CharField(max_length=3, choices=[("", "No answer"), ("yes", "Yes"), ("no", "No")])
    mood = models.CharField(max_length=5, choices=[("good", "Good"), ("bad", "Bad")], null=True, blank=True)
    remark = models.CharField(max_length=5, choices=[("short", "Short"), ("long", "Long")], blank=True)


class Grade(models.Model):
    """A unique column with choices: room for five rows."""

    mark = models.CharField(max_length=1, choices=[(mark, mark) for mark in "ABCDE"], unique=True)
