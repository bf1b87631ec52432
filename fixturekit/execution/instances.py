"""The ways of writing that make instances: ``each`` by ``save()``, and ``bulk`` through the writer with signals.

What the model's own code and receivers do is theirs, and may go to rows that were written long before: digests are
taken from the database when everything is done.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models.expressions import DatabaseDefault
from django.db.models.signals import post_save, pre_save

from fixturekit.blueprints import AnyField, Table, blueprint, is_stored
from fixturekit.exceptions import ApplyError, WriteFailed
from fixturekit.execution.blocks import Blocks, Work
from fixturekit.execution.cells import points_at_itself
from fixturekit.execution.compiled import Linked
from fixturekit.execution.existing import KeyWatch, first_absent
from fixturekit.execution.finding import every_row, key_converter, read_fields
from fixturekit.execution.listening import muted, side_rows_noted
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import BULK
from fixturekit.values import canonical
from fixturekit.values.sealing import Seal
from fixturekit.writers.keys import Placed, Ranges


class Saver(Blocks):
    """Writes the blocks of one batch as instances."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._model = work.compiled.model
        self._seal = Seal(work.binding.plan.seed, self._batch.stream, f"{self._batch.path}save", work.binding.clock)
        self._bulk = self._batch.way == BULK
        self._options = _save_options(self._model, work.writer.connection.alias)
        self._keys = KeyWatch(self._model, [column.field for column in work.columns], work.writer.connection.alias)
        self._updated: list[models.Model] = []

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        instances = [instance for first, last in self._runs(start, stop) for instance in self._block(first, last)]
        absent = first_absent(self._model, instances, self._writer.connection.alias)
        if absent is not None:
            reason = ApplyError("the row is not there after it was saved: its own code, or a receiver, takes it away")
            raise self._failed(self._batch, start + absent, None, reason)
        return {}

    def _runs(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Cut a block where a row points at one of the same run, whose key is known only when it is saved."""
        columns = [column.field for column in self._columns if points_at_itself(self._batch, column)]
        told = [argument for argument in self._batch.arguments if points_at_itself(self._batch, argument)]
        links = [link for name in columns if isinstance(link := self._compiled.columns[name], Linked)]
        if told or len(links) < len(columns) or (links and not self._bulk):
            yield from ((row, row + 1) for row in range(start, stop))
            return
        first = start
        for row, *places in zip(range(start, stop), *(link.places(start, stop) for link in links), strict=True):
            if row > first and any(place is not None and place >= first for place in places):
                yield first, row
                first = row
        yield first, stop

    def _block(self, start: int, stop: int) -> list[models.Model]:
        alias = self._writer.connection.alias
        sides = self._sides.setdefault(self._batch.id, [])
        values = [self._compiled.columns[column.field].values(start, stop) for column in self._columns]
        with self._seal, muted(self._batch.muted):
            instances = self._instances(start, stop, values)
            with side_rows_noted(alias, instances, sides, updated=self._updated):
                if self._bulk:
                    self._write_all(start, instances)
                else:
                    self._save_all(start, instances)
        self._keep(start, instances)
        return instances

    @contextmanager
    def _at(self, row: int, failing: Callable[[Exception], str | None] = lambda error: None) -> Iterator[None]:
        """Run code that is not ours for one row: in its own random world, and with its place in what it raises.

        Args:
            failing: Finds the field that an error is about; may ask the database, so it wants a savepoint inside.
        """
        self._seal.row(self._batch.labels[row] if self._batch.labels else row)
        try:
            yield
        except WriteFailed:
            raise
        except Exception as error:
            raise self._failed(self._batch, row, failing(error), error) from error

    # -- instances ---------------------------------------------------------------------------------------------------

    def _instances(self, start: int, stop: int, values: list[list[Any]]) -> list[models.Model]:
        attnames = [self._compiled.fields[column.field].attname for column in self._columns]
        reserved = self._binding.made(self._batch.id) if self._batch.counted else None
        keys = reserved.take(range(start, stop)) if isinstance(reserved, (Ranges, Placed)) else []
        instances = []
        for offset in range(stop - start):
            with self._at(start + offset):
                instance = self._model(**{name: column[offset] for name, column in zip(attnames, values, strict=True)})
            instance._state.db = self._writer.connection.alias
            if keys and keys[offset] is not None:
                instance.pk = keys[offset]
            if self._bulk:
                _spread_key(instance)
            instances.append(instance)
        return instances

    # -- each --------------------------------------------------------------------------------------------------------

    def _save_all(self, start: int, instances: list[models.Model]) -> None:
        taken = self._keys.first(instances)
        if taken is not None:
            raise self._taken(start + taken[0], taken[1])
        for row, instance in enumerate(instances, start):
            self._save(row, instance)

    def _save(self, row: int, instance: models.Model) -> None:
        alias = self._writer.connection.alias
        with self._at(row, self._failing):
            try:
                with transaction.atomic(using=alias):
                    self._store(row, instance)
            except IntegrityError as error:
                if (
                    self._batch.counted
                    and instance.pk
                    and self._model._base_manager.using(alias).filter(pk=instance.pk)
                ):
                    reason = (
                        f"its own code gives it the key {instance.pk}, which a row has already: it may be one of a kind"
                    )
                    raise ApplyError(f"{reason}. Make one row of it") from error
                raise
            if instance.pk is None:
                raise ApplyError("save() has not saved it")
        if self._updated:
            raise self._taken(row, self._model)

    def _store(self, row: int, instance: models.Model) -> None:
        """Save the instance of a row."""
        instance.save(**self._options)

    def _taken(self, row: int, model: type[models.Model]) -> WriteFailed:
        reason = ApplyError(f"there is a row of {model._meta.label} with this key already, which save() would change")
        return self._failed(self._batch, row, model._meta.pk.name, reason)

    def _failing(self, error: Exception) -> str | None:
        if isinstance(error, DatabaseError):
            for table in blueprint(self._model).tables:
                columns = self._writer.failing_columns(error, table.name)
                names = {column.column: column.field for column in self._columns}
                found = next((names[column] for column in columns if column in names), None)
                if found:
                    return found
        named = getattr(error, "error_dict", None) or {}
        return next((column.field for column in self._columns if column.field in named), None)

    def update(self, start: int, stop: int, fields: Sequence[str]) -> bool:
        if self._bulk:
            return False
        alias = self._writer.connection.alias
        form = Ledger(self._writer.connection).form(self._model._meta.label)
        keys = form.all_python(self._binding.made(self._batch.id).take(range(start, stop)))
        there = {row.pk: row for row in every_row(self._model, alias).filter(pk__in=keys)}
        values = {name: self._compiled.columns[name].values(start, stop) for name in fields}
        options = {name: value for name, value in self._options.items() if name != "force_insert"}
        with (
            self._seal,
            muted(self._batch.muted),
            side_rows_noted(alias, [], self._sides.setdefault(self._batch.id, [])),
        ):
            for offset, key in enumerate(keys):
                with self._at(start + offset, self._failing), transaction.atomic(using=alias):
                    instance = there[key]
                    for name, column in values.items():
                        setattr(instance, self._compiled.fields[name].attname, column[offset])
                    instance.save(**options)
        return True

    # -- bulk --------------------------------------------------------------------------------------------------------

    def _write_all(self, start: int, instances: list[models.Model]) -> None:
        alias = self._writer.connection.alias
        signal = {"sender": self._model, "raw": False, "using": alias, "update_fields": None}
        for row, instance in enumerate(instances, start):
            with self._at(row):
                pre_save.send(instance=instance, **signal)
                self._pre_save_fields(instance)
        for table in blueprint(self._model).tables:
            self._write_table(start, table, instances)
        for row, instance in enumerate(instances, start):
            instance._state.adding = False
            with self._at(row):
                post_save.send(instance=instance, created=True, **signal)

    def _pre_save_fields(self, instance: models.Model) -> None:
        """What fields do before they are saved, but for those that would read the machine's clock."""
        for field in self._model._meta.concrete_fields:
            if is_stored(field) and not reads_clock(field):
                setattr(instance, field.attname, field.pre_save(instance, add=True))

    def _write_table(self, start: int, table: Table, instances: list[models.Model]) -> None:
        keys = [instance.pk for instance in instances]
        fields = [field for field in table.fields if not (field.primary_key and field is not table.key)]
        if table.key not in fields and table.key.column is not None:
            fields = [table.key, *fields]
        data = []
        names: list[str] = []
        for field in fields:
            own = keys if field is table.key else [getattr(instance, field.attname) for instance in instances]
            if all(isinstance(value, DatabaseDefault) for value in own):
                continue  # the database fills the column
            names.append(str(field.column))
            prepare = self._writer.column(field)
            data.append(prepare.convert(canonical.converter(field)(own) if prepare.reads == "canonical" else own))
        try:
            with transaction.atomic(using=self._writer.connection.alias):
                self._writer.write(table.name, names, data)
        except DatabaseError as error:
            found = self._writer.locate(table.name, names, data)
            raise self._failed(
                self._batch, start + found[0] if found else None, self._failing(error), found[1] if found else error
            ) from error

    # -- afterwards --------------------------------------------------------------------------------------------------

    def _keep(self, start: int, instances: list[models.Model]) -> None:
        """Hold the keys, and the columns that other batches read."""
        try:
            keys = key_converter(self._model)([instance.pk for instance in instances])
            self._binding.add(self._batch.id, "", start, keys)
            for name in self._batch.kept:
                self._binding.add(self._batch.id, name, start, self._now(self._compiled.fields[name], instances))
        except Exception as error:  # of a field that cannot convert what save() has put there
            raise self._failed(self._batch, None, None, error) from error

    def _now(self, field: AnyField, instances: list[models.Model]) -> list[Any]:
        """What the rows hold; of an instance that was given an expression only the database knows."""
        values = [getattr(instance, field.attname) for instance in instances]
        if not any(hasattr(value, "resolve_expression") for value in values):
            return values
        keys = [instance.pk for instance in instances]
        found = read_fields(self._writer.connection.alias, self._model, keys, [field.attname])
        return [found[key][0] for key in keys]


def _spread_key(instance: models.Model) -> None:
    """Give all tables of a multi-table row its key, as save() does on the way."""
    shape = blueprint(type(instance))
    key = getattr(instance, shape.key.attname) if instance.pk is None else instance.pk
    for table in shape.tables:
        setattr(instance, table.key.attname, key)


def reads_clock(field: AnyField) -> bool:
    """Whether saving sets a field from the machine's clock."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _save_options(model: type[models.Model], alias: str) -> dict[str, Any]:
    """The arguments of ``objects.create()``, or as many of them as an own ``save()`` takes."""
    options = {"force_insert": True, "using": alias}
    parameters = inspect.signature(model.save).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return options
    named = {parameter.name for parameter in parameters}
    return {name: value for name, value in options.items() if name in named}
