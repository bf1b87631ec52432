"""A factory of the project as the planner sees it: its model, the names that it takes, the counters that it moves.

A factory is left as it is: nothing of it is translated. It is called once for each row, with what the recipe gives.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.module_loading import import_string

from fixturekit.blueprints import AnyField, blueprint
from fixturekit.recipes.naming import did_you_mean


class NoFactory(LookupError):
    """A dotted path leads to no factory that makes rows of a model; the text says why. Becomes a problem."""


@dataclass(frozen=True)
class Adapted:
    """A factory with its dotted path."""

    path: str
    factory: Any

    @property
    def model(self) -> type[models.Model]:
        """The model that it makes rows of."""
        model: type[models.Model] = self.factory._meta.get_model_class()
        return model

    @property
    def database(self) -> str:
        """The alias of the database that it writes to."""
        return str(self.factory._meta.database)

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names that it gives values to, parameters and what happens after the saving included."""
        meta = self.factory._meta
        return frozenset([*meta.pre_declarations, *meta.post_declarations, *meta.parameters])

    def takes(self, path: str) -> bool:
        """Whether a name, or a path such as ``customer__email``, is for the factory: it declares where it begins."""
        return path.partition("__")[0] in self.declared

    def is_told_afterwards(self, path: str) -> bool:
        """Whether what it is given under this name is used when the row is there."""
        return path.partition("__")[0] in self.factory._meta.post_declarations

    def field(self, path: str) -> AnyField | None:
        """Return the model field that a path of names leads to, along factories of related rows; None for others."""
        name, _, rest = path.partition("__")
        if not rest:
            return blueprint(self.model).field(name)
        inner = next((related for related in _related(self.factory, name)), None)
        return Adapted(self.path, inner).field(rest) if inner is not None and _makes_rows(inner) else None

    @cached_property
    def counters(self) -> dict[str, int]:
        """The factories whose sequences it moves, by dotted path, and how far for one row at most."""
        found: dict[str, int] = {}
        for factory in _all(self.factory, ()):
            path = path_of_factory(factory._meta.counter_reference)
            found[path] = found.get(path, 0) + 1
        return found

    @property
    def reached(self) -> list[Any]:
        """The factory and all that it may call."""
        return list(dict.fromkeys(_all(self.factory, ())))


def adapt(path: str) -> Adapted:
    """Return the factory of a dotted path.

    Raises:
        NoFactory: There is none, or none that makes rows of a model in a way that a recipe can repeat.
    """
    try:
        found = import_string(path)
    except ImportError as error:
        raise NoFactory(f"there is no factory {path}: {error}{_near(path)}") from error
    if not _makes_rows(found):
        raise NoFactory(f"{path} is no DjangoModelFactory with a model")
    if found._meta.django_get_or_create:
        names = ", ".join(found._meta.django_get_or_create)
        raise NoFactory(f"{path} may find rows instead of making them (django_get_or_create: {names})")
    return Adapted(path, found)


def _near(path: str) -> str:
    """Say the factory of the same module that was probably meant."""
    module, _, name = path.rpartition(".")
    there = vars(sys.modules[module]) if module in sys.modules else {}
    hint = did_you_mean(name, [other for other, found in there.items() if _makes_rows(found)])
    return f". {hint}" if hint else ""


def path_of_factory(options: Any) -> str:
    """Return the dotted path of a factory, by its class or by its options."""
    factory = getattr(options, "factory", options)
    return f"{factory.__module__}.{factory.__qualname__}"


def _makes_rows(found: Any) -> bool:
    from factory.django import DjangoModelFactory  # only a recipe that names a factory needs the library

    if not (isinstance(found, type) and issubclass(found, DjangoModelFactory)):
        return False
    meta: Any = found._meta
    return not meta.abstract and meta.get_model_class() is not None


def _all(factory: Any, above: tuple[Any, ...]) -> Iterator[Any]:
    """Yield a factory and those that it calls for related rows, as often as it does; none that goes round again."""
    yield factory
    for name in _names(factory):
        for related in _related(factory, name):
            if related not in above and related is not factory:
                yield from _all(related, (*above, factory))


def _names(factory: Any) -> list[str]:
    meta = factory._meta
    return list(dict.fromkeys([*meta.pre_declarations, *meta.post_declarations, *meta.parameters]))


def _related(factory: Any, name: str) -> Iterator[Any]:
    """Yield the factories that a declaration calls; a trait is all that it sets."""
    meta = factory._meta
    for declarations in (meta.pre_declarations, meta.post_declarations):
        if name in declarations:
            yield from _called(declarations[name].declaration)
    if name in meta.parameters:
        for declaration in getattr(meta.parameters[name], "overrides", {}).values():
            yield from _called(declaration)


def _called(declaration: Any) -> Iterator[Any]:
    get_factory = getattr(declaration, "get_factory", None)
    if get_factory is not None:
        yield get_factory()
