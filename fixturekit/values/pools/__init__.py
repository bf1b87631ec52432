"""Frozen pools of names and words, one text file for each locale and pool; ``common`` has what all locales share.

A pool never changes under engine 1: not its entries, not their order. Its first line says where it comes from; many
are written by hand, ``_draw.py`` beside drew the others. A line may have columns, separated by tabs, of which the
first is the entry. Files are read when they are asked for.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

COMMON = "common"
DEFAULT = "en_US"


@cache
def pool(locale: str, name: str) -> tuple[str, ...]:
    """Return the entries of a pool, such as ``pool("en_US", "first_names")``, in their frozen order.

    Raises LookupError where the locale has no such pool.
    """
    return tuple(row[0] for row in rows(locale, name))


@cache
def rows(locale: str, name: str) -> tuple[tuple[str, ...], ...]:
    """Return the entries of a pool with all their columns, such as the places of a locale with state and postcode.

    Raises LookupError where the locale has no such pool.
    """
    if locale.isidentifier() and name.isidentifier():
        for folder in (locale, COMMON):
            file = files("fixturekit.values.pools") / folder / f"{name}.txt"
            if locale in locales() and file.is_file():
                lines = file.read_text(encoding="utf-8").splitlines()
                return tuple(tuple(line.split("\t")) for line in lines if not line.startswith("# "))
    raise LookupError(f"there is no pool {name!r} for the locale {locale!r}")


@cache
def pairs(locale: str, name: str) -> dict[str, str]:
    """Return the first two columns of a pool: a text by each entry.

    Raises LookupError where the locale has no such pool.
    """
    return {row[0]: row[1] for row in rows(locale, name)}


def formats(locale: str) -> dict[str, str]:
    """Return what a locale writes in its own way, as templates by name: ``person``, ``street``, ``postcode``..."""
    return pairs(locale, "formats")


@cache
def locales() -> tuple[str, ...]:
    """Return the names of the locales that have pools."""
    found = (entry.name for entry in files("fixturekit.values.pools").iterdir())
    return tuple(sorted(name for name in found if re.fullmatch("[a-z]{2}_[A-Z]{2}", name)))
