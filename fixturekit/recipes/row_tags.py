"""Reads the tags that lead to rows: ``!pin``, ``!ref``, ``!pick``, ``!sample``, ``!make``."""

from __future__ import annotations

import yaml

from fixturekit.recipes.document import Listing, Literal, Make, Mapping, Pick, Pin, Ref, Sample, Scalar
from fixturekit.recipes.keys import MAX_COUNT, TAGS
from fixturekit.recipes.nodes import inside, pairs_of
from fixturekit.recipes.values import TagReader, ValueReader


def _pin(reader: ValueReader, node: yaml.Node, where: str) -> Pin | None:
    if isinstance(node, yaml.MappingNode):
        return _pin_lookup(reader, node, where)
    found = reader.scalar(node, where, TAGS["!pin"].takes)
    if found is None:
        return None
    if isinstance(found.value, (bool, float)) or found.value in (None, ""):
        reader.wrong_behind(node, where)
        return None
    return Pin(key=found.value, mark=reader.mark(node))


def _pin_lookup(reader: ValueReader, node: yaml.Node, where: str) -> Pin | None:
    entries = reader.fields(node, where).entries
    if [entry.key for entry in entries] == ["natural"] and isinstance(entries[0].value, Listing):
        natural = _natural(reader, node, entries[0].value, inside(where, "natural"))
        return Pin(natural=natural, mark=reader.mark(node)) if natural else None
    made = [entry.value for entry in entries if entry.key == "or_make"]
    lookup = [entry for entry in entries if entry.key != "or_make"]
    if made and not isinstance(made[0], Mapping):
        reader.refuse("E016", node, inside(where, "or_make"), "or_make takes a mapping of fields to values")
        return None
    if not lookup:
        reader.wrong_behind(node, where)
        return None
    for entry in lookup:
        if not isinstance(entry.value, (Literal, Pin, Ref)):
            message = f"the lookup {entry.key!r} takes one plain value, a pin or a ref"
            reader.report.add("E016", message, mark=entry.mark, where=inside(where, entry.key))
    values = next((value for value in made if isinstance(value, Mapping)), None)
    return Pin(lookup=reader.mapping(node, lookup), or_make=values, mark=reader.mark(node))


def _natural(reader: ValueReader, node: yaml.Node, listing: Listing, where: str) -> tuple[Scalar, ...]:
    parts = [item.value for item in listing.items if isinstance(item, Literal)]
    if not parts or len(parts) < len(listing.items):
        reader.refuse("E016", node, where, "a natural key is a list of plain values")
        return ()
    return tuple(parts)


def _ref(reader: ValueReader, node: yaml.Node, where: str) -> Ref | None:
    target = reader.target(node, where)
    return Ref(target, mark=reader.mark(node)) if target else None


def _pick(reader: ValueReader, node: yaml.Node, where: str) -> Pick | None:
    target = reader.target(node, where, rows=False)
    return Pick(target, mark=reader.mark(node)) if target else None


def _sample(reader: ValueReader, node: yaml.Node, where: str) -> Sample | None:
    parts = reader.parts(node, where, ("of", "count"), required=True)
    if parts is None:
        return None
    if parts["of"].tag:
        reader.wrong(parts["of"], inside(where, "of"), "the address of a step")
        return None
    target = reader.target(parts["of"], inside(where, "of"), rows=False)
    count = reader.number(parts["count"], inside(where, "count"), 1, MAX_COUNT)
    return Sample(target, count, mark=reader.mark(node)) if target and count else None


def _make(reader: ValueReader, node: yaml.Node, where: str) -> Make | None:
    if isinstance(node, yaml.MappingNode):
        count = [value for _, key, value in pairs_of(node, where) if key.value == "count"]
        number = reader.number(count[0], inside(where, "count"), 1, MAX_COUNT) if count else 1
        entries = [entry for entry in reader.fields(node, where) if entry.key != "count"]
        return Make(number or 1, reader.mapping(node, entries), mark=reader.mark(node))
    if isinstance(node, yaml.ScalarNode) and (node.value or node.style):
        number = reader.number(node, where, 1, MAX_COUNT, TAGS["!make"].takes, behind_tag=True)
        return Make(number, mark=reader.mark(node)) if number else None
    reader.wrong_behind(node, where)
    return None


ROW_TAGS: dict[str, TagReader] = {
    "!pin": _pin,
    "!ref": _ref,
    "!pick": _pick,
    "!sample": _sample,
    "!make": _make,
}
