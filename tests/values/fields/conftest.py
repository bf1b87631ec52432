"""Fields of PostgreSQL are tested where it is at hand: the rest of the tests must do without their modules."""

from __future__ import annotations

from django.db import connection

collect_ignore = [] if connection.vendor == "postgresql" else ["test_postgres.py"]
