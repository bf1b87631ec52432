"""The app that the tests on SpatiaLite and PostGIS install besides."""

from __future__ import annotations

from django.apps import AppConfig


class GisTestAppConfig(AppConfig):
    """Fields of ``django.contrib.gis``."""

    name = "tests.gistestapp"
    default_auto_field = "django.db.models.BigAutoField"
