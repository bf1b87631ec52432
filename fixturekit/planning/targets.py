"""Where foreign keys lead."""

from __future__ import annotations

from django.db import models

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.planning.making import Making


def target_model(field: AnyField) -> type[models.Model]:
    """The concrete model that a foreign key points at."""
    model: type[models.Model] = field.related_model  # type: ignore[assignment]
    return model._meta.concrete_model or model


def linked_field(field: AnyField) -> str:
    """The field of the target that the foreign key stores, empty for its primary key."""
    target: AnyField = field.target_field  # type: ignore[attr-defined]
    return "" if target.primary_key else target.name


def needed_models(start: type[models.Model]) -> set[type[models.Model]]:
    """The models without a row of which there is no row of this one."""
    found: set[type[models.Model]] = set()
    waiting = [start]
    while waiting:
        for field in blueprint(waiting.pop()).fields:
            if field.remote_field is None or field.null or field.has_default():
                continue
            target = target_model(field)
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def needs_itself(model: type[models.Model]) -> bool:
    return model in needed_models(model)


def path_of_models(making: Making) -> tuple[type[models.Model], ...]:
    model = making.shape.model
    return (*making.trail, model._meta.concrete_model or model)
