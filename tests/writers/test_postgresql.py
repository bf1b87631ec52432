"""What only PostgreSQL does."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.writers.base import Writer
from fixturekit.writers.postgresql import CopyWriter, PostgreSQLWriter, interval, open_writer, render
from tests.writers.conftest import put
from tests.writers.tables import Line, Parent, Small

TABLE = Parent._meta.db_table


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def counter() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [TABLE])
        found: int = cursor.fetchone()[0]
        return found


def test_the_driver_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """COPY needs psycopg 3; with psycopg2, rows go in by INSERT."""
    for is_psycopg3, writer in ((True, CopyWriter), (False, PostgreSQLWriter)):
        monkeypatch.setattr("django.db.backends.postgresql.psycopg_any.is_psycopg3", is_psycopg3)
        assert type(open_writer(connection)) is writer


def test_rendering() -> None:
    """Rows are lines, columns are parted by tabs, what is missing is \\N, and what would part them is escaped."""
    columns: list[list[Any]] = [[1, None], ["a\tb\\\n", ""], [1.5, float("inf")], [None, None], [True, False]]

    assert render(columns) == "1\ta\\tb\\\\\\n\t1.5\t\\N\tTrue\n\\N\t\tinf\t\\N\tFalse\n"


@given(st.timedeltas())
def test_intervals_keep_days_apart(value: datetime.timedelta) -> None:
    """A duration is spelled by the parts that timedelta has."""
    days, _, seconds, _, micros, _ = interval(value // datetime.timedelta(microseconds=1)).split()

    assert (int(days), int(seconds), int(micros)) == (value.days, value.seconds, value.microseconds)


@pytest.mark.parametrize("style", ["postgres", "postgres_verbose", "sql_standard", "iso_8601"])
def test_intervals_mean_the_same_in_every_style(own: Writer, style: str) -> None:
    """The server's IntervalStyle changes how it reads signs; every part has its own."""
    run(f"SET LOCAL IntervalStyle = {style}")
    value = datetime.timedelta(days=-2, hours=3)
    put(own, Parent, [{"code": "a", "number": 1, "length": value}])

    run("SET LOCAL IntervalStyle = postgres")
    assert Parent._base_manager.get().length == value


def test_a_reservation_outlives_its_lock(own: Writer) -> None:
    """The counter has moved, and nobody is kept from inserting."""
    keys = list(own.reserve(Parent, 10))

    assert counter() == keys[-1] + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE mode = 'ShareRowExclusiveLock' AND relation = %s::regclass", [TABLE]
        )
        assert cursor.fetchone() == (0,)


def test_the_waiting_limit_is_gone_afterwards(own: Writer) -> None:
    """Reserving does not limit how long later statements wait."""
    own.reserve(Parent, 1)

    assert own.ask("SELECT current_setting('lock_timeout')") == "0"


def test_keys_are_drawn_where_others_write(two: tuple[Writer, Writer], monkeypatch: pytest.MonkeyPatch) -> None:
    """If the lock is not to be had because another transaction inserts, keys come one by one, and none twice."""
    monkeypatch.setattr(PostgreSQLWriter, "patience", 0.05)
    using = "writers_two"
    with transaction.atomic(using=using):
        theirs = Parent._base_manager.using(using).create(code="open").pk
        with transaction.atomic(using="writers_one"):
            keys = list(two[0].reserve(Parent, 20))
            put(two[0], Parent, [{"id": key, "code": f"row {key}", "number": 1} for key in keys])

    assert len({*keys, theirs}) == 21
    assert Parent._base_manager.using(using).create(code="next").pk > max(keys)


def test_drawn_keys_leave_chosen_ones_out(own: Writer) -> None:
    """Keys that somebody chose ahead of the counter are passed over where the counter must not jump."""
    run(f"ALTER SEQUENCE {TABLE}_id_seq INCREMENT BY 5")
    start = counter()
    put(own, Parent, [{"id": start + 5 * n, "code": f"chosen {n}", "number": 1} for n in (1, 3)])

    keys = list(own.reserve(Parent, 4))

    assert keys == [start + 10, start + 20, start + 25, start + 30]


@pytest.mark.parametrize("change", ["CACHE 20", "INCREMENT BY 3"])
def test_odd_sequences_are_asked_for_each_key(own: Writer, change: str) -> None:
    """A sequence whose next number is not its last plus one is never set."""
    run(f"ALTER SEQUENCE {TABLE}_id_seq {change}")

    keys = list(own.reserve(Parent, 30))

    assert len(set(keys)) == 30
    assert counter() not in keys


def test_a_serial_column_and_one_that_borrows_a_sequence(own: Writer) -> None:
    """Keys counted by a default, owned or not, are reserved like those of an identity column."""
    run(f"ALTER TABLE {TABLE} ALTER id DROP IDENTITY")
    with pytest.raises(ProgrammingError, match=f"{TABLE}.id has no sequence"):
        own.reserve(Parent, 1)

    run("CREATE SEQUENCE writers_borrowed START 700")
    run(f"ALTER TABLE {TABLE} ALTER id SET DEFAULT nextval('writers_borrowed')")
    assert own.reserve(Parent, 5).ranges == ((700, 5),)

    run(f"ALTER SEQUENCE writers_borrowed OWNED BY {TABLE}.id")
    assert own.reserve(Parent, 5).ranges == ((705, 5),)


def test_more_keys_than_there_are(own: Writer) -> None:
    """A counter that cannot count so far is the database's error, not a fallback."""
    with pytest.raises(DatabaseError), transaction.atomic():
        own.reserve(Small, 40_000)


def test_checks_of_links_are_deferred_again(own: Writer) -> None:
    """After a check, rows may again come before what they refer to."""
    own.check_constraints([Line._meta.db_table])
    parent = own.reserve(Parent, 1).ranges[0][0]

    put(own, Line, [{"parent": parent, "place": 1}])
    put(own, Parent, [{"id": parent, "code": "late", "number": 1}])

    own.check_constraints([Line._meta.db_table])


def test_errors_of_copy_leave_the_connection_usable(own: Writer) -> None:
    """After a failed COPY the savepoint is rolled back and work goes on."""
    with pytest.raises(DatabaseError), transaction.atomic():
        put(own, Parent, [{"code": None, "number": 1}])

    assert put(own, Parent, [{"code": "a", "number": 1}]) == 1


def test_a_strict_isolation_level_sees_what_the_one_before_wrote(two: tuple[Writer, Writer]) -> None:
    """With snapshots per transaction, the one of the lock's transaction is taken after the wait."""
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    second = connections["writers_two"]
    second.close()
    second.settings_dict["OPTIONS"] = {
        **second.settings_dict["OPTIONS"],
        "isolation_level": IsolationLevel.REPEATABLE_READ,
    }

    with two[1].lock(TABLE, 1, lambda: None):
        assert Parent._base_manager.using("writers_two").count() == 0
        with transaction.atomic(using="writers_one"):
            put(two[0], Parent, [{"code": "a", "number": 1}])
        assert Parent._base_manager.using("writers_two").count() == 1


def test_counting_on_never_goes_back(own: Writer) -> None:
    """A sequence is moved behind the highest key, and stays where it is ahead: open transactions may have drawn keys."""
    put(own, Parent, [{"id": counter() + 50, "code": "a", "number": 1}])
    highest = Parent._base_manager.get().pk
    own.count_on([Parent])
    assert counter() == highest + 1
    own.count_on([Parent])
    assert counter() == highest + 2
