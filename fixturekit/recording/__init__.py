"""A command becomes a recipe: read, built, proven by replaying it, written."""

from __future__ import annotations
