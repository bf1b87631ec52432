"""Shelves on their way to the database: of the recipe, of others, alone in a file of their own."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.exceptions import PlanError
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from fixturekit.models import AppliedRecipe
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from tests.testapp.models import Author, Book, Folder, Imprint

pytestmark = pytest.mark.django_db

DEFAULTS = """
shelves:
  - for: testapp.Author
    set: {name: !choice [Anna, Bert]}
  - for: testapp.Book
    name: on sale
    set:
      title: cheap
      imprint: !ref house
      author: {name: Carl}
steps:
  - {id: house, make: testapp.Imprint, set: {code: HOUSE}}
"""
SALE = """
shelves_from: [testapp.defaults]
steps:
  - {id: books, make: testapp.Book, count: 3, use: testapp.defaults/on sale, set: {author__email: !seq "c{n}@b.fi"}}
  - {id: others, make: testapp.Book, count: 3}
"""


def digests(recipes, name):
    """The digests of an applied recipe, which is taken away again."""
    recipes.apply()
    found = Ledger(connection).digests(name)
    applier = recipes.applier()
    applier.remove(applier.removable(list(applier.loader.recipes)))
    return found


def test_shelves_of_another_recipe(recipes):
    """It is applied first, without `depends_on`; its refs lead to its own rows."""
    recipes.write("testapp.asale", SALE)
    recipes.write("testapp.defaults", DEFAULTS)
    outcomes = recipes.apply("testapp.asale")
    assert [outcome.name for outcome in outcomes] == ["testapp.defaults", "testapp.asale"]
    cheap = Book.objects.filter(title="cheap")
    assert {book.imprint for book in cheap} == {Imprint.objects.get(code="HOUSE")}
    assert sorted((book.author.name, book.author.email) for book in cheap) == [
        ("Carl", f"c{number}@b.fi") for number in (1, 2, 3)
    ]
    others = Book.objects.exclude(title="cheap")
    assert {book.author.name for book in others} <= {"Anna", "Bert"}
    assert list(verify(recipes.applier(), "testapp.asale")) == []


def test_only_shelves(recipes):
    """A recipe of shelves alone is applied and noted, makes no rows, and goes again."""
    recipes.write("testapp.defaults", "shelves:\n  - {for: testapp.Author, set: {name: Anna}}\n")
    recipes.write("testapp.people", "shelves_from: [testapp.defaults]\nsteps:\n  - {id: a, make: testapp.Author}\n")
    outcomes = recipes.apply()
    assert [(outcome.name, outcome.rows) for outcome in outcomes] == [("testapp.defaults", 0), ("testapp.people", 1)]
    assert list(Ledger(connection).applied()) == ["testapp.defaults", "testapp.people"]
    assert Author.objects.get().name == "Anna"
    assert list(verify(recipes.applier(), "testapp.defaults")) == []
    assert recipes.apply() == []
    applier = recipes.applier()
    applier.remove(applier.removable(["testapp.defaults"]))
    assert not AppliedRecipe.objects.exists()
    assert not Author.objects.exists()


def test_only_shelves_that_do_not_fit(recipes):
    """They are refused like any recipe that does not fit the models."""
    recipes.write("testapp.defaults", "shelves:\n  - {for: testapp.Author, set: {nme: Anna}}\n")
    with pytest.raises(PlanError, match="no field 'nme'"):
        recipes.apply()


@pytest.mark.parametrize("name", ["", "kept"])
def test_moving_values_changes_none(recipes, name):
    """The digest of a step stays when what it sets goes into a shelf, here or in another recipe."""
    values = """
      title: !choice [a, b, c]
      author: {name: !choice [x, y]}
      imprint__name: !seq "Imprint {n}"
      editor: !pick writers"""
    step = "  - {id: books, make: testapp.Book, count: 20"
    use = f", use: {name}" if name else ""
    named = f"\n    name: {name}" if name else ""
    head = "seed: same\n"
    writers = "  - {id: writers, make: testapp.Author, count: 4}\n"
    recipes.write(
        "testapp.moving",
        f"{head}steps:\n{writers}  - id: books\n    make: testapp.Book\n    count: 20\n    set:{values}\n",
    )
    said = digests(recipes, "testapp.moving")
    recipes.write(
        "testapp.moving",
        f"{head}shelves:\n  - for: testapp.Book{named}\n    set:{values}\nsteps:\n{writers}{step}{use}}}\n",
    )
    assert digests(recipes, "testapp.moving") == said


def test_written_and_read(recipes):
    """A recipe with shelves is written canonically and reads back as the same; so is one of shelves alone."""
    for text in (DEFAULTS, SALE, "shelves:\n  - {for: testapp.Author, name: on sale, set: {name: Anna}}\n"):
        recipe = read(text, "x")
        assert read(write(recipe), "y") == recipe
        assert write(read(write(recipe), "y")) == write(recipe)


def test_laps_reach_the_database(recipes):
    """As the page of DDF about laps has it."""
    options = "options: {{style: plain, fill_nullable: true, laps: {}}}\n"
    recipes.write("testapp.one", options.format(1) + "steps:\n  - {id: a, make: testapp.Folder}\n")
    recipes.apply()
    instance = Folder.objects.filter(children=None).get()
    assert instance.parent.pk
    assert instance.parent.parent is None
    recipes.applier().remove(["testapp.one"])
    recipes.write("testapp.one", options.format(2) + "steps:\n  - {id: a, make: testapp.Folder}\n")
    recipes.apply()
    instance = Folder.objects.filter(children=None).get()
    assert instance.parent.parent.pk
    assert instance.parent.parent.parent is None
