"""From a recipe to a plan: models are looked up, every column gets a source, rows become batches in order."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.db import router

from fixturekit.blueprints import AnyField, Blueprint, Table, blueprint
from fixturekit.exceptions import GenerationError, PlanError
from fixturekit.marks import Problem
from fixturekit.planning.draft import Draft, Interval, Making
from fixturekit.planning.ordering import Need, RequiredCycle, order
from fixturekit.planning.plan import STREAM, Batch, Column, Plan, Unique, links
from fixturekit.planning.relations import given_relation, linked_field, related_makings, target_model, unset_relation
from fixturekit.planning.resolving import Given, SetResolver, find_model, nearest, related_model
from fixturekit.planning.scalars import given_scalar, unset_scalar
from fixturekit.planning.uniques import make_distinct
from fixturekit.planning.ways import choose
from fixturekit.recipes.document import Auto, Mapping, Recipe, Step
from fixturekit.recipes.keys import unsupported
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.pools import locales
from fixturekit.values.sources import (
    At,
    ByDatabase,
    Const,
    Copied,
    Counted,
    Each,
    Enumerated,
    Link,
    Listed,
    Mixed,
    Outside,
    Pinned,
    Source,
)  # fmt: skip

EPOCH = "2026-01-01T00:00:00Z"
"""The clock of a recipe that names none, so that a hand-written file replays alike before it is recorded."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what was decided that a recorder writes into the file."""

    plan: Plan
    shares: tuple[tuple[str, str, int], ...]
    intervals: tuple[Interval, ...]


class Planner:
    """Plans recipes for one database.

    Planning reads recipes and models, never rows. It goes through a recipe in four passes: every step becomes a
    making; every column of a making gets a source, which may ask for further makings (parents, children, links);
    unique sets are arranged; makings become batches, put in an order in which foreign keys find their rows.
    """

    def __init__(self, documents: Callable[[str], Recipe | None], alias: str = "default") -> None:
        self._documents = documents
        self._alias = alias

    def plan(self, name: str, recipe: Recipe) -> Planned:
        """Plan a recipe.

        Args:
            name: ``app.recipe``.
            recipe: The document.

        Raises:
            PlanError: The recipe does not fit the models; carries every problem.
        """
        problems = [*unsupported(recipe), *_unsupported_options(recipe)]
        if problems:
            raise PlanError(problems)
        draft = self._draft(name, recipe)
        for number, step in enumerate(recipe.steps):
            _add_step(draft, step, f"steps[{number}]")
        for making in list(draft.roots.values()):
            _fill(draft, making)
        _check_reads(draft)
        for making in draft.roots.values():
            _check_paths(draft, making)
        if draft.problems.found:
            raise PlanError(draft.problems.found)
        batches = _Batches(draft).ordered()
        if draft.problems.found:
            raise PlanError(draft.problems.found)
        plan = Plan(name, draft.seed, draft.now.isoformat(), tuple(batches), tuple(draft.pins), tuple(draft.skipped))
        return Planned(plan, tuple(draft.shares), tuple(draft.intervals))

    def _draft(self, name: str, recipe: Recipe) -> Draft:
        seed = name if recipe.seed is None else str(recipe.seed)
        now: datetime.datetime = parse_now(recipe.now or EPOCH)
        return Draft(name, recipe, seed, now, self._alias, self._documents)


def _unsupported_options(recipe: Recipe) -> Iterator[Problem]:
    """Options that are read and written, and would change nothing here."""
    options = recipe.options
    for name, value in (("laps", options.laps), ("ignore", options.ignore)):
        if value not in (None, ()):
            message = f"'{name}' cannot be applied by this version of fixturekit yet"
            yield Problem("fixturekit.E030", message, where=f"options.{name}", mark=recipe.place("options"))
    if options.locale and options.locale not in locales():
        message = f"there are no names and words for the locale '{options.locale}'"
        hint = f"Use {' or '.join(locales())}."
        yield Problem("fixturekit.E065", message, hint, "options.locale", recipe.place("options"))


