"""MySQL and MariaDB: multi-row INSERT rendered by column, AUTO_INCREMENT claimed by the highest key, GET_LOCK."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, ClassVar

from django.db import DatabaseError, DataError, OperationalError, models

from fixturekit.values.geometries import mysql_bytes
from fixturekit.writers.base import Writer
from fixturekit.writers.columns import AnyField, Column, Convert, each, local_instants, unchanged
from fixturekit.writers.keys import Ranges

_STATEMENT = 1_000_000  # bytes: servers drop the connection above max_allowed_packet, 1 MiB at the least
_FOR_EVER = 365 * 86_400.0  # MySQL's own spelling, a negative number, is an error in MariaDB

_AUTO_INCREMENT = (
    "SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s"
)

# Messages that name columns, keys and tables only. Of others, what is quoted may be a value.
_HARMLESS = frozenset({1048, 1054, 1136, 1146, 1205, 1213, 1216, 1217, 1264, 1265, 1364, 1406, 1451, 1452, 3819, 4025})
_DUPLICATE = 1062
_NO_SUCH_TABLE = 1146

Spell = Callable[[str, Column], str]  # the driver's: a statement and its arguments as text


class MySQLWriter(Writer):
    """One writer for both: the differences, native UUIDs and JSON, take the same texts.

    A reservation only reads the counter; InnoDB moves it when the highest key is inserted, so that row goes first.
    """

    claims_with_last_row: ClassVar[bool] = True
    folds_texts: ClassVar[bool] = True
    as_they_are: ClassVar[frozenset[str]] = frozenset(
        {"boolean", "date", "decimal", "duration", "float", "integer", "text", "time", "uuid"}
    )

    def conversion(self, kind: str, field: AnyField) -> Convert | None:
        if kind == "datetime":
            zone = self.connection.timezone
            return unchanged if zone is None or self.connection.timezone_name == "UTC" else local_instants(zone)
        return super().conversion(kind, field)

    def geometries(self, srid: int) -> Convert:
        return each(lambda text: mysql_bytes(_flat(text), srid))

    def insert(self, table: str, columns: Sequence[str], data: Sequence[Column]) -> None:
        names = ", ".join(map(self.connection.ops.quote_name, columns))
        head = f"INSERT INTO {self.connection.ops.quote_name(table)} ({names}) VALUES "
        with self.cursor() as cursor:
            for rows in _portions(self._rendered(data, cursor.mogrify), _STATEMENT - len(head.encode())):
                cursor.execute(head + ",".join(rows), None)  # no arguments: percent signs are percent signs

    def _rendered(self, data: Sequence[Column], spell: Spell) -> Iterator[str]:
        """Render rows by column; the driver's ``executemany`` calls Python for each value and takes twice as long."""
        marks, columns = zip(*[self._literals(column, spell) for column in data], strict=True)
        return map(f"({','.join(marks)})".__mod__, zip(*columns, strict=True))

    def _literals(self, column: Column, spell: Spell) -> tuple[str, Column]:
        """One column and its mark in the row. What needs more than quotes around it is left to the driver."""
        kinds = set(map(type, column))
        if kinds <= {int, bool}:
            return "%s", column
        if kinds == {str} and self._needs_no_escape("".join(column)):
            return "'%s'", column
        if kinds <= {str, type(None)} and self._needs_no_escape("".join(filter(None, column))):
            return "%s", ["NULL" if value is None else f"'{value}'" for value in column]
        return "%s", [_literal(value, spell) for value in column]

    def _needs_no_escape(self, text: str) -> bool:
        """Whether a text can stand between single quotes, whatever the SQL mode."""
        encoding: str = self.connection.connection.encoding
        return encoding.startswith("utf8") and not ("'" in text or "\\" in text or "\0" in text)

    # -- keys -------------------------------------------------------------------------------------------------------

    def advance(self, model: type[models.Model], table: str, column: str, count: int) -> Ranges:
        server: Any = self.connection
        if not server.mysql_is_mariadb:
            with self.cursor() as cursor:
                cursor.execute("SET SESSION information_schema_stats_expiry = 0")  # else up to a day old
        first = max(self.ask(_AUTO_INCREMENT, [table]) or 1, self.highest(table, column) + 1)
        step, offset = self.ask_row("SELECT @@auto_increment_increment, @@auto_increment_offset") or (1, 1)
        if step == 1:
            return Ranges(((first, count),))
        # several servers share the table, each with its own residue; the others may use what lies between
        first += (offset - first) % step
        return Ranges.of(range(first, first + count * step, step))

    def delete_order(self, key_column: str) -> str:
        # foreign keys are checked row by row: those that refer to earlier rows of the table go first
        return f" ORDER BY {self.quoted(key_column)} DESC"

    # -- errors -----------------------------------------------------------------------------------------------------

    def check_constraints(self, tables: Iterable[str]) -> None:
        """Nothing is left to check: InnoDB checks at every statement."""

    def failing_columns(self, error: DatabaseError, table: str) -> tuple[str, ...]:
        code, message = _told(error)
        if code == _DUPLICATE:
            key = message.rpartition(" for key '")[2].rstrip("'")
            return self.constraint_columns(table, key) or self.constraint_columns(table, key.partition(".")[2])
        foreign = re.search(r"FOREIGN KEY \((.+?)\) REFERENCES", message)
        if foreign:
            return tuple(re.findall(r"`([^`]+)`", foreign[1]))
        if code in (3819, 4025):
            name = re.search(r"[cC](?:ONSTRAINT|onstraint) [`'](.+?)['`] ", message)
            return self.constraint_columns(table, name[1].rpartition(".")[2]) if name else ()
        # the last one: a value may come before it
        found = re.findall(r"(?:[cC]olumn|[fF]ield) (?:`[^`]*`\.`[^`]*`\.)?['`]([^'`]+)['`]", message)
        return (found[-1],) if found else ()

    def misses_table(self, error: DatabaseError) -> bool:
        return _told(error)[0] == _NO_SUCH_TABLE

    def reason(self, error: DatabaseError) -> str:
        code, message = _told(error)
        if not code:
            return message
        message = re.sub(r" at row \d+$", "", message)
        if code == _DUPLICATE:
            return re.sub(r"^Duplicate entry '[\s\S]*' for key", "Duplicate entry for key", message)
        if code in _HARMLESS:
            return message
        value = re.sub(r":? '[\s\S]*' (for column )", r" \1", message)
        return value if value != message else re.sub(r"""(['"])[\s\S]*\1""", "...", message)

    # -- locks ------------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, table: str, timeout: float | None, on_wait: Callable[[], None]) -> Iterator[None]:
        # of the session, not of the transaction: it is held until the transaction is over
        name = self._lock_name(table)
        self._get_lock(name, timeout, on_wait)
        try:
            with self.own_transaction():
                yield
        finally:
            # a lost connection has lost its locks, too
            if self.connection.connection is not None and self.connection.is_usable():
                self.ask("SELECT RELEASE_LOCK(%s)", [name])

    def _get_lock(self, name: str, timeout: float | None, on_wait: Callable[[], None]) -> None:
        got = self.ask("SELECT GET_LOCK(%s, 0)", [name])
        if got == 0:
            on_wait()
            got = self.ask("SELECT GET_LOCK(%s, %s)", [name, _FOR_EVER if timeout is None else max(0.0, timeout)])
        if got == 0:
            raise self.lock_timeout(timeout)
        if got != 1:
            raise OperationalError("the server could not take a lock")

    def _lock_name(self, table: str) -> str:
        """Names are the server's, not the database's, and at most 64 characters long."""
        database = str(self.connection.settings_dict["NAME"])
        return f"fixturekit_{blake2b(f'{database} {table}'.encode(), digest_size=16).hexdigest()}"


def _literal(value: Any, spell: Spell) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"x'{bytes(value).hex()}'"
    return spell("%s", [value])


def _flat(geometry: str) -> str:
    if " Z" in geometry:
        raise DataError("a column of this database has no room for the third dimension of a geometry")
    return geometry


def _portions(rows: Iterable[str], limit: int) -> Iterator[list[str]]:
    """Cut rows into lists of at most so many bytes, commas included; a row that is longer goes alone."""
    portion: list[str] = []
    size = 0
    for row in rows:
        length = 1 + (len(row) if row.isascii() else len(row.encode()))
        if portion and size + length > limit:
            yield portion
            portion, size = [], 0
        portion.append(row)
        size += length
    if portion:
        yield portion


def _told(error: DatabaseError) -> tuple[int, str]:
    """The server's code and message; code 0 for an error that it did not make."""
    arguments: tuple[Any, ...] = error.args
    if len(arguments) > 1 and isinstance(arguments[0], int):
        return arguments[0], str(arguments[1])
    return 0, str(error)
