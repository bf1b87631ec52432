"""What a model needs to be filled: its fields, its key, its unique sets, the tables that its rows are spread over.

A blueprint is made once for a model and says nothing of a recipe.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.expressions import Expression, F
from django.db.models.fields.reverse_related import ForeignObjectRel

from fixturekit.values.conditions import Applied, Chosen, Column, Compared, Condition, Constant, Operand
from fixturekit.values.constraints import Untold, condition_of, operand_of
from fixturekit.values.contrib import trees
from fixturekit.values.contrib.trees import Tree, tree_of
from fixturekit.values.spelled import spelled

if TYPE_CHECKING:  # importing them needs the app
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation

AnyField: TypeAlias = "models.Field[Any, Any]"
Relation: TypeAlias = "models.ManyToManyField[Any, Any] | ForeignObjectRel | GenericRelation"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a model: the model that owns it, the fields stored there, the field that is its key."""

    model: type[models.Model]
    name: str
    fields: tuple[AnyField, ...]
    key: AnyField


@dataclass(frozen=True, slots=True)
class UniqueSet:
    """Fields that must be distinct together, among the rows for which a condition holds if there is one.

    ``nulls_distinct`` says whether a NULL differs from every other NULL, as databases have it unless told otherwise.
    ``keys`` are what must be distinct where that is not the fields themselves: expressions of them, parts of a date.
    ``test`` is the condition as plain data, None also where only the database can evaluate it.
    """

    names: tuple[str, ...]
    condition: models.Q | None = None
    nulls_distinct: bool = True
    keys: tuple[Operand, ...] = ()
    test: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK constraint of one of a model's tables.

    ``condition`` is None where only the database can evaluate it; ``spelled`` is the condition as people read it then too.
    """

    name: str
    model: type[models.Model]
    condition: Condition | None
    spelled: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Ranges that must not overlap in rows that are equal in other fields, as PostgreSQL's exclusion constraints ask.

    ``spans`` is the field of ranges, or the two fields of their ends; ``equal`` may be empty.
    """

    spans: tuple[str, ...]
    equal: tuple[str, ...]
    condition: models.Q | None = None
    test: Condition | None = None


@dataclass(frozen=True)
class Blueprint:
    """A model as the planner sees it.

    Attributes:
        label: ``app.Model``.
        tables: One for each model of a multi-table chain, the topmost parent first; links to parents aside.
        key: The primary key of the topmost table: a multi-table child shares it.
        counted: The database counts the key upwards.
        unique_sets: All of them, conditional ones too; single fields come first.
        exclusions: Ranges that must not overlap.
        checks: The CHECK constraints of all tables.
        relations: Names of many-to-many fields and of reverse relations, generic ones too, with what they are.
        generics: Names of generic foreign keys, with what they are.
        tree: How the rows hang below each other, if a library keeps that.
        above: The link to the row above in such a tree, where it is no field of the model.
    """

    model: type[models.Model]
    label: str
    tables: tuple[Table, ...]
    key: AnyField
    counted: bool
    unique_sets: tuple[UniqueSet, ...]
    exclusions: tuple[Exclusion, ...]
    checks: tuple[Check, ...]
    relations: dict[str, Relation]
    generics: dict[str, GenericForeignKey]
    tree: Tree | None = None
    above: AnyField | None = None

    @cached_property
    def uniques(self) -> tuple[tuple[str, ...], ...]:
        """Sets of field names that must be distinct together in all rows."""
        return tuple(unique.names for unique in self.unique_sets if unique.condition is None and not unique.keys)

    @property
    def fields(self) -> tuple[AnyField, ...]:
        """The fields to fill, of all tables, in their order."""
        return tuple(field for table in self.tables for field in table.fields)

    def field(self, name: str) -> AnyField | None:
        """Return the field of this name or attribute name (``brand_id``), or None."""
        for field in self.fields:
            if name in (field.name, field.attname):
                return field
        return self.above if self.above is not None and name == self.above.name else None

    @property
    def names(self) -> list[str]:
        """Every name that a recipe may set."""
        above = [self.above.name] if self.above is not None else []
        return [field.name for field in self.fields] + above + list(self.relations) + list(self.generics)

    def generic_of(self, name: str) -> GenericForeignKey | None:
        """Return the generic foreign key that a field is a part of, or None."""
        return next((key for key in self.generics.values() if name in (key.ct_field, key.fk_field)), None)


@cache
def blueprint(model: type[models.Model]) -> Blueprint:
    """Compile the blueprint of a model; a proxy has that of its concrete model, under its own label."""
    chain = _chain(model._meta.concrete_model or model)
    tables = tuple(_table(owner) for owner in chain)
    key = tables[0].key
    tree = tree_of(chain[-1])
    return Blueprint(
        model=model,
        label=model._meta.label,
        tables=tables,
        key=key,
        counted=isinstance(key, models.AutoField),
        unique_sets=tuple(sorted(_unique_sets(chain), key=lambda unique: len(unique.names))),
        exclusions=tuple(_exclusions(chain)),
        checks=tuple(_checks(chain)),
        relations=_relations(model),
        generics=_generics(model),
        tree=tree,
        above=_above(tree) if tree is not None and tree.library.virtual else None,
    )


