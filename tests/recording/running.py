"""Running ``makefixture`` and looking at what it wrote."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from django.core.management import call_command

from fixturekit.recipes.document import Recipe, Step
from fixturekit.recipes.reading import read
from tests.recipes_support import RecipeFolder

NOW = "--now=2026-11-01T09:00:00Z"


@dataclass
class Run:
    """What a command printed."""

    out: str
    err: str
    words: tuple[Any, ...] = field(default=(), repr=False)

    @property
    def recipe(self) -> Recipe:
        """The recipe that ``--dry-run`` printed."""
        return read(self.out, "printed")

    @property
    def step(self) -> Step:
        """The last step of the recipe that was printed."""
        return self.recipe.steps[-1]


def make(*words: Any, **options: Any) -> Run:
    """Run ``makefixture`` with the words of a command line."""
    out, err = io.StringIO(), io.StringIO()
    call_command("makefixture", *words, stdout=out, stderr=err, **options)
    return Run(out.getvalue(), err.getvalue(), words)


def shown(*words: Any) -> Run:
    """Run ``makefixture --dry-run``."""
    return make(NOW, "--dry-run", *words)


def files(recipes: RecipeFolder) -> list[str]:
    """The files of the test's recipe folders, as ``testapp/0001_sale.yaml``."""
    return sorted(path.relative_to(recipes.root).as_posix() for path in recipes.root.rglob("*.yaml"))


def given(run: Run) -> list[str]:
    """The lines of the last step's ``set``, without their indentation."""
    lines = run.out.split("\nrecorded:")[0].split("\n")
    start = max(number for number, line in enumerate(lines) if line == "    set:")
    return [line[6:] for line in lines[start + 1 :] if line.startswith("      ")]
