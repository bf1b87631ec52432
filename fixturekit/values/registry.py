"""Generators and enumerations by name, and sources compiled to functions of blocks.

The names are written into plans and belong to the engine: under engine 1 a name keeps its meaning for ever.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeAlias, TypeVar

from fixturekit.values import sources
from fixturekit.values.positions import Context, positions
from fixturekit.values.streams import Words, digest
from fixturekit.values.uniqueness import Permutation, label_entries

__all__ = [
    "Context",
    "Drawing",
    "Maker",
    "Space",
    "all_values",
    "beginnings",
    "capacity",
    "compile_source",
    "drawing",
    "entry_values",
    "enumeration",
    "generator",
    "load_fields",
    "space",
]

Column: TypeAlias = "list[Any]"
Draw: TypeAlias = "Callable[[Words, Sequence[int], datetime], Column]"
Render: TypeAlias = "Callable[[Sequence[int]], Column]"
Compilable: TypeAlias = sources.Drawn | sources.Enumerated | sources.Selected | sources.Sequence | sources.Const


@dataclass(frozen=True, slots=True)
class Drawing:
    """A compiled generator.

    ``width`` words for each row go into ``values(words, rows, now)``: the words of all rows one after the other (word k
    of each row is ``words[k::width]``), the row numbers from zero, and the recipe's clock in UTC. It returns what a
    model instance holds; ``canonical`` does the same in canonical form, where that is quicker than to convert.
    """

    width: int
    values: Draw
    canonical: Draw | None = None


@dataclass(frozen=True, slots=True)
class Space:
    """A compiled enumeration: ``capacity`` different values; ``values`` and ``canonical`` map entries to them.

    The first ``preferred`` entries are nicer than the others, so they are used up before them; 0: all are alike.
    """

    capacity: int
    values: Render
    canonical: Render | None = None
    preferred: int = 0


@dataclass(frozen=True, slots=True)
class Maker:
    """A compiled source: ``values(start, stop)`` as an instance holds them, ``canonical(start, stop)`` for the writer.

    ``canonical`` returns None where the values have to be converted. It holds for a column of the kind that the source
    was made for; the column of a field class that stores its values in a way of its own (``canonical.kind`` says
    ``"opaque"``) is always converted.
    """

    values: Callable[[int, int], Column]
    canonical: Callable[[int, int], Column | None]


MANY = 4096  # so many preferred entries leave room for intervals of several steps

_GENERATORS: dict[str, Callable[..., Drawing]] = {}
_ENUMERATIONS: dict[str, Callable[..., Space]] = {}

_DrawingFactory = TypeVar("_DrawingFactory", bound="Callable[..., Drawing]")
_SpaceFactory = TypeVar("_SpaceFactory", bound="Callable[..., Space]")


def generator(name: str) -> Callable[[_DrawingFactory], _DrawingFactory]:
    """Register a factory of drawings for ``sources.Drawn``; its keywords are the source's ``args``.

    Raises ValueError where the name is taken.
    """
    return _register(_GENERATORS, name)


def enumeration(name: str) -> Callable[[_SpaceFactory], _SpaceFactory]:
    """Register a factory of spaces for ``sources.Enumerated``; its keywords are the source's ``args``.

    Raises ValueError where the name is taken.
    """
    return _register(_ENUMERATIONS, name)


def _register(table: dict[str, Any], name: str) -> Callable[[Any], Any]:
    def register(factory: Any) -> Any:
        if name in table:
            raise ValueError(f"{name!r} is registered already, by {table[name].__module__}")
        table[name] = factory
        return factory

    return register


def load_fields() -> None:
    """Import the modules that register generators, enumerations and fillers.

    Those for fields of ``django.contrib.postgres`` and ``django.contrib.gis`` only where a model has loaded them: they need
    psycopg or GDAL.
    """
    importlib.import_module("fixturekit.values.fields")
    if "django.contrib.postgres.fields" in sys.modules:
        importlib.import_module("fixturekit.values.fields.postgres")
        importlib.import_module("fixturekit.values.fields.slots")
    if "django.contrib.gis.db.models.fields" in sys.modules:
        importlib.import_module("fixturekit.values.fields.gis")


def _find(table: dict[str, Any], what: str, name: str) -> Any:
    load_fields()
    if name not in table:
        raise LookupError(f"no {what} is registered as {name!r}")
    return table[name]


def drawing(source: sources.Drawn) -> Drawing:
    """Compile the generator of a source. Raises LookupError for a name that is not registered."""
    found: Drawing = _find(_GENERATORS, "generator", source.generator)(**dict(source.args))
    return found


def space(source: sources.Enumerated) -> Space:
    """Compile the enumeration of a source. Raises LookupError for a name that is not registered."""
    found: Space = _find(_ENUMERATIONS, "enumeration", source.enumeration)(**dict(source.args))
    return found


def capacity(source: sources.Enumerated) -> int:
    """Return how many different values the source has."""
    return space(source).capacity


def beginnings(source: sources.Enumerated) -> int:
    """Return among how many entries an interval may begin: all, or those that leave preferred ones to the first rows."""
    found = space(source)
    if not found.preferred:
        return found.capacity
    return found.preferred if found.preferred >= MANY else max(found.preferred // 8, 1)


def all_values(source: sources.Enumerated) -> Column:
    """Return all values of a source in the order of their entries; for small spaces only."""
    found = space(source)
    return found.values(range(found.capacity))


def entry_values(source: sources.Enumerated, numbers: Sequence[int]) -> Column:
    """Return the values of the entries with these numbers, counted from the beginning of the whole enumeration.

    The far end, from which a taken value is replaced, is ``capacity(source) - 1`` and downwards.
    """
    found = space(source)
    return found.values(_order(source, found)(numbers))


def _order(source: sources.Enumerated, found: Space) -> Callable[[Sequence[int]], list[int]]:
    """Numbers to entries: as they are for a counting source, else permuted, preferred ones among themselves."""
    size, preferred = found.capacity, found.preferred
    if source.counting:
        return lambda numbers: [number % size for number in numbers]
    if not preferred:
        return Permutation(source.key, size).of
    first, later = Permutation(source.key, preferred), Permutation(source.key, size - preferred)

    def order(numbers: Sequence[int]) -> list[int]:
        counted = [number % size for number in numbers]
        if max(counted, default=0) < preferred:
            return first.of(counted)
        ahead = iter(first.of([number for number in counted if number < preferred]))
        behind = iter(later.of([number - preferred for number in counted if number >= preferred]))
        return [next(ahead) if number < preferred else preferred + next(behind) for number in counted]

    return order


def compile_source(source: Compilable, context: Context) -> Maker:
    """Return the functions that make blocks of a source's values.

    Any block can be made alone and in any order; rows are counted from zero.

    Raises:
        LookupError: The source names a generator or enumeration that is not registered.
        TypeError: The source is not made of values alone (a link, a pin, a key).
    """
    if isinstance(source, sources.Drawn):
        return _drawn(source, context)
    if isinstance(source, sources.Enumerated):
        return _enumerated(source, context)
    if isinstance(source, sources.Const):
        return _converted(lambda start, stop: [source.value] * (stop - start))
    if isinstance(source, sources.Sequence):
        return _converted(lambda start, stop: [source.format.format(n=row + 1) for row in range(start, stop)])
    if isinstance(source, sources.Selected):
        return _selected(source, context)
    raise TypeError(f"{source!r} is not made of values alone")


def _converted(values: Callable[[int, int], Column]) -> Maker:
    return Maker(values, lambda start, stop: None)


def _selected(source: sources.Selected, context: Context) -> Maker:
    def values(start: int, stop: int) -> Column:
        places = positions(source.map, context, start, stop)
        return [None if place is None else source.values[place] for place in places]

    return _converted(values)


def _drawn(source: sources.Drawn, context: Context) -> Maker:
    found = drawing(source)
    lane = context.lane(source.lane, found.width)
    now = context.now.astimezone(timezone.utc)
    numbers = _label_numbers(context)

    def block(draw: Draw) -> Callable[[int, int], Column]:
        def column(start: int, stop: int) -> Column:
            rows = range(start, stop) if numbers is None else numbers[start:stop]
            return draw(lane.words(start, stop), rows, now)

        return column

    return Maker(block(found.values), block(found.canonical) if found.canonical else lambda start, stop: None)


def _label_numbers(context: Context) -> Sequence[int] | None:
    """What stands for the row number in labelled rows: a number below 1000 that follows from the label alone."""
    if context.labels is None:
        return None
    return [int.from_bytes(digest(("number", label)), "little") % 1000 for label in context.labels]


def _enumerated(source: sources.Enumerated, context: Context) -> Maker:
    found = space(source)
    order = _order(source, found)
    numbers: Sequence[int] | None = None
    if context.labels is not None:
        enough = max(MANY, 2 * len(context.labels))
        room = found.preferred if found.preferred >= enough else found.capacity
        numbers = label_entries(source.key, context.labels, source.start, room)

    def block(render: Render) -> Callable[[int, int], Column]:
        def column(start: int, stop: int) -> Column:
            wanted = range(source.start + start, source.start + stop) if numbers is None else numbers[start:stop]
            return render(order(wanted))

        return column

    return Maker(block(found.values), block(found.canonical) if found.canonical else lambda start, stop: None)
