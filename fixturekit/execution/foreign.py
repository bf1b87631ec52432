"""Errors of code that is not fixturekit's: what they say, and where they come from."""

from __future__ import annotations

import linecache
import sys
import sysconfig
import traceback
from functools import cache
from pathlib import Path

import django

import fixturekit

# Code of a project runs through these; where in them it failed says nothing about it.
_CARRIERS = ("factory", "faker", "jinja2")


def told(error: BaseException) -> str:
    """Say what an error is, and which line of the project, or of an app that it uses, it comes from.

    An error without a text of its own is told by that line: ``AssertionError: assert self.user (app/models.py:8 in save)``.
    """
    place, line = _place(error)
    text = ": ".join(filter(None, (type(error).__name__, str(error) or line)))
    return f"{text} ({place})" if place else text


def place_of(error: BaseException) -> str:
    """Return the last line of the project, or of an app that it uses, that an error went through; empty if none."""
    return _place(error)[0]


def _place(error: BaseException) -> tuple[str, str]:
    """The place, and what stands there."""
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        path = frame.f_code.co_filename
        if _is_foreign(path):
            return f"{_shown(path)}:{number} in {frame.f_code.co_name}", linecache.getline(path, number).strip()
    return "", ""


@cache
def _is_foreign(path: str) -> bool:
    """Whether a file is neither fixturekit's or Django's nor Python's own."""
    if not Path(path).is_absolute():  # such as <string>
        return False
    below = Path(path).parents
    packages = [Path(entry, name) for entry in sys.path if entry for name in _CARRIERS]
    own = [Path(module.__file__).parent for module in (fixturekit, django) if module.__file__]
    if any(folder in below for folder in (*own, *packages)):
        return False
    library = sysconfig.get_paths()
    installed = any(Path(library[name]) in below for name in ("purelib", "platlib"))
    return installed or not any(Path(library[name]) in below for name in ("stdlib", "platstdlib"))


def _shown(path: str) -> str:
    """A file as the project knows it: from where its packages are imported, never from the root of the machine."""
    roots = [Path(entry).resolve() for entry in [*sys.path, "."]]
    within = [root for root in roots if root in Path(path).resolve().parents]
    deepest = max(within, key=lambda root: len(root.parts), default=Path(path).parent)
    return Path(path).resolve().relative_to(deepest.resolve()).as_posix()
