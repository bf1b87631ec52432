"""What refuses a row of a call, told with the call, the field and its value."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connections, models

from fixturekit.blueprints import AnyField, is_password
from fixturekit.calling.compiling import Compiled, Maker
from fixturekit.calling.instances import KeyTaken, Refused
from fixturekit.calling.library import Model
from fixturekit.calling.names import written
from fixturekit.exceptions import CallInvalid, RowNotMade
from fixturekit.execution import foreign
from fixturekit.execution.failures import explained
from fixturekit.execution.refusals import speaks_of
from fixturekit.recipes.secrecy import HIDDEN, SHOWN, is_secret, without
from fixturekit.values.fields.choices import stored_choices
from fixturekit.values.sources import Asked, Followed, Supplied
from fixturekit.writers import writer_for


class RowRefused(RowNotMade, IntegrityError):
    """The database refused a row that a call makes: both an error of fixturekit and Django's ``IntegrityError``."""


def told(title: str, model: Model, alias: str, refused: Refused, cause: Exception) -> RowNotMade:
    """Say which row of a call for a model was refused, by which field and value, and why."""
    maker, instance = refused.maker, refused.instance
    label = maker.model._meta.label
    error = RowRefused if isinstance(cause, IntegrityError) else RowNotMade
    if refused.by:
        place = f"{label}.{refused.field}" if refused.field else label
        return error(f"{title}: {place}: {refused.by} raised {foreign.told(cause)}", label, refused.field)
    unfit = refused.field or _unfit(alias, maker, instance, cause)
    fields = [unfit] if unfit else _fields_of(alias, maker, cause)
    what = f"was refused by its {type(maker.model._meta.get_field(unfit)).__name__}" if unfit else "was refused"
    reason = _without_secrets(maker, instance, _reason(alias, maker, cause))
    message = f"{title}: {_place(maker, instance, fields)} {what}: {reason}"
    if hint := "" if unfit else _hint(model, maker, instance, cause):
        message = f"{message.rstrip('.')}. {hint}"
    return error(message, label, fields[0] if fields else "")


def told_late(title: str, alias: str, compiled: Compiled, label: str, error: IntegrityError) -> RowRefused:
    """Say what the database refused at the end of the transaction, or of links that no instance stands for."""
    writer = writer_for(connections[alias])
    batch = next((batch for batch in compiled.plan.batches if batch.table == writer.failing_table(error)), None)
    if batch is None:
        return RowRefused(f"{title}: {writer.reason(error)}", label)
    model = apps.get_model(batch.model)
    columns = writer.failing_columns(error, batch.table)
    fields = [field.name for field in model._meta.local_concrete_fields if field.column in columns]
    place = f"{batch.model}.{' and '.join(fields)}" if fields else batch.model
    reason = explained(model, writer.reason(error), "", in_floats=writer.reckons_in_floats)
    return RowRefused(f"{title}: {place} was refused: {reason}", batch.model, fields[0] if fields else "")


def _place(maker: Maker, instance: models.Model | None, fields: list[str]) -> str:
    """The model, and the fields that are to blame with their values."""
    label = maker.model._meta.label
    if len(fields) == 1:
        return f"{label}.{fields[0]}{_shown(maker, instance, fields[0])}"
    shown = ", ".join(f"{name}{_shown(maker, instance, name)}" for name in fields)
    return f"{label} ({shown})" if shown else label


def _reason(alias: str, maker: Maker, cause: Exception) -> str:
    if isinstance(cause, KeyTaken):
        return "there is a row with this key already. Give it another key, or change that row"
    if isinstance(cause, ValidationError):
        if hasattr(cause, "error_dict"):
            return "; ".join(f"{name}: {' '.join(found)}" for name, found in cause.message_dict.items())
        return " ".join(cause.messages)
    if isinstance(cause, DatabaseError):
        writer = writer_for(connections[alias])
        return explained(maker.model, writer.reason(cause), "", in_floats=writer.reckons_in_floats)
    return foreign.told(cause)


