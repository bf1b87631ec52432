"""Blocks of rows as columns, and what prepares a column for the driver."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from django.db import models

Column = list[Any]
Convert = Callable[[Column], Column]
AnyField: TypeAlias = "models.Field[Any, Any]"


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a block's column becomes what ``Writer.write`` takes.

    ``reads`` says which form ``convert`` expects, the canonical column or the values an instance has; where nothing
    is to be done, ``convert`` returns the very list it was given.
    """

    reads: Literal["canonical", "python"]
    convert: Convert


def unchanged(values: Column) -> Column:
    """A column that the driver takes as it is."""
    return values


def each(convert: Callable[[Any], Any]) -> Convert:
    """A column of which each value but NULL is converted."""
    return lambda values: [None if value is None else convert(value) for value in values]


def local_instants(zone: datetime.tzinfo) -> Convert:
    """Spell instants as a database without time zones keeps them: on the wall clock of ``zone``."""

    def local(text: str) -> str:
        instant = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
        return str(instant.astimezone(zone).replace(tzinfo=None))

    return lambda values: [None if text is None else local(text) for text in values]


def rows_in(columns: Sequence[str], data: Sequence[Column]) -> int:
    """Count the rows of a block and see that it is one."""
    lengths = {len(column) for column in data}
    if not data or len(columns) != len(data) or len(lengths) != 1:
        raise ValueError(f"not a block: {len(columns)} columns ({', '.join(columns)}), rows {sorted(lengths)}")
    return lengths.pop()
