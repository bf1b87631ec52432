"""What only SQLite does."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from fixturekit.exceptions import LockTimeout
from fixturekit.writers.base import Writer
from tests.writers.conftest import put
from tests.writers.tables import Parent

TABLE = Parent._meta.db_table


def test_the_counter_moves_at_once(own: Writer) -> None:
    """A second reservation before the first is written gets other keys."""
    Parent._base_manager.create(code="a")

    first, second = (set(own.reserve(Parent, 10)) for _ in range(2))

    assert not first & second


def test_the_counter_counts_even_where_rows_were_deleted(own: Writer) -> None:
    """AUTOINCREMENT never gives a key twice; reserving keeps that promise."""
    row = Parent._base_manager.create(pk=500, code="a")
    row.delete()

    assert min(own.reserve(Parent, 1)) == 501


def test_a_table_without_autoincrement(own: Writer) -> None:
    """A legacy table whose keys SQLite counts by itself continues behind the highest."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, code text)")
        cursor.execute(f"INSERT INTO {TABLE} VALUES (41, 'a')")

    assert own.reserve(Parent, 3).ranges == ((42, 3),)


def test_unnamed_checks_and_indexes_on_expressions(own: Writer) -> None:
    """Columns are known where the constraint has no name of its own, or is an index on an expression."""
    table = "writers_legacy"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{table}" (a text, b integer CHECK ("b" > 0))')
        cursor.execute(f'CREATE UNIQUE INDEX writers_lower ON "{table}" (lower(a))')

    def columns(data: list[list[object]]) -> tuple[str, ...]:
        found = own.locate(table, ["a", "b"], data)
        assert found is not None
        return own.failing_columns(found[1], table)

    assert columns([["x"], [0]]) == ("b",)
    assert columns([["x", "X"], [1, 1]]) == ()


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE", "DEFERRED"])
def test_every_mode_of_transactions_can_wait(two: tuple[Writer, Writer], mode: str) -> None:
    """A transaction that locks as it begins waits and gives up like one that locks as it writes."""
    waiting = two[1].connection
    waiting.close()
    waiting.settings_dict["OPTIONS"] = {**waiting.settings_dict["OPTIONS"], "transaction_mode": mode}
    said: list[int] = []

    first, second = two[0].lock(TABLE, 1, lambda: None), two[1].lock(TABLE, 0.1, lambda: said.append(1))
    with first, pytest.raises(LockTimeout), second:
        raise AssertionError
    with two[1].lock(TABLE, 1, lambda: said.append(2)):
        put(two[1], Parent, [{"code": "a", "number": 1}])

    assert said == [1]
    assert Parent._base_manager.using("writers_one").count() == 1


def test_other_errors_of_the_lock_are_not_timeouts(two: tuple[Writer, Writer]) -> None:
    """A ledger that is not there is said to be missing, not to be locked."""
    with pytest.raises(OperationalError, match="no such table"), two[0].lock("nowhere", 1, lambda: None):
        raise AssertionError

    assert not connections["writers_one"].in_atomic_block


def test_a_link_at_once_checked_has_no_column(own: Writer) -> None:
    """Of a foreign key that is not deferred SQLite names nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE writers_strict (id integer REFERENCES {TABLE})")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        own.write("writers_strict", ["id"], [[99]])

    assert own.failing_columns(caught.value, "writers_strict") == ()
    assert own.failing_table(caught.value) is None
    assert own.reason(caught.value) == "FOREIGN KEY constraint failed"
