"""What the setting ``FIXTUREKIT`` names and there is not: fields, classes of fields, models, functions. Asks no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

from fixturekit.conf import settings
from fixturekit.marks import Problem
from fixturekit.planning.functions import NoFunction, find_function
from fixturekit.recipes.naming import did_you_mean


def of_settings() -> Iterator[Problem]:
    """Yield what has no effect, because nothing is called so.

    Raises:
        ImproperlyConfigured: The setting ``FIXTUREKIT`` is wrong.
    """
    if settings.IGNORE_FIELDS:
        yield from _ignored(settings.IGNORE_FIELDS)
    yield from _classes("FIELD_FIXTURES", settings.FIELD_FIXTURES)
    yield from _classes("FIELD_GENERATORS", settings.FIELD_GENERATORS)
    for path, function in settings.FIELD_GENERATORS.items():
        yield from _function(f"FIXTUREKIT['FIELD_GENERATORS'][{path!r}]", function)
    if settings.BLUEPRINTS:
        yield from _blueprints()


def _unknown(where: str, message: str, hint: str) -> Problem:
    return Problem("fixturekit.W011", message, hint, where)


def _ignored(patterns: Iterable[str]) -> Iterator[Problem]:
    names = sorted({name for model in apps.get_models() for name in _names(model)})
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            where = "FIXTUREKIT['IGNORE_FIELDS']"
            yield _unknown(where, f"no model has a field '{pattern}'", did_you_mean(pattern, names))


def _names(model: type[models.Model]) -> Iterator[str]:
    meta = model._meta
    for field in (*meta.fields, *meta.many_to_many, *meta.private_fields):
        yield str(getattr(field, "name", ""))


def _classes(setting: str, paths: Iterable[str]) -> Iterator[Problem]:
    """Classes of fields are told by where they are defined; those of Django also by ``django.db.models``."""
    known = _known_classes() if paths else []
    where = f"FIXTUREKIT[{setting!r}]"
    for path in paths:
        found = None if path in known else _imported(path)
        if path not in known and not (isinstance(found, type) and issubclass(found, models.Field)):
            yield _unknown(where, f"'{path}' is no class of fields", did_you_mean(path, known))
        elif found is not None and path not in _paths(found):
            hint = f"Write '{_paths(found)[0]}', where it is defined."
            yield _unknown(where, f"'{path}' is no path by which fields know their class", hint)


def _imported(path: str) -> Any:
    try:
        return import_string(path)
    except Exception:  # noqa: BLE001 - a module may raise anything while it is imported, and is of no use then
        return None


def _known_classes() -> list[str]:
    found = {type(field) for model in apps.get_models() for field in model._meta.fields}
    return sorted({path for cls in found for base in cls.__mro__ for path in _paths(base)})


def _paths(cls: type) -> tuple[str, ...]:
    """The paths under which a class is looked up, as those of recipes and calls."""
    return f"{cls.__module__}.{cls.__qualname__}", f"django.db.models.{cls.__qualname__}"


def _blueprints() -> Iterator[Problem]:
    known = {
        cls._meta.label: cls
        for model in apps.get_models(include_auto_created=True)
        for cls in model.__mro__
        if hasattr(cls, "_meta")
    }
    for label, functions in settings.BLUEPRINTS.items():
        model = known.get(label)
        if model is None:
            yield _unknown("FIXTUREKIT['BLUEPRINTS']", f"there is no model '{label}'", did_you_mean(label, known))
            continue
        names = list(_names(model))
        for name, function in functions.items():
            where = f"FIXTUREKIT['BLUEPRINTS'][{label!r}]"
            if name not in names:
                yield _unknown(where, f"{label} has no field '{name}'", did_you_mean(name, names))
            else:
                yield from _function(f"{where}[{name!r}]", function)


def _function(where: str, path: str) -> Iterator[Problem]:
    try:
        find_function(path)
    except NoFunction as error:
        yield _unknown(where, str(error), "Name a function f(field, row), or f(field), of an installed app.")