def _add_step(draft: Draft, step: Step, where: str) -> None:
    """Make the root making of a step."""
    try:
        model = find_model(step.make)
    except LookupError as error:
        draft.problems.add("E040", str(error), where=f"{where}.make", mark=step.place("make"))
        return
    if model._meta.abstract or model._meta.swapped:
        why = "is abstract" if model._meta.abstract else f"is swapped for {model._meta.swapped}"
        draft.problems.add("E040", f"{model._meta.label} {why}", where=f"{where}.make", mark=step.place("make"))
        return
    if not router.allow_migrate_model(draft.alias, model):
        draft.skipped.append((step.id, step.size))
        return
    making = Making(
        id=step.id,
        step=step,
        path="",
        shape=blueprint(model),
        count=step.size,
        given=SetResolver(draft.problems).resolve(step.set, model, f"{where}.set"),
        labels=tuple(entry.key for entry in step.named),
        mark=step.mark,
        where=where,
    )
    draft.roots[step.id] = making


# -- columns ---------------------------------------------------------------------------------------------------------


def _fill(draft: Draft, making: Making) -> None:
    """Give every column of a making its source, then the same for the makings that it asks for."""
    draft.makings.append(making)
    labelled = _labelled(draft, making)
    for field in making.shape.fields:
        if field is making.shape.key and making.shape.counted and field.name not in making.given:
            rows = labelled.get(field.name, {})
            if 0 < len(rows) < making.count:
                message = "is counted by the database for the other rows: give it to all rows, or to none"
                draft.problem(making, field, "E058", message)
            if len(rows) < making.count or not rows:
                making.columns[field.name] = Counted()
                continue
        source = _column(draft, making, field, labelled.get(field.name))
        if source is not None:
            making.columns[field.name] = source
    _resolve_copies(draft, making)
    make_distinct(draft, making)
    for parent in list(making.parents.values()):
        _fill(draft, parent)
    for name, given in making.given.items():
        if name in making.shape.relations:
            for related in related_makings(draft, making, name, given):
                _fill(draft, related)


def _labelled(draft: Draft, making: Making) -> dict[str, dict[int, Given]]:
    """What the labels of a named step set on top of the step: field -> row -> given."""
    found: dict[str, dict[int, Given]] = {}
    if making.path or not making.labels:
        return found
    resolver = SetResolver(draft.problems)
    for row, entry in enumerate(making.step.named):
        values = entry.value if isinstance(entry.value, Mapping) else Mapping()
        where = f"{making.where}.named.{entry.key}"
        for name, given in resolver.resolve(values, making.shape.model, where).items():
            if making.shape.field(name) is None:
                draft.problems.add(
                    "E058",
                    f"{making.shape.label}.{name} has several rows: set it for all rows of the step",
                    where=given.where,
                    mark=given.mark,
                )
                continue
            found.setdefault(name, {})[row] = given
    return found


def _column(draft: Draft, making: Making, field: AnyField, labelled: dict[int, Given] | None) -> Source | None:
    try:
        if labelled:
            return _mixed(draft, making, field, labelled)
        return _source(draft, making, field, making.given.get(field.name))
    except GenerationError as error:
        draft.problem(making, field, "E059", str(error))
        return None


def _source(draft: Draft, making: Making, field: AnyField, given: Given | None) -> Source | None:
    relation = field.remote_field is not None
    if given is None or isinstance(given.value, Auto):
        return (unset_relation if relation else unset_scalar)(draft, making, field)
    return (given_relation if relation else given_scalar)(draft, making, field, given)


def _mixed(draft: Draft, making: Making, field: AnyField, labelled: dict[int, Given]) -> Source | None:
    """A column whose rows differ: each label's own value, and for the other rows what the step says."""
    sources: list[Source] = []
    chosen: list[int] = []
    rest = [row for row in range(making.count) if row not in labelled]
    if rest:
        source = _source(draft, making, field, making.given.get(field.name))
        if source is None:
            return None
        sources.append(_for_rows(making, field, source, rest))
    for row in range(making.count):
        given = labelled.get(row)
        if given is None:
            chosen.append(0)
            continue
        one = _one_row(making, row, field, given)
        source = _source(draft, one, field, replace(given))
        for name, parent in one.parents.items():
            making.parents[f"{name}[{making.labels[row]}]"] = parent
        if source is None:
            return None
        chosen.append(len(sources))
        sources.append(replace(source, map=At(0)) if isinstance(source, Link) and source.map == Each() else source)
    return Mixed(tuple(sources), tuple(chosen))


