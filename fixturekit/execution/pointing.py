"""All that points at rows: foreign keys, links of parents, generic foreign keys."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.options import Options

from fixturekit.values.canonical import concrete
from fixturekit.writers.keyforms import KeyForm, column_of
from fixturekit.writers.keys import Keys, Listed

Model = type[models.Model]
Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign key of ``model`` at ``target``; ``referenced`` is the column there, "" for the primary key.

    ``name`` is the field's, ``checked``: the database holds a constraint for it.
    """

    model: Model
    name: str
    column: str
    target: Model
    referenced: str
    nullable: bool
    checked: bool

    def conditions(
        self, connection: BaseDatabaseWrapper, model: Model, form: KeyForm, keys: Keys
    ) -> Iterator[Condition]:
        """Yield conditions on the table that hold for rows that point at these keys of the target."""
        if not self.referenced:
            yield from form.conditions(keys, columns=[self.column])
            return
        column, referenced = map(connection.ops.quote_name, (self.column, self.referenced))
        for condition, parameters in form.conditions(keys):
            inner = f"SELECT {referenced} FROM {connection.ops.quote_name(form.table)} WHERE {condition}"
            yield f"{column} IN ({inner})", parameters

    def within(self, going: Container[Model]) -> bool:
        """Whether rows of both ends go."""
        return self.model in going and self.target in going


@dataclass(frozen=True, slots=True)
class Generic:
    """A pair of columns that points at rows of any model: its content type, and its key in the form of ``field``."""

    model: Model
    type_column: str
    field: models.Field[Any, Any]
    types: _ContentTypes

    @property
    def name(self) -> str:
        return self.field.name

    def conditions(
        self, connection: BaseDatabaseWrapper, model: Model, form: KeyForm, keys: Keys
    ) -> Iterator[Condition]:
        """Yield conditions on the table that hold for rows that point at these keys of a model."""
        types = self.types.of(model)
        if form.composite or not types:
            return
        quote = connection.ops.quote_name
        of_type = f"{quote(self.type_column)} IN ({', '.join(['%s'] * len(types))})"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {quote(self.model._meta.db_table)} WHERE {of_type} LIMIT 1", types)
            if cursor.fetchone() is None:
                return
        for condition, parameters in form.conditions(
            self._stored(connection, form, keys), columns=[column_of(self.field)]
        ):
            yield f"{of_type} AND {condition}", [*types, *parameters]

    def _stored(self, connection: BaseDatabaseWrapper, form: KeyForm, keys: Keys) -> Keys:
        """The keys as the pair's own column holds them; a key that it cannot hold is pointed at by nothing."""
        field = concrete(self.field)
        if form.integers and isinstance(field, models.IntegerField):
            return keys
        stored = []
        for key in keys:
            with contextlib.suppress(TypeError, ValueError, ValidationError):
                stored.append(field.get_db_prep_value(form.python(key), connection, prepared=False))
        # As a number, a UUID is larger than any column, and the driver would not take it.
        return Listed([key for key in stored if not isinstance(key, int) or abs(key) < 2**63])


Pointer = Foreign | Generic


