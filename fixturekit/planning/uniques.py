"""Unique sets of a making: columns are arranged so that no two rows can have the same values.

Nothing is drawn and checked: a set is distinct because one column enumerates a space, or because several together
enumerate the product of what they may be. What the recipe fixed itself is left as it is and judged by the database.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField, Check, UniqueSet
from fixturekit.planning.draft import Draft
from fixturekit.planning.following import follow_rows
from fixturekit.planning.intervals import Interval
from fixturekit.planning.listings import column_of, connected, is_clock, listing, tells_apart
from fixturekit.planning.making import Making
from fixturekit.planning.plan import EACH
from fixturekit.planning.scalars import enumerated, is_spread
from fixturekit.planning.ways import choose
from fixturekit.recipes.document import Literal
from fixturekit.values.canonical import kind
from fixturekit.values.conditions import UNKNOWN, Column, Compared, Not, columns_of, truth
from fixturekit.values.fields.choices import usable_choices
from fixturekit.values.registry import all_values, beginnings, capacity
from fixturekit.values.sources import (
    Around,
    Asked,
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
    Followed,
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
    Supplied,
    Templated,
    Through,
    Weighted,
    asks_faker,
)  # fmt: skip
from fixturekit.values.spelled import spelled
from fixturekit.values.uniqueness import start_of

BY_ROW = (Mixed, Copied, Default, Templated, Called, ByDatabase, ByFactory, Asked, Followed)
_FEW = 4096  # so many values of a column are held in memory to combine them with those of others


def make_distinct(draft: Draft, making: Making) -> None:
    """Arrange the columns of every unique set of a making; report sets that cannot hold so many rows."""
    listed: set[str] = set()
    for unique in (*making.shape.unique_sets, *_siblings(making)):
        if (
            making.count > 0
            and not making.merges(unique.names)
            and all(name in making.columns for name in unique.names)
            and not listed.issuperset(unique.names)
            and applies(draft, making, unique)
        ):
            if making.count > 1:
                _arrange(draft, making, unique, listed)
            else:
                _arrange_one(draft, making, unique)
    follow_rows(draft, making)


def _siblings(making: Making) -> Iterator[UniqueSet]:
    """What no constraint keeps distinct, but the code of a tree does below one row: where the planner chooses it."""
    tree = making.tree
    if tree is not None and tree.siblings and all(name in making.free for name in tree.siblings):
        yield UniqueSet(tree.siblings)


def applies(draft: Draft, making: Making, unique: UniqueSet) -> bool:
    """Whether the set's condition can hold: not if columns that are the same in all rows speak against it."""
    if unique.test is None:
        return True
    known = {
        name: source.value
        for name, source in making.columns.items()
        if isinstance(source, Const) and not (name in making.free and _is_set_by_saving(making, name))
    }
    found = truth(unique.test, known, draft.now)
    return found is True or found is UNKNOWN


def _arrange(draft: Draft, making: Making, unique: UniqueSet, listed: set[str]) -> None:
    names = unique.names
    sources = {name: making.columns[name] for name in names}
    if any(_tells_apart(making, unique, name) for name in names):
        return
    if any(isinstance(source, BY_ROW) for source in sources.values()):
        return  # decided row by row, or by the database
    if all(isinstance(source, Supplied) for source in sources.values()):
        return  # whoever calls says what the rows have
    if any(isinstance(getattr(source, "map", None), Listed) for source in sources.values()):
        return
    if unique.nulls_distinct and not unique.keys and Const(None) in sources.values():
        return
    maps = [getattr(source, "map", None) for source in sources.values()]
    run = next((found.length for found in maps if isinstance(found, Runs)), 0)
    if run and any(isinstance(found, (Distinct, Around)) and found.size == run for found in maps):
        return
    if unique.keys:
        _by_expression(draft, making, unique, listed)
        return
    axes = {name: size for name, source in sources.items() if (size := free_axis(source))}
    if run:
        _within_runs(draft, making, unique, axes, run, listed)
    else:
        folds = [found.count for found in maps if isinstance(found, Fold)]
        _over_all(draft, making, unique, axes, math.lcm(*folds), listed)


def _arrange_one(draft: Draft, making: Making, unique: UniqueSet) -> None:
    """Let the only row of a set have a value that can give way: a row that is there already may have the same."""
    sources = [making.columns[name] for name in unique.names]
    if any(_tells_apart(making, unique, name) for name in unique.names):
        return
    if any(isinstance(source, (Link, Supplied, *BY_ROW)) for source in sources):
        return  # new in any case, or not for the planner to choose
    if unique.nulls_distinct and Const(None) in sources:
        return
    _enumerate(draft, making, unique, (Drawn,))  # a default that is one value serves one row


