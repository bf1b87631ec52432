"""Rows that the project's code makes while a call saves others: the profile that a receiver makes for each new user.

As in recipes, such a row becomes the one that the call was to make, and gets the values of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.execution.adopting import ties
from fixturekit.planning.plan import Batch

Row = models.Model


@dataclass(frozen=True, slots=True)
class Tie:
    """A unique set that ties a row to rows of the same call: ``batches`` are theirs."""

    fields: tuple[AnyField, ...]
    batches: tuple[str, ...]


def ties_of(batch: Batch, model: type[models.Model]) -> tuple[Tie, ...]:
    """Return the unique sets by which somebody who heard of other rows of a call may have made one of a batch."""
    return tuple(_ties(batch, model))


def _ties(batch: Batch, model: type[models.Model]) -> Iterator[Tie]:
    everywhere = set(blueprint(model).uniques)  # of rows that differ under a condition only, several may be meant
    for unique in batch.unique:
        if unique.fields not in everywhere:
            continue
        led = ties(batch, unique.fields)
        if led:
            fields: Any = tuple(model._meta.get_field(name) for name in unique.fields)
            yield Tie(fields, tuple(link.batch for link in led))


def adopt(
    tied: Sequence[Tie], planned: frozenset[str], instances: Sequence[Row], alias: str, is_heard: Callable[[str], bool]
) -> list[Row]:
    """Let instances be the rows that were made in their place meanwhile, and return those that are. Reads only.

    Args:
        tied: What ties them to rows that are saved already.
        planned: The attributes of instances that the call has a value for.
        instances: What is to be saved.
        alias: The database.
        is_heard: Whether somebody may have heard that rows of a batch were saved.
    """
    for tie in tied:
        if any(map(is_heard, tie.batches)):
            found = _existing(tie, instances, alias)
            adopted = [instance for instance in instances if _identity(tie, instance) in found]
            for instance in adopted:
                _become(instance, found[_identity(tie, instance)], planned)
            return adopted
    return []


def _existing(tie: Tie, instances: Sequence[Row], alias: str) -> dict[tuple[Any, ...], Row]:
    model = type(instances[0])
    wanted = {
        f"{field.attname}__in": list({getattr(instance, field.attname) for instance in instances})
        for field in tie.fields
        if field.remote_field is not None
    }
    rows = models.QuerySet(model, using=alias).order_by().filter(**wanted)
    return {_identity(tie, row): row for row in rows}


def _identity(tie: Tie, row: Row) -> tuple[Any, ...]:
    return tuple(field.to_python(getattr(row, field.attname)) for field in tie.fields)


def _become(instance: Row, existing: Row, planned: frozenset[str]) -> None:
    """Let an instance stand for a row that is there: it keeps its own values where the call has none."""
    for field in instance._meta.concrete_fields:
        if field.attname not in planned or field.primary_key:
            setattr(instance, field.attname, getattr(existing, field.attname))
    instance._state.adding = False
    instance._state.db = existing._state.db
