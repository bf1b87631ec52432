"""Rows of the database are found: the one that a pin means, those of given keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError, MultipleObjectsReturned, ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, connections, models, transaction
from django.db.models.expressions import RawSQL

from fixturekit.exceptions import PinNotFound
from fixturekit.planning.plan import Pin
from fixturekit.values import canonical
from fixturekit.writers import writer_for
from fixturekit.writers.keyforms import KeyForm, chunks
from fixturekit.writers.keys import Listed


def find_pinned(alias: str, pin: Pin) -> models.Model:
    """Return the one row that a pin means.

    Raises:
        PinNotFound: There is none, there are several, or the database cannot look for it.
    """
    found = fitting(alias, pin)
    if found is None:
        raise PinNotFound(_nowhere(pin, apps.get_model(pin.model)), pin.mark)
    return found


def fitting(alias: str, pin: Pin) -> models.Model | None:
    """Return the one row that a pin means, None if there is none.

    Raises:
        PinNotFound: There are several, or the database cannot look for it.
    """
    model = apps.get_model(pin.model)
    try:
        with transaction.atomic(using=alias):  # a refused query would end the transaction that goes on
            found = _found(alias, pin, model)
    except MultipleObjectsReturned as error:
        raise PinNotFound(_several(pin), pin.mark) from error
    except (ObjectDoesNotExist, ValidationError, ValueError, TypeError, OverflowError):
        found = []  # a key that cannot be one is a key that no row has
    except FieldError as error:
        raise PinNotFound(f"{pin.shown} does not fit {pin.model}: {error}", pin.mark) from error
    except DatabaseError as error:
        connection = connections[alias]
        if not connection.is_usable():
            raise
        reason = writer_for(connection).reason(error)
        raise PinNotFound(f"the database cannot look for {pin.shown}: {reason}", pin.mark) from error
    if len(found) > 1:
        raise PinNotFound(_several(pin), pin.mark)
    return found[0] if found else None


def _found(alias: str, pin: Pin, model: type[models.Model]) -> list[models.Model]:
    """The rows that a pin fits, two at most."""
    if not pin.natural:
        lookup = dict(pin.lookup) if pin.lookup else {"pk": pin.key}
        return list(every_row(model, alias).filter(**lookup)[:2])
    manager: Any = model._default_manager.db_manager(alias)
    if not hasattr(manager, "get_by_natural_key"):
        raise PinNotFound(f"{pin.model} has no natural keys, so {pin.shown} fits none", pin.mark)
    return [manager.get_by_natural_key(*pin.natural)]


def every_row(model: type[models.Model], alias: str) -> models.QuerySet[Any]:
    """Return the rows of a model, those too that its managers, the base manager included, leave out."""
    return models.QuerySet(model, using=alias)


def _several(pin: Pin) -> str:
    return f"{pin.shown} fits several rows of {pin.model}; a pin must fit exactly one"


def _nowhere(pin: Pin, model: type[models.Model]) -> str:
    if pin.lookup or pin.natural:
        return f"no row of {pin.model} fits {pin.shown}"
    return f"Provided FK value: {pin.key} does not exist on {model.__name__}"


def key_converter(model: type[models.Model]) -> canonical.Convert:
    """Return the function that turns primary keys of a model into canonical ones; of several columns: tuples."""
    converters = [canonical.converter(field) for field in model._meta.pk_fields]
    if len(converters) == 1:
        return converters[0]

    def convert(keys: Sequence[Any]) -> list[Any]:
        columns = zip(*keys, strict=True)
        return list(zip(*(one(column) for one, column in zip(converters, columns, strict=True)), strict=True))

    return convert


def read_fields(
    alias: str, model: type[models.Model], keys: Sequence[Any], attnames: Sequence[str]
) -> dict[Any, tuple[Any, ...]]:
    """Read values of rows by key, each row once, in the order of the keys; rows that are not there are left out."""
    values: dict[Any, tuple[Any, ...]] = {}
    for condition in _conditions(alias, model, keys):
        values.update(by_key(every_row(model, alias).filter(condition), attnames))
    return {key: values[key] for key in keys if key in values}


def _conditions(alias: str, model: type[models.Model], keys: Sequence[Any]) -> Iterator[Any]:
    """Yield conditions that hold for the rows of some keys each.

    Django asks for keys of several columns as tuples in a list, for which SQLite reads the whole table.
    """
    if len(model._meta.pk_fields) == 1:
        yield from (models.Q(pk__in=chunk) for chunk in chunks(keys, 500))
        return
    form = KeyForm(connections[alias], model)
    for condition, parameters in form.conditions(Listed(form.all_prepared(keys))):
        yield RawSQL(condition, parameters, models.BooleanField())


def by_key(rows: models.QuerySet[Any], names: Sequence[str]) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return the key and the values of each row.

    Keys of several columns are put together here: those that Django returns as ``pk`` are left as the database holds them
    where a column is a foreign key.
    """
    own = [field.attname for field in rows.model._meta.pk_fields]
    asked = list(dict.fromkeys((*own, *names)))  # Django 5.2.0 returns a column once that is named twice
    many, places = len(own), [asked.index(name) for name in names]
    return [
        (row[:many] if many > 1 else row[0], tuple(row[place] for place in places)) for row in rows.values_list(*asked)
    ]
