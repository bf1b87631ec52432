from __future__ import annotations

from collections import Counter
from hashlib import shake_128

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.values.streams import BLOCK, Lane, digest, stream_key, sub_random, words

KEY = stream_key("shop.sale", "products", "name")


def test_words_are_what_shake_gives():
    """Row 5000 of a lane of two words reads words 1808 and 1809 of the third block, little-endian."""
    block = shake_128(KEY + (2).to_bytes(8, "little")).digest(8 * BLOCK)
    at = 8 * (5000 - 2 * BLOCK)
    expected = [int.from_bytes(block[at : at + 4], "little"), int.from_bytes(block[at + 4 : at + 8], "little")]
    assert words(KEY, 2, 5000, 5001).tolist() == expected


@given(st.integers(0, 5), st.integers(0, 9000), st.integers(0, 3000), st.integers(0, 3000))
def test_any_split_gives_the_same_words(width, start, first, second):
    """A block of rows can be made in one go or in parts, in any order."""
    whole = words(KEY, width, start, start + first + second)
    parts = words(KEY, width, start, start + first) + words(KEY, width, start + first, start + first + second)
    assert whole == parts
    assert len(whole) == width * (first + second)


def test_parts_of_an_address_do_not_run_together():
    """Moving a letter from the step to the lane gives another stream."""
    assert stream_key("s", "ab", "c") != stream_key("s", "a", "bc")
    assert digest(("ab", "c")) != digest(("a", "bc"))


def test_a_key_is_frozen():
    """The derivation of engine 1 never changes."""
    assert KEY.hex() == "cf7f0e077645f739d3cff26c5344d56e"


def test_labelled_rows_keep_their_words():
    """Inserting and deleting labels moves the words of no other row."""
    few = Lane(KEY, 2, ("anna", "bob", "cleo"))
    more = Lane(KEY, 2, ("zoe", "anna", "cleo"))
    assert few.words(0, 1) == more.words(1, 2)
    assert few.words(2, 3) == more.words(2, 3)
    assert len(set(few.words(0, 3))) == 6
    assert few.words(0, 3) == few.words(0, 2) + few.words(2, 3)


def test_a_row_has_a_random_of_its_own():
    """It depends on lane and row only; a label that looks like a number is no row number."""
    assert sub_random(KEY, 7).random() == sub_random(KEY, 7).random()
    draws = {sub_random(KEY, row).random() for row in (7, 8, "7", "anna")}
    assert len(draws) == 4


@pytest.mark.parametrize("lane", ["name", "brand.name", "", "näme", "\ud800"])
def test_words_are_even(lane):
    """Every lane fills the sixteen ranges of words alike, whatever its name is."""
    counts = Counter(word >> 28 for word in words(stream_key("seed", "step", lane), 1, 0, 16_000))
    assert min(counts.values()) > 850
    assert max(counts.values()) < 1150
