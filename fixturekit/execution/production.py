"""Recipes are for development and tests: a database that looks like production is refused."""

from __future__ import annotations

import re

from django.conf import settings as django_settings
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.conf import settings
from fixturekit.exceptions import NotAllowed


def refuse_production(connection: BaseDatabaseWrapper) -> None:
    """Refuse a database that looks like production.

    Raises:
        NotAllowed: DEBUG is off, it is no test database, and FIXTUREKIT['ALLOWED_DATABASES'] does not name its alias.
    """
    if django_settings.DEBUG or connection.alias in settings.ALLOWED_DATABASES:
        return
    name = str(connection.settings_dict["NAME"])
    test_name = connection.settings_dict.get("TEST", {}).get("NAME")
    if name.rpartition("/")[2].startswith("test_") or name == test_name or _in_memory(name) or _clone(name, test_name):
        return
    raise NotAllowed(
        f"DEBUG is off, so database '{connection.alias}' ({name}) may be production; nothing was written. "
        "Use --force, or name the alias in FIXTUREKIT['ALLOWED_DATABASES']"
    )


def _in_memory(name: str) -> bool:
    return name == ":memory:" or "mode=memory" in name


def _clone(name: str, test_name: str | None) -> bool:
    """Whether this is the copy of a test database that one process of ``test --parallel`` works on."""
    if not test_name:
        return False
    stem, dot, suffix = str(test_name).rpartition(".")
    pattern = rf"{re.escape(stem)}_\d+\.{re.escape(suffix)}" if dot else rf"{re.escape(suffix)}_\d+"
    return re.fullmatch(pattern, name) is not None
