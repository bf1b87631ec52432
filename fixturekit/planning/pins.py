"""Pins: rows that exist, and such as are made once where there are none."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.plan import Adopt
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.planning.resolving import SetResolver, nearest
from fixturekit.recipes.document import Entry, Literal, Mapping, Pin, Step
from fixturekit.values.sources import At, Link, Source

_PLAIN = re.compile(r"[^\^~#\n]{1,120}\Z")  # what a batch's id may consist of, besides its own marks


def pinned(
    draft: Draft, making: Making, name: str, pin: Pin, model: type[models.Model], field: str = ""
) -> Source | None:
    """Return the source that reads a field (``""``: the key) of a pinned row; None after reporting a problem."""
    planned = planned_pin(draft, making, name, pin, model)
    known = draft.makeable.get(planned.identity)
    if pin.or_make is None:
        return draft.pin(planned, field) if known is None else Link(known.id, At(0), field)
    found = _makeable(draft, making, name, pin, planned, model)
    return None if found is None else Link(found.id, At(0), field)


def _makeable(
    draft: Draft, making: Making, name: str, pin: Pin, planned: PlannedPin, model: type[models.Model]
) -> Making | None:
    """The making of the one row that a pin asks for, once in a recipe."""
    if not _can_make(draft, making, name, pin, model):
        return None
    assert pin.lookup is not None  # only a lookup has an or_make
    wanted = _values(pin.lookup, pin.or_make or Mapping())
    known = draft.makeable.get(planned.identity)
    if known is not None:
        if known.step.set != wanted:
            message = f"!pin {planned.shown} is to be made with other values elsewhere in the recipe"
            draft.problem(making, name, "E082", message, "Give 'or_make' the same values in both places.")
        return known
    where, mark = making.place(name)
    id = _id(planned)
    made = Making(
        id=id,
        step=Step(id=id, make=model._meta.label, set=wanted, mark=pin.mark),
        path="",
        shape=blueprint(model),
        count=1,
        given=SetResolver(draft.problems).resolve(wanted, model, f"{where}.or_make"),
        adopt=Adopt(pin=planned),
        mark=pin.mark or mark,
        where=where,
    )
    draft.makeable[planned.identity] = made
    return made


def _can_make(draft: Draft, making: Making, name: str, pin: Pin, model: type[models.Model]) -> bool:
    if not draft.allows(blueprint(model)):
        message = f"rows of {model._meta.label} are kept away from '{draft.alias}' by the database routers"
        draft.problem(making, name, "E050", message)
        return False
    for entry in pin.lookup or ():
        if "__" in entry.key:
            message = f"no row can be made that fits the lookup {entry.key}"
            draft.problem(making, name, "E080", message, "Look up plain fields, or leave 'or_make' out.")
            return False
    return True


def _values(lookup: Mapping, made: Mapping) -> Mapping:
    """What the row is made with: the values that it is looked up by, and those of ``or_make`` before them."""
    said = {entry.key.partition("__")[0] for entry in made}
    return Mapping((*(Entry(e.key, e.value, mark=e.mark) for e in lookup if e.key not in said), *made.entries))


def _id(pin: PlannedPin) -> str:
    wanted = pin.wanted
    if not _PLAIN.match(wanted):
        wanted = blake2b(wanted.encode(), digest_size=8).hexdigest()
    return f"!pin {pin.model} {wanted}"


def planned_pin(draft: Draft, making: Making, name: str, pin: Pin, model: type[models.Model]) -> PlannedPin:
    """Return a pin of the document as one of the plan."""
    where, mark = making.place(name)
    lookup: list[tuple[str, Any]] = []
    for entry in pin.lookup or ():
        first = entry.key.split("__")[0]
        if first != "pk" and not _can_look_up(model, first):
            message, near = f"{model._meta.label} has no field '{first}'", nearest(first, blueprint(model).names)
            draft.problems.add("E013", message, near, where=f"{where}.{entry.key}", mark=entry.mark or pin.mark)
        elif isinstance(entry.value, Literal):
            whole = isinstance(entry.value.value, int)
            lookup.append((entry.key, entry.value.value if whole else entry.value.text or entry.value.value))
        else:
            draft.problem(making, name, "E062", f"a pin looks up plain values, {entry.key} is none")
    return PlannedPin(
        model=model._meta.label,
        mark=pin.mark or mark,
        where=where,
        key=pin.key,
        lookup=tuple(lookup),
        natural=pin.natural,
    )


def _can_look_up(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
