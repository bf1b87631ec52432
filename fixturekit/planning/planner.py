"""From a recipe to a plan: models are looked up, every column gets a source, rows become batches in order."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from fixturekit.blueprints import AnyField, Blueprint, blueprint, related_model
from fixturekit.exceptions import GenerationError, PlanError
from fixturekit.marks import Problem
from fixturekit.planning.adopting import adopt_links, adopt_rows, refuse_made_rows
from fixturekit.planning.batches import Batches
from fixturekit.planning.copies import check_reads, resolve_copies
from fixturekit.planning.draft import Draft, Interval, Making
from fixturekit.planning.many import related_makings
from fixturekit.planning.plan import Plan, Serves
from fixturekit.planning.refusals import makeable, too_long
from fixturekit.planning.relations import given_relation, unset_relation
from fixturekit.planning.resolving import Given, SetResolver, find_model, nearest
from fixturekit.planning.rows import compact, refuse_alike, tabled, written_out
from fixturekit.planning.scalars import given_scalar, unset_scalar
from fixturekit.planning.uniques import make_distinct
from fixturekit.recipes.document import Auto, Mapping, Recipe, Step
from fixturekit.recipes.keys import unsupported
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.pools import locales
from fixturekit.values.sources import (
    At,
    Counted,
    Each,
    Link,
    Listed,
    Mixed,
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
        problems = [*unsupported(recipe), *_unknown_locale(recipe)]
        if problems:
            raise PlanError(problems)
        draft = self._draft(name, recipe)
        for number, step in enumerate(recipe.steps):
            _add_step(draft, step, f"steps[{number}]")
        for making in list(draft.roots.values()):
            _fill(draft, making)
        _fill_pinned(draft)
        check_reads(draft)
        for making in draft.roots.values():
            _check_paths(draft, making)
        if draft.problems.found:
            raise PlanError(draft.problems.found)
        batches = Batches(draft).ordered()
        if draft.problems.found:
            raise PlanError(draft.problems.found)
        plan = Plan(name, draft.seed, draft.now.isoformat(), tuple(batches), tuple(draft.pins), tuple(draft.skipped))
        return Planned(plan, tuple(draft.shares), tuple(draft.intervals))

    def _draft(self, name: str, recipe: Recipe) -> Draft:
        seed = name if recipe.seed is None else str(recipe.seed)
        now: datetime.datetime = parse_now(recipe.now or EPOCH)
        return Draft(name, recipe, seed, now, self._alias, self._documents)


def _unknown_locale(recipe: Recipe) -> Iterator[Problem]:
    locale = recipe.options.locale
    if locale and locale not in locales():
        message = f"there are no names and words for the locale '{locale}'"
        hint = f"Use {' or '.join(locales())}."
        yield Problem("fixturekit.E065", message, hint, "options.locale", recipe.place("options"))


def _add_step(draft: Draft, step: Step, where: str) -> None:
    """Make the root making of a step."""
    key = "rows" if step.rows else "make"
    try:
        model = find_model(step.rows or step.make)
    except LookupError as error:
        draft.problems.add("E040", str(error), where=f"{where}.{key}", mark=step.place(key))
        return
    if model._meta.abstract or model._meta.swapped:
        why = "is abstract" if model._meta.abstract else f"is swapped for {model._meta.swapped}"
        draft.problems.add("E040", f"{model._meta.label} {why}", where=f"{where}.{key}", mark=step.place(key))
        return
    if not draft.allows(blueprint(model)):
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


# -- columns -----------------------------------------------------------------------------------------------------------


def _fill(draft: Draft, making: Making) -> None:
    """Give every column of a making its source, then the same for the makings that it asks for."""
    draft.makings.append(making)
    labelled = _labelled(draft, making)
    if not makeable(draft, making, [name for name, rows in labelled.items() if len(rows) == making.count]):
        return
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
    resolve_copies(draft, making)
    make_distinct(draft, making)
    _arrange_adoption(draft, making)
    for parent in list(making.parents.values()):
        parent.serves = Serves(making.id)
        _fill(draft, parent)
    for name, given in making.given.items():
        if name in making.shape.relations:
            for related in related_makings(draft, making, name, given):
                _fill(draft, related)


def _fill_pinned(draft: Draft) -> None:
    """Fill the rows of pins that are to be made where there are none; they may ask for further ones."""
    filled: set[str] = set()
    while waiting := [making for making in draft.makeable.values() if making.id not in filled]:
        for making in waiting:
            filled.add(making.id)
            _fill(draft, making)


def _arrange_adoption(draft: Draft, making: Making) -> None:
    """Decide which existing rows stand for rows of a step, and refuse rows that are written out twice."""
    own = making.serves is None
    if own and making.step.rows:
        refuse_alike(draft, making)
    if own and making.adopts:
        adopt_rows(draft, making)
    elif making.step.update and making.ends:
        adopt_links(making)
    elif making.step.update and not own:
        refuse_made_rows(draft, making)


def _labelled(draft: Draft, making: Making) -> dict[str, dict[int, Given]]:
    """What the labels of a named step set on top of the step: field -> row -> given."""
    found: dict[str, dict[int, Given]] = {}
    if making.step.rows and making.serves is None:
        return written_out(draft, making)
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
        if labelled and making.step.rows:
            return tabled(draft, making, field, labelled) or _compacted(making, _mixed(draft, making, field, labelled))
        if labelled:
            return _mixed(draft, making, field, labelled)
        return _source(draft, making, field, making.given.get(field.name))
    except GenerationError as error:
        draft.problem(making, field, "E059", str(error))
        return None


def _compacted(making: Making, source: Source | None) -> Source | None:
    return compact(making, source) if isinstance(source, Mixed) else source


def _source(draft: Draft, making: Making, field: AnyField, given: Given | None) -> Source | None:
    relation = field.remote_field is not None
    if given is None or isinstance(given.value, Auto):
        return (unset_relation if relation else unset_scalar)(draft, making, field)
    source = (given_relation if relation else given_scalar)(draft, making, field, given)
    if reason := too_long(draft, field, source):
        draft.problem(making, field, "E067", reason, "Write a number of fewer digits.")
    return source


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
        given = _merged(making.given.get(field.name), given)
        one = _one_row(making, row, field, given)
        source = _source(draft, one, field, given)
        for name, parent in one.parents.items():
            making.parents[f"{name}[{one.label}]"] = parent
        if source is None:
            return None
        chosen.append(len(sources))
        sources.append(replace(source, map=At(0)) if isinstance(source, Link) and source.map == Each() else source)
    return Mixed(tuple(sources), tuple(chosen))


def _merged(said: Given | None, given: Given) -> Given:
    """What a label says of a relation, together with what the step says below it; elsewhere the label alone."""
    if said is None or not (said.nested and given.nested) or given.value is not None:
        return given
    inner = {name: _merged(said.nested.get(name), value) for name, value in given.nested.items()}
    return replace(given, nested={**said.nested, **inner})


def _one_row(making: Making, row: int, field: AnyField, given: Given) -> Making:
    """A making of one labelled row, to decide what is given for it alone."""
    label = making.labels[row] if making.labels else str(row)
    said = {**making.given, field.name: given}
    return replace(
        making,
        id=f"{making.id}[{label}]",
        count=1,
        given=said,
        label=label,
        labels=(label,),
        parents={},
        columns={},
    )


def _for_rows(making: Making, field: AnyField, source: Source, rows: list[int]) -> Source:
    """Parents that are made one each are made only for the rows that need them."""
    parent = making.parents.get(field.name)
    if parent is None or parent.count != making.count or len(rows) == making.count:
        return source
    parent.count = len(rows)
    parent.labels = tuple(making.labels[row] for row in rows) if making.labels else ()
    positions = tuple(rows.index(row) if row in rows else 0 for row in range(making.count))
    assert isinstance(source, Link)  # a parent is reached by a link
    return replace(source, map=Listed(positions))


# -- once all makings are known ----------------------------------------------------------------------------------------


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
