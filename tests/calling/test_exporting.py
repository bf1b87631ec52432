"""``export_shelf``: a shelf that was taught in Python as YAML."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest

from fixturekit import C, F, M, export_shelf, teach
from fixturekit.exceptions import ShelfNotFound, ShelfRefused
from fixturekit.planning.planner import Planner
from fixturekit.recipes.reading import read
from tests.testapp import values
from tests.testapp.models import Album, Author, Book, Note, Preference, Size, Survey, Token


def test_all_that_a_recipe_can_say():
    """Literals, copies, masks, related rows and functions of the project are written as a recipe writes them."""
    teach(Note, title="no", sentence=C("title"), body=M("##-"), motto=None)
    assert export_shelf(Note) == (
        "shelves:\n"
        "  - for: testapp.Note\n"
        '    set: {title: "no", sentence: !copy title, body: !mask "##-", motto: null}\n'
    )


def test_relations():
    """Counts, related rows and keys too; a named shelf has its name."""
    teach(Book, "classic", author=F(name="Ann"), author__books=[F(title="x")], cover=1, editor=7)
    assert export_shelf(Book, "classic") == (
        "shelves:\n"
        "  - for: testapp.Book\n"
        "    name: classic\n"
        "    set: {author: {name: Ann}, author__books: [{title: x}], cover: !make 1, editor: !pin 7}\n"
    )


def test_functions():
    """A function of an installed app is written by its dotted path."""
    function = next(value for value in vars(values).values() if callable(value) and value.__module__ == values.__name__)
    teach(Note, title=function)
    assert f"title: !call {values.__name__}.{function.__qualname__}" in export_shelf(Note)


@pytest.mark.parametrize(
    ("model", "given", "written"),
    [
        (Token, {"batch": uuid.UUID(int=7)}, "batch: 00000000-0000-0000-0000-000000000007"),
        (Survey, {"size": Size.LARGE}, "size: l"),
        ("testapp.Price", {"amount": Decimal("3.50")}, "amount: 3.50"),
        ("testapp.Event", {"day": datetime.date(2020, 2, 29)}, 'day: "2020-02-29"'),
        ("testapp.Event", {"length": datetime.timedelta(hours=1)}, 'length: "01:00:00"'),
        (
            "testapp.Event",
            {"starts_at": datetime.datetime(2020, 1, 1, 9, tzinfo=datetime.timezone.utc)},
            'starts_at: "2020-01-01T09:00:00Z"',
        ),
        (Preference, {"payload": {"a": [1, None, "x"]}}, "payload: {a: [1, null, x]}"),
        (Album, {"genres": [1, F()]}, "genres: [!pin 1, {}]"),
    ],
)
def test_values(model, given, written):
    """Values are written so that the field reads the same again."""
    teach(model, **given)
    text = export_shelf(model)
    assert written in text
    recipe = read(text + "steps:\n  - {id: x, make: testapp.Note}\n", "page")
    assert Planner(lambda name: None).plan("testapp.x", recipe).plan.batches


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"title": lambda field: "x"}, "'!call' takes the dotted path of a function"),
        ({"title": object.__repr__}, "cannot be written as YAML"),
        ({"title": str}, "does not lie in an installed app"),
        ({"title": b"\xff"}, "cannot be written as YAML"),
    ],
)
def test_what_no_recipe_can_say(given, message):
    """Anything else is an error that names the field and says why."""
    teach(Note, **given)
    with pytest.raises(ShelfRefused, match=message) as caught:
        export_shelf(Note)
    assert "testapp.Note.title" in str(caught.value)


def test_unknown_shelves():
    """A shelf that nobody taught."""
    with pytest.raises(ShelfNotFound, match=r"nobody taught the default shelf of testapp\.Author"):
        export_shelf(Author)
    with pytest.raises(ShelfNotFound, match="nobody taught a shelf 'x'"):
        export_shelf(Author, "x")
