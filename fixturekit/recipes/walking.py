"""Walks over all values of a recipe, in the order of the file, each with its place inside the document."""

from __future__ import annotations

from collections.abc import Iterator

from fixturekit.recipes.document import (
    Choice,
    Entry,
    Fake,
    Image,
    Listing,
    Literal,
    Make,
    Mapping,
    Node,
    Pin,
    Recipe,
    Shelf,
    Step,
    Value,
)


def values_of(recipe: Recipe) -> Iterator[tuple[str, Value]]:
    """Yield every value of the shelves and steps, outer ones first, with its place (``steps[2].set.email``)."""
    for number, shelf in enumerate(recipe.shelves):
        yield from _block_values(shelf, f"shelves[{number}]")
    for number, step in enumerate(recipe.steps):
        yield from _block_values(step, f"steps[{number}]")


def _block_values(block: Shelf | Step, where: str) -> Iterator[tuple[str, Value]]:
    yield from _inside(block.set, f"{where}.set")
    if isinstance(block, Step):
        yield from _inside(block.named, f"{where}.named")
        for number, row in enumerate(block.values):
            yield from _inside(row, f"{where}.values[{number}]")


def walk(value: Value, where: str) -> Iterator[tuple[str, Value]]:
    """Yield the value itself and every value inside it, with their places."""
    yield where, value
    yield from _inside(value, where)


def _inside(value: Value, where: str) -> Iterator[tuple[str, Value]]:
    for name, inner in _parts(value):
        yield from walk(inner, f"{where}{name}")


def _parts(value: Node) -> Iterator[tuple[str, Value]]:
    """Yield the values directly inside, each with what its place adds to the outer place."""
    if isinstance(value, Mapping):
        for entry in value:
            yield _step_into(entry)
    elif isinstance(value, Listing):
        for number, item in enumerate(value.items):
            yield f"[{number}]", item
    elif isinstance(value, Choice):
        for number, option in enumerate(value.options):
            if not isinstance(option, Literal):
                yield f"[{number}]", option
    elif isinstance(value, Make):
        yield from _parts(value.values)
    elif isinstance(value, Pin):
        for mapping in (value.lookup, value.or_make):
            yield from _parts(mapping or Mapping())
    elif isinstance(value, Fake):
        yield from _parts(value.arguments)
    elif isinstance(value, Image):
        yield from _parts(value.options)


def _step_into(entry: Entry) -> tuple[str, Value]:
    return f".{entry.key}", entry.value
