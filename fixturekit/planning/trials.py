"""Columns that only trying can make valid: noted with their rules, once all columns of a making have a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from fixturekit.blueprints import Check
from fixturekit.planning.draft import Draft
from fixturekit.planning.following import reached, readable
from fixturekit.planning.intervals import Interval, Intervals
from fixturekit.planning.making import Making
from fixturekit.planning.plan import Rule, Trial
from fixturekit.planning.rows import static_cell
from fixturekit.planning.scalars import drawn_instead, is_spread
from fixturekit.planning.uniques import reserved
from fixturekit.values.conditions import UNKNOWN, Column, Compared, Condition, Constant, columns_of, refuses
from fixturekit.values.disjuncts import Atom, disjuncts
from fixturekit.values.fields.acceptance import acceptance
from fixturekit.values.narrowing import promises
from fixturekit.values.registry import capacity
from fixturekit.values.sources import (
    Const,
    Counted,
    Default,
    Drawn,
    Earlier,
    Enumerated,
    Following,
    Hashed,
    Link,
    Outside,
    Picked,
    Pinned,
    Sequence,
    Source,
    Weighted,
)  # fmt: skip

_PARTS = 64  # values that a row of a unique column may choose from
_ROOM = 4  # so many times the rows that are wanted have to be left then
_CHECKED_ROWS = 10_000  # rows that the recipe writes out are looked at while planning
# rules of numbers, which keep to the limits of their field
_LIMITED = frozenset({"product", "sum", "percentage", "price beside", "above", "age"})


@dataclass(slots=True)
class _Group:
    """Columns that have a rule in common."""

    names: dict[str, None] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    validated: list[str] = field(default_factory=list)


def plan_trials(draft: Draft, making: Making) -> None:
    """Note on a making which of its columns have to be tried, row by row; report rows that break a constraint.

    Columns whose values are known to be valid by the way they are made are none of them.
    """
    if making.factory is not None:
        return
    groups: list[_Group] = []
    kept: list[Rule] = []
    for check in making.checks:
        if check.condition is None:
            continue  # the database decides
        if _proven(draft, making, check):
            kept.append(Rule(check.name, check.condition, check.spelled))
        else:
            _add_rule(draft, making, groups, check)
    for name in _doubtful(making):
        _group(groups, [name]).validated.append(name)
    _join_followers(making, groups)
    counting = draft.style == "plain"
    making.trials = tuple(
        Trial(
            tuple((name, _alternative(draft, making, name)) for name in group.names),
            tuple(group.rules),
            tuple(rule for rule in kept if not group.names.keys().isdisjoint(columns_of(rule.condition))),
            tuple(group.validated),
            counting,
        )
        for group in groups
    )


def _add_rule(draft: Draft, making: Making, groups: list[_Group], check: Check) -> None:
    assert check.condition is not None  # plan_trials has looked
    names = list(dict.fromkeys(columns_of(check.condition)))
    if not all(readable(making, name) for name in names):
        return  # the database decides
    if _written_out(draft, making, check, names):
        return
    # of a call it is not known yet what is given
    undecided = draft.calling.follows or any(_is_given_several(making, name) for name in names)
    free = [
        name for name in names if _may_change(draft, making, name, undecided=undecided) or _part(draft, making, name)
    ]
    if free:
        _group(groups, free).rules.append(Rule(check.name, check.condition, check.spelled))


def _group(groups: list[_Group], names: Iterable[str]) -> _Group:
    """The group of these columns: those that have one of them become one."""
    names = list(names)
    found = _Group()
    for group in [group for group in groups if any(name in group.names for name in names)]:
        groups.remove(group)
        found.names.update(group.names)
        found.rules.extend(group.rules)
        found.validated.extend(group.validated)
    found.names.update(dict.fromkeys(names))
    groups.append(found)
    return found


def _join_followers(making: Making, groups: list[_Group]) -> None:
    """What goes by a column that is drawn anew changes with it, and so do columns in between: they are tried together."""
    for name in [name for group in groups for name in group.names]:
        if isinstance(making.columns[name], Following):
            tried = {other for group in groups for other in group.names}
            read = sorted(reached(making, name))
            _group(groups, [one for one in read if one in tried or isinstance(making.columns[one], Following)])


# -- what need not be tried --------------------------------------------------------------------------------------------


def _proven(draft: Draft, making: Making, check: Check) -> bool:
    """Whether every row passes, as the sources of the columns alone say."""
    assert check.condition is not None  # plan_trials has looked
    if any(check.condition in _tested(making.columns.get(name)) for name in columns_of(check.condition)):
        return True
    ways = disjuncts(check.condition) or ()
    return any(all(_always(draft, making, atom) for atom in way) for way in ways)


def _tested(source: Source | None) -> tuple[Condition, ...]:
    """The conditions whose failures are left out of an enumeration."""
    found: tuple[Condition, ...] = dict(source.args).get("rules", ()) if isinstance(source, Enumerated) else ()
    return found


def _always(draft: Draft, making: Making, atom: Atom) -> bool:
    names = set(columns_of(atom))
    sources = {name: making.columns.get(name) for name in names}
    if all(isinstance(source, Const) for source in sources.values()):
        known = {name: source.value for name, source in sources.items() if isinstance(source, Const)}
        return not refuses(atom, known, draft.now)
    if len(names) > 1:
        return False
    [(name, source)] = sources.items()
    if isinstance(atom, Compared) and atom.lookup == "isnull" and isinstance(atom.left, Column):
        return atom.right[0] == Constant(False) and _never_null(source)
    found = making.shape.field(name)
    generated = name in making.free and (
        isinstance(source, (Drawn, Enumerated)) or (isinstance(source, Following) and source.rule in _LIMITED)
    )
    return generated and found is not None and promises(making.fillable(found), atom, draft.now)


def _never_null(source: Source | None) -> bool:
    if isinstance(source, (Link, Outside)):
        return not isinstance(source.map, Earlier)
    return isinstance(source, (Drawn, Enumerated, Following, Sequence, Counted, Hashed, Pinned))


def _doubtful(making: Making) -> Iterator[str]:
    """Generated columns whose own validators may refuse some of the values."""
    for found in making.shape.fields:
        source = making.columns.get(found.name)
        generated = found.name in making.free or is_spread(making, found.name)
        if isinstance(source, Drawn) and generated and acceptance(found, source) is not None:
            yield found.name


def _written_out(draft: Draft, making: Making, check: Check, names: list[str]) -> bool:
    """Whether the plan alone says what all rows have; reports the first that breaks the constraint."""
    assert check.condition is not None  # plan_trials has looked
    cells = {name: static_cell(making.columns[name]) for name in names}
    if making.count > _CHECKED_ROWS or any(cell is None for cell in cells.values()):
        return False
    for row in range(making.count):
        found = {name: cell(row) for name, cell in cells.items() if cell is not None}
        if refuses(check.condition, {name: value for name, value in found.items() if value is not UNKNOWN}, draft.now):
            name = next((name for name in names if name in making.given), names[0])
            label = making.labels[row] if making.labels else str(row)
            message = f"row {label} breaks the constraint '{check.name}' ({check.spelled})"
            draft.problem(making, name, "E114", message, f"Change {' or '.join(names)}.")
            break
    return True


# -- what may be drawn anew --------------------------------------------------------------------------------------------


def _is_given_several(making: Making, name: str) -> bool:
    """Whether the recipe gives a field values of which each row draws one."""
    map_ = getattr(making.columns[name], "map", None)
    return is_spread(making, name) or (name in making.given and isinstance(map_, (Picked, Weighted)))


def _may_change(draft: Draft, making: Making, name: str, *, undecided: bool) -> bool:
    """Whether a column may be drawn anew in a row: it is drawn, or generated, and no unique set relies on it.

    Args:
        undecided: Rows are given different values in other columns, so that it may have to be empty in some of them only.
    """
    found, source = making.shape.field(name), making.columns[name]
    if found is None or found.primary_key or isinstance(source, Enumerated):
        return False
    map_ = getattr(source, "map", None)
    if map_ is not None:
        return isinstance(map_, (Picked, Weighted))
    if found.remote_field is not None or name not in making.free:
        return isinstance(source, Drawn) and is_spread(making, name)
    if getattr(found, "auto_now", False) or getattr(found, "auto_now_add", False):
        return False
    if making.nulls.get(name) and not undecided:
        return False
    return isinstance(source, Drawn) or (
        isinstance(source, (Const, Default, Following)) and _alternative(draft, making, name) is not None
    )


def _part(draft: Draft, making: Making, name: str) -> bool:
    """Cut the enumeration of a unique column in parts, so that a row may take its value from any of them."""
    source = making.columns[name]
    slotted = any(name in exclusion.spans for exclusion in making.shape.exclusions)
    if not isinstance(source, Enumerated) or slotted:
        return False  # nothing to choose from, or a slot that keeps rows apart, whose ends belong together
    if source.enumeration == "parted":
        return True
    size = capacity(source) // _PARTS
    if name not in making.free or making.labels or size < making.count * _ROOM:
        return False
    scattered = () if source.counting else (("scattered", True),)
    args = (("args", source.args), ("of", source.enumeration), ("parts", _PARTS), *scattered)
    # a row owns the same number in each part, so it is numbers of parts that steps must not share
    place = (source.key, making.step.id, making.path)
    draft.intervals = Intervals(known for known in draft.intervals if (known.key, known.step, known.path) != place)
    key = f"{source.key} in {_PARTS} parts"
    wanted = Interval(key, making.step.id, making.path, source.start % size, making.count, size)
    start = reserved(draft, making, name, wanted)
    making.columns[name] = replace(source, enumeration="parted", args=args, start=start)
    return True


def _alternative(draft: Draft, making: Making, name: str) -> Source | None:
    """What further attempts at a generated column are drawn from; None where its own source is drawn already."""
    found, source = making.shape.field(name), making.columns[name]
    assert found is not None  # its column is there
    if name not in making.free or getattr(source, "map", None) is not None or isinstance(source, Enumerated):
        return None
    if isinstance(source, Drawn) and draft.style == "lifelike":
        return None
    return drawn_instead(draft, making, found)
