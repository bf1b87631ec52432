"""The test project on the PostgreSQL server of ``FIXTUREKIT_TEST_POSTGRES``, with PostGIS."""

from __future__ import annotations

from tests.databases import from_environment
from tests.settings.base import *  # noqa: F403 - settings are taken over as a whole
from tests.settings.base import INSTALLED_APPS

DATABASES = from_environment("postgresql", engine="django.contrib.gis.db.backends.postgis", suffix="_gis")
INSTALLED_APPS = [
    *INSTALLED_APPS,
    "django.contrib.postgres",
    "django.contrib.gis",
    "tests.postgresapp",
    "tests.gistestapp",
]
