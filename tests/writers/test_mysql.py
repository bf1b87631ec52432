"""What only MySQL and MariaDB do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError, connection
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.exceptions import LockTimeout
from fixturekit.writers.base import Writer
from fixturekit.writers.mysql import MySQLWriter, _portions
from tests.writers.conftest import put
from tests.writers.tables import Parent

TABLE = Parent._meta.db_table


@pytest.fixture
def residues(own: Writer) -> Iterator[None]:
    """The server as one of three that share their tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION auto_increment_increment = 3, SESSION auto_increment_offset = 2")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION auto_increment_increment = 1, SESSION auto_increment_offset = 1")


@pytest.mark.parametrize("mode", ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "TRADITIONAL"])
def test_texts_in_every_mode(own: Writer, mode: str) -> None:
    """The server's SQL mode changes what needs an escape; a text stays what it is."""
    texts = ["plain", "quote ' here", "back\\slash", "both \\' of them", 'double " one', "%s %% ? {}", "\n\r\t\x1a"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@sql_mode")
        (before,) = cursor.fetchone()
        cursor.execute("SET SESSION sql_mode = %s", [mode])
        try:
            for text in texts:  # each in a column of its own: escapes are looked for by column
                put(own, Parent, [{"code": text, "number": 1}])
            own.write(TABLE, ["code", "number"], [[f"{text} 2" for text in texts], [0] * len(texts)])
        finally:
            cursor.execute("SET SESSION sql_mode = %s", [before])

    assert set(Parent._base_manager.values_list("code", flat=True)) == {*texts, *(f"{text} 2" for text in texts)}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=20), st.integers(1, 40))
def test_statements_are_cut_by_bytes(rows: list[str], limit: int) -> None:
    """Portions hold all rows in order and are no longer than allowed, except for a row that is too long alone."""
    portions = list(_portions(rows, limit))

    assert [row for portion in portions for row in portion] == rows
    for portion in portions:
        assert len(portion) == 1 or sum(len(row.encode()) + 1 for row in portion) <= limit


def test_a_server_among_several_keeps_to_its_keys(own: Writer, residues: None) -> None:
    """Where servers share a table, each counts in its own residue class, and reserved keys are of it."""
    before = Parent._base_manager.create(code="before").pk

    keys = list(own.reserve(Parent, 10))
    put(own, Parent, [{"id": key, "code": f"row {key}", "number": 1} for key in reversed(keys)])
    after = Parent._base_manager.create(code="after").pk

    assert {key % 3 for key in (before, *keys, after)} == {2}
    assert before < min(keys)
    assert max(keys) < after


def test_the_highest_key_claims_the_others(own: Writer) -> None:
    """Once the last row is written, the counter is past the reservation."""
    keys = list(own.reserve(Parent, 100))

    put(own, Parent, [{"id": keys[-1], "code": "last", "number": 1}])

    assert Parent._base_manager.create(code="next").pk > keys[-1]
    assert own.claims_with_last_row


def test_locks_are_of_one_database_and_one_ledger(two: tuple[Writer, Writer], monkeypatch: pytest.MonkeyPatch) -> None:
    """The server keeps locks by a short name for all its databases: only that of the same two is taken, however long."""
    for writer in two:
        writer.connection.ensure_connection()
    for database, table in (("one", "a"), ("two" * 60, "b" * 64)):
        for writer in two:
            monkeypatch.setitem(writer.connection.settings_dict, "NAME", database)
        with two[0].lock(table, 0, lambda: None):
            with pytest.raises(LockTimeout), two[1].lock(table, 0, lambda: None):
                pass
            with two[1].lock(f"{table[:-1]}c", 0, lambda: None):
                pass
            monkeypatch.setitem(two[1].connection.settings_dict, "NAME", f"{database[:-1]}x")
            with two[1].lock(table, 0, lambda: None):
                pass


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            IntegrityError(1062, "Duplicate entry 'o'clock' for key 'x' for key 'shop.code'"),
            "Duplicate entry for key 'shop.code'",
        ),
        (
            DataError(1366, "Incorrect integer value: 'a'b' for column `d`.`t`.`c` at row 12"),
            "Incorrect integer value for column `d`.`t`.`c`",
        ),
        (DataError(1406, "Data too long for column 'c' at row 3"), "Data too long for column 'c'"),
        (DatabaseError(1292, "Truncated incorrect DOUBLE value: 'secret'"), "Truncated incorrect DOUBLE value: ..."),
        (ProgrammingError(1064, "error near 'secret' and 'more' at line 1"), "error near ... at line 1"),
        (OperationalError("gone"), "gone"),
    ],
)
def test_messages_lose_their_values(error: DatabaseError, reason: str) -> None:
    """Names of columns and keys stay, what may be a value goes."""
    assert MySQLWriter(connection).reason(error) == reason


@pytest.mark.parametrize(
    ("error", "columns"),
    [
        (IntegrityError(1062, "Duplicate entry 'x' for key 'PRIMARY'"), ("id",)),
        (IntegrityError(1062, f"Duplicate entry 'x' for key '{TABLE}.PRIMARY'"), ("id",)),
        (IntegrityError(3819, "Check constraint 'writers_number_not_negative' is violated."), ("number",)),
        (IntegrityError(1048, "Column 'code' cannot be null"), ("code",)),
        (OperationalError(1364, "Field 'code' doesn't have a default value"), ("code",)),
        (DataError(1366, "Incorrect integer value: 'column 'x'' for column `d`.`t`.`number` at row 1"), ("number",)),
        (OperationalError("gone"), ()),
    ],
)
def test_columns_from_messages_of_mysql_and_mariadb(
    own: Writer, error: DatabaseError, columns: tuple[str, ...]
) -> None:
    """Both servers' ways to name a key, a constraint or a column are read."""
    assert own.failing_columns(error, TABLE) == columns


def test_geometries(own: Writer) -> None:
    """The bytes of a geometry are those that the server makes itself."""
    texts = [
        "POINT(1 2.5)",
        "POLYGON((0 0,4 0,4 4,0 0),(2 1,3 1,3 2,2 1))",
        "MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((5 5,6 5,6 6,5 5)))",
        "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))",
    ]
    prepare = own.geometries(0)
    assert prepare is not None
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE writers_geometry (shape geometry)")
        try:
            own.write("writers_geometry", ["shape"], [prepare([*texts, None])])
            cursor.execute("SELECT ST_AsText(shape) FROM writers_geometry")
            assert [text for (text,) in cursor.fetchall()] == [*texts, None]
        finally:
            cursor.execute("DROP TABLE writers_geometry")
    with pytest.raises(DataError, match="no room for the third dimension"):
        prepare(["POINT Z(1 2 3)"])
