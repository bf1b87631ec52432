"""What goes wrong with one value, before anybody knows which recipe, file and line it belongs to; and what a database means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.planning.plan import Batch
from fixturekit.values.conditions import columns_of
from fixturekit.values.spelled import spelled


class CellFailed(Exception):
    """A value of one row cannot be made; the reason is the exception's cause. Never leaves this package."""

    def __init__(self, field: str, row: int, batch: str = "") -> None:
        super().__init__(f"{field}[{row}]")
        self.field = field
        self.row = row
        self.batch = batch


def explained(model: type[models.Model], reason: str, where: str = ", in 'set' or on a shelf") -> str:
    """Add to a database's reason what the constraint that it names asks for, and which fields to give.

    Args:
        model: The model whose row was refused.
        reason: What the database says, without values of the row.
        where: Where other values are given.
    """
    words = set(re.findall(r"[\w.-]+", reason))
    for check in blueprint(model).checks:
        if check.name in words:
            names = sorted(set(columns_of(check.condition))) if check.condition else []
            what = " and ".join(names) or "the fields that it reads"
            return f"{reason} ({check.spelled}). Give {what} values that satisfy it{where}"
    for owner in [*model._meta.get_parent_list(), model]:
        for constraint in owner._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.name in words and constraint.fields:
                fields = " and ".join(constraint.fields)
                return (
                    f"{reason}. Give {fields} values that differ from those of every other row{_of(owner, constraint)}"
                )
    return reason


def _of(model: type[models.Model], constraint: models.UniqueConstraint) -> str:
    """Which rows a constraint is about, if it has a condition."""
    for unique in blueprint(model).unique_sets:
        if unique.test is not None and unique.condition == constraint.condition and unique.names == constraint.fields:
            return f" with {spelled(unique.test)}"
    return ""


def field_of(batch: Batch, columns: Sequence[str]) -> str | None:
    """The field of the first of these database columns."""
    names = {column.column: column.field for column in batch.columns}
    return next((names[column] for column in columns if column in names), None)
