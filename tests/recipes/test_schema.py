"""The JSON Schema: what it accepts is what can be read, as far as JSON can say it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator

from fixturekit.exceptions import RecipeInvalid
from fixturekit.recipes import schema as module
from fixturekit.recipes.keys import TAGS
from fixturekit.recipes.reading import read, read_value
from fixturekit.recipes.scalars import resolve
from fixturekit.recipes.schema import TAG_KINDS, Fields, schema, vscode_settings
from fixturekit.recipes.writing import write
from tests.recipes.strategies import recipes

ROOT = Path(__file__).parent.parent.parent
GENERIC = Draft202012Validator(schema())
SHOP = Draft202012Validator(
    schema(
        {
            "shop.Brand": Fields({"name": "CharField", "owner": "ForeignKey", "owner_id": "key"}, ["owner"]),
            "shop.Tag": Fields({"word": "CharField"}),
        }
    )
)


def data(text: str):
    """A recipe as an editor sees it: tags are looked through."""
    return _plain(yaml.compose(text, Loader=yaml.SafeLoader))


def _plain(node):
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value if node.style else resolve(node.value).value


def test_it_is_a_schema():
    """The schemas are valid themselves."""
    Draft202012Validator.check_schema(schema())
    Draft202012Validator.check_schema(SHOP.schema)


def test_the_shipped_one_is_up_to_date():
    """schema.json is the generic one. After a change of keys: recipeschema --no-models --output <the file>."""
    shipped = Path(module.__file__).with_name("schema.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == schema()


@given(recipes())
def test_every_recipe_fits(recipe):
    """Whatever can be written fits."""
    assert [error.message for error in GENERIC.iter_errors(data(write(recipe)))] == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("example_project/*/fixture_recipes/*.yaml")), ids=lambda path: path.stem
)
def test_the_example_recipes_fit(path):
    """So do the recipes of the example project."""
    assert [error.message for error in GENERIC.iter_errors(data(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "text",
    [
        "stepz: []",
        "steps: []",
        "seed: 4",
        "steps: [{make: a.B}]",
        "steps: [{id: a}]",
        "steps: [{id: a, make: a.B, rows: a.B}]",
        "steps: [{id: A, make: a.B}]",
        "steps: [{id: a, make: B}]",
        "steps: [{id: a, make: a.B, coutn: 3}]",
        "steps: [{id: a, make: a.B, count: -1}]",
        "steps: [{id: a, make: a.B, count: 10000001}]",
        "steps: [{id: a, make: a.B, count: 3, named: {x: {}}}]",
        "steps: [{id: a, make: a.B, named: {}}]",
        "steps: [{id: a, make: a.B, save: fast}]",
        "steps: [{id: a, make: a.B, update: true}]",
        "steps: [{id: a, rows: a.B, columns: [x]}]",
        "steps: [{id: a, make: a.B, share: {x: 0}}]",
        "steps: [{id: a, make: a.B}]\nmanual: no",
        "steps: [{id: a, make: a.B}]\nnow: 2026-01-01",
        "steps: [{id: a, make: a.B}]\ndepends_on: [b]",
        "steps: [{id: a, make: a.B}]\ntags: [x, x]",
        "steps: [{id: a, make: a.B}]\noptions: {style: nice}",
        "steps: [{id: a, make: a.B}]\nrecorded: {format: 0}",
        "steps: [{id: a, make: a.B}]\nshelves: [{name: x}]",
    ],
)
def test_what_cannot_be_read_does_not_fit(text):
    """What reading refuses is refused, as far as it is about keys and the kinds of their values."""
    with pytest.raises(RecipeInvalid):
        read(text, "x")
    assert not GENERIC.is_valid(data(text))


@pytest.mark.parametrize(
    ("step", "fits"),
    [
        ("make: shop.Brand, set: {name: x, owner: {username: x}, owner__username: x, owner_id: 3}", True),
        ("make: shop.Brand, set: {name__x: x}", False),
        ("make: shop.Brand, set: {word: x}", False),
        ("make: shop.Tag, set: {word: x}, named: {a: {word: y}}", True),
        ("make: shop.Tag, set: {name: x}", False),
        ("make: shop.Tag, named: {a: {name: y}}", False),
        ("make: shop.Tga", False),
        ("factory: shop.x.Y, set: {anything: x}", True),
        ("rows: shop.Tag, columns: [word], values: [[x]]", True),
        ("rows: shop.Tag, columns: [name], values: [[x]]", False),
    ],
)
def test_models(step, fits):
    """With the models of a project, steps take the fields of theirs."""
    assert SHOP.is_valid(data(f"steps: [{{id: a, {step}}}]")) is fits


def test_shelves_of_models():
    """Shelves too."""
    text = "shelves: [{{for: shop.Tag, set: {{{}: x}}}}]\nsteps: [{{id: a, make: shop.Tag}}]"
    assert SHOP.is_valid(data(text.format("word")))
    assert not SHOP.is_valid(data(text.format("name")))


WRITTEN = {
    "scalar": ["3", "x", "acme", "a.b.c", '"x{n}"', '"{{ n }}"', "-3 days", ""],
    "sequence": ["[1, 2]"],
    "mapping": [
        "{name: x}",
        "{of: x, count: 2}",
        "{from: 1, to: 2}",
        "{a: 1}",
        "{width: 3}",
        "{pydecimal: {left_digits: 3}}",
    ],
}


@pytest.mark.parametrize("tag", TAGS)
def test_kinds_of_tags(tag):
    """What may stand behind a tag is what reading accepts behind it."""
    accepted = {kind for kind, texts in WRITTEN.items() if any(_reads(f"{tag} {text}") for text in texts)}
    assert set(TAG_KINDS[tag]) == accepted


def _reads(text: str) -> bool:
    try:
        read_value(text, "x")
    except RecipeInvalid:
        return False
    return True


def test_settings_of_the_editor():
    """Each tag is named once with each kind."""
    settings = vscode_settings("x.json", ["**/*.yaml"])
    assert settings["yaml.schemas"] == {"x.json": ["**/*.yaml"]}
    assert "!pin mapping" in settings["yaml.customTags"]
    assert len(settings["yaml.customTags"]) == len(set(settings["yaml.customTags"]))
