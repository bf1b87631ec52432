"""What goes wrong with one value, before anybody knows which recipe, file and line it belongs to; and what a database means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import models

from fixturekit.blueprints import Check, blueprint, expression_fields
from fixturekit.planning.plan import Batch
from fixturekit.values.conditions import columns_of, reckons
from fixturekit.values.spelled import spelled


class CellFailed(Exception):
    """A value of one row cannot be made; the reason is the exception's cause. Never leaves this package."""

    def __init__(self, field: str, row: int, batch: str = "") -> None:
        super().__init__(f"{field}[{row}]")
        self.field = field
        self.row = row
        self.batch = batch


_IN_FLOATS = (
    ". If they do, it is that this database reckons with floats, for which 0.1 + 0.2 is not 0.3: whole numbers and quarters "
    "are exact"
)


def explained(
    model: type[models.Model], reason: str, where: str = ", in 'set' or on a shelf", *, in_floats: bool = False
) -> str:
    """Add to a database's reason what the constraint that it names asks for, and which fields to give.

    Args:
        model: The model whose row was refused.
        reason: What the database says, without values of the row.
        where: Where other values are given.
        in_floats: The database reckons with floats where columns hold decimals.
    """
    words = set(re.findall(r"[\w.-]+", reason))
    for check in blueprint(model).checks:
        if check.name in words:
            names = sorted(set(columns_of(check.condition))) if check.condition else []
            what = " and ".join(names) or "the fields that it reads"
            said = f"{reason} ({check.spelled}). Give {what} values that satisfy it{where}"
            return f"{said}{_IN_FLOATS}" if in_floats and _is_about_decimals(model, check) else said
    for owner in [*model._meta.get_parent_list(), model]:
        for constraint in owner._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.name in words:
                fields = " and ".join(constraint.fields or expression_fields(constraint.expressions))
                rest = _of(owner, constraint) if constraint.fields else ", as its expressions compare them"
                return f"{reason}. Give {fields} values that differ from those of every other row{rest}"
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


def _is_about_decimals(model: type[models.Model], check: Check) -> bool:
    """Whether a constraint is about what decimals give together."""
    if check.condition is None or not reckons(check.condition):
        return False
    fields = (blueprint(model).field(name) for name in columns_of(check.condition))
    return any(isinstance(field, models.DecimalField) for field in fields)
