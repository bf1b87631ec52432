"""Two connections to one database."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from fixturekit.exceptions import LockTimeout
from fixturekit.writers import writer_for
from fixturekit.writers.base import Writer
from tests.writers.conftest import put, wait_until
from tests.writers.tables import Parent

TABLE = Parent._meta.db_table
Two = tuple[Writer, Writer]


def never() -> None:
    raise AssertionError("there is nobody to wait for")


def codes(alias: str) -> list[Any]:
    return list(Parent._base_manager.using(alias).order_by("code").values_list("code", flat=True))


def test_nobody_there(two: Two) -> None:
    """A free lock is had at once; the block's rows are committed, and the lock is free again."""
    for number in range(2):
        with two[number].lock(TABLE, 1, never):
            put(two[number], Parent, [{"code": f"row {number}", "number": 1}])

    assert codes("writers_one") == ["row 0", "row 1"]


@pytest.mark.parametrize("timeout", [0, 0.2])
def test_the_second_gives_up(two: Two, timeout: float) -> None:
    """Whoever waits longer than allowed is told so, after having been asked to say that it waits."""
    said: list[str] = []

    message = f"'writers_two' is still held by another process after {timeout} s"

    with two[0].lock(TABLE, 1, never):
        with pytest.raises(LockTimeout, match=message), two[1].lock(TABLE, timeout, lambda: said.append("waiting")):
            never()
        assert said == ["waiting"]

    with two[1].lock(TABLE, 1, never):
        assert codes("writers_two") == []


def test_the_second_waits_and_sees_what_the_first_wrote(two: Two, django_db_blocker: Any) -> None:
    """The lock is held until the rows are committed: the next process finds them."""
    waiting, seen = threading.Event(), []

    def second() -> None:
        with django_db_blocker.unblock():
            writer = writer_for(connections["writers_two"])
            with writer.lock(TABLE, 20, waiting.set):
                seen.extend(codes("writers_two"))
            connections["writers_two"].close()

    thread = threading.Thread(target=second)
    with two[0].lock(TABLE, 1, never):
        thread.start()
        assert waiting.wait(20)
        put(two[0], Parent, [{"code": "first", "number": 1}])
        assert seen == []
    thread.join()

    assert seen == ["first"]


def test_a_failure_undoes_and_unlocks(two: Two) -> None:
    """What fails leaves neither rows nor the lock."""

    def fail() -> None:
        with two[0].lock(TABLE, 1, never):
            put(two[0], Parent, [{"code": "a", "number": 1}])
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    with two[1].lock(TABLE, 1, never):
        assert codes("writers_two") == []


def test_a_lock_needs_its_own_transaction(two: Two) -> None:
    """Inside of another transaction the lock would be gone before the rows are there; that is refused."""
    outer, refused = transaction.atomic(using="writers_one"), pytest.raises(RuntimeError, match="durable")
    with outer, refused, two[0].lock(TABLE, 1, never):
        never()

    with two[1].lock(TABLE, 1, never):
        pass


def test_waiting_leaves_no_setting_behind(two: Two, django_db_blocker: Any) -> None:
    """How long this lock was waited for does not limit how long others are."""
    question = {
        "mysql": "SELECT @@innodb_lock_wait_timeout",
        "postgresql": "SELECT current_setting('lock_timeout')",
        "sqlite": "PRAGMA busy_timeout",
    }[connection.vendor]
    waiting, answers = threading.Event(), []

    def second() -> None:
        with django_db_blocker.unblock():
            writer = writer_for(connections["writers_two"])
            answers.append(writer.ask(question))
            with writer.lock(TABLE, 20, waiting.set):
                answers.append(writer.ask(question))
            connections["writers_two"].close()

    thread = threading.Thread(target=second)
    with two[0].lock(TABLE, 1, never):
        thread.start()
        assert waiting.wait(20)
    thread.join()

    assert answers[0] == answers[1]


def test_reservations_of_two_processes_are_apart(two: Two, django_db_blocker: Any) -> None:
    """Keys reserved in an open transaction are not handed to another process, nor used by its inserts."""
    if connection.vendor == "sqlite":
        with two[0].lock(TABLE, 1, never):
            mine = list(two[0].reserve(Parent, 50))
        with two[1].lock(TABLE, 1, never):
            theirs = list(two[1].reserve(Parent, 50))
        assert not set(mine) & set(theirs)
        return
    with transaction.atomic(using="writers_one"):
        mine = list(two[0].reserve(Parent, 50))
        put(two[0], Parent, [{"id": key, "code": f"row {key}", "number": 1} for key in reversed(mine)])
        with transaction.atomic(using="writers_two"):
            theirs = list(two[1].reserve(Parent, 50))
            put(two[1], Parent, [{"id": key, "code": f"row {key}", "number": 1} for key in reversed(theirs)])
            other = Parent._base_manager.using("writers_two").create(code="next").pk

    assert len({*mine, *theirs, other}) == 101
    wait_until(lambda: len(codes("writers_one")) == 101)
