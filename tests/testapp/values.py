"""Functions that ``!call`` names."""

from __future__ import annotations

import itertools
import random

_numbers = itertools.count(1)
CALLS: list[int] = []


def shout(field, row):
    """The title of the row's name, with its number."""
    return f"{row['name'].upper()} {row.n}"


def numbered(field, row):
    """The row's number, a number of its own randomness, and one of the shared state."""
    return f"{row.n} {row.random.randint(1, 1000)} {random.randint(1, 1000)}"


def alone(field):
    """What a function gives that looks at the field alone."""
    return f"{field.name}!"


def writer(field, row):
    """What rows say that a row points to."""
    return f"{row.author.name} of {row['imprint']['name']}"


def email(field, row):
    """An address that holds the key of another row."""
    return f"{row.author.pk}"


def title(field, row):
    """Reads a field that reads this one."""
    return row.sentence


def counted(field, row):
    """Another value each time."""
    CALLS.append(row.n)
    return f"{next(_numbers)}"


def broken(field, row):
    """Breaks in the third row."""
    return 1 / (3 - row.n)


def own_key(field, row):
    """Asks for what nobody knows yet."""
    return row.id


def several(field, row):
    """No order."""
    return {"a", "b"}


def three(field, row, other):
    """Takes what nobody gives."""


NO_FUNCTION = 1


def point(field, row):
    """A point of the row's randomness."""
    return row.random.randint(0, 9), row.n


def colour(field):
    """One colour for every field of a class."""
    return "#00ff00"


def point_mail(field, row):
    """A different address for each row."""
    return f"{row.n}@call.example"
