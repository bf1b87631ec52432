"""What the names of a call mean: for each model, which of its names takes which kind of value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from django.db import models
from django.db.models.fields.reverse_related import OneToOneRel

from fixturekit.blueprints import AnyField, Blueprint, blueprint, generated_field, related_model
from fixturekit.calling.library import Model
from fixturekit.planning.resolving import nearest


class Kind(Enum):
    """What a name of a model stands for."""

    PLAIN = "a field"
    ONE = "a relation to one row"
    GENERIC = "a generic foreign key"
    MANY = "a many-to-many relation"
    BACK = "a reverse relation"
    BACK_TO_ONE = "a reverse relation to one row"


_WRITTEN = {
    Kind.MANY: "Write {}=[F({}=...)], an F for each row.",
    Kind.BACK: "Write {}=[F({}=...)], an F for each row.",
    Kind.BACK_TO_ONE: "Write {}=F({}=...).",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a model.

    Attributes:
        label: ``app.Model.field``, for messages.
        kind: What it stands for.
        field: The concrete field, if it is one.
        model: The model that it leads to, if it leads to one.
        told: The planner needs to know the value: another column may depend on it.
        raw: It names the column (``author_id``), so only a key is meant.
    """

    label: str
    kind: Kind
    field: AnyField | None = None
    model: Model | None = None
    told: bool = False
    raw: bool = False


class UnknownName(LookupError):
    """A name that a model does not have. ``hint`` says what was probably meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@cache
def find(model: Model, path: str) -> Name:
    """Return what a name means; one with ``__`` leads along relations to one row.

    Raises:
        UnknownName: The model has no such name.
    """
    shape = blueprint(model)
    first, along, rest = path.partition("__")
    if along and not rest and first in _all(shape):
        raise UnknownName(f"{shape.label}: nothing follows '{path}'", f"Write {first}, or a name of its own behind it.")
    if not rest or first not in _all(shape):
        return _single(shape, path)
    name = _single(shape, first)
    if name.kind is not Kind.ONE or name.model is None:
        hint = _WRITTEN[name.kind].format(first, rest) if name.kind in _WRITTEN else ""
        raise UnknownName(f"{name.label} is {name.kind.value}, so nothing can be set below it", hint)
    return find(name.model, rest)


def written(model: Model, path: str) -> str:
    """Return how a call that makes rows of a model names a field, where a path leads to it: ``author__country__name``.

    Below rows of a relation to many, which ``F`` is written for, that is the field's own name.
    """
    name = path.replace(".", "__")
    try:
        find(model, name)
    except UnknownName:
        return path.rpartition(".")[2]
    return name


def _all(shape: Blueprint) -> set[str]:
    return {"pk", *shape.names, *(field.attname for field in shape.fields)}


def _single(shape: Blueprint, word: str) -> Name:
    label = f"{shape.label}.{word}"
    if word in shape.generics:
        return Name(label, Kind.GENERIC)
    field = shape.key if word == "pk" else shape.field(word)
    if field is not None and field.remote_field is None:
        return Name(label, Kind.PLAIN, field, told=field.name in _compared(shape))
    if field is not None:
        raw = word == field.attname != field.name
        return Name(label, Kind.ONE, field, related_model(shape, field.name), raw=raw)
    if word in shape.relations:
        return _relation(shape, word, label)
    if generated_field(shape, word):
        raise UnknownName(f"{label} is computed by the database from other columns, so it takes no value")
    first = word.partition("__")[0]
    raise UnknownName(f"{shape.label} has no field '{first}'", nearest(first, shape.names))


def _relation(shape: Blueprint, word: str, label: str) -> Name:
    found: Any = shape.relations[word]
    target = related_model(shape, word)
    if isinstance(found, models.ManyToManyField) or getattr(found, "many_to_many", False):
        return Name(label, Kind.MANY, model=target)
    kind = Kind.BACK_TO_ONE if isinstance(found, OneToOneRel) else Kind.BACK
    return Name(label, kind, model=target)


@cache
def _names_compared(model: Model) -> frozenset[str]:
    return frozenset(_in_checks(blueprint(model)))


def _compared(shape: Blueprint) -> frozenset[str]:
    """The fields whose values a check constraint of the model compares with others."""
    return _names_compared(shape.model)


def _in_checks(shape: Blueprint) -> Iterator[str]:
    for table in shape.tables:
        for constraint in table.model._meta.constraints:
            yield from _in_condition(getattr(constraint, "condition", None))


def _in_condition(condition: Any) -> Iterator[str]:
    for part in condition.flatten() if hasattr(condition, "flatten") else (condition,):
        if isinstance(part, models.F):
            yield str(part.name).partition("__")[0]  # type: ignore[attr-defined]
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            yield child[0].partition("__")[0]
            yield from _in_condition(child[1])
        else:
            yield from _in_condition(child)
