"""The JSON Schema of recipe files, made of the table of keys; and what an editor is to be told of the tags.

JSON knows no tags: an editor checks what stands behind one, so a value of a field may be anything here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixturekit.recipes.keys import BLOCKS, TAGS, Key, Shape

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TAG_KINDS: dict[str, tuple[str, ...]] = {
    "!pin": ("scalar", "mapping"),
    "!ref": ("scalar",),
    "!pick": ("scalar",),
    "!sample": ("mapping",),
    "!make": ("scalar", "mapping"),
    "!copy": ("scalar",),
    "!seq": ("scalar",),
    "!choice": ("sequence", "mapping"),
    "!range": ("sequence", "mapping"),
    "!now": ("scalar",),
    "!auto": ("scalar",),
    "!mask": ("scalar",),
    "!fake": ("scalar", "mapping"),
    "!jinja": ("scalar",),
    "!password": ("scalar",),
    "!file": ("scalar",),
    "!image": ("scalar", "mapping"),
    "!call": ("scalar",),
}
"""What may stand behind each tag, as the YAML extension of editors calls it."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a recipe may set on a model: names with a description each, and which of them lead to other models."""

    names: Mapping[str, str]
    relations: Sequence[str] = ()


def schema(models: Mapping[str, Fields] | None = None) -> Schema:
    """Return the JSON Schema (2020-12) of a recipe file.

    Args:
        models: The models of a project by label, ``shop.Product``; without them any model and any field is accepted.
    """
    definitions = {name: _block(keys) for name, keys in BLOCKS.items() if name != "recipe"}
    definitions["model"] = {"enum": sorted(models)} if models else {"type": "string", "pattern": r"^[^\s.]+\.[^\s.]+$"}
    definitions["fields"] = {"type": "object", "propertyNames": {"pattern": r"^[^\s.\-]+$"}}
    definitions["field names"] = _words({"type": "string", "pattern": r"^[^\s.\-]+$"})
    _add_rules(definitions["step"])
    for label, fields in sorted((models or {}).items()):
        definitions[f"fields of {label}"] = _fields(fields)
        _add_model(definitions, label, fields)
    return {
        "$schema": DIALECT,
        "title": "Fixture recipe",
        **_block(BLOCKS["recipe"]),
        "$defs": dict(sorted(definitions.items())),
    }


def vscode_settings(path: str, globs: Sequence[str]) -> Schema:
    """Return the settings of the YAML extension of Visual Studio Code, and of editors that read the same.

    Args:
        path: The file that holds the schema.
        globs: Which files are recipes.
    """
    return {
        "yaml.schemas": {path: list(globs)},
        "yaml.customTags": [f"{name} {kind}" for name in TAGS for kind in TAG_KINDS[name]],
    }


def _block(keys: Sequence[Key]) -> Schema:
    """The schema of a mapping of the format."""
    required = [key.name for key in keys if key.required and not key.unless]
    instead = [{"required": [name]} for key in keys if key.unless for name in (key.name, key.unless)]
    needs = {key.name: [key.needs] for key in keys if key.needs}
    return {
        "type": "object",
        "properties": {key.name: {"description": _sentence(key.meaning), **_shape(key)} for key in keys},
        **({"required": required} if required else {}),
        **({"anyOf": instead} if instead else {}),
        **({"dependentRequired": needs} if needs else {}),
        "additionalProperties": False,
    }


def _shape(key: Key) -> Schema:
    if key.choices:
        return {"enum": list(key.choices)}
    if key.shape is Shape.NUMBER:
        return {"type": "integer", "minimum": key.least, "maximum": key.most}
    if key.shape is Shape.COUNTS:
        return {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": key.least, "maximum": key.most},
        }
    return _SHAPES[key.shape]


def _words(item: Schema) -> Schema:
    return {"type": "array", "items": item, "uniqueItems": True}


def _list_of(definition: str, **more: Any) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{definition}"}, **more}


_SHAPES: dict[Shape, Schema] = {
    Shape.SEED: {"type": ["string", "number"], "minLength": 1},
    Shape.MOMENT: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$"},
    Shape.FLAG: {"type": "boolean"},
    Shape.TEXT: {"type": "string", "minLength": 1},
    Shape.STEP_ID: {"type": "string", "pattern": "^[a-z_][a-z0-9_-]*$", "maxLength": 100},
    Shape.MODEL: {"$ref": "#/$defs/model"},
    Shape.DOTTED: {"type": "string", "pattern": r"^[^\s.]+(\.[^\s.]+)+$"},
    Shape.WORDS: _words({"type": "string", "minLength": 1}),
    Shape.FIELD_NAMES: {"$ref": "#/$defs/field names"},
    Shape.PATTERNS: _words({"type": "string", "minLength": 1}),
    Shape.RECIPES: _words({"type": "string", "pattern": r"^[^\s.]+\.[a-z][a-z0-9_]*$"}),
    Shape.FIELDS: {"$ref": "#/$defs/fields"},
    Shape.RENAMES: {"type": "object", "additionalProperties": {"type": "string"}},
    Shape.ROWS: {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/fields"}},
    Shape.RECORDS: {"type": "array", "items": {"type": "array"}, "minItems": 1},
    Shape.PAIRS: {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
    Shape.STEPS: _list_of("step", minItems=1),
    Shape.SHELVES: _list_of("shelf"),
    Shape.OPTIONS: {"$ref": "#/$defs/options"},
    Shape.RECORDED: {"$ref": "#/$defs/recorded"},
}
"""The schema of each shape that does not depend on more than the shape."""


def _add_rules(step: Schema) -> None:
    """Add which keys of a step exclude each other."""
    step["oneOf"] = [{"required": [name]} for name in ("make", "factory", "rows")]
    step["allOf"] = [
        {"not": {"required": ["count", "named"]}},
        {
            "if": {"required": ["rows"]},
            "then": {
                "required": ["columns", "values"],
                "properties": {"count": False, "named": False, "share": False},
            },
        },
    ]


# -- the models of a project -------------------------------------------------------------------------------------------


def _fields(fields: Fields) -> Schema:
    """The schema of a mapping of a model's fields; what stands behind ``__`` belongs to another model."""
    names = "|".join(fields.relations)
    return {
        "type": "object",
        "properties": {name: {"description": text} for name, text in fields.names.items()},
        **({"patternProperties": {f"^({names})__": {}}} if names else {}),
        "additionalProperties": False,
    }


def _add_model(definitions: dict[str, Schema], label: str, fields: Fields) -> None:
    """Have steps and shelves of a model take its fields only."""
    own = {"$ref": f"#/$defs/fields of {label}"}
    names = {"items": {"enum": sorted(fields.names)}}
    made = {"set": own, "named": {"additionalProperties": own}, "match": names, "get_or_create": names}
    definitions["step"]["allOf"] += [
        _where("make", label, made),
        _where("rows", label, {"columns": names, "match": names}),
    ]
    definitions["shelf"].setdefault("allOf", []).append(_where("for", label, {"set": own}))


def _where(key: str, label: str, properties: Schema) -> Schema:
    """A condition on the model that a key names."""
    return {"if": {"properties": {key: {"const": label}}, "required": [key]}, "then": {"properties": properties}}


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
