"""Which databases the recipes of a test go to."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connections


def own_databases(allowed: Collection[str]) -> list[str]:
    """Return those of a test's databases that are no mirrors of others, in the order of the settings.

    Args:
        allowed: Aliases, or ``"__all__"``.
    """
    return [
        alias
        for alias in connections
        if (allowed == "__all__" or alias in allowed) and not connections[alias].settings_dict["TEST"]["MIRROR"]
    ]
