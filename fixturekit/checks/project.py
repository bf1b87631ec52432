"""All recipes of a project are looked at: their files, how they fit together, each against the models. Asks no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS

from fixturekit.checks.recipe import Checked, of_recipe
from fixturekit.checks.repeated import Known, repeated
from fixturekit.exceptions import GraphError, PlanError
from fixturekit.marks import Problem
from fixturekit.planning.overlaps import Elsewhere, overlaps
from fixturekit.planning.planner import Planned, Planner
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.loader import RecipeLoader
from fixturekit.recipes.references import needed_by


@dataclass(slots=True)
class Project:
    """The recipes of a project as far as they can be read, and what is wrong with them all together.

    Attributes:
        loader: Has read the recipes.
        problems: Those of files that cannot be read; if there are none, those of recipes that do not fit together.
        alias: The database that recipes are planned for.
    """

    loader: RecipeLoader
    problems: list[Problem]
    alias: str = DEFAULT_DB_ALIAS
    _plans: dict[str, Planned | list[Problem]] = field(default_factory=dict)

    @classmethod
    def read(cls, alias: str = DEFAULT_DB_ALIAS) -> Project:
        """Read all recipes.

        Raises:
            ImproperlyConfigured: The setting ``FIXTUREKIT`` is wrong.
        """
        loader = RecipeLoader()
        problems = loader.read()
        if not problems:
            try:
                loader.connect()
            except GraphError as error:
                problems += error.problems
        return cls(loader, problems, alias)

    def check(self, names: Sequence[str]) -> Iterator[Problem]:
        """Yield what is wrong with each of some recipes, or may become so; what several of them find, once."""
        told: set[tuple[object, ...]] = set()
        for problem in self._check(names):
            what = (problem.id, problem.mark or problem.where, problem.message)
            if what not in told:  # a place of a shelf is the same for all recipes that use it
                told.add(what)
                yield problem

    def _check(self, names: Sequence[str]) -> Iterator[Problem]:
        elsewhere: Elsewhere = []
        literals: Known = {}
        order = sorted(self.loader.recipes) if self.problems else self.loader.graph.order()
        owners = self._owners(order)
        for name in order:
            loaded = self.loader.recipes[name]
            seed = loaded.document.seed_for(name)
            planned = self._plan(name)
            if name in names:
                if owners[seed] != name:
                    yield _same_seed(loaded.document, seed, owners[seed], name)
                if isinstance(planned, list):
                    yield from planned
                else:
                    yield from of_recipe(Checked(name, loaded.shown, loaded.document, planned))
                    yield from _overlapping(loaded.document, planned, elsewhere)
            if isinstance(planned, Planned):
                given = list(repeated(name, planned.plan, literals))
                yield from given if name in names else ()
                elsewhere += [(name, interval) for interval in planned.intervals]

    def _owners(self, order: Sequence[str]) -> dict[str, str]:
        """For each seed, the recipe that it belongs to: the one it is named after, else the first that has it."""
        owners: dict[str, str] = {}
        for name in order:
            document = self.loader.recipes[name].document
            seed = document.seed_for(name)
            own = {name, *(old.name for old in document.replaces)}
            if seed not in owners or seed.partition(":")[0] in own:
                owners[seed] = name
        return owners

    def _plan(self, name: str) -> Planned | list[Problem]:
        """The plan of a recipe, or why there is none; nothing is said of one that needs a file that cannot be read."""
        if name not in self._plans:
            self._plans[name] = self._planned(name)
        return self._plans[name]

    def _planned(self, name: str) -> Planned | list[Problem]:
        document = self.loader.recipes[name].document
        if self.problems and any(self.loader.document(other.name) is None for other in needed_by(document)):
            return []
        try:
            return Planner(self.loader.document, self.alias, self.loader.folder_of).plan(name, document)
        except PlanError as error:
            return list(error.problems)


def _same_seed(recipe: Recipe, seed: str, first: str, name: str) -> Problem:
    message = f"{name} has the seed {seed!r}, and so has {first}: steps of one id get the same values in both"
    hint = f"Give it a seed of its own, such as {name}, and prove it again: makefixture --update {name}"
    return Problem("fixturekit.W003", message, hint, "seed", recipe.place("seed"))


def _overlapping(recipe: Recipe, planned: Planned, elsewhere: Elsewhere) -> Iterator[Problem]:
    for overlap in overlaps(planned.intervals, elsewhere):
        step = recipe.step(overlap.mine.step)
        mark = step.mark if step else None
        yield Problem("fixturekit.W002", str(overlap), f"{overlap.remedy}.", f"steps.{overlap.mine.step}", mark)
