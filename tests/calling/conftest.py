"""What tests of calls share."""

from __future__ import annotations

from tests.planning.conftest import own_models

__all__ = ["own_models"]
