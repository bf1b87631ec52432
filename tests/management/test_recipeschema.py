"""``recipeschema``: the schema with the project's models, and what editors are told. No database is asked."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from jsonschema import Draft202012Validator

from fixturekit.recipes.schema import schema


def run(*words, **options):
    """Run the command and return what it prints, and what it says to people."""
    out, err = io.StringIO(), io.StringIO()
    call_command("recipeschema", *words, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def is_valid(text, recipe):
    return Draft202012Validator(json.loads(text)).is_valid(recipe)


def recipe(**step):
    return {"steps": [{"id": "a", **step}]}


def test_models():
    """Models and fields are those of the project; names of relations may be followed by those of other models."""
    text, said = run()
    assert said == ""
    assert is_valid(
        text, recipe(make="testapp.Book", set={"title": "x", "author": 1, "author_id": 3, "author__name": "x"})
    )
    assert is_valid(text, recipe(make="testapp.Author", set={"books": 2}))
    assert is_valid(text, recipe(make="testapp.Book", set={"pages": 1})) is False
    assert is_valid(text, recipe(make="testapp.Nope")) is False
    assert is_valid(text, recipe(make="testapp.Genre", named={"a": {"name": "x"}}))
    assert is_valid(text, recipe(make="testapp.Genre", named={"a": {"nome": "x"}})) is False


def test_every_field_can_be_set():
    """Every name that a recipe may set stands in the schema."""
    from django.apps import apps

    from fixturekit.blueprints import blueprint

    definitions = json.loads(run()[0])["$defs"]
    for model in apps.get_models():
        known = set(definitions[f"fields of {model._meta.label}"]["properties"])
        assert known >= set(blueprint(model).names)


def test_without_models():
    """The generic schema knows no models."""
    text, _ = run("--no-models")
    assert json.loads(text) == schema()
    assert text.endswith("}\n")


def test_again():
    """The same project gives the same bytes."""
    assert run() == run()


def test_into_a_file(tmp_path):
    """A file gets the schema, and nothing is printed but where it is."""
    path = tmp_path / "recipes.json"
    assert run("--output", str(path)) == ("", f"Written: {path}\n")
    assert path.read_text(encoding="utf-8") == run()[0]
    assert run("--output", str(path), verbosity=0) == ("", "")


def test_a_file_that_cannot_be_written(tmp_path):
    """It says so, without a traceback."""
    with pytest.raises(CommandError, match="cannot be written: ") as caught:
        run("--output", str(tmp_path / "nowhere" / "x.json"))
    assert caught.value.returncode == 1


def test_editor(tmp_path, recipes):
    """The settings lead to the schema, name the folders of recipes and the kinds of each tag."""
    path = tmp_path / "x.json"
    settings = json.loads(run("--editor", "vscode", "--output", str(path))[0])
    assert path.is_file()
    assert settings["yaml.schemas"] == {
        str(path): [
            "**/fixture_recipes/*.yaml",
            f"{recipes.root}/otherapp/*.yaml",
            f"{recipes.root}/testapp/*.yaml",
        ]
    }
    assert {"!ref scalar", "!pin scalar", "!pin mapping", "!range sequence"} <= set(settings["yaml.customTags"])
    assert list(json.loads(run("--editor", "vscode")[0])["yaml.schemas"]) == ["recipe.schema.json"]


@pytest.mark.parametrize("words", [["--editor", "emacs"], ["--editor="], ["x"], ["--outptu", "x"], ["--no-models=1"]])
def test_odd_words(words):
    """Words that it does not know are refused."""
    with pytest.raises((CommandError, TypeError)):
        run(*words)
