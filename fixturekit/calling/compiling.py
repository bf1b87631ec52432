"""A call planned by the engine and compiled: for each batch of its plan, what makes the instances.

A plan is made for many more rows than a call makes, so that further calls of the same shape find theirs in it. Where a
unique set has room for fewer rows, it is made for as many as there is room for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import AnyField, Blueprint, blueprint, parent_links
from fixturekit.calling.adopting import Tie, ties_of
from fixturekit.calling.arguments import Shape
from fixturekit.calling.columns import IMMUTABLE, Cell, Compiler
from fixturekit.calling.documents import recipe_of
from fixturekit.calling.following import Late, late_columns
from fixturekit.calling.giving_way import GivingWay, giving_way
from fixturekit.calling.guards import Guard, guards_of
from fixturekit.calling.library import Library, Model
from fixturekit.calling.names import written
from fixturekit.calling.options import Options
from fixturekit.calling.setups import import_setups
from fixturekit.calling.trying import Tried, tried
from fixturekit.conf import settings
from fixturekit.exceptions import CallInvalid, PlanError
from fixturekit.execution.instances import reads_clock
from fixturekit.marks import Problem
from fixturekit.planning.draft import Calling
from fixturekit.planning.plan import Batch, Column, Plan
from fixturekit.planning.planner import Planner
from fixturekit.planning.ways import saves_itself
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.registry import Context
from fixturekit.values.sources import (
    Asked,
    ByDatabase,
    Called,
    Combined,
    Const,
    Counted,
    Enumerated,
    Followed,
    Following,
    Link,
    Selected,
    Source,
    Supplied,
)  # fmt: skip

ROOM = 1 << 20
"""For how many rows a call is planned."""

_GIVEN = (Supplied, Asked, Followed, Called, Const)
_EXHAUSTED = frozenset({"fixturekit.E045", "fixturekit.E054", "fixturekit.E057"})


@dataclass(slots=True)
class Values:
    """What makes the values of a batch's rows, by what is done with them.

    Attributes:
        constants: Values by attribute name that are the same in all rows.
        plain: Attribute names with what makes their values.
        relations: Foreign keys, which take instances by name and keys by attribute name.
        generics: Generic foreign keys that are given, with their slots.
        keys: Foreign keys that are given, with their slots, which may hold keys.
    """

    constants: dict[str, Any] = field(default_factory=dict)
    plain: list[tuple[str, Cell]] = field(default_factory=list)
    relations: list[tuple[str, str, Cell]] = field(default_factory=list)
    generics: dict[str, int] = field(default_factory=dict)
    keys: list[tuple[AnyField, int]] = field(default_factory=list)

    def add(self, found: Any, column: Column, compiler: Compiler) -> None:
        """Sort in a column of a field."""
        source = column.source
        if isinstance(source, (Followed, Following, Called)) or compiler.leaves_to_clock(column):
            return  # set when all others are, or by the machine
        if isinstance(source, Supplied) and source.attribute:
            self.generics[source.attribute] = source.slot
        elif isinstance(source, Const) and type(source.value) in IMMUTABLE:
            self.constants[found.attname] = source.value
        elif found.remote_field is None:
            self.plain.append((found.attname, compiler.column(column)))
        else:
            self.relations.append((found.name, found.attname, compiler.column(column)))
            if isinstance(source, Supplied) and not source.asked:
                self.keys.append((found, source.slot))


@dataclass(slots=True)
class Maker:
    """One batch of a call at work.

    Attributes:
        family: The model of the topmost table: rows of all models that share it are numbered together.
        per: How many rows there are for each row of the call.
        later: Links that close a circle, set when all rows are saved.
        itself: Foreign keys that point at the row itself.
        saves_itself: The model has code of its own that saves, which may do as it likes with a row that has a key.
        keyed: The key is planned or given, not left to the database.
        files: Fields that hold files.
        clocks: Fields that are given and that saving would set from the machine's clock.
        tried: What is looked at when a row is built, and drawn anew where constraints or validators refuse it.
        ties: What ties a row to others of the call, whom somebody may have heard of and made the row already.
        planned: The attributes that the call has values for; moments of the clock are none.
        giving: The unique sets in which rows give way to others by having other choices.
        given: The fields of which the call, a shelf or a function says what they hold.
        first: No batch before makes rows of its family.
        above: What makes the rows above those of a tree.
    """

    batch: Batch
    model: Model
    shape: Blueprint
    family: Model
    per: int
    values: Values
    late: list[Late]
    later: tuple[tuple[AnyField, Cell], ...]
    itself: tuple[AnyField, ...]
    guards: list[Guard]
    saves_itself: bool
    keyed: bool
    files: tuple[str, ...]
    clocks: tuple[AnyField, ...]
    force_insert: Any
    tried: tuple[Tried, ...]
    ties: tuple[Tie, ...]
    planned: frozenset[str]
    giving: GivingWay | None
    given: frozenset[str]
    first: bool
    above: Cell | None = None


@dataclass(slots=True)
class Links:
    """Links of a many-to-many field that Django keeps itself, which are added through the field's manager.

    Attributes:
        owner: The batch of the rows that have the field.
        name: The field.
        through: The model of the links.
        here: The field of a link that leads to its owner.
        there: The one that leads to the other row.
        symmetrical: Each link counts both ways.
        ends: How many there are for each row of a call, the owner's end and the other one, of each batch of them.
    """

    owner: str
    name: str
    through: Model
    here: AnyField
    there: AnyField
    symmetrical: bool
    ends: list[tuple[int, Cell, Cell]] = field(default_factory=list)


@dataclass(slots=True)
class Compiled:
    """Calls of one shape at work; ``root`` is the batch of the rows that they return."""

    plan: Plan
    root: str
    makers: list[Maker]
    links: list[Links]


def compile_call(title: str, model: Model, shape: Shape, options: Options, alias: str, library: Library) -> Compiled:
    """Plan and compile calls of one shape.

    Args:
        title: What messages call the call.
        model: The model that it makes rows of.
        shape: What it gives.
        options: Its options.
        alias: The database.
        library: What it was taught.

    Raises:
        CallInvalid: What is given does not fit the models.
        SetupFailed: The setup module of an app that a row is made of on the way cannot be imported.
        ImproperlyConfigured: The setting FIXTUREKIT is wrong.
    """
    while True:
        plan, room = _planned(title, model, shape, options, alias, library)
        if not import_setups(apps.get_model(batch.model) for batch in plan.batches):
            break  # else a shelf may have been taught that acts on these rows
    if plan.skipped:
        message = f"the database routers keep rows of {model._meta.label}, or of what it needs, away from '{alias}'"
        raise CallInvalid(f"{title}: {message}")
    plan = replace(plan, batches=tuple(map(_from_the_first, plan.batches)))
    root = plan.batches[-1].step
    makers: list[Maker] = []
    for number, batch in enumerate(plan.batches):
        if not _through(batch):
            families = {maker.family for maker in makers}
            makers.append(_maker(title, plan, batch, room, families, plan.batches[number + 1 :]))
    return Compiled(plan, root, makers, _all_links(plan, room))


# -- planning ----------------------------------------------------------------------------------------------------------


def _planned(
    title: str, model: Model, shape: Shape, options: Options, alias: str, library: Library
) -> tuple[Plan, int]:
    """Return the plan, and for how many rows it is."""
    shelves = library.shelves() if options.use_library else ()
    recipe = recipe_of(model, shape, options, shelves)
    calling = Calling(
        leaves_empty=not options.fill_nullable,
        ignore=tuple(settings.IGNORE_FIELDS),
        fixtures=settings.FIELD_FIXTURES,
        generators=settings.FIELD_GENERATORS,
        blueprints=settings.BLUEPRINTS,
        follows=True,
    )
    planner = Planner(lambda name: None, alias, calling=calling)

    def plan(count: int) -> Plan:
        return planner.plan(title, recipe.with_step(_with_count(recipe.steps[0], count))).plan

    try:
        return plan(ROOM), ROOM
    except PlanError as error:
        too_many = error
    try:
        found = plan(1), 1
    except PlanError as error:  # what is wrong with one row: of how many more there was to be room is nobody's business
        raise _invalid(title, model, error) from error
    if not _EXHAUSTED.issuperset(problem.id for problem in too_many.problems):
        raise _invalid(title, model, too_many) from too_many
    return _most(plan, found)


def _most(plan: Callable[[int], Plan], found: tuple[Plan, int]) -> tuple[Plan, int]:
    """Find the largest number of rows, below ``ROOM``, for which there is a plan."""
    above = ROOM
    while above - found[1] > 1:
        count = (found[1] + above) // 2
        try:
            found = plan(count), count
        except PlanError:
            above = count
    return found


def _with_count(step: Any, count: int) -> Any:
    return replace(step, count=count)


def _invalid(title: str, model: Model, error: PlanError) -> CallInvalid:
    """The problems of the plan as those of the call: there is no file, and no document, that they have a place in."""
    problems = [_of_call(found, written(model, found.path)) for found in error.problems]
    return CallInvalid("\n".join(f"{title}: {problem}" for problem in problems), problems)


def _from_the_first(batch: Batch) -> Batch:
    """Unique values begin at their first: all rows of a family are numbered together, so none has another's."""
    return replace(batch, columns=tuple(replace(column, source=_first(column.source)) for column in batch.columns))


