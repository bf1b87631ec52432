"""PostgreSQL: COPY through psycopg 3, multi-row INSERT through psycopg2; sequences, advisory locks, diagnostics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, ClassVar

from django.db import DatabaseError, ProgrammingError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.writers.base import Pour, Writer
from fixturekit.writers.columns import AnyField, Column, Convert, each, unchanged
from fixturekit.writers.keys import Ranges

_NULL = "\\N"
# In this order: what the others become holds a backslash.
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_PLAIN = frozenset({str, int, float, bool, type(None)})
_DAY = 86_400_000_000

_LOCK_NOT_AVAILABLE = "55P03"
_UNDEFINED_TABLE = "42P01"
_NO_LOCK = frozenset({_LOCK_NOT_AVAILABLE, "40P01", "42501"})  # not in time, deadlock, no right to

_SEQUENCE = """
    SELECT c.oid::regclass::text, s.seqincrement, s.seqcache
    FROM pg_attribute a
    JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
    JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE a.attrelid = %s::regclass AND a.attname = %s
    UNION ALL
    SELECT s.seqrelid::regclass::text, s.seqincrement, s.seqcache
    FROM pg_sequence s
    WHERE s.seqrelid = pg_get_serial_sequence(%s, %s)::regclass
"""
_TYPES = """
    SELECT attname, format_type(atttypid, NULL)
    FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


