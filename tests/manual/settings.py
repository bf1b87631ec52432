"""The example shop on the database that the variable ``MANUAL_DATABASE`` describes, files in memory."""

from __future__ import annotations

import json
import os

from shopproject.settings import *  # noqa: F403 - settings are taken over as a whole

DATABASES = {"default": json.loads(os.environ["MANUAL_DATABASE"])}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
