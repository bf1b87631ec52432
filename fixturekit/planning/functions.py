"""``!call``: functions of the project, found by their dotted path."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps


class NoFunction(ValueError):
    """A path does not lead to a function that ``!call`` may call."""


@cache
def find_function(path: str) -> tuple[Callable[..., Any], bool]:
    """Return the function that a dotted path names, and whether it takes the row beside the field.

    Raises:
        NoFunction: There is none, it lies outside of the installed apps, or it takes something else.
    """
    module_name, _, name = path.rpartition(".")
    if not any(module_name == app or module_name.startswith(f"{app}.") for app in _packages()):
        raise NoFunction(f"{path} does not lie in an installed app")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise NoFunction(f"{module_name} cannot be imported: {type(error).__name__}: {error}") from error
    function = getattr(module, name, None)
    if not callable(function):
        raise NoFunction(f"{module_name} has no function '{name}'")
    for count in (2, 1):
        try:
            inspect.signature(function).bind(*range(count))
        except (TypeError, ValueError):
            continue
        return function, count == 2
    raise NoFunction(f"{path} is called with (field, row), or with (field), and takes neither")


def _packages() -> list[str]:
    return [config.name for config in apps.get_app_configs()]
