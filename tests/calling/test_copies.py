"""``C``: values that are those of other fields."""

from __future__ import annotations

import pytest

from fixturekit import C, F, G, N
from fixturekit.exceptions import CallInvalid
from tests.testapp.models import Author, Book, Cover, Folder, Note, Passport, SportsCar, Visa

pytestmark = pytest.mark.django_db


def test_a_field_of_the_row():
    """A copy has the other field's value, be it generated or given, whatever their order."""
    note = G(Note, title=C("sentence"))
    assert note.title == note.sentence
    assert G(Note, title=C("sentence"), sentence="given").title == "given"
    assert G(Note, sentence=C("title"), title="given").sentence == "given"
    assert Note.objects.filter(title="given", sentence="given").count() == 2


def test_copies_of_copies():
    """A copy may read a copy."""
    note = G(Note, title=C("sentence"), sentence=C("body"), body="x")
    assert (note.title, note.sentence) == ("x", "x")


def test_along_relations():
    """A path leads along relations, to rows that are made and to rows that are given."""
    visa = G(Visa, country=C("passport.author.name"), passport__author__name="Ann")
    assert visa.country == "Ann"
    author = G(Author, name="Bob")
    assert G(Passport, author=author, number=C("author.name")).number == "Bob"
    assert G(Book, author=F(name=C("email"))).author.name.endswith("@example.com")
    cover = G(Cover, colour=C("book.imprint.code"))
    assert cover.colour == cover.book.imprint.code


def test_relations():
    """A relation may be copied."""
    book = G(Book, editor=C("author"), translator=C("author"))
    assert book.editor == book.author == book.translator
    assert Author.objects.count() == 1
    given = G(Author)
    assert G(Book, author=given.pk, editor=C("author")).editor_id == given.pk


def test_every_row_its_own():
    """Of several rows each copies its own."""
    notes = G(Note, 3, title=C("sentence"))
    assert [note.title for note in notes] == ["1", "2", "3"]
    assert [note.title for note in N(Note, 3, title=C("sentence"))] == ["4", "5", "6"]


def test_across_tables():
    """A field of a parent's table may be copied."""
    assert G(SportsCar, top_speed=C("doors"), doors=3).top_speed == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"title": C("author__name")}, r"joined by dots\. Write C\('author\.name'\)"),
        ({"title": C("titel")}, r"testapp\.Book has no field 'titel' to copy. Did you mean 'title'\?"),
        ({"title": C("author.nam")}, r"testapp\.Author has no field 'nam' to copy. Did you mean 'name'\?"),
        ({"title": C("id")}, "the database fills id when the row is saved"),
        ({"title": C("title")}, "go round in a circle: title -> title"),
        ({"author": F(name=C("email"), email=C("name"))}, "circle: name -> email -> name"),
    ],
)
def test_mistakes(given, message):
    """A copy of what there is not, of what is not known yet, and copies of each other."""
    with pytest.raises(CallInvalid, match=message):
        G(Book, **given)


def test_nothing_on_the_way():
    """A relation that leads nowhere is told."""
    with pytest.raises(CallInvalid, match=r"testapp\.Folder\.name=C\('parent\.name'\): parent is None"):
        G(Folder, name=C("parent.name"), parent=None)


@pytest.mark.parametrize("path", ["", "a..b", "a b", 3])
def test_paths(path):
    """A path is names with dots between them."""
    with pytest.raises(TypeError, match="names with dots"):
        C(path)


def test_a_row_where_none_fits():
    """A field that is no relation copies no row."""
    with pytest.raises(
        CallInvalid, match=r"author is a row, and title holds none\. Copy one of its fields: C\('author\.pk'\)"
    ):
        G(Book, title=C("author"))
    book = G(Book, title=C("author.pk"))
    assert Book.objects.get(title=str(book.author.pk)) == book
