"""Many rows in one call: written together where nobody could tell."""

from __future__ import annotations

import pytest
from django.db.models.signals import m2m_changed, post_save

from fixturekit import POST_SAVE, F, G
from tests.testapp.models import (
    Album,
    Article,
    Author,
    Book,
    Crate,
    Genre,
    Note,
    Person,
    Photo,
    Queue,
    Record,
    Sensor,
    Shipment,
    SportsCar,
    Tracking,
)

pytestmark = pytest.mark.django_db


def in_memory(row) -> dict[str, object]:
    """The values of an instance."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [Author, Note, Book, SportsCar, Article, Crate, Photo, Sensor, Record])
def test_full_instances(model):
    """What is returned is what is in the database, with keys."""
    rows = G(model, 20)
    assert len({row.pk for row in rows}) == 20
    for row in rows:
        assert not row._state.adding
        there = model._base_manager.get(pk=row.pk)
        assert in_memory(there) == in_memory(row)


def test_the_same_as_one_by_one():
    """They have the values that single calls would have given."""
    together = [in_memory(row) for row in G(Note, 3)]
    Note.objects.all().delete()
    alone = [in_memory(G(Note, title=lambda n=n: str(n + 1))) for n in range(3)]
    assert [row["title"] for row in alone] == [row["title"] for row in together]


def test_few_queries(django_assert_max_num_queries):
    """Rows that nobody listens to take a handful of statements, not one each."""
    G(Book)
    with django_assert_max_num_queries(40):
        books = G(Book, 200)
    assert len({book.author_id for book in books}) == 200


def test_receivers():
    """Where something listens, each row is saved by itself."""
    G(Shipment, 3)
    assert Tracking.objects.count() == 3
    assert [row.position for row in G(Queue, 3)] == [1, 2, 3]
    heard = []

    def listen(instance, created, **_):
        heard.append(created)

    post_save.connect(listen, sender=Note)
    try:
        G(Note, 3)
    finally:
        post_save.disconnect(listen, sender=Note)
    assert heard == [True] * 3


def test_hooks():
    """So it is where a hook is registered."""
    seen: list[int] = []
    POST_SAVE(Author, lambda author: seen.append(author.pk))
    assert seen == [author.pk for author in G(Author, 3)]


def test_further_rows():
    """Rows of later calls, and of the project, follow on."""
    G(Note, 5)
    later = Note.objects.create(title="x", letter="x", code="x", sentence="x", signature="x", body="x", abstract="x")
    assert later.pk not in [note.pk for note in G(Note, 5)]
    assert Note.objects.count() == 11


class TestLinks:
    """Many-to-many links of many rows are written together, too."""

    def test_each_row_has_its_own(self, django_assert_max_num_queries):
        """Made rows, existing ones and keys; in a number of statements that does not grow with the rows."""
        old, older = G(Genre, 2)
        G(Album, 2, genres=[F(), old, older.pk])
        with django_assert_max_num_queries(14):
            albums = G(Album, 50, genres=[F(), old, older.pk], moods=2)
        assert {album.genres.count() for album in albums} == {3}
        assert {album.moods.count() for album in albums} == {2}
        assert old.albums.count() == older.albums.count() == 52

    def test_the_other_way_round(self):
        """From the related row's side, to rows of the same model, and both ways."""
        genres = G(Genre, 3, albums=2)
        assert [genre.albums.count() for genre in genres] == [2, 2, 2]
        people = G(Person, 3, follows=2, friends=1)
        assert [person.follows.count() for person in people] == [2, 2, 2]
        assert [person.friends.get().friends.get() for person in people] == people
        assert [person.followers.count() for person in G(Person, 2, followers=[F()])] == [1, 1]

    def test_both_ways(self, django_assert_max_num_queries):
        """Links that count both ways are written together as well, each way once, to the row itself too."""
        old = G(Person)
        G(Person, 2, friends=[F(), old])
        with django_assert_max_num_queries(14):
            people = G(Person, 50, friends=[F(), old])
        assert {person.friends.count() for person in people} == {2}
        assert old.friends.count() == 52

    def test_links_of_a_receiver(self):
        """Links that a receiver has added for a new row are there once."""
        genre = G(Genre)

        def add(instance, **_):
            instance.genres.add(genre)

        post_save.connect(add, sender=Album)
        try:
            albums = G(Album, 2, genres=[genre, F()])
        finally:
            post_save.disconnect(add, sender=Album)
        assert [album.genres.count() for album in albums] == [2, 2]

    def test_receivers(self):
        """Where somebody listens, each row's links are added by themselves."""
        heard = []

        def listen(instance, action, pk_set, **_):
            heard.append((action, len(pk_set)))

        m2m_changed.connect(listen, sender=Album.genres.through)
        try:
            G(Album, 2, genres=3)
        finally:
            m2m_changed.disconnect(listen, sender=Album.genres.through)
        assert heard == [("pre_add", 3), ("post_add", 3)] * 2
