"""What digests call rows of a recipe whose keys code of the project has put somewhere.

A receiver or a ``save()`` that sets a foreign key sets a key that the database counted, which is another one in every
database. Where it is that of a row that the recipe made, the row has an address that is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.execution.binding import Binding
from fixturekit.execution.blocks import Sides
from fixturekit.execution.compiled import Compiled, changed
from fixturekit.execution.makers import labels_of
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Plan
from fixturekit.writers.keys import Keys


class Addresses:
    """The rows that a plan made, and those that were made beside them, by their keys.

    Args:
        plan: What was written.
        binding: Knows the keys of all batches.
        ledger: Of the same database.
        sides: The rows that others made meanwhile, in the order of their making, each once.
    """

    def __init__(self, plan: Plan, binding: Binding, ledger: Ledger, sides: Sides) -> None:
        self._plan = plan
        self._binding = binding
        self._ledger = ledger
        self._sides = sides
        self._known: dict[type[models.Model], dict[Any, str]] = {}

    def given(
        self, field: AnyField, source: Compiled, start: int, stop: int, now: list[Any], tokens: list[Any]
    ) -> list[Any]:
        """Return the tokens of a block of a column, with addresses for the keys that nobody planned.

        Args:
            now: The values that were read back.
            tokens: What the digest holds for them, as far as the column itself can tell.
        """
        if not (isinstance(field, models.ForeignKey) and field.target_field.primary_key):
            return tokens
        rows = [row for row in changed(source, start, stop, now) if now[row] is not None]
        known = self._of(field.related_model) if rows else {}
        for row in rows:
            if now[row] in known:
                tokens[row] = f"@{known[now[row]]}"
        return tokens

    def _of(self, model: Any) -> dict[Any, str]:
        concrete: type[models.Model] = model._meta.concrete_model
        if concrete not in self._known:
            labels = labels_of(concrete)
            form = self._ledger.form(concrete._meta.label)
            named = ((form.python(key), name) for label in labels for key, name in self._named(label))
            self._known[concrete] = dict(named)
        return self._known[concrete]

    def _named(self, label: str) -> Iterator[tuple[Any, str]]:
        for batch, sides in self._sides.items():
            keys = [key for model, key in sides if model == label]
            yield from ((key, f"{batch}+{label}[{number}]") for number, key in enumerate(keys))
        for planned in self._plan.batches:
            if planned.model == label:
                made: Keys = self._binding.made(planned.id)
                yield from ((key, f"{planned.id}[{number}]") for number, key in enumerate(made))
