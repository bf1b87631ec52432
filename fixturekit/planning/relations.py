"""Sources of foreign keys, and the makings and link rows that relations ask for."""

from __future__ import annotations

import math
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.planning.draft import Draft, Making
from fixturekit.planning.pins import pinned
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.planning.resolving import Given, SetResolver, find_model
from fixturekit.planning.scalars import choice_map
from fixturekit.planning.ways import path_of
from fixturekit.recipes.document import (
    Choice,
    Copy,
    Listing,
    Literal,
    Make,
    Mapping,
    Pick,
    Pin,
    Ref,
    Step,
    Target,
    Value,
)  # fmt: skip
from fixturekit.values.sources import (
    At,
    Const,
    Copied,
    Default,
    Each,
    Earlier,
    Fold,
    Link,
    Map,
    Mixed,
    Outside,
    Picked,
    Source,
)  # fmt: skip


def target_model(field: AnyField) -> type[models.Model]:
    """The concrete model that a foreign key points at."""
    model: type[models.Model] = field.related_model  # type: ignore[assignment]
    return model._meta.concrete_model or model


def linked_field(field: AnyField) -> str:
    """The field of the target that the foreign key stores, empty for its primary key."""
    target: AnyField = field.target_field  # type: ignore[attr-defined]
    return "" if target.primary_key else target.name


# -- foreign keys ----------------------------------------------------------------------------------------------------


def given_relation(draft: Draft, making: Making, field: AnyField, given: Given) -> Source | None:
    """Return the source of what the recipe gives for a foreign key; None after reporting a problem."""
    if given.source is not None:
        return given.source
    if given.nested:
        return _wanted_parent(draft, making, field, _inner(given))
    return _single(draft, making, field, given.value)


def _inner(given: Given) -> dict[str, Given]:
    return {name: inner for name, inner in given.nested.items() if name}


def _single(draft: Draft, making: Making, field: AnyField, value: Value | None) -> Source | None:
    """The source of a value that names one row, existing or made."""
    if isinstance(value, Pin):
        return pinned(draft, making, field.name, value, target_model(field), linked_field(field))
    if isinstance(value, (Ref, Pick)):
        return _made(draft, making, field, value)
    if isinstance(value, Make):
        if value.count != 1:
            draft.problem(making, field, "E047", f"!make {value.count} makes several rows, a foreign key takes one")
            return None
        return _wanted_parent(draft, making, field, resolved(draft, making, field.name, value.values))
    if isinstance(value, Copy):
        return Copied(value.path)
    if isinstance(value, Choice):
        return _choice(draft, making, field, value)
    if isinstance(value, Literal):
        return _bare(draft, making, field, value)
    assert value is not None  # the resolver leaves out what it reported
    draft.problem(making, field, "E044", f"{said(value)} does not name a row of {target_model(field)._meta.label}")
    return None


def _bare(draft: Draft, making: Making, field: AnyField, value: Literal) -> Source | None:
    if value.value is None and field.null:
        return Const(None)
    written = value.text or value.value
    if value.value is None:
        draft.problem(making, field, "E046", "null is not allowed")
    else:
        draft.problem(
            making,
            field,
            "E044",
            f"{written!r} could be an existing row or a row to make",
            f"Write '!pin {written}' for the row that exists, '!make {{...}}' or '!ref STEP' for a row to make.",
        )
    return None


def _choice(draft: Draft, making: Making, field: AnyField, value: Choice) -> Source | None:
    for option in value.options:
        if isinstance(option, Make):
            draft.problems.add(
                "E066",
                f"{making.shape.label}.{field.name}: !make inside !choice would make rows that no row uses",
                f"Draw what differs ('{field.name}__name: !choice [a, b]'), or '!pick' from a step.",
                where=making.place(field.name)[0],
                mark=option.mark or making.place(field.name)[1],
            )
            return None
    sources = [_single(draft, making, field, option) for option in value.options]
    found = tuple(source for source in sources if source is not None)
    if len(found) < len(sources):
        return None
    return Mixed(found, choice_map(making.lane(field.name), len(found), value.weights))


