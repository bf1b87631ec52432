"""Functions that fields name as their default."""

from __future__ import annotations

import itertools
import random

from django.utils.crypto import get_random_string

_numbers = itertools.count(1)


def untitled() -> str:
    """Return the same text each time."""
    return "untitled"


def metric() -> dict[str, str]:
    """Return an equal, new mapping each time."""
    return {"length": "m", "weight": "kg"}


def working_days() -> list[int]:
    """Return an equal, new list each time."""
    return [1, 2, 3, 4, 5]


def pass_code() -> str:
    """Return another text each time, from the operating system's randomness."""
    return get_random_string(12)


def dice() -> int:
    """Return a number from the shared random state."""
    return random.randint(1, 6)


def next_number() -> int:
    """Return one more each time: what it returns depends on what the process did before."""
    return next(_numbers)
