"""Generic foreign keys: a content type and a key that lead to one row together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import models

from fixturekit.blueprints import AnyField, Blueprint, blueprint, is_generic
from fixturekit.planning.addresses import made_model, made_rows
from fixturekit.planning.draft import Draft
from fixturekit.planning.limits import names_models, permitted
from fixturekit.planning.making import Making
from fixturekit.planning.parents import made_parent
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.planning.relations import said, unset_relation
from fixturekit.planning.resolving import Given
from fixturekit.planning.scalars import choice_map, unset_scalar
from fixturekit.planning.targets import needed_models, path_of_models
from fixturekit.recipes.document import Auto, Choice, Literal, Pick, Pin, Ref, Value
from fixturekit.values.canonical import concrete, kind
from fixturekit.values.sources import Const, Link, Mixed, Outside, Source

if TYPE_CHECKING:  # importing it needs the app
    from django.contrib.contenttypes.fields import GenericForeignKey

_UUID_TEXT = 36  # characters of a UUID as Django writes it into a text


class Row(NamedTuple):
    """Where a generic foreign key leads: a source for each of its two columns."""

    type: Source
    key: Source


def given_generic(draft: Draft, making: Making, field: AnyField, given: Given) -> Source | None:
    """Return the source of one of the two columns of a generic foreign key that the recipe gives.

    None after reporting a problem.
    """
    generic = making.shape.generics[given.generic]
    row = _row(draft, making, generic, given.value, making.lane(generic.name))
    if row is None:
        return None
    return row.type if field.name == generic.ct_field else row.key


def _row(draft: Draft, making: Making, generic: GenericForeignKey, value: Value | None, lane: str) -> Row | None:
    if isinstance(value, (Ref, Pick)):
        return _made(draft, making, generic, value, lane)
    if isinstance(value, Choice):
        return _chosen(draft, making, generic, value, lane)
    if isinstance(value, Literal) and value.value is None:
        return _null(draft, making, generic)
    assert value is not None  # the resolver leaves out what it reported
    hint = f"Make the rows in a step of their own, and write '{generic.name}: !ref STEP'."
    if isinstance(value, Pin):
        hint = f"Set its parts: '{generic.ct_field}: !pin {{natural: [APP, MODEL]}}' and '{generic.fk_field}: KEY'."
    message = f"may lead to rows of any model, and {said(value)} does not say of which"
    draft.problem(making, generic.name, "E089", message, hint)
    return None


def _made(draft: Draft, making: Making, generic: GenericForeignKey, value: Ref | Pick, lane: str) -> Row | None:
    target = value.target if isinstance(value, Ref) else value.of
    own = not target.recipe and draft.roots.get(target.step) is making
    if own and isinstance(value, Pick):
        message = "a generic foreign key picks rows of another step, not of its own"
        draft.problem(making, generic.name, "E089", message, "Write '!ref' with the number of the row.")
        return None
    key = made_rows(draft, making, generic.name, value, models.Model, lane=lane)
    if key is None:
        return None
    model = made_model(draft, target)
    if not _fits(draft, making, generic, model):
        return None
    return Row(_type(draft, making, generic, model), key_of(key, model))


def _chosen(draft: Draft, making: Making, generic: GenericForeignKey, choice: Choice, lane: str) -> Row | None:
    """Each option has a type of its own; both columns draw in the same lane, so they draw the same option."""
    rows = [_row(draft, making, generic, option, f"{lane}[{number}]") for number, option in enumerate(choice.options)]
    found = [row for row in rows if row is not None]
    if len(found) < len(rows):
        return None
    drawn = choice_map(lane, len(found), choice.weights)
    return Row(Mixed(tuple(row.type for row in found), drawn), Mixed(tuple(row.key for row in found), drawn))


def _null(draft: Draft, making: Making, generic: GenericForeignKey) -> Row | None:
    parts = _parts(making.shape, generic)
    empty = [_empty(part) for part in parts]
    if None in empty:
        draft.problem(making, generic.name, "E046", "null is not allowed")
        return None
    return Row(*[source for source in empty if source is not None])


def _empty(field: AnyField) -> Const | None:
    """What stands in a column that leads nowhere, None if it has to lead somewhere."""
    if field.null:
        return Const(None)
    return Const("") if field.blank and kind(field) == "text" else None


def _parts(shape: Blueprint, generic: GenericForeignKey) -> tuple[AnyField, AnyField]:
    """The fields of the content type and of the key."""
    parts = [field for name in (generic.ct_field, generic.fk_field) for field in shape.fields if field.name == name]
    return parts[0], parts[1]


# -- what leads to a row of a model ----------------------------------------------------------------------------------


def type_of(draft: Draft, making: Making, name: str, model: type[models.Model], *, for_concrete: bool) -> Source:
    """Return the content type of a model, which exists wherever the model does.

    Args:
        draft: The recipe.
        making: The rows that hold it.
        name: The field or relation that the document speaks of.
        model: The model, or a proxy of it.
        for_concrete: A proxy counts as its concrete model.
    """
    where, mark = making.place(name)
    meta = ((model._meta.concrete_model or model) if for_concrete else model)._meta
    natural = (meta.app_label, str(meta.model_name))
    return draft.pin(PlannedPin("contenttypes.ContentType", mark, where, natural=natural))


def _type(draft: Draft, making: Making, generic: GenericForeignKey, model: type[models.Model]) -> Source:
    return type_of(draft, making, generic.name, model, for_concrete=generic.for_concrete_model)


def key_of(source: Link | Outside, model: type[models.Model]) -> Source:
    """A link whose column is no foreign key."""
    return replace(source, key_of=(model._meta.concrete_model or model)._meta.label)


def _fits(draft: Draft, making: Making, generic: GenericForeignKey, model: type[models.Model]) -> bool:
    """Whether the two columns can lead to rows of a model; reports why not."""
    type_field, key_field = _parts(making.shape, generic)
    reason = misfit(key_field, model)
    if not reason and not permitted(type_field, model):
        reason = f"limit_choices_to of {type_field.name} does not permit {model._meta.label}"
    if reason:
        draft.problem(making, generic.name, "E090", reason, "Refer to rows of another model.")
    return not reason


def misfit(field: AnyField, model: type[models.Model]) -> str:
    """Return why a column cannot hold the keys of a model, "" if it can."""
    key = model._meta.pk
    if len(model._meta.pk_fields) > 1:
        return f"{model._meta.label} has a key of several columns"
    found, wanted = kind(concrete(key)), kind(field)
    if wanted == "text":
        needed = _UUID_TEXT if found == "uuid" else 0
        if field.max_length is not None and field.max_length < needed:
            return f"{field.name} has room for {field.max_length} characters, a key of {model._meta.label} has {needed}"
        return ""
    if found == wanted and (found != "opaque" or type(concrete(key)) is type(field)):
        return ""
    classes = type(field).__name__, type(concrete(key)).__name__
    return f"{field.name} ({classes[0]}) cannot hold the key of {model._meta.label} ({classes[1]})"


# -- when nobody says where it leads ---------------------------------------------------------------------------------


def unset_generic(draft: Draft, making: Making, generic: GenericForeignKey, field: AnyField) -> Source | None:
    """Return the source of one of the two columns of a generic foreign key that nobody set.

    It leads nowhere where that may be, else to rows that are made: of a model that has a ``GenericRelation`` for it, or
    that ``limit_choices_to`` names, or to users. None after reporting a problem.
    """
    parts = _parts(making.shape, generic)
    if draft.ignores(making, field) or any(part.has_default() for part in parts):
        return (unset_scalar if field.remote_field is None else unset_relation)(draft, making, field)
    empty = {part.name: _empty(part) for part in parts}
    if any(_is_given(making, part) for part in parts):
        if empty[field.name] is None:
            _report_half(draft, making, generic, field)
        return empty[field.name]
    optional = None not in empty.values()
    wanted = not draft.calling.leaves_empty and (
        draft.options.fill_nullable or not (all(part.blank for part in parts) or making.depth >= draft.depth)
    )
    target = None if optional and not wanted else _target(draft, making, generic)
    if target is None:
        if not optional:
            message = "has to lead to a row, and nothing says of which model"
            draft.problem(making, generic.name, "E090", message, f"Write '{generic.name}: !ref STEP', or '!pick STEP'.")
        return empty[field.name] if optional else None
    making.free.add(field.name)
    if field.name == generic.ct_field:
        return _type(draft, making, generic, target)
    return key_of(made_parent(draft, making, generic.name, target, {}, owned=True, unique=field.unique), target)


def _is_given(making: Making, field: AnyField) -> bool:
    given = making.given.get(field.name)
    return given is not None and not isinstance(given.value, Auto)


def _report_half(draft: Draft, making: Making, generic: GenericForeignKey, field: AnyField) -> None:
    other = generic.fk_field if field.name == generic.ct_field else generic.ct_field
    message = f"{other} is given and {field.name} is not, so nobody knows which row is meant"
    draft.problem(making, other, "E090", message, f"Give both, or write '{generic.name}: !ref STEP'.")


def _target(draft: Draft, making: Making, generic: GenericForeignKey) -> type[models.Model] | None:
    """The model whose rows are made for the key to lead to: the first, by label, that has a ``GenericRelation`` for it or
    that the limit names; else users, whom nearly every project has.
    """
    type_field, key_field = _parts(making.shape, generic)
    path = path_of_models(making)
    fitting = [
        model
        for model in sorted(apps.get_models(), key=lambda model: str(model._meta.label))
        if not (model._meta.proxy or misfit(key_field, model) or _leads_back(path, model))
        and permitted(type_field, model)
        and draft.allows(blueprint(model))
    ]
    related = [model for model in fitting if _points_here(model, path[-1], generic)]
    named = fitting if names_models(type_field) else []
    users = [model for model in fitting if model._meta.label_lower == settings.AUTH_USER_MODEL.lower()]
    return next(iter(related or named or users), None)


def _leads_back(path: tuple[type[models.Model], ...], model: type[models.Model]) -> bool:
    return any(needed in path for needed in (model, *needed_models(model)))


def _points_here(model: type[models.Model], owner: type[models.Model], generic: GenericForeignKey) -> bool:
    """Whether a model has a ``GenericRelation`` that is the way back of a generic foreign key of the owner."""
    private: list[Any] = list(model._meta.private_fields)
    return any(
        issubclass(owner, relation.related_model._meta.concrete_model)
        and (relation.content_type_field_name, relation.object_id_field_name) == (generic.ct_field, generic.fk_field)
        for relation in private
        if is_generic(relation)
    )