def _made(draft: Draft, making: Making, field: AnyField, value: Ref | Pick) -> Source | None:
    """A link to the rows of a step, of this recipe or another."""
    target = value.target if isinstance(value, Ref) else value.of
    size = size_of(draft, making, field.name, target, target_model(field))
    if size is None:
        return None
    position = row_of(draft, making, field.name, target)
    root = draft.roots.get(target.step) if not target.recipe else None
    if root is making and position is None and isinstance(value, Pick):
        return Link(making.id, Earlier(making.lane(field.name)), linked_field(field))
    chosen: Map
    if position is not None:
        chosen = At(position)
    elif size == 1:
        chosen = At(0)
    elif isinstance(value, Pick):
        chosen = Picked(making.lane(field.name), size)
    else:
        chosen = Fold(size)
    if size == 0:
        draft.problem(making, field, "E048", f"step {target.step} makes no rows to refer to")
        return None
    if root is not None:
        return Link(root.id, chosen, linked_field(field))
    return Outside(target.recipe, target.step, chosen, size, linked_field(field))


def size_of(draft: Draft, making: Making, name: str, target: Target, wanted: type[models.Model]) -> int | None:
    """How many rows the step makes, once it is known that they fit; None after reporting a problem."""
    step = _step(draft, making, name, target)
    if step is None:
        return None
    try:
        model = find_model(step.make or step.rows)
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
        draft.problem(making, name, "E051", f"{target.recipe or 'the recipe'} has no step {target.step}")
    return step


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


# -- parents that are made -------------------------------------------------------------------------------------------


