"""The test project on SQLite, in memory."""

from __future__ import annotations

from tests.databases import from_url
from tests.settings.base import *  # noqa: F403 - settings are taken over as a whole

DATABASES = {"default": from_url("sqlite://:memory:"), "other": from_url("sqlite://:memory:")}