def _one_row(making: Making, row: int, field: AnyField, given: Given) -> Making:
    """A making of one labelled row, to decide what is given for it alone."""
    label = making.labels[row]
    said = {**making.given, field.name: given}
    return replace(making, id=f"{making.id}[{label}]", count=1, given=said, labels=(label,), parents={}, columns={})


def _for_rows(making: Making, field: AnyField, source: Source, rows: list[int]) -> Source:
    """Parents that are made one each are made only for the rows that need them."""
    parent = making.parents.get(field.name)
    if parent is None or parent.count != making.count or len(rows) == making.count:
        return source
    parent.count = len(rows)
    parent.labels = tuple(making.labels[row] for row in rows)
    positions = tuple(rows.index(row) if row in rows else 0 for row in range(making.count))
    assert isinstance(source, Link)  # a parent is reached by a link
    return replace(source, map=Listed(positions))


# -- copies ----------------------------------------------------------------------------------------------------------


def _resolve_copies(draft: Draft, making: Making) -> None:
    """Check what copies read: a field of the same row, or of rows that the row points to; no circles."""
    for name, source in list(making.columns.items()):
        if not _copies(source):
            continue
        circle = _copy_circle(making, name)
        if circle:
            draft.problem(making, name, "E060", "copies go round in a circle: " + " -> ".join(circle))
        found = None if circle else _uncopied(draft, making, name, source)
        if found is None:
            del making.columns[name]
        else:
            making.columns[name] = found


def _copies(source: Source | None) -> list[Copied]:
    """The copies that a source consists of: labelled rows may each have their own."""
    if isinstance(source, Mixed):
        return [part for part in source.sources if isinstance(part, Copied)]
    return [source] if isinstance(source, Copied) else []


def _copy_circle(making: Making, name: str) -> list[str]:
    """The way along copies from a column back to itself, empty if there is none."""
    ways = [[name]]
    seen = {name}
    while ways:
        way = ways.pop()
        for copied in _copies(making.columns.get(way[-1])):
            field = making.shape.field(copied.field)
            following = copied.field if field is None else field.name
            if following == name:
                return [*way, name]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _uncopied(draft: Draft, making: Making, name: str, source: Source) -> Source | None:
    """A source with its copies resolved; None after reporting a problem."""
    if isinstance(source, Copied):
        return _copied(draft, making, name, source.field)
    assert isinstance(source, Mixed)  # nothing else holds copies
    parts = [_uncopied(draft, making, name, part) if _copies(part) else part for part in source.sources]
    found = tuple(part for part in parts if part is not None)
    return replace(source, sources=found) if len(found) == len(parts) else None


def _copied(draft: Draft, making: Making, name: str, path: str) -> Source | None:
    first, _, rest = path.partition(".")
    field = making.shape.field(first)
    if field is None:
        hint = nearest(first, [field.name for field in making.shape.fields])
        draft.problem(making, name, "E013", f"{making.shape.label} has no field '{first}' to copy", hint)
        return None
    if field.name not in making.columns:
        return None  # which is reported already
    if not rest:
        return _same(draft, making, name, field)
    related = getattr(field, "related_model", None)
    wanted = blueprint(related).field(rest) if isinstance(related, type) and "." not in rest else None
    if wanted is None:
        draft.problem(
            making, name, "E061", f"'{path}' cannot be copied: name a field of the row, or one of a row it points to"
        )
        return None
    source = making.columns[field.name]
    if not _fits(draft, making, name, path, wanted):
        return None
    if isinstance(source, Link) and source.batch == making.id and wanted.remote_field is None:
        draft.problem(making, name, "E061", f"'{path}' cannot be copied: these rows are being made themselves")
        return None
    if isinstance(source, (Link, Outside, Pinned)):
        return replace(source, field=wanted.name)
    if source == Const(None):
        return source
    draft.problem(making, name, "E061", f"'{path}' cannot be copied: {first} differs from row to row")
    return None


