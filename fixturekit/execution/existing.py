"""Rows that are there already under keys of rows that are to be saved, which ``save()`` would change; and rows that are not
there after they were saved.

``force_insert`` is no protection: a ``save()`` may drop it, and for a multi-table model it only speaks of the child's
table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.execution.finding import every_row

_ASKED = 500  # keys in one query


class KeyWatch:
    """Looks for existing rows in every table of a model whose key is planned, and not left to the database.

    Args:
        model: The model whose instances are to be saved.
        planned: Names of the fields that have planned values.
        alias: The database.
    """

    def __init__(self, model: type[models.Model], planned: Collection[str], alias: str) -> None:
        owners = [table.model for table in blueprint(model).tables]
        self._owners = [owner for owner in owners if all(field.name in planned for field in owner._meta.pk_fields)]
        self._alias = alias

    def first(self, instances: Sequence[models.Model]) -> tuple[int, type[models.Model]] | None:
        """Return the first instance whose key is taken, by a row or by an instance before it, and the model of the
        table where it is. Reads only.
        """
        for owner in self._owners:
            keys = [_key(instance, owner) for instance in instances]
            if self._there(owner, keys) or len(set(keys)) < len(keys):
                taken = (row for row, key in enumerate(keys) if key in keys[:row] or self._there(owner, [key]))
                found = next(taken, None)
                if found is not None:
                    return found, owner
        return None

    def _there(self, owner: type[models.Model], keys: Sequence[Any]) -> bool:
        rows = every_row(owner, self._alias)
        return any(rows.filter(pk__in=keys[start : start + _ASKED]).exists() for start in range(0, len(keys), _ASKED))


def first_absent(model: type[models.Model], instances: Sequence[models.Model], alias: str) -> int | None:
    """Return the place of the first instance that the database has no row of, None where it has all. Reads only."""
    rows = every_row(model, alias)
    for start in range(0, len(instances), _ASKED):
        keys = [instance.pk for instance in instances[start : start + _ASKED]]
        if rows.filter(pk__in=keys).count() < len(set(keys)):
            return next(start + at for at, key in enumerate(keys) if not rows.filter(pk=key).exists())
    return None


def _key(instance: models.Model, owner: type[models.Model]) -> Any:
    """The key of an instance in the table of a model: its own or that of a parent."""
    values = tuple(getattr(instance, field.attname) for field in owner._meta.pk_fields)
    return values if len(values) > 1 else values[0]
