"""Recipes are loaded for tests and scripts: applied where they are not yet, and their rows at hand."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections, router

from fixturekit.exceptions import RecipeNotFound
from fixturekit.execution.applier import Applier
from fixturekit.execution.made import Made
from fixturekit.execution.production import refuse_production
from fixturekit.execution.reporting import Outcome, Reporter
from fixturekit.planning.resolving import step_model
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.loader import RecipeLoader, shared_recipes


@dataclass(slots=True)
class Cost:
    """What loading one recipe took in this process: how often, how many rows, how many seconds, all together."""

    loads: int = 0
    rows: int = 0
    seconds: float = 0.0

    def add(self, other: Cost) -> None:
        """Count the loads of another process with these."""
        self.loads += other.loads
        self.rows += other.rows
        self.seconds += other.seconds


costs: dict[str, Cost] = {}
"""What loading took since this process began, by recipe; ``costs.clear()`` begins anew."""


class _Stopwatch(Reporter):
    """Notes what each recipe took, from the moment the one before it was done: planning and writing."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def done(self, outcome: Outcome) -> None:
        now = time.perf_counter()
        costs.setdefault(outcome.name, Cost()).add(Cost(1, outcome.rows, now - self._since))
        self._since = now
        gave_way = {gave.step for gave in outcome.gave_way}
        for step in outcome.differing:
            if step not in gave_way:
                warnings.warn(outcome.difference(step), RuntimeWarning, stacklevel=2)


def load(names: Sequence[str], databases: Sequence[str], *, force: bool = False) -> Made:
    """Apply recipes, and what they depend on, where they are not applied yet, and return their rows.

    Of several databases each takes the steps that the routers leave to it; one that would take none of all is left
    alone, ledger and all.

    Args:
        names: Each as one word of the command line.
        databases: Aliases.
        force: Do so in a database that looks like production, too.

    Raises:
        NotAllowed: The database looks like production.
        FixtureKitError: As ``RecipeLoader.load``, ``RecipeLoader.resolve`` and ``Applier.apply``.
    """
    loader = shared_recipes()
    wanted = [name for word in names for name in _resolved(loader, word)]
    for alias in databases:
        here = wanted if len(databases) == 1 else [name for name in wanted if _belongs(loader, name, alias)]
        applier = Applier(loader, connections[alias], _Stopwatch())
        if not force and applier.pending(here):
            refuse_production(connections[alias])
        applier.apply(here)
    return Made(loader, wanted, databases)


def _resolved(loader: RecipeLoader, word: str) -> list[str]:
    try:
        return loader.resolve([word])
    except RecipeNotFound:
        if word.endswith((".yaml", ".json")):
            message = f"{word!r} is the name of a file: write app_label.name, without the number and the suffix"
            raise RecipeNotFound(message, word) from None
        raise


def _belongs(loader: RecipeLoader, name: str, alias: str) -> bool:
    """Whether the routers leave any step of a recipe, or of what it depends on, to a database."""
    return any(_takes(loader.recipes[one].document, alias) for one in loader.graph.order([name]))


def _takes(document: Recipe, alias: str) -> bool:
    for step in document.steps:
        try:
            model = step_model(step)
        except LookupError:
            return True  # whoever plans it says what is wrong
        if router.allow_migrate_model(alias, model):
            return True
    return False
