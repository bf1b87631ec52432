from __future__ import annotations

from datetime import datetime, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.values.positions import Context, positions
from fixturekit.values.sources import (
    Around,
    At,
    Combined,
    Distinct,
    Each,
    Earlier,
    Fold,
    Listed,
    Picked,
    Runs,
    Weighted,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=timezone.utc)
CONTEXT = Context("shop.sale", "orders", NOW)
LABELLED = Context("shop.sale", "orders", NOW, tuple(f"row{n}" for n in range(60)))

MAPS = [
    Each(),
    Fold(7),
    At(3),
    Runs(4),
    Picked("customer", 20),
    Weighted("customer", (1, 2, 3)),
    Distinct("tags", 3, 11),
    Around("friends", 3, 20),
    Earlier("parent"),
    Listed(tuple(range(60, 0, -1))),
    Combined("shop.Line", (9, 8), 0, 5),
    pytest.param(Combined("shop.Line", (9, 8), 1, 5, per=3), id="runs combined"),
]


@pytest.mark.parametrize("map", MAPS, ids=lambda map: type(map).__name__)
@pytest.mark.parametrize("context", [CONTEXT, LABELLED], ids=["counted", "labelled"])
@given(data=st.data())
def test_any_block_of_a_map_is_the_same(map, context, data):
    """A block in the middle is that part of the whole, for counted and for labelled rows."""
    start = data.draw(st.integers(0, 60))
    stop = data.draw(st.integers(start, 60))
    assert list(positions(map, context, start, stop)) == list(positions(map, context, 0, 60))[start:stop]


@pytest.mark.parametrize(
    ("map", "expected"),
    [
        (Each(), [0, 1, 2, 3, 4, 5]),
        (Fold(4), [0, 1, 2, 3, 0, 1]),
        (At(2), [2, 2, 2, 2, 2, 2]),
        (Runs(2), [0, 0, 1, 1, 2, 2]),
        (Listed((5, 4, 3, 2, 1, 0)), [5, 4, 3, 2, 1, 0]),
    ],
)
def test_maps_without_chance(map, expected):
    """These follow from the row number alone."""
    assert list(positions(map, CONTEXT, 0, 6)) == expected


@pytest.mark.parametrize(
    ("map", "expected"),
    [
        (Picked("customer", 20), "8abb6b9862e52af8"),
        (Picked("customer", 5000), "5f13c4892a966fa1"),
        (Weighted("customer", (1, 2.5, 0)), "e25ba2a21e086e8a"),
        (Distinct("tags", 3, 11), "6f3275fb7c04d154"),
        (Earlier("parent"), "68077bb13f808c8c"),
        (Combined("shop.Line", (900, 80), 0, 5), "7bbcaedc743c8d09"),
    ],
)
def test_picks_are_frozen(map, expected):
    """Engine 1 picks the same rows for ever."""
    found = list(positions(map, CONTEXT, 0, 3000))
    assert sha256(repr(found).encode()).hexdigest()[:16] == expected


def test_the_axes_of_a_group_never_repeat_a_combination():
    """72 rows of a nine by eight group use every pair once; runs share theirs."""
    pairs = [positions(Combined("shop.Line", (9, 8), axis, 17), CONTEXT, 0, 72) for axis in (0, 1)]
    assert len(set(zip(*pairs, strict=True))) == 72
    runs = list(positions(Combined("shop.Line", (9, 8), 0, 0, per=4), CONTEXT, 0, 12))
    assert runs == [runs[0]] * 4 + [runs[4]] * 4 + [runs[8]] * 4


def test_labelled_rows_keep_their_picks():
    """A label inserted at the top moves the picks and the combinations of no other row."""
    more = Context("shop.sale", "orders", NOW, ("new", *(LABELLED.labels or ())))
    for map in (Picked("customer", 20), Combined("shop.Line", (900, 800), 0, 5)):
        assert positions(map, more, 1, 61) == positions(map, LABELLED, 0, 60)
