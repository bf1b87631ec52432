"""A recipe with more or fewer rows, for load tests and quick looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from fixturekit.exceptions import PlanError
from fixturekit.marks import Problem
from fixturekit.recipes.document import (
    Choice,
    Listing,
    Literal,
    Make,
    Mapping,
    Pin,
    Recipe,
    Ref,
    Sample,
    Step,
    Target,
    Value,
)
from fixturekit.recipes.keys import MAX_COUNT
from fixturekit.recipes.scalars import literal

Others = Callable[[str], "tuple[Recipe, float] | None"]
"""Another recipe by its name, as it is written, and the scale that it is applied with; None where there is none."""

Sizes = Callable[[Target], "int | None"]
"""How many rows the step of an address makes, if that is another number than is written; else None."""


def resized(recipe: Recipe, scale: float) -> Recipe:
    """Return a recipe of which each step makes so many times its rows.

    Counts and shares are multiplied, to one at least where they are not 0. Rows that are written out one by one, named
    or literal, stay, and so does the one row of a step without a count.

    Args:
        recipe: The document as it is written.
        scale: Above 0; 1 changes nothing.

    Raises:
        PlanError: A step would make more rows than a step may.
    """
    if scale == 1:
        return recipe
    large = [number for number, step in enumerate(recipe.steps) if _size(step, scale) > max(step.size, MAX_COUNT)]
    if large:
        raise PlanError([_too_many(recipe.steps[number], number) for number in large])
    return replace(recipe, steps=tuple(_resized(step, scale) for step in recipe.steps))


def alike(recipe: Recipe, one: float, other: float) -> bool:
    """Return whether a recipe makes the same rows with two scales: its steps have no counts that they change."""
    return all(_resized(step, one) == _resized(step, other) for step in recipe.steps)


def scaled(recipe: Recipe, scale: float, others: Others) -> Recipe:
    """Return a resized recipe of which all addresses lead to rows that are made.

    The number of a row is taken modulo the rows that there are; of several different rows, there are as many at most.

    Raises:
        PlanError: As for ``resized``.
    """

    def sizes(target: Target) -> int | None:
        found = others(target.recipe) if target.recipe else (recipe, scale)
        step = found[0].step(target.step) if found else None
        if found is None or step is None:
            return None
        size = _size(step, found[1])
        return None if size == step.size else size

    larger = resized(recipe, scale)
    return replace(
        larger,
        steps=tuple(_readdressed(step, sizes) for step in larger.steps),
        shelves=tuple(replace(shelf, set=_mapping(shelf.set, sizes)) for shelf in larger.shelves),
    )


def times(count: int, scale: float) -> int:
    """Return a number of rows, scaled: rounded, but not to 0.

    >>> times(705, 0.1), times(3, 0.1), times(0, 5), times(10, 2.5)
    (71, 1, 0, 25)
    """
    # of the shortest text of the number: 0.1 is meant, not the binary fraction beside it
    exact = Decimal(repr(scale)) * count
    return max(1, int(exact.to_integral_value(ROUND_HALF_UP))) if count else 0


def _size(step: Step, scale: float) -> int:
    return step.size if step.count is None else times(step.count, scale)


def _resized(step: Step, scale: float) -> Step:
    share = Mapping(tuple(replace(entry, value=_times(entry.value, scale)) for entry in step.share))
    return replace(step, count=None if step.count is None else _size(step, scale), share=share)


def _times(value: Value, scale: float) -> Value:
    if isinstance(value, Literal) and isinstance(value.value, int):
        return replace(literal(min(times(value.value, scale), MAX_COUNT)), mark=value.mark)
    return value


def _readdressed(step: Step, sizes: Sizes) -> Step:
    return replace(
        step,
        set=_mapping(step.set, sizes),
        named=_mapping(step.named, sizes),
        values=tuple(replace(row, items=_all(row.items, sizes)) for row in step.values),
    )


def _value(value: Value, sizes: Sizes) -> Value:
    """A value whose addresses lead to rows that are made."""
    if isinstance(value, Ref):
        return replace(value, target=_folded(value.target, sizes))
    if isinstance(value, Sample):
        size = sizes(value.of)
        return replace(value, count=min(value.count, size)) if size else value
    if isinstance(value, Mapping):
        return _mapping(value, sizes)
    if isinstance(value, Listing):
        return replace(value, items=_without_twins(value.items, _all(value.items, sizes)))
    if isinstance(value, Choice):
        return replace(value, options=_all(value.options, sizes))
    if isinstance(value, Make):
        return replace(value, values=_mapping(value.values, sizes))
    if isinstance(value, Pin):
        return replace(
            value,
            lookup=value.lookup and _mapping(value.lookup, sizes),
            or_make=value.or_make and _mapping(value.or_make, sizes),
        )
    return value


def _mapping(mapping: Mapping, sizes: Sizes) -> Mapping:
    return replace(mapping, entries=tuple(replace(entry, value=_value(entry.value, sizes)) for entry in mapping))


def _all(values: tuple[Value, ...], sizes: Sizes) -> tuple[Value, ...]:
    return tuple(_value(value, sizes) for value in values)


def _without_twins(before: tuple[Value, ...], items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Items without refs that lead to the row of an earlier one now, and did not before."""
    return tuple(
        item
        for number, item in enumerate(items)
        if not any(
            isinstance(item, Ref) and other == item and before[place] != before[number]
            for place, other in enumerate(items[:number])
        )
    )


def _folded(target: Target, sizes: Sizes) -> Target:
    size = sizes(target)
    return replace(target, row=target.row % size) if size and isinstance(target.row, int) else target


def _too_many(step: Step, number: int) -> Problem:
    message = f"{step.id} would make more than {MAX_COUNT:,} rows"
    return Problem("fixturekit.E103", message, "Use a smaller --scale.", f"steps[{number}].count", step.place("count"))
