"""``P``: what an instance holds, for people."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from fixturekit import G, N, P
from tests.testapp.models import Album, Author, Note


@pytest.mark.django_db
def test_an_instance(capsys):
    """Each field has a line, and each many-to-many field says which rows it has."""
    album = G(Album, title="Blue", genres=2)
    P(album)
    printed = capsys.readouterr().out
    assert f"testapp.Album (pk {album.pk})" in printed
    assert "    title: 'Blue'\n" in printed
    assert f"    genres: [{', '.join(map(str, album.genres.all()))}]" in printed


@pytest.mark.django_db
def test_several(capsys):
    """A list, a tuple or a queryset is printed row by row."""
    authors = G(Author, 2)
    P(authors)
    printed = capsys.readouterr().out
    assert printed.count("testapp.Author") == 2
    for other in (tuple(authors), Author.objects.order_by("pk")):
        P(other)
        assert capsys.readouterr().out == printed


def test_unsaved(capsys):
    """An instance that is not saved is printed without a query."""
    P(N(Note, persist_dependencies=False))
    assert "testapp.Note (not saved)" in capsys.readouterr().out


@pytest.mark.django_db
def test_passwords(capsys):
    """A password is never printed, nor its hash."""
    P(G(get_user_model(), password="pbkdf2$secret"))
    printed = capsys.readouterr().out
    assert "secret" not in printed
    assert "    password: (hidden)\n" in printed


@pytest.mark.parametrize("what", [None, 3, [None]])
def test_anything_else(what, capsys):
    """What is no instance is printed as it is."""
    P(what)
    assert capsys.readouterr().out.strip() in ("None", "3")