def unset_relation(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """Return the source of a foreign key that nobody set: empty, an obvious row, or a parent that is made."""
    making.free.add(field.name)
    if field.has_default() and field.default is not None:
        return _default_row(draft, making, field)
    target = target_model(field)
    optional = field.null and (field.blank or making.depth >= draft.depth)
    if field.null and (optional or target in _path(making)) and not draft.options.fill_nullable:
        return Const(None)
    if target._meta.label_lower == "contenttypes.contenttype":
        return _own_content_type(draft, making, field)
    if target in _path(making):
        return _circle(draft, making, field, target)
    if field.null and _leads_back(target, _path(making)):
        return Const(None)
    if not draft.allows(blueprint(target)):
        return _elsewhere(draft, making, field, target)
    return _parent(draft, making, field, {}, owned=True)


def _elsewhere(draft: Draft, making: Making, field: AnyField, target: type[models.Model]) -> Source | None:
    """No parents, where the routers keep them away: nothing is linked if that may be, else the field is a problem."""
    if field.null:
        draft.skipped.append((making.step.id, making.count))
        return Const(None)
    message = f"needs rows of {target._meta.label}, which the database routers keep away from '{draft.alias}'"
    draft.problem(making, field, "E050", message)
    return None


def _wanted_parent(draft: Draft, making: Making, field: AnyField, given: dict[str, Given]) -> Source | None:
    """Related rows that the recipe asks for."""
    target = target_model(field)
    if not draft.allows(blueprint(target)):
        return _elsewhere(draft, making, field, target)
    return _parent(draft, making, field, given, owned=False)


def _leads_back(start: type[models.Model], path: tuple[type[models.Model], ...]) -> bool:
    """Whether rows of a model cannot be without a row of one that is being made."""
    seen, waiting = {start}, [start]
    while waiting:
        for field in blueprint(waiting.pop()).fields:
            if field.remote_field is None or field.null or field.has_default():
                continue
            target = target_model(field)
            if target in path:
                return True
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return False


def _path(making: Making) -> tuple[type[models.Model], ...]:
    model = making.shape.model
    return (*making.trail, model._meta.concrete_model or model)


def _circle(draft: Draft, making: Making, field: AnyField, target: type[models.Model]) -> Source | None:
    """A required link back to a model that is being made: to the row itself where it can be, else refused."""
    if field.null:
        return Const(None)
    if target is _path(making)[-1] and making.shape.counted:
        return Link(making.id, Each(), linked_field(field))
    circle = [*_path(making)[_path(making).index(target) :], target]
    draft.problem(
        making,
        field,
        "E053",
        "every link of this circle is required: " + " -> ".join(model._meta.label for model in circle),
        f"Give {field.name} a row that exists: '!pin ...' or '!ref STEP'.",
    )
    return None


def _default_row(draft: Draft, making: Making, field: AnyField) -> Source:
    """The row that the field's default names; a function is called when the rows are written."""
    default: Any = field.default
    if callable(default):
        return Default(field.name, path_of(default), making.lane(field.name))
    where, mark = making.place(field.name)
    linked = linked_field(field)
    key = default if isinstance(default, (bool, int, float, str)) else str(default)
    model = target_model(field)._meta.label
    pin = PlannedPin(model, mark, where, lookup=((linked, key),)) if linked else PlannedPin(model, mark, where, key=key)
    return draft.pin(pin, linked)


def _own_content_type(draft: Draft, making: Making, field: AnyField) -> Source:
    """A content type that nobody chose is that of the model itself: it exists, and making one would break others."""
    where, mark = making.place(field.name)
    meta = (making.shape.model._meta.concrete_model or making.shape.model)._meta
    pin = PlannedPin(target_model(field)._meta.label, mark, where, natural=(meta.app_label, str(meta.model_name)))
    return draft.pin(pin, linked_field(field))


def _parent(draft: Draft, making: Making, field: AnyField, given: dict[str, Given], *, owned: bool) -> Link:
    """Make related rows for a foreign key: one each, or as many as are shared."""
    count = _parents(draft, making, field, owned=owned)
    each = count == making.count
    parent = Making(
        id=f"{making.id}/{field.name}",
        step=making.step,
        path=f"{making.path}{field.name}.",
        shape=blueprint(target_model(field)),
        count=count,
        given=given,
        label=making.label,
        labels=making.labels if each else (),
        depth=making.depth + 1,
        trail=_path(making),
        owned=owned and _share(making, field) is None,
        mark=making.place(field.name)[1],
        where=making.place(field.name)[0],
    )
    making.parents[field.name] = parent
    return Link(parent.id, spread(draft, making, field.name, count), linked_field(field))


def spread(draft: Draft, making: Making, name: str, count: int) -> Map:
    """How rows are spread over so many parents."""
    if count == making.count:
        return Each()
    if count == 1:
        return At(0)
    return Picked(making.lane(name), count) if draft.style == "lifelike" else Fold(count)


def _share(making: Making, field: AnyField) -> int | None:
    """What the step says of sharing parents along this path."""
    for entry in making.step.share:
        if entry.key.replace("__", ".") == f"{making.path}{field.name}" and isinstance(entry.value, Literal):
            return int(entry.value.value or 0)
    return None


def _parents(draft: Draft, making: Making, field: AnyField, *, owned: bool) -> int:
    """How many parents to make: as the step says, one each where it must be, else (lifelike) about a root."""
    said = _share(making, field)
    if said is not None:
        if field.unique and said < making.count:
            draft.problem(making, field, "E054", f"{making.count} rows need one row each, {said} are shared")
            return making.count
        return min(said, making.count)
    if draft.style != "lifelike" or field.unique or making.count <= 1 or not owned or making.labels:
        return making.count
    shared = math.isqrt(making.count - 1) + 1
    draft.shares.append((making.step.id, f"{making.path}{field.name}".replace(".", "__"), shared))
    return shared


# -- what values say ---------------------------------------------------------------------------------------------------


def resolved(draft: Draft, making: Making, name: str, values: Mapping) -> dict[str, Given]:
    """Resolve the values of rows that a relation makes."""
    found = making.shape.field(name) or making.shape.relations[name]
    model: type[models.Model] = found.related_model  # type: ignore[assignment]
    return SetResolver(draft.problems).resolve(values, model, making.place(name)[0])


def said(item: Value) -> str:
    if isinstance(item, Literal):
        return "null" if item.value is None else repr(item.value)
    if isinstance(item, (Listing, Mapping)):
        return "a list" if isinstance(item, Listing) else "a mapping"
    return f"!{type(item).__name__.lower()}"
