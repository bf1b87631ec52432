"""What a model needs to be filled: its fields, its key, its unique sets, the tables that its rows are spread over.

A blueprint is made once for a model and says nothing of a recipe.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from django.db import models
from django.db.models.expressions import Expression, F
from django.db.models.fields.reverse_related import ForeignObjectRel

AnyField: TypeAlias = "models.Field[Any, Any]"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a model: the model that owns it, the fields stored there, the field that is its key."""

    model: type[models.Model]
    name: str
    fields: tuple[AnyField, ...]
    key: AnyField


@dataclass(frozen=True)
class Blueprint:
    """A model as the planner sees it.

    Attributes:
        label: ``app.Model``.
        tables: One for each model of a multi-table chain, the topmost parent first; links to parents aside.
        key: The primary key of the topmost table: a multi-table child shares it.
        counted: The database counts the key upwards.
        uniques: Sets of field names that must be distinct together; single fields come first.
        conditions: Under which condition a set must be distinct, for those that have one.
        relations: Names of many-to-many fields and of reverse relations, with what they are.
    """

    model: type[models.Model]
    label: str
    tables: tuple[Table, ...]
    key: AnyField
    counted: bool
    uniques: tuple[tuple[str, ...], ...]
    conditions: dict[tuple[str, ...], models.Q]
    relations: dict[str, models.ManyToManyField[Any, Any] | ForeignObjectRel]

    @property
    def fields(self) -> tuple[AnyField, ...]:
        """The fields to fill, of all tables, in their order."""
        return tuple(field for table in self.tables for field in table.fields)

    def field(self, name: str) -> AnyField | None:
        """Return the concrete field of this name or attribute name (``brand_id``), or None."""
        for field in self.fields:
            if name in (field.name, field.attname):
                return field
        return None

    @property
    def names(self) -> list[str]:
        """Every name that a recipe may set."""
        return [field.name for field in self.fields] + list(self.relations)


@cache
def blueprint(model: type[models.Model]) -> Blueprint:
    """Compile the blueprint of a model; a proxy has that of its concrete model, under its own label."""
    chain = _chain(model._meta.concrete_model or model)
    tables = tuple(_table(owner) for owner in chain)
    key = tables[0].key
    uniques = _uniques(chain)
    return Blueprint(
        model=model,
        label=model._meta.label,
        tables=tables,
        key=key,
        counted=isinstance(key, models.AutoField),
        uniques=tuple(sorted(uniques, key=len)),
        conditions={names: condition for names, condition in uniques.items() if condition is not None},
        relations=_relations(model),
    )


def forget() -> None:
    """Drop all blueprints, for tests that make models."""
    blueprint.cache_clear()


def _chain(model: type[models.Model]) -> list[type[models.Model]]:
    """The model and its multi-table parents, parents first."""
    chain: list[type[models.Model]] = []
    for parent, link in model._meta.parents.items():
        if link is not None:
            chain.extend(owner for owner in _chain(parent) if owner not in chain)
    return [*chain, model]


def parent_links(model: type[models.Model]) -> dict[type[models.Model], AnyField]:
    """Return the link to each direct multi-table parent of a model."""
    return {parent: link for parent, link in model._meta.parents.items() if link is not None}


def _table(model: type[models.Model]) -> Table:
    links = set(parent_links(model).values())
    fields = tuple(field for field in model._meta.local_concrete_fields if field not in links and _stored(field))
    return Table(model, model._meta.db_table, fields, model._meta.pk)


def _stored(field: AnyField) -> bool:
    """Whether the field is a column that may be written."""
    return field.column is not None and not getattr(field, "generated", False)


def _uniques(chain: list[type[models.Model]]) -> dict[tuple[str, ...], models.Q | None]:
    """Sets of names, each with its condition; a set that also holds without one has none."""
    found: dict[tuple[str, ...], models.Q | None] = {}
    for model in chain:
        links = set(parent_links(model).values())
        for field in model._meta.local_concrete_fields:
            if field.unique and field not in links:
                found[(field.name,)] = None
    for model in chain:
        key = tuple(field.name for field in model._meta.pk_fields)
        if len(key) > 1:
            found[key] = None
        for group in model._meta.unique_together:
            found[tuple(group)] = None
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                names = tuple(constraint.fields) or _expression_fields(constraint.expressions)
                if names and (constraint.condition is None or names not in found):
                    found[names] = constraint.condition
    return found


def _expression_fields(expressions: Any) -> tuple[str, ...]:
    """The fields that an expression reads: values distinct in these are taken to be distinct in it."""
    names: dict[str, None] = {}
    for expression in expressions:
        for part in expression.flatten() if isinstance(expression, Expression) else (expression,):
            if isinstance(part, F):
                names[str(part.name)] = None  # type: ignore[attr-defined]
    return tuple(names)


def _relations(model: type[models.Model]) -> dict[str, models.ManyToManyField[Any, Any] | ForeignObjectRel]:
    relations: dict[str, models.ManyToManyField[Any, Any] | ForeignObjectRel] = {
        field.name: field for field in model._meta.many_to_many
    }
    for relation in model._meta.related_objects:
        name = relation.get_accessor_name()
        hidden = relation.hidden or getattr(relation, "parent_link", False) or _is_parent_link(relation)
        if name and not hidden:
            relations[name] = relation
    return relations


def _is_parent_link(relation: ForeignObjectRel) -> bool:
    return relation.field in parent_links(relation.related_model).values()