_OFFERED = 4
_GIVEN = (Supplied, Asked, Followed)


def _hint(model: Model, maker: Maker, instance: models.Model | None, cause: Exception) -> str:
    """What may be meant by a refusal of the model's own code, as ``makefixture`` would try it."""
    if instance is None or isinstance(cause, (DatabaseError, KeyTaken)):
        return ""
    said = {column.field for column in maker.batch.columns if isinstance(column.source, _GIVEN)}
    named = [field for field in maker.shape.fields if field.name not in said and _is_named(field, cause)]
    found = [(field, _offer(field, getattr(instance, field.attname))) for field in named]
    offers = [f"{written(model, maker.batch.path + field.name)}={offer}" for field, offer in found if offer]
    return f"Nobody gave what this speaks of: try {' or '.join(offers[:_OFFERED])}" if offers else ""


def _is_named(field: AnyField, cause: Exception) -> bool:
    return field.name in getattr(cause, "error_dict", ()) or speaks_of(str(cause), field)


def _offer(field: AnyField, value: Any) -> str:
    """What else a field might hold: a value where it is empty, nothing where it may be empty, another choice."""
    if field.primary_key:
        return ""
    if value in (None, ""):
        return "F()" if field.remote_field is not None else "..."
    if field.null:
        return "None"
    other = next((choice for choice in stored_choices(field) if choice != value), None)
    return "" if other is None else repr(other)


def _fields_of(alias: str, maker: Maker, cause: Exception) -> list[str]:
    """The fields that are to blame, none where nobody knows."""
    if isinstance(cause, KeyTaken):
        return [str(maker.model._meta.pk.name)]
    names = list(getattr(cause, "error_dict", ()))
    if names:
        known = [field.name for field in maker.model._meta.fields]
        return [name for name in names if name in known][:1]
    if not isinstance(cause, DatabaseError):
        return []
    writer = writer_for(connections[alias])
    for table in maker.shape.tables:
        columns = writer.failing_columns(cause, table.name)
        fields = [str(field.name) for field in table.model._meta.concrete_fields if field.column in columns]
        if fields:
            return fields
    return []


def _unfit(alias: str, maker: Maker, instance: models.Model | None, cause: Exception) -> str:
    """The field that its value cannot be converted for, if that is what the cause says; "" otherwise."""
    if instance is None or isinstance(cause, (DatabaseError, KeyTaken)) or hasattr(cause, "error_dict"):
        return ""
    for field in maker.shape.fields:
        try:
            field.get_db_prep_save(getattr(instance, field.attname), connections[alias])
        except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
            if (type(error), str(error)) == (type(cause), str(cause)):
                return field.name
    return ""


def _shown(maker: Maker, instance: models.Model | None, name: str) -> str:
    """The value of a field as a message shows it; what looks secret is not."""
    field = maker.shape.field(name)
    if instance is None or field is None or _is_secret(maker, field):
        return ""
    text = repr(getattr(instance, field.attname))
    return f"={text if len(text) <= SHOWN else text[: SHOWN - 3] + HIDDEN}"


def _is_secret(maker: Maker, field: AnyField) -> bool:
    return is_password(maker.shape, field) or is_secret(field.name)


def _without_secrets(maker: Maker, instance: models.Model | None, text: str) -> str:
    """What is said of a row, without values that look secret."""
    given = [field for field in maker.shape.fields if instance is not None and _is_secret(maker, field)]
    for field in given:
        value = getattr(instance, field.attname)
        text = text if value in (None, "") else without("secret", value, text)
    return text


def refuse_missing(where: str, model: Any, name: str, keys: set[Any], alias: str) -> None:
    """Raise CallInvalid where rows of some keys are not there."""
    for key in sorted(keys, key=repr):
        try:
            there = model._base_manager.using(alias).filter(**{name: key}).exists()
        except (ValueError, TypeError, ValidationError, OverflowError):
            there = False
        if not there:
            raise CallInvalid(f"{where}={key!r}: no row of {model._meta.label} has this key")
