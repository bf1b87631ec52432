"""The portable writer: every operation in SQL that any database understands, and the places where one may differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice
from typing import Any, ClassVar

from django.core.management.color import no_style
from django.db import DatabaseError, DataError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import LockTimeout
from fixturekit.values import canonical
from fixturekit.writers.columns import AnyField, Column, Convert, Preparation, rows_in, unchanged
from fixturekit.writers.keys import Ranges

Pour = Callable[[Sequence[Column]], None]


class Writer:
    """Puts prepared columns into the tables of one connection, and asks it what only the database knows.

    A block is a list of columns, each a list of equal length in row order, in *prepared* form: what this writer's
    preparations return. Statements go to the driver below Django's debug cursor, which with ``DEBUG`` would keep
    every one of them; what the driver raises arrives as an error of ``django.db``.

    A database differs by a subclass that overrides what is different. This class itself serves a database that
    fixturekit does not know, through multi-row INSERT and the fields' own conversions.
    """

    #: Keys that `reserve` returned are safe only once the highest of them is written: write that row first.
    claims_with_last_row: ClassVar[bool] = False
    #: Texts that differ in case, accents or blanks at the end are equal to the database.
    folds_texts: ClassVar[bool] = False
    #: The database reckons with floats where columns hold decimals.
    reckons_in_floats: ClassVar[bool] = False
    #: Many blocks go faster through one `pouring` than one by one.
    pours: ClassVar[bool] = False
    #: Canonical forms that the driver stores as they are.
    as_they_are: ClassVar[frozenset[str]] = frozenset()
    #: Rows in one INSERT: some databases take no more.
    rows_per_statement: ClassVar[int] = 1000
    #: Bound values in one statement where the database names no limit.
    values_per_statement: ClassVar[int] = 5000

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._counted: dict[str, type[models.Model]] = {}

    # -- columns ----------------------------------------------------------------------------------------------------

    def column(self, field: AnyField) -> Preparation:
        """Return how a column of this field is prepared.

        Args:
            field: a field with a column; a foreign key stores what its target field stores.

        Returns:
            The conversion of a block's column and the form that it reads.
        """
        convert = self.conversion(canonical.kind(field), canonical.concrete(field))
        if convert is not None:
            return Preparation("canonical", convert)
        return Preparation("python", self.own_conversion(field))

    def conversion(self, kind: str, field: AnyField) -> Convert | None:
        """Return what turns a canonical column of this kind into a prepared one, None where only the field can."""
        if kind == "geometry":
            geometry: Any = field
            return self.geometries(max(geometry.srid, 0))
        if kind not in self.as_they_are:
            return None
        if kind == "decimal" and getattr(field, "decimal_places", None) is None:
            return None
        if field.get_internal_type() == "GenericIPAddressField":
            return lambda values: [field.get_prep_value(value) or None for value in values]
        return unchanged

    def geometries(self, srid: int) -> Convert | None:
        """Return what turns canonical geometries into what the database takes for a column of this SRID (0: none)."""
        return None

    def own_conversion(self, field: AnyField) -> Convert:
        """Return the conversion that ``save()`` uses, value by value."""
        if isinstance(field, models.FileField):
            return lambda values: [str(value or "") for value in values]  # save() stores no NULL for no file
        connection = self.connection
        return lambda values: [field.get_db_prep_save(value, connection) for value in values]

    # -- rows -------------------------------------------------------------------------------------------------------

    def write(self, table: str, columns: Sequence[str], data: Sequence[Column]) -> int:
        """Insert one block.

        Args:
            table: the table's name, unquoted.
            columns: the names of its columns, unquoted; at least one.
            data: for each column the prepared values of all rows.

        Returns:
            How many rows were written.

        Raises:
            ValueError: there is no column, or the columns are not of one length.
            django.db.DatabaseError: the database refused a row, or a value does not fit the driver.
        """
        count = rows_in(columns, data)
        if not count:
            return 0
        try:
            self.insert(table, columns, data)
        except (OverflowError, UnicodeEncodeError) as error:
            # what save() would raise bare: some drivers find out before they ask the database
            raise DataError(str(error)) from error
        return count

    @contextmanager
    def pouring(self, table: str, columns: Sequence[str]) -> Iterator[Pour]:
        """Open the bulk door for many blocks of one table; only where ``pours`` says so.

        Nothing else may be asked of the connection until it closes, and where a row is refused may be found out only
        then: write the blocks again one by one to learn which.

        Args:
            table: as for `write`.
            columns: as for `write`.

        Yields:
            A function that takes the data of a block.

        Raises:
            django.db.DatabaseError: the database refused a row.
        """
        yield lambda data: self.insert(table, columns, data)

    def insert(self, table: str, columns: Sequence[str], data: Sequence[Column]) -> None:
        """Hand one block, at least one row of at least one column, to the database."""
        size = max(1, min(self.rows_per_statement, self.bind_limit() // len(columns)))
        head = f"INSERT INTO {self.quoted(table)} ({', '.join(map(self.quoted, columns))}) VALUES "
        row = f"({', '.join(['%s'] * len(columns))})"
        rows = zip(*data, strict=True)
        with self.cursor() as cursor:
            while chunk := list(islice(rows, size)):
                cursor.execute(head + ", ".join([row] * len(chunk)), list(chain.from_iterable(chunk)))
            self._reset_counter(table, cursor)

    def put_back(
        self,
        table: str,
        key_columns: Sequence[str],
        keys: Sequence[Column],
        columns: Sequence[str],
        data: Sequence[Column],
    ) -> int:
        """Set columns of rows that are there already.

        Args:
            table: the table's name, unquoted.
            key_columns: the columns that together tell the rows apart.
            keys: for each of them the prepared values of the rows.
            columns: the columns to set; at least one.
            data: for each of them the prepared values, in the order of the keys.

        Returns:
            How many rows the keys named.

        Raises:
            ValueError: there is no column, or the columns are not as long as the keys.
            django.db.DatabaseError: the database refused a row.
        """
        rows_in(columns, data)
        if not rows_in((*columns, *key_columns), (*data, *keys)):
            return 0
        return self.update(table, key_columns, keys, columns, data)

    def update(
        self,
        table: str,
        key_columns: Sequence[str],
        keys: Sequence[Column],
        columns: Sequence[str],
        data: Sequence[Column],
    ) -> int:
        """Hand one block of changes to the database and count the rows."""
        sets = ", ".join(f"{self.quoted(column)} = %s" for column in columns)
        named = " AND ".join(f"{self.quoted(column)} = %s" for column in key_columns)
        sql = f"UPDATE {self.quoted(table)} SET {sets} WHERE {named}"
        with self.cursor() as cursor:
            cursor.executemany(sql, list(zip(*data, *keys, strict=True)))
            return int(cursor.rowcount)

    def delete(self, table: str, key_column: str, keys: Sequence[Any]) -> int:
        """Delete rows by key, the last keys first: a row may refer to an earlier one of its own table.

        Args:
            table: the table's name, unquoted.
            key_column: the column that tells the rows apart.
            keys: the prepared keys of the rows, in the order in which they were written.

        Returns:
            How many rows there were.

        Raises:
            django.db.DatabaseError: the database refused.
        """
        size = self.bind_limit()
        head = f"DELETE FROM {self.quoted(table)} WHERE {self.quoted(key_column)} IN "
        count = 0
        with self.cursor() as cursor:
            for stop in range(len(keys), 0, -size):
                chunk = list(keys[max(0, stop - size) : stop])
                cursor.execute(f"{head}({', '.join(['%s'] * len(chunk))}){self.delete_order(key_column)}", chunk)
                count += cursor.rowcount
        return count

    def delete_order(self, key_column: str) -> str:
        """Return the clause that says in which order one DELETE takes its rows, where that matters."""
        return ""

    # -- what is there ----------------------------------------------------------------------------------------------

    def taken(self, model: type[models.Model], fields: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Read the values that the rows of a model hold.

        An empty table costs one EXISTS; else everything is read in one query, row by row where the database can.

        Args:
            model: the model; fields of its parents may be asked for too.
            fields: names of fields with a column.

        Returns:
            For each row the canonical values of the fields, in no particular order.
        """
        rows: models.QuerySet[Any] = models.QuerySet(model, using=self.connection.alias).order_by()
        if not rows.exists():
            return
        found: list[Any] = [model._meta.get_field(name) for name in fields]
        converters = [canonical.converter(field) for field in found]
        values = rows.values_list(*(field.attname for field in found)).iterator(chunk_size=2000)
        while block := list(islice(values, 2000)):
            columns = [convert(column) for convert, column in zip(converters, zip(*block, strict=True), strict=True)]
            yield from zip(*columns, strict=True)

    def held(self, table: str, column: str, values: Sequence[Any]) -> set[int]:
        """Find out which of some values a column of existing rows holds, as the database compares them.

        Args:
            table: the table's name, unquoted.
            column: the column's name, unquoted; one with an index.
            values: prepared values.

        Returns:
            The offsets of those that are there.
        """
        size = self.bind_limit()
        return {
            offset
            for start in range(0, len(values), size)
            if self._holds(table, column, values[start : start + size])
            for offset in range(start, min(start + size, len(values)))
            if self._holds(table, column, values[offset : offset + 1])
        }

    def _holds(self, table: str, column: str, values: Sequence[Any]) -> bool:
        marks = ", ".join(["%s"] * len(values))
        found = self.ask(f"SELECT COUNT(*) FROM {self.quoted(table)} WHERE {self.quoted(column)} IN ({marks})", values)
        return bool(found)

    def count_on(self, counted: Sequence[type[models.Model]]) -> None:
        """Have the database count on behind the highest keys of models whose own key it counts."""
        with self.cursor() as cursor:
            for statement in self.connection.ops.sequence_reset_sql(no_style(), [*counted]) if counted else ():
                cursor.execute(statement)

    def reserve(self, model: type[models.Model], count: int) -> Ranges:
        """Set keys aside that no other row has or gets.

        Args:
            model: a model whose own key the database counts; for a multi-table model, the topmost parent.
            count: how many.

        Returns:
            The keys, in the order in which they are to be used.

        Raises:
            ValueError: the key of the model is not counted.
            django.db.DatabaseError: the counter cannot be read or moved.
        """
        key = model._meta.pk
        if not isinstance(key, models.AutoField) or key.column is None or model._meta.parents:
            raise ValueError(f"{model._meta.label} has no key that the database counts")
        if count < 1:
            return Ranges(())
        return self.advance(model, model._meta.db_table, key.column, count)

    def advance(self, model: type[models.Model], table: str, column: str, count: int) -> Ranges:
        """Move the counter of a table and return the keys that it jumped over."""
        self._counted[table] = model
        return Ranges(((self.highest(table, column) + 1, count),))

    def highest(self, table: str, column: str) -> int:
        """Return the highest key of a table, 0 if there is none above."""
        return max(0, self.ask(f"SELECT MAX({self.quoted(column)}) FROM {self.quoted(table)}") or 0)

    def _reset_counter(self, table: str, cursor: Any) -> None:
        """A database that is not known cannot be told of a reservation, only to count on from what is there."""
        model = self._counted.pop(table, None)
        if model is not None:
            for sql in self.connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(sql)

    # -- errors -----------------------------------------------------------------------------------------------------

    def check_constraints(self, tables: Iterable[str]) -> None:
        """Have the database check now what it would check at the commit.

        Args:
            tables: the tables that were written to.

        Raises:
            django.db.IntegrityError: a row refers to one that is not there.
        """
        self.connection.check_constraints(table_names=list(tables))

    def locate(self, table: str, columns: Sequence[str], data: Sequence[Column]) -> tuple[int, DatabaseError] | None:
        """Find the first row of a refused block that the database refuses; nothing stays written.

        Call it where the block may be written again: behind the savepoint that the failure was rolled back to.

        Args:
            table: as given to `write`.
            columns: as given to `write`.
            data: as given to `write`.

        Returns:
            The row's offset in the block and its error, None if the block is not refused this time.
        """
        using = self.connection.alias
        with transaction.atomic(using=using):
            found = self._first_refused(table, columns, data)
            transaction.set_rollback(True, using=using)
        return found

    def _first_refused(
        self, table: str, columns: Sequence[str], data: Sequence[Column]
    ) -> tuple[int, DatabaseError] | None:
        """Halve: all rows before ``start`` are written, one from there to ``stop`` is refused."""
        start, stop = 0, rows_in(columns, data)
        error = self._refusal(table, columns, data, start, stop)
        if error is None:
            return None
        while stop - start > 1:
            middle = (start + stop) // 2
            earlier = self._refusal(table, columns, data, start, middle)
            if earlier is None:
                start = middle
            else:
                stop, error = middle, earlier
        return start, self._refusal(table, columns, data, start, stop) or error

    def _refusal(
        self, table: str, columns: Sequence[str], data: Sequence[Column], start: int, stop: int
    ) -> DatabaseError | None:
        try:
            with transaction.atomic(using=self.connection.alias):
                self.write(table, columns, [column[start:stop] for column in data])
        except DatabaseError as error:
            return error
        return None

    def failing_columns(self, error: DatabaseError, table: str) -> tuple[str, ...]:
        """Name the columns of a table that an error is about.

        Call it outside of the savepoint that the error broke: named constraints are looked up.

        Args:
            error: what `write`, `put_back` or `check_constraints` raised.
            table: the table that was written to.

        Returns:
            Names of columns, empty where the database does not say.
        """
        return ()

    def failing_table(self, error: DatabaseError) -> str | None:
        """Name the table that an error is about: `check_constraints` looks at many.

        Args:
            error: what `check_constraints` raised.

        Returns:
            The table's name, None where the database does not say.
        """
        return None

    def misses_table(self, error: DatabaseError) -> bool:
        """Whether an error says that a table is not there, which ``migrate`` would make."""
        return False

    def constraint_columns(self, table: str, name: str) -> tuple[str, ...]:
        """Return the columns of a named constraint or index; expressions have no name."""
        with self.connection.cursor() as cursor:
            constraints = self.connection.introspection.get_constraints(cursor, table)
        found = constraints.get(name)
        return tuple(filter(None, found["columns"] or ())) if found else ()

    def reason(self, error: DatabaseError) -> str:
        """Say why the database refused, without the values of the row.

        Args:
            error: what `write`, `put_back` or `check_constraints` raised.

        Returns:
            One line. Of a database that is not known, only the class of the error: its messages may hold anything.
        """
        return type(error).__name__

    # -- locks ------------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, table: str, timeout: float | None, on_wait: Callable[[], None]) -> Iterator[None]:
        """Open a transaction that only one process at a time can be in; commit or roll back, then let the next in.

        The lock is taken before anything is read, so what the one before wrote is seen.

        Args:
            table: the ledger's table; its name is the lock's name.
            timeout: how many seconds to wait at most, None for ever.
            on_wait: called once, if there is somebody to wait for.

        Raises:
            LockTimeout: another process is still at work.
            RuntimeError: there is a transaction already, which would keep the rows from the next process.
        """
        with self.own_transaction():
            self.claim(table, timeout, on_wait)
            yield

    def own_transaction(self) -> transaction.Atomic:
        """Return a transaction of its own (inside of a test case: its savepoint)."""
        return transaction.Atomic(self.connection.alias, savepoint=True, durable=True)

    def claim(self, table: str, timeout: float | None, on_wait: Callable[[], None]) -> None:
        """Take the lock as the first statement of a transaction."""
        with self.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.quoted(table)} WHERE 0 = 1")

    def lock_timeout(self, timeout: float | None) -> LockTimeout:
        waited = "" if timeout is None else f" after {timeout:g} s"
        return LockTimeout(f"the lock of database {self.connection.alias!r} is still held by another process{waited}")

    # -- statements -------------------------------------------------------------------------------------------------

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Open a cursor below Django's debug cursor, which keeps no statement; errors are Django's."""
        connection = self.connection
        connection.ensure_connection()
        connection.validate_thread_sharing()
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors, closing(connection.create_cursor()) as cursor:
            yield cursor

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first value of the first row, None if there is no row."""
        row = self.ask_row(sql, parameters)
        return row[0] if row else None

    def ask_row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        with self.cursor() as cursor:
            cursor.execute(sql, list(parameters))
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def quoted(self, name: str) -> str:
        """Quote a table or a column for a statement with placeholders."""
        return self.connection.ops.quote_name(name).replace("%", "%%")

    def bind_limit(self) -> int:
        """How many values may be bound in one statement."""
        limit: int | None = self.connection.features.max_query_params
        return min(limit or self.values_per_statement, self.values_per_statement)
