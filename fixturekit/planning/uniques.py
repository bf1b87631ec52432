"""Unique sets of a making: columns are arranged so that no two rows can have the same values.

Nothing is drawn and checked: a set is distinct because one column enumerates a space, or because several together
enumerate the product of what they may be. What the recipe fixed itself is left as it is and judged by the database.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from django.db import models

from fixturekit.blueprints import UniqueSet
from fixturekit.planning.draft import Draft, Interval, Making
from fixturekit.planning.following import follow_rows
from fixturekit.planning.scalars import enumerated, is_spread
from fixturekit.recipes.document import Literal
from fixturekit.values.registry import all_values, beginnings, capacity
from fixturekit.values.sources import (
    Around,
    ByDatabase,
    ByFactory,
    Called,
    Combined,
    Const,
    Copied,
    Counted,
    Default,
    Distinct,
    Drawn,
    Each,
    Enumerated,
    Fold,
    Following,
    Hashed,
    Link,
    Listed,
    Map,
    Mixed,
    Outside,
    Picked,
    Runs,
    Selected,
    Sequence,
    Source,
    Stored,
    Templated,
    Weighted,
    asks_faker,
)  # fmt: skip
from fixturekit.values.uniqueness import start_of

_BY_ROW = (Mixed, Copied, Default, Templated, Called, ByDatabase, ByFactory)
_FEW = 4096  # so many values of a column are held in memory to combine them with those of others


def make_distinct(draft: Draft, making: Making) -> None:
    """Arrange the columns of every unique set of a making; report sets that cannot hold so many rows."""
    for unique in making.shape.unique_sets:
        if (
            making.count > 1
            and not making.merges(unique.names)
            and all(name in making.columns for name in unique.names)
            and _applies(making, unique)
        ):
            _arrange(draft, making, unique)
    follow_rows(draft, making)
    _place(draft, making)


def _applies(making: Making, unique: UniqueSet) -> bool:
    """Whether the set's condition can hold: not if it asks one column for another value than all rows have."""
    for name, lookup, wanted in _demands(unique):
        source = making.columns.get(name)
        if isinstance(source, Const) and not _may_hold(source.value, lookup, wanted):
            return False
    return True


def _demands(unique: UniqueSet) -> Iterator[tuple[str, str, object]]:
    """What the set's condition asks of single columns, all of which must hold: name, lookup, value."""
    condition = unique.condition
    if condition is None or condition.negated or (condition.connector != condition.AND and len(condition) > 1):
        return
    for child in condition.children:
        if isinstance(child, tuple):
            name, _, lookup = child[0].partition("__")
            yield name, lookup, child[1]


def _may_hold(value: object, lookup: str, wanted: object) -> bool:
    if lookup == "isnull":
        return (value is None) == bool(wanted)
    return lookup not in ("", "exact") or value == wanted


def _arrange(draft: Draft, making: Making, unique: UniqueSet) -> None:
    names = unique.names
    sources = {name: making.columns[name] for name in names}
    if any(_never_repeats(source, making.count) for source in sources.values()):
        return
    if any(isinstance(source, _BY_ROW) for source in sources.values()):
        return  # decided row by row, or by the database
    if any(isinstance(getattr(source, "map", None), Listed) for source in sources.values()):
        return
    if unique.nulls_distinct and Const(None) in sources.values():
        return
    maps = [getattr(source, "map", None) for source in sources.values()]
    run = next((found.length for found in maps if isinstance(found, Runs)), 0)
    if run and any(isinstance(found, (Distinct, Around)) and found.size == run for found in maps):
        return
    axes = {name: size for name, source in sources.items() if (size := _axis(source))}
    if run:
        _within_runs(draft, making, unique, axes, run)
    else:
        folds = [found.count for found in maps if isinstance(found, Fold)]
        _over_all(draft, making, unique, axes, math.lcm(*folds))


def _never_repeats(source: Source, count: int) -> bool:
    """Whether each row has a value of its own whatever the others have."""
    if isinstance(source, (Enumerated, Counted, Stored)):
        return True
    if isinstance(source, Drawn):
        return source.generator == "uuids"
    if isinstance(source, Sequence):
        return source.format.format(n=1) != source.format.format(n=2)
    found = getattr(source, "map", None)
    return isinstance(found, Each) or (isinstance(found, Combined) and len(found.sizes) == 1 and found.per == 1)


def _axis(source: Source) -> int:
    """Over how many rows or options a column may be spread freely; 0 where it is fixed."""
    found = getattr(source, "map", None)
    if isinstance(found, Picked):
        return found.count
    return len(found.weights) if isinstance(found, Weighted) else 0


