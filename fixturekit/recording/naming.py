"""Names that the recorder gives: of recipes from their models, of steps from theirs, of files from both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from django.db import models

MOST = 50


def step_id(model: type[models.Model], count: int, taken: Collection[str]) -> str:
    """Name a step after its model: ``product`` for one row, ``products`` for several; numbered if it is taken."""
    plural = str(model._meta.verbose_name_plural)
    text = str(model._meta.verbose_name) if count == 1 else plural
    return _free(_slug(text) or str(model._meta.model_name), taken)


def recipe_name(steps: Sequence[str], taken: Collection[str]) -> str:
    """Name a recipe after its steps, at most fifty characters long."""
    name = steps[0]
    for step in steps[1:]:
        if len(name) + len(step) + 1 > MOST:
            name += "_and_more"
            break
        name += f"_{step}"
    return _free(name, taken)


def _slug(text: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return found if re.match(r"[a-z_]", found) else ""


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
