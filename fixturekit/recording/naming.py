"""Names that the recorder gives: of recipes from their models, of steps from theirs, of files from both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from django.db import models
from django.utils.translation import override

MOST = 50


def step_id(model: type[models.Model], count: int, taken: Collection[str]) -> str:
    """Name a step after its model: ``product`` for one row, ``products`` for several; numbered if it is taken."""
    with override(None):  # the language of whoever records says nothing about the rows
        text = str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)
    return _free(_slug(text) or _slug(str(model._meta.model_name)) or "step", taken)


def recipe_name(steps: Sequence[str], taken: Collection[str]) -> str:
    """Name a recipe after its steps, about fifty characters long at most."""
    words = [_slug(step) or "step" for step in steps]
    name = words[0]
    for word in words[1:]:
        if len(name) + len(word) + 1 > MOST:
            name += "_and_more"
            break
        name += f"_{word}"
    return _free(name, taken)


def _slug(text: str) -> str:
    """A text as part of a name; empty where nothing of it can be one."""
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:MOST].rstrip("_")
    return found if re.match(r"[a-z]", found) else ""


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
