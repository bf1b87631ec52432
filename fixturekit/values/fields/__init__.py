"""One module for each family of Django's fields: its generators, its enumerations, and what fills its fields."""

from __future__ import annotations

from fixturekit.values.fields import (
    choices,
    fake,
    files,
    masks,
    network,
    numbers,
    patterns,
    stored,
    structured,
    templates,
    temporal,
    tested,
    text,
)

__all__ = [
    "choices",
    "fake",
    "files",
    "masks",
    "network",
    "numbers",
    "patterns",
    "stored",
    "structured",
    "templates",
    "temporal",
    "tested",
    "text",
]
