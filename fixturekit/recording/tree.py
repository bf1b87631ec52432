"""What a recipe says, as a tree of models with their fields: one look before it is committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from fixturekit.blueprints import blueprint, related_model
from fixturekit.planning.resolving import find_model, step_model
from fixturekit.recipes.document import (
    Entry,
    Listing,
    Literal,
    Make,
    Mapping,
    Password,
    Pin,
    Recipe,
    Ref,
    Value,
    plain,
)  # fmt: skip
from fixturekit.recipes.secrecy import HIDDEN, is_secret, veiled
from fixturekit.recipes.spelling import spell_literal


def render_tree(recipe: Recipe, pinned: dict[Value, Any]) -> Iterator[str]:
    """Yield lines such as ``'Product' fields: {'name': 'Fred'}``, related rows indented below, shelves first.

    Args:
        recipe: The recipe.
        pinned: The key of the row that each pin or ref was written for.
    """
    for shelf in recipe.shelves:
        what = f"shelf '{shelf.name}'" if shelf.name else "default shelf"
        yield from _model(f"{what} of ", list(shelf.set), shelf.model, 0, pinned)
    for step in recipe.steps:
        label = step_model(step)._meta.label
        first, *rest = _model("", list(step.set), label, 0, pinned)
        yield f"{first}, from shelf '{step.use}'" if step.use else first
        yield from rest
        for entry in step.named:
            if isinstance(entry.value, Mapping):
                yield from _model(f"{entry.key}: ", list(entry.value), label, 1, pinned)


def _model(before: str, entries: list[Entry], label: str, depth: int, keys: dict[Value, Any]) -> Iterator[str]:
    model = find_model(label)
    shape = blueprint(model)
    fields: dict[str, object] = {}
    below: dict[str, list[Entry]] = {}
    rows: list[tuple[str, Pin | Ref]] = []
    for entry in entries:
        first, _, rest = entry.key.partition("__")
        if rest:
            below.setdefault(first, []).append(Entry(rest, entry.value))
        elif isinstance(entry.value, Mapping) and related_model(shape, first) is not None:
            below.setdefault(first, []).extend(entry.value)
        elif isinstance(entry.value, (Pin, Ref)):
            rows.append((first, entry.value))
        elif isinstance(entry.value, Listing) and related_model(shape, first) is not None:
            rows += [(first, item) for item in entry.value.items if isinstance(item, (Pin, Ref))]
        else:
            fields[first] = _shown(first, entry.value)
    yield f"{'    ' * depth}{before}'{model.__name__}' fields: {fields}"
    for first, value in rows:
        related = related_model(shape, first)
        yield f"{'    ' * (depth + 1)}'{related.__name__ if related else first}' {_row(value, keys)}"
    for first, inner in below.items():
        related = related_model(shape, first)
        if related is not None:
            yield from _model("", inner, related._meta.label, depth + 1, keys)


def _row(value: Pin | Ref, keys: dict[Value, Any]) -> str:
    """The row that somebody named, by key where it was looked up, and how the recipe names it."""
    if isinstance(value, Pin) and not (value.lookup or value.natural):
        return f"PK: {value.key}"
    written = _written(value)
    return f"PK: {keys[value]}, written {written}" if value in keys else written


def _written(value: Pin | Ref) -> str:
    if isinstance(value, Ref):
        return f"!ref {value.target}"
    if value.natural:
        return f"!pin {{natural: {list(value.natural)}}}"
    pairs = (f"{entry.key}: {_scalar(entry.key, entry.value)}" for entry in value.lookup or ())
    return f"!pin {{{', '.join(pairs)}}}"


def _scalar(name: str, value: Value) -> str:
    if is_secret(name):
        return HIDDEN
    return spell_literal(value, flow=True) if isinstance(value, Literal) else ""


def _shown(name: str, value: Value) -> object:
    if isinstance(value, Literal):
        return veiled(name, value.text or value.value if isinstance(value.value, float) else value.value)
    if isinstance(value, Password):
        return "!password ..."
    if isinstance(value, (Mapping, Listing)):
        with suppress(TypeError):  # a list of pins, refs and the like
            return veiled(name, plain(value))
    count = f" {value.count}" if isinstance(value, Make) else ""
    return f"!{type(value).__name__.lower()}{count}"
