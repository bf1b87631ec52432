"""The functions that find a source for fields, by the classes of fields."""

from __future__ import annotations

import pytest
from django.db import models

from fixturekit.values.fillers import filler, registered
from fixturekit.values.registry import load_fields
from fixturekit.values.sources import Drawn


def test_a_class_has_one_filler():
    """A second one does not replace the first in silence."""
    with pytest.raises(ValueError, match="IntegerField has a filler already"):
        filler(models.IntegerField)(lambda request: Drawn("integers", "lane"))


def test_the_nearest_class_counts():
    """Of classes in their order, the first that somebody has registered a filler for."""
    load_fields()
    assert registered(models.SlugField.__mro__) is not registered(models.CharField.__mro__)
    assert registered([models.Field, models.CharField]) is registered([models.CharField])
    assert registered([models.Field]) is None
