"""Frozen pools of names and words, one text file for each locale and pool.

A pool never changes under engine 1: not its entries, not their order. ``_draw.py`` beside says where they come from.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def pool(locale: str, name: str) -> tuple[str, ...]:
    """Return the entries of a pool, such as ``pool("en_US", "first_names")``, in their frozen order.

    Raises LookupError where the locale has no such pool.
    """
    file = files("fixturekit.values.pools") / locale / f"{name}.txt"
    if not (locale.isidentifier() and name.isidentifier() and file.is_file()):
        raise LookupError(f"there is no pool {name!r} for the locale {locale!r}")
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


@cache
def locales() -> tuple[str, ...]:
    """Return the names of the locales that have pools."""
    return tuple(sorted(entry.name for entry in files("fixturekit.values.pools").iterdir() if _is_locale(entry.name)))


def _is_locale(name: str) -> bool:
    return "." not in name and not name.startswith("_")
