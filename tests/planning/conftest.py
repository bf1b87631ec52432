"""What the tests of planning may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps

from fixturekit.blueprints import forget


@pytest.fixture
def own_models() -> Iterator[None]:
    """Models that a test defines under the label ``testapp`` are known by name until the test ends."""
    known = apps.all_models["testapp"]
    before = dict(known)
    yield
    known.clear()
    known.update(before)
    apps.clear_cache()
    forget()
