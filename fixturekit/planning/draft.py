"""What the planner works on while one recipe is planned: the draft, and the makings that become batches."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from django.db import models, router

from fixturekit.blueprints import AnyField, Blueprint, Check
from fixturekit.factories.adapting import Adapted
from fixturekit.marks import Mark
from fixturekit.planning.intervals import Intervals
from fixturekit.planning.plan import Adopt, Pin, Serves, Trial
from fixturekit.planning.resolving import Given, Problems
from fixturekit.planning.shelving import Shelving
from fixturekit.recipes.document import Options, Recipe, Step
from fixturekit.values.conditions import Condition
from fixturekit.values.contrib.trees import Tree
from fixturekit.values.pools import DEFAULT
from fixturekit.values.sources import Asked, Pinned, Source

_Said = TypeVar("_Said")


@dataclass(slots=True)
class Making:
    """Rows of one model that a step makes: its own, or those that they need.

    Attributes:
        id: Becomes the batch's id: the step's, then the relations that lead here (``orders/customer``).
        path: The same way as the prefix of lanes (``customer.``).
        label: The labelled row that these rows are made for, if it is that one alone.
        depth: How many relations away from the step's own rows.
        trail: Models from the step's own to this one's parent, to notice circles.
        shelved: What shelves say of each field, as addresses.
        via: The addresses of all that shelves say on the way here, to notice circles of them.
        ignoring: Whether ``options.ignore`` acts: on a step's own rows, and from there along self references.
        owned: The count was chosen by the planner, so it may choose another.
        free: Names of fields whose source the planner chose, so it may choose another.
        columns: The source of each field, once decided.
        parents: Makings of related rows that these rows need, by field.
        adopt: How existing rows are found that stand for some of these.
        serves: The making whose rows these are made for, and the column that points there.
        ends: The two columns of a many-to-many link.
        where: The step's place in the document: ``steps[2]``.
        factory: What makes the rows, if it is a factory.
        arguments: What is told beside columns: to a factory, or to the library of a tree.
        begin: Where the factory's sequences begin.
        tree: The tree whose library plants the rows.
        limits: Conditions that the relation which these rows are made for puts on them.
        narrowed: Fields whose values constraints narrow, with limits and choices that say so.
        nulls: Fields that constraints want to be NULL, or want not to be.
        alone: Conditions on one field alone that only trying can tell.
        trials: Columns that only trying can make valid.
    """

    id: str
    step: Step
    path: str
    shape: Blueprint
    count: int
    given: dict[str, Given]
    label: str = ""
    labels: tuple[str, ...] = ()
    depth: int = 0
    trail: tuple[type[models.Model], ...] = ()
    shelved: dict[str, list[str]] = field(default_factory=dict)
    via: tuple[str, ...] = ()
    ignoring: bool = False
    owned: bool = False
    free: set[str] = field(default_factory=set)
    columns: dict[str, Source] = field(default_factory=dict)
    parents: dict[str, Making] = field(default_factory=dict)
    adopt: Adopt | None = None
    serves: Serves | None = None
    ends: tuple[str, ...] = ()
    mark: Mark | None = None
    where: str = ""
    factory: Adapted | None = None
    arguments: dict[str, Source] = field(default_factory=dict)
    begin: int = 0
    tree: Tree | None = None
    limits: tuple[Check, ...] = ()
    narrowed: dict[str, AnyField] = field(default_factory=dict)
    nulls: dict[str, bool] = field(default_factory=dict)
    alone: dict[str, tuple[Condition, ...]] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()

    def lane(self, name: str) -> str:
        """The lane of a field: its path from the step's model, or the older one that it keeps after a rename."""
        path = f"{self.path}{name}"
        for entry in self.step.lanes:
            if entry.key.replace("__", ".") == path:
                return str(getattr(entry.value, "value", path)).replace("__", ".")
        return path

    @property
    def checks(self) -> tuple[Check, ...]:
        """What rows must satisfy: the constraints of their tables, and the limits of the relation that leads to them."""
        return (*self.shape.checks, *self.limits)

    def fillable(self, field: AnyField) -> AnyField:
        """A field as it is to be filled: with the limits and choices that constraints leave."""
        return self.narrowed.get(field.name, field)

    def own_rules(self, field: AnyField) -> tuple[Condition, ...]:
        """The conditions of constraints that are about one field alone, and ask for more than limits and choices."""
        return self.alone.get(field.name, ())

    def parent(self, name: str) -> Making | None:
        """The related rows that are made for a column, be it a foreign key or the key of a generic one."""
        generic = self.shape.generic_of(name)
        return self.parents.get(generic.name if generic and name == generic.fk_field else name)

    def beyond(self, name: str) -> tuple[str, ...]:
        """What shelves say on the way to the rows that a field leads to."""
        return (*self.via, *self.shelved.get(name, ()))

    @property
    def adopts(self) -> bool:
        """Whether these are rows of a step that takes existing rows for its own."""
        return bool(self.step.match or self.step.get_or_create)

    def merges(self, names: tuple[str, ...]) -> bool:
        """Whether rows that are alike in these fields are one row, so that they need not differ."""
        identifying = self.step.get_or_create if self.serves is None else ()
        return bool(identifying) and set(identifying) <= set(names)

    @property
    def address(self) -> str:
        """The path that no other making of the step has: rows made for one label share lanes, never digests."""
        return f"[{self.label}]{self.path}" if self.label and self.path else self.path

    @property
    def stream(self) -> str:
        """The step's part of the stream address."""
        return self.step.was or self.step.id

    def key(self, *names: str) -> str:
        """The name of a unique set, the same in every recipe: a multi-table child shares those of its parents.

        A renamed field counts under the name that it had.
        """
        model = next(table.model for table in self.shape.tables if names[0] in {field.name for field in table.fields})
        return f"{model._meta.label}.{'+'.join(self.lane(name).rpartition('.')[2] for name in names)}"

    def place(self, name: str) -> tuple[str, Mark | None]:
        """Where the document speaks of a field, else of the step."""
        given = self.given.get(name)
        return (given.where, given.mark) if given else (self.where, self.mark)


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
        self.problems.add(id, f"{making.shape.label}.{name}: {message}", hint, where=where, mark=mark)
