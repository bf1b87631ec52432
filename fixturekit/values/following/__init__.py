"""Values that go by others of the same row, as functions of whole columns.

A rule's name is written into plans and belongs to the engine: under engine 1 it keeps its meaning for ever.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from fixturekit.values.sources import Following

Column: TypeAlias = "list[Any]"
Follow: TypeAlias = "Callable[[Sequence[Column], Column, datetime], Column]"
"""Makes a column of the columns that are read, of what each row has of its own, and of the recipe's clock."""

_RULES: dict[str, Callable[..., Follow]] = {}
_Factory = TypeVar("_Factory", bound="Callable[..., Follow]")


def rule(name: str) -> Callable[[_Factory], _Factory]:
    """Register a factory of functions for ``sources.Following``; its keywords are the source's ``args``."""

    def register(factory: _Factory) -> _Factory:
        _RULES[name] = factory
        return factory

    return register


def follow(source: Following) -> Follow:
    """Return the function of a source. Raises LookupError for a rule that is not registered."""
    for module in ("places", "sums", "texts", "times"):
        importlib.import_module(f"fixturekit.values.following.{module}")
    if source.rule not in _RULES:
        raise LookupError(f"no rule is registered as {source.rule!r}")
    return _RULES[source.rule](**dict(source.args))


def row_by_row(columns: Sequence[Column], own: Column) -> Sequence[tuple[Any, ...]]:
    """Return what each row reads."""
    return list(zip(*columns, strict=True)) if columns else [()] * len(own)