def _first(source: Source) -> Source:
    if isinstance(source, Enumerated):
        return replace(source, start=0)
    if isinstance(source, Following) and isinstance(source.own, Enumerated):
        return replace(source, own=replace(source.own, start=0))
    if isinstance(source, (Selected, Link)) and isinstance(source.map, Combined):
        return replace(source, map=replace(source.map, start=0))
    return source


_IN_A_RECIPE = re.compile(r"\. Give it a value in the recipe.*", re.DOTALL)
_TAUGHT = (
    ". Give it a value ({}=...), teach it in a shelf, or name a function for its class in FIXTUREKIT['FIELD_FIXTURES']"
)
_HINTS = {
    "fixturekit.E053": "Give one of them a row that exists.",
    "fixturekit.E042": "Leave one of the two out.",
    "fixturekit.E059": "",
    "fixturekit.E090": "Give it a row: {}=...",
}


def _of_call(problem: Problem, name: str) -> Problem:
    """What a problem advises for a recipe, for a call, which has no tags and gives a field by this name."""
    message = _IN_A_RECIPE.sub(lambda found: _TAUGHT.replace("{}", name), problem.message)
    hint = _HINTS.get(problem.id, "" if "!" in problem.hint else problem.hint)
    return Problem(problem.id, message, hint.replace("{}", name))


