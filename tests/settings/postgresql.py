"""The test project on the PostgreSQL server of ``FIXTUREKIT_TEST_POSTGRES``."""

from __future__ import annotations

from tests.databases import from_environment
from tests.settings.base import *  # noqa: F403 - settings are taken over as a whole

DATABASES = from_environment("postgresql")
