"""The test project on SpatiaLite, in memory."""

from __future__ import annotations

from tests.settings.base import *  # noqa: F403 - settings are taken over as a whole
from tests.settings.base import INSTALLED_APPS

_IN_MEMORY = {"ENGINE": "django.contrib.gis.db.backends.spatialite", "NAME": ":memory:"}
DATABASES = {"default": _IN_MEMORY, "other": {**_IN_MEMORY}}
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.gis", "tests.gistestapp"]
