"""A recipe as plain data: what a file says, before anything is known of models.

Equality is about meaning: marks never take part, so that ``read(write(recipe)) == recipe``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fixturekit.marks import Mark

Scalar = bool | int | float | str | None

EPOCH = "2026-01-01T00:00:00Z"
"""The clock of a recipe that names none, so that a hand-written file replays alike before it is recorded."""


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that stands at a place of a file."""

    mark: Mark | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Block(Node):
    """A node whose keys belong to the format; it knows where each of them stands."""

    places: dict[str, Mark] = field(default_factory=dict, compare=False, repr=False, kw_only=True)

    def place(self, key: str) -> Mark | None:
        """Return where the key stands, or where the node begins if the key is not written."""
        return self.places.get(key, self.mark)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A plain scalar. ``text`` holds the written digits of a number (``"25.50"``), else it is empty."""

    value: Scalar
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listing(Node):
    """A list of values."""

    items: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """One key of a mapping with its value; the mark is the key's."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """Keys with values, in written order, keys unique."""

    entries: tuple[Entry, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


_TARGET = re.compile(r"(?:(?P<recipe>[^/\s\[\]]+)/)?(?P<step>[^/\s\[\]]+)(?:\[(?P<row>[^\[\]]+)\])?\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """The address of made rows: ``step``, ``step[3]``, ``step[label]``, ``app.recipe/step[3]``.

    ``recipe`` is empty for a step of the same recipe; ``row`` is None for all rows of the step.
    """

    step: str
    row: int | str | None = None
    recipe: str = ""

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read an address as it is written.

        Raises:
            ValueError: The text is not an address.
        """
        match = _TARGET.match(text)
        if match is None:
            raise ValueError(f"{text!r} is not the address of a step: write step, step[3] or app.recipe/step[label]")
        row = match["row"]
        number = row is not None and row.isascii() and row.isdigit()
        return cls(match["step"], int(row) if number else row, match["recipe"] or "")

    def __str__(self) -> str:
        recipe = f"{self.recipe}/" if self.recipe else ""
        row = "" if self.row is None else f"[{self.row}]"
        return f"{recipe}{self.step}{row}"


@dataclass(frozen=True, slots=True)
class Pin(Node):
    """``!pin``: an existing row, by exactly one of primary key, lookup and natural key.

    ``or_make`` holds the values to make the row with, once, where the lookup finds none.
    """

    key: Scalar = None
    lookup: Mapping | None = None
    natural: tuple[Scalar, ...] = ()
    or_make: Mapping | None = None


@dataclass(frozen=True, slots=True)
class Ref(Node):
    """``!ref``: a made row; of a step of several rows, row n modulo their number."""

    target: Target


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """``!pick``: one of the rows of a step, drawn for each row anew."""

    of: Target


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """``!sample``: several different rows of a step."""

    of: Target
    count: int


@dataclass(frozen=True, slots=True)
class Make(Node):
    """``!make``: related rows, made for each row, with these values."""

    count: int = 1
    values: Mapping = Mapping()


@dataclass(frozen=True, slots=True)
class Copy(Node):
    """``!copy``: another value of the same row, or of a row it points to (``brand.name``)."""

    path: str


@dataclass(frozen=True, slots=True)
class Seq(Node):
    """``!seq``: a format of the row number ``n``, counted from one."""

    format: str


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """``!choice``: one of the options; ``weights`` is empty or as long as ``options``."""

    options: tuple[Value, ...]
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Range(Node):
    """``!range``: a value from ``low`` to ``high``, both included; both are as written."""

    low: Literal
    high: Literal


@dataclass(frozen=True, slots=True)
class Now(Node):
    """``!now``: the recipe's clock, moved by an offset such as ``-3 days`` (empty: not moved)."""

    offset: str = ""


@dataclass(frozen=True, slots=True)
class Auto(Node):
    """``!auto``: as if the field were not named."""


@dataclass(frozen=True, slots=True)
class Mask(Node):
    """``!mask``: ``#`` a digit, ``-`` an upper, ``_`` a lower case letter, ``!`` escapes."""

    format: str


@dataclass(frozen=True, slots=True)
class Fake(Node):
    """``!fake``: a Faker provider with its arguments."""

    provider: str
    arguments: Mapping = Mapping()


@dataclass(frozen=True, slots=True)
class Jinja(Node):
    """``!jinja``: a sandboxed expression."""

    source: str


@dataclass(frozen=True, slots=True)
class Password(Node):
    """``!password``: what ``set_password`` would store."""

    raw: str


@dataclass(frozen=True, slots=True)
class File(Node):
    """``!file``: a file beside the recipe, stored through the field's storage; ``recipe`` is "" for this one."""

    path: str
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Image(Node):
    """``!image``: a picture made for the row; the options are width, height, color and format."""

    options: Mapping = Mapping()


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``!call``: a function of an installed app, by dotted path."""

    path: str


@dataclass(frozen=True, slots=True)
class Live(Node):
    """A value of the running program, which a Python call gives; no file holds one.

    ``source`` is the source of the column (``values.sources``, which lies above this module).
    """

    source: Any


Value = (
    Literal
    | Listing
    | Mapping
    | Pin
    | Ref
    | Pick
    | Sample
    | Make
    | Copy
    | Seq
    | Choice
    | Range
    | Now
    | Auto
    | Mask
    | Fake
    | Jinja
    | Password
    | File
    | Image
    | Call
    | Live
)


@dataclass(frozen=True, slots=True)
class Shelf(Block):
    """Saved default values for a model; without a name it is the model's default shelf."""

    model: str
    name: str = ""
    set: Mapping = Mapping()


@dataclass(frozen=True, slots=True)
class Options:
    """Generation options of a recipe; None and empty stand for the default."""

    style: str = ""
    locale: str = ""
    fill_nullable: bool | None = None
    laps: int | None = None
    depth: int | None = None
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step(Block):
    """One entry of a recipe: makes ``count`` (or the ``named``) rows of one model.

    Exactly one of ``make``, ``factory`` and ``rows`` is not empty. ``columns`` and ``values`` belong to ``rows``.
    """

    id: str
    make: str = ""
    factory: str = ""
    rows: str = ""
    count: int | None = None
    named: Mapping = Mapping()
    use: str = ""
    set: Mapping = Mapping()
    share: Mapping = Mapping()
    match: tuple[str, ...] = ()
    update: bool = False
    get_or_create: tuple[str, ...] = ()
    from_: int | None = None
    save: str = ""
    mute_signals: bool = False
    was: str = ""
    lanes: Mapping = Mapping()
    columns: tuple[str, ...] = ()
    values: tuple[Listing, ...] = ()

    @property
    def maker(self) -> str:
        """What the step makes rows of, or with: a model, or a factory."""
        return self.make or self.factory or self.rows

    @property
    def size(self) -> int:
        """How many rows the step makes."""
        if self.rows:
            return len(self.values)
        if self.named:
            return len(self.named.entries)
        return 1 if self.count is None else self.count


@dataclass(frozen=True, slots=True)
class Recorded(Block):
    """The tool's own block. Pairs are in written order; ``produces`` maps step ids to ``"200 shop.Product <digest>"``."""

    format: int = 1
    engine: int = 1
    schema: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    with_: tuple[tuple[str, str], ...] = ()
    produces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dependency(Node):
    """The name of a recipe at the place where it is named."""

    name: str


@dataclass(frozen=True, slots=True)
class Recipe(Block):
    """A whole file: steps, or shelves for other recipes, or both.

    ``comment`` is the text of the comment lines above the first key, without ``#``.
    """

    steps: tuple[Step, ...] = ()
    seed: Scalar = None
    now: str = ""
    depends_on: tuple[Dependency, ...] = ()
    replaces: tuple[Dependency, ...] = ()
    tags: tuple[str, ...] = ()
    manual: bool = False
    atomic: bool = True
    options: Options = Options()
    shelves: tuple[Shelf, ...] = ()
    shelves_from: tuple[Dependency, ...] = ()
    recorded: Recorded | None = None
    comment: str = field(default="", compare=False)

    def seed_for(self, name: str) -> str:
        """Return what values are drawn from where the recipe is called ``app.name``: its seed, by default its name."""
        return name if self.seed is None else str(self.seed)

    @property
    def clock(self) -> str:
        """What every clock says during replay, ``now`` or its default."""
        return self.now or EPOCH

    def spelled_out(self, name: str) -> Recipe:
        """Return the recipe ``app.name`` with the seed and the clock that it has by default."""
        return replace(self, seed=self.seed_for(name), now=self.clock)

    def step(self, id: str) -> Step | None:
        """Return the step of this id, or None."""
        return next((step for step in self.steps if step.id == id), None)

    def with_step(self, step: Step) -> Recipe:
        """Return the recipe with this step in the place of the one of the same id."""
        return replace(self, steps=tuple(step if other.id == step.id else other for other in self.steps))


def plain(value: Value) -> Any:
    """Return literals, lists and mappings as the Python value that they spell, for JSON fields and the like.

    Raises:
        TypeError: There is a tagged value inside, which spells nothing by itself.
    """
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, Listing):
        return [plain(item) for item in value.items]
    if isinstance(value, Mapping):
        return {entry.key: plain(entry.value) for entry in value.entries}
    raise TypeError(f"!{type(value).__name__.lower()} is not a literal")