class Relations:
    """All that points at rows, in the tables that this database has."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        everything = apps.get_models(include_auto_created=True)
        self._models = [model for model in everything if not model._meta.proxy and self.has_table(model)]
        fields = [field for model in self._models for field in model._meta.local_concrete_fields]
        foreign = [field for field in fields if isinstance(field, models.ForeignKey)]
        self._foreign = [_foreign(field) for field in foreign]
        self.checked = [pointer for pointer in self._foreign if pointer.checked]

    def at(self, model: Model) -> list[Pointer]:
        """Return all that may point at rows of a concrete model."""
        return [*(pointer for pointer in self._foreign if pointer.target is model), *self._generic]

    def has_table(self, model: Model) -> bool:
        """Whether the rows of a model are rows of a table here: views and models routed elsewhere have none."""
        table = self._connection.introspection.identifier_converter(model._meta.db_table)
        # Introspection does not see a table of another schema, which is spelled with quotes of its own.
        there = table in self._tables or '"' in table
        return there and router.allow_migrate_model(self._connection.alias, model)

    @cached_property
    def _tables(self) -> frozenset[str]:
        with self._connection.cursor() as cursor:
            found = self._connection.introspection.get_table_list(cursor)
        return frozenset(table.name for table in found if table.type != "v")

    @cached_property
    def _generic(self) -> list[Generic]:
        if not apps.is_installed("django.contrib.contenttypes"):
            return []
        types = _ContentTypes(self._connection)
        pairs = dict.fromkeys(pair for model in self._models for pair in _generic_pairs(model))
        return [
            Generic(model, column_of(_field(model, type_name)), _field(model, id_name), types)
            for model, type_name, id_name in pairs
            if model in self._models
        ]


class _ContentTypes:
    """Keys of the content types that stand for a concrete model: its own, and those of its proxies."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def of(self, model: Model) -> list[int]:
        names = [_options(other) for other in apps.get_models() if concrete_model(other) is model]
        found = [self._all.get((opts.app_label, opts.model_name)) for opts in names]
        return [pk for pk in found if pk is not None]

    @cached_property
    def _all(self) -> dict[tuple[str, str | None], int]:
        rows = apps.get_model("contenttypes.ContentType")._base_manager.using(self._connection.alias)
        return {(label, name): pk for pk, label, name in rows.values_list("pk", "app_label", "model")}


def _foreign(field: Any) -> Foreign:
    target = concrete_model(field.related_model)
    referenced = "" if field.target_field.primary_key else field.target_field.column
    return Foreign(field.model, field.name, field.column, target, referenced, field.null, field.db_constraint)


def _generic_pairs(model: Model) -> Iterator[tuple[Model, str, str]]:
    """Yield the pairs of columns, by field name and with their table's model, of which a model tells."""
    # Cannot be imported where the app of content types is not installed.
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation

    for field in model._meta.private_fields:
        if isinstance(field, GenericForeignKey):
            yield _owner(model, field.ct_field), field.ct_field, field.fk_field
        elif isinstance(field, GenericRelation):
            related = concrete_model(field.related_model)
            names = field.content_type_field_name, field.object_id_field_name
            yield _owner(related, names[0]), *names


def _owner(model: Model, name: str) -> Model:
    """The concrete model whose table has the column of a field, which may be a parent."""
    return concrete_model(_field(model, name).model)


def _field(model: Model, name: str) -> Any:
    return model._meta.get_field(name)


def _options(model: Model) -> Options[Any]:
    return model._meta


def concrete_model(model: Any) -> Model:
    """Return the model that has the table of a model: itself, or what it is a proxy of."""
    found: Model = model._meta.concrete_model
    return found


def parent_links(model: Model) -> Iterator[tuple[Model, models.Field[Any, Any]]]:
    """Yield the parents of a multi-table model, with the fields that lead there."""
    for parent, link in model._meta.parents.items():
        if link is not None and link.model is model:  # links of parents to their own parents are listed here too
            yield concrete_model(parent), link


def closes_cycle(pointer: Foreign, pointers: Sequence[Foreign]) -> bool:
    """Whether the pointer's target leads back to its model."""
    seen: set[Model] = set()
    waiting = [pointer.target]
    while waiting:
        model = waiting.pop()
        if model is pointer.model:
            return True
        if model not in seen:
            seen.add(model)
            waiting += [other.target for other in pointers if other.model is model]
    return False


def pointing_first(going: Iterable[Model], pointers: Sequence[Foreign]) -> list[Model]:
    """Order models so that rows go before those that they point at; inside a cycle the order means nothing."""
    waiting = sorted(going, key=lambda model: model._meta.label)
    ordered: list[Model] = []
    while waiting:
        pointed_at = {pointer.target for pointer in pointers if pointer.model in waiting}
        free = [model for model in waiting if model not in pointed_at] or waiting[:1]
        ordered += free
        waiting = [model for model in waiting if model not in free]
    return ordered
