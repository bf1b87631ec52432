"""Reads what the keys of the format hold, one method for each shape that has no mapping of the format inside."""

from __future__ import annotations

import re

import yaml

from fixturekit.recipes import naming
from fixturekit.recipes.document import Dependency, Entry, Listing, Literal, Mapping, Scalar, Value
from fixturekit.recipes.keys import Key
from fixturekit.recipes.offsets import parse_now
from fixturekit.recipes.problems import shorten
from fixturekit.recipes.values import ValueReader

_PATTERN = re.compile(r"[\w*?\[\]!-]+")
_NUMBERED = re.compile(r"(?P<label>\w+)\.\d{4,9}_(?P<name>\w+)")


class ShapeReader(ValueReader):
    """Reads nodes by the shape of their key.

    A method returns None where the node is not of its shape, after noting why.
    """

    # Single values

    def read_seed(self, node: yaml.Node, where: str, key: Key) -> Scalar:
        found = self.untagged(node, where, key.shape.value)
        if found is None:
            return None
        if isinstance(found.value, bool) or found.value in (None, ""):
            self.wrong(node, where, key.shape.value)
            return None
        return found.value

    def read_moment(self, node: yaml.Node, where: str, key: Key) -> str | None:
        text = self.text(node, where, key.shape.value)
        if text is None:
            return None
        try:
            parse_now(text)
        except ValueError as error:
            self.refuse("E026", node, where, str(error))
            return None
        return text

    def read_flag(self, node: yaml.Node, where: str, key: Key) -> bool | None:
        found = self.untagged(node, where, key.shape.value)
        if found is None:
            return None
        if isinstance(found.value, bool):
            return found.value
        self.wrong(node, where, key.shape.value, "yes, no, on and off are text in YAML 1.2")
        return None

    def read_number(self, node: yaml.Node, where: str, key: Key) -> int | None:
        return self.number(node, where, key.least, key.most)

    def read_text(self, node: yaml.Node, where: str, key: Key) -> str | None:
        text = self.text(node, where)
        if text is not None and key.choices and text not in key.choices:
            hint = naming.did_you_mean(text, key.choices)
            self.refuse("E016", node, where, f"expected {' or '.join(key.choices)}, found {shorten(text)}", hint)
            return None
        return text

    def read_step_id(self, node: yaml.Node, where: str, key: Key) -> str | None:
        text = self.text(node, where, key.shape.value)
        if text is None or naming.is_step_id(text):
            return text
        repaired = re.sub(r"[^a-z0-9_-]+", "_", text.lower()).lstrip("-0123456789")[: naming.MAX_NAME]
        hint = f"Did you mean {repaired!r}?" if naming.is_step_id(repaired) else ""
        message = f"{shorten(text)} cannot be an id, which is made of lower-case letters, digits, _ and -"
        self.refuse("E020", node, where, message, hint)
        return None

    def read_model(self, node: yaml.Node, where: str, key: Key) -> str | None:
        text = self.text(node, where, key.shape.value)
        if text is None or naming.is_model_label(text):
            return text
        parts = text.split(".")
        short = f"{parts[0]}.{parts[-1]}"
        hint = f"Did you mean {short!r}?" if len(parts) > 2 and naming.is_model_label(short) else ""
        self.refuse("E020", node, where, f"{shorten(text)} is not a model, which is written app_label.Model", hint)
        return None

    def read_dotted(self, node: yaml.Node, where: str, key: Key) -> str | None:
        text = self.text(node, where, key.shape.value)
        if text is None or naming.is_dotted_path(text):
            return text
        self.refuse("E020", node, where, f"{shorten(text)} is not a dotted path such as shop.factories.OrderFactory")
        return None

    # Lists and mappings

    def read_words(self, node: yaml.Node, where: str, key: Key) -> tuple[str, ...] | None:
        words = self.words(node, where, key.shape.value)
        return None if words is None else tuple(word for _, _, word in words)

    def read_field_names(self, node: yaml.Node, where: str, key: Key) -> tuple[str, ...] | None:
        words = self.words(node, where, key.shape.value)
        if words is None:
            return None
        return tuple(word for place, item, word in words if self.field_path(word, item, place))

    def read_patterns(self, node: yaml.Node, where: str, key: Key) -> tuple[str, ...] | None:
        words = self.words(node, where, key.shape.value)
        if words is None:
            return None
        return tuple(word for place, item, word in words if self._pattern(word, item, place))

    def _pattern(self, text: str, node: yaml.Node, where: str) -> bool:
        """Whether the text is a pattern as ``fnmatch`` reads it, or the name of a field."""
        if set(text) & set("*?[") and _PATTERN.fullmatch(text):
            return True
        return self.field_path(text, node, where) is not None

    def read_recipes(self, node: yaml.Node, where: str, key: Key) -> tuple[Dependency, ...] | None:
        words = self.words(node, where, key.shape.value)
        if words is None:
            return None
        return tuple(
            Dependency(word, mark=self.mark(item))
            for place, item, word in words
            if self._recipe_name(word, item, place)
        )

    def _recipe_name(self, text: str, node: yaml.Node, where: str) -> bool:
        try:
            naming.RecipeName.parse(text)
        except ValueError as error:
            numbered = _NUMBERED.fullmatch(text)
            hint = f"Did you mean '{numbered['label']}.{numbered['name']}'?" if numbered else ""
            self.refuse("E020", node, where, str(error), hint)
            return False
        return True

    def _mapping(self, node: yaml.Node, where: str, wanted: str) -> list[tuple[str, yaml.Node, yaml.Node]] | None:
        """Read a mapping without a tag of which each key is a field."""
        pairs = self.pairs(node, where, wanted)
        if pairs is None:
            return None
        return [pair for pair in pairs if self.field_path(pair[1].value, pair[1], pair[0])]

    def read_fields(self, node: yaml.Node, where: str, key: Key) -> Mapping | None:
        return None if self.pairs(node, where, key.shape.value) is None else self.fields(node, where)

    def read_counts(self, node: yaml.Node, where: str, key: Key) -> Mapping | None:
        pairs = self._mapping(node, where, key.shape.value)
        if pairs is None:
            return None
        entries = []
        for place, name, value in pairs:
            if self.read_number(value, place, key) is not None:
                entries.append(self.entry(name, self.value(value, place)))
        return self.mapping(node, entries)

    def read_renames(self, node: yaml.Node, where: str, key: Key) -> Mapping | None:
        pairs = self._mapping(node, where, key.shape.value)
        if pairs is None:
            return None
        entries = []
        for place, name, value in pairs:
            text = self.text(value, place, "the name of a field")
            if text is not None and self.field_path(text, value, place):
                entries.append(self.entry(name, Literal(text, mark=self.mark(value))))
        return self.mapping(node, entries)

    def read_rows(self, node: yaml.Node, where: str, key: Key) -> Mapping | None:
        pairs = self.pairs(node, where, key.shape.value)
        if not pairs:
            if pairs is not None:
                self.refuse(
                    "E017", node, where, "there are no rows here", "Leave the key out for one row without a label"
                )
            return None
        entries: list[Entry] = []
        for place, label, value in pairs:
            if not naming.is_row_label(label.value):
                message = f"{shorten(label.value)} cannot be a label, which is one line without [ and ], and no number"
                self.refuse("E020", label, place, message)
            elif self.pairs(value, place, "a mapping of fields to values ({} for none)") is not None:
                entries.append(self.entry(label, self.fields(value, place)))
        return self.mapping(node, entries)

    def read_records(self, node: yaml.Node, where: str, key: Key) -> tuple[Listing, ...] | None:
        items = self.items(node, where, key.shape.value)
        if items is None:
            return None
        records = []
        for place, item in items:
            values = self.items(item, place, "a row, a list of values")
            if values is not None:
                row: tuple[Value, ...] = tuple(self.value(value, inner) for inner, value in values)
                records.append(Listing(row, mark=self.mark(item)))
        return tuple(records)

    def read_pairs(self, node: yaml.Node, where: str, key: Key) -> tuple[tuple[str, str], ...] | None:
        pairs = self.pairs(node, where, key.shape.value)
        if pairs is None:
            return None
        found = []
        for place, name, value in pairs:
            literal = self.untagged(value, place, "text")
            if literal is not None and value.value:
                found.append((str(name.value), str(value.value)))
            elif literal is not None:
                self.wrong(value, place, "text")
        return tuple(found)
