"""From a recipe to a plan: models are looked up, every column gets a source, rows become batches in order."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from fixturekit.blueprints import AnyField, Blueprint, blueprint, related_model
from fixturekit.exceptions import GenerationError, PlanError
from fixturekit.factories.adapting import Adapted
from fixturekit.marks import Problem
from fixturekit.planning.adopting import adopt_links, adopt_rows, refuse_made_rows
from fixturekit.planning.batches import Batches
from fixturekit.planning.computing import check_computed
from fixturekit.planning.copies import check_reads, resolve_copies
from fixturekit.planning.draft import Calling, Draft, Folders, GeneratedBy
from fixturekit.planning.exclusions import keep_apart
from fixturekit.planning.fabricated import divided, factory_of, give_arguments, place_sequences, unset_by_factory
from fixturekit.planning.files import plan_sizes
from fixturekit.planning.generics import given_generic, unset_generic
from fixturekit.planning.intervals import Interval, Intervals
from fixturekit.planning.making import Making
from fixturekit.planning.many import related_makings
from fixturekit.planning.narrowing import narrow
from fixturekit.planning.plan import Plan, Serves
from fixturekit.planning.refusals import makeable, too_long, ways_out
from fixturekit.planning.relations import given_relation, unset_relation
from fixturekit.planning.repeated import check_repeated
from fixturekit.planning.resolving import Given, SetResolver, find_model, merged, nearest
from fixturekit.planning.rows import compact, refuse_alike, tabled, written_out
from fixturekit.planning.scalars import given_scalar, unset_scalar
from fixturekit.planning.trees import above, planted, refuse_saving
from fixturekit.planning.trials import plan_trials
from fixturekit.planning.uniques import make_distinct, place
from fixturekit.recipes.document import Auto, Live, Mapping, Recipe, Step
from fixturekit.recipes.keys import FREEZE, unsupported
from fixturekit.recipes.offsets import parse_now
from fixturekit.values.pools import locales
from fixturekit.values.sources import (
    At,
    ByDatabase,
    Counted,
    Each,
    Link,
    Listed,
    Mixed,
    Picked,
    Source,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what was decided, or supplied by a setting, that a recorder writes into the file."""

    plan: Plan
    shares: tuple[tuple[str, str, int], ...]
    intervals: tuple[Interval, ...]
    supplied: tuple[GeneratedBy, ...] = ()


class Planner:
    """Plans recipes for one database.

    Planning reads recipes and models, never rows. It goes through a recipe in four passes: every step becomes a
    making; every column of a making gets a source, which may ask for further makings (parents, children, links);
    unique sets are arranged; makings become batches, put in an order in which foreign keys find their rows.

    Args:
        documents: The project's recipes by name, ``app.name``.
        alias: The database.
        folders: Where the file of a recipe lies or will lie, by name; without it no file beside a recipe can be used.
        calling: What a Python call says beyond the recipe that it is, or a recorder beyond the one that it writes.
    """

    def __init__(
        self,
        documents: Callable[[str], Recipe | None],
        alias: str = "default",
        folders: Folders = lambda name: None,
        calling: Calling | None = None,
    ) -> None:
        self._documents = documents
        self._alias = alias
        self._folders = folders
        self._calling = calling or Calling()

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
        _try_shelves(draft)
        check_repeated(draft)
        check_reads(draft)
        _check_ignored(draft)
        check_computed(draft)
        for making in draft.roots.values():
            _check_paths(draft, making)
        if draft.problems.found:
            raise PlanError(draft.problems.found)
        batches = Batches(draft).ordered()
        if draft.problems.found:
            raise PlanError(draft.problems.found)
        plan = Plan(
            recipe=name,
            seed=draft.seed,
            now=draft.now.isoformat(),
            batches=tuple(batches),
            pins=tuple(draft.pins),
            skipped=tuple(draft.skipped),
            frozen=recipe.recorded is not None and FREEZE in recipe.recorded.needs,
            shelves=tuple((title, tuple(makings)) for title, makings in draft.shelving.used.items()),
        )
        return Planned(plan, tuple(draft.shares), tuple(draft.intervals), tuple(dict.fromkeys(draft.supplied)))

    def _draft(self, name: str, recipe: Recipe) -> Draft:
        now: datetime.datetime = parse_now(recipe.clock)
        seed = recipe.seed_for(name)
        return Draft(name, recipe, seed, now, self._alias, self._documents, self._folders, calling=self._calling)


def _unknown_locale(recipe: Recipe) -> Iterator[Problem]:
    locale = recipe.options.locale
    if locale and locale not in locales():
        message = f"there are no names and words for the locale '{locale}'"
        *others, last = locales()
        hint = f"Use {', '.join(others)} or {last}."
        yield Problem("fixturekit.E065", message, hint, "options.locale", recipe.place("options"))


