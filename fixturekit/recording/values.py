"""Texts of the command line as values of a recipe: the field says what a text means."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from fixturekit.blueprints import AnyField, Blueprint
from fixturekit.exceptions import RecipeInvalid, RecordingError
from fixturekit.recipes.document import (
    Entry,
    Listing,
    Literal,
    Make,
    Mapping,
    Password,
    Pin,
    Ref,
    Scalar,
    Target,
    Value,
)  # fmt: skip
from fixturekit.recipes.reading import read_value
from fixturekit.values.canonical import kind
from fixturekit.values.literals import convert

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_LOOKUP = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def scalar_value(shape: Blueprint, field: AnyField, text: str) -> Value:
    """Return what a text means for a plain field.

    A text that begins with ``!`` is written as in a recipe (``!seq "a{n}"``); ``null`` empties a nullable field.

    Raises:
        RecordingError: The field refuses it.
    """
    if text.startswith("!"):
        return tagged(text)
    if _is_password(shape, field):
        return Password(text)
    value = _literal(field, text)
    try:
        convert(field, value)
    except ValueError as error:
        raise RecordingError(f"--{field.name} {text!r}: {error}") from error
    return value


def _is_password(shape: Blueprint, field: AnyField) -> bool:
    return field.name == "password" and issubclass(shape.model, AbstractBaseUser)


def _literal(field: AnyField, text: str) -> Value:
    found = kind(field)
    if text == "null" and field.null:
        return Literal(None)
    if found == "boolean" and text.lower() in ("true", "false"):
        return Literal(text.lower() == "true")
    if found in ("integer", "float", "decimal") and _NUMBER.match(text):
        return _numeral(text)
    if found == "json" or field.get_internal_type() == "JSONField":
        return _yaml(text)
    return Literal(text)


def _numeral(text: str) -> Literal:
    whole = "." not in text and "e" not in text.lower()
    return Literal(int(text) if whole else float(text), text=text)


def relation_value(text: str) -> Value:
    """Return what a text means for a relation to one row: a key, a lookup, or a row of a recipe.

    >>> relation_value("@shop.catalogue/acme")
    Ref(target=Target(step='acme', row=None, recipe='shop.catalogue'))
    """
    if text.startswith("!"):
        return tagged(text)
    if text.startswith("@"):
        return Ref(_target(text[1:]))
    if text == "null":
        return Literal(None)
    if _LOOKUP.match(text):
        pairs = (part.partition("=") for part in text.split(","))
        return Pin(lookup=Mapping(tuple(Entry(name, _plain(value)) for name, _, value in pairs)))
    return Pin(key=_key(text))


def many_value(text: str) -> Value:
    """Return what a text means for a relation to many rows: how many to make, or which rows, by commas."""
    if text.isascii() and text.isdigit():
        return Make(int(text))
    if text.startswith("!"):
        return tagged(text)
    items = tuple(relation_value(part) for part in text.split(","))
    return Listing(items)


def _target(text: str) -> Target:
    try:
        return Target.parse(text)
    except ValueError as error:
        raise RecordingError(str(error)) from error


def _key(text: str) -> Scalar:
    return int(text) if text.isascii() and text.isdigit() and (text == "0" or text[0] != "0") else text


def _plain(text: str) -> Literal:
    return _numeral(text) if re.fullmatch(r"0|[1-9][0-9]*", text) else Literal(text)


def tagged(text: str) -> Value:
    """Read a value that is written as in a recipe.

    Raises:
        RecordingError: It breaks the format.
    """
    return _yaml(text)


def _yaml(text: str) -> Value:
    try:
        return read_value(text, "command line")
    except RecipeInvalid as error:
        raise RecordingError(f"{text!r}: {'; '.join(problem.message for problem in error.problems)}") from error


def field_value(shape: Blueprint, name: str, text: str) -> Value:
    """Return what a text means for a field or relation of a model, by name.

    Raises:
        RecordingError: It means nothing there.
    """
    field = shape.key if name == "pk" else shape.field(name)
    if field is not None:
        return relation_value(text) if field.remote_field is not None else scalar_value(shape, field, text)
    return many_value(text)


def related_shape(shape: Blueprint, name: str) -> Any:
    """The related model of a field of a model, None where it has none."""
    found = shape.field(name) or shape.relations.get(name)
    related = getattr(found, "related_model", None)
    return related if isinstance(related, type) and issubclass(related, models.Model) else None