def _within_runs(draft: Draft, making: Making, unique: UniqueSet, axes: dict[str, int], run: int) -> None:
    """Rows come in runs of one owner each: only the rows of a run must differ."""
    for name, size in axes.items():
        if size >= run:
            source = making.columns[name]
            lane = making.lane(name)
            making.columns[name] = _with_map(source, Distinct(lane, run, size))
            return
    _over_all(draft, making, unique, axes, 1)


def _over_all(draft: Draft, making: Making, unique: UniqueSet, axes: dict[str, int], per: int) -> None:
    names = unique.names
    wanted = -(-making.count // per)
    if wanted <= 1:
        return
    if axes and math.prod(axes.values()) >= wanted:
        _combine(draft, making, names, axes, per)
        return
    if _enumerate(draft, making, unique):
        return
    axes = {**axes, **_spelled_out(draft, making, names)}
    if axes and math.prod(axes.values()) >= wanted:
        _combine(draft, making, names, axes, per)
    elif not (_one_each(draft, making, names) or _outside_condition(making, unique)):
        _too_few(draft, making, names, math.prod(axes.values()) * per)


def _combine(draft: Draft, making: Making, names: tuple[str, ...], axes: dict[str, int], per: int) -> None:
    """Let the free axes walk over their product together."""
    sizes = tuple(axes.values())
    key = making.key(*names)
    size, count = math.prod(sizes), -(-making.count // per)
    start = start_of(draft.seed, making.stream, key, size, count)
    if not making.labels:
        space = f"{key} of {draft.name}: {_space(making, names, axes)}"
        wanted = Interval(space, making.step.id, making.path, start, count, size)
        start = _reserved(draft, making, names[0], wanted)
    for axis, name in enumerate(axes):
        making.columns[name] = _with_map(making.columns[name], Combined(key, sizes, axis, start, per))


def _space(making: Making, names: tuple[str, ...], axes: dict[str, int]) -> str:
    """What a product is made of: only steps that combine the same rows and values can be in each other's way."""
    return ", ".join(
        repr(_with_map(source, Each()) if name in axes else source)
        for name, source in ((name, making.columns[name]) for name in names)
    )


def _with_map(source: Source, new: Map) -> Source:
    assert isinstance(source, (Link, Outside, Selected))  # nothing else has a map that _axis counts
    return replace(source, map=new)


def _enumerate(draft: Draft, making: Making, unique: UniqueSet) -> bool:
    """Let one column of the set that is generated, or is a range, be distinct by itself."""
    names = unique.names
    for name in sorted(names, key=lambda name: is_spread(making, name)):
        field = making.shape.field(name)
        if field is None or not _is_free(making, name) or not isinstance(making.columns[name], (Drawn, Const)):
            continue
        if field.remote_field is not None or (unique.nulls_distinct and making.columns[name] == Const(None)):
            continue
        source = enumerated(draft, making, field, making.key(*names))
        only = len(names) == 1 and is_spread(making, name)  # too small a one is reported when it gets its interval
        if source is not None and (capacity(source) >= making.count or only):
            making.columns[name] = source
            return True
    return False


def _is_free(making: Making, name: str) -> bool:
    """Whether the planner may choose another source for a column: it is generated, or the recipe gives its range."""
    return name in making.free or is_spread(making, name)


def _spelled_out(draft: Draft, making: Making, names: tuple[str, ...]) -> dict[str, int]:
    """Turn generated columns with few different values into axes that can be combined with others."""
    axes = {}
    for name in names:
        field = making.shape.field(name)
        if field is None or field.remote_field is not None or not _is_free(making, name):
            continue
        source = enumerated(draft, making, field, making.key(*names))
        if isinstance(getattr(making.columns[name], "map", None), (Combined, Distinct)):
            continue  # another set relies on it
        if source is not None and capacity(source) <= _FEW and making.columns[name] != Const(None):
            values = tuple(all_values(source))
            making.columns[name] = Selected(values, Picked(making.lane(name), len(values)))
            axes[name] = len(values)
    return axes


def _one_each(draft: Draft, making: Making, names: tuple[str, ...]) -> bool:
    """Give each row a parent of its own, where the planner chose how many parents there are."""
    for name in names:
        parent = making.parent(name)
        if parent is not None and parent.owned:
            parent.count = making.count
            making.columns[name] = _with_map(making.columns[name], Each())
            path = parent.path.removesuffix(".").replace(".", "__")
            draft.shares[:] = [share for share in draft.shares if share[:2] != (making.step.id, path)]
            return True
    return False


def _outside_condition(making: Making, unique: UniqueSet) -> bool:
    """Turn a generated flag off where only rows that have it on must be distinct."""
    for name, lookup, wanted in _demands(unique):
        field = making.shape.field(name)
        drawn = name in making.free and not isinstance(making.columns.get(name), Const)
        if drawn and isinstance(field, models.BooleanField) and lookup in ("", "exact"):
            making.columns[name] = Const(not wanted)
            return True
    return False


def _too_few(draft: Draft, making: Making, names: tuple[str, ...], found: int) -> None:
    faked = next((name for name in names if asks_faker(making.columns[name])), None)
    if faked is not None:
        message = f"must be different in {making.count} rows, and Faker may give the same value twice"
        hint = "Use '!seq \"...{n}\"', or '!jinja' with {{ n }} beside {{ fake... }}."
        draft.problem(making, faked, "E045", message, hint)
        return
    what = " and ".join(names) if len(names) > 1 else names[0]
    source = making.columns[names[0]]
    if len(names) == 1 and isinstance(source, (Const, Hashed)):
        given = making.given.get(names[0])
        if given and given.shelf and isinstance(given.value, Literal) and names in making.shape.uniques:
            return  # told of all rows that the shelf acts on together
        shown = given.value.value if given and isinstance(given.value, Literal) else "the default"
        draft.problem(
            making,
            names[0],
            "E045",
            f"is unique, and {making.count} rows would all get {shown!r}",
            "Use '!seq \"...{n}\"', or leave it out.",
        )
        return
    draft.problem(
        making,
        names[0],
        "E057",
        f"{what} must be different in {making.count} rows, and there {_different(max(found, 1))}",
        "Lower the count, or widen what the rows are spread over.",
    )


def _different(count: int) -> str:
    return f"are {count} different values" if count != 1 else "is 1 value"


# -- where an enumeration begins -------------------------------------------------------------------------------------


def _place(draft: Draft, making: Making) -> None:
    """Give each enumerated column its interval of the enumeration."""
    for name, source in making.columns.items():
        if isinstance(source, Mixed) and making.step.rows:
            parts = tuple(_with_place(draft, making, name, part) for part in source.sources)
            making.columns[name] = replace(source, sources=parts)
        else:
            making.columns[name] = _with_place(draft, making, name, source)


def _with_place(draft: Draft, making: Making, name: str, source: Source) -> Source:
    if isinstance(source, Enumerated):
        return _placed(draft, making, name, source)
    if isinstance(source, Following) and isinstance(source.own, Enumerated):
        return replace(source, own=_placed(draft, making, name, source.own))
    return source


def _placed(draft: Draft, making: Making, name: str, source: Enumerated) -> Enumerated:
    size = capacity(source)
    if size < making.count:
        draft.problem(
            making,
            name,
            "E057",
            f"must be different in {making.count} rows, and there {_different(size)}",
            "Lower the count, or give the values yourself.",
        )
        return source
    return replace(source, start=_interval(draft, making, name, source, size))


def _interval(draft: Draft, making: Making, name: str, source: Enumerated, size: int) -> int:
    """The first entry for these rows: where the seed says, or behind another step that has it already."""
    if making.step.from_ is not None and not making.path:
        start = making.step.from_ % size
    elif source.counting:
        start = 0  # plain values count from one; what others have already is stepped over
    else:
        lane = making.lane(name)
        stream = f"{making.stream}/{lane[: lane.rfind('.') + 1]}"
        start = start_of(draft.seed, stream, source.key, beginnings(source), 1)
    if making.labels:
        return start  # entries of labelled rows follow from their labels, not from an interval
    key = source.key if name in making.free else f"{source.key} {source.args}"  # a range is a space of its own
    return _reserved(draft, making, name, Interval(key, making.step.id, making.path, start, making.count, size))


def _reserved(draft: Draft, making: Making, name: str, wanted: Interval) -> int:
    """Return where an interval begins: as wanted, or behind others of the recipe that are in its way."""
    own = wanted
    for _ in draft.intervals:
        clash = next((other for other in draft.intervals if own.overlaps(other)), None)
        if clash is None:
            break
        behind = clash.start + clash.count
        own = replace(own, start=behind if behind + own.count <= own.size else 0)
    free = [own, *(replace(own, start=(other.start + other.count) % own.size) for other in draft.intervals)]
    found = next((place for place in free if not any(place.overlaps(other) for other in draft.intervals)), None)
    if found is None:
        used = sum(other.count for other in draft.intervals if other.key == own.key)
        draft.problem(
            making,
            name,
            "E057",
            f"must be different in {own.count} rows, and {used} of the {own.size} different values are those of other "
            f"steps",
            "Lower the count, or give the values yourself.",
        )
        return wanted.start
    draft.intervals.append(found)
    return found.start
