"""The app that the tests on PostgreSQL install besides."""

from __future__ import annotations

from django.apps import AppConfig


class PostgresAppConfig(AppConfig):
    """Fields of ``django.contrib.postgres``."""

    name = "tests.postgresapp"
    default_auto_field = "django.db.models.BigAutoField"
