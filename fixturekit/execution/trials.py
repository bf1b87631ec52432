"""Columns that are drawn anew in single rows, until constraints and validators have nothing against them.

Row after row for itself: attempt 0 is what the column has anyway, attempt a is drawn in a lane of its own, so that a row
that is right keeps its values, and no row depends on another. What goes by other columns does so in further attempts too,
until it is let go.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

from fixturekit.blueprints import AnyField
from fixturekit.exceptions import GenerationError
from fixturekit.execution.failures import CellFailed
from fixturekit.planning.plan import Rule, Trial
from fixturekit.values import canonical
from fixturekit.values.conditions import (
    UNKNOWN,
    Applied,
    Column,
    Compared,
    Condition,
    Constant,
    Not,
    Operand,
    columns_of,
    reckons,
    refuses,
    refuses_in_floats,
    value_of,
)
from fixturekit.values.disjuncts import Atom, disjuncts
from fixturekit.values.fields.acceptance import acceptance
from fixturekit.values.following import Follow, follow
from fixturekit.values.literals import clean
from fixturekit.values.narrowing import step_of
from fixturekit.values.sources import (
    Drawn,
    Enumerated,
    Following,
    Link,
    Outside,
    Picked,
    Selected,
    Source,
    Weighted,
)  # fmt: skip
from fixturekit.values.streams import BLOCK, digest

ATTEMPTS = 200
_LET_GO = 4  # from this attempt on, what goes by others is drawn by itself where they do not help
_REPAIRED = 8  # from this attempt on, values are also taken from what a rule compares them with
_EXACT = 64  # from this attempt on, it is enough that numbers fit where decimals are exact
_KEPT = 8  # blocks whose attempts are held, so that columns may ask for them one by one

Cells = list[Any]
Values = dict[str, Any]


class Compiled(Protocol):
    """A column at work, as ``cells.Compiled`` has it."""

    def values(self, start: int, stop: int) -> Cells: ...

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]: ...

    def stored(self, start: int, stop: int, now: Cells) -> Cells: ...


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in a row instead of what the column has anyway: a value, drawn by a compiled column if by any."""

    value: Any
    drawn: Compiled | None


@dataclass(slots=True)
class Tried:
    """A column that takes part in a trial."""

    inner: Compiled
    name: str
    trials: Trials
    convert: canonical.Convert

    def values(self, start: int, stop: int) -> Cells:
        cells = self.inner.values(start, stop)
        for row, cell in self._instead(start, stop):
            cells[row - start] = cell.value
        return cells

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        cells, tokens = self.inner.cells(start, stop)
        instead = list(self._instead(start, stop))
        if instead:
            cells, tokens = list(cells), list(tokens)
        for row, cell in instead:
            cells[row - start], tokens[row - start] = self._forms(row, cell)
        return cells, tokens

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        tokens = list(self.inner.stored(start, stop, now))
        for row, cell in self._instead(start, stop):
            own = now[row - start : row - start + 1]
            tokens[row - start] = (self.convert(own) if cell.drawn is None else cell.drawn.stored(row, row + 1, own))[0]
        return tokens

    def _forms(self, row: int, cell: _Cell) -> tuple[Any, Any]:
        if cell.drawn is None:
            [made] = self.convert([cell.value])
            return made, made
        cells, tokens = cell.drawn.cells(row, row + 1)
        return cells[0], tokens[0]

    def _instead(self, start: int, stop: int) -> Iterator[tuple[int, _Cell]]:
        for row, found in self.trials.instead(start, stop).items():
            if self.name in found:
                yield row, found[self.name]


