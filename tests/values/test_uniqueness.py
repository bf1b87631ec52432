from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.exceptions import ValuesExhausted
from fixturekit.values.uniqueness import Permutation, combined, fold, label_entries, start_of


@given(st.integers(1, 3000), st.text(max_size=5))
def test_every_entry_comes_once(size, key):
    """A permutation has each number below its size exactly once, whatever the size."""
    assert sorted(Permutation(key, size).entries(0, size)) == list(range(size))


@given(st.integers(1, 10**45), st.integers(0, 10**45), st.integers(0, 30), st.integers(0, 30))
def test_entries_do_not_depend_on_the_block(size, start, first, second):
    """Blocks join, single entries agree, numbers wrap at the end of the space, and no two entries are equal."""
    space = Permutation("shop.Product.sku", size)
    whole = space.entries(start, start + first + second)
    assert whole == space.entries(start, start + first) + space.entries(start + first, start + first + second)
    assert all(0 <= entry < size for entry in whole)
    assert len(set(whole)) == min(len(whole), size)
    assert space.entry(start) == space.entry(start + size)


@pytest.mark.parametrize("size", [10**6, 2**31, 36**6, 10**18])
def test_entries_look_random(size):
    """Consecutive entries fill the cells of a ten by ten table alike."""
    entries = Permutation("key", size).entries(0, 20_001)
    cells = Counter((a * 10 // size, b * 10 // size) for a, b in pairwise(entries))
    assert len(cells) == 100
    assert sum((count - 200) ** 2 / 200 for count in cells.values()) < 160


def test_entries_are_frozen():
    """Engine 1 has these entries for ever."""
    assert Permutation("shop.Product.sku", 36**6).entries(0, 3) == [983781907, 1922494241, 1598871965]
    assert Permutation("shop.Product.sku", 10).entries(0, 10) == [4, 8, 0, 7, 5, 9, 3, 1, 2, 6]
    assert Permutation("shop.Product.sku", 10**30).entries(0, 1) == [506353008694294550132335354711]
    assert start_of("shop.sale", "products", "shop.Product.sku", 36**6, 10) == 1920258961
    assert label_entries("shop.Product.sku", ("anna", "bob"), 7, 36**6) == [213291634, 35034277]


def test_an_empty_space_is_refused():
    """There is no permutation of nothing."""
    with pytest.raises(ValueError, match="at least one"):
        Permutation("key", 0)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_combinations_come_once(sizes):
    """All axes read together give each combination exactly once."""
    sizes = tuple(sizes)
    total = prod(sizes)
    columns = [combined(sizes, "key", range(total), axis) for axis in range(len(sizes))]
    assert len(set(zip(*columns, strict=True))) == total
    assert all(set(column) == set(range(size)) for column, size in zip(columns, sizes, strict=True))


def test_a_start_depends_on_seed_and_step_alone():
    """More rows begin at the same place, another step somewhere else."""
    assert start_of("seed", "a", "key", 10**6, 10) == start_of("seed", "a", "key", 10**6, 1000)
    assert start_of("seed", "a", "key", 10**6, 10) != start_of("seed", "b", "key", 10**6, 10)
    assert start_of("seed", "a", "key", 1, 1) == 0


def test_a_space_that_is_too_small_is_refused_with_both_numbers():
    """The error says how many there are and how many are needed."""
    with pytest.raises(ValuesExhausted, match="36 different values, 37 are needed"):
        start_of("seed", "a", "shop.Product.code", 36, 37)
    with pytest.raises(ValuesExhausted, match="1 different values, 2 are needed"):
        label_entries("shop.Product.code", ("a", "b"), 0, 1)


@given(st.sets(st.text(min_size=1, max_size=3), min_size=1, max_size=20), st.integers(0, 1000))
def test_labels_get_different_entries(labels, start):
    """Also in a space that they fill to the last value."""
    found = label_entries("key", tuple(labels), start, len(labels))
    assert sorted(found) == list(range(len(labels)))


def test_inserting_a_label_moves_no_other():
    """Entries follow from the label, not from the order in the file."""
    few = dict(zip("abc", label_entries("key", ("a", "b", "c"), 5, 10**9), strict=True))
    more = dict(zip("zbxac", label_entries("key", ("z", "b", "x", "a", "c"), 5, 10**9), strict=True))
    assert all(more[label] == entry for label, entry in few.items())


@pytest.mark.parametrize(
    ("text", "folded"),
    [(" Zoë ", "zoe"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("I", "i"), ("ı", "i"), ("İ", "i"), ("ﬁ", "fi")],  # noqa: RUF001
)
def test_folding_is_what_a_forgiving_collation_compares(text, folded):
    """Accents, case, ligatures, the dotless i and blanks around do not count."""
    assert fold(text) == folded
