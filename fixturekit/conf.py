"""The setting ``FIXTUREKIT`` as one typed object: ``settings.MAX_RECIPE_BYTES`` and so on."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

T = TypeVar("T")


class Setting(Generic[T]):
    """One key of ``FIXTUREKIT``: its default, and a check that says what the value has to be."""

    def __init__(self, default: T, wanted: str, accepts: Callable[[Any], bool]) -> None:
        self.default = default
        self.wanted = wanted
        self.accepts = accepts
        self.name = ""

    def __set_name__(self, owner: type[Settings], name: str) -> None:
        self.name = name

    def __get__(self, instance: Settings, owner: type[Settings]) -> T:
        value: T = instance.given().get(self.name, self.default)
        return value


def _is_name_or_path(value: object) -> bool:
    return value is None or isinstance(value, (str, os.PathLike))


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and all(isinstance(item, str) for item in value)


def _is_text_by_text(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)


def _is_blueprints(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and _is_text_by_text(v) for k, v in value.items())


def _is_modules(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and _is_name_or_path(v) for k, v in value.items())


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_laps(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_functions_by_text(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and callable(v) for k, v in value.items())


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_seconds(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


class Settings:
    """What the project says in ``FIXTUREKIT``, read when it is asked for and kept until the setting changes.

    Reading any of them raises ``ImproperlyConfigured`` while a key of ``FIXTUREKIT`` is unknown or holds a value of
    another kind.
    """

    RECIPE_MODULES = Setting[Mapping[str, "str | os.PathLike[str] | None"]](
        {}, "a dictionary of app labels to modules, paths or None", _is_modules
    )
    """Where an app's recipes are, as MIGRATION_MODULES has it: a dotted module, a folder, or None for nowhere."""

    MAX_RECIPE_BYTES = Setting[int](2_000_000, "a number of bytes above 0", _is_size)
    """The largest recipe file that is read."""

    FIELD_GENERATORS = Setting[Mapping[str, str]]({}, "a dictionary of dotted paths to dotted paths", _is_text_by_text)
    """For field classes, by dotted path, the dotted path of the function that makes their values."""

    BLUEPRINTS = Setting[Mapping[str, Mapping[str, str]]](
        {}, "a dictionary of models ('app.Model') to dictionaries of fields to dotted paths", _is_blueprints
    )
    """For models, by name, the dotted paths of the functions that make the values of some of their fields."""

    HARMLESS = Setting[Sequence[str]]([], "a list of dotted paths", _is_list_of_text)
    """Receivers and hooks, by dotted path, that writing rows in bulk may leave out."""

    ALLOWED_DATABASES = Setting[Sequence[str]]([], "a list of database aliases", _is_list_of_text)
    """Databases that may be written to without --force, although DEBUG is off."""

    FACTORY_MODULES = Setting[Sequence[str]]([], "a list of dotted modules", _is_list_of_text)
    """Modules with factories beyond each app's own."""

    LOCK_TIMEOUT = Setting[float](60, "a number of seconds", _is_seconds)
    """How long one process waits for another that is applying recipes, in seconds."""

    FILL_NULLABLE_FIELDS = Setting[bool](True, "True or False", _is_flag)
    """Whether the Python calls fill fields and relations that may be NULL."""

    VALIDATE_MODELS = Setting[bool](False, "True or False", _is_flag)
    """Whether the Python calls have each instance validated, by full_clean(), before it is saved."""

    VALIDATE_ARGS = Setting[bool](True, "True or False", _is_flag)
    """Whether a name that a model does not have is an error in the Python calls; else it is a warning."""

    FIELD_FIXTURES = Setting[Mapping[str, Callable[..., Any]]](
        {}, "a dictionary of dotted paths to functions", _is_functions_by_text
    )
    """For field classes, by dotted path, the functions that make their values in the Python calls."""

    USE_LIBRARY = Setting[bool](False, "True or False", _is_flag)
    """Whether shelves that were taught in Python act on the Python calls."""

    NUMBER_OF_LAPS = Setting[int](1, "a whole number from 0", _is_laps)
    """How often the Python calls follow a circle of relations that may end."""

    IGNORE_FIELDS = Setting[Sequence[str]]([], "a list of names or patterns of fields", _is_list_of_text)
    """Fields that the Python calls leave alone in every model."""

    DEBUG_MODE = Setting[bool](False, "True or False", _is_flag)
    """Whether the Python calls say in the log what they make."""

    def __init__(self) -> None:
        self._given: Mapping[str, Any] | None = None
        self.generation = 0

    def given(self) -> Mapping[str, Any]:
        """Return the keys that the project sets.

        Raises:
            ImproperlyConfigured: A key is unknown, or its value of the wrong kind.
        """
        if self._given is None:
            self._given = _checked(getattr(django_settings, "FIXTUREKIT", {}))
        return self._given

    def reset(self) -> None:
        """Forget what was read; ``generation`` counts how often that was."""
        self._given = None
        self.generation += 1


_KNOWN = {name: value for name, value in vars(Settings).items() if isinstance(value, Setting)}


def _checked(given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise ImproperlyConfigured(f"FIXTUREKIT = {given!r}: expected a dictionary.")
    for name, value in given.items():
        known = _KNOWN.get(name)
        if known is None:
            raise ImproperlyConfigured(f"FIXTUREKIT has no key {name!r}. {_suggest(str(name))}")
        if not known.accepts(value):
            raise ImproperlyConfigured(f"FIXTUREKIT[{name!r}] = {value!r}: expected {known.wanted}.")
    return dict(given)


def _suggest(name: str) -> str:
    near = difflib.get_close_matches(name.upper(), sorted(_KNOWN), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(sorted(_KNOWN))}."


settings = Settings()


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "FIXTUREKIT":
        settings.reset()


setting_changed.connect(_forget, dispatch_uid="fixturekit.conf")
