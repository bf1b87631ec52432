"""Fields filled, as the tests of their families ask for it."""

from __future__ import annotations

from typing import Any

from django.db import models

from fixturekit.values.fillers import Request
from fixturekit.values.filling import fill


def filled(
    field: models.Field[Any, Any],
    name: str,
    *,
    style: str = "lifelike",
    unique: bool = False,
    model: str = "shop.Product",
) -> Any:
    """The source of a field that is called so."""
    field.set_attributes_from_name(name)
    return fill(Request(field, model, name, style, unique_key=f"{model}.{name}" if unique else None))
