"""Sources of foreign keys: what the recipe gives, and what those that nobody set lead to."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.planning.addresses import made_rows
from fixturekit.planning.draft import Draft
from fixturekit.planning.limits import permitted
from fixturekit.planning.making import Making
from fixturekit.planning.parents import parent_for
from fixturekit.planning.pins import pinned
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.planning.resolving import Given, SetResolver
from fixturekit.planning.scalars import choice_map, left_to_saving
from fixturekit.planning.targets import linked_field, needed_models, needs_itself, path_of_models, target_model
from fixturekit.planning.ways import path_of
from fixturekit.recipes.document import Choice, Copy, Listing, Literal, Make, Mapping, Pick, Pin, Ref, Value
from fixturekit.values.sources import Const, Copied, Default, Each, Link, Mixed, Source

# links that may be empty: two of them in one model already make two to the power of laps
_MOST_FOLLOWED = 5000
_DEEPEST = 200


# -- foreign keys that are given -------------------------------------------------------------------------------------


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


# -- foreign keys that nobody set ------------------------------------------------------------------------------------


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
    if not field.null and needs_itself(target) and target in path_of_models(making):
        return _circle(draft, making, field, target)
    if not draft.allows(blueprint(target)):
        return _elsewhere(draft, making, field, target)
    if field.null and not _followed(draft, making):
        return None
    return parent_for(draft, making, field, {}, owned=True)


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
    return parent_for(draft, making, field, given, owned=False)


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


# -- what values say -------------------------------------------------------------------------------------------------


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
