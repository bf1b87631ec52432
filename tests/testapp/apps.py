"""The test app."""

from __future__ import annotations

from django.apps import AppConfig


class TestappConfig(AppConfig):
    """Connects the receivers, as a project's own app would."""

    name = "tests.testapp"
    label = "testapp"

    def ready(self) -> None:
        from tests.testapp import receivers

        receivers.connect()
