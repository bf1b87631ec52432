"""What stands behind the tag of each value when it is written: a scalar, a list, pairs, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fixturekit.recipes.document import (
    Auto,
    Call,
    Choice,
    Copy,
    Fake,
    File,
    Image,
    Jinja,
    Listing,
    Literal,
    Make,
    Mapping,
    Mask,
    Node,
    Now,
    Password,
    Pick,
    Pin,
    Range,
    Ref,
    Sample,
    Seq,
    Value,
)
from fixturekit.recipes.scalars import literal
from fixturekit.recipes.spelling import spell_literal


@dataclass(frozen=True, slots=True)
class Pairs:
    """Keys with values; a key is a Literal, since those of weights may be numbers."""

    items: tuple[tuple[Literal, Value], ...]


Content = Literal | Listing | Pairs | None


def content_of(value: Value) -> Content:
    """Return what stands behind the tag; of a value without a tag, the value itself.

    Raises:
        ValueError: The value is one that no file can say.
    """
    return _CONTENTS[type(value)](value)


def pairs_of(mapping: Mapping) -> Pairs:
    """Return a mapping of the document as pairs."""
    return Pairs(tuple((Literal(entry.key), entry.value) for entry in mapping))


def _pin(pin: Pin) -> Content:
    if pin.natural:
        listing = Listing(tuple(literal(part) for part in pin.natural))
        return Pairs(((Literal("natural"), listing),))
    if pin.lookup is None:
        return literal(pin.key)
    pairs = pairs_of(pin.lookup).items
    keys = [entry.key for entry in pin.lookup]
    if not keys or "or_make" in keys or (keys == ["natural"] and isinstance(pairs[0][1], Listing)):
        raise ValueError(f"a pin cannot be written with the lookups {keys}")
    return Pairs(pairs if pin.or_make is None else (*pairs, (Literal("or_make"), pin.or_make)))


def _make(make: Make) -> Content:
    if not make.values:
        return literal(make.count)
    if any(entry.key == "count" for entry in make.values):
        raise ValueError("a field named 'count' cannot be written behind !make, where it is the number of rows")
    count = () if make.count == 1 else ((Literal("count"), literal(make.count)),)
    return Pairs((*count, *pairs_of(make.values).items))


def _sample(sample: Sample) -> Content:
    return Pairs(((Literal("of"), Literal(str(sample.of))), (Literal("count"), literal(sample.count))))


def _choice(choice: Choice) -> Content:
    if not choice.weights:
        return Listing(choice.options)
    options = [option for option in choice.options if isinstance(option, Literal)]
    if not len(choice.options) == len(options) == len(choice.weights):
        raise ValueError("weights are written for plain values only, one for each")
    if len({_key_text(option) for option in options}) < len(options):
        raise ValueError("values with weights cannot be written where two have the same text, quotes aside")
    return Pairs(tuple((option, _weight(weight)) for option, weight in zip(options, choice.weights, strict=True)))


def _key_text(option: Literal) -> str:
    """Return the text by which readers tell a key from others: null and "null" are one key."""
    return option.value if isinstance(option.value, str) else spell_literal(option)


def _weight(weight: float) -> Literal:
    return literal(int(weight) if weight.is_integer() and weight < 1e15 else weight)


def _range(range: Range) -> Content:
    if range.low.text and range.high.text:
        return Listing((range.low, range.high))
    return Pairs(((Literal("from"), range.low), (Literal("to"), range.high)))


def _fake(fake: Fake) -> Content:
    return Pairs(((Literal(fake.provider), fake.arguments),)) if fake.arguments else Literal(fake.provider)


_CONTENTS: dict[type[Node], Callable[[Any], Content]] = {
    Literal: lambda value: value,
    Listing: lambda value: value,
    Mapping: pairs_of,
    Pin: _pin,
    Ref: lambda value: Literal(str(value.target)),
    Pick: lambda value: Literal(str(value.of)),
    Sample: _sample,
    Make: _make,
    Copy: lambda value: Literal(value.path),
    Seq: lambda value: Literal(value.format),
    Choice: _choice,
    Range: _range,
    Now: lambda value: Literal(value.offset) if value.offset else None,
    Auto: lambda value: None,
    Mask: lambda value: Literal(value.format),
    Fake: _fake,
    Jinja: lambda value: Literal(value.source),
    Password: lambda value: Literal(value.raw),
    File: lambda value: Literal(value.path),
    Image: lambda value: pairs_of(value.options) if value.options else None,
    Call: lambda value: Literal(value.path),
}
