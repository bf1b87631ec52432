"""Which recipes made the rows that a plan points at, as the ledger knows it."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from fixturekit.exceptions import PinNotFound
from fixturekit.execution.finding import fitting
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Pin, Plan
from fixturekit.values.canonical import concrete


def makers_of_pins(ledger: Ledger, plan: Plan) -> Iterator[tuple[Pin, str]]:
    """Yield the pins of a plan that lead to rows of other recipes, each with the recipe that made the row. Reads only.

    Rows that receivers made count as the recipe's, adopted ones do not. A pin that fits no row is passed over.
    """
    for pin in plan.pins:
        try:
            row = fitting(ledger.connection.alias, pin)
        except PinNotFound:
            continue
        maker = _maker(ledger, row, plan.recipe) if row is not None else None
        if maker is not None:
            yield pin, maker


def _maker(ledger: Ledger, row: models.Model, apart_from: str) -> str | None:
    for label in labels_of(row._meta.concrete_model or type(row)):
        form = ledger.form(label)
        for recipe, keys in ledger.makers(label, apart_from=[apart_from]):
            if any(form.python(key) == row.pk for key in keys):
                return recipe
    return None


def labels_of(model: type[models.Model]) -> list[str]:
    """Labels under which rows of a table may have been noted: the model's, its proxies', its multi-table children's."""
    key = concrete(model._meta.pk)
    everything = apps.get_models(include_auto_created=True)
    return [other._meta.label for other in everything if issubclass(other, model) and concrete(other._meta.pk) is key]
