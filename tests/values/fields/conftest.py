"""Fields of PostgreSQL and of spatial databases are tested where these are at hand: the rest of the tests must do without
their modules."""

from __future__ import annotations

from django.db import connection

collect_ignore = [] if connection.vendor == "postgresql" else ["test_postgres.py"]
if not connection.features.gis_enabled:
    collect_ignore.append("test_gis.py")
