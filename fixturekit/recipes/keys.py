"""The one table of all keys and tags of a recipe, in canonical order.

Reading, writing and the JSON Schema all follow it: a key that is not here does not exist.
"""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fixturekit.marks import Mark, Problem
from fixturekit.recipes import document
from fixturekit.recipes.document import Block, Node, Options, Recipe
from fixturekit.recipes.walking import values_of

FORMAT = 1
"""The newest recipe format that this version reads."""

ENGINE = 1
"""The newest engine that this version has."""

FREEZE = "freeze"
"""What ``recorded.needs`` says where code of the project reads the clock, which then has to stand still."""

MAX_COUNT = 10_000_000
"""The most rows that one step makes."""


class Status(Enum):
    """Whether a part of the format can be applied, or only be read and written."""

    WORKS = "works"
    LATER = "not supported yet"


class Shape(Enum):
    """What the value of a key has to be; the value is how a message says it."""

    SEED = "text or a number"
    MOMENT = "a date and time with zone"
    FLAG = "true or false"
    NUMBER = "a whole number"
    TEXT = "text"
    STEP_ID = "the id of a step"
    MODEL = "a model as app_label.Model"
    DOTTED = "a dotted path"
    WORDS = "a list of texts"
    FIELD_NAMES = "a list of field names"
    PATTERNS = "a list of field names, or of patterns such as *_count"
    RECIPES = "a list of recipe names"
    FIELDS = "a mapping of fields to values"
    COUNTS = "a mapping of fields to whole numbers"
    RENAMES = "a mapping of fields to field names"
    ROWS = "a mapping of labels to mappings of fields"
    RECORDS = "a list of rows, each a list of values"
    PAIRS = "a mapping of names to texts"
    STEPS = "a list of steps"
    SHELVES = "a list of shelves"
    OPTIONS = "a mapping of options"
    RECORDED = "the tool's own mapping"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the shape of its value, and what it means in one line.

    ``choices`` lists the only texts allowed; ``least`` and ``most`` bound a number; ``needs`` names a key without
    which this one says nothing, ``unless`` one with which it is not required; ``flow`` keys are written on one line where they fit; ``always`` ones also where
    they hold the default. ``stored_as`` is the name in the document's dataclasses where it is another.
    """

    name: str
    shape: Shape
    meaning: str
    status: Status = Status.WORKS
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = MAX_COUNT
    needs: str = ""
    unless: str = ""
    flow: bool = False
    always: bool = False
    stored_as: str = ""

    @property
    def attribute(self) -> str:
        """The name of the key in the document's dataclasses."""
        return self.stored_as or (f"{self.name}_" if keyword.iskeyword(self.name) else self.name)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its name with ``!``, the node it makes, what may stand behind it, what it means."""

    name: str
    node: type[Node]
    takes: str
    meaning: str
    status: Status = Status.WORKS


LATER = Status.LATER

RECIPE = (
    Key("seed", Shape.SEED, "where all drawn values come from; the recorder writes the recipe's name"),
    Key("now", Shape.MOMENT, "what every clock says during replay"),
    Key("depends_on", Shape.RECIPES, "recipes that are applied first"),
    Key("replaces", Shape.RECIPES, "recipes that this one stands for"),
    Key("tags", Shape.WORDS, "words to choose recipes by", flow=True),
    Key("manual", Shape.FLAG, "applied only when named or depended on"),
    Key("atomic", Shape.FLAG, "applied in one transaction", LATER),
    Key("options", Shape.OPTIONS, "generation options that differ from the defaults", flow=True),
    Key("shelves", Shape.SHELVES, "saved default values for models"),
    Key("shelves_from", Shape.RECIPES, "recipes whose default shelves also apply here"),
    Key("steps", Shape.STEPS, "the work, from top to bottom", required=True, unless="shelves"),
    Key("recorded", Shape.RECORDED, "written and checked by the tool"),
)

STEP = (
    Key("id", Shape.STEP_ID, "names the step; part of the address of all its values", required=True),
    Key("make", Shape.MODEL, "the model to make rows of"),
    Key("factory", Shape.DOTTED, "the factory that makes the rows"),
    Key("rows", Shape.MODEL, "the model of which rows are written out"),
    Key("count", Shape.NUMBER, "how many rows, 1 by default"),
    Key("use", Shape.TEXT, "a shelf of this recipe, or of another: app.recipe/shelf"),
    Key("set", Shape.FIELDS, "values of fields"),
    Key("named", Shape.ROWS, "rows with labels and with values of their own"),
    Key("share", Shape.COUNTS, "over how many parents the rows are spread", flow=True, least=1),
    Key("match", Shape.FIELD_NAMES, "fields by which a row that is there already is adopted", flow=True),
    Key("update", Shape.FLAG, "an adopted row gets the other values too", needs="match"),
    Key("get_or_create", Shape.FIELD_NAMES, "fields that identify a row, as Django's method has it", flow=True),
    Key("from", Shape.NUMBER, "where the unique values of the step begin", most=2**63 - 1),
    Key("save", Shape.TEXT, "the way rows are written", choices=("stream", "bulk", "each")),
    Key("mute_signals", Shape.FLAG, "receivers of signals are not called"),
    Key("was", Shape.STEP_ID, "the id that the step had when its values were drawn"),
    Key("lanes", Shape.RENAMES, "the names that fields had when their values were drawn", flow=True),
    Key("columns", Shape.FIELD_NAMES, "the fields of the rows that are written out", needs="rows", flow=True),
    Key("values", Shape.RECORDS, "the rows that are written out", needs="rows"),
)

SHELF = (
    Key("for", Shape.MODEL, "the model that the values are for", required=True, stored_as="model"),
    Key("name", Shape.TEXT, "without it, the model's default shelf"),
    Key("set", Shape.FIELDS, "values of fields", flow=True),
)

OPTIONS = (
    Key("style", Shape.TEXT, "how generated values look", choices=("plain", "lifelike")),
    Key("locale", Shape.TEXT, "the locale of names, cities and the like"),
    Key("fill_nullable", Shape.FLAG, "generate values for nullable fields too"),
    Key("laps", Shape.NUMBER, "how often a model may come round again among parents", most=100),
    Key("depth", Shape.NUMBER, "how deep nullable parents of parents are made", most=100),
    Key("ignore", Shape.PATTERNS, "fields that are left alone, by name or pattern", flow=True),
)

RECORDED = (
    Key("format", Shape.NUMBER, "the format of the file", least=1, always=True),
    Key("engine", Shape.NUMBER, "the engine that makes the values", least=1, always=True),
    Key("schema", Shape.PAIRS, "the last migration of each app", flow=True),
    Key("needs", Shape.WORDS, "extras of fixturekit without which replay differs", flow=True),
    Key("with", Shape.PAIRS, "versions of libraries that values come from", flow=True),
    Key("produces", Shape.PAIRS, "rows, model and digest of each step"),
)

BLOCKS: dict[str, tuple[Key, ...]] = {
    "recipe": RECIPE,
    "step": STEP,
    "shelf": SHELF,
    "options": OPTIONS,
    "recorded": RECORDED,
}
"""Each kind of mapping that the format has, with its keys in canonical order."""

_TAGS = (
    Tag("!pin", document.Pin, "a key, a lookup or {natural: [...]}", "an existing row"),
    Tag("!ref", document.Ref, "the address of a made row", "a made row"),
    Tag("!pick", document.Pick, "the address of a step", "one of the rows of a step"),
    Tag("!sample", document.Sample, "{of: step, count: n}", "several different rows of a step"),
    Tag("!make", document.Make, "a number, or a mapping of fields (and count)", "related rows, made for each row"),
    Tag("!copy", document.Copy, "a field, or a path such as brand.name", "another value of the same row"),
    Tag("!seq", document.Seq, "a format with {n}", "a format of the row number"),
    Tag("!choice", document.Choice, "a list, or a mapping of values to weights", "one of several values"),
    Tag("!range", document.Range, "[low, high] or {from: low, to: high}", "a value between two ends"),
    Tag("!now", document.Now, "nothing, or a distance such as '-3 days'", "the recipe's clock"),
    Tag("!auto", document.Auto, "nothing", "as if the field were not named"),
    Tag("!mask", document.Mask, "a mask such as '##-__'", "digits and letters after a mask"),
    Tag("!fake", document.Fake, "a provider, or {provider: {arguments}}", "a Faker provider"),
    Tag("!jinja", document.Jinja, "an expression in {{ }}", "a sandboxed expression"),
    Tag("!password", document.Password, "the password as it is typed", "what set_password would store"),
    Tag("!file", document.File, "a path beside the recipe", "a file in the field's storage"),
    Tag("!image", document.Image, "nothing, or width, height, color and format", "a picture made for the row"),
    Tag("!call", document.Call, "the dotted path of a function", "what a function of the project returns"),
)

TAGS: dict[str, Tag] = {tag.name: tag for tag in _TAGS}
"""Each tag by its name."""

_TAG_OF: dict[type[Node], Tag] = {tag.node: tag for tag in _TAGS}


def tag_of(node: Node) -> Tag | None:
    """Return the tag that a value is written with; literals, lists and mappings have none."""
    return _TAG_OF.get(type(node))


def names_of(keys: Sequence[Key]) -> list[str]:
    """Return the names of the keys, in canonical order."""
    return [key.name for key in keys]


def written(block: Block | Options, keys: Sequence[Key]) -> Iterator[tuple[Key, Any]]:
    """Yield the keys whose value differs from the default (or is always written), with the value."""
    defaults = {field.name: field.default for field in dataclasses.fields(block)}
    for key in keys:
        value = getattr(block, key.attribute)
        if key.always or value != defaults[key.attribute]:
            yield key, value


def unsupported(recipe: Recipe) -> list[Problem]:
    """Return a problem (fixturekit.E030) for each part of the recipe that is read and written but cannot be applied.

    The recipe is valid; only planning it is refused.
    """
    found = _unsupported_keys(recipe, RECIPE, "")
    found += [
        _refuse(f"{key.name!r}", f"options.{key.name}", recipe.place("options"))
        for key, _ in written(recipe.options, OPTIONS)
        if key.status is LATER
    ]
    for number, step in enumerate(recipe.steps):
        found += _unsupported_keys(step, STEP, f"steps[{number}]")
    for where, node in values_of(recipe):
        tag = tag_of(node)
        if tag is not None and tag.status is LATER:
            found.append(_refuse(tag.name, where, node.mark))
    if recipe.recorded is not None and recipe.recorded.engine > ENGINE:
        found.append(_refuse(f"engine {recipe.recorded.engine}", "recorded", recipe.recorded.place("engine")))
    return found


def _unsupported_keys(block: Block, keys: Sequence[Key], where: str) -> list[Problem]:
    present = {key.name: key for key, _ in written(block, keys)}
    return [
        _refuse(f"{name!r}", f"{where}.{name}".lstrip("."), block.place(name))
        for name, key in present.items()
        if key.status is LATER and key.needs not in present
    ]


def _refuse(what: str, where: str, mark: Mark | None) -> Problem:
    message = f"{what} cannot be applied by this version of fixturekit yet"
    return Problem("fixturekit.E030", message, where=where, mark=mark)
