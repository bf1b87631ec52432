"""Reads the tags that stand for values: ``!copy``, ``!seq``, ``!choice``, ``!range``, ``!now`` and others."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypeVar

import yaml

from fixturekit.recipes import naming
from fixturekit.recipes.document import (
    Auto,
    Call,
    Choice,
    Copy,
    Entry,
    Fake,
    File,
    Image,
    Jinja,
    Literal,
    Mapping,
    Mask,
    Now,
    Password,
    Range,
    Seq,
)
from fixturekit.recipes.formats import check_sequence
from fixturekit.recipes.nodes import inside, pairs_of
from fixturekit.recipes.offsets import parse_offset
from fixturekit.recipes.problems import shorten
from fixturekit.recipes.values import TagReader, ValueReader

MAX_PIXELS = 10_000
_IMAGE_NUMBERS = ("width", "height")
_IMAGE_KEYS = (*_IMAGE_NUMBERS, "color", "format")

T = TypeVar("T")


def _copy(reader: ValueReader, node: yaml.Node, where: str) -> Copy | None:
    text = reader.raw(node, where)
    if text is None:
        return None
    if not all(part.isidentifier() for part in text.split(".")):
        reader.refuse("E020", node, where, f"{shorten(text)} is not a path such as 'brand.name'")
        return None
    return Copy(text, mark=reader.mark(node))


def _seq(reader: ValueReader, node: yaml.Node, where: str) -> Seq | None:
    text = reader.raw(node, where)
    if text is None:
        return None
    try:
        check_sequence(text)
    except ValueError as error:
        reader.refuse("E025", node, where, str(error), "Write a text such as 'user{n}' or 'A-{n:05}'")
        return None
    return Seq(text, mark=reader.mark(node))


def _choice(reader: ValueReader, node: yaml.Node, where: str) -> Choice | None:
    if isinstance(node, yaml.ScalarNode) or not node.value:
        reader.wrong_behind(node, where)
        return None
    if isinstance(node, yaml.SequenceNode):
        options = tuple(reader.value(item, f"{where}[{number}]") for number, item in enumerate(node.value))
        return Choice(options, mark=reader.mark(node))
    pairs = list(pairs_of(node, where)) if isinstance(node, yaml.MappingNode) else []
    literals = [reader.scalar(key, place, "a value") for place, key, _ in pairs]
    weights = [_weight(reader, weight, place) for place, _, weight in pairs]
    return Choice(_present(literals), _present(weights), mark=reader.mark(node))


def _weight(reader: ValueReader, node: yaml.Node, where: str) -> float | None:
    found = reader.untagged(node, where, "a weight above 0")
    if found is None:
        return None
    value = found.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= sys.float_info.max:
        return float(value)
    reader.wrong(node, where, "a weight above 0")
    return None


def _range(reader: ValueReader, node: yaml.Node, where: str) -> Range | None:
    if isinstance(node, yaml.MappingNode):
        parts = reader.parts(node, where, ("from", "to"), required=True)
        if parts is None:
            return None
        ends = [_end(reader, parts[name], inside(where, name)) for name in ("from", "to")]
    elif isinstance(node, yaml.SequenceNode) and len(node.value) == 2:
        ends = [_end(reader, item, f"{where}[{number}]") for number, item in enumerate(node.value)]
    else:
        reader.wrong_behind(node, where)
        return None
    low, high = ends
    if low is None or high is None:
        return None
    if isinstance(low.value, (int, float)) and isinstance(high.value, (int, float)) and low.value > high.value:
        reader.refuse("E024", node, where, f"the range begins at {low.text}, above its end {high.text}")
        return None
    return Range(low, high, mark=reader.mark(node))


def _end(reader: ValueReader, node: yaml.Node, where: str) -> Literal | None:
    wanted = "a number, or text such as '-30 days', 'now' or a date"
    found = reader.untagged(node, where, wanted)
    if found is not None and (found.value in (None, "") or isinstance(found.value, bool)):
        reader.wrong(node, where, wanted)
        return None
    return found


def _now(reader: ValueReader, node: yaml.Node, where: str) -> Now | None:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return Now(mark=reader.mark(node))
    text = reader.raw(node, where)
    if text is None:
        return None
    try:
        parse_offset(text)
    except ValueError as error:
        reader.refuse("E026", node, where, str(error))
        return None
    return Now(text, mark=reader.mark(node))


def _auto(reader: ValueReader, node: yaml.Node, where: str) -> Auto | None:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return Auto(mark=reader.mark(node))
    reader.wrong_behind(node, where)
    return None


def _mask(reader: ValueReader, node: yaml.Node, where: str) -> Mask | None:
    text = reader.raw(node, where)
    return Mask(text, mark=reader.mark(node)) if text else None


def _fake(reader: ValueReader, node: yaml.Node, where: str) -> Fake | None:
    if not isinstance(node, yaml.MappingNode):
        text = reader.raw(node, where)
        return _provider(reader, text, Mapping(), node, where) if text else None
    if len(node.value) != 1:
        reader.wrong_behind(node, where)
        return None
    ((place, key, arguments),) = pairs_of(node, where)
    if not isinstance(arguments, yaml.MappingNode) or arguments.tag:
        reader.wrong(arguments, place, "a mapping of arguments")
        return None
    return _provider(reader, key.value, reader.fields(arguments, place), node, where)


def _provider(reader: ValueReader, name: str, arguments: Mapping, node: yaml.Node, where: str) -> Fake | None:
    if name.isidentifier() and not name.startswith("_"):
        return Fake(name, arguments, mark=reader.mark(node))
    reader.refuse("E020", node, where, f"{shorten(name)} cannot be the name of a Faker provider")
    return None


def _jinja(reader: ValueReader, node: yaml.Node, where: str) -> Jinja | None:
    text = reader.raw(node, where)
    return Jinja(text, mark=reader.mark(node)) if text else None


def _password(reader: ValueReader, node: yaml.Node, where: str) -> Password | None:
    text = reader.raw(node, where)
    return Password(text, mark=reader.mark(node)) if text else None


def _file(reader: ValueReader, node: yaml.Node, where: str) -> File | None:
    text = reader.raw(node, where)
    if text is None:
        return None
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or ":" in text:
        hint = "Write a path such as data/logo.png, with the file beside the recipe"
        reader.refuse("E020", node, where, f"{shorten(text)} leads out of the recipe's folder", hint)
        return None
    return File(text, mark=reader.mark(node))


def _image(reader: ValueReader, node: yaml.Node, where: str) -> Image | None:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return Image(mark=reader.mark(node))
    parts = reader.parts(node, where, _IMAGE_KEYS)
    if parts is None:
        return None
    options = [_image_option(reader, name, part, inside(where, name)) for name, part in parts.items()]
    return Image(reader.mapping(node, _present(options)), mark=reader.mark(node))


def _image_option(reader: ValueReader, name: str, node: yaml.Node, where: str) -> Entry | None:
    wanted = "a number of pixels" if name in _IMAGE_NUMBERS else "text"
    found = reader.untagged(node, where, wanted)
    if found is None:
        return None
    if name in _IMAGE_NUMBERS and reader.number(node, where, 1, MAX_PIXELS, wanted) is None:
        return None
    if name not in _IMAGE_NUMBERS and not (isinstance(found.value, str) and found.value):
        reader.wrong(node, where, wanted)
        return None
    return Entry(name, found, mark=found.mark)


def _call(reader: ValueReader, node: yaml.Node, where: str) -> Call | None:
    text = reader.raw(node, where)
    if text is None:
        return None
    if not naming.is_dotted_path(text):
        hint = "Write a path such as shop.fixture_values.zip_code"
        reader.refuse("E020", node, where, f"{shorten(text)} is not the dotted path of a function", hint)
        return None
    return Call(text, mark=reader.mark(node))


def _present(found: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(item for item in found if item is not None)


VALUE_TAGS: dict[str, TagReader] = {
    "!copy": _copy,
    "!seq": _seq,
    "!choice": _choice,
    "!range": _range,
    "!now": _now,
    "!auto": _auto,
    "!mask": _mask,
    "!fake": _fake,
    "!jinja": _jinja,
    "!password": _password,
    "!file": _file,
    "!image": _image,
    "!call": _call,
}
