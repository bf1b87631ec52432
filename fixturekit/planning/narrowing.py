"""CHECK constraints before columns have sources: of the ways in which a row can pass, one is chosen and prepared.

What the recipe gives stands; of the other fields a way may ask to be NULL or not, or to keep to limits and choices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fixturekit.blueprints import AnyField, Check
from fixturekit.exceptions import GenerationError
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.relations import stays_empty
from fixturekit.planning.resolving import Given
from fixturekit.planning.scalars import unset_scalar
from fixturekit.recipes.document import Auto, Listing, Literal, Mapping, Mask, Range
from fixturekit.values.conditions import UNKNOWN, Column, Compared, Constant, columns_of, refuses
from fixturekit.values.disjuncts import Atom, disjuncts
from fixturekit.values.literals import convert
from fixturekit.values.narrowing import Narrowing, column_of, narrowed, narrowed_field, promises
from fixturekit.values.sources import ByDatabase, Const, Hashed, Source

_NOT_BLANK = 10
_TRIED = 500  # ways that are looked at before the search is given up


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
    search = _Search(draft, making, labelled)
    best = search.best(checks)
    if best is None:
        search.report(checks)
        return False
    making.nulls = dict(best.nulls)
    for name, narrowing in best.narrowings.items():
        found = narrowed_field(search.field(name), narrowing)
        if found is not None and not narrowing.empty:
            making.narrowed[name] = found
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


class _Search:
    """Looks for a way through all constraints of a making, that which changes least first."""

    def __init__(self, draft: Draft, making: Making, labelled: Collection[str]) -> None:
        self._draft = draft
        self._making = making
        self._labelled = labelled
        self._standings: dict[str, Standing] = {}
        self._left = _TRIED

    def field(self, name: str) -> AnyField:
        found = self._making.shape.field(name)
        assert found is not None  # conditions are about columns
        return found

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
        given = [name for name in names if self.standing(name).fixed and name in self._making.given]
        ordered = [name for name in self._making.given if name in given] or sorted(names)
        said = " and ".join(f"'{check.name}' ({check.spelled})" for check in checks)
        what = "constraint" if len(checks) == 1 else "constraints"
        message = f"what is given breaks the {what} {said}" if given else f"no value satisfies the {what} {said}"
        hint = f"Change {' or '.join(ordered)}." if given else f"Give {' and '.join(ordered)} values that fit."
        self._draft.problem(self._making, ordered[0], "E114", message, hint)

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
        if refuses(atom, {name: value for name, value in known.items() if value is not UNKNOWN}, self._draft.now):
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
        narrowing = narrowed(way.narrowings.get(name, Narrowing()), field_, atom, self._draft.now)
        if narrowing is None:
            return way  # of a form that is tried when rows are made
        if narrowed_field(field_, narrowing) is None:
            return way if standing.null and way.nulls.get(name, True) else None
        changed = standing.value is not UNKNOWN and refuses(atom, {name: standing.value}, self._draft.now)
        return replace(way, narrowings={**way.narrowings, name: narrowing}, cost=way.cost + changed)

    # -- what columns are ----------------------------------------------------------------------------------------------

    def standing(self, name: str) -> Standing:
        if name not in self._standings:
            self._standings[name] = self._standing(name)
        return self._standings[name]

    def _standing(self, name: str) -> Standing:
        making, field_ = self._making, self.field(name)
        given = making.given.get(name)
        if name in self._labelled:
            return Standing(fixed=True, null=None)
        if given is not None and not isinstance(given.value, Auto):
            return self._given(field_, given)
        if field_ is making.shape.key and making.shape.counted:
            return Standing(fixed=True)
        if making.shape.generic_of(name) is not None:
            return Standing(fixed=True, null=None)
        if field_.remote_field is not None:
            return Standing(fixed=False, null=stays_empty(self._draft, making, field_))
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
        trial = replace(self._making, free=set(), narrowed={}, nulls={}, columns={}, parents={})
        before = len(self._draft.problems.found)
        try:
            source = unset_scalar(self._draft, trial, field_)
        except GenerationError:
            return Standing(fixed=False)  # limits may help
        del self._draft.problems.found[before:]
        if source is None or isinstance(source, (ByDatabase, Hashed)):
            return Standing(fixed=True, null=None)
        return Standing(fixed=not self._may_change(trial, field_), value=_constant(source), null=source == Const(None))

    def _may_change(self, trial: Making, field_: AnyField) -> bool:
        clock = getattr(field_, "auto_now", False) or getattr(field_, "auto_now_add", False)
        return field_.name in trial.free and not clock


def _constant(source: Source) -> Any:
    return source.value if isinstance(source, Const) else UNKNOWN
