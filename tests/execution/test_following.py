"""The ledger follows recipes that replace others: after a rename or a squash their rows are those of the new one."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.exceptions import GraphError, PartlyReplaced, RecipeChanged
from fixturekit.execution.shortcut import all_applied
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.testapp.models import Author, Book, Genre

pytestmark = pytest.mark.django_db

GENRES = "steps: [{id: g, make: testapp.Genre, count: 2}]\n"
BOOKS = "steps: [{id: b, make: testapp.Book, count: 2, set: {author: !ref testapp.both/a}}]\n"
AUTHORS = "steps: [{id: a, make: testapp.Author, count: 3}]\n"


def applied():
    return Ledger(connection).applied()


@pytest.fixture
def renamed(recipes):
    """An applied recipe whose file has another name now."""
    recipes.write("testapp.old", GENRES)
    recipes.apply()
    recipes.write("testapp.old", "").unlink()
    recipes.write("testapp.new", f"seed: testapp.old\nreplaces: [testapp.old]\n{GENRES}")
    return recipes


class TestRename:
    def test_shown_as_applied(self, renamed):
        """A reader of states sees the new recipe applied; nothing is pending, nothing is written yet."""
        state = renamed.applier().states()["testapp.new"]
        assert state.applied.rows == 2
        assert not state.changed
        assert renamed.applier().pending(["testapp.new"]) == []
        assert list(applied()) == ["testapp.old"]

    def test_taken_over(self, renamed):
        """Applying notes the new recipe: the entry, the rows and the digests are those of the old one."""
        keys = list(Ledger(connection).made("testapp.old", "g"))
        digests = Ledger(connection).digests("testapp.old")
        assert renamed.apply() == []
        assert list(applied()) == ["testapp.new"]
        assert list(Ledger(connection).made("testapp.new", "g")) == keys
        assert Ledger(connection).digests("testapp.new") == digests
        assert list(verify(renamed.applier(), "testapp.new")) == []
        assert Genre.objects.count() == 2
        assert all_applied(connection)
        renamed.applier().remove(["testapp.new"])
        assert not Genre.objects.exists()

    def test_removed_at_once(self, renamed):
        """Removing finds the rows before anything was applied again."""
        applier = renamed.applier()
        assert applier.removable(["testapp.new"]) == ["testapp.new"]
        applier.remove(["testapp.new"])
        assert not Genre.objects.exists()
        assert not applied()

    def test_other_steps(self, renamed):
        """A recipe that was edited as well says so, as any that was edited since."""
        renamed.write("testapp.new", "seed: testapp.old\nreplaces: [testapp.old]\n" + GENRES.replace("2", "3"))
        assert renamed.applier().states()["testapp.new"].changed
        with pytest.raises(RecipeChanged):
            renamed.apply()
        renamed.applier().reset(["testapp.new"])
        assert Genre.objects.count() == 3
        assert list(applied()) == ["testapp.new"]

    def test_another_seed(self, renamed):
        """Without the old name as its seed the recipe would make other rows, and so is another one."""
        renamed.write("testapp.new", f"replaces: [testapp.old]\n{GENRES}")
        assert renamed.applier().states()["testapp.new"].changed

    def test_refs(self, recipes):
        """Recipes that name the old one find its rows, before and after."""
        recipes.write("testapp.old", AUTHORS)
        recipes.apply()
        recipes.write("testapp.old", "").unlink()
        recipes.write("testapp.new", f"seed: testapp.old\nreplaces: [testapp.old]\n{AUTHORS}")
        recipes.write(
            "testapp.books",
            "depends_on: [testapp.old]\n"
            "steps: [{id: b, make: testapp.Book, count: 3, set: {author: !ref testapp.old/a}}]\n",
        )
        assert [outcome.name for outcome in recipes.apply()] == ["testapp.books"]
        assert set(Book.objects.values_list("author", flat=True)) == set(
            Author.objects.order_by("pk")[:3].values_list("pk", flat=True)
        )
        assert list(verify(recipes.applier(), "testapp.books")) == []
        assert recipes.applier().removable(["testapp.new"]) == ["testapp.books", "testapp.new"]

    def test_new_database(self, recipes):
        """Where the old one was never applied, the new one is applied like any other."""
        recipes.write("testapp.new", f"replaces: [testapp.old]\n{GENRES}")
        assert recipes.apply()[0].rows == 2


class TestSquash:
    BOTH = """
        replaces: [testapp.one, testapp.two]
        steps:
          - {id: g, make: testapp.Genre, count: 2}
          - {id: a, make: testapp.Author, count: 3}
        """

    def write(self, recipes, first="testapp.one", second="testapp.two"):
        for name, text in ((first, GENRES), (second, AUTHORS)):
            recipes.write(name, text)

    def squash(self, recipes, *names):
        for name in names:
            recipes.write(name, "").unlink()
        recipes.write("testapp.both", self.BOTH)

    def test_taken_over(self, recipes):
        """All rows are those of the one recipe; it is as it was applied, whatever its values would be."""
        self.write(recipes)
        recipes.apply()
        self.squash(recipes, "testapp.one", "testapp.two")
        assert recipes.apply() == []
        assert {name: entry.rows for name, entry in applied().items()} == {"testapp.both": 5}
        assert not recipes.applier().states()["testapp.both"].changed
        assert recipes.applier().gone() == []
        recipes.applier().remove(["testapp.both"])
        assert (Genre.objects.count(), Author.objects.count()) == (0, 0)

    def test_only_some(self, recipes):
        """Where only some are applied nothing can be told: an error says which are missing, and what to do."""
        recipes.write("testapp.one", GENRES)
        recipes.apply()
        self.squash(recipes, "testapp.one")
        with pytest.raises(PartlyReplaced, match=r"replaces testapp\.one, .*and testapp\.two, which it has not"):
            recipes.apply()
        assert recipes.applier().states()["testapp.both"].applied is None
        assert recipes.applier().gone() == ["testapp.one"]
        recipes.applier().remove(["testapp.one"])
        assert recipes.apply()[0].rows == 5

    @pytest.mark.parametrize("scale", [1, 2])
    def test_one_scale(self, recipes, scale):
        """A recipe has the scale of all that it replaces."""
        self.write(recipes)
        recipes.apply(scale=scale)
        self.squash(recipes, "testapp.one", "testapp.two")
        recipes.apply()
        assert applied()["testapp.both"].scale == scale
        recipes.write("testapp.b", f"depends_on: [testapp.both]\n{BOOKS}")
        recipes.apply(scale=scale)
        assert Book.objects.count() == 2 * scale

    def test_different_scales(self, recipes):
        """Several scales are no scale of one recipe: it is refused, and nothing changes."""
        self.write(recipes)
        recipes.apply("testapp.one", scale=2)
        recipes.apply("testapp.two")
        self.squash(recipes, "testapp.one", "testapp.two")
        said = r"replaces testapp\.one with scale 2 and testapp\.two with scale 1 in database 'default'"
        with pytest.raises(PartlyReplaced, match=said):
            recipes.apply()
        assert recipes.applier().states()["testapp.both"].applied is None
        assert list(applied()) == ["testapp.one", "testapp.two"]
        assert recipes.applier().gone() == ["testapp.two", "testapp.one"]

    @pytest.mark.parametrize(("second", "expected"), [(True, True), (False, False)])
    def test_faked(self, recipes, second, expected):
        """It counts as faked where all that it replaces were."""
        self.write(recipes)
        recipes.applier().apply(["testapp.one"], fake=True)
        recipes.applier().apply(["testapp.two"], fake=second)
        self.squash(recipes, "testapp.one", "testapp.two")
        assert recipes.applier().states()["testapp.both"].applied.faked is expected
        recipes.apply()
        assert applied()["testapp.both"].faked is expected

    def test_same_steps(self, recipes):
        """Rows of steps of one id can be removed, though no ref can tell them apart."""
        for name in ("testapp.one", "testapp.two"):
            recipes.write(name, GENRES)
        recipes.apply()
        self.squash(recipes, "testapp.one", "testapp.two")
        recipes.apply()
        assert list(Ledger(connection).made("testapp.both", "g")) == []
        recipes.applier().remove(["testapp.both"])
        assert not Genre.objects.exists()

    def test_still_there(self, recipes):
        """A replaced recipe whose file is there would be applied too."""
        recipes.write("testapp.one", GENRES)
        recipes.write("testapp.both", self.BOTH)
        with pytest.raises(
            GraphError, match=r"(?s)'testapp\.both' replaces 'testapp\.one', which is still there.*E084"
        ):
            recipes.applier()
