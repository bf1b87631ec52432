"""A recipe resolved against the models: what to write, as plain data, in which order and in which way."""

from __future__ import annotations
