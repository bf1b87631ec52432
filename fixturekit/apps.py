"""The Django app: its label, and where its models' keys come from."""

from __future__ import annotations

from django.apps import AppConfig

from fixturekit.checks.registration import register_checks


class FixtureKitConfig(AppConfig):
    """What ``INSTALLED_APPS`` finds under ``"fixturekit"``."""

    name = "fixturekit"
    label = "fixturekit"
    verbose_name = "Fixture recipes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_checks()
