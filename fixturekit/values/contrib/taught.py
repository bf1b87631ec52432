"""What models of well-known packages accept, which their own code checks and nothing of a field says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models

from fixturekit.recipes.document import Entry, Mapping, Pin
from fixturekit.values.contrib import bases


def _permission_for_users() -> Mapping:
    """A permission that is about what a generic key leads to if nobody says where: users."""
    app_label, _, model_name = settings.AUTH_USER_MODEL.partition(".")
    return Mapping((Entry("permission__content_type", Pin(natural=(app_label, model_name.lower()))),))


_VALUES: dict[tuple[str, str], tuple[str, ...]] = {
    ("wagtail.models.audit_log.BaseLogEntry", "action"): (
        "wagtail.create",
        "wagtail.edit",
        "wagtail.delete",
    ),
}
_SHELVES: dict[str, Callable[[], Mapping]] = {
    "guardian.models.models.BaseObjectPermission": _permission_for_users,
}


def known_values(field: models.Field[Any, Any]) -> tuple[str, ...]:
    """Return the values that a field's model takes, although the field has no choices; none where nobody knows."""
    owner = getattr(field, "model", None)
    if owner is None:
        return ()
    found = (_VALUES[path, field.name] for path in bases(owner) if (path, field.name) in _VALUES)
    return next(found, ())


def known_shelf(model: type[models.Model]) -> Mapping:
    """Return what is said of rows of a model of which nobody says where their generic key leads."""
    found = (_SHELVES[path]() for path in bases(model) if path in _SHELVES)
    return next(found, Mapping())
