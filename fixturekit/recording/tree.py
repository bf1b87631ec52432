"""What a recipe says, as a tree of models with their fields: one look before it is committed."""

from __future__ import annotations

from collections.abc import Iterator

from fixturekit.blueprints import blueprint
from fixturekit.planning.resolving import find_model, related_model
from fixturekit.recipes.document import Entry, Literal, Mapping, Password, Pin, Recipe, Ref, Value


def render_tree(recipe: Recipe) -> Iterator[str]:
    """Yield lines such as ``'Product' fields: {'name': 'Fred'}``, related rows indented below."""
    for step in recipe.steps:
        model = find_model(step.make)
        yield from _model(model.__name__, list(step.set), step.make, 0)


def _model(name: str, entries: list[Entry], label: str, depth: int) -> Iterator[str]:
    shape = blueprint(find_model(label))
    plain: dict[str, object] = {}
    below: dict[str, list[Entry]] = {}
    pinned: dict[str, Value] = {}
    for entry in entries:
        first, _, rest = entry.key.partition("__")
        if rest:
            below.setdefault(first, []).append(Entry(rest, entry.value))
        elif isinstance(entry.value, Mapping) and related_model(shape, first) is not None:
            below.setdefault(first, []).extend(entry.value)
        elif isinstance(entry.value, (Pin, Ref)):
            pinned[first] = entry.value
        else:
            plain[first] = _shown(entry.value)
    yield f"{'    ' * depth}'{name}' fields: {plain}"
    for first, value in pinned.items():
        model = related_model(shape, first)
        yield f"{'    ' * (depth + 1)}'{model.__name__ if model else first}' {_row(value)}"
    for first, inner in below.items():
        model = related_model(shape, first)
        if model is not None:
            yield from _model(model.__name__, inner, model._meta.label, depth + 1)


def _row(value: Value) -> str:
    if isinstance(value, Ref):
        return f"ref: {value.target}"
    assert isinstance(value, Pin)  # only pins and refs are passed
    if value.lookup:
        return "pin: {" + ", ".join(f"{entry.key}: {getattr(entry.value, 'value', '')}" for entry in value.lookup) + "}"
    if value.natural:
        return f"natural key: {list(value.natural)}"
    return f"PK: {value.key}"


def _shown(value: Value) -> object:
    if isinstance(value, Literal):
        return value.text or value.value if isinstance(value.value, float) else value.value
    if isinstance(value, Password):
        return "!password ..."
    return f"!{type(value).__name__.lower()}"
