"""Where the values of a column come from, as frozen plain data that can be compared, printed and sent to a worker.

Nothing here draws a value. The registry compiles ``Drawn`` and ``Enumerated`` to functions of blocks; links are
looked up in the keys that the linked batch keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Arguments = tuple[tuple[str, Any], ...]

FAKE = "fake"
"""The generator whose values are those of a version of Faker."""


# -- maps: from a position of this batch to a position of the linked one --------------------------------------------


@dataclass(frozen=True, slots=True)
class Each:
    """Row n to row n."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Row n to row n modulo ``count``."""

    count: int


@dataclass(frozen=True, slots=True)
class At:
    """Every row to the same row."""

    position: int


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows in runs of ``length`` to one row each: n // length."""

    length: int


@dataclass(frozen=True, slots=True)
class Picked:
    """One of ``count`` rows, drawn in ``lane`` by a consistent hash: one more row moves only its own share."""

    lane: str
    count: int


@dataclass(frozen=True, slots=True)
class Weighted:
    """One of ``len(weights)`` rows, drawn in ``lane``, each as likely as its share of the weights."""

    lane: str
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """In runs of ``size`` rows, so many different ones of ``count``, drawn in ``lane``."""

    lane: str
    size: int
    count: int


@dataclass(frozen=True, slots=True)
class Around:
    """In runs of ``size`` rows to so many others of ``count``, at distances drawn in ``lane`` that all rows share.

    With distances below half of ``count`` no row gets to itself, and no two rows to each other both ways.
    """

    lane: str
    size: int
    count: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """One of the rows before this one, drawn in ``lane``; the first row has none."""

    lane: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Row n to ``positions[n]``."""

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """One axis of a unique group: row n takes entry ``start + n`` of the product of ``sizes``.

    All columns of the group share ``key`` and ``start``, so that no two rows have the same combination. ``axis`` is
    the place in ``sizes`` that this column reads. ``per`` is the number of consecutive rows that share an entry.
    """

    key: str
    sizes: tuple[int, ...]
    axis: int
    start: int = 0
    per: int = 1


@dataclass(frozen=True, slots=True)
class Through:
    """Row n to ``positions[m]``, where m is what ``map`` says for row n: one column of a list of combinations."""

    positions: tuple[int, ...]
    map: Combined


Map: TypeAlias = Each | Fold | At | Runs | Picked | Weighted | Distinct | Around | Earlier | Listed | Combined | Through


# -- sources ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    """The same value in every row."""

    value: Any


@dataclass(frozen=True, slots=True)
class Hashed:
    """The same password in every row: stored as ``encoded``, digested as the ``raw`` text."""

    encoded: str
    raw: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value drawn in ``lane`` by the named generator with these arguments."""

    generator: str
    lane: str
    args: Arguments = ()


