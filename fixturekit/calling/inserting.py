"""One row inserted as ``save()`` does it, with a statement that is written once for a model.

Most of what ``save()`` costs is to compose the same statement anew. Where nobody can tell, that is left out: nothing
listens to the model, all that saves it is Django's own code, and the database returns nothing but a counted key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.models.signals import post_save, pre_save

from fixturekit.blueprints import AnyField
from fixturekit.calling.library import Model

_SAVING = ("save", "save_base", "_save_table", "_save_parents", "_do_insert", "_prepare_related_fields_for_save")
_DJANGOS = tuple((name, getattr(models.Model, name)) for name in _SAVING)
_COUNTED = (models.AutoField, models.BigAutoField, models.SmallAutoField)
_GETTER = models.Field.pre_save
_ACTING = (models.DateField, models.DateTimeField, models.TimeField, models.FileField)
_PREPARING = {_GETTER, *(field.pre_save for field in _ACTING)}


@dataclass(frozen=True, slots=True)
class Insert:
    """The statement for rows of one model in one database.

    Attributes:
        fields: Its fields, each with whether it does something before it is saved.
        returns: It gives back the key.
    """

    sql: str
    fields: tuple[tuple[AnyField, bool], ...]
    returns: bool
    key: str

    def run(self, instance: models.Model, alias: str) -> None:
        """Insert a row, and have the instance know that it is saved. To be called in a transaction."""
        instance._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
        connection = connections[alias]
        values = [
            field.get_db_prep_save(
                field.pre_save(instance, add=True) if acts else getattr(instance, field.attname), connection
            )
            for field, acts in self.fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            if self.returns:
                setattr(instance, self.key, cursor.fetchone()[0])
        instance._state.db = alias
        instance._state.adding = False


def insert_for(instance: models.Model, alias: str) -> Insert | None:
    """Return the statement that inserts an instance; None where its ``save()`` has to be called."""
    model = type(instance)
    for name, function in _DJANGOS:
        if getattr(model, name) is not function:
            return None
    if pre_save.has_listeners(model) or post_save.has_listeners(model):
        return None
    found = _insert(model, alias, instance.pk is not None)
    if found is None or any(hasattr(value, "resolve_expression") for value in vars(instance).values()):
        return None
    return found


@cache
def _insert(model: Model, alias: str, keyed: bool) -> Insert | None:
    meta, connection = model._meta, connections[alias]
    key: Any = meta.pk
    if not (_is_usual(model, keyed) and connection.features.can_return_columns_from_insert):
        return None
    fields = [field for field in meta.local_concrete_fields if keyed or field is not meta.auto_field]
    if not fields or any(map(_is_special, fields)):
        return None
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"
    if not keyed:
        sql += f" RETURNING {quote(meta.db_table)}.{quote(key.column)}"
    return Insert(sql, tuple((field, type(field).pre_save is not _GETTER) for field in fields), not keyed, key.attname)


def _is_usual(model: Model, keyed: bool) -> bool:
    """Whether rows of a model are one table's, and the database gives back nothing but a key that it counts."""
    meta = model._meta
    key: Any = meta.pk
    counted = meta.auto_field is not None
    return (
        len(meta.concrete_fields) == len(meta.local_concrete_fields)
        and not meta.proxy
        and meta.order_with_respect_to is None
        and type(model._base_manager) is models.Manager
        and list(meta.db_returning_fields) == ([key] if counted else [])
        and (type(key) in _COUNTED if counted else keyed and key.column is not None)
    )


def _is_special(field: Any) -> bool:
    """Whether a field has a part in the statement, or the database fills it."""
    by_database = getattr(field, "generated", False) or field.has_db_default()
    spelled = any(getattr(field, name, None) is not None for name in ("get_placeholder", "get_placeholder_sql"))
    return by_database or spelled or type(field).pre_save not in _PREPARING
