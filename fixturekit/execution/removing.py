"""Removing exactly the rows that applied recipes made, unless rows that stay depend on them."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import RowsInUse
from fixturekit.execution.makers import labels_of
from fixturekit.execution.pointing import (
    Foreign,
    Model,
    Pointer,
    Relations,
    closes_cycle,
    concrete_model,
    parent_links,
    pointing_first,
)
from fixturekit.ledger import Ledger
from fixturekit.models import ADOPTED
from fixturekit.values.contrib.trees import tree_of
from fixturekit.writers.keyforms import KeyForm, column_of
from fixturekit.writers.keys import Keys, Listed
from fixturekit.writers.keysets import KeySet, listed

FETCHED = 2000
SHOWN = 3
LINES = 20


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
        self._relations = Relations(connection)
        self._going: dict[Model, KeySet] = {}
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
                model = concrete_model(apps.get_model(batch.model))
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
            self._going[model] = KeySet(self._form(model))
        self._going[model].add(keys)
        added = [(model, keys)]
        for parent, link in parent_links(model):
            added += self._add(parent, keys if link.primary_key else self._linked(model, link, keys))
        return added

    def _linked(self, model: Model, link: models.Field[Any, Any], keys: Keys) -> Keys:
        """Keys of parents whose link is not the child's primary key."""
        form = self._form(concrete_model(link.related_model))
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
                    waiting += self._add(pointer.model, listed(form, free))
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
            self._add(model, listed(self._form(model), free))
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

    def _pointing(self, pointer: Pointer, model: Model, keys: Keys) -> set[Any]:
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

    def _apart_from_made(self, pointer: Pointer | _Below, found: set[Any]) -> set[Any]:
        """Rows that no recipe made or adopted; the others are noted with the recipe that did."""
        model = pointer.model
        for label in labels_of(model) if found else ():
            for name, keys in self._ledger.makers(label, apart_from=self._names):
                rows = KeySet(self._form(model))
                rows.add(keys)
                made = {key for key in found if key in rows}
                if made:
                    self._stay(pointer, f"made by {name}; remove that first: applyfixtures {name} zero", made)
                    self._makers[name] = None
                    found = found - made
            for name, keys in self._ledger.makers(label, adopted=True):
                rows = KeySet(self._form(model))
                rows.add(keys)
                adopted = {key for key in found if key in rows}
                if adopted:
                    self._stay(pointer, f"there before {name} adopted it", adopted)
                    found = found - adopted
        return found

    def _stay(self, pointer: Pointer | _Below, maker: str, keys: set[Any]) -> None:
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
        closing = [pointer for pointer in pointers if pointer.nullable and closes_cycle(pointer, pointers)]
        for pointer in closing:
            self._set_null(pointer)
        rest = [pointer for pointer in pointers if pointer not in closing]
        # A cycle without a nullable link was written with checks off or deferred, and goes in the same way. Nothing
        # is overlooked: all that points at these rows was looked through before.
        stubborn = any(closes_cycle(pointer, rest) for pointer in rest)
        with self._connection.constraint_checks_disabled() if stubborn else contextlib.nullcontext():
            removed = {model._meta.label: self._delete_rows(model) for model in pointing_first(self._going, rest)}
        parts = sum(removed[model._meta.label] * len(list(parent_links(model))) for model in self._going)
        return Removed({label: count for label, count in sorted(removed.items()) if count}, parts)

    def _set_null(self, pointer: Foreign) -> None:
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
