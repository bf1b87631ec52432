"""Texts of the command line as values of a recipe: the field says what a text means."""

from __future__ import annotations

import re

from fixturekit.blueprints import AnyField, Blueprint, blueprint, is_password, related_model
from fixturekit.exceptions import RecipeInvalid, WrongWord
from fixturekit.marks import sentence
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
from fixturekit.recipes.keys import MAX_COUNT, TAGS
from fixturekit.recipes.problems import shorten
from fixturekit.recipes.reading import read_value
from fixturekit.recipes.scalars import MAX_DIGITS, resolve
from fixturekit.recipes.secrecy import masked, without
from fixturekit.recipes.spelling import spell_text
from fixturekit.values.canonical import kind
from fixturekit.values.literals import convert, takes_collections

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_KEY = re.compile(r"0|[1-9][0-9]*")
_LOOKUP = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def scalar_value(shape: Blueprint, field: AnyField, text: str) -> Value:
    """Return what a text means for a plain field.

    A text that begins with ``!`` is written as in a recipe (``!seq "a{n}"``), one that begins with ``!!`` is a text
    with one ``!``; ``null`` empties a nullable field.

    Raises:
        WrongWord: The field refuses it.
    """
    if text.startswith("!!"):
        text = text[1:]
    elif text.startswith("!"):
        return tagged(text)
    if is_password(shape, field):
        return Password(text)
    try:
        value = _literal(field, text)
        convert(field, value)
    except (ValueError, TypeError) as error:  # a tag inside a JSON value is a TypeError
        raise WrongWord(without(field.name, text, str(error))) from error  # without the '!' that was doubled
    return value


def _literal(field: AnyField, text: str) -> Value:
    found = kind(field)
    if text == "null" and field.null:
        return Literal(None)
    if found == "boolean" and text.lower() in ("true", "false"):
        return Literal(text.lower() == "true")
    if found in ("integer", "float", "decimal") and _NUMBER.match(text):
        return resolve(text)
    if found == "json" or field.get_internal_type() == "JSONField" or takes_collections(field):
        return _yaml(text)
    return Literal(text)


def relation_value(text: str, shape: Blueprint | None = None) -> Value:
    """Return what a text means for a relation to one row: a key, a lookup, or a row of a recipe.

    Args:
        text: As it was typed.
        shape: The related model, whose fields say what the values of a lookup mean.

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
        pairs = (part.strip().partition("=") for part in text.split(","))
        return Pin(lookup=Mapping(tuple(Entry(name, _looked_up(shape, name, value)) for name, _, value in pairs)))
    return Pin(key=_key(text))


def many_value(text: str, shape: Blueprint | None = None) -> Value:
    """Return what a text means for a relation to many rows: how many to make, or which rows, by commas.

    A number alone is how many; ``9,`` is the row with that key.
    """
    if text.isascii() and text.isdigit():
        if len(text) > len(str(MAX_COUNT)) or int(text) > MAX_COUNT:
            raise WrongWord(f"{shorten(text)} rows are too many: {MAX_COUNT:,} at most")
        return Make(int(text))
    if text.startswith("!"):
        return tagged(text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return Listing(tuple(relation_value(part, shape) for part in parts))


def _target(text: str) -> Target:
    if len(text) > MAX_DIGITS:
        raise WrongWord(f"{shorten(text)} is not the address of a step")
    try:
        return Target.parse(text)
    except ValueError as error:
        raise WrongWord(str(error)) from error


def _key(text: str) -> Scalar:
    return resolve(text).value if _KEY.fullmatch(text) and len(text) <= MAX_DIGITS else text


def _looked_up(shape: Blueprint | None, name: str, text: str) -> Literal:
    field = shape.field(name) if shape else None
    if field is not None and kind(field) == "boolean" and text.lower() in ("true", "false"):
        return Literal(text.lower() == "true")
    return resolve(text) if _KEY.fullmatch(text) and len(text) <= MAX_DIGITS else Literal(text)


def tagged(text: str) -> Value:
    """Read a value that is written as in a recipe.

    Raises:
        WrongWord: It breaks the format.
    """
    return _yaml(text)


def _yaml(text: str) -> Value:
    try:
        return read_value(text, "command line")
    except RecipeInvalid as error:
        why = [part for problem in error.problems for part in (problem.message, problem.hint) if part]
        if text.startswith("!") and text.split(maxsplit=1)[0] not in TAGS:
            why.append("Text that begins with '!' is written with two")
        raise WrongWord(" ".join([*map(sentence, why[:-1]), why[-1]])) from error


def field_value(shape: Blueprint, name: str, text: str, path: str = "") -> Value:
    """Return what a text means for a field or relation of a model, by name.

    Args:
        path: How the command line names the field, where that is longer: ``author__name``.

    Raises:
        WrongWord: It means nothing there.
    """
    try:
        spell_text(text)
        return _field_value(shape, name, text)
    except (ValueError, WrongWord) as error:
        raise refused_value(path or name, text, str(error)) from error


def refused_value(path: str, text: str, reason: str) -> WrongWord:
    """Return the error that a field does not take what it was given, which is shown but for what is secret of it."""
    return WrongWord(f"{option(path, text)}: {without(path, text, reason)}")


def option(path: str, text: str) -> str:
    """A field and its value as they were typed, cut short; what looks like a secret is not repeated.

    >>> option("name", "Fred"), option("owner__password", "hunter2")
    ("--name 'Fred'", "--owner__password '...'")
    """
    return f"--{path} {shorten(masked(path, text))}"


def _field_value(shape: Blueprint, name: str, text: str) -> Value:
    field = shape.key if name == "pk" else shape.field(name)
    if field is not None and field.remote_field is None:
        return scalar_value(shape, field, text)
    related = related_model(shape, name)
    target = blueprint(related) if related else None
    to_one = field is not None or name in shape.generics
    return relation_value(text, target) if to_one else many_value(text, target)