@dataclass(slots=True)
class Trials:
    """One trial of a batch, at work.

    Args:
        trial: What is tried.
        count: How many rows there are.
        now: The recipe's clock.
        fields: The fields of the columns that the trial knows, by name.
        bare: Each of these columns, without what the trial changes.
        sources: Where these columns come from.
        compile: Compiles another source of a field.
    """

    trial: Trial
    count: int
    now: datetime.datetime
    fields: Mapping[str, AnyField]
    bare: Mapping[str, Compiled]
    sources: Mapping[str, Source]
    compile: Callable[[AnyField, Source], Compiled]
    _kept: dict[tuple[int, int], dict[int, dict[str, _Cell]]] = field(default_factory=dict)
    _drawn: dict[tuple[str, int], Compiled] = field(default_factory=dict)
    _refusals: dict[str, Callable[[Any], str]] = field(default_factory=dict)
    _reckoned: frozenset[str] = frozenset()
    _ways: dict[str, list[list[tuple[str, bool]]]] = field(default_factory=dict)
    _followers: dict[str, tuple[Following, Follow]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.trial.validated:
            source = self.sources[name]
            found = acceptance(self.fields[name], source if isinstance(source, Drawn) else None)
            if found is not None:
                self._refusals[name] = found.refusal
        rules = (*self.trial.rules, *self.trial.kept)
        self._reckoned = frozenset(rule.constraint for rule in rules if reckons(rule.condition))
        for name in sorted(self.trial.names):
            self._add_follower(name)

    def _add_follower(self, name: str) -> None:
        """Note a column that goes by others, behind those of the trial that it reads."""
        source = self.sources.get(name)
        if name in self.trial.names and name not in self._followers and isinstance(source, Following):
            for other in source.fields:
                self._add_follower(other)
            self._followers[name] = source, follow(source)

    def instead(self, start: int, stop: int) -> dict[int, dict[str, _Cell]]:
        """Return the rows that have something else than their columns have anyway, with what that is."""
        found: dict[int, dict[str, _Cell]] = {}
        for number in range(start // BLOCK, -(-stop // BLOCK)):
            first, last = number * BLOCK, min((number + 1) * BLOCK, self.count)
            part = max(first, start), min(last, stop)
            kept = self._kept.get((first, last))
            if kept is not None:
                found.update({row: cells for row, cells in kept.items() if start <= row < stop})
                continue
            if part not in self._kept:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[part] = self._tried(*part)
            found.update(self._kept[part])
        return found

    def settled(self, row: int, values: Values) -> Values:
        """Return other values for columns of one row of which nothing else is known than these values; none if they do.

        Raises:
            CellFailed: No attempt satisfies what is asked for.
        """
        complaint = self._complaint(values, self.trial.rules)
        if complaint is None:
            return {}
        return {name: cell.value for name, cell in self._retried(row, dict(values), complaint).items()}

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _tried(self, start: int, stop: int) -> dict[int, dict[str, _Cell]]:
        names = list(self.bare)
        columns = [self.bare[name].values(start, stop) for name in names]
        found: dict[int, dict[str, _Cell]] = {}
        for row, cells in enumerate(zip(*columns, strict=True), start):
            values = dict(zip(names, cells, strict=True))
            complaint = self._complaint(values, self.trial.rules)
            if complaint is not None:
                found[row] = self._retried(row, values, complaint)
        return found

    def _complaint(self, values: Values, rules: Sequence[Rule], *, in_floats: bool = True) -> Rule | str | None:
        """The first rule that a row breaks, or the first field that refuses its value; None if there is nothing.

        A row had better pass in floats too: then it does in every database.
        """
        for name, refusal in self._refusals.items():
            value = values[name]
            if value is not None and refusal(value):
                return name
        broken = next((rule for rule in rules if refuses(rule.condition, values, self.now)), None)
        if broken is None and in_floats:
            reckoned = (rule for rule in rules if rule.constraint in self._reckoned)
            return next((rule for rule in reckoned if refuses_in_floats(rule.condition, values, self.now)), None)
        return broken

    def _retried(self, row: int, values: Values, complaint: Rule | str | None) -> dict[str, _Cell]:
        instead: dict[str, _Cell] = {}
        rules = [*self.trial.rules, *self.trial.kept]
        alone: set[str] = set()
        for attempt in range(1, ATTEMPTS + 1):
            if complaint is None:
                return instead
            others = dict(self._other(row, values, complaint, attempt))
            alone.update(others.keys() & self._followers.keys())
            for name, cell in others.items():
                instead[name], values[name] = cell, cell.value
            still = [name for name in self._about(complaint) if name not in others]
            for name in self._gone_by(others, still):
                if name not in alone:
                    own = self._own(name, attempt if name in still else 0)
                    cell = _Cell(self._followed(name, row, values, own), None)
                    instead[name], values[name] = cell, cell.value
            complaint = self._complaint(values, rules, in_floats=attempt < _EXACT)
        if complaint is None:
            return instead
        raise self._failed(row, values, complaint)

    def _other(self, row: int, values: Values, complaint: Rule | str, attempt: int) -> Iterator[tuple[str, _Cell]]:
        """What is tried next: other values for the columns that the complaint is about."""
        if isinstance(complaint, str):
            yield complaint, self._drawn_again(complaint, row, attempt)
            return
        if attempt == 1 and (nulls := self._other_nulls(complaint, row, values)):
            yield from nulls.items()
            return
        repairs = list(self._repairs(complaint.condition, values)) if self._may_repair(complaint, attempt) else []
        if repairs:
            name, value = repairs[(attempt // 2) % len(repairs)]
            yield name, _Cell(value, None)
            return
        alternatives = dict(self.trial.columns)
        for name in self._about(complaint):
            if name not in self._followers or (attempt >= _LET_GO and alternatives[name] is not None):
                yield name, self._drawn_again(name, row, attempt)

    def _about(self, complaint: Rule | str) -> list[str]:
        """The columns that may be drawn anew of those that a complaint is about."""
        if isinstance(complaint, str):
            return [complaint]
        return [name for name in dict.fromkeys(columns_of(complaint.condition)) if name in self.trial.names]

    def _gone_by(self, changed: Iterable[str], again: Iterable[str]) -> Iterator[str]:
        """The columns that go by others which have changed, or are to do so with something else of their own."""
        found = set(changed)
        for name, (source, _) in self._followers.items():
            if name in again or not found.isdisjoint(source.fields):
                found.add(name)
                yield name

    def _followed(self, name: str, row: int, values: Values, own: Compiled) -> Any:
        source, follow_ = self._followers[name]
        return follow_([[values[other]] for other in source.fields], own.values(row, row + 1), self.now)[0]

    def _own(self, name: str, attempt: int) -> Compiled:
        """What a column that goes by others has of its own."""
        key = f"{name} of its own", attempt
        if key not in self._drawn:
            own = self._followers[name][0].own
            self._drawn[key] = self.compile(self.fields[name], again(own, attempt) if attempt else own)
        return self._drawn[key]

    def _may_repair(self, rule: Rule, attempt: int) -> bool:
        """Every other attempt takes a value from the rule itself: early where chance would hardly find one."""
        early = self.trial.counting or (isinstance(rule.condition, Compared) and rule.condition.lookup == "exact")
        return attempt % 2 == 1 and (early or attempt >= _REPAIRED)

    def _drawn_again(self, name: str, row: int, attempt: int) -> _Cell:
        drawn = self._drawn.get((name, attempt))
        if drawn is None:
            source = dict(self.trial.columns)[name] or self.sources[name]
            drawn = self.compile(self.fields[name], again(source, attempt))
            self._drawn[name, attempt] = drawn
        return _Cell(drawn.values(row, row + 1)[0], drawn)

    def _other_nulls(self, rule: Rule, row: int, values: Values) -> dict[str, _Cell]:
        """What is empty, or filled, in a way of passing a rule for which nothing else has to change."""
        if rule.constraint not in self._ways:
            self._ways[rule.constraint] = [self._nulls(way) for way in disjuncts(rule.condition) or ()]
        for way in self._ways[rule.constraint]:
            cells = {
                name: _Cell(None, None) if empty else self._drawn_again(name, row, 1)
                for name, empty in way
                if (values[name] is None) != empty
            }
            changed = {**values, **{name: cell.value for name, cell in cells.items()}}
            if cells and not refuses(rule.condition, changed, self.now):
                return cells
        return {}

    def _nulls(self, way: Iterable[Atom]) -> list[tuple[str, bool]]:
        """The columns of the trial of which a way says that they are empty, or are not."""
        said = [atom for atom in way if isinstance(atom, Compared) and atom.lookup == "isnull"]
        return [
            (atom.left.name, atom.right[0] == Constant(True))
            for atom in said
            if isinstance(atom.left, Column)
            and atom.left.name in self.trial.names
            and self._may_be_null(atom.left.name)
        ]

    def _may_be_null(self, name: str) -> bool:
        return bool(self.fields[name].null) and self.fields[name].remote_field is None

    # -- values that a rule itself names -------------------------------------------------------------------------------

    def _repairs(self, condition: Condition, values: Values) -> Iterator[tuple[str, Any]]:
        for compared, wanted in _comparisons(condition, wanted=True):
            if compared.lookup == "isnull":
                continue  # `_other_nulls` has seen to it
            for name, other in _sides(compared):
                unique = isinstance(self.sources.get(name), Enumerated)
                if unique or name not in self.trial.names or self.fields[name].remote_field is not None:
                    continue
                near = value_of(other, values, self.now)
                for value in self._held(name, self._near(name, near)):
                    rows = {**values, name: value}
                    if not refuses(compared if wanted else Not(compared), rows, self.now):
                        yield name, value

    def _near(self, name: str, value: Any) -> Iterator[Any]:
        """A value and those beside it, as the field holds them."""
        if value is UNKNOWN or value is None:
            return
        yield value
        step = step_of(self.fields[name])
        if step is not None:
            try:
                exact = Decimal(str(value)) if isinstance(step, Decimal) else value
                yield from (exact + step, exact - step)
            except (TypeError, OverflowError):
                return

    def _held(self, name: str, values: Iterable[Any]) -> Iterator[Any]:
        """The values that the field accepts as they are, in the form that it holds them."""
        for value in values:
            try:
                held = clean(self.fields[name], value)
            except ValueError:
                continue
            if held == value:
                yield held

    # -- errors --------------------------------------------------------------------------------------------------------

    def _failed(self, row: int, values: Values, complaint: Rule | str) -> CellFailed:
        if isinstance(complaint, str):
            found = acceptance(self.fields[complaint], None)
            who = ", ".join(found.names) if found else type(self.fields[complaint]).__name__
            reason = self._refusals[complaint](values[complaint]).rstrip(".")
            message = (
                f"none of {ATTEMPTS} generated values, such as {values[complaint]!r}, is accepted by {who}: {reason}"
            )
            error = GenerationError(
                f"{message}. Give the field values ('set'), name a function for it in FIELD_GENERATORS, or put values "
                f"that fit on a shelf"
            )
            name = complaint
        else:
            names = [one for one in dict.fromkeys(columns_of(complaint.condition)) if one in self.trial.names]
            name = names[0]
            error = GenerationError(
                f"none of {ATTEMPTS} attempts to draw {' and '.join(names)} satisfies the constraint "
                f"'{complaint.constraint}' ({complaint.spelled}). Give {' or '.join(names)} values that fit"
            )
        failure = CellFailed(name, row)
        failure.__cause__ = error
        return failure


def again(source: Source, attempt: int) -> Source:
    """Return the source of a further attempt: the same, drawn in a lane of its own."""
    if isinstance(source, Drawn):
        return replace(source, lane=f"{source.lane}?{attempt}")
    if isinstance(source, Enumerated) and source.enumeration == "parted":
        args = dict(source.args)
        # columns of one rule must not go from part to part in step
        drawn = int.from_bytes(digest(("part", source.key, str(attempt))), "little")
        return replace(source, args=tuple(sorted({**args, "part": drawn % args["parts"]}.items())))
    if isinstance(source, (Selected, Link, Outside)) and isinstance(source.map, (Picked, Weighted)):
        return replace(source, map=replace(source.map, lane=f"{source.map.lane}?{attempt}"))
    return source


def _comparisons(condition: Condition, *, wanted: bool) -> Iterator[tuple[Compared, bool]]:
    """Every comparison of a condition, and whether it is to hold."""
    if isinstance(condition, Compared):
        yield condition, wanted
    elif isinstance(condition, Not):
        yield from _comparisons(condition.part, wanted=not wanted)
    else:
        for part in condition.parts:
            yield from _comparisons(part, wanted=wanted)


def _sides(compared: Compared) -> Iterator[tuple[str, Operand]]:
    """The columns that a comparison is about, each with an operand that it is compared with."""
    for right in compared.right:
        yield from _solved(compared.left, right)
        yield from _solved(right, compared.left)


def _solved(side: Operand, other: Operand) -> Iterator[tuple[str, Operand]]:
    """The columns of one side, each with what makes both sides equal."""
    if isinstance(side, Column):
        yield side.name, other
    elif isinstance(side, Applied) and side.function in ("+", "-"):
        first, second = side.operands
        back = "-" if side.function == "+" else "+"
        yield from _solved(first, Applied(back, (other, second)))
        yield from _solved(second, Applied("-", (other, first) if side.function == "+" else (first, other)))


def known_names(trial: Trial, sources: Mapping[str, Source]) -> Sequence[str]:
    """The columns that a trial changes or reads, those that others of it go by too."""
    names = [name for name, _ in trial.columns]
    for rule in trial.rules:
        names.extend(columns_of(rule.condition))
    for name in trial.names:
        source = sources.get(name)
        names.extend(source.fields if isinstance(source, Following) else ())
    return list(dict.fromkeys(names))
