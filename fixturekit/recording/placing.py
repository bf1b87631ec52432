"""Unique values of a recipe that is recorded take places that no other recipe of the project has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from fixturekit.exceptions import PlanError
from fixturekit.execution.applier import Applier
from fixturekit.planning.overlaps import Elsewhere, overlaps
from fixturekit.planning.planner import Planned
from fixturekit.recipes.document import Recipe

_PLACES = 20  # so many free places are looked for where another recipe has the derived one


class Neighbours:
    """The intervals of unique values that the project's recipes have; none is planned before they are asked for, and
    none twice.

    Args:
        applier: Plans them.
    """

    def __init__(self, applier: Applier) -> None:
        self._applier = applier
        self.loader = applier.loader

    def of(self, name: str, planned: Planned) -> Elsewhere:
        """The intervals that other recipes have of the enumerations that this one has intervals of."""
        keys = {interval.key for interval in planned.intervals}
        if not keys:
            return []
        return [(other, interval) for other, interval in self._all if other != name and interval.key in keys]

    @cached_property
    def _all(self) -> Elsewhere:
        found: Elsewhere = []
        for name in self.loader.recipes:
            with suppress(PlanError):  # one that does not fit the models makes no rows that could be in the way
                found += [(name, interval) for interval in self._applier.plan(name).intervals]
        return found


class Places:
    """The intervals of unique values of one recipe, beside those of the project's other recipes.

    Args:
        neighbours: The other recipes.
        name: The recipe, ``app.name``.
        planned: What it is planned to make.
    """

    def __init__(self, neighbours: Neighbours, name: str, planned: Planned) -> None:
        self._loader = neighbours.loader
        self._name = name
        self._planned = planned
        self._elsewhere = neighbours.of(name, planned)

    def given(self, recipe: Recipe, plan: Callable[[Recipe], Planned], ids: Collection[str]) -> Recipe:
        """Move unique values of some steps to a free interval where another recipe of the project has the derived one.

        Only values of a step's own rows can be moved: ``from`` says nothing of related rows.
        """
        planned = self._planned
        proven = dict(recipe.recorded.produces) if recipe.recorded else {}
        for step in recipe.steps:
            first = [pair for pair in self._elsewhere if self._goes_first(pair[0], proven=step.id in proven)]
            if step.id in ids and step.from_ is None and _overlapping(planned, step.id, first):
                ends = {other.start + other.count for _, other in self._elsewhere}
                for start in [*sorted(ends, reverse=True)[: _PLACES - 1], 0]:
                    moved = recipe.with_step(replace(step, from_=start))
                    again = plan(moved)
                    if not _overlapping(again, step.id, self._elsewhere):
                        recipe, planned = moved, again
                        break
        return recipe

    def clashes(self, planned: Planned) -> Iterator[str]:
        """Say which unique values stand in another recipe as well."""
        for overlap in overlaps(planned.intervals, self._elsewhere):
            yield f"{overlap}. {overlap.remedy}"

    def _goes_first(self, other: str, *, proven: bool) -> bool:
        """Whether values of another recipe keep their place, and a step gives way: proven ones stay, then the order counts.

        Args:
            other: The other recipe.
            proven: Whether the step was proven before: then its values are known to people.
        """
        if self._name not in self._loader.recipes:
            return True
        order = list(self._loader.graph.order())
        document = self._loader.recipes[other].document
        return (document.recorded is None, order.index(other)) < (not proven, order.index(self._name))


def _overlapping(planned: Planned, step: str, elsewhere: Elsewhere) -> bool:
    """Whether a step's own rows would have unique values that another recipe has."""
    mine = [interval for interval in planned.intervals if interval.step == step and not interval.path]
    return any(overlaps(mine, elsewhere))