class PostgreSQLWriter(Writer):
    """What both drivers have in common; by itself, psycopg2's writer: multi-row INSERT."""

    as_they_are: ClassVar[frozenset[str]] = frozenset(
        {"boolean", "date", "decimal", "float", "integer", "text", "time", "uuid"}
    )
    #: Seconds to wait for a table that others write to before keys are drawn one by one.
    patience: ClassVar[float] = 1.0

    def conversion(self, kind: str, field: AnyField) -> Convert | None:
        if kind == "datetime":
            # the session's zone is the one in which PostgreSQL reads an instant without offset
            local = self.connection.timezone is None or self.connection.timezone_name == "UTC"
            return unchanged if local else _with_offset
        if kind == "duration":
            return lambda values: [None if value is None else interval(value) for value in values]
        return super().conversion(kind, field)

    def geometries(self, srid: int) -> Convert:
        return each(lambda text: f"SRID={srid};{text}")

    # -- keys -------------------------------------------------------------------------------------------------------

    def advance(self, model: type[models.Model], table: str, column: str, count: int) -> Ranges:
        name = self.connection.ops.quote_name(table)
        found = self.ask_row(_SEQUENCE, [name, column, name, column])
        if found is None:
            raise ProgrammingError(f"{table}.{column} has no sequence to count its keys")
        sequence, increment, cache = found
        if increment == 1 and cache == 1:
            try:
                return self._jump(table, column, sequence, count)
            except DatabaseError as error:
                if sqlstate(error) not in _NO_LOCK:
                    raise
        return self._draw(table, column, sequence, count)

    def count_on(self, counted: Sequence[type[models.Model]]) -> None:
        # Django's own statement would also move a sequence back, behind keys that open transactions have drawn
        for model in counted:
            table, key = model._meta.db_table, model._meta.auto_field
            assert key is not None  # a recipe gave values of it
            column = str(key.column)
            self.ask(
                f"SELECT setval(s, greatest(max({self.quoted(column)}), pg_sequence_last_value(s))) "
                f"FROM {self.quoted(table)}, (SELECT pg_get_serial_sequence(%s, %s)::regclass AS s) AS q GROUP BY s",
                [self.connection.ops.quote_name(table), column],
            )

    def _jump(self, table: str, column: str, sequence: str, count: int) -> Ranges:
        """Move the sequence while nobody can insert. The rollback gives the lock back, not the numbers."""
        using = self.connection.alias
        with transaction.atomic(using=using):
            self._limit_waiting(self.patience)
            with self.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {self.quoted(table)} IN SHARE ROW EXCLUSIVE MODE")
            # keys that somebody chose may lie ahead of the sequence
            first = max(self.ask("SELECT nextval(%s::regclass)", [sequence]), self.highest(table, column) + 1)
            self.ask("SELECT setval(%s::regclass, %s)", [sequence, first + count - 1])
            transaction.set_rollback(True, using=using)
        return Ranges(((first, count),))

    def _draw(self, table: str, column: str, sequence: str, count: int) -> Ranges:
        """Draw keys one by one, as inserts do, past those that somebody chose."""
        sql = (
            "SELECT key FROM (SELECT nextval(%s::regclass) AS key FROM generate_series(1, %s)) AS drawn "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.quoted(table)} WHERE {self.quoted(column)} = key)"
        )
        keys: list[int] = []
        while len(keys) < count:
            with self.cursor() as cursor:
                cursor.execute(sql, [sequence, count - len(keys)])
                keys += [row[0] for row in cursor.fetchall()]
        return Ranges.of(sorted(keys))

    # -- errors -----------------------------------------------------------------------------------------------------

    def failing_columns(self, error: DatabaseError, table: str) -> tuple[str, ...]:
        told = getattr(error.__cause__, "diag", None)
        if told is None:
            return ()
        if told.column_name:
            return (told.column_name,)
        if told.constraint_name:
            return self.constraint_columns(table, told.constraint_name)
        # COPY says where it was: 'COPY table, line 1, column name: "..."'
        place = re.match(r'COPY .*?, line \d+, column (.+?)(?:: (?:"|null input)|$)', told.context or "")
        return (place[1],) if place else ()

    def failing_table(self, error: DatabaseError) -> str | None:
        told = getattr(error.__cause__, "diag", None)
        return told.table_name if told is not None else None

    def misses_table(self, error: DatabaseError) -> bool:
        return sqlstate(error) == _UNDEFINED_TABLE

    def reason(self, error: DatabaseError) -> str:
        told = getattr(error.__cause__, "diag", None)
        message = told.message_primary if told is not None else None
        if not message:
            return str(error)  # made by the driver or by fixturekit
        if (sqlstate(error) or "").startswith("22"):  # data exceptions quote the value: 'for type integer: "abc"'
            return re.sub(r':? ?"[\s\S]*"', "", message)
        return str(message)

    # -- locks ------------------------------------------------------------------------------------------------------

    def claim(self, table: str, timeout: float | None, on_wait: Callable[[], None]) -> None:
        level = getattr(getattr(self.connection, "isolation_level", None), "name", None)
        if level in {"REPEATABLE_READ", "SERIALIZABLE"}:
            # the snapshot would be from before the wait, and not hold what the process before wrote
            with self.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        number = int.from_bytes(blake2b(f"fixturekit {table}".encode(), digest_size=8).digest(), "big", signed=True)
        if self.ask("SELECT pg_try_advisory_xact_lock(%s)", [number]):
            return
        on_wait()
        if timeout is not None and timeout <= 0:
            raise self.lock_timeout(timeout)
        before = self.ask("SELECT current_setting('lock_timeout')")
        self._limit_waiting(timeout or 0)
        try:
            self.ask("SELECT pg_advisory_xact_lock(%s)", [number])
        except DatabaseError as error:
            if sqlstate(error) != _LOCK_NOT_AVAILABLE:
                raise
            raise self.lock_timeout(timeout) from error
        self._set_lock_timeout(before)

    def _limit_waiting(self, seconds: float) -> None:
        """Limit every wait for a lock until the end of the transaction or savepoint; 0 is no limit."""
        self._set_lock_timeout(f"{max(1, int(seconds * 1000))}ms" if seconds else "0")

    def _set_lock_timeout(self, value: str) -> None:
        self.ask("SELECT set_config('lock_timeout', %s, true)", [value])


