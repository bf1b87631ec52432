"""``check_models``: which models give a valid row by themselves."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from fixturekit import check_models, teach
from tests.testapp.models import Author, Book, Note

pytestmark = pytest.mark.django_db


def test_all_models():
    """All models with a table of their own are tried; of those that need teaching it says why."""
    report = check_models()
    reasons = {model.label: model.reason for model in report.failed}
    assert {"testapp.Hen", "testapp.Egg", "treeapp.Contrary"} <= set(reasons)
    assert "every link of this circle is required" in reasons["testapp.Hen"]
    tried = {model.label for model in report.tried}
    assert {"testapp.Book", "auth.User"} <= tried
    assert not tried & {"testapp.FeaturedArticle", "fixturekit.MadeRows", "testapp.Album_genres"}
    assert str(report).endswith(
        f"{len(tried) - len(reasons)} of {len(tried)} models give a valid row, {len(reasons)} need teaching."
    )


def test_nothing_is_left():
    """The rows are gone afterwards."""
    check_models("testapp.Book", "testapp.Note")
    assert not Book.objects.exists()
    assert not Author.objects.exists()


def test_some_models():
    """Apps and models may be named."""
    report = check_models("testapp.Note")
    assert [(model.label, model.ok) for model in report.tried] == [("testapp.Note", True)]
    assert str(report) == "1 of 1 models give a valid row."
    assert {model.label.split(".")[0] for model in check_models("auth").tried} == {"auth"}


@pytest.mark.parametrize("name", ["nowhere", "testapp.Nothing"])
def test_unknown_names(name):
    """A name that is none is an error."""
    with pytest.raises(LookupError):
        check_models(name)


def test_rows_that_are_not_valid(monkeypatch):
    """A row that is made and is not valid needs teaching too."""

    def clean(self):
        raise ValidationError({"title": "never"})

    monkeypatch.setattr(Note, "clean", clean)
    assert check_models("testapp.Note").failed[0].reason == "the row is not valid: title: never"


def test_what_was_taught(monkeypatch):
    """A model that was taught needs no more teaching, also where calls use no shelf by themselves."""

    def clean(self):
        if self.title != "known":
            raise ValidationError("unknown")

    monkeypatch.setattr(Note, "clean", clean)
    assert not check_models("testapp.Note").tried[0].ok
    teach(Note, title="known")
    assert check_models("testapp.Note").tried[0].ok


def test_command(capsys):
    """``checkfixtures --models`` prints the report, and fails where a model needs teaching."""
    call_command("checkfixtures", "testapp.Note", models=True)
    assert capsys.readouterr().out == "1 of 1 models give a valid row.\n"
    with pytest.raises(CommandError, match=r"testapp\.Hen: .*\n0 of 1 models give a valid row, 1 need teaching"):
        call_command("checkfixtures", "--models", "testapp.Hen")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("checkfixtures", "--models", "nowhere")
