"""Shelves: what calls were taught, and when it acts."""

from __future__ import annotations

import pytest
from django.test import override_settings

from fixturekit import C, F, G, M, N, teach
from fixturekit.calling.scopes import process
from fixturekit.exceptions import CallInvalid, ShelfNotFound, ShelfRefused
from tests.testapp.models import (
    Album,
    Article,
    Author,
    Book,
    Car,
    FeaturedArticle,
    Folder,
    Note,
    SportsCar,
    Visa,
)

pytestmark = pytest.mark.django_db


class TestDefaultShelf:
    """The shelf of a model without a name."""

    def test_teaching_makes_a_row(self):
        """``shelve=True`` makes the row and keeps what is given."""
        assert G(Note, shelve=True, title="kept").title == "kept"
        assert G(Note, use_library=True).title == "kept"
        assert [row.title for row in G(Note, 2, use_library=True)] == ["kept", "kept"]

    def test_only_where_the_library_is_used(self):
        """It acts where the call or the setting says so, by default it does not."""
        G(Note, shelve=True, title="kept")
        assert G(Note).title == "2"
        assert G(Note, use_library=False).title == "3"
        with override_settings(FIXTUREKIT={"USE_LIBRARY": True}):
            assert G(Note).title == "kept"
            assert G(Note, use_library=False).title == "5"

    def test_what_is_given_goes_first(self):
        """A call's own values hide the shelf's, field by field, for this call alone."""
        G(Note, shelve=True, title="kept", sentence="kept too")
        note = G(Note, use_library=True, title="given")
        assert (note.title, note.sentence) == ("given", "kept too")
        assert G(Note, use_library=True).title == "kept"

    def test_taught_anew(self):
        """The last one counts."""
        G(Note, shelve=True, title="one", sentence="one")
        G(Note, shelve=True, title="two")
        note = G(Note, use_library=True)
        assert (note.title, note.sentence) == ("two", "3")

    def test_functions_copies_and_masks(self):
        """A shelf keeps what is asked or drawn for each row, not what came of it."""
        numbers = iter("abcd")
        G(Note, shelve=True, title=lambda: next(numbers), sentence=C("title"), body=M("##"))
        one, two = G(Note, use_library=True), G(Note, use_library=True)
        assert (one.title, two.title) == ("b", "c")
        assert (one.sentence, two.sentence) == ("b", "c")
        assert len(one.body) == 2
        assert G(Note, use_library=True, title="given").sentence == "given"

    def test_relations(self):
        """It may hold anything that a call takes."""
        teach(Album, genres=[F(), F(name=M("____"))], artists=2)
        album = G(Album, use_library=True)
        assert (album.genres.count(), album.artists.count()) == (2, 2)
        teach(Book, author=F(name="Ann"), editor=None)
        book = G(Book, use_library=True, author__email="a@b.example")
        assert (book.author.name, book.author.email, book.editor) == ("Ann", "a@b.example", None)

    def test_mutable_values(self):
        """What a shelf keeps is shared by no two rows."""
        teach("testapp.Preference", payload={"a": []})
        one = G("testapp.Preference", use_library=True)
        one.payload["a"].append(1)
        assert G("testapp.Preference", use_library=True).payload == {"a": []}

    def test_unsaved_rows(self):
        """``N`` teaches and uses shelves too."""
        N(Note, shelve=True, title="kept")
        assert N(Note, use_library=True, persist_dependencies=False).title == "kept"


class TestOtherModels:
    """Rows of other models that a call makes."""

    def test_related_rows_have_their_own(self):
        """Rows that are made on the way take their own model's shelf, with F or without."""
        teach(Author, name="shelved")
        assert G(Book, use_library=True).author.name == "shelved"
        assert G(Book, use_library=True, author=F(email="a@b.example")).author.name == "shelved"
        assert G(Book, use_library=True, author__name="given").author.name == "given"
        assert G(Author, use_library=True, books=[F()]).name == "shelved"
        assert G(Visa, use_library=True).passport.author.name == "shelved"
        assert G(Book, author=F()).author.name != "shelved"

    def test_proxies(self):
        """A proxy and its concrete model share their shelves."""
        teach(FeaturedArticle, headline="shelved")
        assert G(Article, use_library=True).headline == "shelved"
        assert G(FeaturedArticle, use_library=True).headline == "shelved"

    def test_parents(self):
        """A child model has those of its parents, its own first."""
        teach(Car, doors=5, wheels=3)
        teach(SportsCar, wheels=6)
        car = G(SportsCar, use_library=True)
        assert (car.doors, car.wheels) == (5, 6)

    def test_shelves_that_make_rows_of_their_own_model(self):
        """A shelf that acts on the rows that it makes does so as often as the laps say."""
        teach(Folder, children=1)
        assert G(Folder, use_library=True).children.count() == 1


