"""Writing is canonical and loses nothing."""

from __future__ import annotations

import dataclasses
import re

import pytest
import yaml
from hypothesis import given

from fixturekit.recipes.document import Choice, Entry, Jinja, Listing, Literal, Make, Mapping, Pin, Recipe, Step
from fixturekit.recipes.reading import read
from fixturekit.recipes.scalars import literal
from fixturekit.recipes.writing import checksum, write
from tests.recipes.strategies import NASTY, recipes, texts


class Untyped(yaml.SafeLoader):
    """A reader of YAML 1.1 that takes every tag for a plain value."""


def _untagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


Untyped.add_multi_constructor("!", _untagged)


def one_value(value) -> Recipe:
    return Recipe((Step("a", make="shop.Brand", set=Mapping((Entry("name", value),))),))


@given(recipes())
def test_reading_gives_back_what_was_written(recipe):
    """A recipe that is written and read again is equal, and its second writing is the same bytes."""
    text = write(recipe)
    again = read(text, "r.yaml")
    assert again == recipe
    assert again.comment == recipe.comment
    assert write(again) == text
    assert checksum(again, "shop.x") == checksum(recipe, "shop.x")


@given(recipes())
def test_other_readers_accept_the_text(recipe):
    """PyYAML, which reads YAML 1.1, finds the same steps."""
    found = yaml.load(write(recipe), Loader=Untyped)  # noqa: S506 - a subclass of SafeLoader
    assert [step["id"] for step in found["steps"]] == [step.id for step in recipe.steps]


@given(texts)
def test_text_is_text_to_every_reader(text):
    """Text is text to fixturekit and to a reader of YAML 1.1, alone, in a list, and as a key."""
    values = Mapping((Entry("a", Literal(text)), Entry("b", Listing((Literal(text), Literal(text))))))
    recipe = one_value(Mapping((Entry(text, values),)))
    written = write(recipe)
    assert read(written, "r.yaml") == recipe
    found = yaml.load(written, Loader=Untyped)  # noqa: S506 - a subclass of SafeLoader
    assert found["steps"][0]["set"]["name"] == {text: {"a": text, "b": [text, text]}}


@pytest.mark.parametrize("text", [text for text in NASTY if text and "\n" not in text and len(text) < 100])
def test_plain_text_is_no_number_in_yaml_1_2(text):
    """What stands without quotes is nothing but text in the core schema of YAML 1.2."""
    line = next(line for line in write(one_value(Literal(text))).splitlines() if "name: " in line)
    written = line.partition("name: ")[2]
    core = r"null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    assert not re.fullmatch(core, written)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Literal("Acme"), "name: Acme"),
        (Literal("on sale"), "name: on sale"),
        (Literal("no"), 'name: "no"'),
        (Literal("25.5"), 'name: "25.5"'),
        (literal(25.5), "name: 25.5"),
        (Literal(None), "name: null"),
        (Literal("two\nlines\n"), "name: |\n        two\n        lines"),
        (Jinja("{{ n }}"), 'name: !jinja "{{ n }}"'),
        (Make(3), "name: !make 3"),
        (Make(3, Mapping((Entry("a", Literal("b")),))), "name: !make {count: 3, a: b}"),
        (Choice((Literal("a"), Literal("b")), (3.0, 0.5)), "name: !choice {a: 3, b: 0.5}"),
        (Pin(natural=("admin",)), "name: !pin {natural: [admin]}"),
        (Listing(), "name: []"),
        (Mapping(), "name: {}"),
    ],
)
def test_how_values_look(value, written):
    """Words stand without quotes, short lists and mappings on one line, several lines as a block."""
    assert written in write(one_value(value))


def test_the_checksum_is_about_meaning():
    """Comments, tags, layout and what the tool recorded do not change the checksum; a value does."""
    recipe = read("# old\ntags: [a]\nsteps:\n- {id: a, make: shop.Brand, set: {name: 'x'}, count: 1}\n", "r.yaml")
    same = read("manual: true\nsteps:\n  - id: a\n    make: shop.Brand\n    set:\n      name: x\n", "r.yaml")
    other = dataclasses.replace(recipe, seed="else")
    assert checksum(recipe, "shop.x") == checksum(same, "shop.x")
    assert checksum(recipe, "shop.x") != checksum(other, "shop.x")
    assert re.fullmatch("[0-9a-f]{16}", checksum(recipe, "shop.x"))


@pytest.mark.parametrize(
    "default", ["seed: shop.x", "now: 2026-01-01T00:00:00Z", "now: 2026-01-01 00:00+00:00", "depends_on: [shop.y]"]
)
def test_a_default_that_is_written_out_has_no_meaning_of_its_own(default):
    """Nor has what is applied before: the rows follow from neither. Under another name they would be others."""
    recipe = read("steps:\n- {id: a, make: shop.Brand}\n", "r.yaml")
    same = read(f"{default}\nsteps:\n- {{id: a, make: shop.Brand}}\n", "r.yaml")
    assert checksum(recipe, "shop.x") == checksum(same, "shop.x")
    assert checksum(recipe, "shop.x") != checksum(recipe, "shop.z")


@pytest.mark.parametrize(
    "value",
    [
        Literal("a\x00b"),
        Literal("\ud800"),
        Literal(float("inf")),
        Make(2, Mapping((Entry("count", Literal(1, "1")),))),
        Pin(lookup=Mapping((Entry("natural", Listing((Literal("a"),))),))),
        Pin(lookup=Mapping()),
        Choice((Listing(),), (1.0,)),
        Choice((Literal(None), Literal("null")), (1.0, 1.0)),
        Choice((Literal(True), Literal("true")), (1.0, 1.0)),
        Choice((Literal(1, "1"), Literal("1")), (1.0, 1.0)),
    ],
)
def test_what_no_file_can_say_is_refused(value):
    """A value that would not be read back is an error, not another value."""
    with pytest.raises(ValueError, match=r"cannot|can hold|plain values"):
        write(one_value(value))
