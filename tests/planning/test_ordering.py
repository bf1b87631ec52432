"""The order of batches, without models or a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.planning.ordering import Need, RequiredCycle, order


def test_order_given_is_kept():
    """Items that need nothing stay as they are."""
    assert order(["b", "a", "c"], []) == (["b", "a", "c"], [])


def test_needs_come_first():
    """What is needed is moved before what needs it, and nothing else moves."""
    assert order(["a", "b", "c"], [Need("a", "c", True)]) == (["b", "c", "a"], [])


def test_own_and_unknown_needs_are_ignored():
    """An item does not wait for itself, nor for what is not there."""
    assert order(["a"], [Need("a", "a", True), Need("a", "z", True)]) == (["a"], [])


def test_optional_need_gives_way_in_a_circle():
    """The need that may wait is met later."""
    wait = Need("a", "b", False)
    assert order(["a", "b"], [wait, Need("b", "a", True)]) == (["a", "b"], [wait])


def test_optional_need_is_met_where_it_can_be():
    """Without a circle nothing is put off."""
    assert order(["a", "b"], [Need("a", "b", False)]) == (["b", "a"], [])


def test_required_circle_is_named():
    """The text goes round, the items are those of the circle alone."""
    needs = [Need("x", "a", True), Need("a", "b", True), Need("b", "c", True), Need("c", "a", True)]
    with pytest.raises(RequiredCycle, match=r"^a -> b -> c -> a$") as caught:
        order(["x", "a", "b", "c"], needs)
    assert caught.value.items == ("a", "b", "c")


_ITEMS = "abcdefg"


@given(st.lists(st.tuples(st.sampled_from(_ITEMS), st.sampled_from(_ITEMS), st.booleans()), max_size=15))
def test_every_need_is_met_or_named(pairs):
    """Each need is met by the order or returned as one that waits; a required one always is met."""
    needs = [Need(*pair) for pair in pairs]
    try:
        ids, later = order(_ITEMS, needs)
    except RequiredCycle as error:
        round_trip = zip(error.items, (*error.items[1:], error.items[0]), strict=True)
        assert all(Need(item, other, True) in needs for item, other in round_trip)
        return
    assert sorted(ids) == list(_ITEMS)
    assert not any(need.required for need in later)
    for need in needs:
        assert need in later or need.item == need.other or ids.index(need.other) < ids.index(need.item)
