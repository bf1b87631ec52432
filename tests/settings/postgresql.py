"""The test project on the PostgreSQL server of ``FIXTUREKIT_TEST_POSTGRES``."""

from __future__ import annotations

from tests.databases import from_environment
from tests.settings.base import *  # noqa: F403 - settings are taken over as a whole
from tests.settings.base import INSTALLED_APPS

DATABASES = from_environment("postgresql")
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres", "tests.postgresapp"]
