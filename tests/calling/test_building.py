"""``N``: instances that are not saved."""

from __future__ import annotations

import pytest

from fixturekit import F, G, N, new
from fixturekit.exceptions import CallInvalid
from tests.testapp.models import Album, Author, Book, Folder, Mirror, Note, Photo, Record, Remark, Visa


@pytest.mark.django_db
def test_the_instance_is_not_saved():
    """It has values, no key, and is in no table."""
    note = N(Note, title="x")
    assert (note.pk, note.title, note.letter) == (None, "x", "1")  # type: ignore[comparison-overlap]
    assert note._state.adding
    assert not Note.objects.exists()
    note.save()
    assert new is N


@pytest.mark.django_db
def test_what_it_points_at_is_saved():
    """The rows that it needs are there, so that it can be saved."""
    book = N(Book, author__name="Ann")
    assert book.author.pk
    assert Author.objects.count() == 3
    book.save()
    assert N(Visa).passport.author.pk
    assert [row.author.pk is None for row in N(Book, 2)] == [False, False]


@pytest.mark.parametrize(
    "model", [Book, Visa, Folder, Mirror, Photo, Record, Remark, "testapp.SportsCar", "testapp.Slot"]
)
def test_no_database(model):
    """Without its dependencies saved it asks the database nothing: a test without a database may call it."""
    assert N(model, persist_dependencies=False)._state.adding


def test_no_keys_anywhere():
    """What it points at has no key either."""
    book = N(Book, persist_dependencies=False, author=F(name="Ann"))
    assert (book.author.name, book.author.pk, book.author_id) == ("Ann", None, None)  # type: ignore[comparison-overlap]
    author = Author(name="unsaved")
    assert N(Book, persist_dependencies=False, author=author).author is author
    assert N(Book, persist_dependencies=False, author=5).author_id == 5


@pytest.mark.django_db
def test_no_query(django_assert_num_queries):
    """Nor does it where there is one."""
    with django_assert_num_queries(0):
        N(Book, persist_dependencies=False)
        N(Author, 3, persist_dependencies=False)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["genres", "artists", "moods"])
def test_relations_to_many_rows(name):
    """A row that is not saved has no links: they are refused, not dropped."""
    with pytest.raises(CallInvalid, match=rf"testapp\.Album\.{name} is a many-to-many relation, .*not saved.* Use G"):
        N(Album, **{name: 3})  # type: ignore[call-overload]
    with pytest.raises(CallInvalid, match="is a reverse relation"):
        N(Author, books=1)


def test_generic_foreign_keys():
    """A generic foreign key needs a content type, which is a row."""
    with pytest.raises(CallInvalid, match="needs a content type"):
        N(Remark, persist_dependencies=False, target=Author(pk=1))


@pytest.mark.django_db
def test_files_are_not_stored():
    """A file is stored when the instance is saved."""
    photo = N(Photo)
    assert photo.image.name
    assert not photo.image._committed  # type: ignore[attr-defined]
    photo.save()
    assert photo.image.storage.exists(photo.image.name)


@pytest.mark.django_db
def test_rows_that_are_not_saved():
    """An unsaved row may stand in an unsaved row only where nothing is saved."""
    with pytest.raises(CallInvalid, match="Save it before"):
        G(Book, author=N(Author))
