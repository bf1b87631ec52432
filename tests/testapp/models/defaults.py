"""Callable defaults: those whose value can be known again, and one whose cannot."""

from __future__ import annotations

import secrets
from functools import partial

from django.db import models
from django.utils.crypto import get_random_string

from tests.testapp.defaults import dice, metric, next_number, pass_code, untitled, working_days


class Draft(models.Model):
    """Defaults that a replay can repeat: pure, new containers, and randomness of the standard kinds."""

    title = models.CharField(max_length=30, default=untitled)
    units = models.JSONField(default=metric)
    days = models.JSONField(default=working_days)
    short_code = models.CharField(max_length=8, default=partial(get_random_string, 8))
    pass_code = models.CharField(max_length=12, default=pass_code)
    key = models.CharField(max_length=64, default=secrets.token_hex, unique=True)
    luck = models.PositiveSmallIntegerField(default=dice)


class Turn(models.Model):
    """A default that counts calls of the process: no replay repeats it."""

    number = models.IntegerField(default=next_number)