def forget() -> None:
    """Drop all blueprints, for tests that make models."""
    blueprint.cache_clear()
    trees.forget()


def _above(tree: Tree) -> AnyField:
    """A link that is no column: a recipe gives it like a foreign key, and the tree's library is told."""
    link: AnyField = models.ForeignKey(tree.model, models.CASCADE, null=True, blank=True, related_name="+")
    link.set_attributes_from_name(tree.above)
    link.model = tree.model
    return link


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


def is_parent_link(model: type[models.Model], name: str) -> bool:
    """Whether a field is the link of a multi-table child to its parent, which says nothing of its own."""
    return any(link.name == name for link in parent_links(model._meta.concrete_model or model).values())


def related_model(shape: Blueprint, name: str) -> type[models.Model] | None:
    """Return the model that a field or relation leads to, or None."""
    found = shape.field(name) or shape.relations.get(name)
    target = getattr(found, "related_model", None)
    return target if isinstance(target, type) else None


def is_password(shape: Blueprint, field: AnyField) -> bool:
    """Whether a field holds what ``set_password`` stores."""
    return field.name == "password" and issubclass(shape.model, AbstractBaseUser)


def generated_field(shape: Blueprint, name: str) -> bool:
    """Whether a name is that of a column that the database computes from others."""
    return any(
        getattr(field, "generated", False) and name == field.name
        for table in shape.tables
        for field in table.model._meta.local_concrete_fields
    )


def size_fields(field: models.ImageField) -> dict[str, int]:
    """Return the fields that hold the width (0) and the height (1) of a field's picture."""
    named: Any = field
    return {name: axis for axis, name in enumerate((named.width_field, named.height_field)) if name}


def _table(model: type[models.Model]) -> Table:
    links = set(parent_links(model).values())
    fields = tuple(field for field in model._meta.local_concrete_fields if field not in links and is_stored(field))
    return Table(model, model._meta.db_table, fields, model._meta.pk)


def is_stored(field: AnyField) -> bool:
    """Whether the field is a column that may be written."""
    return field.column is not None and not getattr(field, "generated", False)


def _unique_sets(chain: list[type[models.Model]]) -> list[UniqueSet]:
    """Each set once for each condition that it has; one that also holds without a condition has none."""
    found: dict[tuple[tuple[str, ...], tuple[Operand, ...]], list[UniqueSet]] = {}
    for unique in _declared(chain):
        known = found.setdefault((unique.names, unique.keys), [])
        if unique.condition is None:
            strict = all(other.nulls_distinct for other in [unique, *known] if other.condition is None)
            known[:] = [replace(unique, nulls_distinct=strict)]
        elif unique not in known and not any(other.condition is None for other in known):
            known.append(unique)
    return [unique for sets in found.values() for unique in sets]


def _declared(chain: list[type[models.Model]]) -> Iterator[UniqueSet]:
    for model in chain:
        links = set(parent_links(model).values())
        for field in model._meta.local_concrete_fields:
            if field.unique and field not in links:
                yield UniqueSet((field.name,))
    for model in chain:
        key = tuple(field.name for field in model._meta.pk_fields)
        if len(key) > 1:
            yield UniqueSet(key)
        for group in model._meta.unique_together:
            yield UniqueSet(tuple(group))
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                yield from _constraint_set(model, constraint)
        for field in model._meta.local_concrete_fields:
            yield from _date_sets(field)


def _test(model: type[models.Model], condition: models.Q | None) -> Condition | None:
    """A condition as data, None where there is none, or where only the database can evaluate it."""
    if condition is not None:
        with suppress(Untold):
            return condition_of(model, condition)
    return None


def _constraint_set(model: type[models.Model], constraint: models.UniqueConstraint) -> Iterator[UniqueSet]:
    condition, nulls_distinct = constraint.condition, constraint.nulls_distinct is not False
    test = _test(model, condition)
    if constraint.fields:
        yield UniqueSet(tuple(constraint.fields), condition, nulls_distinct, test=test)
        return
    names = expression_fields(constraint.expressions)
    keys: tuple[Operand, ...] = ()
    with suppress(Untold):
        keys = tuple(operand_of(model, expression) for expression in constraint.expressions)
    if keys == tuple(map(Column, names)):
        keys = ()
    if names:
        yield UniqueSet(names, condition, nulls_distinct, keys, test)


