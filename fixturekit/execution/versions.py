"""Which versions made rows: noted with what is applied, compared with what was recorded."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

import django


def versions() -> dict[str, str]:
    """The versions that a ledger entry notes."""
    found = {
        "fixturekit": installed_version("fixturekit"),
        "django": django.__version__,
        "python": platform.python_version(),
    }
    if "faker" in sys.modules:
        found["faker"] = installed_version("Faker")
    return found


def installed_version(distribution: str) -> str:
    """The version of a library; "" where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
