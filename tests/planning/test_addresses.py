"""Rows of steps that references name."""

from __future__ import annotations

import pytest

from fixturekit.values.sources import At, Earlier, Fold, Link, Outside, Picked
from tests.planning.support import batches, problem, problems
from tests.planning.test_relations import author

NAMED = "- {id: staff, make: testapp.Author, named: {anna: {}, bob: {}}}\n"
OTHER = {"otherapp.staff": "- {id: authors, make: testapp.Author, named: {anna: {}, bob: {}}}"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!ref authors", Link("authors", Fold(3))),
        ('!ref "authors[2]"', Link("authors", At(2))),
        ("!pick authors", Link("authors", Picked("author", 3))),
    ],
)
def test_made_rows(value, expected):
    """A whole step folds, a number stays, a pick draws."""
    assert author(value) == expected


def test_labels():
    """A label is a position."""
    assert author('!ref "staff[bob]"', before=NAMED) == Link("staff", At(1))


def test_step_of_one_row():
    """A step of one row is that row, however it is named."""
    one = "- {id: authors, make: testapp.Author}\n"
    assert author("!ref authors", before=one) == author("!pick authors", before=one) == Link("authors", At(0))


def test_own_step():
    """A pick from its own step points at earlier rows; a ref at the row itself."""
    text = "- {id: a, make: testapp.Folder, count: 5, set: {parent: %s}}"
    assert batches(text % "!pick a")["a"]["parent"] == Link("a", Earlier("parent"))
    assert batches(text % "!ref a")["a"]["parent"] == Link("a", Fold(5))


@pytest.mark.parametrize(
    ("value", "map"),
    [
        ("!ref otherapp.staff/authors", Fold(2)),
        ("!pick otherapp.staff/authors", Picked("author", 2)),
        ('!ref "otherapp.staff/authors[bob]"', At(1)),
        ('!ref "otherapp.staff/authors[0]"', At(0)),
    ],
)
def test_rows_of_another_recipe(value, map):
    """Rows of an applied recipe are known by recipe and step."""
    text = f"depends_on: [otherapp.staff]\nsteps:\n  - {{id: a, make: testapp.Book, set: {{author: {value}}}}}"
    assert batches(text, others=OTHER)["a"]["author"] == Outside("otherapp.staff", "authors", map, 2)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("otherapp.gone/authors", "there is no recipe otherapp.gone (fixturekit.E051)."),
        ("otherapp.staff/autors", "otherapp.staff has no step autors (fixturekit.E051). Did you mean 'authors'?"),
        (
            '"otherapp.staff/authors[eve]"',
            "otherapp.staff/authors[eve] is not a row: authors makes 2 rows (fixturekit.E052).",
        ),
    ],
)
def test_rows_that_another_recipe_does_not_make(target, message):
    """Recipe, step and row are checked against the other document."""
    text = (
        "depends_on: [otherapp.staff, otherapp.gone]\n"
        f"steps:\n  - {{id: a, make: testapp.Book, set: {{author: !ref {target}}}}}"
    )
    assert problem(text, others=OTHER).endswith(f"testapp.Book.author: {message}")


@pytest.mark.parametrize("value", ["!ref genres", "!pick genres"])
def test_wrong_model(value):
    """A step must make rows of what the field takes."""
    text = f"- {{id: genres, make: testapp.Genre}}\n- {{id: a, make: testapp.Book, set: {{author: {value}}}}}"
    assert problem(text) == (
        "x.yaml:3:39 steps[1].set.author: testapp.Book.author: step genres makes testapp.Genre, the field takes "
        "testapp.Author (fixturekit.E049)."
    )


def test_child_models_and_proxies_fit():
    """A multi-table child is a row of its parent, a proxy one of its concrete model."""
    text = """
        - {id: cars, make: testapp.VintageCar}
        - {id: sports, make: testapp.SportsCar}
        - {id: a, make: testapp.Book, set: {delivery: !ref cars}}
        - {id: b, make: testapp.Book, set: {delivery: !ref sports}}
    """
    found = batches(text)
    assert found["a"]["delivery"] == Link("cars", At(0))
    assert found["b"]["delivery"] == Link("sports", At(0))


def test_step_without_rows():
    """A step that makes nothing cannot be referred to, by a foreign key or a link."""
    text = """
        - {id: authors, make: testapp.Author, count: 0}
        - {id: genres, make: testapp.Genre, count: 0}
        - {id: a, make: testapp.Book, set: {author: !ref authors}}
        - {id: b, make: testapp.Album, set: {genres: !pick genres}}
    """
    first, second = problems(text)
    assert first.endswith("testapp.Book.author: step authors makes no rows to refer to (fixturekit.E048).")
    assert second.endswith("testapp.Album.genres: step genres makes no rows to refer to (fixturekit.E048).")