# -- compiling ---------------------------------------------------------------------------------------------------------


def _maker(title: str, plan: Plan, batch: Batch, room: int, families: set[Model], behind: Sequence[Batch]) -> Maker:
    model: Model = apps.get_model(batch.model)
    shape = blueprint(model)
    context = _context(plan, batch)
    compiler = Compiler(plan, batch, model, context)
    values = Values()
    for column in batch.columns:
        values.add(model._meta.get_field(column.field), column, compiler)
    later = tuple((model._meta.get_field(column.field), compiler.column(column)) for column in batch.later)
    names = {column.field for column in batch.columns}
    guards = guards_of(batch, model, context)
    return Maker(
        batch=batch,
        model=model,
        shape=shape,
        family=shape.tables[0].model,
        per=batch.count // room,
        values=values,
        late=late_columns(title, batch, model, context),
        later=later,  # type: ignore[arg-type]
        itself=tuple(compiler.self_links),
        guards=guards,
        saves_itself=saves_itself(model),
        keyed=any(field.name in names for table in shape.tables for field in table.model._meta.pk_fields),
        files=tuple(field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)),
        clocks=tuple(_given_clocks(batch, model)),
        force_insert=(models.Model,) if any(parent_links(table.model) for table in shape.tables) else True,
        tried=tried(batch, model, context),
        ties=ties_of(batch, model),
        planned=frozenset(_planned_attributes(batch, model, compiler)),
        giving=giving_way(batch, model, guards, behind),
        given=frozenset(
            column.field for column in batch.columns if isinstance(column.source, _GIVEN) and not column.free
        ),
        first=shape.tables[0].model not in families,
        above=compiler.told(batch.arguments[0]) if batch.arguments else None,
    )


def _given_clocks(batch: Batch, model: Model) -> Iterator[AnyField]:
    for column in batch.columns:
        field: Any = model._meta.get_field(column.field)
        if reads_clock(field) and isinstance(column.source, (Supplied, Asked, Followed)):
            yield field


def _planned_attributes(batch: Batch, model: Model, compiler: Compiler) -> Iterator[str]:
    for column in batch.columns:
        field: Any = model._meta.get_field(column.field)
        by_clock = isinstance(column.source, Const) and (reads_clock(field) or compiler.leaves_to_clock(column))
        if not (by_clock or isinstance(column.source, (ByDatabase, Counted))):
            yield field.attname


def _context(plan: Plan, batch: Batch) -> Context:
    return Context(seed=plan.seed, step=batch.stream, now=parse_now(plan.now))


def _through(batch: Batch) -> bool:
    """Whether these are links that Django keeps without a model of the project."""
    return bool(apps.get_model(batch.model)._meta.auto_created)


def _all_links(plan: Plan, room: int) -> list[Links]:
    found: dict[tuple[str, str], Links] = {}
    for batch in plan.batches:
        if not _through(batch) or batch.id.endswith("~"):
            continue  # the manager of a symmetrical relation makes the way back itself
        owner, _, rest = batch.id.rpartition("/")
        name = rest.rstrip("#").partition("[")[0]
        if (owner, name) not in found:
            found[owner, name] = _links(
                owner, name, apps.get_model(batch.model), apps.get_model(plan.batch(owner).model)
            )
        links = found[owner, name]
        links.ends.append(_ends(plan, batch, links, room))
    return list(found.values())


def _links(owner: str, name: str, through: Model, model: Model) -> Links:
    relation: Any = blueprint(model).relations[name]
    field = relation if isinstance(relation, models.ManyToManyField) else relation.field
    names: list[str] = [field.m2m_field_name(), field.m2m_reverse_field_name()]
    if field is not relation:
        names.reverse()
    here, there = (through._meta.get_field(end) for end in names)
    return Links(owner, name, through, here, there, bool(field.remote_field.symmetrical))  # type: ignore[arg-type]


def _ends(plan: Plan, batch: Batch, links: Links, room: int) -> tuple[int, Cell, Cell]:
    compiler = Compiler(plan, batch, links.through, _context(plan, batch))
    columns = {column.field: column for column in batch.columns}
    here, there = (compiler.column(columns[end.name]) for end in (links.here, links.there))
    return batch.count // room, here, there
