"""Migrations for your data: recipes say how to make rows, and replaying them makes the same rows everywhere.

The public names are looked up when they are first used, so that importing this package loads neither Django nor pytest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fixturekit.api import POST_SAVE as POST_SAVE
    from fixturekit.api import PRE_SAVE as PRE_SAVE
    from fixturekit.api import C as C
    from fixturekit.api import F as F
    from fixturekit.api import G as G
    from fixturekit.api import M as M
    from fixturekit.api import N as N
    from fixturekit.api import P as P
    from fixturekit.api import check_models as check_models
    from fixturekit.api import export_shelf as export_shelf
    from fixturekit.api import fixture as fixture
    from fixturekit.api import get as get
    from fixturekit.api import load as load
    from fixturekit.api import new as new
    from fixturekit.api import teach as teach
    from fixturekit.execution.made import Made as Made

_HOMES = {
    "Made": "fixturekit.execution.made",
    "C": "fixturekit.api",
    "F": "fixturekit.api",
    "G": "fixturekit.api",
    "M": "fixturekit.api",
    "N": "fixturekit.api",
    "P": "fixturekit.api",
    "POST_SAVE": "fixturekit.api",
    "PRE_SAVE": "fixturekit.api",
    "check_models": "fixturekit.api",
    "export_shelf": "fixturekit.api",
    "fixture": "fixturekit.api",
    "get": "fixturekit.api",
    "load": "fixturekit.api",
    "new": "fixturekit.api",
    "teach": "fixturekit.api",
}

__all__ = [  # noqa: RUF022 - as sorted() has it
    "C",
    "F",
    "G",
    "M",
    "Made",
    "N",
    "P",
    "POST_SAVE",
    "PRE_SAVE",
    "check_models",
    "export_shelf",
    "fixture",
    "get",
    "load",
    "new",
    "teach",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fixturekit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
