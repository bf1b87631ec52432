"""Rows of a plan are read back from the database into digests."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import is_parent_link
from fixturekit.execution.addresses import Addresses
from fixturekit.execution.adopting import as_planned
from fixturekit.execution.binding import Binding
from fixturekit.execution.blocks import Sides
from fixturekit.execution.cells import CompiledBatch
from fixturekit.execution.digests import ColumnDigest, StepDigest
from fixturekit.execution.finding import read_fields
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Batch, Plan
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Listed


def read_digests(plan: Plan, binding: Binding, writer: Writer, sides: Sides) -> dict[str, StepDigest]:
    """Return the digests, by step, of what the database holds in the rows of a plan. Reads only.

    Args:
        binding: Knows the keys of all batches; learns the columns that batches link to, as they are now.
        sides: The rows that others made when the plan was written.
    """
    reader = _Reader(plan, binding, writer, sides)
    for batch in plan.batches:
        if batch.serves is None:
            reader.keep(batch)
    steps = empty_digests(plan)
    for batch in plan.batches:
        if not batch.pinned and batch.serves is None:
            reader.read(batch, steps[batch.step])
    return steps


def empty_digests(plan: Plan) -> dict[str, StepDigest]:
    """Return the digests of the steps of a plan, without any column yet."""
    steps: dict[str, StepDigest] = {}
    for batch in plan.batches:
        if batch.pinned:
            continue
        step = steps.setdefault(batch.step, StepDigest())
        if batch.id == batch.step:
            meta = apps.get_model(batch.model)._meta
            step.rows, step.model = batch.count, (meta.concrete_model or meta.model)._meta.label
    return steps


class _Reader:
    """Reads the rows of batches, a block at a time. A row that is gone holds nothing."""

    def __init__(self, plan: Plan, binding: Binding, writer: Writer, sides: Sides) -> None:
        self._plan = plan
        self._binding = binding
        self._writer = writer
        self._ledger = Ledger(writer.connection)
        self._addresses = Addresses(plan, binding, self._ledger, sides)

    def keep(self, batch: Batch) -> None:
        """Read the columns that others link to."""
        model = apps.get_model(batch.model)
        for name in batch.kept:
            field = model._meta.get_field(name)
            assert isinstance(field, models.Field)  # links read columns
            listed = Listed()
            for start in range(0, batch.count, BLOCK):
                listed.extend(self._columns(batch, model, start, [field])[0])
            self._binding.keep(batch.id, name, listed)

    def read(self, batch: Batch, step: StepDigest) -> None:
        """Add the columns of a batch to the digests of its step."""
        model = apps.get_model(batch.model)
        compiled = CompiledBatch(self._plan, batch, model, self._writer, self._binding)
        waiting = {column.field: column for column in batch.later}
        columns = [waiting.get(column.field, column) for column in batch.columns]
        columns = [column for column in columns if not is_parent_link(model, column.field)]
        columns = [column for column in columns if batch.promises(column.field)]
        standing = self._binding.standing(batch)
        found_by = batch.adopt.fields if batch.adopt and standing else ()
        fields = [compiled.fields[column.field] for column in columns]
        digests = [ColumnDigest(compiled.header(column.source)) for column in columns]
        sources = [compiled.later(column) for column in columns]
        for start in range(0, batch.count, BLOCK):
            stop = min(start + BLOCK, batch.count)
            read = self._columns(batch, model, start, fields)
            for column, field, source, digest, now in zip(columns, fields, sources, digests, read, strict=True):
                if column.field in found_by:
                    now = as_planned(field, source.values(start, stop), now)
                tokens = source.stored(start, stop, now)
                digest.add(self._addresses.given(field, source, start, stop, now, tokens))
        for column, digest in zip(columns, digests, strict=True):
            step.add(f"{batch.path}{column.field}", digest.digest())

    def _columns(
        self, batch: Batch, model: type[models.Model], start: int, fields: list[models.Field[Any, Any]]
    ) -> list[list[Any]]:
        """Read one block of columns."""
        form = self._ledger.form(batch.model)
        keys = self._binding.made(batch.id).take(range(start, min(start + BLOCK, batch.count)))
        python = form.all_python(keys)
        found = read_fields(self._writer.connection.alias, model, python, [field.attname for field in fields])
        gone = (None,) * len(fields)
        rows = [found.get(key, gone) for key in python]
        return [
            [None if cell is None else field.to_python(cell) for cell in cells]
            for field, cells in zip(fields, zip(*rows, strict=True), strict=True)
        ]
