"""Rows that nobody takes part in saving go to the database as columns, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction

from fixturekit.exceptions import WriteFailed
from fixturekit.execution.blocks import Blocks, Work
from fixturekit.execution.cells import points_at_itself
from fixturekit.execution.counting import counting_model, key_column, place_keys
from fixturekit.execution.failures import field_of
from fixturekit.planning.plan import Column, computed
from fixturekit.values.sources import Called, Default, Stored, parts
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Pour
from fixturekit.writers.keys import Ranges

_TRIES = 3


class StreamBlocks(Blocks):
    """Columns of values go to the database's bulk door; no instance is made."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        # columns that point at rows of the batch are made last, when the keys of these rows are known
        ordered = sorted(work.columns, key=lambda column: points_at_itself(self._batch, column))
        self._prepared = [(column, work.writer.column(work.compiled.fields[column.field])) for column in ordered]
        self._names = [column.column for column in ordered]
        self._keys = work.binding.made(self._batch.id)
        self._key_fields = [field.name for field in work.compiled.model._meta.pk_fields]
        self._done_last = False
        self._pour: Pour | None = None
        # a default may be code that asks the database, and may give another value when it is asked again
        self._pure = not self._runs_code(work.columns)
        if self._batch.counted:
            self._names.insert(0, key_column(work.compiled.model))

    def _runs_code(self, columns: Sequence[Column]) -> bool:
        """Whether code of the project takes part, in a column or in one that an expression may read, or files are stored:
        asked again, it may do something else.
        """
        sources = [column.source for column in columns]
        if any(computed(source) for source in sources):
            sources = [column.source for batch in self._binding.plan.batches for column in batch.columns]
        return any(isinstance(part, (Default, Called, Stored)) for source in sources for part in parts(source))

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Send all blocks through one door, where the database gains by it."""
        if not (self._writer.pours and self._pure and len(self._rows) > BLOCK):
            yield
            return
        try:
            with (
                transaction.atomic(using=self._writer.connection.alias),
                self._writer.pouring(self._batch.table, self._names) as self._pour,
            ):
                yield
        except DatabaseError as error:
            raise self._found_again(error) from error
        finally:
            self._pour = None

    def _found_again(self, error: DatabaseError) -> WriteFailed:
        """Write the blocks once more, one by one, to learn which row was refused."""
        for start, stop in self.runs():
            _, data = self._block(start, stop, keep=False)
            try:
                with transaction.atomic(using=self._writer.connection.alias):
                    self._writer.write(self._batch.table, self._names, data)
            except DatabaseError as refused:
                return self._located(start, data, refused)
        return self._failed(self._batch, None, None, error)

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        if start == self._rows[0] and self._claims:
            self._claim()
        tokens, data = self._block(start, stop)
        if self._done_last and stop == self._rows[-1] + 1:
            data = [column[:-1] for column in data]
        if data and data[0]:
            self._insert(start, data)
        return tokens

    @property
    def _claims(self) -> bool:
        """Whether the last row is written first: not if it points at earlier ones, or would be another one again."""
        if not (self._writer.claims_with_last_row and self._batch.counted and self._pure):
            return False
        return not any(points_at_itself(self._batch, column) for column in self._batch.columns)

    def _claim(self) -> None:
        """Write the last row first, so that the database counts on from its key.

        Another process may have taken keys between the reading of the counter and this row; then others are reserved.
        """
        last = self._rows[-1]
        for tries_left in reversed(range(_TRIES)):
            _, data = self._block(last, last + 1, keep=False)
            try:
                with transaction.atomic(using=self._writer.connection.alias):
                    self._writer.write(self._batch.table, self._names, data)
                break
            except IntegrityError as error:
                if not tries_left or self._writer.failing_columns(error, self._batch.table) != (self._names[0],):
                    raise self._located(last, data, error) from error
                self._reserve_again()
        self._done_last = True

    def _reserve_again(self) -> None:
        reserved = self._writer.reserve(counting_model(self._compiled.model), len(self._rows))
        if self._standing is not None:
            place_keys(self._keys, self._rows, reserved)
            return
        self._keys = reserved
        self._binding.keep(self._batch.id, "", reserved)

    def _block(self, start: int, stop: int, *, keep: bool = True) -> tuple[dict[str, list[Any]], list[list[Any]]]:
        tokens: dict[str, list[Any]] = {}
        data: list[list[Any]] = []
        keys: dict[str, list[Any]] = {}
        for column, prepare in self._prepared:
            if keep and points_at_itself(self._batch, column):
                self._keep(start, stop, keys)
                keep = False
            compiled = self._compiled.columns[column.field]
            cells, tokens[column.field] = compiled.cells(start, stop)
            data.append(prepare.convert(cells if prepare.reads == "canonical" else compiled.values(start, stop)))
            if column.field in self._key_fields:
                keys[column.field] = cells
        if keep:
            self._keep(start, stop, keys)
        if self._batch.counted:
            data.insert(0, self._keys.take(range(start, stop)))
        return tokens, data

    def _keep(self, start: int, stop: int, keys: dict[str, list[Any]]) -> None:
        """Hold the keys, and the columns that other batches read."""
        # a row whose key is a link has the keys of other rows, which are there already
        if not isinstance(self._keys, Ranges) and len(keys) == len(self._key_fields):
            columns = [keys[name] for name in self._key_fields]
            own = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
            self._binding.add(self._batch.id, "", start, own)
        for name in self._batch.kept:
            values = self._compiled.columns[name].values(start, stop)
            self._binding.add(self._batch.id, name, start, values)

    def _insert(self, start: int, data: list[list[Any]]) -> None:
        if self._pour is not None:
            self._pour(data)
            return
        try:
            with transaction.atomic(using=self._writer.connection.alias):
                self._writer.write(self._batch.table, self._names, data)
        except DatabaseError as error:
            raise self._located(start, data, error) from error

    def _located(self, start: int, data: list[list[Any]], error: DatabaseError) -> WriteFailed:
        found = self._writer.locate(self._batch.table, self._names, data)
        row = start + found[0] if found else None
        cause = found[1] if found else error
        failing = self._writer.failing_columns(cause, self._batch.table)
        return self._failed(self._batch, row, field_of(self._batch, failing), cause)
