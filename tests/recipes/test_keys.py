"""The table of keys and tags is whole, and tells what cannot be applied yet."""

from __future__ import annotations

import dataclasses

from fixturekit.marks import Mark
from fixturekit.recipes import document
from fixturekit.recipes.keys import BLOCKS, TAGS, Status, unsupported
from fixturekit.recipes.reading import read
from fixturekit.recipes.row_tags import ROW_TAGS
from fixturekit.recipes.value_tags import VALUE_TAGS

CLASSES = {
    "recipe": document.Recipe,
    "step": document.Step,
    "shelf": document.Shelf,
    "options": document.Options,
    "recorded": document.Recorded,
}


def test_every_field_of_the_document_has_a_key():
    """The table and the dataclasses name the same things."""
    for name, keys in BLOCKS.items():
        fields = {field.name for field in dataclasses.fields(CLASSES[name])} - {"mark", "places", "comment"}
        assert {key.attribute for key in keys} == fields


def test_every_tag_is_read():
    """For each tag of the table there is a reader, and no reader without a tag."""
    assert {*ROW_TAGS, *VALUE_TAGS} == set(TAGS)


def test_every_key_and_tag_is_explained():
    """Each key and tag says in one line what it means."""
    meanings = [tag.meaning for tag in TAGS.values()] + [key.meaning for keys in BLOCKS.values() for key in keys]
    assert all(meaning and "\n" not in meaning for meaning in meanings)


def test_what_works():
    """The parts that are promised to work are not refused."""
    works = {tag.name for tag in TAGS.values() if tag.status is Status.WORKS}
    assert works >= {"!pin", "!ref", "!pick", "!sample", "!make", "!copy", "!seq", "!choice", "!range", "!now", "!auto"}
    text = """
depends_on: [shop.catalogue]
manual: true
tags: [a]
options: {style: plain}
steps:
  - {id: a, make: shop.Brand, count: 3, from: 2, share: {owner: 2}, set: {x: !pin {a: b}, y: !ref shop.catalogue/x}}
  - {id: b, make: shop.Brand, named: {anna: {}}}
"""
    assert unsupported(read(text, "r.yaml")) == []


def test_what_cannot_be_applied_yet():
    """What is read and written but not applied is named with its place."""
    text = """
atomic: false
replaces: [shop.old]
steps:
  - {id: a, make: shop.Brand, match: [name]}
recorded:
  engine: 2
"""
    found = {problem.where: problem for problem in unsupported(read(text, "r.yaml"))}
    assert list(found) == ["atomic", "recorded"]
    assert {problem.id for problem in found.values()} == {"fixturekit.E030"}
    assert found["atomic"].mark == Mark("r.yaml", 2, 1)
