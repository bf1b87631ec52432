"""Steps whose rows a factory makes: what the recipe gives goes to the factory, which decides about all else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fixturekit.blueprints import AnyField
from fixturekit.exceptions import GenerationError
from fixturekit.factories.adapting import Adapted, NoFactory, adapt
from fixturekit.planning.draft import Draft
from fixturekit.planning.intervals import Interval
from fixturekit.planning.making import Making
from fixturekit.planning.refusals import ways_out
from fixturekit.planning.relations import given_relation
from fixturekit.planning.resolving import Given
from fixturekit.planning.scalars import given_scalar, unset_scalar
from fixturekit.recipes.document import Entry, Mapping, Password, Step, Value, plain
from fixturekit.values.sources import ByFactory, Const, Link, Mixed, Source

_SEQUENCE = 2**31  # numbers of a factory's sequence: more rows than any step makes


def factory_of(draft: Draft, step: Step, where: str) -> Adapted | None:
    """Return the factory that a step names; None after reporting a problem."""
    mark = step.place("factory")
    try:
        found = adapt(step.factory)
    except NoFactory as error:
        draft.problems.add("E110", str(error), where=f"{where}.factory", mark=mark)
        return None
    if found.database not in (draft.alias, "default") or (found.database == "default" and draft.alias != "default"):
        message = f"{step.factory} writes to database '{found.database}', the recipe is for '{draft.alias}'"
        draft.problems.add("E111", message, where=f"{where}.factory", mark=mark)
        return None
    return found


def divided(factory: Adapted, given: Mapping) -> tuple[Mapping, list[tuple[str, Entry]]]:
    """Divide what a recipe gives into fields of the model, and arguments of the factory with their paths.

    A relation for which the factory declares another factory is made by it, so what is given below belongs to it.
    """
    fields, arguments = [], []
    for entry in given:
        if factory.is_told_afterwards(entry.key):
            arguments.append((entry.key, entry))
            continue
        inner = entry.value if isinstance(entry.value, Mapping) and factory.takes(entry.key) else None
        field = factory.field(entry.key)
        if inner is not None and (field is None or field.remote_field is not None):
            arguments += [(f"{entry.key}__{path}", below) for path, below in _flat(inner)]
        elif factory.takes(entry.key) and (field is None or "__" in entry.key):
            arguments.append((entry.key, entry))
        else:
            fields.append(entry)
    return Mapping(tuple(fields), mark=given.mark), arguments


def _flat(mapping: Mapping) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of nested mappings with their paths."""
    for entry in mapping:
        if isinstance(entry.value, Mapping):
            yield from ((f"{entry.key}__{path}", below) for path, below in _flat(entry.value))
        else:
            yield entry.key, entry


def give_arguments(draft: Draft, making: Making) -> None:
    """Find the sources of what the factory is given beside fields, for all rows and for labelled ones."""
    factory = making.factory
    assert factory is not None  # only such makings have arguments
    arguments = divided(factory, making.step.set)[1]
    for path, entry in arguments:
        if path.partition("__")[0] in making.given:
            name = path.partition("__")[0]
            message = f"{making.shape.label}.{name} is given as a whole and customized as well"
            draft.problems.add(
                "E042", message, "Leave one of the two out.", where=f"{making.where}.set.{path}", mark=entry.mark
            )
            continue
        source = _argument(draft, making, factory, path, entry, f"{making.where}.set.{path}")
        if source is not None:
            making.arguments[path] = source
    _give_labelled(draft, making, factory)


def _give_labelled(draft: Draft, making: Making, factory: Adapted) -> None:
    found: dict[str, dict[int, Source]] = {}
    for row, entry in enumerate(making.step.named):
        values = entry.value if isinstance(entry.value, Mapping) else Mapping()
        for path, inner in divided(factory, values)[1]:
            where = f"{making.where}.named.{entry.key}.{path}"
            source = _argument(draft, making, factory, path, inner, where)
            if source is not None:
                found.setdefault(path, {})[row] = source
    for path, by_row in found.items():
        rest = making.arguments.get(path, ByFactory())
        rows = list(by_row)
        choose = tuple(rows.index(row) + 1 if row in by_row else 0 for row in range(making.count))
        making.arguments[path] = Mixed((rest, *by_row.values()), choose)


def _argument(draft: Draft, making: Making, factory: Adapted, path: str, entry: Entry, where: str) -> Source | None:
    """The source of one argument: as for the field that it leads to, else a plain value as it is written."""
    field = None if factory.is_told_afterwards(path) else factory.field(path)
    if field is None:
        return _plain(draft, path, entry.value, where, entry)
    given = Given(where, entry.mark, value=entry.value)
    making.given[path] = given  # where its problems are reported
    try:
        source = (given_scalar if field.remote_field is None else given_relation)(draft, making, field, given)
    except GenerationError as error:
        draft.problems.add("E059", f"{path}: {error}", ways_out(field), where=where, mark=entry.mark)
        return None
    finally:
        del making.given[path]
    if isinstance(source, Link) and source.batch == making.id:
        message = f"{path} would be a row of the step itself, which is not there when the factory is called"
        draft.problems.add("E112", message, where=where, mark=entry.mark)
        return None
    return source


def _plain(draft: Draft, path: str, value: Value, where: str, entry: Entry) -> Source | None:
    if isinstance(value, Password):
        return Const(value.raw)  # whatever the factory does to passwords, it does to what people type
    try:
        return Const(plain(value))
    except TypeError as error:
        message = f"{path} is no field, so it takes a plain value: {error}"
        draft.problems.add("E112", message, where=where, mark=entry.mark)
        return None


def unset_by_factory(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """Return the source of a field that the recipe does not give: the factory's business, but for clocks and the like.

    What Django would take from the machine comes from the recipe, as everywhere.
    """
    factory = making.factory
    assert factory is not None  # the caller has looked
    clock = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if field.remote_field is None and (clock or (callable(field.default) and field.name not in factory.declared)):
        return unset_scalar(draft, making, field)
    return ByFactory()


def place_sequences(draft: Draft, making: Making) -> None:
    """Let the factory's sequences begin where no other step of the recipe has them."""
    factory = making.factory
    assert factory is not None
    wanted = making.step.from_ or 0
    ends = {other.start + other.count for other in draft.intervals}
    for start in [wanted, *sorted(ends)] if making.step.from_ is None else [wanted]:
        own = list(_intervals(making, factory, start))
        if all(draft.intervals.clash(interval) is None for interval in own):
            break
    making.begin = start
    draft.intervals.add(own)


def _intervals(making: Making, factory: Adapted, start: int) -> Iterable[Interval]:
    for path, per_row in factory.counters.items():
        yield Interval(f"sequence of {path}", making.step.id, "", start, making.count * per_row, _SEQUENCE)