def _add_step(draft: Draft, step: Step, where: str) -> None:
    """Make the root making of a step."""
    factory = factory_of(draft, step, where) if step.factory else None
    if step.factory and factory is None:
        return
    key = "rows" if step.rows else "make"
    try:
        model = factory.model if factory else find_model(step.make or step.rows)
    except LookupError as error:
        draft.problems.add("E040", str(error), where=f"{where}.{key}", mark=step.place(key))
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
        given=SetResolver(draft.problems).resolve(_fields(factory, step.set), model, f"{where}.set"),
        labels=tuple(entry.key for entry in step.named),
        ignoring=True,
        mark=step.mark,
        where=where,
        factory=factory,
    )
    draft.roots[step.id] = making


def _fields(factory: Adapted | None, given: Mapping) -> Mapping:
    """What is given to fields of the model: a factory may take other names too."""
    return divided(factory, given)[0] if factory else given


# -- columns -----------------------------------------------------------------------------------------------------------


def _fill(draft: Draft, making: Making) -> None:
    """Give every column of a making its source, then the same for the makings that it asks for."""
    draft.makings.append(making)
    own = draft.roots.get(making.step.id) is making
    draft.shelving.put_below(making, draft.shelving.named(making.step, making.shape, making.where) if own else ())
    labelled = _labelled(draft, making)
    if not makeable(draft, making, [name for name, rows in labelled.items() if len(rows) == making.count]):
        return
    making.tree = planted(making, labelled)
    refuse_saving(draft, making)
    _check_blueprint(draft, making)
    passable = narrow(draft, making, labelled)
    for field in making.shape.fields:
        if making.tree is not None and field.name in making.tree.kept:
            making.columns[field.name] = ByDatabase(making.tree.library.name)
            continue
        if field is making.shape.key and making.shape.counted and field.name not in making.given:
            rows = labelled.get(field.name, {})
            if 0 < len(rows) < making.count:
                message = "is counted by the database for the other rows: give it to all rows, or to none"
                draft.problem(making, field, "E058", message)
            if len(rows) < making.count or not rows:
                making.columns[field.name] = Counted()
                continue
        source = _branched(draft, making, field) or _column(draft, making, field, labelled.get(field.name))
        if source is not None:
            making.columns[field.name] = source
    plan_sizes(draft, making)
    if making.shape.above is not None:
        _plant(draft, making, making.shape.above, labelled.get(making.shape.above.name))
    if making.factory is not None:
        give_arguments(draft, making)
        place_sequences(draft, making)
    resolve_copies(draft, making)
    make_distinct(draft, making)
    keep_apart(draft, making)
    place(draft, making)
    if passable:
        plan_trials(draft, making)
    _arrange_adoption(draft, making)
    for parent in list(making.parents.values()):
        parent.serves = Serves(making.id)
        _fill(draft, parent)
    for name, given in making.given.items():
        if name in making.shape.relations:
            for related in related_makings(draft, making, name, given):
                _fill(draft, related)


def _check_blueprint(draft: Draft, making: Making) -> None:
    """Report fields that the setting BLUEPRINTS speaks of and that the model does not have, or that hold no plain value."""
    for name in draft.calling.blueprint(making.shape.model):
        field = making.shape.field(name)
        if field is None:
            message = f"{making.shape.label} has no field '{name}', for which BLUEPRINTS names a function"
            hint = nearest(name, [field.name for field in making.shape.fields])
            draft.problems.add("E013", message, hint, where=making.where, mark=making.mark)
        elif field.remote_field is not None:
            message = "is a relation, for which BLUEPRINTS cannot name a function"
            draft.problem(making, field, "E046", message, "Put it on a shelf.")


def _plant(draft: Draft, making: Making, link: AnyField, labelled: dict[int, Given] | None) -> None:
    """Say below which rows those of a tree are planted; the link to them is no column."""
    if making.tree is None and (labelled or link.name in making.given):
        message = "says where a row stands, and other fields of the row say it too"
        draft.problem(making, link, "E071", message, "Leave out one or the other.")
    elif making.tree is not None:
        source = _column(draft, making, link, labelled)
        making.arguments.update({link.name: source} if source is not None else {})


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
        values = _fields(making.factory, entry.value if isinstance(entry.value, Mapping) else Mapping())
        where = f"{making.where}.named.{entry.key}"
        for name, given in resolver.resolve(values, making.shape.model, where).items():
            if name in making.shape.generics:
                continue  # its two columns say it
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
        draft.problem(making, field, "E059", str(error), ways_out(field))
        return None


