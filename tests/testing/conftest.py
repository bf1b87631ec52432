"""What the tests of test integration share."""

from __future__ import annotations

from tests.recipes_support import recipes

__all__ = ["recipes"]
