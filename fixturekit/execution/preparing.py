"""All that is read from the database before a plan is written: pinned rows, made rows of other recipes, taken values."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import PinNotFound, ValueTaken
from fixturekit.execution.adopting import adopt
from fixturekit.execution.binding import Binding
from fixturekit.execution.combinations import avoid_taken_combinations
from fixturekit.execution.finding import find_pinned
from fixturekit.execution.giving_way import avoid_taken
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Pin, Plan, computed, outside
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.sources import Mixed, Pinned, Source
from fixturekit.writers.base import Writer

_SHOWN = 20  # taken values that an error names


def bind(
    connection: BaseDatabaseWrapper,
    plan: Plan,
    writer: Writer,
    ledger: Ledger,
    *,
    written: bool = False,
    strict: bool = False,
) -> Binding:
    """Read what a plan needs.

    Args:
        written: The rows of the plan are there already, so they take no values away from it and are not adopted.
        strict: No generated value may give way to one that is taken.

    Raises:
        PinNotFound: Pins fit no row, or several; the message names all of them.
        MadeRowsMissing: Rows of another recipe are not there.
        MatchAmbiguous: Several existing rows fit a row of a step.
        ValueTaken: A generated value is taken, and ``strict``.
    """
    binding = Binding(connection, plan, parse_now(plan.now), ledger)
    binding.point(_all_pinned(connection.alias, plan))
    for batch in plan.batches:
        for column in batch.everything:
            for source in outside(column.source):
                binding.elsewhere(source)
                if computed(column.source):
                    binding.model_elsewhere(source)
    if not written:
        adopt(binding, writer)
        avoid_taken(binding, writer)
        avoid_taken_combinations(binding, writer, binding.note)
    if strict and binding.gave_way:
        raise ValueTaken(_taken_values(binding))
    return binding


def _taken_values(binding: Binding) -> str:
    lines = [f"{gave.place}: row {gave.pk} of {gave.model} has this {gave.field} already" for gave in binding.gave_way]
    shown = [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else lines
    return f"{binding.plan.recipe}: generated values are taken.\n  " + "\n  ".join(shown)


def _wanted_fields(plan: Plan) -> dict[int, set[str]]:
    """Which fields of each pinned row are read."""
    wanted: dict[int, set[str]] = {}

    def collect(source: Source) -> None:
        if isinstance(source, Pinned):
            wanted.setdefault(source.number, set()).add(source.field)
        elif isinstance(source, Mixed):
            for part in source.sources:
                collect(part)

    for batch in plan.batches:
        for column in batch.everything:
            collect(column.source)
    return wanted


def _all_pinned(alias: str, plan: Plan) -> list[dict[str, Any]]:
    """Read all pinned rows, and say of all together which are not there."""
    wanted = _wanted_fields(plan)
    # who computes a value may read any field of a row that the plan points at
    whole = any(computed(column.source) for batch in plan.batches for column in batch.columns)
    found: list[dict[str, Any]] = []
    missing: list[PinNotFound] = []
    for number, pin in enumerate(plan.pins):
        try:
            found.append(_pinned(alias, pin, wanted.get(number, {""}), whole=whole))
        except PinNotFound as error:
            missing.append(error)
    if len(missing) > 1:
        raise PinNotFound("\n".join(map(str, missing)))
    if missing:
        raise missing[0]
    return found


def _pinned(alias: str, pin: Pin, fields: set[str], *, whole: bool) -> dict[str, Any]:
    """Read one pinned row: some fields, or all columns as well."""
    instance = find_pinned(alias, pin)
    found = {name: getattr(instance, _attname(instance, name)) for name in fields}
    if whole:
        found.update({field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields})
    return found


def _attname(instance: models.Model, name: str) -> str:
    return "pk" if not name else str(instance._meta.get_field(name).attname)  # type: ignore[union-attr]
