"""Intervals of enumerations are found by what they overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fixturekit.planning.intervals import Interval, Intervals

SIZES = st.sampled_from([20, 20, 20, 33])
INTERVALS = st.builds(
    Interval,
    st.sampled_from(["a", "b"]),
    st.just("s"),
    st.just(""),
    st.integers(0, 25),
    st.integers(0, 7),
    SIZES,
)


@given(st.lists(INTERVALS, max_size=30), INTERVALS)
def test_first_clash(held, own):
    """It is the first of those that were added which shares an entry, around the end of the enumeration too."""
    intervals = Intervals()
    intervals.add(held)
    assert intervals.clash(own) == next((other for other in held if own.overlaps(other)), None)


@given(st.lists(INTERVALS, max_size=30))
def test_order(held):
    """They are told in the order in which they were added, all or those of one enumeration."""
    intervals = Intervals()
    intervals.add(held)
    assert list(intervals) == held
    assert intervals.of("a") == [interval for interval in held if interval.key == "a"]
    assert intervals.of("c") == []
