"""The shop on PostgreSQL, with what only that can store: name the database in EXAMPLE_DATABASE."""

from __future__ import annotations

from shopproject.settings import *  # noqa: F403 - settings are taken over as a whole
from shopproject.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres", "insights"]