class CopyWriter(PostgreSQLWriter):
    """psycopg 3's writer: a block is one COPY in text format.

    Prepared values are None, bools, numbers and texts; what only a field can convert is dumped to text by psycopg,
    so that rendering, `put_back` and keys know nothing else.
    """

    pours: ClassVar[bool] = True

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self._types: dict[str, dict[str, str]] = {}

    def own_conversion(self, field: AnyField) -> Convert:
        convert = super().own_conversion(field)
        return lambda values: self._dumped(convert(values))

    def _dumped(self, values: Column) -> Column:
        from psycopg.adapt import PyFormat, Transformer

        self.connection.ensure_connection()
        transformer = Transformer(self.connection.connection)
        return [
            value if type(value) in _PLAIN else _text(transformer.get_dumper(value, PyFormat.TEXT).dump(value))
            for value in values
        ]

    def insert(self, table: str, columns: Sequence[str], data: Sequence[Column]) -> None:
        text = render(data)
        with self._copying(table, columns) as copy:
            copy.write(text)

    @contextmanager
    def pouring(self, table: str, columns: Sequence[str]) -> Iterator[Pour]:
        """One COPY for all blocks: the server stores one while the next is made."""
        with self._copying(table, columns) as copy:
            yield lambda data: copy.write(render(data))

    @contextmanager
    def _copying(self, table: str, columns: Sequence[str]) -> Iterator[Any]:
        quote = self.connection.ops.quote_name
        statement = f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN"
        with self.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy

    def update(
        self,
        table: str,
        key_columns: Sequence[str],
        keys: Sequence[Column],
        columns: Sequence[str],
        data: Sequence[Column],
    ) -> int:
        types = self._column_types(table)
        names = (*key_columns, *columns)
        sources = [f"_{number}" for number in range(len(names))]
        pairs = [
            f"{self.quoted(name)} = _v.{source}::{types[name]}" for name, source in zip(names, sources, strict=True)
        ]
        named = " AND ".join(f"_t.{pair}" for pair in pairs[: len(key_columns)])
        sets = ", ".join(pairs[len(key_columns) :])
        # cast without length: a text that is too long is refused by the assignment, where a cast would cut it
        sql = (
            f"UPDATE {self.quoted(table)} AS _t SET {sets} "
            f"FROM unnest({', '.join(['%s::text[]'] * len(names))}) AS _v ({', '.join(sources)}) WHERE {named}"
        )
        with self.cursor() as cursor:
            cursor.execute(sql, [list(map(_spelled, column)) for column in (*keys, *data)])
            return int(cursor.rowcount)

    def _column_types(self, table: str) -> dict[str, str]:
        if table not in self._types:
            with self.cursor() as cursor:
                cursor.execute(_TYPES, [self.connection.ops.quote_name(table)])
                self._types[table] = {name: kind.replace("%", "%%") for name, kind in cursor.fetchall()}
        return self._types[table]


def open_writer(connection: BaseDatabaseWrapper) -> PostgreSQLWriter:
    """Return the writer for the driver that Django uses."""
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    return CopyWriter(connection) if is_psycopg3 else PostgreSQLWriter(connection)


def render(data: Sequence[Column]) -> str:
    """Render prepared columns as rows of COPY's text format.

    >>> render([[1, 2], ["a", None], [True, False]])
    '1\\ta\\tTrue\\n2\\t\\\\N\\tFalse\\n'
    """
    row = "\t".join(["%s"] * len(data)) + "\n"
    return "".join(map(row.__mod__, zip(*map(_fields, data), strict=True)))


def _fields(column: Column) -> Column:
    """One column, ready to be spelled by ``%s``. Few columns hold a character to be escaped: they are looked for once."""
    kinds = set(map(type, column))
    if not kinds <= _PLAIN:
        column = [_spelled(value) for value in column]
        kinds = set(map(type, column))
    if str in kinds:
        joined = "".join(column if len(kinds) == 1 else [value for value in column if type(value) is str])
        for character, escaped in _ESCAPES:
            if character in joined:
                column = [value.replace(character, escaped) if type(value) is str else value for value in column]
    return [_NULL if value is None else value for value in column] if type(None) in kinds else column


def _spelled(value: Any) -> str | None:
    """A value as text; one whose class may print it otherwise, such as a member of an enumeration, as what it is."""
    if value is None:
        return None
    return str.__str__(value) if isinstance(value, str) else str(value)


def _text(dumped: Any) -> str | None:
    return None if dumped is None else bytes(dumped).decode()


def _with_offset(values: Column) -> Column:
    return [None if value is None else f"{value}+00" for value in values]


def interval(microseconds: int) -> str:
    """Spell a duration with its days apart, as ``timedelta`` does; every part signed, for any IntervalStyle.

    >>> interval(-3_600_000_000)
    '-1 day +82800 second +0 microsecond'
    """
    days, rest = divmod(microseconds, _DAY)
    seconds, rest = divmod(rest, 1_000_000)
    return f"{days:+d} day {seconds:+d} second {rest:+d} microsecond"


def sqlstate(error: DatabaseError) -> str | None:
    """Return PostgreSQL's code of an error: an attribute in psycopg 3, another in psycopg2."""
    cause = error.__cause__
    found: str | None = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return found
