"""Reads the values of fields: literals, lists, mappings, and what tags have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import yaml

from fixturekit.recipes import naming
from fixturekit.recipes.composing import BROKEN
from fixturekit.recipes.document import Listing, Literal, Mapping, Target, Value
from fixturekit.recipes.keys import TAGS
from fixturekit.recipes.nodes import NodeReader, describe_content, pairs_of
from fixturekit.recipes.problems import Report, shorten

_MAX_ADDRESS = 500

TagReader = Callable[["ValueReader", yaml.Node, str], Value | None]
"""Reads the node behind a tag, at a place; None where a problem was noted."""


class ValueReader(NodeReader):
    """Turns nodes into the values of the document.

    ``tags`` has a function for each tag; it is given, so that the functions can live in files of their own.
    """

    def __init__(self, report: Report, tags: dict[str, TagReader]) -> None:
        super().__init__(report)
        self.tags = tags

    def value(self, node: yaml.Node, where: str) -> Value:
        """Read any value; where it is no valid one, the problem is noted and a null stands in."""
        broken = Literal(None, mark=self.mark(node))
        if node.tag == BROKEN:
            return broken
        if node.tag:
            return self._tagged(node, where) or broken
        if isinstance(node, yaml.MappingNode):
            entries = [self.entry(key, self.value(value, place)) for place, key, value in pairs_of(node, where)]
            return self.mapping(node, entries)
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.value(item, f"{where}[{number}]") for number, item in enumerate(node.value))
            return Listing(items, mark=self.mark(node))
        return self.scalar(node, where, "a value") or broken

    def fields(self, node: yaml.Node, where: str) -> Mapping:
        """Read a mapping of fields to values, whatever tag stands before it; the node is a mapping."""
        entries = []
        for place, key, value in pairs_of(node, where) if isinstance(node, yaml.MappingNode) else ():
            if self.field_path(key.value, key, place) is not None:
                entries.append(self.entry(key, self.value(value, place)))
        return self.mapping(node, entries)

    def _tagged(self, node: yaml.Node, where: str) -> Value | None:
        read = self.tags.get(node.tag)
        if read is not None:
            return read(self, node, where)
        shown = node.tag.replace("tag:yaml.org,2002:", "!!")
        if shown.startswith("!!"):
            hint = "There are no '!!' tags in recipes: quote what is text, and leave the rest as it is"
        else:
            hint = naming.did_you_mean(shown, TAGS) or f"Known are {', '.join(TAGS)}"
        self.refuse("E015", node, where, f"there is no tag {shorten(shown)[1:-1]}", hint)
        return None

    def raw(self, node: yaml.Node, where: str) -> str | None:
        """Read what stands behind a tag as text, also where it looks like a number."""
        if isinstance(node, yaml.ScalarNode) and node.value:
            return str(node.value)
        self.wrong_behind(node, where)
        return None

    def wrong_behind(self, node: yaml.Node, where: str) -> None:
        """Note that the tag takes something else."""
        found = describe_content(node)
        comment = found == "nothing" and "#" in self.report.lines[self.mark(node).line - 1]
        hint = "Quote text that begins with #" if comment else ""
        self.refuse("E016", node, where, f"{node.tag} takes {TAGS[node.tag].takes}, found {found}", hint)

    def target(self, node: yaml.Node, where: str, rows: bool = True) -> Target | None:
        """Read the address of made rows; without ``rows``, that of a whole step."""
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            is_list = isinstance(node, yaml.SequenceNode)
            hint = "One of a list of values is !choice [...]" if is_list and node.tag == "!pick" else ""
            self.wrong_content(node, where, "the address of a step", hint)
            return None
        try:
            target = parse_target(node.value)
        except ValueError as error:
            self.refuse("E021", node, where, str(error))
            return None
        if target.row is not None and not rows:
            hint = f"Write {target.step}, or use !ref {target}"
            self.refuse("E021", node, where, f"{str(target)!r} is one row, not a step to draw from", hint)
            return None
        return target

    def parts(
        self, node: yaml.Node, where: str, known: Sequence[str], required: bool = False
    ) -> dict[str, yaml.Node] | None:
        """Read the mapping behind a tag: the nodes of its values, by key."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong_behind(node, where)
            return None
        parts = {}
        for place, key, value in pairs_of(node, where):
            if key.value in known:
                parts[str(key.value)] = value
            else:
                self.unknown(key, place, node.tag, key.value, known)
        missing = [name for name in known if name not in parts] if required else []
        for name in missing:
            self.refuse("E017", node, where, f"{node.tag} needs {name!r}", f"Write {TAGS[node.tag].takes}")
        return None if missing else parts


def parse_target(text: str) -> Target:
    """Read the address of made rows, and check each of its names.

    Raises:
        ValueError: The text is no address, or names something that cannot be named so.
    """
    if len(text) > _MAX_ADDRESS:
        raise ValueError(f"{shorten(text)} is too long for the address of a step")
    target = Target.parse(text)
    if target.recipe:
        naming.RecipeName.parse(target.recipe)
    if not naming.is_step_id(target.step):
        raise ValueError(f"{target.step!r} cannot be the id of a step")
    if isinstance(target.row, str) and not naming.is_row_label(target.row):
        raise ValueError(f"{target.row!r} cannot be the label of a row")
    return target
