"""Options of a call, and the settings that stand for them."""

from __future__ import annotations

import logging

import pytest
from django.db import models
from django.test import override_settings

from fixturekit import F, G, N
from fixturekit.exceptions import CallInvalid
from tests.testapp.models import Author, Book, Folder, Note, Place, Survey

pytestmark = pytest.mark.django_db


class TestFillNullable:
    """``fill_nullable_fields``."""

    def test_on(self):
        """By default fields and relations that may be NULL are filled."""
        note = G(Note)
        assert (note.motto, note.nickname, note.memo) == ("1", "1", "1")
        assert G(Survey).mood == "good"
        assert G(Book).editor.pk  # type: ignore[union-attr]

    def test_off(self):
        """Without it they are NULL, in the rows that are made on the way too; required ones are filled."""
        note = G(Note, fill_nullable_fields=False)
        assert (note.motto, note.nickname, note.memo, note.title) == (None, None, None, "1")
        book = G(Book, fill_nullable_fields=False)
        assert (book.editor, book.translator) == (None, None)
        assert book.author.pk
        assert G("testapp.Cover", fill_nullable_fields=False).book.editor is None

    def test_given_values(self):
        """What is given is given."""
        assert G(Note, fill_nullable_fields=False, motto="x").motto == "x"

    def test_setting(self):
        """``FILL_NULLABLE_FIELDS`` says what calls do that say nothing."""
        with override_settings(FIXTUREKIT={"FILL_NULLABLE_FIELDS": False}):
            assert G(Note).motto is None
            assert G(Note, fill_nullable_fields=True).motto == "2"


class TestIgnore:
    """``ignore_fields``."""

    def test_names_and_patterns(self):
        """An ignored field is left alone; a given value goes first."""
        assert G(Note, ignore_fields=["motto"]).motto is None
        assert G(Note, ignore_fields=["m*"]).memo is None
        assert G(Note, ignore_fields=["motto"], motto="x").motto == "x"

    def test_self_references_only(self):
        """It goes on to rows of the same model, not to those of others."""
        folder = G(Folder, ignore_fields=["name*"], name="x", parent__name="y", number_of_laps=1)
        assert folder.parent.name == "y"  # type: ignore[union-attr]
        assert G(Book, ignore_fields=["editor"]).author.name

    def test_setting(self):
        """``IGNORE_FIELDS`` is for all models, and a call adds to it."""
        with override_settings(FIXTUREKIT={"IGNORE_FIELDS": ["motto", "nothing_of_note"]}):
            note = G(Note, ignore_fields=["memo"])
            assert (note.motto, note.memo) == (None, None)
            assert G(Author).pk
        with override_settings(FIXTUREKIT={"IGNORE_FIELDS": ["translator"]}):
            assert G("testapp.Cover").book.translator is None

    def test_unknown_names(self):
        """A word of the call that fits no field is an error."""
        with pytest.raises(CallInvalid, match=r"'mottto'.*Did you mean 'motto'"):
            G(Note, ignore_fields=["mottto"])


def test_laps_setting():
    """``NUMBER_OF_LAPS`` says how often circles are followed."""
    with override_settings(FIXTUREKIT={"NUMBER_OF_LAPS": 2}):
        assert G(Folder).parent.parent.parent is None  # type: ignore[union-attr]
        assert G(Folder, number_of_laps=0).parent is None


class TestFieldFixtures:
    """``FIELD_FIXTURES``."""

    def test_functions(self):
        """A function for a class of fields gives their values, with the field or without."""
        paths = {
            "django.db.models.fields.CharField": lambda: "c",
            "django.db.models.TextField": lambda field: field.name,
        }
        with override_settings(FIXTUREKIT={"FIELD_FIXTURES": paths}):
            note = G(Note)
            assert (note.title, note.body, note.greeting) == ("c", "body", "hello")
            assert G(Note, title="given").title == "given"
            assert G(Survey).colour == "red"
        assert G(Note).title != "c"

    def test_fields_that_nothing_fills(self):
        """It fills a field whose class nothing is known of, or a nearer class of it."""
        with pytest.raises(
            CallInvalid,
            match=r"how to fill testapp\.Place\.point, a PointField. Give it a value \(point=\.\.\.\), teach",
        ):
            G(Place)
        point = Place._meta.get_field("point")
        path = f"{type(point).__module__}.{type(point).__qualname__}"
        with override_settings(FIXTUREKIT={"FIELD_FIXTURES": {path: lambda: None}}), pytest.raises(Exception):  # noqa: B017, PT011
            G(Place)

    def test_subclasses(self):
        """A class that derives from one that is named is filled alike."""
        with override_settings(FIXTUREKIT={"FIELD_FIXTURES": {"django.db.models.CharField": lambda: "a@b.example"}}):
            assert isinstance(Author._meta.get_field("email"), models.CharField)
            assert N(Author, persist_dependencies=False).email == "a@b.example"


def test_debug_mode(caplog):
    """``debug_mode`` says in the log ``fixturekit.calls`` which rows are saved, and no value of theirs."""
    caplog.set_level(logging.DEBUG, "fixturekit.calls")
    G(Author, name="secret")
    assert caplog.text == ""
    author = G(Author, name="secret", debug_mode=True)
    assert f"G(testapp.Author): saved testapp.Author {author.pk}" in caplog.text
    assert "secret" not in caplog.text
    with override_settings(FIXTUREKIT={"DEBUG_MODE": True}):
        G(Author)
    assert len(caplog.records) == 2


@pytest.mark.django_db(databases=["default", "other"])
def test_using(settings):
    """``using`` names the database."""
    note = G(Note, using="other")
    assert note._state.db == "other"
    assert Note.objects.using("other").get() == note
    assert not Note.objects.exists()
    assert G(Book, using="other", author=F(name="x")).author._state.db == "other"
    assert [row._state.db for row in G(Note, 2, using="other")] == ["other", "other"]
    assert G("testapp.Album", using="other", genres=2, artists=1).genres.count() == 2
