"""Values: where they come from, made by column and addressed, so that the same cell has the same value for ever."""

from __future__ import annotations
