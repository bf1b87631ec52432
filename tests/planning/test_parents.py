"""Rows that are made for a relation are shared as the step says."""

from __future__ import annotations

import pytest

from fixturekit.values.sources import At, Each, Fold, Link, Picked
from tests.planning.support import batches, planned, problem


def test_share():
    """So many parents are made, and the rows are spread over them: drawn, or in turn in style plain."""
    text = "- {id: a, make: testapp.Book, count: 9, share: {author: 4}}"
    assert batches(text)["a"]["author"] == Link("a/author", Picked("author", 4))
    plan = planned("options: {style: plain}\nsteps:\n  " + text).plan
    column = plan.batch("a").column("author")
    assert column is not None
    assert column.source == Link("a/author", Fold(4))
    assert plan.batch("a/author").count == 4


def test_share_below_a_relation():
    """A path shares parents of parents."""
    found = planned("- {id: a, make: testapp.Cover, count: 9, share: {book__author: 2}}").plan
    assert (found.batch("a/book").count, found.batch("a/book/author").count) == (9, 2)


def test_share_of_one_and_of_many():
    """One parent serves all; more parents than rows are not made."""
    assert batches("- {id: a, make: testapp.Book, count: 9, share: {author: 1}}")["a"]["author"] == Link(
        "a/author", At(0)
    )
    assert batches("- {id: a, make: testapp.Book, count: 2, share: {author: 5}}")["a"]["author"] == Link(
        "a/author", Each()
    )


def test_share_of_a_one_to_one():
    """A one-to-one parent cannot be shared."""
    assert problem("- {id: a, make: testapp.Cover, count: 4, share: {book: 2}}").endswith(
        "testapp.Cover.book: 4 rows need one row each, 2 are shared (fixturekit.E054)."
    )


def test_shares_are_told():
    """What style lifelike decides is reported, so that a recorder can write it."""
    assert planned("- {id: a, make: testapp.Book, count: 9}").shares == (
        ("a", "author", 3),
        ("a", "imprint", 3),
        ("a", "parcel", 3),
        ("a", "delivery", 3),
        ("a", "translator", 3),
    )
    assert planned("options: {style: plain}\nsteps:\n  - {id: a, make: testapp.Book, count: 9}").shares == ()


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (
            "autor: 2",
            "steps[0].share.autor: testapp.Book has no field 'autor' (fixturekit.E013). Did you mean 'author'?",
        ),
        (
            "title: 2",
            "steps[0].share.title: no rows are made for testapp.Book.title, so none can be shared (fixturekit.E063).",
        ),
        (
            "editor: 2",
            "steps[0].share.editor: no rows are made for testapp.Book.editor, so none can be shared (fixturekit.E063).",
        ),
    ],
)
def test_share_of_nothing(share, message):
    """A share that changes nothing is a mistake."""
    assert problem(f"- {{id: a, make: testapp.Book, count: 4, share: {{{share}}}}}").endswith(message)
