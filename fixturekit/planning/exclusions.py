"""Ranges of a making that must not overlap: each row gets a slot of its own on a line that all recipes share.

As with unique sets nothing is drawn and checked. Rows that differ in the columns that a constraint compares for equality
may overlap, and where the slots are too few for all rows they are combined with these columns.
"""

from __future__ import annotations

import math
from dataclasses import replace

from fixturekit.blueprints import Exclusion, UniqueSet
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.scalars import request_of
from fixturekit.planning.uniques import BY_ROW, applies, combine, free_axis, never_repeats, one_each
from fixturekit.values.registry import all_values, capacity
from fixturekit.values.sources import Const, Drawn, Enumerated, Following, Mixed, Picked, Selected, Source

_FEW = 8192  # so many slots are held in memory to combine them with other columns
_ENDS = ("lower", "upper")
_OWN = (Drawn, Enumerated, Following)  # what the planner chose: an end may go by its beginning already


def keep_apart(draft: Draft, making: Making) -> None:
    """Arrange the columns of every exclusion of a making; report those that cannot hold so many rows."""
    for exclusion in making.shape.exclusions:
        names = (*exclusion.spans, *exclusion.equal)
        if (
            all(name in making.columns for name in names)
            and applies(draft, making, UniqueSet(names, exclusion.condition, test=exclusion.test))
            and not _differs(making, exclusion)
        ):
            _arrange(draft, making, exclusion)


def _differs(making: Making, exclusion: Exclusion) -> bool:
    """Whether rows cannot be in each other's way, whatever their ranges."""
    equal = [making.columns[name] for name in exclusion.equal]
    spans = [making.columns[name] for name in exclusion.spans]
    apart = making.count > 1 and any(never_repeats(source, making.count) for source in equal)
    return apart or Const(None) in (*equal, *spans)


def _arrange(draft: Draft, making: Making, exclusion: Exclusion) -> None:
    spans = {name: making.columns[name] for name in exclusion.spans}
    if all(name in making.free and _is_generated(source) for name, source in spans.items()):
        _slotted(draft, making, exclusion)
    elif making.count > 1 and all(isinstance(source, Const) for source in spans.values()):
        _same(draft, making, exclusion)
    # else the recipe decides row by row, and the database judges


def _is_generated(source: Source) -> bool:
    """Whether a column, or what some of its rows get, may be exchanged for slots."""
    if isinstance(source, Mixed):
        return isinstance(source.choose, tuple) and any(map(_is_generated, source.sources))
    return isinstance(source, (Const, *_OWN))


def _slotted(draft: Draft, making: Making, exclusion: Exclusion) -> None:
    """Give each row a slot of its own, or a combination of a slot and what its equal columns may be."""
    found = _slots(draft, making, exclusion)
    if found is None:
        return  # a field of which nothing is known
    size = min(map(capacity, found.values()))
    if size >= making.count:
        for name, source in found.items():
            making.columns[name] = _instead(making.columns[name], source)
        return
    axes = _free_axes(making, exclusion)
    room = size * math.prod(axes.values())
    if room < making.count or size > _FEW or len(found) > 1:
        if one_each(draft, making, exclusion.equal):
            return
        message = f"must not overlap in {making.count} rows, and there is room for {room if len(found) == 1 else size}"
        draft.problem(making, exclusion.spans[0], "E057", message, "Lower the count, or give the values yourself.")
        return
    [(name, slots)] = found.items()
    making.columns[name] = Selected(tuple(all_values(slots)), Picked(making.lane(name), size))
    combine(draft, making, (name, *exclusion.equal), {name: size, **axes}, 1)


def _slots(draft: Draft, making: Making, exclusion: Exclusion) -> dict[str, Enumerated] | None:
    from fixturekit.values.fields.slots import slots  # needs psycopg, which whoever has such a constraint has

    key = making.key(*exclusion.spans, *exclusion.equal)
    ends = _ENDS if len(exclusion.spans) == 2 else ("",)
    found = {}
    for name, end in zip(exclusion.spans, ends, strict=True):
        field = making.shape.field(name)
        source = slots(request_of(draft, making, field, key), end) if field is not None else None
        if source is None:
            return None
        found[name] = source
    return found


def _instead(source: Source, slots: Enumerated) -> Source:
    """Slots for the rows whose values are generated; labelled rows may have values that the recipe gives."""
    if not isinstance(source, Mixed):
        return slots
    parts = tuple(slots if isinstance(part, _OWN) else part for part in source.sources)
    return replace(source, sources=parts)


def _same(draft: Draft, making: Making, exclusion: Exclusion) -> None:
    """All rows have the same range, so they must differ in something else."""
    axes = _free_axes(making, exclusion)
    if axes and math.prod(axes.values()) >= making.count:
        combine(draft, making, exclusion.equal, axes, 1)
        return
    if all(isinstance(making.columns[name], (Const, *BY_ROW)) or name in axes for name in exclusion.equal):
        if any(isinstance(making.columns[name], BY_ROW) for name in exclusion.equal):
            return
        rest = f", and {math.prod(axes.values())} different {' and '.join(axes)}" if axes else ""
        message = f"must not overlap, and {making.count} rows would all get the same{rest}"
        draft.problem(making, exclusion.spans[0], "E045", message, "Leave it out, or lower the count.")


def _free_axes(making: Making, exclusion: Exclusion) -> dict[str, int]:
    found = ((name, free_axis(making.columns[name])) for name in exclusion.equal)
    return {name: size for name, size in found if size}
