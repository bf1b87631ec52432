"""Migrations for your data: recipes say how to make rows, and replaying them makes the same rows everywhere.

The public names are looked up when they are first used, so that importing this package loads neither Django nor pytest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fixturekit.api import load as load
    from fixturekit.execution.made import Made as Made

_HOMES = {
    "Made": "fixturekit.execution.made",
    "load": "fixturekit.api",
}

__all__ = ["Made", "load"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fixturekit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
