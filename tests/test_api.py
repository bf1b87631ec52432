"""`fixturekit.load` applies what is not applied yet, anywhere but in production."""

from __future__ import annotations

import warnings

import pytest
from django.db import connection, connections
from django.utils.connection import ConnectionDoesNotExist

import fixturekit
from fixturekit.exceptions import (
    NotAllowed,
    PlanError,
    RecipeAmbiguous,
    RecipeChanged,
    RecipeInvalid,
    RecipeNotFound,
)
from fixturekit.ledger import Ledger
from tests.recipes_support import RecipeFolder
from tests.testapp.models import Author, Genre

pytestmark = pytest.mark.django_db(databases=["default", "other"])

AUTHORS = "steps: [{id: authors, make: testapp.Author, count: 3}]\n"
GENRES = "depends_on: [testapp.authors]\nsteps: [{id: genres, make: testapp.Genre, count: 2}]\n"


@pytest.fixture(autouse=True)
def shop(tmp_path, settings):
    recipes = RecipeFolder(tmp_path / "recipes", settings)
    recipes.write("testapp.authors", AUTHORS)
    recipes.write("testapp.genres", GENRES)
    return recipes


class TestNames:
    @pytest.mark.parametrize("name", ["testapp.genres", "testapp.gen", "testapp.0002", "testapp.2", "testapp"])
    def test_as_on_the_command_line(self, name):
        """A name, its beginning, its number, or an app; what it depends on comes along, once."""
        made = fixturekit.load(name)
        assert [each.pk for each in made.genres] == list(Genre.objects.order_by("pk").values_list("pk", flat=True))
        assert len(made["testapp.authors"].authors) == Author.objects.count() == 3
        assert list(Ledger(connection).applied()) == ["testapp.authors", "testapp.genres"]

    def test_each_word_by_itself(self, shop):
        """Two words are two names, not an app and a name in it."""
        shop.write("otherapp.notes", "steps: [{id: authors, make: testapp.Author}]\n")
        made = fixturekit.load("testapp", "otherapp")
        assert len(made.genres) == 2
        assert len(made["testapp.authors"]["authors"]) == 3

    def test_unknown(self):
        """The near name is said."""
        with pytest.raises(
            RecipeNotFound, match=r"there is no recipe 'testapp\.gneres'\. Did you mean 'testapp\.genres'\?"
        ):
            fixturekit.load("testapp.gneres")

    def test_ambiguous(self, shop):
        """So are all that a short one may mean."""
        shop.write("testapp.genus", "steps: [{id: g, make: testapp.Genre}]\n")
        with pytest.raises(RecipeAmbiguous, match=r"testapp\.genres, testapp\.genus"):
            fixturekit.load("testapp.gen")

    def test_no_text(self):
        """A list is no name."""
        with pytest.raises(TypeError, match=r"\['testapp\.genres'\]: expected the name of a recipe"):
            fixturekit.load(["testapp.genres"])  # type: ignore[arg-type]

    def test_none(self):
        """Without names nothing is done."""
        assert repr(fixturekit.load()) == "<Made nothing in default: no rows>"
        assert not Author.objects.exists()


class TestApplying:
    def test_once(self):
        """A second load applies nothing and finds the same rows."""
        keys = fixturekit.load("testapp.genres").genres.keys()
        assert fixturekit.load("testapp.genres").genres.keys() == keys
        assert Genre.objects.count() == 2

    def test_other_database(self):
        """Rows and their ledger are in the database that is named."""
        made = fixturekit.load("testapp.genres", database="other")
        assert made.genres[0]._state.db == "other"
        assert Genre.objects.using("other").count() == 2
        assert not Genre.objects.exists()
        assert list(Ledger(connections["other"]).applied()) == ["testapp.authors", "testapp.genres"]

    def test_unknown_database(self):
        """An alias that the settings do not have is Django's error."""
        with pytest.raises(ConnectionDoesNotExist):
            fixturekit.load("testapp.genres", database="nowhere")

    def test_problems(self, shop):
        """What does not fit the models is refused; what stood before it stays."""
        shop.write("testapp.genres", GENRES.replace("count: 2", "set: {nmae: x}"))
        with pytest.raises(PlanError, match="no field 'nmae'"):
            fixturekit.load("testapp.genres")
        assert Author.objects.count() == 3

    def test_other_rows_than_recorded(self, shop):
        """Rows that are not those that the file records are warned of."""
        shop.write("testapp.authors", AUTHORS + "recorded: {produces: {authors: 3 testapp.Author 0123456789abcdef}}\n")
        with pytest.warns(
            RuntimeWarning, match=r"testapp\.authors: the rows of step authors are not those that were recorded"
        ):
            fixturekit.load("testapp.authors")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fixturekit.load("testapp.authors")


class TestProduction:
    @pytest.fixture
    def production(self, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "NAME", "shop")
        monkeypatch.setitem(connection.settings_dict, "TEST", {"NAME": None})

    def test_is_refused(self, production):
        """A database that looks like production is not written to, unless that is asked for."""
        with pytest.raises(NotAllowed, match="may be production"):
            fixturekit.load("testapp.genres")
        assert not Author.objects.exists()
        fixturekit.load("testapp.genres", force=True)
        assert Author.objects.count() == 3

    def test_may_be_read(self, production):
        """Where all is applied already there is nothing to refuse."""
        fixturekit.load("testapp.genres", force=True)
        assert len(fixturekit.load("testapp.genres").genres) == 2


class TestFiles:
    """Files are read again when they changed, and only then."""

    def test_an_edit_is_noticed(self, shop):
        """An edited recipe that is applied is refused."""
        fixturekit.load("testapp.genres")
        shop.write("testapp.genres", GENRES.replace("2", "3"))
        with pytest.raises(RecipeChanged):
            fixturekit.load("testapp.genres")

    def test_a_broken_file_is_noticed_each_time(self, shop):
        """A file that breaks the format is reported until it is mended."""
        fixturekit.load("testapp.authors")
        shop.write("testapp.genres", "steps: 3\n")
        for _ in range(2):
            with pytest.raises(RecipeInvalid):
                fixturekit.load("testapp.authors")
        shop.write("testapp.genres", GENRES)
        assert len(fixturekit.load("testapp.genres").genres) == 2
