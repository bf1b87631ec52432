"""Recipes as texts, planned: what the tests of planning share."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from fixturekit.exceptions import PlanError
from fixturekit.planning.planner import Planned, Planner
from fixturekit.recipes.reading import read

PATH = "x.yaml"


def planned(
    text: str,
    *,
    name: str = "testapp.x",
    others: dict[str, str] | None = None,
    folder: Path | None = None,
    folders: dict[str, Path] | None = None,
) -> Planned:
    """Plan a recipe text; a text without ``steps:`` and ``shelves:`` is its list of steps.

    Args:
        name: The name of the recipe.
        others: The texts of other recipes, by name.
        folder: Where the recipe lies.
        folders: Where the others lie, by name.
    """
    lie = {name: folder, **(folders or {})}
    documents = {other: read(_whole(content), f"{other}.yaml") for other, content in (others or {}).items()}
    return Planner(documents.get, "default", lie.get).plan(name, read(_whole(text), PATH))


def batches(text: str, **options: object) -> dict[str, dict[str, object]]:
    """Batch id -> field -> source."""
    found = planned(text, **options).plan.batches  # type: ignore[arg-type]
    return {batch.id: {column.field: column.source for column in batch.columns} for batch in found}


def column(model: str, setting: str, field: str, *, count: int = 3) -> object:
    """The source of one column of a step ``a`` that sets something."""
    return batches(step(model, setting, count=count))["a"][field]


def step(model: str, setting: str = "", *, count: int = 3) -> str:
    """The text of a step ``a``; what it sets begins in column 7 of line 6."""
    body = "".join(f"      {line}\n" for line in textwrap.dedent(setting).strip("\n").splitlines())
    head = f"steps:\n  - id: a\n    make: {model}\n    count: {count}\n"
    return head + (f"    set:\n{body}" if body else "")


def problems(text: str, **options: object) -> list[str]:
    """The problems of a recipe that cannot be planned, as people read them, in the order of their places."""
    with pytest.raises(PlanError) as caught:
        planned(text, **options)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def problem(text: str, **options: object) -> str:
    """The only problem of a recipe."""
    found = problems(text, **options)
    assert len(found) == 1, found
    return found[0]


def _whole(text: str) -> str:
    text = textwrap.dedent(text).strip("\n") + "\n"
    return text if "steps:" in text or "shelves:" in text else "steps:\n" + textwrap.indent(text, "  ")
