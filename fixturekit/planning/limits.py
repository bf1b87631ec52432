"""``limit_choices_to``: what a relation asks of the rows that it leads to, said of the rows that are made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

from fixturekit.blueprints import AnyField, Check, blueprint
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.planning.resolving import Given
from fixturekit.values.constraints import Untold, condition_of
from fixturekit.values.sources import Const, Picked, Selected, Source
from fixturekit.values.spelled import spelled


@dataclass(slots=True)
class Limits:
    """What rows at the end of a relation are to be: values of their fields, and conditions on their columns."""

    given: dict[str, Given] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)


def limits_of(draft: Draft, making: Making, relation: AnyField, model: type[models.Model]) -> Limits:
    """Return what ``limit_choices_to`` asks of rows that are made for a relation.

    Conditions on columns of their own table are obeyed like constraints; equalities on rows beyond, and on columns of parent
    tables, become values. What is neither is a problem, which says what to give.
    """
    found = Limits()
    limit = limit_of(relation)
    if not limit:
        return found
    for child in _ands(limit):
        if not _lowered(draft, making, relation, model, child, found):
            message = (
                f"limit_choices_to of {relation.name} asks for {child!r}, which no generated row is known to satisfy"
            )
            hint = f"Give {relation.name} a row that exists or is made: '!pin ...' or '!ref STEP'."
            draft.problem(making, relation, "E114", message, hint)
    return found


def _ands(limit: Q) -> Iterator[Any]:
    """The parts of a limit that must all hold."""
    if limit.connector == Q.AND and not limit.negated:
        for child in limit.children:
            yield from _ands(child) if isinstance(child, Q) else iter([child])
    else:
        yield limit


def _lowered(
    draft: Draft, making: Making, relation: AnyField, model: type[models.Model], child: Any, found: Limits
) -> bool:
    """Put one part of a limit among the values or the conditions; whether that could be done."""
    if isinstance(child, tuple) and _as_value(draft, making, relation, model, child, found):
        return True
    try:
        condition = condition_of(model, child if isinstance(child, Q) else Q(child))
    except Untold:
        return False
    found.checks.append(Check(f"limit_choices_to of {relation.name}", model, condition, spelled(condition)))
    return True


def _as_value(
    draft: Draft, making: Making, relation: AnyField, model: type[models.Model], child: tuple[str, Any], found: Limits
) -> bool:
    """Say an equality on a row beyond, on a link, or on a column of a parent's table as a value."""
    path, lookup = _path(model, child[0])
    own = {one.name for one in model._meta.local_concrete_fields}
    if (
        lookup not in ("exact", "in")
        or not path
        or (len(path) == 1 and path[0].name in own and not path[0].remote_field)
    ):
        return False
    values = list(child[1]) if lookup == "in" and not isinstance(child[1], models.QuerySet) else [child[1]]
    if not values or isinstance(values[0], models.QuerySet):
        return False
    lane = making.lane(".".join([relation.name, *(one.name for one in path)]))
    where, mark = making.place(relation.name)
    given = Given(where, mark, source=_source(draft, path[-1], lane, values, (where, mark)))
    for one in reversed(path[1:]):
        given = Given(where, mark, nested={one.name: given})
    found.given[path[0].name] = _both(found.given.get(path[0].name), given)
    return True


def _both(first: Given | None, second: Given) -> Given:
    if first is not None and first.nested and second.nested:
        nested = {**first.nested}
        for name, given in second.nested.items():
            nested[name] = _both(nested.get(name), given)
        return Given(first.where, first.mark, nested=nested)
    return second


def _path(model: type[models.Model], name: str) -> tuple[list[AnyField], str]:
    """The fields that a lookup goes along, and what it asks at the end; none where it leads off the columns."""
    fields: list[AnyField] = []
    shape = blueprint(model)
    parts = name.split("__")
    for number, part in enumerate(parts):
        found = shape.key if part == "pk" else shape.field(part)
        if found is None:
            rest = parts[number:]
            return (fields, rest[0]) if len(rest) == 1 and fields and hasattr(fields[-1], "get_lookup") else ([], "")
        fields.append(found)
        target = getattr(found, "related_model", None)
        if number + 1 < len(parts) and isinstance(target, type):
            shape = blueprint(target)
        elif number + 2 < len(parts):
            return [], ""
        else:
            return fields, parts[-1] if number + 1 < len(parts) else "exact"
    return fields, "exact"


def _source(draft: Draft, end: AnyField, lane: str, values: list[Any], place: Any) -> Source:
    if end.remote_field is not None:
        value = getattr(values[0], "pk", values[0])
        target: Any = end.related_model
        key = value if isinstance(value, (bool, int, float, str)) or value is None else str(value)
        return Const(None) if value is None else draft.pin(PlannedPin(target._meta.label, place[1], place[0], key=key))
    held = [end.to_python(value) for value in values]
    if len(held) == 1 or draft.style == "plain":
        return Const(held[0])
    return Selected(tuple(held), Picked(lane, len(held)))


# -- content types -----------------------------------------------------------------------------------------------------

_KNOWN: dict[str, Callable[[Any, Any], bool]] = {
    "app_label": lambda meta, wanted: meta.app_label == wanted,
    "app_label__exact": lambda meta, wanted: meta.app_label == wanted,
    "app_label__in": lambda meta, wanted: meta.app_label in wanted,
    "model": lambda meta, wanted: meta.model_name == wanted,
    "model__exact": lambda meta, wanted: meta.model_name == wanted,
    "model__iexact": lambda meta, wanted: meta.model_name == str(wanted).lower(),
    "model__in": lambda meta, wanted: meta.model_name in wanted,
}


def limit_of(field: AnyField) -> Q:
    """Return what ``limit_choices_to`` of a relation asks of the rows that it leads to."""
    limit: Any = field.get_limit_choices_to()  # type: ignore[attr-defined]
    return limit if isinstance(limit, Q) else Q(**(limit or {}))


def _leaves(limit: Q) -> Iterator[tuple[str, Any]]:
    for child in limit.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        else:
            yield child if isinstance(child, tuple) else ("", child)


def permitted(field: AnyField, model: type[models.Model]) -> bool:
    """Whether the limit of a content type lets a model through; one that only the database can judge is left to it."""
    limit = limit_of(field)
    return any(name not in _KNOWN for name, _ in _leaves(limit)) or _holds(limit, model._meta)


def _holds(limit: Q, meta: Any) -> bool:
    found = [
        _holds(child, meta) if isinstance(child, Q) else _KNOWN[child[0]](meta, child[1])  # type: ignore[index]
        for child in limit.children
    ]
    if limit.connector == Q.XOR:
        holds = sum(found) % 2 == 1
    else:
        holds = any(found) if limit.connector == Q.OR and found else all(found)
    return holds is not limit.negated


def names_models(field: AnyField) -> bool:
    """Whether the limit of a content type says which models are meant."""
    names = [name for name, _ in _leaves(limit_of(field))]
    return any(name.startswith("model") for name in names) and all(name in _KNOWN for name in names)
