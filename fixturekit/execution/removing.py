"""Removing exactly the rows that applied recipes made, unless rows that stay depend on them."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.options import Options

from fixturekit.exceptions import RowsInUse
from fixturekit.execution.makers import labels_of
from fixturekit.ledger import KeyForm, Ledger, column_of
from fixturekit.models import ADOPTED
from fixturekit.values.canonical import concrete
from fixturekit.values.contrib.trees import tree_of
from fixturekit.writers.keys import Keys, Listed, Ranges

Model = type[models.Model]
Condition = tuple[str, list[Any]]

FETCHED = 2000
SHOWN = 3
LINES = 20
# Rows that go themselves are left out by the database where a few ranges say which they are, and here otherwise.
RANGES_IN_QUERY = 50


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed: rows by the label of their model. A multi-table row counts in each of its tables, of which
    ``parts`` are those beyond the first.
    """

    rows: dict[str, int]
    parts: int = 0

    @property
    def total(self) -> int:
        """The sum over all models; a multi-table row counts once."""
        return sum(self.rows.values()) - self.parts


def remove(connection: BaseDatabaseWrapper, names: Sequence[str], *, cascade: bool = False) -> Removed:
    """Remove the rows that these recipes made, side rows too, and then their entries in the ledger.

    Everything happens in the caller's transaction; without one, a failure leaves half of it. Rows that recipes adopted
    or pinned stay. Rows that are gone already are no error. Nothing is loaded into instances: no signal is sent, no
    ``delete()`` of a model is called, and files of file fields stay in their storage.

    Rows depend on others through foreign keys, whatever their ``on_delete``, one-to-one and many-to-many links, parent
    links of multi-table models, and generic foreign keys. Before anything is removed, all of these are looked through.

    Args:
        names: Applied recipes, as ``app.recipe``. What one of them made may depend on what another one made.
        cascade: Remove rows that no recipe made too where they depend on removed ones, and so on.

    Raises:
        RowsInUse: Rows that stay depend on rows to be removed, or another recipe has adopted some of these.
            Rows of other recipes stay even with ``cascade``, since the ledger would be wrong about them.
        ApplyError: A recipe is not applied, or a model that it made rows of is gone.
    """
    return _Removal(connection, names, cascade).run()


