"""Texts after a mask."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.values.fields.masks import mask_length, read_mask
from fixturekit.values.registry import Context, all_values, capacity, compile_source
from fixturekit.values.sources import Drawn, Enumerated
from fixturekit.values.uniqueness import fold

CONTEXT = Context("shop.sale", "products", datetime(2026, 1, 1, tzinfo=timezone.utc))
SIGNS = {"#": "[0-9]", "-": "[A-Z]", "_": "[a-z]"}
MASKS = st.text(alphabet="#-_!aZ5é ", min_size=1, max_size=30).filter(
    lambda mask: not re.search(r"(?<!!)(!!)*!$", mask)
)


def parts(mask):
    """A pattern for each character of the texts."""
    signs = iter(mask)
    return [SIGNS.get(sign) or re.escape(next(signs) if sign == "!" else sign) for sign in signs]


def drawn(mask, start=0, stop=50):
    return compile_source(Drawn("mask", "code", (("mask", mask),)), CONTEXT).values(start, stop)


@given(mask=MASKS)
def test_texts_fit_their_mask(mask):
    """Every text has a digit, a letter or the very character where the mask says so, drawn or enumerated."""
    pattern = "".join(parts(mask))
    source = Enumerated("mask", "key", 3, (("mask", mask),))
    texts = [*drawn(mask), *compile_source(source, CONTEXT).values(0, min(50, capacity(source)))]
    assert all(re.fullmatch(pattern, text) for text in texts)
    assert {len(text) for text in texts} == {mask_length(mask)} == {len(parts(mask))}


@given(mask=MASKS)
def test_capacity(mask):
    """There are as many texts as the signs allow."""
    sizes = {"[0-9]": 10, "[A-Z]": 26, "[a-z]": 26}
    assert capacity(Enumerated("mask", "key", 0, (("mask", mask),))) == prod(sizes.get(part, 1) for part in parts(mask))


@pytest.mark.parametrize("mask", ["#-", "a#-!-", "_#", "##!#"])
def test_enumerated_texts_differ(mask):
    """All of them, also without case."""
    texts = all_values(Enumerated("mask", "key", 0, (("mask", mask),)))
    assert len({fold(text) for text in texts}) == len(texts)


def test_drawn_texts_spread():
    """Every sign of a long mask takes many values."""
    for column in zip(*drawn("##########__________----------", 0, 500), strict=True):
        assert len(set(column)) >= 10


@pytest.mark.parametrize("mask", ["!", "#!", "!!!"])
def test_nothing_to_escape(mask):
    """An escape at the end escapes nothing."""
    with pytest.raises(ValueError, match="ends in '!'"):
        read_mask(mask)