def _fits(draft: Draft, making: Making, name: str, path: str, copied: AnyField) -> bool:
    """Whether a column takes the values of another: keys go only where keys of the same model are stored."""
    field = making.shape.field(name)
    assert field is not None  # it has a column
    if field.remote_field is None and copied.remote_field is None:
        return True
    if field.remote_field is not None and copied.remote_field is not None:
        same_key = linked_field(field) == linked_field(copied)
        if same_key and issubclass(target_model(copied), target_model(field)):
            return True
        kinds = f"{target_model(copied)._meta.label}, {name} to {target_model(field)._meta.label}"
        draft.problem(making, name, "E061", f"'{path}' cannot be copied: it leads to {kinds}")
        return False
    which = "a relation" if copied.remote_field is not None else "no relation"
    draft.problem(making, name, "E061", f"'{path}' cannot be copied: it is {which}, unlike {name}")
    return False


def _same(draft: Draft, making: Making, name: str, field: AnyField) -> Source | None:
    """A copied foreign key is the same link; a plain value is read from the finished column of the same table."""
    source = making.columns[field.name]
    if not _fits(draft, making, name, field.name, field):
        return None
    if field.remote_field is not None and isinstance(source, (Link, Outside, Pinned, Const)):
        return source
    if isinstance(source, (Counted, ByDatabase)):
        draft.problem(making, name, "E061", f"'{field.name}' cannot be copied: the database fills it")
        return None
    tables = {table.name for table in making.shape.tables if {name, field.name} & {own.name for own in table.fields}}
    if len(tables) > 1:
        draft.problem(making, name, "E061", f"'{field.name}' cannot be copied: it lies in another table of the row")
        return None
    return Copied(field.name)


# -- once all makings are known --------------------------------------------------------------------------------------


def _check_reads(draft: Draft) -> None:
    """Report links that read a column of made rows that only the database fills."""
    makings = {making.id: making for making in draft.makings}
    for making in draft.makings:
        for name, source in making.columns.items():
            for link in links(source):
                read = makings[link.batch].columns.get(link.field) if link.field else None
                if isinstance(read, (Counted, ByDatabase)):
                    draft.problem(making, name, "E061", f"'{link.field}' cannot be copied: the database fills it")


def _check_paths(draft: Draft, root: Making) -> None:
    """Report what ``share`` and ``lanes`` say of fields that there are not, or of parents that nobody makes."""
    shared = {
        f"{making.path}{name}".replace(".", "__")
        for making in draft.makings
        if making.step is root.step
        for name in making.parents
    }
    for key, entries in (("share", root.step.share), ("lanes", root.step.lanes)):
        for entry in entries:
            where = f"{root.where}.{key}.{entry.key}"
            problem = _lost(root.shape, entry.key)
            if problem is not None:
                draft.problems.add("E013", *problem, where=where, mark=entry.mark)
            elif key == "share" and entry.key not in shared:
                message = f"no rows are made for {root.shape.label}.{entry.key}, so none can be shared"
                draft.problems.add("E063", message, where=where, mark=entry.mark)


def _lost(shape: Blueprint, path: str) -> tuple[str, str] | None:
    """What is wrong with a path of names from a model, and a hint; None where it leads to a field."""
    for name in path.split("__"):
        model = related_model(shape, name)
        if shape.field(name) is None and name not in shape.relations:
            return f"{shape.label} has no field '{name}'", nearest(name, shape.names)
        shape = shape if model is None else blueprint(model)
    return None


# -- batches ---------------------------------------------------------------------------------------------------------


