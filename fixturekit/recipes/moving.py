"""Values of one recipe that are used in another: what they refer to stays a row, or a file, of the first."""

from __future__ import annotations

from dataclasses import replace

from fixturekit.recipes.document import Choice, File, Listing, Make, Mapping, Pick, Pin, Ref, Sample, Target, Value


def seen_from_outside(mapping: Mapping, owner: str) -> Mapping:
    """Return the values of a recipe as another recipe has to write them: its steps and files are named with the recipe.

    Args:
        mapping: Values of the recipe.
        owner: The recipe, ``app.recipe``.
    """
    return replace(mapping, entries=tuple(replace(entry, value=_outside(entry.value, owner)) for entry in mapping))


def _outside(value: Value, owner: str) -> Value:
    if isinstance(value, Mapping):
        return seen_from_outside(value, owner)
    if isinstance(value, Listing):
        return replace(value, items=tuple(_outside(item, owner) for item in value.items))
    if isinstance(value, Choice):
        return replace(value, options=tuple(_outside(option, owner) for option in value.options))
    if isinstance(value, Make):
        return replace(value, values=seen_from_outside(value.values, owner))
    if isinstance(value, Pin):
        return value if value.or_make is None else replace(value, or_make=seen_from_outside(value.or_make, owner))
    if isinstance(value, Ref):
        return replace(value, target=_of(value.target, owner))
    if isinstance(value, (Pick, Sample)):
        return replace(value, of=_of(value.of, owner))
    if isinstance(value, File):
        return value if value.recipe else replace(value, recipe=owner)
    return value


def _of(target: Target, owner: str) -> Target:
    return target if target.recipe else replace(target, recipe=owner)
