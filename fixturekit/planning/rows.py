"""Rows that are written out under ``values``: cells become columns, and rows that may not be alike are told apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import Any

from fixturekit.blueprints import AnyField, is_password
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.refusals import too_long
from fixturekit.planning.resolving import Given, SetResolver, said_of
from fixturekit.recipes.document import Auto, Entry, Listing, Literal, Mapping
from fixturekit.values import canonical
from fixturekit.values.literals import convert
from fixturekit.values.sources import (
    At,
    Const,
    Each,
    Fold,
    Link,
    Listed,
    Map,
    Mixed,
    Outside,
    Pinned,
    Selected,
    Sequence,
    Source,
)  # fmt: skip

Cells = dict[int, Given]


def written_out(draft: Draft, making: Making) -> dict[str, Cells]:
    """What the cells of a step say: field -> row -> given. Cells of ``!auto`` say nothing."""
    names = _names(draft, making)
    found: dict[str, Cells] = {}
    for row, record in enumerate(making.step.values if names else ()):
        where = f"{making.where}.values[{row}]"
        deeper: list[Entry] = []
        for number, (column, name, item) in enumerate(zip(making.step.columns, names, record.items, strict=True)):
            if name and not (isinstance(item, Mapping) and _relation(making, name)):
                if not isinstance(item, Auto):
                    found.setdefault(name, {})[row] = Given(f"{where}[{number}]", item.mark, item)
            else:
                deeper.append(Entry(column, item, mark=item.mark))
        if deeper:
            given = SetResolver(draft.problems).resolve(Mapping(tuple(deeper)), making.shape.model, where)
            for name, value in given.items():
                found.setdefault(name, {})[row] = value
    return found


def _names(draft: Draft, making: Making) -> list[str]:
    """The field of each column, "" for a path into a relation; none at all after reporting a problem."""
    step, before = making.step, len(draft.problems.found)
    mark = step.place("columns")
    any_row = Mapping(tuple(Entry(name, Literal(""), mark=mark) for name in step.columns))
    where = f"{making.where}.columns"
    for name, given in SetResolver(draft.problems).resolve(any_row, making.shape.model, where).items():
        if making.shape.field(name) is None:
            message = f"{making.shape.label}.{name} has several rows: set it for all rows of the step"
            draft.problems.add("E058", message, where=where, mark=mark)
        elif given.value is not None and name in making.given:
            message = f"{making.shape.label}.{name} is given twice, in 'set' and in 'columns'"
            draft.problems.add("E041", message, where=making.given[name].where, mark=making.given[name].mark)
    if len(draft.problems.found) > before:
        return []
    fields = [making.shape.field(making.shape.key.name if name == "pk" else name) for name in step.columns]
    return [field.name if field else "" for field in fields]


def _relation(making: Making, name: str) -> bool:
    field = making.shape.field(name)
    return field is not None and field.remote_field is not None


# -- columns -----------------------------------------------------------------------------------------------------------


def tabled(draft: Draft, making: Making, field: AnyField, cells: Cells) -> Selected | None:
    """A column of plain values, as one source; None where cells say something else, or not all rows have one."""
    plain = all(isinstance(given.value, (Literal, Listing, Mapping)) for given in cells.values())
    if field.remote_field is not None or is_password(making.shape, field) or not plain or len(cells) < making.count:
        return None
    values = tuple(_converted(draft, making, field, cells[row]) for row in range(making.count))
    source = Selected(values, Each())
    if too_long(draft, field, source):
        for row, value in enumerate(values):
            if reason := too_long(draft, field, Const(value)):
                _problem(draft, making, field, cells[row], "E067", f"{reason}. Write a number of fewer digits.")
    return source


def _converted(draft: Draft, making: Making, field: AnyField, given: Given) -> Any:
    assert given.value is not None  # tabled() has looked
    try:
        value = convert(field, given.value)
    except (ValueError, OverflowError) as error:
        _problem(draft, making, field, given, "E046", said_of(field.name, given.value, error))
        return None
    return "" if value is None and field.get_internal_type() == "FileField" else value


def _problem(draft: Draft, making: Making, field: AnyField, given: Given, id: str, message: str) -> None:
    draft.problems.add(id, f"{making.shape.label}.{field.name}: {message}", where=given.where, mark=given.mark)


def compact(making: Making, source: Mixed) -> Source:
    """The same column in fewer parts: cells that are alike are one source, rows of one batch are one link."""
    assert isinstance(source.choose, tuple)  # which cell a row has is written out
    parts = [source.sources[part] for part in source.choose]
    link = _one_link(making, parts)
    if link is not None:
        return link
    numbers: dict[Source, int] = {}
    try:
        choose = tuple(numbers.setdefault(part, len(numbers)) for part in parts)
    except TypeError:  # a constant that has no hash, such as a list
        return source
    whole = (Const, Pinned)
    return parts[0] if len(numbers) == 1 and isinstance(parts[0], whole) else Mixed(tuple(numbers), choose)


def _one_link(making: Making, parts: list[Source]) -> Source | None:
    """Links to single rows of one step of many, as one link; rows of the step itself are looked at one by one."""
    first = parts[0]
    if not isinstance(first, (Link, Outside)) or (isinstance(first, Link) and first.batch == making.id):
        return None
    positions = []
    for part in parts:
        if not isinstance(part, (Link, Outside)) or not isinstance(part.map, At) or replace(part, map=Each()) != replace(
            first, map=Each()
        ):  # fmt: skip
            return None
        positions.append(part.map.position)
    return replace(first, map=Listed(tuple(positions)))


# -- rows that are alike -----------------------------------------------------------------------------------------------


def refuse_alike(draft: Draft, making: Making) -> None:
    """Report rows of ``values`` that have the same in columns that must be distinct."""
    for unique in making.shape.unique_sets:
        written = any(name in making.step.columns for name in unique.names)
        if making.merges(unique.names):
            continue
        if unique.condition is None and written and all(name in making.columns for name in unique.names):
            for first, second in alike(making, unique.names, nulls=not unique.nulls_distinct):
                what = " and ".join(unique.names)
                message = f"{making.shape.label}.{what} is unique, and rows {first} and {second} have the same"
                record = making.step.values[second]
                where = f"{making.where}.values[{second}]"
                draft.problems.add("E077", message, "Take one of them out.", where=where, mark=record.mark)


def alike(making: Making, names: tuple[str, ...], *, nulls: bool) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows that are known to have the same in some columns: the first such row, and a later one.

    Args:
        nulls: Two NULLs are the same.
    """
    readers = [_reader(making, name) for name in names]
    seen: dict[tuple[Hashable, ...], int] = {}
    for row in range(making.count):
        cells = tuple(read(row) for read in readers)
        if _UNKNOWN in cells or (None in cells and not nulls):
            continue
        first = seen.setdefault(cells, row)
        if first != row:
            yield first, row


