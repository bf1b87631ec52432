"""Rows that a factory of the project makes: it is called for one after the other, in a world that the row shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from fixturekit.blueprints import AnyField
from fixturekit.exceptions import ApplyError
from fixturekit.execution.compiled import Absent, Compiled
from fixturekit.execution.finding import key_converter
from fixturekit.execution.instances import Saver
from fixturekit.execution.listening import muted, side_rows_noted
from fixturekit.factories.adapting import Adapted, adapt


class FactoryCaller(Saver):
    """Calls the batch's factory for each row, with what the recipe gives."""

    @contextmanager
    def opened(self) -> Iterator[None]:
        self._factory = adapt(self._batch.factory)
        with _from_the_beginning(self._factory, self._batch.begin):
            yield

    def _block(self, start: int, stop: int) -> list[models.Model]:
        alias = self._writer.connection.alias
        given = {name: self._given(column, name, start, stop) for name, column in self._sources().items()}
        sides = self._sides.setdefault(self._batch.id, [])
        instances: list[models.Model] = []
        with self._seal, muted(self._batch.muted):
            for row in range(start, stop):
                arguments = {name: cells[row - start] for name, cells in given.items()}
                made: list[tuple[str, Any]] = []
                with (
                    self._at(row, self._failing),
                    transaction.atomic(using=alias),
                    side_rows_noted(alias, [], made),
                ):
                    instance = self._factory.factory.create(
                        **{name: value for name, value in arguments.items() if value is not Absent}
                    )
                    self._take_own(instance, made)
                instances.append(instance)
                sides.extend(made)
        self._keep(start, instances)
        return instances

    def _sources(self) -> dict[str, Compiled]:
        """What may be given: fields but those whose clock Django sets anyhow, and the factory's arguments."""
        fields = {
            name: column
            for name, column in self._compiled.columns.items()
            if not getattr(self._compiled.fields[name], "auto_now", False)
            and not getattr(self._compiled.fields[name], "auto_now_add", False)
        }
        return {**fields, **self._compiled.arguments}

    def _given(self, column: Compiled, name: str, start: int, stop: int) -> list[Any]:
        """A block of values; of a relation the rows, as a factory expects them."""
        cells = column.values(start, stop)
        field = self._factory.field(name)
        if field is None or field.remote_field is None:
            return cells
        rows = self._pointed_at(field, {cell for cell in cells if cell is not None and cell is not Absent})
        return [rows.get(cell, cell) for cell in cells]

    def _pointed_at(self, field: AnyField, keys: set[Any]) -> dict[Any, models.Model]:
        target: Any = field.related_model
        linked = field.target_field.name  # type: ignore[attr-defined]
        manager = target._base_manager.using(self._writer.connection.alias)
        found: dict[Any, models.Model] = manager.in_bulk(keys, field_name=linked) if keys else {}
        return found

    def _take_own(self, instance: Any, made: list[tuple[str, Any]]) -> None:
        """Tell the row of the step from others that were made meanwhile."""
        concrete = self._model._meta.concrete_model or self._model
        if not isinstance(instance, concrete) or instance.pk is None:
            raise ApplyError(f"{self._batch.factory} returned {type(instance).__name__}, which is no saved row")
        made_of = instance._meta.concrete_model or concrete
        own = (made_of._meta.label, key_converter(concrete)([instance.pk])[0])
        if own not in made:
            raise ApplyError(f"{self._batch.factory} returned a row that was there before")
        made.remove(own)


@contextmanager
def _from_the_beginning(factory: Adapted, begin: int) -> Iterator[None]:
    """Have the sequences and iterators of a factory, and of those that it calls, begin anew; then as they were.

    They belong to the process. What other code drew from them before must not count.
    """
    undo: list[Callable[[], Any]] = []
    for reached in factory.reached:
        meta = reached._meta
        meta._initialize_counter()
        undo.append(_counter_put_back(meta, meta._counter.seq))
        meta.reset_sequence(begin, force=True)
        for declarations in (meta.pre_declarations, meta.post_declarations):
            for name in declarations:
                reset = getattr(declarations[name].declaration, "reset", None)
                if reset is not None:
                    reset()
    try:
        yield
    finally:
        for put_back in reversed(undo):
            put_back()


def _counter_put_back(meta: Any, value: int) -> Callable[[], None]:
    return lambda: meta.reset_sequence(value, force=True)
