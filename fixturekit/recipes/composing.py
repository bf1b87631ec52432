"""The YAML text as a tree of nodes with marks; refuses whatever makes YAML dangerous or ambiguous.

The tree is built from the parser's events, one by one and without recursion: the C parser's own composer dies of
50,000 brackets and spends minutes on a merge-key bomb of 350 bytes. No tag is resolved and no object is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from fixturekit.marks import Mark
from fixturekit.recipes.guards import MAX_BYTES, unwanted_in
from fixturekit.recipes.problems import Report, shorten
from fixturekit.recipes.syntax import MAX_DEPTH, add_syntax_problem, add_too_deep, check_tabs

BYTES_PER_NODE = 16
"""A file may hold one value, list or mapping for so many bytes of the largest size, 125,000 by default: a text such as
``x,x,x,`` holds far more, and takes longer to read than a person waits for an error."""

BROKEN = "!broken"
"""The tag of a node whose problem is noted already: nothing more is to be said of it."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Collection = yaml.SequenceNode | yaml.MappingNode


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not seen yet.

    ``key`` is the key whose value comes next, ``name`` the last key that was one.
    """

    node: Collection
    keys: dict[str, Mark] = field(default_factory=dict)
    key: yaml.ScalarNode | None = None
    name: str = ""


def compose(report: Report, max_bytes: int = MAX_BYTES) -> yaml.Node | None:
    """Return the document's root, or None where there is none or the text cannot be read to its end.

    Args:
        report: Holds a text that passed ``check_text``; takes the problems.
        max_bytes: The largest size of a text; bounds the number of nodes too.
    """
    composer = _Composer(report, max_bytes // BYTES_PER_NODE)
    try:
        for event in yaml.parse(report.text, Loader=LOADER):
            if not composer.take(event):
                break
        else:
            check_tabs(report, composer.spans)
    except yaml.YAMLError as error:
        add_syntax_problem(report, error)
        return None
    return composer.root


class _Composer:
    """Builds nodes from events; ``take`` returns whether it wants to see more."""

    def __init__(self, report: Report, max_nodes: int) -> None:
        self.report = report
        self.max_nodes = max_nodes
        self.root: yaml.Node | None = None
        self.spans: list[tuple[int, int]] = []
        self._open: list[_Open] = []
        self._documents = 0
        self._nodes = 0

    def take(self, event: yaml.Event) -> bool:
        self._nodes += isinstance(event, yaml.NodeEvent)
        if self._nodes > self.max_nodes:
            hint = "Split the recipe, or raise FIXTUREKIT['MAX_RECIPE_BYTES']"
            self._add("E001", f"the file has more than {self.max_nodes:,} values", event, hint)
            self.root = None
            return False
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            return self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._open.pop().node.end_mark = event.end_mark
        elif isinstance(event, yaml.AliasEvent):
            self._add("E008", f"the alias *{event.anchor} is not read", event, "Write the value out")
            self._put(yaml.ScalarNode(BROKEN, "", *_marks(event)))
        elif isinstance(event, yaml.DocumentStartEvent):
            return self._document(event)
        return True

    def _document(self, event: yaml.DocumentStartEvent) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._add("E011", "a second document begins", event, "Write one file for each recipe")
            return False
        if event.version or event.tags:
            self._add("E011", "a recipe has no %YAML and %TAG lines", event, "Remove them")
        return True

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = _marks(event)
        self._check_anchor(event)
        node = yaml.ScalarNode(_tag(event), event.value, start, end, event.style or "")
        if start.line < end.line:
            self.spans.append((start.line + 1, end.line if end.column else end.line - 1))
        unwanted = unwanted_in(event.value) if event.style == '"' else ""  # only these have escapes
        if unwanted:
            hint = "Databases store no such character"
            self._add("E003", f"the character U+{ord(unwanted):04X} may not stand in a value", event, hint)
            node.tag = BROKEN
        self._put(node)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> bool:
        if len(self._open) == MAX_DEPTH:
            add_too_deep(self.report, self._mark(event), self._where())
            self.root = None
            return False
        self._check_anchor(event)
        kind = yaml.MappingNode if isinstance(event, yaml.MappingStartEvent) else yaml.SequenceNode
        node = kind(_tag(event), [], *_marks(event), event.flow_style)
        self._check_braces(node)
        self._put(node)
        self._open.append(_Open(node))
        return True

    def _put(self, node: yaml.Node) -> None:
        """Hand the node to the list or mapping that is open, or make it the root."""
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if isinstance(top.node, yaml.SequenceNode):
            top.node.value.append(node)
        elif top.key is None:
            top.key = self._key(top, node)
        else:
            if top.key.tag != BROKEN:
                top.node.value.append((top.key, node))
            top.key = None

    def _key(self, top: _Open, node: yaml.Node) -> yaml.ScalarNode:
        """Return the node as a key; one that cannot be one comes back broken, its value will be dropped."""
        key = yaml.ScalarNode(BROKEN, "", node.start_mark, node.end_mark)
        top.name = ""
        if top.node.tag == BROKEN or node.tag == BROKEN:
            return key
        if not isinstance(node, yaml.ScalarNode) or node.tag or not (node.value or node.style):
            self._add("E012", "a key has to be plain text", node, "Write one word and ':' before the value")
        elif node.value == "<<" and not node.style:
            self._add("E009", "merge keys (<<) are not read", node, "Write the values out, or use a shelf")
        elif node.value in top.keys:
            line = top.keys[node.value].line
            top.name = node.value
            self._add("E012", f"the key {shorten(node.value)} stands twice", node, f"It is at line {line} already")
        else:
            top.name = node.value
            top.keys[node.value] = self.report.mark(node.start_mark.line, node.start_mark.column)
            return node
        return key

    def _check_anchor(self, event: yaml.NodeEvent) -> None:
        if event.anchor:
            self._add("E008", f"the anchor &{event.anchor} is not read", event, "Remove it; recipes have no aliases")

    def _check_braces(self, node: Collection) -> None:
        """Recognise ``{{ x }}`` without quotes, which YAML reads as a mapping in a mapping."""
        outer = self._open[-1].node if self._open else None
        if not (isinstance(outer, yaml.MappingNode) and outer.flow_style and isinstance(node, yaml.MappingNode)):
            return
        start, _ = _marks(node)
        if node.flow_style and self.report.lines[start.line][: start.column].endswith("{"):
            self._add(
                "E007", "text that begins with {{ needs quotes", outer, 'Write "{{ ... }}", with !jinja before it'
            )
            outer.tag = BROKEN

    def _add(self, id: str, message: str, place: yaml.Event | yaml.Node, hint: str) -> None:
        self.report.add(id, message, hint, mark=self._mark(place), where=self._where())

    def _mark(self, place: yaml.Event | yaml.Node) -> Mark:
        start, _ = _marks(place)
        return self.report.mark(start.line, start.column)

    def _where(self) -> str:
        return ".".join(self._path()).replace(".[", "[")

    def _path(self) -> Iterator[str]:
        """Yield the parts of the place inside the document of what is being read."""
        for depth, opened in enumerate(self._open, start=1):
            is_inside = depth < len(self._open)
            if isinstance(opened.node, yaml.SequenceNode):
                yield f"[{len(opened.node.value) - is_inside}]"
            elif opened.name:
                yield opened.name


def _marks(place: yaml.Event | yaml.Node) -> tuple[Any, Any]:
    """Return beginning and end; what a parser makes always has both, the two parsers' marks differ in type only."""
    return place.start_mark, place.end_mark


def _tag(event: yaml.CollectionStartEvent | yaml.ScalarEvent) -> str:
    """Return the tag as written, empty if there is none; nobody may write the one that silences problems."""
    tag = event.tag or ""
    return "!" if tag == BROKEN else tag
