"""What the planner works on while one recipe is planned."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from django.db import models, router

from fixturekit.blueprints import AnyField, Blueprint
from fixturekit.planning.intervals import Intervals
from fixturekit.planning.making import Making
from fixturekit.planning.plan import Pin
from fixturekit.planning.resolving import Problems
from fixturekit.planning.shelving import Shelving
from fixturekit.recipes.document import Options, Recipe
from fixturekit.values.pools import DEFAULT
from fixturekit.values.sources import Asked, Pinned

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class Calling:
    """What a Python call, or whoever records, says beyond what a recipe can.

    Attributes:
        leaves_empty: Nullable fields and relations that nobody sets stay empty, even those that may not be blank.
        ignore: Names and patterns of fields that are left alone in every model.
        fixtures: For field classes, by dotted path, the functions that give their values.
        generators: The same by dotted paths of the functions, as recipes name them.
        blueprints: For models, by name, the dotted paths of the functions for some of their fields.
        follows: Generated columns go by what is said of others of the row, in style ``plain`` too.
    """

    leaves_empty: bool = False
    ignore: tuple[str, ...] = ()
    fixtures: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    generators: Mapping[str, str] = field(default_factory=dict)
    blueprints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    follows: bool = False

    def fixture(self, field: AnyField) -> Asked | None:
        """Return what gives the values of a field: the function for its class, or for the nearest base of it."""
        function = _for_class(self.fixtures, field)
        return None if function is None else Asked(function)

    def blueprint(self, model: type[models.Model]) -> Mapping[str, str]:
        """Return the functions for fields of a model: its own before those of the models that it inherits from."""
        found: dict[str, str] = {}
        for cls in type.mro(model) if self.blueprints else ():
            for name, path in self.blueprints.get(getattr(getattr(cls, "_meta", None), "label", ""), {}).items():
                found.setdefault(name, path)
        return found

    def generator(self, field: AnyField) -> str | None:
        """Return the dotted path of the function for a field's class, or for the nearest base of it."""
        return _for_class(self.generators, field)


def _for_class(found: Mapping[str, _Said], field: AnyField) -> _Said | None:
    """What is said of a field's class, or of the nearest base of it; of one of Django's also under its short path."""
    if found:
        for cls in type(field).__mro__:
            for path in (f"{cls.__module__}.{cls.__qualname__}", f"django.db.models.{cls.__qualname__}"):
                if path in found:
                    return found[path]
    return None


@dataclass(frozen=True, slots=True)
class GeneratedBy:
    """A field that no recipe speaks of, and the function that a setting names for it, or for its class.

    Attributes:
        step: The step.
        path: The way from the step's model to the field's, as the prefix of lanes (``customer.``).
        model: The field's model.
        field: Its name.
        function: The dotted path of the function.
    """

    step: str
    path: str
    model: str
    field: str
    function: str


Folders: TypeAlias = Callable[[str], Path | None]
"""The folder of a recipe by its name; None where it lies in none."""


@dataclass(slots=True)
class Draft:
    """One recipe on its way to a plan.

    ``folders`` knows where files of recipes lie, which ``!file`` is relative to. ``calling`` is what a Python call adds.
    """

    name: str
    recipe: Recipe
    seed: str
    now: datetime.datetime
    alias: str
    documents: Callable[[str], Recipe | None]
    folders: Folders
    problems: Problems = field(default_factory=Problems)
    pins: list[Pin] = field(default_factory=list)
    makeable: dict[tuple[str, str], Making] = field(default_factory=dict)
    roots: dict[str, Making] = field(default_factory=dict)
    makings: list[Making] = field(default_factory=list)
    shares: list[tuple[str, str, int]] = field(default_factory=list)
    skipped: list[tuple[str, int]] = field(default_factory=list)
    intervals: Intervals = field(default_factory=Intervals)
    followed: int = 0
    calling: Calling = Calling()
    supplied: list[GeneratedBy] = field(default_factory=list)
    shelving: Shelving = field(init=False)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shelving = Shelving(self.recipe, self.documents, self.problems)

    @property
    def options(self) -> Options:
        return self.recipe.options

    @property
    def style(self) -> str:
        return self.options.style or "lifelike"

    @property
    def locale(self) -> str:
        return self.options.locale or DEFAULT

    @property
    def depth(self) -> int:
        return 1 if self.options.depth is None else self.options.depth

    @property
    def laps(self) -> int:
        return 1 if self.options.laps is None else self.options.laps

    def ignores(self, making: Making, field: AnyField) -> bool:
        """Whether a field that nobody set is to be left alone."""
        patterns = [*self.calling.ignore, *(self.options.ignore if making.ignoring else ())]
        if not patterns or field.primary_key:
            return False
        generic = making.shape.generic_of(field.name)
        names = [field.name, generic.name] if generic else [field.name]
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

    def allows(self, shape: Blueprint) -> bool:
        """Whether the database routers let rows of a model live in this database."""
        tables = [table.model for table in shape.tables]
        return all(router.allow_migrate_model(self.alias, model) for model in (shape.model, *tables))

    def pin(self, pin: Pin, field: str = "") -> Pinned:
        """Add a pin to the plan, once for each row that is meant."""
        number = self._numbers.setdefault(pin.identity, len(self.pins))
        if number == len(self.pins):
            self.pins.append(pin)
        return Pinned(number, field)

    def problem(self, making: Making, field: AnyField | str, id: str, message: str, hint: str = "") -> None:
        """Report a problem with a field of a making; what a shelf says, once for all rows that it acts on."""
        name = field if isinstance(field, str) else field.name
        where, mark = making.place(name)
        given = making.given.get(name)
        if given and given.shelf and self.problems.told(id, where, mark):
            return
        message = f"{making.shape.label}.{name}: {message}"
        self.problems.add(id, message, hint, where=where, mark=mark, path=f"{making.path}{name}")
