"""What refuses a row of a call, told with the call, the field and its value."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connections, models

from fixturekit.blueprints import AnyField, is_password
from fixturekit.calling.compiling import Maker
from fixturekit.calling.instances import KeyTaken, Refused
from fixturekit.exceptions import CallInvalid, RowNotMade
from fixturekit.execution import foreign
from fixturekit.execution.refusals import speaks_of
from fixturekit.values.fields.choices import stored_choices
from fixturekit.values.sources import Asked, Followed, Supplied
from fixturekit.writers import writer_for


class RowRefused(RowNotMade, IntegrityError):
    """The database refused a row that a call makes: both an error of fixturekit and Django's ``IntegrityError``."""


def told(title: str, alias: str, refused: Refused, cause: Exception) -> RowNotMade:
    """Say which row was refused, by which field and value, and why."""
    maker, instance = refused.maker, refused.instance
    label = maker.model._meta.label
    error = RowRefused if isinstance(cause, IntegrityError) else RowNotMade
    if refused.by:
        place = f"{label}.{refused.field}" if refused.field else label
        return error(f"{title}: {place}: {refused.by} raised {foreign.told(cause)}", label, refused.field)
    field = _field_of(alias, maker, cause)
    place = f"{label}.{field}{_shown(maker, instance, field)}" if field else label
    message = f"{title}: {place} was refused: {_reason(alias, maker, cause)}"
    if hint := _hint(maker, instance, cause):
        message = f"{message.rstrip('.')}. {hint}"
    return error(message, label, field)


def _reason(alias: str, maker: Maker, cause: Exception) -> str:
    if isinstance(cause, KeyTaken):
        return "there is a row with this key already. Give it another key, or change that row"
    if isinstance(cause, ValidationError):
        if hasattr(cause, "error_dict"):
            return "; ".join(f"{name}: {' '.join(found)}" for name, found in cause.message_dict.items())
        return " ".join(cause.messages)
    if isinstance(cause, DatabaseError):
        return writer_for(connections[alias]).reason(cause)
    return foreign.told(cause)


_OFFERED = 4
_GIVEN = (Supplied, Asked, Followed)


def _hint(maker: Maker, instance: models.Model | None, cause: Exception) -> str:
    """What may be meant by a refusal of the model's own code, as ``makefixture`` would try it."""
    if instance is None or isinstance(cause, (DatabaseError, KeyTaken)):
        return ""
    said = {column.field for column in maker.batch.columns if isinstance(column.source, _GIVEN)}
    named = [field for field in maker.shape.fields if field.name not in said and _is_named(field, cause)]
    offers = [offer for field in named if (offer := _offer(field, getattr(instance, field.attname)))]
    return f"Nobody gave what this speaks of: try {' or '.join(offers[:_OFFERED])}" if offers else ""


def _is_named(field: AnyField, cause: Exception) -> bool:
    return field.name in getattr(cause, "error_dict", ()) or speaks_of(str(cause), field)


def _offer(field: AnyField, value: Any) -> str:
    """What else a field might hold: a value where it is empty, nothing where it may be empty, another choice."""
    if field.primary_key:
        return ""
    if value in (None, ""):
        return f"{field.name}={'F()' if field.remote_field is not None else '...'}"
    if field.null:
        return f"{field.name}=None"
    other = next((choice for choice in stored_choices(field) if choice != value), None)
    return "" if other is None else f"{field.name}={other!r}"


def _field_of(alias: str, maker: Maker, cause: Exception) -> str:
    """The field that is to blame, "" where nobody knows."""
    if isinstance(cause, KeyTaken):
        return str(maker.model._meta.pk.name)
    names = list(getattr(cause, "error_dict", ()))
    known = [field.name for field in maker.model._meta.fields]
    if names:
        return next((name for name in names if name in known), "")
    if not isinstance(cause, DatabaseError):
        return ""
    writer = writer_for(connections[alias])
    for table in maker.shape.tables:
        columns = writer.failing_columns(cause, table.name)
        for field in table.model._meta.concrete_fields:
            if field.column in columns:
                return str(field.name)
    return ""


def _shown(maker: Maker, instance: models.Model | None, name: str) -> str:
    """The value of a field as a message shows it; passwords are not."""
    field = maker.shape.field(name) if name else None
    if instance is None or field is None or is_password(maker.shape, field) or "password" in name:
        return ""
    text = repr(getattr(instance, field.attname))
    return f"={text if len(text) <= 60 else text[:57] + '...'}"


def refuse_missing(where: str, model: Any, name: str, keys: set[Any], alias: str) -> None:
    """Raise CallInvalid where rows of some keys are not there."""
    for key in sorted(keys, key=repr):
        try:
            there = model._base_manager.using(alias).filter(**{name: key}).exists()
        except (ValueError, TypeError, ValidationError, OverflowError):
            there = False
        if not there:
            raise CallInvalid(f"{where}={key!r}: no row of {model._meta.label} has this key")
