"""Tests of how factories of a project are read."""

from __future__ import annotations