class _Removal:
    """The rows to go by concrete model: first all of them are gathered, then dependants are looked for, then they go.

    A multi-table row is a row of each of its tables, tied together by parent links that are foreign keys like others.
    """

    def __init__(self, connection: BaseDatabaseWrapper, names: Sequence[str], cascade: bool) -> None:
        self._connection = connection
        self._quote = connection.ops.quote_name
        self._names = tuple(dict.fromkeys(names))
        self._cascade = cascade
        self._ledger = Ledger(connection)
        self._relations = _Relations(connection)
        self._going: dict[Model, _Rows] = {}
        self._staying: dict[tuple[str, str], _Staying] = {}
        self._makers: dict[str, None] = {}

    def run(self) -> Removed:
        self._gather()
        self._refuse_adopted()
        self._look_for_dependants()
        for model in list(self._going):
            self._look_below(model)
        if self._staying:
            raise self._in_use()
        removed = self._delete()
        self._mend_trees()
        for name in self._names:
            self._ledger.forget(name)
        return removed

    def _gather(self) -> None:
        applied = self._ledger.applied()
        for name in self._names:
            if name not in applied:
                raise self._ledger.not_applied(name)
            for batch in self._ledger.batches(name):
                if batch.kind == ADOPTED:
                    continue
                self._ledger.form(batch.model)  # says so where the model is gone
                model = _concrete_model(apps.get_model(batch.model))
                if self._relations.has_table(model):
                    self._add(model, batch.keys)

    def _refuse_adopted(self) -> None:
        """A recipe that stays may have adopted rows, which it takes for its own."""
        found: dict[tuple[str, str], set[Any]] = {}
        for model, going in self._going.items():
            form = self._form(model)
            for label in labels_of(model):
                for name, keys in self._ledger.makers(label, apart_from=self._names, adopted=True):
                    shared = {key for key in map(form.python, keys) if key in going}
                    if shared:
                        found.setdefault((label, name), set()).update(shared)
        if found:
            first = "remove that first: applyfixtures"
            rows = [
                f"{label}: {_counted(keys)} by {name}; {first} {name} zero"
                for (label, name), keys in sorted(found.items())
            ]
            lines = "".join(f"\n  {line}" for line in _first(rows, LINES))
            made = ", ".join(_first(self._names, SHOWN))
            raise RowsInUse(f"Other recipes have adopted rows that {made} made:{lines}", rows)

    def _add(self, model: Model, keys: Keys) -> list[tuple[Model, Keys]]:
        """Let rows go, and the rows of their parents; return all that was added, by model."""
        if model not in self._going:
            self._going[model] = _Rows(self._form(model))
        self._going[model].add(keys)
        added = [(model, keys)]
        for parent, link in _parent_links(model):
            added += self._add(parent, keys if link.primary_key else self._linked(model, link, keys))
        return added

    def _linked(self, model: Model, link: models.Field[Any, Any], keys: Keys) -> Keys:
        """Keys of parents whose link is not the child's primary key."""
        form = self._form(_concrete_model(link.related_model))
        column = self._quote(column_of(link))
        found = Listed()
        for condition, parameters in self._form(model).conditions(keys):
            sql = f"SELECT {column} FROM {self._quote(model._meta.db_table)} WHERE {condition}"
            found.extend([form.prepared(form.python(key)) for (key,) in self._fetch(sql, parameters)])
        return found

    def _look_for_dependants(self) -> None:
        waiting = deque((model, rows.keys()) for model, rows in self._going.items())
        while waiting:
            model, keys = waiting.popleft()
            for pointer in self._relations.at(model):
                found = self._pointing(pointer, model, keys)
                free = self._apart_from_made(pointer, found)
                if free and self._cascade:
                    form = self._form(pointer.model)
                    waiting += self._add(pointer.model, _listed(form, free))
                elif free:
                    self._stay(pointer, "", free)

    def _look_below(self, model: Model) -> None:
        """Look for rows of a tree that stand below rows that go, where no foreign key says so."""
        tree = tree_of(model)
        if tree is None or tree.model is not model or tree.library.nodes is None:
            return
        going = self._going[model]
        nodes = tree.library.nodes(model, self._connection.alias)
        left = {key for key, above in nodes if above is not None and above in going and key not in going}
        free = self._apart_from_made(_Below(model, tree.above), left)
        if free and self._cascade:
            self._add(model, _listed(self._form(model), free))
            self._look_below(model)
        elif free:
            self._stay(_Below(model, tree.above), "", free)

    def _mend_trees(self) -> None:
        """Have the libraries of trees count anew what they were not told of."""
        trees = {tree.model: tree for tree in map(tree_of, self._going) if tree is not None}
        for model, tree in trees.items():
            rows = model._base_manager.using(self._connection.alias)
            if tree.library.mend is not None and self._connection.alias == DEFAULT_DB_ALIAS and rows.exists():
                tree.library.mend(model)

    def _pointing(self, pointer: _Pointer, model: Model, keys: Keys) -> set[Any]:
        """Keys of the rows that point at rows of a model through one field, without those that go themselves."""
        form = self._form(pointer.model)
        going = self._going.get(pointer.model)
        apart, ends = going.apart() if going else ("", [])
        columns = ", ".join(self._quote(column) for column in form.columns)
        found: set[Any] = set()
        for condition, parameters in pointer.conditions(self._connection, model, self._form(model), keys):
            sql = f"SELECT {columns} FROM {self._quote(form.table)} WHERE {condition}{apart}"
            for row in self._fetch(sql, [*parameters, *ends]):
                key = form.python(row if form.composite else row[0])
                if going is None or key not in going:
                    found.add(key)
        return found

    def _apart_from_made(self, pointer: _Pointer | _Below, found: set[Any]) -> set[Any]:
        """Rows that no recipe made or adopted; the others are noted with the recipe that did."""
        model = pointer.model
        for label in labels_of(model) if found else ():
            for name, keys in self._ledger.makers(label, apart_from=self._names):
                rows = _Rows(self._form(model))
                rows.add(keys)
                made = {key for key in found if key in rows}
                if made:
                    self._stay(pointer, f"made by {name}; remove that first: applyfixtures {name} zero", made)
                    self._makers[name] = None
                    found = found - made
            for name, keys in self._ledger.makers(label, adopted=True):
                rows = _Rows(self._form(model))
                rows.add(keys)
                adopted = {key for key in found if key in rows}
                if adopted:
                    self._stay(pointer, f"there before {name} adopted it", adopted)
                    found = found - adopted
        return found

    def _stay(self, pointer: _Pointer | _Below, maker: str, keys: set[Any]) -> None:
        staying = self._staying.setdefault((pointer.model._meta.label, maker), _Staying())
        staying.keys.update(keys)
        staying.fields[pointer.name] = None

    def _in_use(self) -> RowsInUse:
        rows = [_described(*address, self._staying[address]) for address in sorted(self._staying)]
        lines = "".join(f"\n  {line}" for line in _first(rows, LINES))
        hint = ""
        if any(not maker for _, maker in self._staying):
            hint = "\nRemove these rows first, or take those that no recipe made too, with --cascade"
        message = f"Rows that stay depend on rows of {', '.join(_first(self._names, SHOWN))}:{lines}{hint}"
        return RowsInUse(message, rows, tuple(self._makers))

    def _delete(self) -> Removed:
        pointers = [pointer for pointer in self._relations.checked if pointer.within(self._going)]
        closing = [pointer for pointer in pointers if pointer.nullable and _closes_cycle(pointer, pointers)]
        for pointer in closing:
            self._set_null(pointer)
        rest = [pointer for pointer in pointers if pointer not in closing]
        # A cycle without a nullable link was written with checks off or deferred, and goes in the same way. Nothing
        # is overlooked: all that points at these rows was looked through before.
        stubborn = any(_closes_cycle(pointer, rest) for pointer in rest)
        with self._connection.constraint_checks_disabled() if stubborn else contextlib.nullcontext():
            removed = {model._meta.label: self._delete_rows(model) for model in _pointing_first(self._going, rest)}
        parts = sum(removed[model._meta.label] * len(list(_parent_links(model))) for model in self._going)
        return Removed({label: count for label, count in sorted(removed.items()) if count}, parts)

    def _set_null(self, pointer: _Foreign) -> None:
        column, table = self._quote(pointer.column), self._quote(pointer.model._meta.db_table)
        with self._connection.cursor() as cursor:
            for condition, parameters in self._going[pointer.model].conditions():
                sql = f"UPDATE {table} SET {column} = NULL WHERE {column} IS NOT NULL AND {condition}"
                cursor.execute(sql, parameters)

    def _delete_rows(self, model: Model) -> int:
        count = 0
        with self._connection.cursor() as cursor:
            for condition, parameters in self._going[model].conditions():
                cursor.execute(f"DELETE FROM {self._quote(model._meta.db_table)} WHERE {condition}", parameters)
                count += cursor.rowcount
        return count

    def _form(self, model: Model) -> KeyForm:
        return self._ledger.form(model._meta.label)

    def _fetch(self, sql: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(FETCHED):
                yield from rows


@dataclass(frozen=True, slots=True)
class _Below:
    """Rows of a tree that stand below others; no column says so."""

    model: Model
    name: str


@dataclass(slots=True)
class _Staying:
    """Keys of rows that stay, and the fields by which they depend on rows that go."""

    keys: set[Any] = attribute(default_factory=set)
    fields: dict[str, None] = attribute(default_factory=dict)


class _Rows:
    """Keys of rows of one model, each once; integers as ranges."""

    def __init__(self, form: KeyForm) -> None:
        self._form = form
        self._ranges: list[tuple[int, int]] = []
        self._values: dict[Any, None] = {}

    def add(self, keys: Keys) -> None:
        """Take in keys in prepared form."""
        if self._form.integers:
            ranges = keys if isinstance(keys, Ranges) else Ranges.of(list(keys))
            self._ranges = _merged([*self._ranges, *ranges.ranges])
        else:
            self._values.update((self._form.python(key), None) for key in keys)

    def __contains__(self, key: Any) -> bool:
        """Whether a key in Python's form is among them."""
        if not self._form.integers:
            return key in self._values
        number = bisect_right(self._ranges, key, key=lambda pair: pair[0]) - 1
        return number >= 0 and key < sum(self._ranges[number])

    def keys(self) -> Keys:
        """Return them in prepared form."""
        return Ranges(tuple(self._ranges)) if self._form.integers else _listed(self._form, self._values)

    def conditions(self) -> Iterator[Condition]:
        return self._form.conditions(self.keys())

    def apart(self) -> Condition:
        """Return the end of a condition that leaves these rows out, or an empty one where that would get long."""
        if not 0 < len(self._ranges) <= RANGES_IN_QUERY:
            return "", []
        column = self._form.quoted[0]
        ends = [end for first, length in self._ranges for end in (first, first + length - 1)]
        return f" AND {column} NOT BETWEEN %s AND %s" * len(self._ranges), ends


@dataclass(frozen=True, slots=True)
class _Foreign:
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

    def within(self, going: dict[Model, _Rows]) -> bool:
        """Whether rows of both ends go."""
        return self.model in going and self.target in going


@dataclass(frozen=True, slots=True)
class _Generic:
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


_Pointer = _Foreign | _Generic


class _Relations:
    """All that points at rows, in the tables that this database has."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        everything = apps.get_models(include_auto_created=True)
        self._models = [model for model in everything if not model._meta.proxy and self.has_table(model)]
        fields = [field for model in self._models for field in model._meta.local_concrete_fields]
        foreign = [field for field in fields if isinstance(field, models.ForeignKey)]
        self._foreign = [_foreign(field) for field in foreign]
        self.checked = [pointer for pointer in self._foreign if pointer.checked]

    def at(self, model: Model) -> list[_Pointer]:
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
    def _generic(self) -> list[_Generic]:
        if not apps.is_installed("django.contrib.contenttypes"):
            return []
        types = _ContentTypes(self._connection)
        pairs = dict.fromkeys(pair for model in self._models for pair in _generic_pairs(model))
        return [
            _Generic(model, column_of(_field(model, type_name)), _field(model, id_name), types)
            for model, type_name, id_name in pairs
            if model in self._models
        ]


class _ContentTypes:
    """Keys of the content types that stand for a concrete model: its own, and those of its proxies."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def of(self, model: Model) -> list[int]:
        names = [_options(other) for other in apps.get_models() if _concrete_model(other) is model]
        found = [self._all.get((opts.app_label, opts.model_name)) for opts in names]
        return [pk for pk in found if pk is not None]

    @cached_property
    def _all(self) -> dict[tuple[str, str | None], int]:
        rows = apps.get_model("contenttypes.ContentType")._base_manager.using(self._connection.alias)
        return {(label, name): pk for pk, label, name in rows.values_list("pk", "app_label", "model")}


def _foreign(field: Any) -> _Foreign:
    target = _concrete_model(field.related_model)
    referenced = "" if field.target_field.primary_key else field.target_field.column
    return _Foreign(field.model, field.name, field.column, target, referenced, field.null, field.db_constraint)


def _generic_pairs(model: Model) -> Iterator[tuple[Model, str, str]]:
    """Yield the pairs of columns, by field name and with their table's model, of which a model tells."""
    # Cannot be imported where the app of content types is not installed.
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation

    for field in model._meta.private_fields:
        if isinstance(field, GenericForeignKey):
            yield _owner(model, field.ct_field), field.ct_field, field.fk_field
        elif isinstance(field, GenericRelation):
            related = _concrete_model(field.related_model)
            names = field.content_type_field_name, field.object_id_field_name
            yield _owner(related, names[0]), *names


def _owner(model: Model, name: str) -> Model:
    """The concrete model whose table has the column of a field, which may be a parent."""
    return _concrete_model(_field(model, name).model)


def _field(model: Model, name: str) -> Any:
    return model._meta.get_field(name)


def _options(model: Model) -> Options[Any]:
    return model._meta


def _concrete_model(model: Any) -> Model:
    found: Model = model._meta.concrete_model
    return found


def _parent_links(model: Model) -> Iterator[tuple[Model, models.Field[Any, Any]]]:
    for parent, link in model._meta.parents.items():
        if link is not None and link.model is model:  # links of parents to their own parents are listed here too
            yield _concrete_model(parent), link


def _closes_cycle(pointer: _Foreign, pointers: Sequence[_Foreign]) -> bool:
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


def _pointing_first(going: Iterable[Model], pointers: Sequence[_Foreign]) -> list[Model]:
    """Order models so that rows go before those that they point at; inside a cycle the order means nothing."""
    waiting = sorted(going, key=lambda model: model._meta.label)
    ordered: list[Model] = []
    while waiting:
        pointed_at = {pointer.target for pointer in pointers if pointer.model in waiting}
        free = [model for model in waiting if model not in pointed_at] or waiting[:1]
        ordered += free
        waiting = [model for model in waiting if model not in free]
    return ordered


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, length in sorted(ranges):
        if merged and first <= sum(merged[-1]):
            begin, so_far = merged[-1]
            merged[-1] = (begin, max(so_far, first + length - begin))
        else:
            merged.append((first, length))
    return merged


def _listed(form: KeyForm, keys: Iterable[Any]) -> Keys:
    """Keys in Python's form as the driver takes them."""
    return Ranges.of(sorted(keys)) if form.integers else Listed([form.prepared(key) for key in keys])


def _first(texts: Sequence[str], count: int) -> list[str]:
    """The first of many, and how many there are besides."""
    more = len(texts) - count
    return [*texts[:count], f"and {more} more"] if more > 0 else list(texts)


def _described(label: str, maker: str, staying: _Staying) -> str:
    made = f", {maker}" if maker else ""
    return f"{label}: {_counted(staying.keys)} through {', '.join(sorted(staying.fields))}{made}"


def _counted(keys: set[Any]) -> str:
    """How many rows, and which."""
    ordered = sorted(keys, key=lambda key: (0, key) if isinstance(key, int) else (1, str(key)))
    shown = ", ".join(map(str, ordered[:SHOWN])) + (", ..." if len(ordered) > SHOWN else "")
    number = f"{len(keys)} row" if len(keys) == 1 else f"{len(keys)} rows"
    return f"{number} ({shown})"
