"""``PRE_SAVE`` and ``POST_SAVE``: what is called for rows of one model."""

from __future__ import annotations

import re

import pytest

from fixturekit import POST_SAVE, PRE_SAVE, F, G, N
from fixturekit.exceptions import CallInvalid, RowNotMade
from tests.testapp.models import Article, Author, Book, FeaturedArticle, Note

pytestmark = pytest.mark.django_db


def test_before_and_after():
    """One is called with the unsaved instance, which it may change, the other with the saved one."""
    seen: list[object] = []

    def before(note):
        seen.append(note.pk)
        note.title = "changed"

    PRE_SAVE(Note, before)
    POST_SAVE(Note, lambda note: seen.append(note.pk))
    note = G(Note)
    assert seen == [None, note.pk]
    note.refresh_from_db()
    assert note.title == "changed"


def test_rows_on_the_way():
    """They are called for every row of the model that a call makes, and for none of other models."""
    seen: list[str] = []
    POST_SAVE("testapp.Author", lambda author: seen.append(author.name))
    G(Book, author=F(name="a"), editor=F(name="b"), translator=None)
    assert seen == ["a", "b"]
    N(Book, fill_nullable_fields=False, author__name="c")
    assert seen == ["a", "b", "c"]
    N(Author)
    assert seen == ["a", "b", "c"]


def test_exactly_the_model():
    """A proxy is another model."""
    seen: list[object] = []
    POST_SAVE(Article, seen.append)
    G(FeaturedArticle)
    assert seen == []
    assert [G(Article)] == seen


def test_the_last_one_counts():
    """A second function takes the place of the first."""
    seen: list[int] = []
    POST_SAVE(Note, lambda note: seen.append(1))
    POST_SAVE(Note, lambda note: seen.append(2))
    G(Note)
    assert seen == [2]


@pytest.mark.parametrize("word", [PRE_SAVE, POST_SAVE])
def test_errors(word):
    """What a hook raises rolls the call back, and is told with the hook and where that is defined."""

    def refuse(author):
        author.nothing()

    word("testapp.Author", refuse)
    with pytest.raises(RowNotMade) as caught:
        G(Book)
    place = r"\(tests/calling/test_hooks\.py:\d+{}\)"
    assert re.fullmatch(
        rf"G\(testapp\.Book\): testapp\.Author: {word.__name__} refuse {place.format('')} raised AttributeError: "
        rf"'Author' object has no attribute 'nothing' {place.format(' in refuse')}",
        str(caught.value),
    )
    assert isinstance(caught.value.__cause__, AttributeError)
    assert caught.value.model == "testapp.Author"
    assert not Author.objects.exists()


@pytest.mark.parametrize(("model", "function"), [(Note, 3), (Note, None), ("testapp.Nothing", print), (str, print)])
def test_mistakes(model, function):
    """It takes a model and a function."""
    with pytest.raises(CallInvalid):
        PRE_SAVE(model, function)


@pytest.mark.parametrize("turn", [1, 2])
def test_forgotten_after_the_test(turn):
    """A hook of one test is not called in another."""
    seen: list[int] = []
    G(Note)
    POST_SAVE(Note, lambda note: seen.append(turn))
    G(Note)
    assert seen == [turn]
