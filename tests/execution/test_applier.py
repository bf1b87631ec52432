"""Recipes are applied in order, once, each whole; what is applied is known."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.exceptions import PinNotFound, PlanError, RecipeChanged, RecipeNotFound
from fixturekit.execution.applier import Applier
from fixturekit.execution.reporting import Reporter
from fixturekit.execution.shortcut import all_applied
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from fixturekit.models import AppliedRecipe
from tests.testapp.models import Author, Book, Genre

pytestmark = pytest.mark.django_db

AUTHORS = "steps: [{id: a, make: testapp.Author, count: 3}]\n"
GENRES = "steps: [{id: g, make: testapp.Genre, count: 2}]\n"
BOOKS = "depends_on: [testapp.authors]\nsteps: [{id: b, make: testapp.Book, count: 2, set: {author: !ref testapp.authors/a}}]\n"


def names(outcomes):
    return [outcome.name for outcome in outcomes]


class TestOrder:
    def test_dependencies_first(self, recipes):
        """What a recipe depends on is applied before it, without being named; others are left."""
        recipes.write("testapp.books", BOOKS)
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.genres", GENRES)
        assert names(recipes.apply("testapp.books")) == ["testapp.authors", "testapp.books"]
        assert list(Ledger(connection).applied()) == ["testapp.authors", "testapp.books"]
        assert Book.objects.count() == 2
        assert not Genre.objects.exists()

    def test_once(self, recipes):
        """A second run applies nothing and changes nothing."""
        recipes.write("testapp.books", BOOKS)
        recipes.write("testapp.authors", AUTHORS)
        assert len(recipes.apply()) == 2
        keys = list(Book.objects.values_list("pk", flat=True))
        assert recipes.apply() == []
        assert list(Book.objects.values_list("pk", flat=True)) == keys

    def test_manual(self, recipes):
        """A manual recipe is applied where it is named or needed, and only there."""
        recipes.write("testapp.authors", "manual: true\n" + AUTHORS)
        recipes.write("testapp.genres", GENRES)
        assert names(recipes.apply()) == ["testapp.genres"]
        recipes.write("testapp.books", BOOKS)
        assert names(recipes.apply()) == ["testapp.authors", "testapp.books"]

    def test_unknown(self, recipes):
        """A name that no recipe has is an error."""
        with pytest.raises(RecipeNotFound):
            recipes.apply("testapp.nothing")


class TestStates:
    def test_beside_the_ledger(self, recipes):
        """Each recipe, in order, with what the ledger knows of it; comments and layout are no change."""
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.books", BOOKS)
        recipes.write("testapp.genres", GENRES)
        recipes.apply("testapp.books")
        recipes.write("testapp.authors", "# a comment\nsteps:\n  - id: a\n    make: testapp.Author\n    count: 3\n")
        recipes.write("testapp.books", BOOKS.replace("count: 2", "count: 3"))
        states = recipes.applier().states()
        assert list(states) == ["testapp.authors", "testapp.books", "testapp.genres"]
        assert [bool(state.applied) for state in states.values()] == [True, True, False]
        assert [state.changed for state in states.values()] == [False, True, False]

    def test_what_is_recorded(self, recipes):
        """The ledger holds the document, digests and versions."""
        recipes.write("testapp.genres", GENRES)
        recipes.apply()
        entry = AppliedRecipe.objects.get()
        assert "make: testapp.Genre" in entry.text
        assert set(entry.digests) == {"g"}
        assert {"fixturekit", "django", "python"} <= set(entry.versions)
        assert (entry.engine, entry.faked) == (1, False)


class TestChanged:
    def test_is_refused(self, recipes):
        """An applied recipe that was edited is refused, with both remedies; nothing else of the run is applied."""
        recipes.write("testapp.genres", GENRES)
        recipes.apply()
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.genres", GENRES.replace("2", "3"))
        with pytest.raises(RecipeChanged) as caught:
            recipes.apply()
        assert str(caught.value) == (
            "testapp/0001_genres.yaml: testapp.genres was applied to database 'default' and edited since. Make its rows "
            "anew, as after pulling a colleague's edit: applyfixtures testapp.genres --reset. Or take your own edit back: "
            "git checkout testapp/0001_genres.yaml"
        )
        assert caught.value.name == "testapp.genres"
        assert not Author.objects.exists()
        assert Genre.objects.count() == 2

    @pytest.mark.parametrize(
        ("text", "changed"),
        [
            ("seed: testapp.books\n@", False),
            ("now: 2026-01-01T00:00:00Z\n@", False),
            ("@    share: {author: 2}\n", False),
            ("@    set: {title: !auto }\n", False),
            ("seed: else\n@", True),
            ("now: 2026-01-02T00:00:00Z\n@", True),
            ("@    share: {author: 1}\n", True),
            ("@    set: {title: x}\n", True),
        ],
    )
    def test_what_was_planned_by_default_may_be_written_out(self, recipes, text, changed):
        """A file that asks for the rows that are there was not edited, whichever words it has for them."""
        plain = "steps:\n  - id: b\n    make: testapp.Book\n    count: 4\n"
        recipes.write("testapp.books", plain)
        recipes.apply()
        recipes.write("testapp.books", text.replace("@", plain))
        applier = recipes.applier()
        assert applier.states()["testapp.books"].changed == changed
        if not changed:
            assert applier.apply(["testapp.books"]) == []
            assert list(verify(applier, "testapp.books")) == []

    def test_is_refused_where_it_is_needed(self, recipes):
        """Also where another recipe depends on it."""
        recipes.write("testapp.authors", AUTHORS)
        recipes.apply()
        recipes.write("testapp.authors", AUTHORS.replace("3", "4"))
        recipes.write("testapp.books", BOOKS)
        with pytest.raises(RecipeChanged):
            recipes.apply("testapp.books")
        assert not Book.objects.exists()

    def test_an_edit_during_the_run_is_noticed_the_next_time(self, recipes):
        """Noted are the bytes that were read, not those that the file has when its rows are there."""
        path = recipes.write("testapp.genres", GENRES)
        applier = recipes.applier()
        path.write_text(path.read_text("utf-8").replace("id: ", "id: new_", 1), "utf-8")
        applier.apply(["testapp.genres"])
        assert not all_applied(connection)
        assert recipes.applier().states()["testapp.genres"].changed


class TestFailing:
    def test_plan(self, recipes):
        """A recipe that does not fit the models fails when its turn comes; those before it stay."""
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.genres", GENRES.replace("count: 2", "set: {nmae: x}"))
        with pytest.raises(PlanError, match="nmae"):
            recipes.apply()
        assert list(Ledger(connection).applied()) == ["testapp.authors"]

    def test_reporter_hears_of_it(self, recipes):
        """Every recipe that is begun is told to be done or failed."""
        heard = []

        class Listening(Reporter):
            def start(self, name, rows):
                heard.append(("start", name, rows))

            def done(self, outcome):
                heard.append(("done", outcome.name, outcome.rows))

            def failed(self, name):
                heard.append(("failed", name, 0))

        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.books", "steps: [{id: b, make: testapp.Book, set: {author: !pin 99999}}]\n")
        with pytest.raises(PinNotFound):
            recipes.apply(reporter=Listening())
        assert heard == [
            ("start", "testapp.authors", 3),
            ("done", "testapp.authors", 3),
            ("start", "testapp.books", heard[2][2]),
            ("failed", "testapp.books", 0),
        ]


class TestFake:
    def test_notes_only(self, recipes):
        """A faked recipe is applied and made no rows; zero takes the note away."""
        recipes.write("testapp.genres", GENRES)
        [outcome] = recipes.applier().apply(["testapp.genres"], fake=True)
        assert outcome.faked
        assert outcome.rows == 0
        assert not Genre.objects.exists()
        assert Ledger(connection).applied()["testapp.genres"].faked
        assert recipes.apply() == []
        assert recipes.applier().remove(["testapp.genres"]).total == 0
        assert not Ledger(connection).applied()


class TestRemoving:
    def test_with_those_that_depend(self, recipes):
        """Removing a recipe takes those along that depend on it, the last first."""
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.books", BOOKS)
        recipes.write("testapp.genres", GENRES)
        recipes.apply()
        applier = recipes.applier()
        assert applier.removable(["testapp.authors"]) == ["testapp.books", "testapp.authors"]
        assert applier.removable(["testapp.books"]) == ["testapp.books"]
        applier.remove(applier.removable(["testapp.authors"]))
        assert list(Ledger(connection).applied()) == ["testapp.genres"]
        assert applier.removable(["testapp.authors"]) == []


def test_reporter_keeps_silent(capsys, recipes):
    """An applier that nobody listens to says nothing."""
    recipes.write("testapp.genres", GENRES)
    recipes.apply()
    assert capsys.readouterr() == ("", "")


class TestMeanwhile:
    """What another process does between looking and getting the lock."""

    @staticmethod
    def meanwhile(monkeypatch, act):
        """Let something happen before the lock is had for the first time."""
        locked = Applier._alone
        left = [act]

        def alone(self):
            if left:
                left.pop()()
            return locked(self)

        monkeypatch.setattr(Applier, "_alone", alone)

    def test_removed(self, recipes, monkeypatch):
        """Recipes that are removed meanwhile are passed over; the others are removed."""
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.genres", GENRES)
        recipes.apply()
        applier = recipes.applier()
        wanted = applier.removable(["testapp.authors", "testapp.genres"])
        self.meanwhile(monkeypatch, lambda: recipes.applier().remove(["testapp.genres"]))
        assert applier.remove(wanted).rows == {"testapp.Author": 3}
        assert applier.remove(wanted).rows == {}
        assert not Genre.objects.exists()

    def test_applied(self, recipes, monkeypatch):
        """A recipe that is applied meanwhile is not applied again."""
        recipes.write("testapp.genres", GENRES)
        self.meanwhile(monkeypatch, recipes.apply)
        assert [outcome.already for outcome in recipes.apply()] == [True]
        assert Genre.objects.count() == 2

    def test_applied_with_another_scale(self, recipes, monkeypatch):
        """What refers to a recipe that is applied meanwhile is planned for the rows that it has."""
        recipes.write("testapp.authors", AUTHORS)
        recipes.write("testapp.books", BOOKS)
        self.meanwhile(monkeypatch, lambda: recipes.apply("testapp.authors", scale=3))
        assert [outcome.already for outcome in recipes.apply()] == [True, False]
        assert (Author.objects.filter(books__isnull=False).count(), Book.objects.count()) == (2, 2)

    def test_applied_as_something_else(self, recipes, monkeypatch):
        """A recipe that is applied meanwhile, from a file that asks for other rows, is refused as an edited one."""
        recipes.write("testapp.genres", GENRES)
        mine = recipes.applier()

        def other():
            recipes.write("testapp.genres", GENRES.replace("count: 2", "count: 5"))
            recipes.apply()

        self.meanwhile(monkeypatch, other)
        with pytest.raises(RecipeChanged):
            mine.apply(["testapp.genres"])
        assert Genre.objects.count() == 5
