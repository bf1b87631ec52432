"""The other test app."""

from __future__ import annotations

from django.apps import AppConfig


class OtherappConfig(AppConfig):
    """Depends on the test app."""

    name = "tests.otherapp"
    label = "otherapp"
