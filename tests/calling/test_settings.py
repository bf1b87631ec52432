"""What the setting names and there is not is told by the checks."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.test import override_settings

from fixturekit.checks.registration import check_settings


def found(**given):
    """What the system check says of a setting."""
    with override_settings(FIXTUREKIT=given):
        return [f"{message.obj}: {message.msg} {message.hint or ''}".rstrip() for message in check_settings()]


def test_ignored_fields():
    """A name or pattern that fits no field of any model is told with what may be meant."""
    assert found(IGNORE_FIELDS=["title", "created*", "genres"]) == []
    assert found(IGNORE_FIELDS=["titel", "xx_*"]) == [
        "FIXTUREKIT['IGNORE_FIELDS']: no model has a field 'titel'. Did you mean 'title'?",
        "FIXTUREKIT['IGNORE_FIELDS']: no model has a field 'xx_*'.",
    ]


@pytest.mark.parametrize(
    ("setting", "function"), [("FIELD_FIXTURES", lambda: "x"), ("FIELD_GENERATORS", "tests.testapp.values.alone")]
)
def test_classes_of_fields(setting, function):
    """A path that leads to no class of fields, or past the place that fields know their class by."""

    def said(path):
        return [line.removeprefix(f"FIXTUREKIT['{setting}']: ") for line in found(**{setting: {path: function}})]

    for right in ("CharField", "fields.CharField", "Field"):
        assert said(f"django.db.models.{right}") == []
    assert said("tests.testapp.fields.ColourField") == []
    assert said("tests.testapp.fields.ColorField") == [
        "'tests.testapp.fields.ColorField' is no class of fields. Did you mean 'tests.testapp.fields.ColourField'?"
    ]
    assert said("nowhere.at.all.Thing") == ["'nowhere.at.all.Thing' is no class of fields."]
    assert said("json.dumps") == ["'json.dumps' is no class of fields."]
    assert said("tests.testapp.models.custom.ColourField") == [
        "'tests.testapp.models.custom.ColourField' is no path by which fields know their class. "
        "Write 'tests.testapp.fields.ColourField', where it is defined."
    ]


def test_functions():
    """So are functions that cannot be called as they would be, models and their fields."""
    assert found(BLUEPRINTS={"testapp.Note": {"title": "tests.testapp.values.alone"}}) == []
    assert found(FIELD_GENERATORS={"django.db.models.CharField": "tests.testapp.values.aloen"}) == [
        "FIXTUREKIT['FIELD_GENERATORS']['django.db.models.CharField']: tests.testapp.values has no function 'aloen'. "
        "Name a function f(field, row), or f(field), of an installed app."
    ]
    given = {"testapp.Noet": {}, "testapp.Note": {"titel": "tests.testapp.values.alone", "title": "json.dumps"}}
    assert [line.partition(": ")[2] for line in found(BLUEPRINTS=given)] == [
        "there is no model 'testapp.Noet'. Did you mean 'testapp.Note'?",
        "testapp.Note has no field 'titel'. Did you mean 'title'?",
        "json.dumps does not lie in an installed app. Name a function f(field, row), or f(field), of an installed app.",
    ]


@override_settings(FIXTUREKIT={"IGNORE_FIELDS": ["titel"]})
@pytest.mark.parametrize("words", [("check", "--tag", "fixturekit"), ("checkfixtures",)])
def test_commands(words):
    """Both commands say it, as a warning."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*words, stdout=out, stderr=err, no_color=True)
    assert "(fixturekit.W011) no model has a field 'titel'" in out.getvalue() + err.getvalue()


@override_settings(FIXTUREKIT={"IGNORE_FEILDS": []})
def test_no_such_key():
    """A key that there is not is told once, with the recipes."""
    assert check_settings() == []
