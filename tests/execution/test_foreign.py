"""Errors of code that is not fixturekit's are told with their place."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.signals import pre_save
from django.urls import reverse

from fixturekit.exceptions import WriteFailed
from fixturekit.execution.foreign import _is_own, place_of, told
from tests.recipes_support import RecipeFolder
from tests.testapp.models import Genre, Note

HERE = "tests/execution/test_foreign.py"


def caught(call):
    with pytest.raises(Exception) as found:  # noqa: PT011 - the caller asks what it is
        call()
    return found.value


def refuse():
    raise ValueError("no")


def insist(user=None):
    assert user  # as apps do, without a word


def test_the_last_line_of_the_project():
    """With its function, from where packages are imported."""
    line = refuse.__code__.co_firstlineno + 1
    assert told(caught(refuse)) == f"ValueError: no ({HERE}:{line} in refuse)"


def test_an_error_without_a_text_is_told_by_its_line(monkeypatch):
    """Which is all that is known of it; pytest writes a text of its own, so the error is made anew."""
    error = caught(insist)
    error.args = ()
    line = insist.__code__.co_firstlineno + 1
    assert told(error) == f"AssertionError: assert user  # as apps do, without a word ({HERE}:{line} in insist)"


def test_what_the_project_called_is_not_its_place():
    """Neither Django nor the standard library is where it went wrong."""

    def linked():
        return reverse("nowhere")

    def read():
        return Path("\0").stat()

    assert place_of(caught(linked)).endswith(" in linked")
    assert place_of(caught(read)).endswith(" in read")


@pytest.fixture
def notices(tmp_path, monkeypatch):
    """An installed package whose code fails."""
    folder = tmp_path / "site-packages" / "django_notices"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("def save():\n    raise AssertionError\n", "utf-8")
    monkeypatch.syspath_prepend(folder.parent)
    yield importlib.import_module("django_notices")
    del sys.modules["django_notices"]
    _is_own.cache_clear()


THERE = "django_notices/__init__.py:2 in save"


def test_a_line_of_the_project_tells_more_than_one_of_a_library(notices):
    """It is the project that called it so."""
    error = caught(notices.save)
    assert told(error) == f"AssertionError: call() ({place_of(error)})"
    assert place_of(error).startswith(f"{HERE}:")


def test_a_library_alone_is_named_from_its_root(notices):
    """Never by the folder that packages are installed in."""
    error = caught(notices.save)
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next
    assert told(error) == f"AssertionError: raise AssertionError ({THERE})"


def test_an_app_is_as_good_as_the_project(notices, monkeypatch):
    """Installed or not."""
    config = types.SimpleNamespace(path=str(Path(notices.__file__).parent))
    monkeypatch.setattr(apps, "get_app_configs", lambda: [config])
    assert place_of(caught(notices.save)) == THERE


@pytest.mark.django_db
def test_a_driver_is_never_the_place():
    """What asked the database is."""

    def ask():
        with transaction.atomic():
            Genre.objects.extra(where=["nope = 1"]).count()

    error = caught(ask)
    assert place_of(error).endswith(" in ask")
    while error.__traceback__ is not None and HERE in error.__traceback__.tb_frame.f_code.co_filename:
        error.__traceback__ = error.__traceback__.tb_next
    assert place_of(error) == ""


def test_an_error_that_no_line_of_the_project_took_part_in():
    """Its class and its text are all there is to say."""
    error = ValueError("no")
    assert (told(error), place_of(error)) == ("ValueError: no", "")


@pytest.mark.django_db
@pytest.mark.parametrize(("raised", "text"), [(ValueError("no"), "ValueError: no"), (ValidationError("no"), "no")])
def test_a_recipe_that_a_receiver_refuses(recipes: RecipeFolder, raised: Exception, text: str):
    """The step, the row, the error, its place."""

    def receive(**_):
        raise raised

    recipes.write("testapp.notes", "steps: [{id: notes, make: testapp.Note, save: each}]\n")
    pre_save.connect(receive, sender=Note)
    try:
        with pytest.raises(WriteFailed, match=rf"row 0, testapp\.Note: {text} \({HERE}:\d+ in receive\)$"):
            recipes.apply()
    finally:
        pre_save.disconnect(receive, sender=Note)
