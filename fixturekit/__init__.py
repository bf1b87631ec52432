"""Migrations for your data: recipes say how to make rows, and replaying them makes the same rows everywhere."""

from __future__ import annotations
