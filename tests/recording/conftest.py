"""What the tests of recording share."""

from __future__ import annotations

from tests.execution.saving.tables import saving
from tests.recipes_support import recipes

__all__ = ["recipes", "saving"]
