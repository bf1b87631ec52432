"""The plan: a recipe resolved against the models, as frozen plain data that reads no rows and knows no keys.

A plan is a list of batches in writing order. A batch is rows of one table (or, where instances are saved, of one
model); each of its columns has a source. Positions stand for rows: which key a row gets is known only to the binding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as attribute

from fixturekit.marks import Mark
from fixturekit.recipes.document import Scalar
from fixturekit.recipes.scalars import literal
from fixturekit.recipes.secrecy import HIDDEN, is_secret
from fixturekit.recipes.spelling import spell_literal
from fixturekit.values.conditions import Condition
from fixturekit.values.sources import Called, Default, Link, Outside, Source, Stored, Templated, asks_faker, parts

STREAM = "stream"
BULK = "bulk"
EACH = "each"


@dataclass(frozen=True, slots=True)
class Pin:
    """An existing row that the plan points at; ``wanted`` is how the recipe writes it."""

    model: str
    mark: Mark | None = attribute(compare=False)
    where: str = attribute(compare=False)
    key: Scalar = None
    lookup: tuple[tuple[str, Scalar], ...] = ()
    natural: tuple[Scalar, ...] = ()

    @property
    def wanted(self) -> str:
        if self.lookup:
            return "{" + ", ".join(f"{name}: {_spelled(value)}" for name, value in self.lookup) + "}"
        if self.natural:
            return "natural key [" + ", ".join(map(_spelled, self.natural)) + "]"
        return _spelled(self.key)

    @property
    def shown(self) -> str:
        """``wanted`` as it may be printed: without the values of names that look secret."""
        pairs = (f"{name}: {HIDDEN if is_secret(name) else _spelled(value)}" for name, value in self.lookup)
        return "{" + ", ".join(pairs) + "}" if self.lookup else self.wanted

    @property
    def identity(self) -> tuple[str, str]:
        """What two pins at one row have in common: 1, true and "1" are different keys."""
        return self.model, repr((self.key, self.lookup, self.natural))


def _spelled(value: Scalar) -> str:
    """A scalar as YAML writes it between brackets, so that no two pins read alike."""
    return spell_literal(literal(value), flow=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a batch: the field's name, its database column, where its values come from.

    ``free`` says that nobody gives them, so that another value would do as well.
    """

    field: str
    column: str
    source: Source
    mark: Mark | None = attribute(default=None, compare=False)
    free: bool = attribute(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unique:
    """Columns that must be distinct together; ``enumerated`` names the one whose entry gives way, if any does.

    ``apart`` says that it is one column of ranges, which must not overlap either, ``nulls_alike`` that NULL is no
    different from NULL.
    """

    fields: tuple[str, ...]
    enumerated: str = ""
    apart: bool = False
    nulls_alike: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What a CHECK constraint asks of a row; ``spelled`` is the condition as people read it."""

    constraint: str
    condition: Condition
    spelled: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Columns that are drawn anew in a row, attempt after attempt, until it is as it has to be.

    Attributes:
        columns: The fields, each with what further attempts are drawn from; None where that is the column's own source.
        rules: What the row has to be, of these and of other columns.
        kept: What it is by the way the columns are made, and has to be still when a value comes from elsewhere.
        validated: The fields whose own validators have to accept what is drawn.
        counting: Small steps are tried first: style plain.
    """

    columns: tuple[tuple[str, Source | None], ...]
    rules: tuple[Rule, ...] = ()
    kept: tuple[Rule, ...] = ()
    validated: tuple[str, ...] = ()
    counting: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The fields that are drawn anew."""
        return frozenset(name for name, _ in self.columns)


@dataclass(frozen=True, slots=True)
class Adopt:
    """How rows that are there already are found: they stand for rows of a batch, which are then not made.

    Attributes:
        fields: A row is adopted that is equal in these.
        sets: Fields that an adopted row is given; none if it stays as it is.
        merges: Rows of the batch that are equal in ``fields`` are one row.
        pin: The row is looked up as this pin says, and made if there is none.
    """

    fields: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    merges: bool = False
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Serves:
    """Rows that are made only for those rows of another batch that are made themselves.

    ``field`` is the column that points at that batch; empty where it is that batch that points here.
    """

    batch: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table, of one step.

    Attributes:
        id: Unique in the plan; the step's id for the rows that the step itself makes.
        stream: The step's part of stream addresses: its id, or the older one that it keeps after a rename.
        path: The way to the model inside the step (``""`` for the step's own rows, ``brand.``, ``[anna]brand.`` for
            rows made for one label), which no other batch of the step has but those of the same rows.
        key: The field that is the primary key.
        counted: The key is reserved in the database, or left to it where instances are saved.
        labels: Labels of the rows of a named step.
        later: Columns that close a cycle: written NULL first, and in a second pass when the batch linked to is there.
        kept: Columns that other batches read, the key aside.
        way: How it is written, and ``why``.
        muted: Receivers of signals are not called.
        factory: The dotted path of the factory that is called for each row, and ``begin`` where its sequences begin.
        arguments: What is told beside columns: to the factory (``field`` is the name or path that it takes, as in
            ``customer__email``), or to the library of a tree, below which row to plant one. ``column`` is empty.
        adopt: How existing rows are found that stand for rows of the batch.
        serves: Whose rows these are made for, where those may be adopted and need none then.
        trials: Columns whose values depend on each other, or on what only trying can tell.
    """

    id: str
    step: str
    stream: str
    path: str
    model: str
    table: str
    count: int
    columns: tuple[Column, ...]
    key: str
    counted: bool
    labels: tuple[str, ...] = ()
    later: tuple[Column, ...] = ()
    kept: tuple[str, ...] = ()
    unique: tuple[Unique, ...] = ()
    way: str = STREAM
    why: str = ""
    muted: bool = False
    factory: str = ""
    begin: int = 0
    arguments: tuple[Column, ...] = ()
    adopt: Adopt | None = None
    serves: Serves | None = None
    trials: tuple[Trial, ...] = ()
    mark: Mark | None = attribute(default=None, compare=False)

    @property
    def part(self) -> bool:
        """Whether these are rows of a multi-table parent, which count with those of the child."""
        return "^" in self.id

    @property
    def whole(self) -> str:
        """The id of the batch that has the whole rows; those of a multi-table parent are parts of the child's."""
        return self.id.partition("^")[0]

    @property
    def pinned(self) -> bool:
        """Whether this is the row of a pin, made where there is none: no row of a step."""
        return self.adopt is not None and self.adopt.pin is not None

    def promises(self, field: str) -> bool:
        """Whether the recipe says what a column holds, whichever rows are adopted: then digests hold it too."""
        if self.serves is not None or self.pinned:
            return False
        return self.adopt is None or field in self.adopt.fields or field in self.adopt.sets

    @property
    def needs(self) -> frozenset[str]:
        """Ids of the batches that must be written before this one."""
        return frozenset(link.batch for column in self.given for link in links(column.source)) - {self.id}

    @property
    def given(self) -> tuple[Column, ...]:
        """All that is needed when the rows are written."""
        return (*self.columns, *self.arguments)

    @property
    def everything(self) -> tuple[Column, ...]:
        """All that is needed, in the second pass too."""
        return (*self.given, *self.later)

    def column(self, field: str) -> Column | None:
        """Return the column of a field, or None."""
        return next((column for column in self.columns if column.field == field), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """All work of one recipe, in writing order.

    Attributes:
        seed: The text that all streams are keyed by.
        now: The recipe's clock as written, with zone; ``""`` where the recipe has none and needs none.
        pins: Existing rows, addressed by ``Pinned.number``.
        skipped: Steps that a router keeps away from this database, with their number of rows.
        frozen: Code of the project is run with its clock standing at ``now``.
        shelves: Shelves that act, each with the batches on whose rows it does.

    Equality is about the rows: where in a file something stands, and which shelf it comes from, take no part.
    """

    recipe: str
    seed: str
    now: str
    batches: tuple[Batch, ...]
    pins: tuple[Pin, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    frozen: bool = False
    shelves: tuple[tuple[str, tuple[str, ...]], ...] = attribute(default=(), compare=False)

    @property
    def rows(self) -> int:
        """How many rows the plan writes; the tables of a multi-table row count once."""
        return sum(batch.count for batch in self.batches if not batch.part)

    def batch(self, id: str) -> Batch:
        """Return the batch of this id.

        Raises:
            KeyError: There is none.
        """
        for batch in self.batches:
            if batch.id == id:
                return batch
        raise KeyError(id)


def links(source: Source) -> Iterator[Link]:
    """Yield the links to other batches that a source reads."""
    return (part for part in parts(source) if isinstance(part, Link))


def outside(source: Source) -> Iterator[Outside]:
    """Yield the made rows of other recipes that a source reads."""
    for part in parts(source):
        if isinstance(part, Outside):
            yield part
        elif isinstance(part, Templated):
            yield from part.needs


def computed(source: Source) -> bool:
    """Whether values of a column may be computed from any others of the row, and of rows that it points to."""
    return any(isinstance(part, (Templated, Called)) for part in parts(source))


def _is_code(source: Source) -> bool:
    return isinstance(source, (Default, Called)) or (isinstance(source, Stored) and source.naming != "")


def calls(source: Source) -> bool:
    """Whether values of a column come from code that is not fixturekit's."""
    return asks_faker(source) or any(map(_is_code, parts(source)))
