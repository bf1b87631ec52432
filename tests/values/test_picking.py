from __future__ import annotations

from array import array
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.values.picking import MOST, bounded, distinct, earlier, pick, slots, weighted, width_of
from fixturekit.values.streams import stream_key, words

WORDS = words(stream_key("seed", "step", "lane"), 1, 0, 4000)


def test_one_more_candidate_moves_only_its_share():
    """From 1 to 601 candidates: who moves goes to the new one, and no more than 2.5 times its share."""
    before = pick(WORDS, 1)
    for count in range(2, 602):
        after = pick(WORDS, count)
        moved = [new for old, new in zip(before, after, strict=True) if old != new]
        assert set(moved) <= {count - 1}
        assert len(moved) <= 2.5 * len(WORDS) / count + 5
        before = after


def test_at_least_98_percent_stay_at_a_hundred():
    """One parent more in a hundred moves about one child in a hundred."""
    pairs = zip(pick(WORDS, 100), pick(WORDS, 101), strict=True)
    assert sum(old == new for old, new in pairs) >= 0.98 * len(WORDS)


@pytest.mark.parametrize("counts", [range(1, 300), (1000, 4095, 4096, 5000, 20_000)])
def test_candidates_are_picked_alike(counts):
    """Every candidate owns slots, the luckiest at most one and a half times as many as the poorest."""
    for count in counts:
        loads = Counter(slots(count))
        assert sorted(loads) == list(range(count))
        assert max(loads.values()) <= 1.5 * min(loads.values())


@given(st.integers(1, 40_000))
def test_a_pick_without_a_table_is_the_same(count):
    """Few words of a big set are picked without a table, many with one: the same picks."""
    alone = [pick(WORDS[at : at + 1], count)[0] for at in range(20)]
    table = slots(count)
    shift = 33 - len(table).bit_length()
    assert alone == [table[word >> shift] for word in WORDS[:20]]


@pytest.mark.parametrize("count", [2**20 - 1, 10**8, MOST])
def test_picks_of_big_sets_stay_in_range(count):
    """Sets that are too big for a table are picked from all over, and consistently."""
    picked = pick(WORDS, count)
    assert 0 <= min(picked) < count // 20
    assert count - count // 20 < max(picked) < count
    if count < MOST:
        assert all(old == new or new == count for old, new in zip(picked, pick(WORDS, count + 1), strict=True))


@pytest.mark.parametrize("count", [0, -1, MOST + 1])
def test_picking_of_nothing_is_refused(count):
    """There must be at least one candidate, and fewer than 2**29."""
    with pytest.raises(ValueError, match=f"cannot pick one of {count}"):
        pick(WORDS, count)


@given(st.integers(-(2**63), 2**63), st.integers(0, 2**64 - 1))
def test_bounded_numbers_stay_in_bounds(low, span):
    """Whatever the words, numbers lie between both bounds; the extreme words reach the bounds themselves."""
    high = low + span
    extremes = array("I", [0, 0, 2**32 - 1, 2**32 - 1][:: 3 - width_of(low, high)])
    assert bounded(extremes, low, high) == [low, high]


def test_an_empty_range_is_refused():
    """No number lies between 3 and 2."""
    with pytest.raises(ValueError, match="between 3 and 2"):
        bounded(WORDS, 3, 2)


def test_weights_are_kept():
    """A weight of three is drawn three times as often as one of one; zero never."""
    counts = Counter(weighted(WORDS, (3, 0, 1)))
    assert set(counts) == {0, 2}
    assert 2.7 < counts[0] / counts[2] < 3.3
    assert weighted(array("I", [0, 2**32 - 1]), (0.1, 0.2)) == [0, 1]


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_impossible_weights_are_refused(weights):
    """Weights are positive, at least one of them."""
    with pytest.raises(ValueError, match="weights"):
        weighted(WORDS, weights)


@given(st.integers(1, 8), st.integers(0, 40))
def test_samples_have_no_doubles(size, more):
    """Each owner gets ``size`` different ones, also when that is all there are."""
    found = distinct(WORDS[: size * 50], size, size + more)
    runs = [found[at : at + size] for at in range(0, len(found), size)]
    assert len(runs) == 50
    assert all(len(set(run)) == size and set(run) <= set(range(size + more)) for run in runs)


def test_samples_survive_one_more_candidate():
    """At least 97 of 100 links of samples of three stay when there are 101 instead of 100 to choose from."""
    pairs = zip(distinct(WORDS[:3000], 3, 100), distinct(WORDS[:3000], 3, 101), strict=True)
    assert sum(old == new for old, new in pairs) >= 2910


def test_samples_cannot_exceed_the_set():
    """Three different ones of two do not exist."""
    with pytest.raises(ValueError, match="3 different ones of 2"):
        distinct(WORDS[:3], 3, 2)


def test_earlier_rows_only():
    """A row points at one before it; the first at none; a block in the middle gives the same."""
    found = earlier(WORDS, 0)
    assert found[0] is None
    assert all(place is not None and 0 <= place < row for row, place in enumerate(found) if row)
    assert earlier(WORDS[100:200], 100) == found[100:200]