def _branched(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """A column of which rows have different things, by the way in which they pass constraints; None if they have not."""
    sources: list[Source] = []
    for branch in making.branches:
        if field.name not in branch:
            return None
        null, narrowed = branch[field.name]
        nulls = {} if null is None else {field.name: null}
        way = replace(making, nulls=nulls, narrowed={} if narrowed is None else {field.name: narrowed})
        source = _column(draft, way, field, None)
        if source is None:
            return None
        sources.append(source)
    return Mixed(tuple(sources), Picked(f"{making.path}way to pass", len(sources))) if sources else None


def _compacted(making: Making, source: Source | None) -> Source | None:
    return compact(making, source) if isinstance(source, Mixed) else source


def _source(draft: Draft, making: Making, field: AnyField, given: Given | None) -> Source | None:
    relation = field.remote_field is not None
    generic = making.shape.generic_of(field.name)
    if given is None or isinstance(given.value, Auto):
        if making.factory is not None:
            return unset_by_factory(draft, making, field)
        if generic is not None:
            return unset_generic(draft, making, generic, field)
        if making.tree is not None and field.name == making.tree.above and not draft.ignores(making, field):
            return above(draft, making, field)
        return (unset_relation if relation else unset_scalar)(draft, making, field)
    if given.source is not None:
        return given.source
    if isinstance(given.value, Live):
        source_: Source = given.value.source
        return source_
    if given.generic:
        return given_generic(draft, making, field, given)
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
        if isinstance(source, ByDatabase):
            message = f"is left to {source.why} in the other rows: give it to all rows, or to none"
            draft.problem(making, field, "E058", message)
            return None
        if source is None:
            return None
        sources.append(_for_rows(making, field, source, rest))
    for row in range(making.count):
        given = labelled.get(row)
        if given is None:
            chosen.append(0)
            continue
        said = making.given.get(field.name)
        given = given if said is None else merged(given, said)
        one = _one_row(making, row, field, given)
        source = _source(draft, one, field, given)
        for name, parent in one.parents.items():
            making.parents[f"{name}[{one.label}]"] = parent
        if source is None:
            return None
        chosen.append(len(sources))
        sources.append(replace(source, map=At(0)) if isinstance(source, Link) and source.map == Each() else source)
    return Mixed(tuple(sources), tuple(chosen))


def _one_row(making: Making, row: int, field: AnyField, given: Given) -> Making:
    """A making of one labelled row, to decide what is given for it alone."""
    label = making.labels[row] if making.labels else str(row)
    said = {**making.given, field.name: given, **({given.generic: given} if given.generic else {})}
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
    parent = making.parent(field.name)
    if parent is None or parent.count != making.count or len(rows) == making.count:
        return source
    parent.count = len(rows)
    parent.labels = tuple(making.labels[row] for row in rows) if making.labels else ()
    positions = tuple(rows.index(row) if row in rows else 0 for row in range(making.count))
    assert isinstance(source, Link)  # a parent is reached by a link
    return replace(source, map=Listed(positions))


# -- shelves that no row uses ------------------------------------------------------------------------------------------


def _try_shelves(draft: Draft) -> None:
    """See for one row whether what the recipe's shelves say fits, so that a wrong value is found before it is used."""
    if not draft.shelving.own:
        return
    trial = replace(draft, makings=[], pins=[], shares=[], skipped=[], intervals=Intervals(), supplied=[])
    for shelved in draft.shelving.own:
        _try(trial, Making("", Step(id=""), "", blueprint(shelved.model), 1, dict(shelved.given)))


def _try(trial: Draft, making: Making) -> None:
    for name, given in list(making.given.items()):
        field = making.shape.field(name)
        if field is not None:
            _column(trial, making, field, None)
        elif name in making.shape.relations:
            for related in related_makings(trial, making, name, given):
                _try(trial, related)
    for parent in making.parents.values():
        _try(trial, parent)


# -- once all makings are known ----------------------------------------------------------------------------------------


def _check_ignored(draft: Draft) -> None:
    """Report words of ``options.ignore`` that no field has."""
    names = list(dict.fromkeys(name for root in draft.roots.values() for name in root.shape.names))
    for number, pattern in enumerate(draft.options.ignore):
        if names and not any(fnmatchcase(name, pattern) for name in names):
            where, mark = f"options.ignore[{number}]", draft.recipe.place("options")
            message = f"no model of a step has a field '{pattern}'"
            draft.problems.add("E013", message, nearest(pattern, names), where=where, mark=mark)


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
        if name in shape.generics:
            return None  # nobody can say which fields there are beyond
        model = related_model(shape, name)
        if name not in shape.names and shape.field(name) is None:
            return f"{shape.label} has no field '{name}'", nearest(name, shape.names)
        shape = shape if model is None else blueprint(model)
    return None
