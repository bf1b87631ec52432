"""Rows that steps make, as addresses name them: of this recipe, or of another."""

from __future__ import annotations

from django.db import models

from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.resolving import step_model
from fixturekit.recipes.document import Pick, Ref, Step, Target
from fixturekit.recipes.naming import did_you_mean
from fixturekit.values.sources import At, Earlier, Fold, Link, Map, Outside, Picked


def made_rows(
    draft: Draft,
    making: Making,
    name: str,
    value: Ref | Pick,
    wanted: type[models.Model],
    *,
    lane: str,
    read: str = "",
) -> Link | Outside | None:
    """A link to the rows of a step, of this recipe or another; None after reporting a problem.

    Args:
        draft: The recipe.
        making: The rows that refer to them.
        name: The field that does.
        value: How.
        wanted: What their model has to be, or derive from.
        lane: Where rows are picked.
        read: The field of theirs that is read, "" for their key.
    """
    target = value.target if isinstance(value, Ref) else value.of
    size = size_of(draft, making, name, target, wanted)
    if size is None:
        return None
    position = row_of(draft, making, name, target)
    root = draft.roots.get(target.step) if not target.recipe else None
    if root is making and position is None and isinstance(value, Pick):
        return Link(making.id, Earlier(lane), read)
    chosen: Map
    if position is not None:
        chosen = At(position)
    elif size == 1:
        chosen = At(0)
    elif isinstance(value, Pick):
        chosen = Picked(lane, size)
    else:
        chosen = Fold(size)
    if size == 0:
        draft.problem(making, name, "E048", f"step {target.step} makes no rows to refer to")
        return None
    if root is not None:
        return Link(root.id, chosen, read)
    return Outside(target.recipe, target.step, chosen, size, read)


def size_of(draft: Draft, making: Making, name: str, target: Target, wanted: type[models.Model]) -> int | None:
    """How many rows the step makes, once it is known that they fit; None after reporting a problem."""
    step = _step(draft, making, name, target)
    if step is None:
        return None
    try:
        model = step_model(step)
    except LookupError as error:
        draft.problem(making, name, "E040", str(error))
        return None
    if not issubclass(model._meta.concrete_model or model, wanted):
        draft.problem(
            making, name, "E049", f"step {target.step} makes {model._meta.label}, the field takes {wanted._meta.label}"
        )
        return None
    if not target.recipe and target.step not in draft.roots:
        draft.problem(making, name, "E050", f"step {target.step} is routed away from database '{draft.alias}'")
        return None
    return step.size


def _step(draft: Draft, making: Making, name: str, target: Target) -> Step | None:
    recipe = draft.documents(target.recipe) if target.recipe else draft.recipe
    if recipe is None:
        draft.problem(making, name, "E051", f"there is no recipe {target.recipe}")
        return None
    step = recipe.step(target.step)
    if step is None:
        hint = did_you_mean(target.step, [step.id for step in recipe.steps])
        draft.problem(making, name, "E051", f"{target.recipe or 'the recipe'} has no step {target.step}", hint)
    return step


def made_model(draft: Draft, target: Target) -> type[models.Model]:
    """The model of the rows that an address names, once it is known that they are there."""
    recipe = draft.documents(target.recipe) if target.recipe else draft.recipe
    step = recipe.step(target.step) if recipe else None
    assert step is not None  # size_of has looked it up before
    return step_model(step)


def row_of(draft: Draft, making: Making, name: str, target: Target) -> int | None:
    """The position that an address names, None for the whole step."""
    if target.row is None:
        return None
    step = _step(draft, making, name, target)
    assert step is not None  # size_of has looked it up before
    labels = [entry.key for entry in step.named]
    if str(target.row) in labels:
        return labels.index(str(target.row))
    if isinstance(target.row, int) and target.row < step.size:
        return target.row
    draft.problem(making, name, "E052", f"{target} is not a row: {step.id} makes {step.size} rows")
    return 0
