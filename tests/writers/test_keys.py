"""Keys by position."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.writers.keys import Digits, Listed, Placed, Ranges, Texts

INTEGERS = st.lists(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1))
ANY_KEYS = st.lists(
    st.one_of(st.integers(), st.none(), st.uuids().map(lambda value: value.hex), st.text(max_size=4), st.booleans())
)


def positions_of(count: int) -> list[int | None]:
    return [*range(count), None, *reversed(range(count))]


@given(INTEGERS)
def test_folding_keeps_keys_and_order(keys: list[int]) -> None:
    """Keys folded into ranges are the same keys in the same order."""
    ranges = Ranges.of(keys)

    assert list(ranges) == keys
    assert len(ranges) == len(keys)
    assert ranges.take(positions_of(len(keys))) == [*keys, None, *reversed(keys)]


def test_keys_in_sequence_are_one_range() -> None:
    """What counts upwards is one pair, whatever its length."""
    assert Ranges.of(range(7, 100_007)).ranges == ((7, 100_000),)
    assert Ranges.of([1, 2, 3, 9, 10, 5]).ranges == ((1, 3), (9, 2), (5, 1))


@pytest.mark.parametrize("keys", [Ranges(()), Ranges(((5, 3),)), Ranges(((5, 2), (9, 1))), Listed([5, 6, 9])])
def test_a_position_that_no_row_has_is_an_error(keys: Any) -> None:
    """A link to a row that does not exist must not become a link to somebody else's row."""
    with pytest.raises(IndexError):
        keys.take([0, len(keys)])


@given(st.lists(ANY_KEYS, max_size=4))
def test_listed_keys_come_back_as_they_were(blocks: list[list[Any]]) -> None:
    """However keys are packed, and whatever kinds meet, taking gives the values and types that were put in."""
    listed = Listed()
    for block in blocks:
        listed.extend(block)
    keys = [key for block in blocks for key in block]

    taken = listed.take(positions_of(len(keys)))

    assert len(listed) == len(keys)
    assert list(listed) == keys
    assert taken == [*keys, None, *reversed(keys)]
    assert [type(key) for key in taken] == [type(key) for key in [*keys, None, *reversed(keys)]]


def test_keys_that_are_alike_are_packed() -> None:
    """Integers take eight bytes each, UUID digits sixteen, other texts as many as they are long, until a key of another kind comes."""
    numbers, digits, words = Listed(), Listed(), Listed()
    numbers.extend([1, 2])
    digits.extend(["0" * 32, "f" * 32])

    assert not isinstance(numbers.values, list)
    assert isinstance(digits.values, Digits)
    assert len(digits.values.packed) == 32
    words.extend(["A0", "f0"])
    assert type(words.values) is Texts
    assert len(words.values.packed) == 4

    digits.extend(["short"])
    assert isinstance(digits.values, list)
    assert list(digits) == ["0" * 32, "f" * 32, "short"]


def test_keys_that_come_in_any_order() -> None:
    """Keys are put where their rows are; a row that is another one has its key."""
    keys = Placed([None] * 5, {4: 1})
    keys.place(2, ["c", "d"])
    assert list(keys) == [None, None, "c", "d", None]
    keys.place(1, ["b"])
    assert keys.take([4, None, 1, 0]) == ["b", None, "b", None]
    assert len(keys) == 5
