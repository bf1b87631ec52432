"""Sources of foreign keys, and the makings and link rows that relations ask for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.planning.draft import Draft
from fixturekit.planning.limits import limits_of, permitted
from fixturekit.planning.making import Making
from fixturekit.planning.pins import pinned
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.planning.resolving import Given, SetResolver, merged, step_model
from fixturekit.planning.scalars import choice_map, left_to_saving
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
from fixturekit.recipes.naming import did_you_mean
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

# links that may be empty: two of them in one model already make two to the power of laps
_MOST_FOLLOWED = 5000
_DEEPEST = 200


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
        lane, read = making.lane(field.name), linked_field(field)
        return made_rows(draft, making, field.name, value, target_model(field), lane=lane, read=read)
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


# -- parents that are made -------------------------------------------------------------------------------------------


def unset_relation(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """Return the source of a foreign key that nobody set: empty, an obvious row, or a parent that is made."""
    if draft.ignores(making, field):
        return _ignored(draft, making, field)
    making.free.add(field.name)
    if field.has_default() and field.default is not None and not making.nulls.get(field.name):
        return default_row(draft, making, field)
    target = target_model(field)
    if stays_empty(draft, making, field):
        return Const(None)
    if target._meta.label_lower == "contenttypes.contenttype":
        return _content_type(draft, making, field)
    if not field.null and _needs_itself(target) and target in path_of_models(making):
        return _circle(draft, making, field, target)
    if not draft.allows(blueprint(target)):
        return _elsewhere(draft, making, field, target)
    if field.null and not _followed(draft, making):
        return None
    return _parent_for(draft, making, field, {}, owned=True)


def _ignored(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """A link that ``options.ignore`` leaves alone."""
    if field.has_default() and field.default is not None:
        return default_row(draft, making, field)
    return Const(None) if field.null else left_to_saving(draft, making, field)


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
    return _parent_for(draft, making, field, given, owned=False)


def stays_empty(draft: Draft, making: Making, field: AnyField) -> bool:
    """Whether a link that nobody set is empty: it may be, and it was not asked for, or its circle has been followed so
    many times; or a constraint says so.
    """
    if field.name in making.nulls:
        return making.nulls[field.name]
    if not field.null or (field.has_default() and field.default is not None):
        return False
    target = target_model(field)
    path = path_of_models(making)
    back = target in path
    laps = draft.laps
    if draft.calling.leaves_empty:
        return True
    if not draft.options.fill_nullable:
        if field.blank or (making.depth >= draft.depth and not back):
            return True
        laps = draft.options.laps or 0
    return any(path.count(model) > laps for model in (target, *needed_models(target)))


def _followed(draft: Draft, making: Making) -> bool:
    """Count one more link that is followed though it may be empty; reports when there are far too many."""
    draft.followed += 1
    if draft.followed <= _MOST_FOLLOWED and making.depth < _DEEPEST:
        return True
    where, mark = "options", draft.recipe.place("options")
    message = f"these options follow more than {_MOST_FOLLOWED} links that may be empty, or {_DEEPEST} in a row"
    hint = "Lower 'laps' (0 follows no circle) or 'depth', or leave 'fill_nullable' out."
    draft.problems.add("E091", message, hint, where=where, mark=mark)
    return False


def needed_models(start: type[models.Model]) -> set[type[models.Model]]:
    """The models without a row of which there is no row of this one."""
    found: set[type[models.Model]] = set()
    waiting = [start]
    while waiting:
        for field in blueprint(waiting.pop()).fields:
            if field.remote_field is None or field.null or field.has_default():
                continue
            target = target_model(field)
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _needs_itself(model: type[models.Model]) -> bool:
    return model in needed_models(model)


def path_of_models(making: Making) -> tuple[type[models.Model], ...]:
    model = making.shape.model
    return (*making.trail, model._meta.concrete_model or model)


def _circle(draft: Draft, making: Making, field: AnyField, target: type[models.Model]) -> Source | None:
    """A required link back to a model that is being made: to the row itself where it can be, else refused."""
    if target is path_of_models(making)[-1] and making.shape.counted:
        return Link(making.id, Each(), linked_field(field))
    circle = [*path_of_models(making)[path_of_models(making).index(target) :], target]
    draft.problem(
        making,
        field,
        "E053",
        "every link of this circle is required: " + " -> ".join(model._meta.label for model in circle),
        f"Give {field.name} a row that exists: '!pin ...' or '!ref STEP'.",
    )
    return None


def default_row(draft: Draft, making: Making, field: AnyField) -> Source:
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


def _content_type(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """A content type that nobody chose is that of the model itself: it exists, and making one would break others.

    Where each row needs another one, they are those of all models, the model's own first.
    """
    own = making.shape.model._meta.concrete_model or making.shape.model
    fitting = [model for model in (own, *_typed_models()) if permitted(field, model)]
    found = list(dict.fromkeys(fitting)) or [own]
    if (field.name,) not in making.shape.uniques or making.count == 1:
        return _type_of(draft, making, field, found[0])
    if len(found) < making.count:
        message = f"must be different in {making.count} rows, and there are {len(found)} models"
        draft.problem(making, field, "E057", message, "Lower the count.")
        return None
    types = tuple(_type_of(draft, making, field, model) for model in found[: making.count])
    return Mixed(types, tuple(range(making.count)))


def _typed_models() -> list[type[models.Model]]:
    """All models that ``migrate`` makes content types for, by name.

    It makes none for an app without a module of models, such as those of the tables that PostGIS brings along.
    """
    configs = [config for config in apps.get_app_configs() if config.models_module]
    found = [model for config in configs for model in config.get_models() if not model._meta.proxy]
    return sorted(found, key=lambda model: model._meta.label)


def _type_of(draft: Draft, making: Making, field: AnyField, model: type[models.Model]) -> Source:
    where, mark = making.place(field.name)
    natural = (model._meta.app_label, str(model._meta.model_name))
    pin = PlannedPin(target_model(field)._meta.label, mark, where, natural=natural)
    return draft.pin(pin, linked_field(field))


def _parent_for(draft: Draft, making: Making, field: AnyField, given: dict[str, Given], *, owned: bool) -> Link:
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


# -- what values say ---------------------------------------------------------------------------------------------------


def resolved(draft: Draft, making: Making, name: str, values: Mapping) -> dict[str, Given]:
    """Resolve the values of rows that a relation makes."""
    found = making.shape.field(name) or making.shape.relations[name]
    model: type[models.Model] = found.related_model  # type: ignore[assignment]
    given = making.given.get(name)
    return SetResolver(draft.problems, given.shelf if given else "").resolve(values, model, making.place(name)[0])


def said(item: Value) -> str:
    if isinstance(item, Literal):
        return "null" if item.value is None else repr(item.value)
    if isinstance(item, (Listing, Mapping)):
        return "a list" if isinstance(item, Listing) else "a mapping"
    return f"!{type(item).__name__.lower()}"
