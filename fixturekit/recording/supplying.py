"""What a setting supplied while a recipe was recorded is written into it, so that a replay depends on no setting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from fixturekit.blueprints import blueprint
from fixturekit.planning.draft import GeneratedBy
from fixturekit.planning.resolving import find_model
from fixturekit.recipes.document import Call, Entry, Recipe, Shelf
from fixturekit.recipes.document import Mapping as Values

Added: TypeAlias = "dict[str, Call]"


def supplied(recipe: Recipe, found: Iterable[GeneratedBy], ids: Collection[str]) -> Recipe:
    """Return a recipe with the functions that a setting supplied to fields of some steps.

    Each stands in ``set`` of its step where a path leads to the field. Rows of lists have no path: if the recipe has no
    other steps, which it would change, the default shelf of their model has the function.
    """
    alone = all(step.id in ids for step in recipe.steps)
    steps: dict[str, Added] = {}
    shelves: dict[str, Added] = {}
    for one in found:
        step = recipe.step(one.step)
        if step is None or step.id not in ids:
            continue
        if _leads(step.make or step.rows, one.path):
            path = f"{one.path}{one.field}".replace(".", "__")
            steps.setdefault(step.id, {})[path] = Call(one.function)
        elif alone:
            shelves.setdefault(one.model, {})[one.field] = Call(one.function)
    for step in recipe.steps:
        if step.id in steps:
            recipe = recipe.with_step(replace(step, set=_with(step.set, steps[step.id])))
    return replace(recipe, shelves=_shelved(recipe.shelves, shelves))


def _leads(label: str, path: str) -> bool:
    """Whether a path goes from a model along relations to one row."""
    model = find_model(label) if label else None
    for name in path.split(".")[:-1]:
        field = blueprint(model).field(name) if model is not None else None
        model = field.related_model if field is not None else None
    return model is not None


def _shelved(shelves: tuple[Shelf, ...], added: Mapping[str, Added]) -> tuple[Shelf, ...]:
    known = {shelf.model for shelf in shelves if not shelf.name}
    changed = (
        replace(shelf, set=_with(shelf.set, added[shelf.model])) if not shelf.name and shelf.model in added else shelf
        for shelf in shelves
    )
    new = (Shelf(model, "", _with(Values(), calls)) for model, calls in added.items() if model not in known)
    return (*changed, *new)


def _with(values: Values, added: Added) -> Values:
    return Values((*values, *(Entry(path, call) for path, call in added.items())))
