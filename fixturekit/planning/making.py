"""Rows of one model that the planner is about to make a batch of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from django.db import models

from fixturekit.blueprints import AnyField, Blueprint, Check
from fixturekit.factories.adapting import Adapted
from fixturekit.marks import Mark
from fixturekit.planning.plan import Adopt, Serves, Trial
from fixturekit.planning.resolving import Given
from fixturekit.recipes.document import Step
from fixturekit.values.conditions import Condition
from fixturekit.values.contrib.trees import Tree
from fixturekit.values.sources import Source

Branch: TypeAlias = "Mapping[str, tuple[bool | None, AnyField | None]]"
"""What one way to pass all constraints asks of some fields: to be NULL or not, and what they are narrowed to."""


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
        branches: What each of several ways to pass the constraints asks of the fields in which they differ, if rows take several.
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
    branches: tuple[Branch, ...] = ()
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
