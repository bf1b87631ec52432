"""Rows that are there already are given planned values: links that had to wait, clocks that ``save()`` set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fixturekit.blueprints import AnyField, Table, blueprint
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import CompiledBatch
from fixturekit.ledger import Ledger
from fixturekit.values import canonical
from fixturekit.writers.base import Writer

Cells = list[Any]


class Rewriter:
    """Sets columns of the rows of one batch, a block at a time, with one UPDATE for each table that has some."""

    def __init__(self, compiled: CompiledBatch, binding: Binding, writer: Writer) -> None:
        self._model = compiled.model
        self._tables = blueprint(compiled.model).tables
        self._keys = binding.made(compiled.batch.id)
        self._form = Ledger(writer.connection).form(compiled.model._meta.label)
        self._writer = writer

    def rewrite(self, start: int, stop: int, columns: Mapping[AnyField, Cells]) -> None:
        """Set columns of a block of rows.

        Args:
            columns: Python values in row order.

        Raises:
            django.db.DatabaseError: The database refused a row.
        """
        for table in self._tables:
            here = {field: cells for field, cells in columns.items() if field in table.fields}
            if here:
                keys = self._keys_of(table, start, stop)
                self._writer.put_back(
                    table.name,
                    [str(field.column) for field in keys],
                    [self._prepared(field, cells) for field, cells in keys.items()],
                    [str(field.column) for field in here],
                    [self._prepared(field, cells) for field, cells in here.items()],
                )

    def _keys_of(self, table: Table, start: int, stop: int) -> dict[AnyField, Cells]:
        """The key columns of a table, with the block's keys; the tables of a multi-table model share them."""
        keys = self._form.all_python(self._keys.take(range(start, stop)))
        if self._form.composite:
            return dict(zip(self._model._meta.pk_fields, map(list, zip(*keys, strict=True)), strict=True))
        return {table.key: keys}

    def _prepared(self, field: AnyField, cells: Cells) -> Cells:
        prepare = self._writer.column(field)
        return prepare.convert(canonical.converter(field)(cells) if prepare.reads == "canonical" else cells)
