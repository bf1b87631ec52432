"""What goes wrong with one value, before anybody knows which recipe, file and line it belongs to; and what a database means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.planning.plan import Batch
from fixturekit.values.conditions import columns_of


class CellFailed(Exception):
    """A value of one row cannot be made; the reason is the exception's cause. Never leaves this package."""

    def __init__(self, field: str, row: int, batch: str = "") -> None:
        super().__init__(f"{field}[{row}]")
        self.field = field
        self.row = row
        self.batch = batch


def explained(model: type[models.Model], reason: str) -> str:
    """Add to a database's reason what the constraint that it names asks for, and which fields to give.

    Args:
        model: The model whose row was refused.
        reason: What the database says, without values of the row.
    """
    words = set(re.findall(r"[\w.-]+", reason))
    for check in blueprint(model).checks:
        if check.name in words:
            names = sorted(set(columns_of(check.condition))) if check.condition else []
            what = " and ".join(names) or "the fields that it reads"
            return f"{reason} ({check.spelled}). Give {what} values that satisfy it, in 'set' or on a shelf"
    for owner in [*model._meta.get_parent_list(), model]:
        for constraint in owner._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.name in words and constraint.fields:
                return (
                    f"{reason}. Give {' and '.join(constraint.fields)} values that differ from those of every other row"
                )
    return reason


def field_of(batch: Batch, columns: Sequence[str]) -> str | None:
    """The field of the first of these database columns."""
    names = {column.column: column.field for column in batch.columns}
    return next((names[column] for column in columns if column in names), None)
