"""Shelves are taught: what a call gives is kept for further calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.calling.documents import shelf_of
from fixturekit.calling.library import Library, Model, TaughtShelf
from fixturekit.calling.names import Kind, find
from fixturekit.calling.scopes import process
from fixturekit.calling.words import C, F, M
from fixturekit.exceptions import CallInvalid, ShelfNotFound, ShelfRefused
from fixturekit.planning.resolving import nearest


def name_of(title: str, shelve: Any) -> str | None:
    """Return the name of the shelf that ``shelve=`` asks for, "" for the default one, None for none.

    Raises:
        CallInvalid: It is neither True nor a name.
    """
    if shelve is None or shelve is False:
        return None
    if shelve is True:
        return ""
    if isinstance(shelve, str) and shelve:
        return shelve
    raise CallInvalid(f"{title}: shelve={shelve!r}: expected True, or the name of the shelf")


def check_name(title: str, model: Model, name: str, library: Library) -> None:
    """Raise ShelfNotFound where nobody taught a shelf of a name that a call uses."""
    if not name:
        return
    names = library.names(model)
    if name not in names:
        known = (
            f"Known are {', '.join(map(repr, names))}." if names else f"Teach it: G({model.__name__}, shelve={name!r})."
        )
        hint = nearest(name, names) or known
        raise ShelfNotFound(
            f"{title}: nobody taught a shelf {name!r} for {model._meta.label}. {hint}", model._meta.label, name
        )


def shelf_for(title: str, model: Model, name: str, values: Mapping[str, Any]) -> TaughtShelf:
    """Return values as a shelf that may be kept.

    Raises:
        ShelfRefused: A value is good for one row only.
        CallInvalid: A name or a value does not fit the model, or the shelf's name is no text.
    """
    if not isinstance(name, str):
        raise CallInvalid(f"{title}: {name!r}: expected the name of the shelf, a text")
    taught = TaughtShelf(model, name, dict(values))
    shelf_of(taught, title)  # which looks at names and kinds of values
    _check(title, model, values)
    return taught


def keep(shelf: TaughtShelf) -> None:
    """Let a shelf act on further calls."""
    for library in process.layers():
        library.teach(shelf)


def _check(title: str, model: Model, values: Mapping[str, Any]) -> None:
    for path, value in values.items():
        name = find(model, path)
        if isinstance(value, F):
            assert name.model is not None
            _check(title, name.model, value.given)
        for item in value if isinstance(value, (list, tuple)) and name.kind is not Kind.PLAIN else (value,):
            if isinstance(item, (models.Model, models.QuerySet)):
                raise ShelfRefused(
                    f"{title}: {name.label}: a shelf outlives the row {item!r}. Write F(...), or a function that finds it"
                )
            if isinstance(item, F) and item is not value and name.model is not None:
                _check(title, name.model, item.given)
        static = not (value is None or isinstance(value, (C, M, F)) or callable(value))
        field = name.field
        if static and field is not None and (field.name,) in blueprint(field.model).uniques:
            raise ShelfRefused(
                f"{title}: {name.label} is unique, so the shelf cannot give {value!r} to every row. "
                "Leave it out, or write a function"
            )
