"""Recipes cut down, to try something on a few rows before it is done to all."""

from __future__ import annotations

from dataclasses import replace

from fixturekit.recipes.document import Entry, Literal, Mapping, Pick, Recipe, Ref, Sample, Step
from fixturekit.recipes.walking import values_of


def with_few_rows(recipe: Recipe, most: int) -> Recipe:
    """Return the recipe with so many rows in each step at most, but with those that it names by their numbers."""
    return replace(recipe, steps=tuple(_cut(step, most, _last_row(recipe, step)) for step in recipe.steps))


def _cut(step: Step, most: int, last: int) -> Step:
    """A step with few rows, but with those that others name."""
    count = max(most, last + 1)
    if step.count is None or step.count <= count:
        return step
    share = (
        Entry(entry.key, Literal(count, str(count)))
        if isinstance(entry.value, Literal) and isinstance(entry.value.value, int) and entry.value.value > count
        else entry
        for entry in step.share
    )
    return replace(step, count=count, share=Mapping(tuple(share)))


def _last_row(recipe: Recipe, step: Step) -> int:
    """The last row of a step that the recipe names by its number, or -1."""
    found = [-1]
    for _, value in values_of(recipe):
        target = value.target if isinstance(value, Ref) else value.of if isinstance(value, (Pick, Sample)) else None
        if target is not None and not target.recipe and target.step == step.id and isinstance(target.row, int):
            found.append(target.row)
    return max(found)
