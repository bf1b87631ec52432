"""Instances printed field by field, for people who look what a call has made."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.db import models

from fixturekit.blueprints import blueprint, is_password

HIDDEN = "(hidden)"


def print_values(what: object) -> None:
    """Print an instance, or each of several, field by field; anything else as it is. Passwords are not shown."""
    rows = list(what) if isinstance(what, (list, tuple, models.QuerySet)) else [what]
    for row in rows:
        lines = _lines(row) if isinstance(row, models.Model) else [repr(row)]
        sys.stdout.write("\n".join(["", *lines, ""]))


def _lines(row: models.Model) -> Iterator[str]:
    """Yield the lines of one instance: its model and key, the values of its fields, the rows that it is linked to."""
    key = "not saved" if row._state.adding else f"pk {row.pk}"
    yield f"{row._meta.label} ({key})"
    for field in row._meta.concrete_fields:
        yield f"    {field.name}: {shown(row, field)}"
    if row._state.adding:
        return
    for field in row._meta.many_to_many:
        others = ", ".join(str(other) for other in getattr(row, field.name).all())
        yield f"    {field.name}: [{others}]"


def shown(row: models.Model, field: Any) -> str:
    """The value of a field as a person may see it; for a relation its key, so that nothing is asked for."""
    if is_password(blueprint(type(row)), field) or "password" in field.name:
        return HIDDEN
    return repr(getattr(row, field.attname))
