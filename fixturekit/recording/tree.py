"""What a recipe says, as a tree of models with their fields: one look before it is committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from fixturekit.blueprints import blueprint, related_model
from fixturekit.planning.resolving import find_model
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
from fixturekit.recipes.spelling import spell_literal


def render_tree(recipe: Recipe, pinned: dict[Value, Any]) -> Iterator[str]:
    """Yield lines such as ``'Product' fields: {'name': 'Fred'}``, related rows indented below.

    Args:
        recipe: The recipe.
        pinned: The key of the row that each pin or ref was written for.
    """
    for shelf in recipe.shelves:
        model = find_model(shelf.model)
        yield from _model(model.__name__, list(shelf.set), shelf.model, 0, pinned)
    for step in recipe.steps:
        model = find_model(step.make)
        yield from _model(model.__name__, list(step.set), step.make, 0, pinned)
        for entry in step.named:
            if isinstance(entry.value, Mapping):
                yield from _model(f"{model.__name__} {entry.key}", list(entry.value), step.make, 1, pinned)


def _model(name: str, entries: list[Entry], label: str, depth: int, keys: dict[Value, Any]) -> Iterator[str]:
    shape = blueprint(find_model(label))
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
            fields[first] = _shown(entry.value)
    yield f"{'    ' * depth}'{name}' fields: {fields}"
    for first, value in rows:
        model = related_model(shape, first)
        yield f"{'    ' * (depth + 1)}'{model.__name__ if model else first}' {_row(value, keys)}"
    for first, inner in below.items():
        model = related_model(shape, first)
        if model is not None:
            yield from _model(model.__name__, inner, model._meta.label, depth + 1, keys)


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
    pairs = (f"{entry.key}: {_scalar(entry.value)}" for entry in value.lookup or ())
    return f"!pin {{{', '.join(pairs)}}}"


def _scalar(value: Value) -> str:
    return spell_literal(value, flow=True) if isinstance(value, Literal) else ""


def _shown(value: Value) -> object:
    if isinstance(value, Literal):
        return value.text or value.value if isinstance(value.value, float) else value.value
    if isinstance(value, Password):
        return "!password ..."
    if isinstance(value, (Mapping, Listing)):
        with suppress(TypeError):  # a list of pins, refs and the like
            return plain(value)
    count = f" {value.count}" if isinstance(value, Make) else ""
    return f"!{type(value).__name__.lower()}{count}"
