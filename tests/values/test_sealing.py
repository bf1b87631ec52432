"""Code that is not ours draws the same for the same row, and leaves nothing behind."""

from __future__ import annotations

import os
import random
import secrets
import threading
import uuid

import pytest
from django.utils.crypto import get_random_string
from factory.random import randgen

from fixturekit.values.sealing import Seal, ambient


def draw():
    """One value of each source of chance."""
    return (
        random.random(),
        secrets.token_hex(8),
        uuid.uuid4(),
        os.urandom(4),
        get_random_string(8),
        randgen.random(),
        random.SystemRandom().random(),
    )


def sealed(*rows, seed="seed", step="step", lane="lane"):
    """What the rows draw."""
    with Seal(seed, step, lane) as seal:
        return [seal.call(row, draw) for row in rows]


def test_rows_have_addresses():
    """A row draws the same in any order and whatever ran before; rows and labels differ."""
    assert sealed(0, 1, "anna") == [sealed(row)[0] for row in (0, 1, "anna")]
    assert sealed(1, 0) == sealed(0, 1)[::-1]
    assert all(len(set(column)) == 3 for column in zip(*sealed(0, 1, "anna"), strict=True))


@pytest.mark.parametrize("other", [{"seed": "x"}, {"step": "x"}, {"lane": "x"}])
def test_addresses_differ(other):
    """Seed, step and lane all take part."""
    assert not set(sealed(0)[0]) & set(sealed(0, **other)[0])


def test_a_draw_does_not_move_the_next_row():
    """How much one row draws changes nothing for the next."""
    with Seal("seed", "step", "lane") as seal:
        seal.call(0, lambda: [draw() for _ in range(5)])
        assert seal.call(1, draw) == sealed(1)[0]


def test_everything_is_put_back():
    """The process goes on where it was, its operating system's randomness too, also after an error."""
    states = random.getstate(), randgen.getstate()
    originals = os.urandom, random._urandom  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError), Seal("seed", "step", "lane") as seal:
        seal.call(0, lambda: 1 / 0)
    assert (random.getstate(), randgen.getstate()) == states
    assert (os.urandom, random._urandom) == originals  # type: ignore[attr-defined]
    assert uuid.uuid4() != uuid.uuid4()


def test_one_thread_at_a_time():
    """Another thread waits until the seal is open again."""
    order = []

    def other():
        sealed(0)
        order.append("other")

    thread = threading.Thread(target=other)
    with Seal("seed", "step", "lane"):
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_seals_nest():
    """A default may itself be sealed; the outer world comes back."""
    with Seal("seed", "step", "lane") as seal:
        seal.row(0)
        expected = sealed(1)
        assert sealed(1) == expected
    assert os.urandom(2) is not None


def test_ambient():
    """Another random state for a while."""
    state = random.getstate()
    with ambient(1):
        first = random.random()
    with ambient(2):
        assert random.random() != first
    assert random.getstate() == state
