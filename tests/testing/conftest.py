"""What the tests of test integration share."""

from __future__ import annotations

import pytest

from tests.recipes_support import recipes
from tests.testing.inner import Inner

__all__ = ["recipes"]


@pytest.fixture
def inner(tmp_path):
    """A small project in a folder of its own."""
    return Inner(tmp_path)
