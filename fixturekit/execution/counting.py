"""Keys that the database counts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from fixturekit.writers.keys import Keys, Placed


def place_keys(keys: Keys, rows: Sequence[int], reserved: Keys) -> None:
    """Give reserved keys to rows between which others stand."""
    assert isinstance(keys, Placed)  # rows that are adopted have their keys before
    for row, key in zip(rows, reserved, strict=True):
        keys.place(row, [key])


def counting_model(model: type[models.Model]) -> type[models.Model]:
    """The model whose table counts the keys: of a multi-table model the topmost parent."""
    concrete = model._meta.concrete_model or model
    parents = [parent for parent, link in concrete._meta.parents.items() if link is not None]
    return counting_model(parents[0]) if parents else concrete


def key_column(model: type[models.Model]) -> str:
    """The database column of a model's primary key."""
    return str(model._meta.pk.column)