# What ``unique_for_month`` and its like compare; Django takes the month alone, whatever the year.
_DATE_PARTS = {
    "unique_for_date": ("year", "month", "day"),
    "unique_for_month": ("month",),
    "unique_for_year": ("year",),
}


def _date_sets(field: AnyField) -> Iterator[UniqueSet]:
    for option, parts in _DATE_PARTS.items():
        other = getattr(field, option)
        if other:
            day, empty = Column(str(other)), Compared("isnull", Column(field.name), (Constant(True),))
            # full_clean() takes two NULLs for the same, and does not look where the day is NULL
            own = Chosen(((empty, Constant("")),), Column(field.name)) if field.null else Column(field.name)
            yield UniqueSet(
                (field.name, day.name),
                condition=models.Q(**{f"{day.name}__isnull": False}),
                nulls_distinct=False,
                keys=(own, *(Applied(part, (day,)) for part in parts)),
                test=Compared("isnull", day, (Constant(False),)),
            )


def _checks(chain: list[type[models.Model]]) -> Iterator[Check]:
    for model in chain:
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                yield _check(model, constraint)


def _check(model: type[models.Model], constraint: models.CheckConstraint) -> Check:
    try:
        condition = condition_of(model, constraint.condition)
    except Untold as error:
        return Check(constraint.name, model, None, f"{constraint.condition} ({error})")
    return Check(constraint.name, model, condition, spelled(condition))


def expression_fields(expressions: Any) -> tuple[str, ...]:
    """The fields that an expression reads: values distinct in these are taken to be distinct in it."""
    names: dict[str, None] = {}
    for expression in expressions:
        for part in expression.flatten() if isinstance(expression, Expression) else (expression,):
            if isinstance(part, F):
                names[str(part.name)] = None  # type: ignore[attr-defined]
    return tuple(names)


_EXCLUSION = "django.contrib.postgres.constraints.ExclusionConstraint"  # importing it takes psycopg
_RANGES = ("INT4RANGE", "INT8RANGE", "NUMRANGE", "DATERANGE", "TSRANGE", "TSTZRANGE")


def _exclusions(chain: list[type[models.Model]]) -> Iterator[Exclusion]:
    for model in chain:
        for constraint in model._meta.constraints:
            if _EXCLUSION in (f"{base.__module__}.{base.__qualname__}" for base in type(constraint).__mro__):
                found = _exclusion(model, constraint)
                if found is not None:
                    yield found


def _exclusion(model: type[models.Model], constraint: Any) -> Exclusion | None:
    """What a constraint asks; None where it compares something else than equal columns and overlapping ranges."""
    spans: set[tuple[str, ...]] = set()
    equal: list[str] = []
    for expression, operator in constraint.expressions:
        names = _span(model, expression)
        if operator in ("&&", "-|-") and names:
            spans.add(names)
        elif operator == "=" and (name := _column(expression)):
            equal.append(name)
        else:
            return None
    if len(spans) != 1:
        return None
    return Exclusion(spans.pop(), tuple(equal), constraint.condition, _test(model, constraint.condition))


def _span(model: type[models.Model], expression: Any) -> tuple[str, ...]:
    """The field of ranges that an expression names, or the two fields of which it makes one."""
    name = _column(expression)
    if name:
        return (name,) if hasattr(model._meta.get_field(name), "range_type") else ()
    if str(getattr(expression, "function", "")).upper() not in _RANGES:
        return ()
    ends = tuple(_column(part) for part in expression.get_source_expressions()[:2])
    return ends if len(ends) == 2 and all(ends) else ()


def _column(expression: Any) -> str:
    """The field that an expression is, if it is no more than that."""
    if isinstance(expression, F):
        expression = expression.name  # type: ignore[attr-defined]
    return expression if isinstance(expression, str) else ""


def is_generic(relation: Any) -> bool:
    """Whether a relation is a ``GenericRelation``, the way back of a generic foreign key."""
    return hasattr(relation, "object_id_field_name")


def _generics(model: type[models.Model]) -> dict[str, GenericForeignKey]:
    columns = {field.name for field in model._meta.concrete_fields}
    fields: list[Any] = list(model._meta.private_fields)
    return {
        field.name: field
        for field in fields
        if {getattr(field, "ct_field", None), getattr(field, "fk_field", None)} <= columns
    }


def _relations(model: type[models.Model]) -> dict[str, Relation]:
    relations: dict[str, Relation] = {field.name: field for field in model._meta.many_to_many}
    private: list[Any] = list(model._meta.private_fields)
    relations.update((field.name, field) for field in private if is_generic(field))
    for relation in model._meta.related_objects:
        if is_generic(relation.field):
            continue  # how lookups spell a generic relation; rows have no such attribute
        name = relation.get_accessor_name()
        hidden = relation.hidden or is_parent_link(relation.related_model, relation.field.name)
        if name and not hidden:
            relations[name] = relation
    return relations
