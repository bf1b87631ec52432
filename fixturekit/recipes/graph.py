"""The recipes of a project and what each depends on; touches neither disk nor database."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fixturekit.exceptions import DependencyCycle, GraphError, RecipeNotFound
from fixturekit.marks import Mark, Problem, render
from fixturekit.recipes.naming import did_you_mean_recipe

Origin = Mark | str
"""Where a dependency is named: the mark in the file, or any text that tells."""


@dataclass(slots=True)
class _Node:
    number: int
    depends_on: dict[str, Origin]
    replaces: dict[str, Origin] = field(default_factory=dict)


class RecipeGraph:
    """Recipes as nodes, dependencies as arrows from a recipe to what must be applied before it.

    Names are ``app_label.name``. Recipes are added in any order, dependencies may name recipes that come later or never;
    ``validate`` tells. The order is a function of the names alone: what a recipe depends on comes first, and among those
    that are ready the one with the lowest app label, then the lowest file number, then the lowest name. So the recipes that
    a target needs stand in the same order whether they are applied alone or with all others.

    A recipe may *replace* others (after a rename or a squash): a dependency on a replaced name that no recipe has any
    more leads to the recipe that replaces it.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}
        # Found when they are asked for, until a recipe is added
        self._replaced_by: dict[str, str] | None = None
        self._used_by: dict[str, set[str]] | None = None

    def add(
        self,
        name: str,
        depends_on: Iterable[tuple[str, Origin]] = (),
        replaces: Iterable[tuple[str, Origin]] = (),
        number: int = 0,
    ) -> None:
        """Add a recipe.

        Args:
            name: ``app_label.name``.
            depends_on: Names of recipes, each with the place that names it.
            replaces: Names that this recipe stands for, each with the place.
            number: The number of its file; sorts it among the recipes of its app that are ready.

        Raises:
            ValueError: The graph has a recipe of this name.
        """
        if name in self._nodes:
            raise ValueError(f"the graph has a recipe {name!r} already")
        self._nodes[name] = _Node(number, dict(depends_on), dict(replaces))
        self._replaced_by = self._used_by = None

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._nodes, key=self._rank))

    def __len__(self) -> int:
        return len(self._nodes)

    def validate(self) -> None:
        """Make sure that each dependency leads to a recipe and none leads back.

        Raises:
            RecipeNotFound: Dependencies that no recipe has; the message names all of them with their places.
            DependencyCycle: Recipes that depend on each other.
            GraphError: Two recipes replace the same one, or one replaces another that is still there.
        """
        self._check_replaced()
        self._check_replaced_is_gone()
        self._check_missing()
        self._check_cycles()

    def dependencies(self, name: str) -> tuple[str, ...]:
        """Return the recipes that this one directly depends on, in order.

        Raises:
            RecipeNotFound: There is no such recipe, or not one of those that it depends on.
        """
        needed = self._needs(self._node(name), self._replaced())
        for other in needed:
            self._node(other)
        return tuple(sorted(needed, key=self._rank))

    def dependents(self, name: str) -> tuple[str, ...]:
        """Return the recipes that cannot be applied without this one, directly or not, in the order of ``order``.

        Raises:
            RecipeNotFound: There is no such recipe.
        """
        self._node(name)
        users = self._users()
        found = {name}
        waiting = [name]
        while waiting:
            for user in users[waiting.pop()] - found:
                found.add(user)
                waiting.append(user)
        return tuple(other for other in self.order(found) if other in found and other != name)

    def order(self, targets: Iterable[str] | None = None) -> list[str]:
        """Return recipes in the order of applying: the targets and all they depend on, or all recipes.

        Raises:
            RecipeNotFound: A target or a dependency that no recipe has.
            DependencyCycle: Recipes that depend on each other.
        """
        wanted = self._closure(self._nodes if targets is None else targets)
        ordered, left = self._sort(wanted)
        if left:
            raise self._cycle_error(left)
        return ordered

    # How it is found

    def _node(self, name: str) -> _Node:
        if name not in self._nodes:
            hint = did_you_mean_recipe(name, self._nodes)
            raise RecipeNotFound(f"there is no recipe {name!r}. {hint}".rstrip(), name)
        return self._nodes[name]

    def _rank(self, name: str) -> tuple[str, int, str]:
        label, _, rest = name.partition(".")
        return label, self._nodes[name].number, rest

    def _replaced(self) -> dict[str, str]:
        """Return, for each name that is gone, the recipe that replaces it."""
        if self._replaced_by is None:
            nodes = self._nodes
            found = {old: name for name, node in nodes.items() for old in node.replaces if old not in nodes}
            self._replaced_by = found
        return self._replaced_by

    def _needs(self, node: _Node, replaced: dict[str, str]) -> set[str]:
        return {replaced.get(name, name) for name in node.depends_on}

    def _users(self) -> dict[str, set[str]]:
        """Return, for each recipe, those that directly depend on it."""
        if self._used_by is None:
            replaced = self._replaced()
            self._used_by = {name: set() for name in self._nodes}
            for name, node in self._nodes.items():
                for needed in self._needs(node, replaced):
                    self._used_by.setdefault(needed, set()).add(name)
        return self._used_by

    def _closure(self, targets: Iterable[str]) -> set[str]:
        replaced = self._replaced()
        found: set[str] = set()
        waiting = [replaced.get(name, name) for name in targets]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._needs(self._node(name), replaced)
        return found

    def _sort(self, wanted: set[str]) -> tuple[list[str], set[str]]:
        """Return the recipes in order, and those that wait for each other for ever."""
        replaced, users = self._replaced(), self._users()
        missing = {name: len(self._needs(self._nodes[name], replaced) & wanted) for name in wanted}
        ready = [(self._rank(name), name) for name, count in missing.items() if count == 0]
        heapq.heapify(ready)
        ordered = []
        while ready:
            _, name = heapq.heappop(ready)
            ordered.append(name)
            for user in users[name] & wanted:
                missing[user] -= 1
                if missing[user] == 0:
                    heapq.heappush(ready, (self._rank(user), user))
        return ordered, wanted.difference(ordered)

    # What may be wrong

    def _check_replaced(self) -> None:
        first: dict[str, str] = {}
        problems = []
        for name in self:
            for old, origin in self._nodes[name].replaces.items():
                if old in first:
                    message = f"{name!r} replaces {old!r}, and so does {first[old]!r}"
                    problems.append(_problem("E033", message, "", origin))
                first.setdefault(old, name)
        if problems:
            raise GraphError(render(problems), problems)

    def _check_replaced_is_gone(self) -> None:
        problems = []
        for name in self:
            for old, origin in self._nodes[name].replaces.items():
                if old in self._nodes:
                    message = f"{name!r} replaces {old!r}, which is still there: both would be applied"
                    problems.append(_problem("E084", message, f"Delete the file of {old}", origin))
        if problems:
            raise GraphError(render(problems))

    def _check_missing(self) -> None:
        replaced = self._replaced()
        problems = {}
        for name in self:
            for needed, origin in self._nodes[name].depends_on.items():
                if replaced.get(needed, needed) not in self._nodes:
                    message = f"{name!r} depends on {needed!r}, which no recipe is"
                    problems[name, needed] = _problem("E031", message, did_you_mean_recipe(needed, self._nodes), origin)
        if problems:
            raise RecipeNotFound(render(problems.values()), next(iter(problems))[1], list(problems.values()))

    def _check_cycles(self) -> None:
        _, left = self._sort(set(self._nodes))
        if left:
            raise self._cycle_error(left)

    def _cycle_error(self, left: set[str]) -> DependencyCycle:
        cycles = self._cycles(left)
        problems = []
        for cycle in cycles:
            message = f"recipes depend on each other: {' -> '.join([*cycle, cycle[0]])}"
            origin = self._origin(cycle[0], cycle[1 % len(cycle)])
            problems.append(_problem("E032", message, "Take one dependency out", origin))
        return DependencyCycle(render(problems), cycles[0], problems)

    def _cycles(self, left: set[str]) -> list[list[str]]:
        """Return circles among recipes that wait for each other, each from its lowest name, in order.

        Each of them waits for at least one other of them. Following the lowest of these arrows from anywhere ends in a
        circle, and no two of the circles found so share a recipe.
        """
        replaced = self._replaced()
        follows = {name: min(self._needs(self._nodes[name], replaced) & left, key=self._rank) for name in left}
        cycles = []
        seen: set[str] = set()
        for start in sorted(left, key=self._rank):
            path: dict[str, int] = {}
            name = start
            while name not in seen:
                seen.add(name)
                path[name] = len(path)
                name = follows[name]
            if name in path:
                cycle = list(path)[path[name] :]
                lowest = cycle.index(min(cycle, key=self._rank))
                cycles.append(cycle[lowest:] + cycle[:lowest])
        return sorted(cycles, key=lambda cycle: self._rank(cycle[0]))

    def _origin(self, name: str, needed: str) -> Origin:
        """Return the place where one recipe names another, be it by a name that it replaces."""
        replaced = self._replaced()
        named = self._nodes[name].depends_on
        return next(origin for old, origin in named.items() if replaced.get(old, old) == needed)


def _problem(id: str, message: str, hint: str, origin: Origin) -> Problem:
    if isinstance(origin, Mark):
        return Problem(f"fixturekit.{id}", message, hint, mark=origin)
    return Problem(f"fixturekit.{id}", message, hint, where=origin)