class _Batches:
    """Turns the makings of a draft into ordered batches."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._places: dict[tuple[str, str], str] = {}

    def ordered(self) -> list[Batch]:
        """Return the batches in writing order, links that close a circle moved to their second pass."""
        batches: dict[str, Batch] = {}
        for making in _parents_first(self._draft.makings):
            for batch in self._of(making):
                batches[batch.id] = batch
        located = {id: self._located(batch) for id, batch in batches.items()}
        try:
            ids, later = order(list(located), list(self._needs(located.values())))
        except RequiredCycle as error:
            self._draft.problems.add(
                "E053", f"these rows need each other first: {error}", "Leave one of the links out."
            )
            return []
        for need in later:
            located[need.item] = _postponed(located[need.item], need.other)
        return _with_kept([located[id] for id in ids])

    def _of(self, making: Making) -> Iterator[Batch]:
        shape = making.shape
        auto_created = bool(shape.model._meta.auto_created)
        way, why = choose(shape, making.step.save, muted=making.step.mute_signals, through=auto_created)
        if way != STREAM:
            for field in shape.fields:
                self._places[making.id, field.name] = making.id
            yield self._batch(making, making.id, shape, shape.tables, way, why)
            return
        above = ""
        for table in shape.tables:
            last = table is shape.tables[-1]
            id = making.id if last else f"{making.id}^{table.model._meta.model_name}"
            for field in table.fields:
                self._places[making.id, field.name] = id
            yield self._batch(making, id, shape, (table,), way, why, above)
            above = id

    def _batch(
        self,
        making: Making,
        id: str,
        shape: Blueprint,
        tables: tuple[Table, ...],
        way: str,
        why: str,
        above: str = "",
    ) -> Batch:
        columns = [
            Column(field.name, str(field.column), making.columns[field.name], making.place(field.name)[1])
            for table in tables
            for field in table.fields
            if not isinstance(making.columns.get(field.name, Counted()), (Counted, ByDatabase))
        ]
        key = tables[-1].key
        if above and way == STREAM:
            for link in self._parent_links(tables[-1], above):
                columns.insert(0, link)
        counted = shape.counted and isinstance(making.columns.get(shape.key.name), Counted) and not above
        return Batch(
            id=id,
            step=making.step.id,
            stream=making.stream,
            path=making.path,
            model=shape.model._meta.label if way != STREAM else tables[-1].model._meta.label,
            table=tables[-1].name,
            count=making.count,
            columns=tuple(columns),
            key=key.name,
            counted=counted,
            labels=making.labels,
            unique=_unique_columns(making, columns),
            way=way,
            why=why,
            muted=making.step.mute_signals,
            mark=making.mark,
        )

    @staticmethod
    def _parent_links(table: Table, above: str) -> Iterator[Column]:
        for parent, link in table.model._meta.parents.items():
            if link is not None and parent._meta.concrete_model is parent:
                yield Column(link.name, str(link.column), Link(above, Each()))

    def _located(self, batch: Batch) -> Batch:
        """Point links at the batch that holds what they read: a field may lie in the table of a parent."""
        return replace(
            batch,
            columns=tuple(replace(column, source=self._locate(column.source)) for column in batch.columns),
        )

    def _locate(self, source: Source) -> Source:
        if isinstance(source, Link) and source.field:
            return replace(source, batch=self._places.get((source.batch, source.field), source.batch))
        if isinstance(source, Mixed):
            return replace(source, sources=tuple(self._locate(part) for part in source.sources))
        return source

    def _needs(self, batches: Iterable[Batch]) -> Iterator[Need]:
        for batch in batches:
            shape = None if batch.part else blueprint(find_model(batch.model))
            for column in batch.columns:
                for link in links(column.source):
                    field = shape.field(column.field) if shape else None
                    required = field is None or not field.null or field.remote_field is None
                    yield Need(batch.id, link.batch, required)


def _parents_first(makings: list[Making]) -> Iterator[Making]:
    """Yield makings so that the parents of a making come right before it."""
    parents = {parent.id for making in makings for parent in making.parents.values()}

    def with_parents(making: Making) -> Iterator[Making]:
        for parent in making.parents.values():
            yield from with_parents(parent)
        yield making

    for making in makings:
        if making.id not in parents:
            yield from with_parents(making)


def _postponed(batch: Batch, other: str) -> Batch:
    """Write the links to one batch in the second pass."""
    waiting = [column for column in batch.columns if any(link.batch == other for link in links(column.source))]
    first = tuple(replace(column, source=Const(None)) if column in waiting else column for column in batch.columns)
    return replace(batch, columns=first, later=(*batch.later, *waiting))


def _with_kept(batches: list[Batch]) -> list[Batch]:
    """Note on each batch which of its columns others read."""
    kept: dict[str, dict[str, None]] = {}
    for batch in batches:
        for column in (*batch.columns, *batch.later):
            for link in links(column.source):
                if link.field:
                    kept.setdefault(link.batch, {})[link.field] = None
    return [replace(batch, kept=tuple(kept.get(batch.id, ()))) for batch in batches]


def _unique_columns(making: Making, columns: list[Column]) -> tuple[Unique, ...]:
    """The unique sets that lie in these columns, with the column that may give way to a taken value."""
    here = {column.field: column.source for column in columns}
    found = []
    for names in making.shape.uniques:
        if all(name in here for name in names):
            enumerated = next((name for name in names if isinstance(here[name], Enumerated)), "")
            found.append(Unique(names, enumerated))
    return tuple(found)
