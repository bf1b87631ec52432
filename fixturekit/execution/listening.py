"""What receivers do while rows are saved: nothing, where they are muted; the rows that they make are noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import models
from django.db.models.signals import ModelSignal, m2m_changed, post_init, post_save, pre_init, pre_save

from fixturekit.exceptions import ApplyError
from fixturekit.execution.finding import key_converter


@contextmanager
def muted(muted: bool) -> Iterator[None]:
    """Take the receivers of the signals of saving away for a while. Only inside a seal: they belong to the process."""
    signals = (pre_init, post_init, pre_save, post_save, m2m_changed) if muted else ()
    kept = [(signal, signal.receivers) for signal in signals]
    for signal, _ in kept:
        _set_receivers(signal, [])
    try:
        yield
    finally:
        for signal, receivers in kept:
            _set_receivers(signal, receivers)


def _set_receivers(signal: ModelSignal, receivers: list[Any]) -> None:
    with signal.lock:
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()


@contextmanager
def side_rows_noted(
    alias: str,
    instances: list[models.Model],
    found: list[tuple[str, Any]],
    apart: type[models.Model] | None = None,
    updated: list[models.Model] | None = None,
) -> Iterator[None]:
    """Note every row that is made meanwhile, by ``save()`` or ``bulk_create()``. Only inside a seal: the latter belongs
    to the process.

    Args:
        alias: The database; rows that are made in another one are not noted.
        instances: Rows that are the batch's own.
        found: Gets the label of the model and the key of each other row.
        apart: A model whose rows are the batch's own, too.
        updated: Gets the batch's own instances whose first saving changed a row that was there.

    Raises:
        ApplyError: The batch's own instances are saved to another database.
    """
    own = {id(instance) for instance in instances}
    made: set[int] = set()
    original = models.QuerySet.bulk_create

    def note(instance: models.Model) -> None:
        if id(instance) in own or type(instance) is apart or instance.pk is None:
            return
        if instance._state.db == alias:
            concrete = instance._meta.concrete_model or type(instance)
            found.append((concrete._meta.label, key_converter(concrete)([instance.pk])[0]))

    def saving(instance: models.Model, using: str, **_: Any) -> None:
        if id(instance) in own and using != alias:
            raise ApplyError(f"save() writes it to the database '{using}', where nothing would take it back")

    def saved(instance: models.Model, created: bool, **_: Any) -> None:
        if created:
            note(instance)
            made.add(id(instance))
        elif updated is not None and id(instance) in own and id(instance) not in made:
            updated.append(instance)

    @wraps(original)
    def bulk_create(
        queryset: models.QuerySet[Any],
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        **options: Any,
    ) -> list[Any]:
        rows = original(queryset, objs, batch_size, ignore_conflicts, update_conflicts, **options)
        if not (ignore_conflicts or update_conflicts):  # these return rows that were there before as if they were new
            for instance in rows:
                note(instance)
        return rows

    links: list[models.QuerySet[Any]] = []

    def linked(sender: Any, instance: models.Model, action: str, pk_set: Any, using: str, **more: Any) -> None:
        if action == "post_add" and using == alias and sender is not apart:
            owner = more["model"] if more["reverse"] else type(instance)
            field = field_of_links(owner, sender)
            if field is not None:
                links.append(_links(field, instance, pk_set, more["reverse"]).using(alias))

    pre_save.connect(saving, weak=False)
    post_save.connect(saved, weak=False)
    m2m_changed.connect(linked, weak=False)
    models.QuerySet.bulk_create = bulk_create  # type: ignore[method-assign, assignment]
    try:
        yield
        # a manager makes links past save(), and the way back of a symmetrical one when it has told of the way there
        for rows in links:
            key, label = key_converter(rows.model), rows.model._meta.label
            found.extend((label, key([row])[0]) for row in rows.order_by("pk").values_list("pk", flat=True))
    finally:
        models.QuerySet.bulk_create = original  # type: ignore[method-assign]
        m2m_changed.disconnect(linked)
        post_save.disconnect(saved)
        pre_save.disconnect(saving)


def field_of_links(owner: type[models.Model], through: type[models.Model]) -> models.ManyToManyField[Any, Any] | None:
    """The many-to-many field whose links are rows of a model.

    None for a relation of a class of its own, such as a manager of tags: it saves its links, which is heard of.
    """
    relations: list[Any] = list(owner._meta.many_to_many)
    for field in relations:
        if isinstance(field, models.ManyToManyField) and field.remote_field.through is through:
            return field
    return None


def _links(
    field: models.ManyToManyField[Any, Any], instance: models.Model, keys: Any, reverse: bool
) -> models.QuerySet[Any]:
    """The links from an instance to the rows with these keys, both ways where they are symmetrical."""
    names = [field.m2m_field_name(), field.m2m_reverse_field_name()]
    here, there = names[::-1] if reverse else names
    found = models.Q(**{here: instance, f"{there}__in": keys})
    if field.remote_field.symmetrical:
        found |= models.Q(**{there: instance, f"{here}__in": keys})
    through: Any = field.remote_field.through
    links: models.QuerySet[Any] = through._base_manager.filter(found)
    return links
