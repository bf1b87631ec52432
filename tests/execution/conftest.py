"""What the tests of applying share."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.execution.saving.tables import installed
from tests.recipes_support import recipes

__all__ = ["recipes"]

# Fields that only PostgreSQL or a spatial database has are tested where it is at hand.
collect_ignore = [] if connection.vendor == "postgresql" else ["test_postgres.py"]
if not connection.features.gis_enabled:
    collect_ignore.append("test_gis.py")


@pytest.fixture(scope="module")
def saving(django_db_setup, django_db_blocker):
    """The app ``saving`` is installed."""
    with django_db_blocker.unblock(), installed():
        yield