class TestNamedShelves:
    """Shelves with names."""

    def test_by_name(self):
        """A call uses the shelf that it names; to name one is to use the library."""
        G(Note, shelve="one", title="1st")
        G(Note, shelve="two", title="2nd")
        assert G(Note, named_shelve="one", use_library=True).title == "1st"
        assert G(Note, named_shelve="two").title == "2nd"
        assert G(Note, use_library=True).title not in ("1st", "2nd")
        assert G(Note, named_shelve="two", use_library=False).title not in ("1st", "2nd")

    def test_it_inherits_the_default_shelf(self):
        """What the named one does not say the default one does, whichever was taught first."""
        G(Note, shelve="one", sentence="named")
        G(Note, shelve=True, title="default", sentence="default")
        note = G(Note, named_shelve="one")
        assert (note.title, note.sentence) == ("default", "named")

    @pytest.mark.parametrize("library", [True, False, None])
    def test_unknown_names(self, library):
        """A name that nobody taught is always an error, with the one that was meant."""
        teach(Note, "lively", title="x")
        with pytest.raises(
            ShelfNotFound, match=r"nobody taught a shelf 'livly' for testapp\.Note. Did you mean 'lively'\?"
        ):
            G(Note, named_shelve="livly", use_library=library)
        with pytest.raises(ShelfNotFound, match=r"'x' for testapp\.Note. Known are 'lively'"):
            G(Note, named_shelve="x", use_library=library)
        with pytest.raises(ShelfNotFound, match=r"Teach it: G\(Author, shelve='lively'\)"):
            G(Author, named_shelve="lively", use_library=library)
        assert not Note.objects.exists()


class TestRefused:
    """Values that no shelf may keep."""

    @pytest.mark.parametrize(
        ("model", "given"),
        [
            (Author, {"email": "a@b.example"}),
            (Book, {"author__email": "a@b.example"}),
            (Book, {"author": F(email="a@b.example")}),
            (Author, {"passport": F(number="7")}),
            (Album, {"genres": [F(name="rock"), F(name="pop")]}),
        ],
    )
    def test_static_values_of_unique_fields(self, model, given):
        """One value cannot serve every row, so it is refused, and no row is made."""
        with pytest.raises(ShelfRefused, match=r"is unique, so the shelf cannot give '.*' to every row"):
            G(model, shelve=True, **given)
        assert not model.objects.exists()
        assert G(Author, shelve=True, email=M("___@__.example")).pk
        assert G(Author, use_library=True).pk

    def test_rows(self):
        """A row of the database does not outlive the test, and the shelf would."""
        author = G(Author)
        with pytest.raises(ShelfRefused, match="a shelf outlives the row"):
            G(Book, shelve=True, author=author)

    def test_unknown_names(self):
        """Names and values are looked at when they are taught."""
        with pytest.raises(CallInvalid, match=r"teach\(testapp\.\w+\): 3: expected the name of the shelf"):
            teach(Note, 3, title="x")  # type: ignore[arg-type]
        with pytest.raises(CallInvalid, match="no field 'titel'"):
            teach(Note, titel="x")
        with pytest.raises(CallInvalid, match="takes a number"):
            teach(Album, genres="x")

    def test_a_row_that_fails_teaches_nothing(self):
        """Only what made a row is kept."""
        with pytest.raises(CallInvalid):
            G(Note, shelve=True, title=None)
        assert process.scope("default").library.shelf(Note, "") is None


@pytest.mark.parametrize("turn", [1, 2])
def test_forgotten_after_the_test(turn):
    """What one test teaches no other test knows."""
    assert process.scope("default").library.shelves() == []
    teach(Note, title="kept")
    assert G(Note, use_library=True).title == "kept"


def test_without_a_database():
    """Teaching asks the database nothing."""
    teach(Note, title="kept")
    assert N(Note, use_library=True, persist_dependencies=False).title == "kept"
