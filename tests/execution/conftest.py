"""What the tests of applying share."""

from __future__ import annotations

from django.db import connection

from tests.execution.saving.tables import saving
from tests.planning.conftest import own_models
from tests.recipes_support import recipes

__all__ = ["own_models", "recipes", "saving"]

# Fields that only PostgreSQL or a spatial database has are tested where it is at hand.
collect_ignore = [] if connection.vendor == "postgresql" else ["test_postgres.py"]
if not connection.features.gis_enabled:
    collect_ignore.append("test_gis.py")
