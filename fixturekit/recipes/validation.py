"""From YAML nodes to a Recipe, driven by the table of keys; every problem is noted with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import yaml

from fixturekit.recipes import naming
from fixturekit.recipes.document import (
    Listing,
    Options,
    Recipe,
    Recorded,
    Shelf,
    Step,
)
from fixturekit.recipes.keys import (
    FORMAT,
    OPTIONS,
    RECIPE,
    RECORDED,
    SHELF,
    STEP,
    Key,
    Shape,
    names_of,
)
from fixturekit.recipes.nodes import inside, pairs_of
from fixturekit.recipes.problems import Report
from fixturekit.recipes.row_tags import ROW_TAGS
from fixturekit.recipes.shapes import ShapeReader
from fixturekit.recipes.value_tags import VALUE_TAGS

_MAKERS = ("make", "factory", "rows")


def build(root: yaml.Node | None, report: Report) -> Recipe | None:
    """Return the recipe that the document's root spells; None, with problems in the report, where it spells none."""
    if root is None:
        if not report.problems:
            report.add("E017", "the file holds no recipe", "A recipe has at least 'steps:'", mark=report.mark(0, 0))
        return None
    reader = RecipeReader(report)
    return None if reader.from_the_future(root) else reader.recipe(root)


class RecipeReader(ShapeReader):
    """Reads the mappings of the format: for each key the method of its shape.

    A method returns None where the node is not of its shape, after noting why; the key then keeps its default,
    and reading goes on.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report, {**ROW_TAGS, **VALUE_TAGS})
        self._shapes: dict[Shape, Callable[[yaml.Node, str, Key], Any]] = {
            Shape.SEED: self.read_seed,
            Shape.MOMENT: self.read_moment,
            Shape.FLAG: self.read_flag,
            Shape.NUMBER: self.read_number,
            Shape.TEXT: self.read_text,
            Shape.STEP_ID: self.read_step_id,
            Shape.MODEL: self.read_model,
            Shape.DOTTED: self.read_dotted,
            Shape.WORDS: self.read_words,
            Shape.FIELD_NAMES: self.read_field_names,
            Shape.RECIPES: self.read_recipes,
            Shape.FIELDS: self.read_fields,
            Shape.COUNTS: self.read_counts,
            Shape.RENAMES: self.read_renames,
            Shape.ROWS: self.read_rows,
            Shape.RECORDS: self.read_records,
            Shape.PAIRS: self.read_pairs,
            Shape.STEPS: self._steps,
            Shape.SHELVES: self._shelves,
            Shape.OPTIONS: self._options,
            Shape.RECORDED: self._recorded,
        }

    def from_the_future(self, root: yaml.Node) -> bool:
        """Note a format that this version does not read; nothing else in the file can be judged then."""
        for place, key, value in pairs_of(root, "") if isinstance(root, yaml.MappingNode) else ():
            if key.value == "recorded" and isinstance(value, yaml.MappingNode):
                for inner_place, inner, node in pairs_of(value, place):
                    if inner.value == "format" and _is_newer(node):
                        message = f"the file has format {node.value}, this fixturekit reads up to format {FORMAT}"
                        hint = "Upgrade: python -m pip install --upgrade fixturekit"
                        self.refuse("E027", node, inner_place, message, hint)
                        return True
        return False

    def recipe(self, root: yaml.Node) -> Recipe | None:
        """Read the whole document."""
        found = self._block(root, "", "a recipe", RECIPE)
        return Recipe(**found) if found and "steps" in found else None

    def _block(self, node: yaml.Node, where: str, what: str, keys: Sequence[Key]) -> dict[str, Any] | None:
        """Read a mapping of the format: the arguments of its dataclass, places of the keys included."""
        pairs = self.pairs(node, where, f"{what}, a mapping with the keys {', '.join(names_of(keys)[:4])}...")
        if pairs is None:
            return None
        known = {key.name: key for key in keys}
        found: dict[str, Any] = {}
        places = {}
        for place, name, value in pairs:
            key = known.get(name.value)
            if key is None:
                self.unknown(name, place, what, name.value, list(known))
                continue
            places[key.name] = self.mark(name)
            read = self._shapes[key.shape](value, place, key)
            if read is not None:
                found[key.attribute] = read
        self._check_presence(node, where, what, keys, places)
        return {**found, "mark": self.mark(node), "places": places}

    def _check_presence(
        self, node: yaml.Node, where: str, what: str, keys: Sequence[Key], present: dict[str, Any]
    ) -> None:
        for key in keys:
            if key.required and key.name not in present:
                self.refuse("E017", node, where, f"{what} needs {key.name!r}", _sentence(key.meaning))
            if key.name in present and key.needs and key.needs not in present:
                message = f"{key.name!r} says nothing without {key.needs!r}"
                self.report.add("E018", message, mark=present[key.name], where=inside(where, key.name))

    # Blocks inside the recipe

    def _steps(self, node: yaml.Node, where: str, key: Key) -> tuple[Step, ...] | None:
        items = self.items(node, where, key.shape.value)
        if items is None:
            return None
        if not items:
            self.refuse("E017", node, where, "the recipe has no step", "Add '- id: ...' with 'make:'")
        steps = [self._step(item, place) for place, item in items]
        return tuple(step for step in steps if step is not None)

    def _step(self, node: yaml.Node, where: str) -> Step | None:
        found = self._block(node, where, "a step", STEP)
        if found is None:
            return None
        self._check_step(node, where, found)
        if found.get("count") == 1:
            del found["count"]  # the default, so that equal meaning is equal data
        return Step(**{"id": "", **found})

    def _check_step(self, node: yaml.Node, where: str, found: dict[str, Any]) -> None:
        places = found["places"]
        makers = [name for name in _MAKERS if name in places]
        if not makers:
            self.refuse("E017", node, where, f"a step needs one of {', '.join(_MAKERS)}")
        for name in makers[1:]:
            self._exclude(where, places, makers[0], name)
        if "count" in places and "named" in places:
            self._exclude(where, places, "named", "count")
        if "rows" not in places:
            return
        for name in ("count", "named", "share"):
            if name in places:
                self._exclude(where, places, "rows", name)
        missing = [name for name in ("columns", "values") if name not in places]
        if missing:
            self.refuse("E017", node, where, f"'rows' needs {' and '.join(missing)}")
        elif "columns" in found and "values" in found:
            self._check_records(where, len(found["columns"]), found["values"], node)

    def _exclude(self, where: str, places: dict[str, Any], first: str, second: str) -> None:
        message = f"{first!r} and {second!r} exclude each other in one step"
        self.report.add("E018", message, mark=places[second], where=inside(where, second))

    def _check_records(self, where: str, width: int, records: tuple[Listing, ...], node: yaml.Node) -> None:
        if not records or not width:
            self.refuse("E017", node, where, "'rows' needs at least one column and one row of values")
        for number, record in enumerate(records):
            if len(record.items) != width:
                message = f"the row has {len(record.items)} values for {width} columns"
                self.report.add("E018", message, mark=record.mark, where=f"{where}.values[{number}]")

    def _shelves(self, node: yaml.Node, where: str, key: Key) -> tuple[Shelf, ...] | None:
        items = self.items(node, where, key.shape.value)
        if items is None:
            return None
        blocks = [self._block(item, place, "a shelf", SHELF) for place, item in items]
        return tuple(Shelf(**block) for block in blocks if block and "model" in block)

    def _options(self, node: yaml.Node, where: str, key: Key) -> Options | None:
        found = self._block(node, where, "options", OPTIONS)
        if found is None:
            return None
        return Options(**{name: value for name, value in found.items() if name not in ("mark", "places")})

    def _recorded(self, node: yaml.Node, where: str, key: Key) -> Recorded | None:
        found = self._block(node, where, "recorded", RECORDED)
        return None if found is None else Recorded(**found)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _is_newer(node: yaml.Node) -> bool:
    text = node.value
    return isinstance(text, str) and naming.is_number(text) and len(text) < 10 and int(text) > FORMAT
