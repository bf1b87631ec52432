"""Generated values of a finished instance, drawn anew until constraints and validators have nothing against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.calling.following import legible
from fixturekit.execution.failures import CellFailed
from fixturekit.execution.trials import Trials, known_names
from fixturekit.planning.plan import Batch, Trial
from fixturekit.values.conditions import columns_of
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import Source


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial of a batch, as that of recipes, for instances."""

    trials: Trials
    fields: dict[str, AnyField]

    def settle(self, instance: models.Model, number: int) -> None:
        """Give an instance other values where its own are refused; where nothing helps, saving says so."""
        values = {name: legible(field, getattr(instance, field.attname)) for name, field in self.fields.items()}
        try:
            found = self.trials.settled(number, values)
        except CellFailed:
            return
        for name, value in found.items():
            setattr(instance, self.fields[name].attname, value)


def tried(batch: Batch, model: type[models.Model], context: Context) -> tuple[Tried, ...]:
    """Return the trials of a batch whose columns are drawn in the row itself."""
    return tuple(_tried(batch, model, context))


def _tried(batch: Batch, model: type[models.Model], context: Context) -> Iterator[Tried]:
    for trial in batch.trials:
        sources = {column.field: column.source for column in batch.columns}
        fields: dict[str, Any] = {name: model._meta.get_field(name) for name in _names(trial, sources)}
        if any(fields[name].remote_field is not None for name in trial.names):
            continue  # which row a link leads to is not drawn here

        def compile(field: AnyField, source: Any) -> Any:
            return compile_source(source, context)

        yield Tried(Trials(trial, 0, context.now, fields, {}, sources, compile), fields)


def _names(trial: Trial, sources: Mapping[str, Source]) -> list[str]:
    read = (name for rule in trial.kept for name in columns_of(rule.condition))
    return list(dict.fromkeys([*known_names(trial, sources), *trial.validated, *read]))
