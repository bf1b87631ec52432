"""What code of the project says against rows that were planned: while they are saved, and when they are cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.blueprints import AnyField
from fixturekit.exceptions import WriteFailed
from fixturekit.execution.writing import Written
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Batch, Plan

LOOKED_AT = 10
"""So many rows of a batch are cleaned: what is wrong with generated rows is mostly wrong with the first ones."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that could not be saved, or that ``full_clean()`` does not accept.

    Attributes:
        step: The step's id.
        path: The way from the step's model to the row's (``""``, ``review.``).
        model: The row's model, as ``app.Model``.
        row: Its number in the batch, None where it is not known.
        text: What was said, one line.
        fields: The fields that the error names.
        saved: The database has the row all the same.
    """

    step: str
    path: str
    model: str
    row: int | None
    text: str
    fields: tuple[str, ...] = ()
    saved: bool = False


def speaks_of(text: str, field: AnyField) -> bool:
    """Whether what was said speaks of a field, by its name or as people call it."""
    text = text.lower()
    names = {field.name, field.name.replace("_", " "), str(getattr(field, "verbose_name", field.name)).lower()}
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names)


def refusal_of(error: WriteFailed) -> Refusal:
    """Return what an error of writing says of the row that was refused."""
    cause = error.__cause__
    named = tuple(getattr(cause, "error_dict", {})) if isinstance(cause, ValidationError) else ()
    fields = (*named, *([error.field] if error.field and error.field not in named else []))
    return Refusal(error.step, error.path, error.model, error.row, str(cause or error), fields)


def refused_rows(connection: BaseDatabaseWrapper, plan: Plan, written: Written) -> Iterator[Refusal]:
    """Have the first rows of each batch cleaned, and yield the first one of it that ``full_clean()`` refuses.

    Args:
        connection: The database that the plan was written to, in the same transaction.
        plan: What was written.
        written: What became of it.
    """
    for batch in plan.batches:
        if not (batch.part or batch.pinned or apps.get_model(batch.model)._meta.auto_created):
            refusal = _refused_row(connection, batch, written)
            if refusal is not None:
                yield refusal


def _refused_row(connection: BaseDatabaseWrapper, batch: Batch, written: Written) -> Refusal | None:
    model = apps.get_model(batch.model)
    form = Ledger(connection).form(batch.model)
    manager = model._base_manager.using(connection.alias)
    for number, key in enumerate(written.keys[batch.id].take(range(min(batch.count, LOOKED_AT)))):
        instance = None if key is None else manager.filter(pk=form.python(key)).first()
        if instance is None:
            continue  # of a row that nothing stands for, or that a receiver removed again
        try:
            instance.full_clean()
        except ValidationError as error:
            named = tuple(name for name in error.message_dict if name != NON_FIELD_ERRORS)
            text = "; ".join(_said(name, messages) for name, messages in error.message_dict.items())
            return Refusal(batch.step, batch.path, batch.model, number, text, named, saved=True)
    return None


def _said(name: str, messages: list[str]) -> str:
    shown = " ".join(messages)
    return shown if name == NON_FIELD_ERRORS else f"{name}: {shown}"
