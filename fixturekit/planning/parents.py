"""Rows that are made for a relation: how many, and how the rows that need them are spread over them."""

from __future__ import annotations

import math
from dataclasses import replace

from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.planning.draft import Draft
from fixturekit.planning.limits import limits_of
from fixturekit.planning.making import Making
from fixturekit.planning.resolving import Given, merged
from fixturekit.planning.targets import linked_field, path_of_models, target_model
from fixturekit.recipes.document import Literal
from fixturekit.values.sources import At, Each, Fold, Link, Map, Picked


def parent_for(draft: Draft, making: Making, field: AnyField, given: dict[str, Given], *, owned: bool) -> Link:
    """Make related rows for a foreign key, such as it may lead to."""
    limits = limits_of(draft, making, field, target_model(field))
    given = {**given, **{name: merged(given.get(name), limit) for name, limit in limits.given.items()}}
    link = made_parent(draft, making, field.name, target_model(field), given, owned=owned, unique=field.unique)
    making.parents[field.name].limits = tuple(limits.checks)
    return replace(link, field=linked_field(field))


def made_parent(
    draft: Draft,
    making: Making,
    name: str,
    model: type[models.Model],
    given: dict[str, Given],
    *,
    owned: bool,
    unique: bool,
) -> Link:
    """Make related rows, one each or as many as are shared, and return the link to their keys.

    Args:
        draft: The recipe.
        making: The rows that need them.
        name: The relation.
        model: The model of the related rows.
        given: Their values.
        owned: Nobody asked for them, so the planner decides how many there are.
        unique: Each row needs one of its own.
    """
    count = _parents(draft, making, name, owned=owned, unique=unique)
    each = count == making.count
    parent = Making(
        id=f"{making.id}/{name}",
        step=making.step,
        path=f"{making.path}{name}.",
        shape=blueprint(model),
        count=count,
        given=given,
        label=making.label,
        labels=making.labels if each else (),
        depth=making.depth + 1,
        trail=path_of_models(making),
        via=making.beyond(name),
        ignoring=making.ignoring and model is path_of_models(making)[-1],
        owned=owned and _share(making, name) is None,
        mark=making.place(name)[1],
        where=making.place(name)[0],
    )
    making.parents[name] = parent
    return Link(parent.id, spread(draft, making, name, count))


def spread(draft: Draft, making: Making, name: str, count: int) -> Map:
    """How rows are spread over so many parents."""
    if count == making.count:
        return Each()
    if count == 1:
        return At(0)
    return Picked(making.lane(name), count) if draft.style == "lifelike" else Fold(count)


def _share(making: Making, name: str) -> int | None:
    """What the step says of sharing parents along this path."""
    for entry in making.step.share:
        if entry.key.replace("__", ".") == f"{making.path}{name}" and isinstance(entry.value, Literal):
            return int(entry.value.value or 0)
    return None


def _parents(draft: Draft, making: Making, name: str, *, owned: bool, unique: bool) -> int:
    """How many parents to make: as the step says, one each where it must be, else (lifelike) about a root."""
    said = _share(making, name)
    if said is not None:
        if unique and said < making.count:
            draft.problem(making, name, "E054", f"{making.count} rows need one row each, {said} are shared")
            return making.count
        return min(said, making.count)
    if draft.style != "lifelike" or unique or making.count <= 1 or not owned or making.labels:
        return making.count
    shared = math.isqrt(making.count - 1) + 1
    draft.shares.append((making.step.id, f"{making.path}{name}".replace(".", "__"), shared))
    return shared
