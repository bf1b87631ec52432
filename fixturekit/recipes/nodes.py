"""Reads single YAML nodes: scalars, lists and mappings of a wanted kind, or a problem with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from fixturekit.marks import Mark
from fixturekit.recipes.composing import BROKEN
from fixturekit.recipes.document import Entry, Literal, Mapping, Value
from fixturekit.recipes.naming import did_you_mean
from fixturekit.recipes.problems import Report, shorten
from fixturekit.recipes.scalars import resolve
from fixturekit.recipes.secrecy import without


class NodeReader:
    """Turns nodes into plain values.

    Each method takes a node and its place inside the document. Where the node is not what is wanted, the method notes
    the problem in the report and returns None, so that the rest of the file is read and all problems are
    reported at once.
    """

    def __init__(self, report: Report) -> None:
        self.report = report

    def mark(self, node: yaml.Node) -> Mark:
        """Return where the node begins."""
        return self.report.mark(node.start_mark.line, node.start_mark.column)

    def refuse(self, id: str, node: yaml.Node, where: str, message: str, hint: str = "") -> None:
        """Note a problem of this node, unless it is one whose problem is known."""
        if node.tag != BROKEN:
            if isinstance(node, yaml.ScalarNode):
                message, hint = (without(where, node.value, text) for text in (message, hint))
            self.report.add(id, message, hint, mark=self.mark(node), where=where)

    def wrong(self, node: yaml.Node, where: str, wanted: str, hint: str = "") -> None:
        """Note that the node is of another kind than is wanted."""
        self.refuse("E016", node, where, f"expected {wanted}, found {describe(node)}", hint)

    def wrong_content(self, node: yaml.Node, where: str, wanted: str, hint: str = "") -> None:
        """Note that what stands behind the node's tag is of another kind than is wanted."""
        self.refuse("E016", node, where, f"expected {wanted}, found {describe_content(node)}", hint)

    def unknown(self, node: yaml.Node, where: str, what: str, word: str, known: Sequence[str]) -> None:
        """Note a key that the format does not have here, with the nearest that it has."""
        hint = did_you_mean(word, known) or f"Known are {', '.join(known)}"
        self.refuse("E014", node, where, f"{what} has no key {shorten(word)}", hint)

    def scalar(self, node: yaml.Node, where: str, wanted: str) -> Literal | None:
        """Read a plain scalar, whatever tag stands before it; quoted ones are text."""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong_content(node, where, wanted)
            return None
        if node.style:
            return Literal(node.value, mark=self.mark(node))
        try:
            found = resolve(node.value)
        except ValueError as error:
            self.refuse("E024", node, where, str(error), "Quote it to make it text")
            return None
        return Literal(found.value, found.text, mark=self.mark(node))

    def untagged(self, node: yaml.Node, where: str, wanted: str) -> Literal | None:
        """Read a plain scalar that has no tag."""
        if node.tag:
            self.wrong(node, where, wanted)
            return None
        return self.scalar(node, where, wanted)

    def text(self, node: yaml.Node, where: str, wanted: str = "text") -> str | None:
        """Read text that is not empty."""
        found = self.untagged(node, where, wanted)
        if found is None:
            return None
        if isinstance(found.value, str) and found.value:
            return found.value
        quote = wanted == "text" and found.value not in (None, "")
        self.wrong(node, where, wanted, "Quote it to make it text" if quote else "")
        return None

    def number(
        self,
        node: yaml.Node,
        where: str,
        least: int,
        most: int,
        wanted: str = "a whole number",
        behind_tag: bool = False,
    ) -> int | None:
        """Read a whole number within bounds, both included; ``behind_tag`` if the tag before it is taken care of."""
        found = self.scalar(node, where, wanted) if behind_tag else self.untagged(node, where, wanted)
        if found is None:
            return None
        if not isinstance(found.value, int) or isinstance(found.value, bool):
            self.wrong_content(node, where, wanted)
            return None
        if not least <= found.value <= most:
            bounds = f"is not between {least:,} and {most:,}"
            self.refuse("E024", node, where, f"{shorten(found.text)[1:-1]} {bounds}")
            return None
        return found.value

    def items(self, node: yaml.Node, where: str, wanted: str, hint: str = "") -> list[tuple[str, yaml.Node]] | None:
        """Read a list without a tag: its items, each with its place."""
        if not isinstance(node, yaml.SequenceNode) or node.tag:
            self.wrong(node, where, wanted, hint)
            return None
        return [(f"{where}[{number}]", item) for number, item in enumerate(node.value)]

    def pairs(self, node: yaml.Node, where: str, wanted: str) -> list[tuple[str, yaml.Node, yaml.Node]] | None:
        """Read a mapping without a tag: places, nodes of the keys, nodes of the values."""
        if not isinstance(node, yaml.MappingNode) or node.tag:
            self.wrong(node, where, wanted)
            return None
        return list(pairs_of(node, where))

    def words(self, node: yaml.Node, where: str, wanted: str) -> list[tuple[str, yaml.Node, str]] | None:
        """Read a list of different texts: places, nodes, texts."""
        items = self.items(node, where, wanted, _list_hint(node))
        if items is None:
            return None
        found: list[tuple[str, yaml.Node, str]] = []
        seen: set[str] = set()
        for place, item in items:
            word = self.text(item, place)
            if word is not None and word in seen:
                self.refuse("E019", item, place, f"{shorten(word)} stands twice in the list")
            elif word is not None:
                seen.add(word)
                found.append((place, item, word))
        return found

    def field_path(self, text: str, node: yaml.Node, where: str) -> str | None:
        """Check the name of a field, or a path of names joined by ``__``."""
        if text.isidentifier():
            return text
        repaired = text.strip().replace(".", "__").replace("-", "_").replace(" ", "_")
        hint = f"Did you mean {repaired!r}?" if repaired.isidentifier() else "Join the names of fields with __"
        self.refuse("E020", node, where, f"{shorten(text)} cannot be the name of a field", hint)
        return None

    def entry(self, key: yaml.ScalarNode | yaml.Node, value: Value) -> Entry:
        """Return the entry of a mapping for the node of its key."""
        return Entry(str(key.value), value, mark=self.mark(key))

    def mapping(self, node: yaml.Node, entries: Sequence[Entry]) -> Mapping:
        """Return the mapping for its node."""
        return Mapping(tuple(entries), mark=self.mark(node))


