"""Errors of code that is not fixturekit's: what they say, and where they come from."""

from __future__ import annotations

import inspect
import linecache
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import Error

from fixturekit.recipes.folders import INSTALLED

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


def named(function: Callable[..., Any]) -> str:
    """Return what a function of the project is called, and where it is defined: ``stamp (shop/tests/hooks.py:8)``."""
    inner: Any = function
    while isinstance(inner, partial):
        inner = inner.func
    inner = inspect.unwrap(inner)
    called = inner if hasattr(inner, "__qualname__") else type(inner)
    name = called.__qualname__.rpartition("<locals>.")[2]
    code = getattr(inner, "__code__", None) or getattr(type(inner).__call__, "__code__", None)
    if code is None or not Path(code.co_filename).is_absolute():
        return str(name)
    return f"{name} ({_shown(code.co_filename)}:{code.co_firstlineno})"


def _place(error: BaseException) -> tuple[str, str]:
    """The place, and what stands there; of a library that is no app only where neither project nor app took part."""
    frames = [(frame.f_code, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    # that a database refused something is never the fault of its driver
    for counts in (_is_own,) if isinstance(error, Error) else (_is_own, _is_foreign):
        for code, number in reversed(frames):
            path = code.co_filename
            if counts(path):
                return f"{_shown(path)}:{number} in {code.co_name}", linecache.getline(path, number).strip()
    return "", ""


@cache
def _is_own(path: str) -> bool:
    """Whether a file is the project's, or that of an app."""
    installed = not INSTALLED.isdisjoint(Path(path).parts)
    return _is_foreign(path) and (not installed or _lies_in(path, (config.path for config in apps.get_app_configs())))


@cache
def _is_foreign(path: str) -> bool:
    """Whether a file is neither fixturekit's or Django's nor Python's own, nor that of what carries a project's code."""
    if not Path(path).is_absolute():  # such as <string>
        return False
    own = (Path(__file__).parents[1], Path(django.__file__ or "").parent)
    carriers = (Path(entry, name) for entry in sys.path if entry for name in _CARRIERS)
    if _lies_in(path, (*own, *carriers)):
        return False
    library = sysconfig.get_paths()
    return not INSTALLED.isdisjoint(Path(path).parts) or not _lies_in(path, (library["stdlib"], library["platstdlib"]))


def _lies_in(path: str, folders: Iterable[str | Path]) -> bool:
    below = Path(path).parents
    return any(Path(folder) in below for folder in folders)


def _shown(path: str) -> str:
    """A file as the project knows it: from where its packages are imported, never from the root of the machine."""
    file = Path(path).resolve()
    roots = [Path(entry).resolve() for entry in [*sys.path, "."]]
    deepest = max(set(roots).intersection(file.parents), key=lambda root: len(root.parts), default=file.parent)
    return file.relative_to(deepest).as_posix()
