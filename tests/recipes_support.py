"""Recipes in a temporary folder, as the installed apps of the test project see them."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from fixturekit.execution.applier import Applier
from fixturekit.execution.reporting import Outcome
from fixturekit.recipes.loader import RecipeLoader

APPS = ("testapp", "otherapp")


class RecipeFolder:
    """The recipes of one test; each app has a folder below ``root``, which need not exist.

    Args:
        root: A folder of the test's own.
        settings: pytest-django's fixture, which puts the setting back.
    """

    def __init__(self, root: Path, settings: Any) -> None:
        self.root = root
        settings.FIXTUREKIT = {"RECIPE_MODULES": {label: str(root / label) for label in APPS}}

    def write(self, name: str, text: str) -> Path:
        """Write a recipe, ``testapp.sale``, or write it anew under the number that it has; return its file."""
        label, _, short = name.partition(".")
        folder = self.root / label
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(folder.glob(f"[0-9]*_{short}.yaml"))
        path = found[0] if found else folder / f"{len(list(folder.iterdir())) + 1:04}_{short}.yaml"
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def applier(self, **options: Any) -> Applier:
        """An applier for the recipes as they are now, on the default database."""
        loader = RecipeLoader()
        loader.load()
        return Applier(loader, options.pop("connection", connection), **options)

    def apply(self, *names: str, **options: Any) -> list[Outcome]:
        """Apply recipes and what they depend on; all of them if none is named."""
        applier = self.applier(**options)
        return applier.apply(list(names) or applier.automatic())


@pytest.fixture
def recipes(tmp_path: Path, settings: Any) -> RecipeFolder:
    """An empty folder for the recipes of the test."""
    return RecipeFolder(tmp_path / "recipes", settings)