_UNKNOWN = object()


def _reader(making: Making, name: str) -> Callable[[int], Hashable]:
    """What a column has in a row, as far as the plan alone says."""
    field = making.shape.field(name)
    assert field is not None  # it has a column
    to_canonical = canonical.converter(field)
    return lambda row: _cell(making.columns[name], row, to_canonical)


def _cell(source: Source, row: int, to_canonical: canonical.Convert) -> Hashable:
    if isinstance(source, Mixed) and isinstance(source.choose, tuple):
        return _cell(source.sources[source.choose[row]], row, to_canonical)
    if isinstance(source, Sequence):
        return source.format.format(n=row + 1)
    if isinstance(source, Pinned):
        return ("pinned", source.number)
    if isinstance(source, (Link, Outside)):
        position = _position(source.map, row)
        return _UNKNOWN if position is None else (replace(source, map=Each()), position)
    if isinstance(source, Const):
        value = source.value
    elif isinstance(source, Selected) and isinstance(source.map, (Each, Listed)):
        position = _position(source.map, row)
        value = None if position is None else source.values[position]
    else:
        return _UNKNOWN
    if value is None:
        return None
    found = to_canonical([value])[0]
    return found if isinstance(found, (str, int, float)) else repr(found)


def static_cell(source: Source) -> Callable[[int], Any] | None:
    """Return what tells the value of each row where the plan alone knows it, None where it does not."""
    if isinstance(source, Const):
        return lambda row: source.value
    if isinstance(source, Selected) and isinstance(source.map, (Each, Listed)):
        map_ = source.map
        return lambda row: source.values[_position(map_, row) or 0]
    if isinstance(source, Mixed) and isinstance(source.choose, tuple):
        cells = [static_cell(part) for part in source.sources]
        choose = source.choose
        known = [cell for cell in cells if cell is not None]
        return (lambda row: known[choose[row]](row)) if len(known) == len(cells) else None
    return None


def _position(map: Map, row: int) -> int | None:
    if isinstance(map, Each):
        return row
    if isinstance(map, At):
        return map.position
    if isinstance(map, Fold):
        return row % map.count
    return map.positions[row] if isinstance(map, Listed) else None
