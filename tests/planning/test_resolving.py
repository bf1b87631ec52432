"""Names of a recipe: found at any depth, or reported with their place and the nearest word."""

from __future__ import annotations

import pytest

from fixturekit.planning.resolving import find_model
from fixturekit.values.sources import Const, Each, Link, Pinned
from tests.planning.support import batches, problem, problems, step
from tests.testapp.models import Author


@pytest.mark.parametrize("name", ["testapp.Author", "testapp.author", "tests.testapp.models.relations.Author"])
def test_find_model(name):
    """A model is named as Django does, or by its Python path."""
    assert find_model(name) is Author


def test_find_model_without_app():
    """A bare word is no model."""
    with pytest.raises(LookupError, match=r"'Author' is not a model: write app\.Model"):
        find_model("Author")


@pytest.mark.parametrize("name", ["auth.User", "auth.user", "django.contrib.auth.models.User"])
@pytest.mark.parametrize("key", ["make", "for"])
def test_swapped_model(settings, name, key):
    """A model that another one stands for is not made: the message names the other one."""
    settings.AUTH_USER_MODEL = "testapp.Author"
    steps = f"steps:\n  - {{id: a, make: {name}}}"
    shelf = f"shelves:\n  - {{for: {name}, set: {{username: x}}}}"
    if name.count(".") > 1:
        with pytest.raises(LookupError, match=r"auth\.User is swapped for testapp\.Author\. Name that one"):
            find_model(name)
    else:
        assert problem(steps if key == "make" else shelf).partition(": ")[2] == (
            "auth.User is swapped for testapp.Author. Name that one (fixturekit.E040)."
        )


def test_unknown_model():
    """The nearest model is named."""
    text = problem("- {id: a, make: testapp.Auther}")
    assert (
        text == "x.yaml:2:13 steps[0].make: no model testapp.Auther. Did you mean 'testapp.Author'? (fixturekit.E040)."
    )


@pytest.mark.parametrize(
    ("model", "setting", "expected"),
    [
        (
            "testapp.Author",
            "emial: x",
            "x.yaml:6:7 steps[0].set.emial: testapp.Author has no field 'emial' (fixturekit.E013). Did you mean 'email'?",
        ),
        (
            "testapp.Book",
            "author__nam: x",
            "x.yaml:6:7 steps[0].set.author__nam: testapp.Author has no field 'nam' (fixturekit.E013). "
            "Did you mean 'name'?",
        ),
        (
            "testapp.Book",
            "author: {nam: x}",
            "x.yaml:6:16 steps[0].set.author.nam: testapp.Author has no field 'nam' (fixturekit.E013). "
            "Did you mean 'name'?",
        ),
        (
            "testapp.Cover",
            "book: {author__nam: x}",
            "x.yaml:6:14 steps[0].set.book.author__nam: testapp.Author has no field 'nam' (fixturekit.E013). "
            "Did you mean 'name'?",
        ),
        (
            "testapp.Author",
            "books: !make {titel: x}",
            "x.yaml:6:21 steps[0].set.books.titel: testapp.Book has no field 'titel' (fixturekit.E013). "
            "Did you mean 'title'?",
        ),
        (
            "testapp.Book",
            "author: !pin {nme: x}",
            "x.yaml:6:21 steps[0].set.author.nme: testapp.Author has no field 'nme' (fixturekit.E013). "
            "Did you mean 'name'?",
        ),
        (
            "testapp.Book",
            "title__x: 1",
            "x.yaml:6:7 steps[0].set.title__x: testapp.Book.title is not a relation to one row, so nothing can be set "
            "below it (fixturekit.E043).",
        ),
        (
            "testapp.Author",
            "books__title: x",
            "x.yaml:6:7 steps[0].set.books__title: testapp.Author.books is not a relation to one row, so nothing can "
            "be set below it: it is the way back of testapp.Book.author (fixturekit.E043). Make rows there: "
            "'books: !make {...}'.",
        ),
        ("testapp.Shift", "pk: 3", "x.yaml:6:7 steps[0].set.pk: testapp.Shift has no field 'pk' (fixturekit.E013)."),
    ],
)
def test_unknown_names(model, setting, expected):
    """A name that fits nothing is one problem, at its own place."""
    assert problem(step(model, setting)) == expected


def test_all_problems_at_once():
    """Every wrong name of every step is reported, in the order of their places."""
    text = """
        - {id: a, make: testapp.Author, set: {nme: x, emial: y}}
        - {id: b, make: testapp.Bok}
        - {id: c, make: testapp.Book, set: {titel: x}}
    """
    assert [line.split(" ")[1] for line in problems(text)] == [
        "steps[0].set.nme:",
        "steps[0].set.emial:",
        "steps[1].make:",
        "steps[2].set.titel:",
    ]


def test_paths_and_mappings_merge():
    """``a__b``, nested mappings and both mixed describe one parent."""
    found = batches(
        step("testapp.Cover", "book__author__name: Ann\nbook: {title: T, author: {email: a@example.com}}", count=1)
    )
    assert found["a"]["book"] == Link("a/book", Each())
    assert found["a/book"]["title"] == Const("T")
    assert found["a/book/author"] == {"name": Const("Ann"), "email": Const("a@example.com")}


def test_empty_mapping_asks_for_a_row():
    """``editor: {}`` makes an editor of whom nothing is said."""
    found = batches(step("testapp.Book", "editor: {}"))
    assert found["a"]["editor"] == Link("a/editor", Each())
    assert found["a/editor"].keys() == {"name", "email"}


def test_column_name_of_a_relation():
    """``author_id`` is the relation, and so are its values."""
    assert batches(step("testapp.Book", "author_id: !pin 9"))["a"]["author"] == Pinned(0)


def test_pk_is_the_key():
    """``pk`` names the key under whichever name it has."""
    assert batches(step("testapp.Planet", "pk: 4", count=1))["a"]["position"] == Const(4)


def test_given_twice():
    """Two names of one field exclude each other."""
    assert problem(step("testapp.Book", "author: !pin 1\nauthor_id: !pin 2")) == (
        "x.yaml:7:7 steps[0].set.author_id: testapp.Book.author is given twice (fixturekit.E041)."
    )


@pytest.mark.parametrize("setting", ["author: !pin 1\nauthor__name: x", "author__name: x\nauthor: !pin 1"])
def test_pin_that_is_customized(setting):
    """An existing row cannot be given and changed as well, in either order."""
    line = problem(step("testapp.Book", setting))
    assert "testapp.Book.author is given as a whole and customized as well (fixturekit.E042)." in line
    assert line.startswith("x.yaml:7:7 ")