def _hanging_together(draft: Draft, making: Making, unique: UniqueSet) -> list[UniqueSet]:
    """A set, and all connected ones that act and that no column outside of these makes different by itself."""
    found = [unique]
    waiting = [
        other
        for other in connected(making, unique)
        if other is not unique and set(other.names) <= making.columns.keys() and applies(draft, making, other)
    ]
    while True:
        names = {name for one in found for name in one.names}
        more = [other for other in waiting if names & {*other.names} and not _told_beyond(making, other, names)]
        if not more:
            return found
        found.extend(more)
        waiting = [other for other in waiting if other not in more]


def _told_beyond(making: Making, unique: UniqueSet, names: set[str]) -> bool:
    return any(_tells_apart(making, unique, name) for name in unique.names if name not in names)


def _tells_apart(making: Making, unique: UniqueSet, name: str) -> bool:
    """Whether a column alone makes all rows of a set different, whatever the others have."""
    source = making.columns[name]
    if not never_repeats(source, making.count):
        return False
    if not unique.keys or Column(name) in unique.keys:
        return True
    return isinstance(source, Enumerated) and tells_apart(making, source, unique, name)


def _by_expression(draft: Draft, making: Making, unique: UniqueSet, listed: set[str]) -> None:
    """Arrange a set that is about expressions, or parts of a date."""
    arranged = (
        _enumerate(draft, making, unique)
        or _list(draft, making, unique, listed)
        or _outside_condition(draft, making, unique)
        or _enumerate(draft, making, unique, clocks=True)
        or _try_outside(making, unique)
    )
    if not arranged:
        found = listing(draft, making, [unique])
        _too_few(draft, making, unique.names, len(found[1]) if found else 1)


def never_repeats(source: Source, count: int) -> bool:
    """Whether each row has a value of its own whatever the others have."""
    if isinstance(source, (Enumerated, Counted, Stored)):
        return True
    if isinstance(source, Drawn):
        return "uuids" in (source.generator, dict(source.args).get("items"))
    if isinstance(source, Sequence):
        return source.format.format(n=1) != source.format.format(n=2)
    found = getattr(source, "map", None)
    return isinstance(found, Each) or (isinstance(found, Combined) and len(found.sizes) == 1 and found.per == 1)


def free_axis(source: Source) -> int:
    """Over how many rows or options a column may be spread freely; 0 where it is fixed."""
    found = getattr(source, "map", None)
    if isinstance(found, Picked):
        return found.count
    return len(found.weights) if isinstance(found, Weighted) else 0


def _within_runs(
    draft: Draft, making: Making, unique: UniqueSet, axes: dict[str, int], run: int, listed: set[str]
) -> None:
    """Rows come in runs of one owner each: only the rows of a run must differ."""
    for name, size in axes.items():
        if size >= run:
            source = making.columns[name]
            lane = making.lane(name)
            making.columns[name] = _with_map(source, Distinct(lane, run, size))
            return
    _over_all(draft, making, unique, axes, 1, listed)