def pairs_of(node: yaml.MappingNode, where: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield the place, the node of the key and the node of the value of each entry."""
    for key, value in node.value:
        yield inside(where, key.value), key, value


def inside(where: str, name: str) -> str:
    """Return the place of a key inside another place."""
    return f"{where}.{name}" if where else name


def describe(node: yaml.Node) -> str:
    """Say what a node is, with its tag or its value where it is short."""
    return f"the tag {node.tag[:60]}" if node.tag else describe_content(node)


def describe_content(node: yaml.Node) -> str:
    """Say what a node is, whatever tag stands before it."""
    if not isinstance(node, (yaml.MappingNode, yaml.SequenceNode)):
        return _describe_scalar(node)
    kind = "mapping" if isinstance(node, yaml.MappingNode) else "list"
    if not node.value:
        return f"an empty {kind}"
    return f"a {kind} of one" if len(node.value) == 1 else f"a {kind}"


def _describe_scalar(node: yaml.Node) -> str:
    if node.value == "":
        return "nothing"
    if isinstance(node, yaml.ScalarNode) and not node.style:
        try:
            found = resolve(node.value)
        except ValueError:
            return f"the number {node.value[:60]}"
        if not isinstance(found.value, str):
            return f"the number {node.value[:60]}" if found.text else str(node.value)
    return f"the text {shorten(node.value)}"


def _list_hint(node: yaml.Node) -> str:
    """Suggest a list of one for a text."""
    is_text = isinstance(node, yaml.ScalarNode) and not node.tag and _describe_scalar(node).startswith("the text")
    return f"Write [{node.value}]" if is_text and len(node.value) < 40 else ""
