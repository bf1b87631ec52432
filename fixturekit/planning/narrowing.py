"""CHECK constraints before columns have sources: of the ways in which a row can pass, one is chosen and prepared.

What the recipe gives stands; of the other fields a way may ask to be NULL or not, or to keep to limits and choices. Where
rows would differ without the constraint, or several ways are as good, they take several ways in style ``lifelike``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeAlias

from django.db import models

from fixturekit.blueprints import AnyField, Check
from fixturekit.exceptions import GenerationError
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Branch, Making
from fixturekit.planning.relations import stays_empty
from fixturekit.planning.resolving import Given
from fixturekit.planning.scalars import unset_scalar
from fixturekit.recipes.document import Auto, Listing, Literal, Mapping, Mask, Range
from fixturekit.values.conditions import UNKNOWN, Column, Compared, Constant, columns_of, refuses
from fixturekit.values.disjuncts import Atom, disjuncts
from fixturekit.values.literals import convert
from fixturekit.values.narrowing import Narrowing, column_of, narrowed, narrowed_field, promises
from fixturekit.values.sources import ByDatabase, Const, Hashed, Source

Asked: TypeAlias = "tuple[dict[str, bool], dict[str, AnyField]]"

_NOT_BLANK = 10
_TRIED = 500  # ways that are looked at before the search is given up
_LOOKED_AT = 32  # complete ways of which rows may take others than the first
_TAKEN = 8  # ways that rows of a making take


@dataclass(frozen=True, slots=True)
class Standing:
    """What a column is before constraints are looked at.

    ``fixed`` says that no constraint may change it. ``value`` is UNKNOWN unless all rows have the same; ``null`` is None
    where nobody can say.
    """

    fixed: bool
    value: Any = UNKNOWN
    null: bool | None = False


@dataclass(frozen=True, slots=True)
class Way:
    """What is asked of the free fields so far, and how many of them would have been otherwise."""

    nulls: dict[str, bool] = field(default_factory=dict)
    narrowings: dict[str, Narrowing] = field(default_factory=dict)
    cost: int = 0


def narrow(draft: Draft, making: Making, labelled: Collection[str]) -> bool:
    """Choose how rows of a making are to pass the constraints of their tables.

    Notes on the making which fields are narrowed, and which are to be NULL or not; reports constraints that what the recipe
    gives can never pass.

    Args:
        draft: The recipe.
        making: The rows, before any of their columns has a source.
        labelled: Fields that single rows give.

    Returns:
        Whether there is a way.
    """
    checks = [check for check in making.checks if check.condition is not None]
    if not checks or making.factory is not None:
        return True
    search = _Search(draft, making, checks, labelled)
    best = search.best(checks)
    if best is None:
        search.report(checks)
        return False
    making.nulls, making.narrowed = search.asked(best)
    making.branches = _Others(search, checks, best).branches()
    for check in checks:
        _note_alone(draft, making, check)
    return True


def _note_alone(draft: Draft, making: Making, check: Check) -> None:
    """Note a condition on one field alone that limits and choices do not promise to hold."""
    assert check.condition is not None  # narrow has looked
    names = set(columns_of(check.condition))
    name = next(iter(names), "")
    field_ = making.shape.field(name)
    if len(names) != 1 or field_ is None or field_.remote_field is not None:
        return
    ways = disjuncts(check.condition) or ()
    if not any(all(promises(making.fillable(field_), atom, draft.now) for atom in way) for way in ways):
        making.alone[name] = (*making.alone.get(name, ()), check.condition)


class _Others:
    """Further ways that rows of a making may take beside the best one.

    They differ from it in columns alone of which nothing but the way itself has to be known: those that no unique set
    and no comparison with another column is about, and that hold what is asked for by the way they are made.
    """

    def __init__(self, search: _Search, checks: list[Check], best: Way) -> None:
        self._search = search
        self._best = best
        self._options = [disjuncts(check.condition) or () for check in checks if check.condition is not None]
        making = search.making
        sets = [unique.names for unique in making.shape.unique_sets]
        spans = [(*exclusion.spans, *exclusion.equal) for exclusion in making.shape.exclusions]
        self._bound = {name for names in (*sets, *spans) for name in names} | {*search.labelled}

    def branches(self) -> tuple[Branch, ...]:
        """What the best way and those beside it ask of the columns in which they differ; none if there is no other."""
        if self._search.draft.style == "plain" or not all(self._options):
            return ()
        ways = [self._best]
        for way in islice(self._search.ways(), _LOOKED_AT):
            if len(ways) < _TAKEN and self._suits(way) and all(self._differences(way, other) for other in ways):
                ways.append(way)
        names = {name for way in ways for name in self._differences(way, self._best)}
        if not all(self._holds(way, names) for way in ways):
            return ()
        asked = [self._search.asked(way) for way in ways if names]
        return tuple({name: (nulls.get(name), limited.get(name)) for name in names} for nulls, limited in asked)

    def _differences(self, way: Way, other: Way) -> set[str]:
        """The columns of which two ways do not ask the same."""
        names = {*way.nulls, *way.narrowings, *other.nulls, *other.narrowings}
        return {name for name in names if self._asked(way, name) != self._asked(other, name)}

    def _asked(self, way: Way, name: str) -> tuple[bool | None, Narrowing]:
        null = way.nulls.get(name, self._search.standing(name).null)
        return null, Narrowing() if null else way.narrowings.get(name, Narrowing())

    def _suits(self, way: Way) -> bool:
        names = self._differences(way, self._best)
        as_good = way.cost <= self._best.cost or any(self._is_drawn_otherwise(way, name) for name in names)
        return (
            as_good
            and way.cost < self._best.cost + _NOT_BLANK
            and names.isdisjoint(self._bound)
            and all(self._may_differ(self._search.field(name)) for name in names)
        )

    @staticmethod
    def _may_differ(field_: AnyField) -> bool:
        """Whether rows may have different sources for a field: not where other rows, or files, are made for it."""
        return field_.remote_field is None and not isinstance(field_, models.FileField)

    def _is_drawn_otherwise(self, way: Way, name: str) -> bool:
        """Whether rows would have several values but for the constraint, of which the best way leaves others."""
        own, other = way.narrowings.get(name), self._best.narrowings.get(name)
        listed = own is not None and other is not None and own.among != other.among
        return listed and self._search.standing(name) == Standing(fixed=False)

    def _holds(self, way: Way, names: set[str]) -> bool:
        """Whether rows that go a way pass without being tried, as far as some columns matter."""
        return all(
            any(all(self._has(way, names, atom) for atom in option) for option in options) for options in self._options
        )

    def _has(self, way: Way, names: set[str], atom: Atom) -> bool:
        about = {*columns_of(atom)}
        if about.isdisjoint(names):
            return True
        name = column_of(atom)
        if name is None:
            return False
        null, narrowing = self._asked(way, name)
        if isinstance(atom, Compared) and atom.lookup == "isnull":
            return null is (atom.right[0] == Constant(True))
        if null:
            return True  # as NULL is neither true nor false
        field_, now = self._search.field(name), self._search.draft.now
        if narrowing.among is not None:
            return not any(refuses(atom, {name: value}, now) for value in narrowing.among)
        return promises(narrowed_field(field_, narrowing) or field_, atom, now)


class _Search:
    """Looks for a way through all constraints of a making, that which changes least first."""

    def __init__(self, draft: Draft, making: Making, checks: list[Check], labelled: Collection[str]) -> None:
        self.draft = draft
        self.making = making
        self.labelled = labelled
        self._checks = checks
        self._standings: dict[str, Standing] = {}
        self._left = _TRIED

    def field(self, name: str) -> AnyField:
        found = self.making.shape.field(name)
        assert found is not None  # conditions are about columns
        return found

    def ways(self) -> Iterator[Way]:
        """Yield complete ways through all constraints, mostly those first that change less."""
        self._left = _TRIED
        return self._ways(self._checks, Way())

    def asked(self, way: Way) -> Asked:
        """What a way asks for, as it is noted on a making."""
        limited = {
            name: found
            for name, narrowing in way.narrowings.items()
            if (found := narrowed_field(self.field(name), narrowing)) is not None and not narrowing.empty
        }
        return dict(way.nulls), limited

    def best(self, checks: list[Check]) -> Way | None:
        """The first complete way, None where there is none."""
        return next(self._ways(checks, Way()), None)

    def report(self, checks: list[Check]) -> None:
        """Say which constraint cannot be passed: alone if one cannot, else all of them together."""
        self._left = _TRIED
        for check in checks:
            if self.best([check]) is None:
                self._refused([check])
                return
        self._refused(checks)

    def _refused(self, checks: list[Check]) -> None:
        names = {name for check in checks if check.condition for name in columns_of(check.condition)}
        given = [name for name in names if self.standing(name).fixed and name in self.making.given]
        ordered = [name for name in self.making.given if name in given] or sorted(names)
        said = " and ".join(f"'{check.name}' ({check.spelled})" for check in checks)
        what = "constraint" if len(checks) == 1 else "constraints"
        message = f"what is given breaks the {what} {said}" if given else f"no value satisfies the {what} {said}"
        hint = f"Change {' or '.join(ordered)}." if given else f"Give {' and '.join(ordered)} values that fit."
        self.draft.problem(self.making, ordered[0], "E114", message, hint)

    def _ways(self, checks: list[Check], way: Way) -> Iterator[Way]:
        if not checks:
            yield way
            return
        first, *others = checks
        assert first.condition is not None  # those that nobody can read are left out
        options = disjuncts(first.condition)
        if options is None:
            yield from self._ways(others, way)
            return
        found = [step for option in options if (step := self._taken(way, option)) is not None]
        for step in sorted(found, key=lambda step: step.cost):
            self._left -= 1
            if self._left < 0:
                return
            yield from self._ways(others, step)

    def _taken(self, way: Way, atoms: tuple[Atom, ...]) -> Way | None:
        for atom in atoms:
            next_ = self._with(way, atom)
            if next_ is None:
                return None
            way = next_
        return way

    def _with(self, way: Way, atom: Atom) -> Way | None:
        """The way with one more comparison to hold, None where it cannot."""
        names = set(columns_of(atom))
        known = {name: self.standing(name).value for name in names if self.standing(name).fixed}
        if refuses(atom, {name: value for name, value in known.items() if value is not UNKNOWN}, self.draft.now):
            return None
        if isinstance(atom, Compared) and atom.lookup == "isnull" and isinstance(atom.left, Column):
            return self._with_null(way, atom.left.name, null=atom.right[0] == Constant(True))
        name = column_of(atom)
        if name is None or self.standing(name).fixed or self.field(name).remote_field is not None:
            return way
        return self._narrowed(way, name, atom)

    def _with_null(self, way: Way, name: str, *, null: bool) -> Way | None:
        standing = self.standing(name)
        if standing.fixed:
            return way if standing.null in (None, null) else None
        if way.nulls.get(name, null) != null or (null and not self.field(name).null):
            return None
        changed = name not in way.nulls and standing.null is not null
        # NULL in a field that may not be blank passes the constraint alone, not full_clean()
        cost = int(changed) + (_NOT_BLANK if null and not self.field(name).blank else 0)
        return replace(way, nulls={**way.nulls, name: null}, cost=way.cost + cost)

    def _narrowed(self, way: Way, name: str, atom: Atom) -> Way | None:
        field_, standing = self.field(name), self.standing(name)
        narrowing = narrowed(way.narrowings.get(name, Narrowing()), field_, atom, self.draft.now)
        if narrowing is None:
            return way  # of a form that is tried when rows are made
        if narrowed_field(field_, narrowing) is None:
            return way if standing.null and way.nulls.get(name, True) else None
        changed = standing.value is not UNKNOWN and refuses(atom, {name: standing.value}, self.draft.now)
        return replace(way, narrowings={**way.narrowings, name: narrowing}, cost=way.cost + changed)

    # -- what columns are ----------------------------------------------------------------------------------------------

    def standing(self, name: str) -> Standing:
        if name not in self._standings:
            self._standings[name] = self._standing(name)
        return self._standings[name]

    def _standing(self, name: str) -> Standing:
        making, field_ = self.making, self.field(name)
        given = making.given.get(name)
        if name in self.labelled:
            return Standing(fixed=True, null=None)
        if given is not None and not isinstance(given.value, Auto):
            return self._given(field_, given)
        if field_ is making.shape.key and making.shape.counted:
            return Standing(fixed=True)
        if making.shape.generic_of(name) is not None:
            return Standing(fixed=True, null=None)
        if field_.remote_field is not None:
            return Standing(fixed=False, null=stays_empty(self.draft, making, field_))
        return self._unset(field_)

    @staticmethod
    def _given(field_: AnyField, given: Given) -> Standing:
        if isinstance(given.value, (Range, Mask)):
            return Standing(fixed=False)
        if field_.remote_field is not None or not isinstance(given.value, (Literal, Listing, Mapping)):
            null = given.value is not None and getattr(given.value, "value", 0) is None
            return Standing(fixed=True, value=None if null else UNKNOWN, null=null or (None if given.source else False))
        try:
            value = convert(field_, given.value)
        except (ValueError, OverflowError):
            return Standing(fixed=True, null=None)  # which is reported when the column gets its source
        return Standing(fixed=True, value=value, null=value is None)

    def _unset(self, field_: AnyField) -> Standing:
        trial = replace(self.making, free=set(), narrowed={}, nulls={}, columns={}, parents={})
        before = len(self.draft.problems.found)
        try:
            source = unset_scalar(self.draft, trial, field_)
        except GenerationError:
            return Standing(fixed=False)  # limits may help
        del self.draft.problems.found[before:]
        if source is None or isinstance(source, (ByDatabase, Hashed)):
            return Standing(fixed=True, null=None)
        return Standing(fixed=not self._may_change(trial, field_), value=_constant(source), null=source == Const(None))

    def _may_change(self, trial: Making, field_: AnyField) -> bool:
        clock = getattr(field_, "auto_now", False) or getattr(field_, "auto_now_add", False)
        return field_.name in trial.free and not clock


def _constant(source: Source) -> Any:
    return source.value if isinstance(source, Const) else UNKNOWN