def _over_all(
    draft: Draft, making: Making, unique: UniqueSet, axes: dict[str, int], per: int, listed: set[str]
) -> None:
    names = unique.names
    wanted = -(-making.count // per)
    if wanted <= 1:
        return
    if axes and math.prod(axes.values()) >= wanted:
        combine(draft, making, names, axes, per)
        return
    if _enumerate(draft, making, unique):
        return
    axes = {**axes, **_spelled_out(draft, making, names)}
    if axes and math.prod(axes.values()) >= wanted:
        combine(draft, making, names, axes, per)
    elif not (
        one_each(draft, making, names)
        or (per == 1 and _list(draft, making, unique, listed))
        or _outside_condition(draft, making, unique)
        or _enumerate(draft, making, unique, clocks=True)
        or _try_outside(making, unique)
    ):
        _too_few(draft, making, names, math.prod(axes.values()) * per)


def _list(draft: Draft, making: Making, unique: UniqueSet, listed: set[str]) -> bool:
    """Take the columns of a set, and of all sets that share one with it, from one list of combinations."""
    sets = _hanging_together(draft, making, unique)
    together = listing(draft, making, sets)
    found = together if together and len(together[1]) >= making.count else listing(draft, making, [unique])
    if found is None or len(found[1]) < making.count:
        return False
    if found is not together and any(_is_short(making, name) for other in sets for name in other.names):
        return True  # which is reported when it gets its interval: taking its values from a list would hide it
    axes, combinations = found
    key, size = making.key(*(axis.name for axis in axes)), len(combinations)
    start = start_of(draft.seed, making.stream, key, size, making.count)
    if not making.labels:
        space = f"{key} of {draft.name}: {axes!r}"
        wanted = Interval(space, making.step.id, making.path, start, making.count, size)
        start = reserved(draft, making, axes[0].name, wanted)
    map_ = Combined(key, (size,), 0, start)
    for at, axis in enumerate(axes):
        if len(axis.values) > 1:
            making.columns[axis.name] = column_of(making.columns[axis.name], axis, combinations, at, map_)
        listed.add(axis.name)
    return True


def _is_short(making: Making, name: str) -> bool:
    source = making.columns[name]
    return isinstance(source, Enumerated) and capacity(source) < making.count


def combine(draft: Draft, making: Making, names: tuple[str, ...], axes: dict[str, int], per: int) -> None:
    """Let the free axes walk over their product together."""
    sizes = tuple(axes.values())
    key = making.key(*names)
    size, count = math.prod(sizes), -(-making.count // per)
    start = start_of(draft.seed, making.stream, key, size, count)
    if not making.labels:
        space = f"{key} of {draft.name}: {_space(making, names, axes)}"
        wanted = Interval(space, making.step.id, making.path, start, count, size)
        start = reserved(draft, making, names[0], wanted)
    for axis, name in enumerate(axes):
        making.columns[name] = _with_map(making.columns[name], Combined(key, sizes, axis, start, per))


def _space(making: Making, names: tuple[str, ...], axes: dict[str, int]) -> str:
    """What a product is made of: only steps that combine the same rows and values can be in each other's way."""
    return ", ".join(
        repr(_with_map(source, Each()) if name in axes else source)
        for name, source in ((name, making.columns[name]) for name in names)
    )


def _with_map(source: Source, new: Map) -> Source:
    assert isinstance(source, (Link, Outside, Selected))  # nothing else has a map that free_axis counts
    return replace(source, map=new)


def _enumerate(
    draft: Draft,
    making: Making,
    unique: UniqueSet,
    kinds: tuple[type[Source], ...] = (Drawn, Const),
    *,
    clocks: bool = False,
) -> bool:
    """Let one column of the set that is generated, or is a range, be distinct by itself: one that says when its row was
    made only if nothing else helps.
    """
    names = unique.names
    for name in sorted(names, key=lambda name: is_spread(making, name)):
        field = making.shape.field(name)
        if field is None or not _is_free(making, name) or not isinstance(making.columns[name], kinds):
            continue
        if is_clock(field) and (not clocks or _is_set_by_saving(making, name)):
            continue
        if field.remote_field is not None or (making.columns[name] == Const(None) and unique.nulls_distinct):
            continue
        source = enumerated(draft, making, field, making.key(*names))
        only = len(names) == 1 and is_spread(making, name)  # too small a one is reported when it gets its interval
        told = not unique.keys or (source is not None and tells_apart(making, source, unique, name))
        if source is not None and told and (capacity(source) >= making.count or only):
            making.columns[name] = source
            return True
    return False


def _is_set_by_saving(making: Making, name: str) -> bool:
    """Whether a column holds the machine's day, the same in all rows, until they are saved and given what is planned."""
    field = making.shape.field(name)
    if field is None or not is_clock(field) or kind(field) != "date":
        return False
    step, through = making.step, bool(making.shape.model._meta.auto_created)
    way, _ = choose(making.shape, step.save, muted=step.mute_signals, through=through, columns=making.columns)
    return way == EACH or making.tree is not None


def _is_free(making: Making, name: str) -> bool:
    """Whether the planner may choose another source for a column: it is generated, or the recipe gives its range."""
    return name in making.free or is_spread(making, name)


def _spelled_out(draft: Draft, making: Making, names: tuple[str, ...]) -> dict[str, int]:
    """Turn generated columns with few different values into axes that can be combined with others."""
    axes = {}
    for name in names:
        field = making.shape.field(name)
        if field is None or field.remote_field is not None or not _is_free(making, name) or is_clock(field):
            continue
        source = enumerated(draft, making, field, making.key(*names))
        if isinstance(getattr(making.columns[name], "map", None), (Combined, Distinct)):
            continue  # another set relies on it
        if source is not None and capacity(source) <= _FEW and making.columns[name] != Const(None):
            values = tuple(all_values(source))
            making.columns[name] = Selected(values, Picked(making.lane(name), len(values)))
            axes[name] = len(values)
    return axes


def one_each(draft: Draft, making: Making, names: tuple[str, ...]) -> bool:
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


def _outside_condition(draft: Draft, making: Making, unique: UniqueSet) -> bool:
    """Give a generated column only values with which the condition of a set does not hold, so that no two rows meet."""
    if unique.test is None:
        return False
    known = {name: source.value for name, source in making.columns.items() if isinstance(source, Const)}
    for name in dict.fromkeys(columns_of(unique.test)):
        field, source = making.shape.field(name), making.columns.get(name)
        if field is None or name not in making.free or field.remote_field is not None or isinstance(source, Enumerated):
            continue
        if isinstance(getattr(source, "map", None), (Combined, Through)):
            continue  # another set relies on it
        others = _few_values(making, field)
        free = [
            value
            for value in others
            if truth(unique.test, {**known, name: value}, draft.now) in (False, None)
            and not _meets(draft, making, unique, {**known, name: value})
        ]
        if free:
            lane = making.lane(name)
            making.columns[name] = Const(free[0]) if len(free) == 1 else Selected(tuple(free), Picked(lane, len(free)))
            return True
    return False


def _try_outside(making: Making, unique: UniqueSet) -> bool:
    """Have rows drawn anew for which the condition of a set holds, so that no two rows meet."""
    names = list(dict.fromkeys(columns_of(unique.test))) if unique.test is not None else []
    if isinstance(unique.test, Compared) and unique.test.lookup == "isnull":
        return False  # what may be NULL has been tried
    if not any(_may_be_tried(making, name) for name in names) or any(_is_set_by_saving(making, name) for name in names):
        return False
    assert unique.test is not None  # it names columns
    outside = Not(unique.test)
    what = f"unique {' and '.join(unique.names)}"
    making.limits = (*making.limits, Check(what, making.shape.model, outside, spelled(outside)))
    return True


def _may_be_tried(making: Making, name: str) -> bool:
    field, source = making.shape.field(name), making.columns.get(name)
    if field is None or name not in making.free or field.remote_field is not None or is_clock(field):
        return False
    few = isinstance(field, models.BooleanField) or usable_choices(making.fillable(field))
    return isinstance(source, (Const, Drawn)) and not few


def _meets(draft: Draft, making: Making, unique: UniqueSet, known: dict[str, Any]) -> bool:
    """Whether another set would hold for all rows, and have the same values in all of them."""
    return any(
        other.test is not None and known.keys() >= set(other.names) and truth(other.test, known, draft.now) is True
        for other in making.shape.unique_sets
        if other is not unique
    )


def _few_values(making: Making, field: AnyField) -> list[Any]:
    """The values of a field that has only a few, and NULL where it may be empty."""
    empty = [None] if field.null and field.blank and field.name not in making.nulls else []
    if isinstance(field, models.BooleanField):
        return [False, True, *empty]
    return [*usable_choices(making.fillable(field)), *empty]


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
        if _is_set_by_saving(making, names[0]):
            message = f"is unique, and {making.count} rows would all be saved on one day"
            draft.problem(
                making, names[0], "E045", message, "Make one row, or write 'save: bulk', which asks no clock."
            )
            return
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


def place(draft: Draft, making: Making) -> None:
    """Give each enumerated column its interval of the enumeration; columns of one key share one."""
    starts: dict[str, int] = {}
    for name, source in making.columns.items():
        if isinstance(source, Mixed) and making.step.rows:
            parts = tuple(_with_place(draft, making, name, part, {}) for part in source.sources)
            making.columns[name] = replace(source, sources=parts)
        else:
            making.columns[name] = _with_place(draft, making, name, source, starts)


def _with_place(draft: Draft, making: Making, name: str, source: Source, starts: dict[str, int]) -> Source:
    if isinstance(source, Following) and isinstance(source.own, Enumerated):
        return replace(source, own=_shared_place(draft, making, name, source.own, starts))
    if isinstance(source, Enumerated):
        return _shared_place(draft, making, name, source, starts)
    return source


def _shared_place(draft: Draft, making: Making, name: str, source: Enumerated, starts: dict[str, int]) -> Enumerated:
    """The enumeration from where another column of its key begins, else with an interval of its own."""
    if source.key in starts:
        return replace(source, start=starts[source.key])
    placed = _placed(draft, making, name, source)
    starts[source.key] = placed.start
    return placed


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
    return reserved(draft, making, name, Interval(key, making.step.id, making.path, start, making.count, size))


def reserved(draft: Draft, making: Making, name: str, wanted: Interval) -> int:
    """Return where an interval begins: as wanted, or behind others of the recipe that are in its way."""
    own = wanted
    for _ in draft.intervals:
        clash = draft.intervals.clash(own)
        if clash is None:
            break
        behind = clash.start + clash.count
        own = replace(own, start=behind if behind + own.count <= own.size else 0)
    behind_others = (replace(own, start=(other.start + other.count) % own.size) for other in draft.intervals)
    found = next((place for place in chain([own], behind_others) if draft.intervals.clash(place) is None), None)
    if found is None:
        used = sum(other.count for other in draft.intervals.of(own.key))
        draft.problem(
            making,
            name,
            "E057",
            f"must be different in {own.count} rows, and {used} of the {own.size} different values are those of other "
            f"steps",
            "Lower the count, or give the values yourself.",
        )
        return wanted.start
    draft.intervals.add([found])
    return found.start
