"""SQLite: ``executemany`` of multi-row INSERT, the counter of AUTOINCREMENT, and a lock that is the first write of a transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from typing import ClassVar

from django.db import DatabaseError, IntegrityError, OperationalError

from fixturekit.values.geometries import spatialite_bytes
from fixturekit.writers.base import Writer
from fixturekit.writers.columns import AnyField, Column, Convert, each, local_instants, unchanged
from fixturekit.writers.keys import Ranges

_TABLE = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name = %s COLLATE NOCASE"
_ROWS = 100
_PAUSE = 0.05  # seconds between two looks at a lock


class SQLiteWriter(Writer):
    """Writes through ``sqlite3``'s own ``executemany``.

    The counter lives in a table, is part of the transaction and moves by itself past explicit keys. Foreign keys are
    checked at the end only, and SQLite then does not say which: ``check_constraints`` looks it up.
    """

    as_they_are: ClassVar[frozenset[str]] = frozenset(
        {"boolean", "date", "decimal", "duration", "float", "integer", "text", "time", "uuid"}
    )
    reckons_in_floats: ClassVar[bool] = True
    values_per_statement: ClassVar[int] = 900

    def conversion(self, kind: str, field: AnyField) -> Convert | None:
        if kind == "datetime":
            zone = self.connection.timezone
            return unchanged if zone is None or self.connection.timezone_name == "UTC" else local_instants(zone)
        return super().conversion(kind, field)

    def geometries(self, srid: int) -> Convert:
        return each(lambda text: spatialite_bytes(text, srid))

    def insert(self, table: str, columns: Sequence[str], data: Sequence[Column]) -> None:
        quote = self.connection.ops.quote_name
        head = f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))}) VALUES "
        row = f"({', '.join('?' * len(columns))})"
        # a hundred rows a statement: stepping it costs as much as binding a few values
        size = max(1, min(_ROWS, self.bind_limit() // len(columns)))
        values = chain.from_iterable(zip(*data, strict=True))
        blocks = (tuple(islice(values, size * len(columns))) for _ in range(len(data[0]) // size))
        with self.cursor():
            # Django's cursor would look at every row on its way
            executemany = self.connection.connection.executemany
            executemany(head + ", ".join([row] * size), blocks)
            executemany(head + row, zip(*[values] * len(columns), strict=True))

    def constraint_columns(self, table: str, name: str) -> tuple[str, ...]:
        try:
            return super().constraint_columns(table, name)
        except IndexError:  # Django's reading of the statement stumbles over some unnamed or odd constraints
            return ()

    def advance(self, model: object, table: str, column: str, count: int) -> Ranges:
        highest = self.highest(table, column)
        name, sql = self.ask_row(_TABLE, [table]) or (table, "")
        if "AUTOINCREMENT" not in sql.upper():
            return Ranges(((highest + 1, count),))
        counter = self.ask("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
        first = max(highest, counter or 0) + 1
        # there is no counter before the first row
        move = "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)"
        if counter is not None:
            move = "UPDATE sqlite_sequence SET seq = %s WHERE name = %s"
        with self.cursor() as cursor:
            cursor.execute(move, [first + count - 1, name])
        return Ranges(((first, count),))

    def check_constraints(self, tables: Iterable[str]) -> None:
        for table in tables:
            broken = self.ask_row(f"PRAGMA foreign_key_check({self.quoted(table)})")
            if broken is not None:
                raise IntegrityError(f"FOREIGN KEY constraint failed: {table}.{self._key_column(table, broken[3])}")

    def _key_column(self, table: str, number: int) -> str:
        with self.cursor() as cursor:
            cursor.execute(f"PRAGMA foreign_key_list({self.quoted(table)})")
            return next(str(row[3]) for row in cursor.fetchall() if row[0] == number)

    def failing_columns(self, error: DatabaseError, table: str) -> tuple[str, ...]:
        what, _, where = str(error).partition(" constraint failed: ")
        if what == "CHECK":
            return self.constraint_columns(table, where) or self._mentioned(table, where)
        if where.startswith("index '"):
            return self.constraint_columns(table, where[len("index '") : -1])
        # a name may hold commas and dots, but each column comes with the table in front
        head = f"{table}."
        return tuple(where[len(head) :].split(f", {head}")) if where.startswith(head) else ()

    def _mentioned(self, table: str, text: str) -> tuple[str, ...]:
        """A check without a name goes by its text, or by the quoted name that the text begins with."""
        with self.cursor() as cursor:
            cursor.execute(f"PRAGMA table_info({self.quoted(table)})")
            names = [str(row[1]) for row in cursor.fetchall()]
        return tuple(name for name in names if name == text or f'"{name}"' in text)

    def failing_table(self, error: DatabaseError) -> str | None:
        return str(error).partition(" constraint failed: ")[2].partition(".")[0] or None

    def misses_table(self, error: DatabaseError) -> bool:
        return str(error).startswith("no such table")

    def reason(self, error: DatabaseError) -> str:
        return str(error)  # SQLite names constraints and columns, never values

    @contextmanager
    def lock(self, table: str, timeout: float | None, on_wait: Callable[[], None]) -> Iterator[None]:
        patience = self.ask("PRAGMA busy_timeout")
        self._set_patience(0)  # SQLite's own waiting is silent and deaf to Ctrl-C
        try:
            block = self._wait(table, timeout, on_wait)
        finally:
            self._set_patience(patience)
        with block:
            yield

    def _set_patience(self, milliseconds: int) -> None:
        self.ask(f"PRAGMA busy_timeout = {milliseconds}")

    def _wait(self, table: str, timeout: float | None, on_wait: Callable[[], None]) -> ExitStack:
        end = None if timeout is None else time.monotonic() + timeout
        block = self._enter(table)
        if block is None:
            on_wait()
        while block is None:
            if end is not None and time.monotonic() >= end:
                raise self.lock_timeout(timeout)
            time.sleep(_PAUSE)
            block = self._enter(table)
        return block

    def _enter(self, table: str) -> ExitStack | None:
        """Open the transaction and make its first write; None if another process is writing.

        A transaction that began with a read would be refused at once where one that writes first may wait.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(self.own_transaction())
                self.claim(table, 0, lambda: None)
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
                return None
            return stack.pop_all()
