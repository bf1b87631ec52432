"""Rows of an applied recipe are read back and compared, by digest, with what was written and with what the file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.execution.applier import Applier
from fixturekit.execution.binding import Binding, bind, canonical_keys, read_fields
from fixturekit.execution.cells import CompiledBatch, tokens_of
from fixturekit.execution.digests import ColumnDigest, StepDigest
from fixturekit.execution.writing import is_parent_link
from fixturekit.ledger import KeyForm
from fixturekit.planning.plan import Batch, Plan
from fixturekit.values.streams import BLOCK
from fixturekit.writers import writer_for
from fixturekit.writers.keys import Keys, Listed


def verify(applier: Applier, name: str) -> Iterator[str]:
    """Yield what is not as it was recorded, a line for each step. Reads only.

    Args:
        applier: For the database whose rows are read.
        name: An applied recipe.
    """
    if applier.states()[name].changed:
        yield "the file was edited since it was applied, so its rows cannot be compared with it"
        return
    plan = applier.plan(name).plan
    binding, missing = _bound(applier, plan)
    yield from missing
    if missing:
        return
    found = _Reader(applier, plan, binding).digests()
    written = applier.ledger.digests(name)
    recorded = applier.loader.recipes[name].document.recorded
    produces = dict(recorded.produces) if recorded else {}
    for step, digest in found.items():
        if written.get(step) not in (None, digest.hex()):
            yield f"step {step}: rows were changed since they were made"
        elif step in produces and not digest.fits(produces[step]):
            yield f"step {step}: the rows are not those that the file records"


def _bound(applier: Applier, plan: Plan) -> tuple[Binding, list[str]]:
    """Bind a plan to the rows that it has made, and say which of them are gone."""
    binding = bind(applier.connection, plan, writer_for(applier.connection), applier.ledger, written=True)
    made = {batch.batch: batch for batch in applier.ledger.batches(plan.recipe) if batch.kind == "made"}
    missing = []
    for batch in plan.batches:
        rows = made.get(_owner(batch))
        keys: Keys = canonical_keys(applier.ledger, rows) if rows else Listed()
        if len(keys) != batch.count:
            missing.append(f"step {batch.step}: {batch.count} rows of {batch.model} expected, {len(keys)} were made")
        binding.keep(batch.id, "", keys)
    return binding, missing


def _owner(batch: Batch) -> str:
    """The batch under which the ledger notes the rows: parts of a multi-table row count as the child's."""
    return batch.id.partition("^")[0]


class _Reader:
    """Reads the rows of a plan, block by block, into digests."""

    def __init__(self, applier: Applier, plan: Plan, binding: Binding) -> None:
        self._applier = applier
        self._plan = plan
        self._binding = binding
        self._alias = applier.connection.alias
        self._writer = writer_for(applier.connection)

    def digests(self) -> dict[str, StepDigest]:
        steps: dict[str, StepDigest] = {}
        for batch in self._plan.batches:
            self._keep(batch)
        for batch in self._plan.batches:
            self._batch(batch, steps.setdefault(batch.step, StepDigest()))
        return steps

    def _keep(self, batch: Batch) -> None:
        """Read the columns that others link to."""
        model = apps.get_model(batch.model)
        for name in batch.kept:
            attname = str(getattr(model._meta.get_field(name), "attname", name))
            listed = Listed()
            for start in range(0, batch.count, BLOCK):
                listed.extend([row[0] for row in self._rows(batch, model, start, [attname])])
            self._binding.keep(batch.id, name, listed)

    def _rows(self, batch: Batch, model: type[models.Model], start: int, attnames: list[str]) -> list[tuple[Any, ...]]:
        form: KeyForm = self._applier.ledger.form(batch.model)
        keys = self._binding.made(batch.id).take(range(start, min(start + BLOCK, batch.count)))
        python = [form.python(key) for key in keys]
        found = read_fields(self._alias, model, python, attnames)
        return [found.get(key, (None,) * len(attnames)) for key in python]

    def _batch(self, batch: Batch, step: StepDigest) -> None:
        model = apps.get_model(batch.model)
        compiled = CompiledBatch(self._plan, batch, model, self._writer, self._binding)
        waiting = {column.field: column for column in batch.later}
        columns = [waiting.get(column.field, column) for column in batch.columns]
        columns = [column for column in columns if not is_parent_link(model, column.field)]
        digests = [ColumnDigest(compiled.header(column.source)) for column in columns]
        sources = [compiled.later(column) for column in columns]
        attnames = [compiled.fields[column.field].attname for column in columns]
        for start in range(0, batch.count, BLOCK):
            stop = min(start + BLOCK, batch.count)
            rows = self._rows(batch, model, start, attnames)
            stored = [list(cells) for cells in zip(*rows, strict=True)]
            for column, source, digest, now in zip(columns, sources, digests, stored, strict=True):
                _, tokens = source.cells(start, stop)
                digest.add(tokens_of(compiled.fields[column.field], now, source.values(start, stop), tokens))
        for column, digest in zip(columns, digests, strict=True):
            step.add(f"{batch.path}{column.field}", digest.digest())