@dataclass(frozen=True, slots=True)
class Enumerated:
    """A unique value: row n takes entry ``start + n`` of the enumeration of a whole space.

    ``key`` names the unique set (the model's path), so that every recipe enumerates it alike. ``counting`` leaves
    the entries in their order (style plain) instead of permuting them.
    """

    enumeration: str
    key: str
    start: int
    args: Arguments = ()
    counting: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """One of these values, by a map into their positions (a choice that takes part in a unique group).

    ``known_as`` is what the digest knows each of them by, where that is something else: a path without what is the
    machine's.
    """

    values: tuple[Any, ...]
    map: Map
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """A format of the row number ``n``, counted from one; the column's field reads the text."""

    format: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A key that is reserved in the database when the batch is bound."""


@dataclass(frozen=True, slots=True)
class Link:
    """The kept column ``field`` of rows of another batch (``""``: its key).

    ``key_of`` names the model whose key it is, where the column that holds it is no foreign key.
    """

    batch: str
    map: Map
    field: str = ""
    key_of: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """The key of made rows of another recipe that is applied already; ``count`` is their number.

    ``key_of`` is as in ``Link``.
    """

    recipe: str
    step: str
    map: Map
    count: int
    field: str = ""
    key_of: str = ""


@dataclass(frozen=True, slots=True)
class Pinned:
    """An existing row; ``number`` is the pin's place in the plan's list of pins, ``field`` what is read of it."""

    number: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """Another value of the same row."""

    field: str


@dataclass(frozen=True, slots=True)
class Following:
    """A value that goes by others of the same row, ``fields``, as the named rule says.

    ``own`` is what each row has of its own: what makes the value differ from all others, how far it is from what it
    goes by, or what stands there where the others say nothing.
    """

    rule: str
    fields: tuple[str, ...]
    own: Drawn | Enumerated | Const
    args: Arguments = ()


@dataclass(frozen=True, slots=True)
class Default:
    """What a callable default of the field returns, called row by row in a sealed world. ``path`` is for messages."""

    field: str
    path: str
    lane: str


@dataclass(frozen=True, slots=True)
class Templated:
    """An expression, evaluated row by row.

    ``locale`` is that of Faker, ``""`` where the expression does not ask it. ``needs`` are values of rows that other
    recipes made, which are read before.
    """

    text: str
    lane: str
    locale: str = ""
    needs: tuple[Outside, ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """What a function of the project returns, called row by row in a sealed world."""

    path: str
    lane: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """The bytes of a file beside the recipe: ``name`` as the recipe writes it, ``path`` where it lies."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture of one colour, ``#rrggbb``; without one the colour is drawn for each row."""

    width: int
    height: int
    color: str
    format: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A text file with what a source draws for the row."""

    text: Drawn


Content: TypeAlias = FromFile | Painted | Typed


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of its own for each row, stored when the row is written; the column holds its name.

    ``stem`` and ``suffix`` are the beginning and the end of the names, ``lane`` is the address of the names and of what
    is drawn. ``naming`` is the path of the field's function ``upload_to``, if it has one.
    """

    stem: str
    suffix: str
    content: Content
    lane: str
    naming: str = ""


@dataclass(frozen=True, slots=True)
class ByDatabase:
    """Left out of the batch: the database fills the column and nothing digests it."""

    why: str


@dataclass(frozen=True, slots=True)
class ByFactory:
    """Whatever the step's factory puts there: it is not planned, and read when the row is there."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """Different sources for different rows: labelled rows name theirs (``choose[n]``), a choice draws it by a map."""

    sources: tuple[Source, ...]
    choose: tuple[int, ...] | Map


# -- sources of Python calls: they hold what lives in the process, so no recipe's plan has one ------------------------


@dataclass(frozen=True, slots=True)
class Supplied:
    """What a call gives: number ``slot`` of its values, which are no part of the plan, so that other calls share it.

    ``asked``: it is a function, asked for each row. ``attribute`` is the generic foreign key that it is given to.
    """

    slot: int
    asked: bool = False
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a function of the running program returns, which is asked for each row and may take the field."""

    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Followed:
    """Another value of the finished instance, or of one that a path along its relations leads to."""

    path: str


Source: TypeAlias = (
    Const | Hashed | Drawn | Enumerated | Selected | Sequence | Counted | Link | Outside | Pinned | Copied
    | Following | Default | Templated | Called | Stored | ByDatabase | ByFactory | Mixed | Supplied | Asked | Followed
)  # fmt: skip


def parts(source: Source | None) -> Iterator[Source]:
    """Yield what a source consists of: itself, or what different rows have."""
    if isinstance(source, Mixed):
        for part in source.sources:
            yield from parts(part)
    elif source is not None:
        yield source


def enumerates(source: Source) -> bool:
    """Whether rows differ by an enumeration, be it only in a part of their values."""
    return isinstance(source.own if isinstance(source, Following) else source, Enumerated)


def asks_faker(source: Source) -> bool:
    """Whether values come from Faker."""
    return any(
        part.generator == FAKE if isinstance(part, Drawn) else isinstance(part, Templated) and part.locale != ""
        for part in parts(source)
    )
