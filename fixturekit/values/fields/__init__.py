"""One module for each family of Django's fields: its generators, its enumerations, and what fills its fields."""

from __future__ import annotations

from fixturekit.values.fields import choices, files, network, numbers, structured, templates, temporal, text

__all__ = ["choices", "files", "network", "numbers", "structured", "templates", "temporal", "text"]
