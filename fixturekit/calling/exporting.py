"""A shelf that was taught in Python as YAML: what a recipe can say is written, anything else is refused."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import Field
from django.utils.duration import duration_string

from fixturekit.calling.library import Model
from fixturekit.calling.making import resolve_model
from fixturekit.calling.names import Kind, Name, find
from fixturekit.calling.scopes import process
from fixturekit.calling.teaching import check_name
from fixturekit.calling.words import C, F, M
from fixturekit.exceptions import ShelfNotFound, ShelfRefused
from fixturekit.planning.functions import NoFunction, find_function
from fixturekit.recipes.document import (
    Call,
    Copy,
    Entry,
    Listing,
    Literal,
    Make,
    Mapping,
    Mask,
    Pin,
    Recipe,
    Shelf,
    Value,
)
from fixturekit.recipes.scalars import literal
from fixturekit.recipes.writing import write
from fixturekit.values.literals import convert


def export(model: Model | str, name: str = "") -> str:
    """Return a taught shelf as YAML, the text of ``shelves:`` with this one.

    Raises:
        ShelfNotFound: Nobody taught it.
        ShelfRefused: A value cannot be written.
        CallInvalid: It is no model.
    """
    found = resolve_model("export_shelf", model)
    title = f"export_shelf({found._meta.label})"
    libraries = process.layers()
    check_name(title, found, name, libraries[0])
    taught = next((shelf for library in libraries if (shelf := library.shelf(found, name))), None)
    if taught is None:
        message = f"{title}: nobody taught the default shelf of {found._meta.label}"
        raise ShelfNotFound(f"{message}. Teach it: G({found.__name__}, shelve=True)", found._meta.label, name)
    written = Shelf(taught.model._meta.label, name, _mapping(title, taught.model, taught.values))
    return write(Recipe(shelves=(written,)))


def _mapping(title: str, model: Model, values: AnyMapping[str, Any]) -> Mapping:
    entries = []
    for path, given in values.items():
        name = find(model, path)
        try:
            entries.append(Entry(path, _value(title, name, given)))
        except ValueError as error:
            if isinstance(error, ShelfRefused):
                raise
            raise ShelfRefused(f"{title}: {name.label}={given!r} cannot be written as YAML: {error}") from error
    return Mapping(tuple(entries))


def _value(title: str, name: Name, given: Any) -> Value:
    if name.kind in (Kind.MANY, Kind.BACK, Kind.BACK_TO_ONE):
        return _several(title, name, given)
    if given is None:
        return Literal(None)
    if isinstance(given, F):
        assert name.model is not None
        return _mapping(title, name.model, given.given)
    if isinstance(given, C):
        return _copy(given)
    if isinstance(given, M):
        return Mask(given.format)
    if callable(given):
        return _call(given)
    if name.kind is Kind.ONE:
        return Pin(key=_scalar(given).value)
    assert name.field is not None
    return _checked(name.field, given)


def _several(title: str, name: Name, given: Any) -> Value:
    assert name.model is not None
    if isinstance(given, int):
        return Make(given)
    if isinstance(given, F):
        return _mapping(title, name.model, given.given)
    return Listing(
        tuple(
            _mapping(title, name.model, item.given) if isinstance(item, F) else Pin(key=_scalar(item).value)
            for item in given
        )
    )


def _copy(given: C) -> Value:
    if given.path.count(".") > 1:
        raise ValueError("'!copy' reads a field of the row, or one of a row that it points to")
    return Copy(given.path)


def _call(function: Callable[..., Any]) -> Value:
    """A function by its dotted path, as ``!call`` finds it."""
    path = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
    try:
        found, _ = find_function(path)
    except NoFunction as error:
        hint = "Give it a name in a module of an app, and a parameter for the field"
        raise ValueError(f"'!call' takes the dotted path of a function, and {error}. {hint}") from error
    if found is not function:
        raise ValueError(f"{path} leads to another function")
    return Call(path)


def _checked(field: Field[Any, Any], given: Any) -> Value:
    """A literal that the field reads as what was given."""
    value = _literal(given)
    read = convert(field, value)
    if read != field.to_python(given):
        raise ValueError(f"a recipe would read it as {read!r}")
    return value


def _literal(given: Any) -> Value:
    if isinstance(given, (list, tuple)):
        return Listing(tuple(map(_literal, given)))
    if isinstance(given, dict):
        if not all(isinstance(key, str) for key in given):
            raise ValueError("the keys of a mapping are texts")
        return Mapping(tuple(Entry(key, _literal(value)) for key, value in given.items()))
    return _scalar(given)


def _scalar(given: Any) -> Literal:
    plain = given.value if isinstance(given, Enum) else given
    if isinstance(plain, bytes):
        plain = plain.decode()
    elif isinstance(plain, datetime.datetime) and plain.tzinfo is not None:
        plain = plain.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    elif isinstance(plain, (datetime.date, datetime.time)):
        plain = plain.isoformat()
    elif isinstance(plain, datetime.timedelta):
        plain = duration_string(plain)
    elif isinstance(plain, uuid.UUID):
        plain = str(plain)
    if plain is None or isinstance(plain, (bool, int, float, str, Decimal)):
        return literal(plain)
    raise ValueError(f"a recipe has no {type(given).__name__}")
