"""All that is read from the database before a plan is written: pinned rows, made rows of other recipes, taken values."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import MadeRowsMissing, PinNotFound, PlanError, ValueTaken
from fixturekit.execution.adopting import Standing, adopt
from fixturekit.execution.cells import Columns
from fixturekit.execution.combinations import avoid_taken_combinations
from fixturekit.execution.files import Files
from fixturekit.execution.finding import find_pinned, key_converter, read_fields
from fixturekit.execution.followers import Follower
from fixturekit.execution.occupied import Occupied
from fixturekit.execution.taken import Taken, folded
from fixturekit.ledger import Ledger, MadeBatch
from fixturekit.marks import Problem
from fixturekit.planning.plan import Batch, Column, Pin, Plan, computed, outside
from fixturekit.recipes.offsets import parse_now
from fixturekit.values import canonical
from fixturekit.values.registry import Context, Maker, capacity, compile_source, entry_values
from fixturekit.values.sources import Enumerated, Following, Link, Mixed, Outside, Pinned, Source, enumerates
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Keys, Listed, Placed

_SHOWN = 20  # taken values that an error names


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A generated value that is taken by an existing row, and so was replaced in one row of a step.

    ``pk`` is the key of the existing row in its canonical form; a tuple where several columns make it.
    """

    step: str
    model: str
    field: str
    row: int
    pk: Any


@dataclass(slots=True)
class Binding:
    """What a plan needs to know of one database, and the keys that its batches get as they are written.

    Keys are canonical values. A kept column holds Python values. ``files`` takes the files of the rows.
    """

    connection: BaseDatabaseWrapper
    plan: Plan
    now: datetime.datetime
    ledger: Ledger
    gave_way: list[GaveWay] = field(default_factory=list)
    files: Files = field(default_factory=Files)
    _pins: list[dict[str, Any]] = field(default_factory=list)
    _outside: dict[tuple[str, str, str], Keys] = field(default_factory=dict)
    _made: dict[tuple[str, str], Keys] = field(default_factory=dict)
    _instead: dict[tuple[str, str], dict[int, Any]] = field(default_factory=dict)
    _moved: dict[str, dict[str, dict[int, int]]] = field(default_factory=dict)
    _standings: dict[str, Standing] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)
    _models: dict[tuple[str, str], str] = field(default_factory=dict)
    _tables: dict[str, list[Batch]] = field(default_factory=dict)

    @property
    def clock(self) -> datetime.datetime | None:
        """The instant at which clocks stand while code of the project runs, None where they go on."""
        return self.now if self.plan.frozen else None

    def tables(self, whole: str) -> list[Batch]:
        """The batches of all tables of the rows of a batch, the topmost parent's first."""
        if not self._tables:  # in most plans nobody reads rows
            for batch in self.plan.batches:
                self._tables.setdefault(batch.whole, []).append(batch)
        return self._tables[whole]

    def pin(self, number: int, field: str) -> Any:
        """The Python value of a field (``""``: the key) of a pinned row."""
        return self._pins[number][field]

    def keys(self, source: Link | Outside) -> Keys:
        """The keys, or the values of a kept column, that a link reads."""
        if isinstance(source, Outside):
            return self._outside[source.recipe, source.step, source.field]
        return self._made[source.batch, source.field]

    def elsewhere(self, source: Outside) -> Keys:
        """A field of the rows that another recipe made; what nobody named while planning is read now.

        Raises:
            MadeRowsMissing: They are not there.
        """
        address = (source.recipe, source.step, source.field)
        if address not in self._outside:
            self._outside[address] = _made_elsewhere(self.connection, self.ledger, source)
        return self._outside[address]

    def model_elsewhere(self, source: Outside) -> str:
        """The label of the model whose rows another recipe made.

        Raises:
            MadeRowsMissing: They are not there.
        """
        address = (source.recipe, source.step)
        if address not in self._models:
            self._models[address] = _batch_elsewhere(self.connection, self.ledger, source).model
        return self._models[address]

    def finish(self, batch: str) -> None:
        """All rows of a batch are written."""
        self._finished.add(batch)

    def is_written(self, batch: str) -> bool:
        """Whether all rows of a batch are written, so that their keys are known."""
        return batch in self._finished

    def made(self, batch: str) -> Keys:
        """The keys of the rows of a batch."""
        return self._made[batch, ""]

    def keep(self, batch: str, field: str, keys: Keys) -> None:
        """Hold the keys (``""``) or a column of a batch for those that link to it."""
        self._made[batch, field] = keys

    def add(self, batch: str, field: str, start: int, values: Sequence[Any]) -> None:
        """Put in the keys (``""``), or values of a kept column, of further rows; keys that are known already stay."""
        held = self._made[batch, field]
        if isinstance(held, Placed):
            held.place(start, values)
        elif isinstance(held, Listed) and (field or len(held) == start):
            held.extend(values)

    def stand(self, batch: str, standing: Standing) -> None:
        """Note what stands for rows of a batch that are not made."""
        self._standings[batch] = standing

    def standing(self, batch: Batch) -> Standing | None:
        """What stands for rows of a batch that are not made; None where all are."""
        return self._standings.get(batch.whole)

    @property
    def rows(self) -> int:
        """How many rows the plan makes here; the tables of a multi-table row count once."""
        whole = [(batch, self.standing(batch)) for batch in self.plan.batches if not batch.part]
        return sum(
            batch.count if standing is None or standing.meanwhile else len(standing.made) for batch, standing in whole
        )

    @property
    def adopted(self) -> int:
        """How many rows of steps are rows that were there before, or other rows of theirs."""
        whole = [batch for batch in self.plan.batches if not (batch.part or batch.pinned or batch.serves)]
        return sum(len(standing.adopted) for batch in whole if (standing := self.standing(batch)) is not None)

    def instead(self, batch: str, field: str) -> dict[int, Any]:
        """The rows of a column that gave way to taken values, with the values they have instead."""
        return self._instead.get((batch, field), {})

    def put_instead(self, batch: str, field: str, row: int, value: Any) -> None:
        """Give a row of a column another value than its enumeration has for it."""
        self._instead.setdefault((batch, field), {})[row] = value

    def moved(self, batch: str) -> dict[str, dict[int, int]]:
        """The rows of a batch that take other combinations of unique sets, by the key of the set."""
        return self._moved.setdefault(batch, {})

    def move(self, batch: str, key: str, row: int, number: int) -> None:
        """Give a row another combination of a unique set."""
        self.moved(batch).setdefault(key, {})[row] = number


def bind(
    connection: BaseDatabaseWrapper,
    plan: Plan,
    writer: Writer,
    ledger: Ledger,
    *,
    written: bool = False,
    strict: bool = False,
) -> Binding:
    """Read what a plan needs.

    Args:
        written: The rows of the plan are there already, so they take no values away from it and are not adopted.
        strict: No generated value may give way to one that is taken.

    Raises:
        PinNotFound: Pins fit no row, or several; the message names all of them.
        MadeRowsMissing: Rows of another recipe are not there.
        MatchAmbiguous: Several existing rows fit a row of a step.
        ValueTaken: A generated value is taken, and ``strict``.
    """
    binding = Binding(connection, plan, parse_now(plan.now), ledger)
    binding._pins = _all_pinned(connection.alias, plan)
    for batch in plan.batches:
        for column in batch.everything:
            for source in outside(column.source):
                binding.elsewhere(source)
                if computed(column.source):
                    binding.model_elsewhere(source)
    if not written:
        adopt(binding, writer)
        _avoid_taken(binding, writer)
        avoid_taken_combinations(binding, writer, partial(_note, binding))
    if strict and binding.gave_way:
        raise ValueTaken(_taken_values(binding))
    return binding


def _note(binding: Binding, batch: Batch, field: str, row: int, pk: Any) -> None:
    binding.gave_way.append(GaveWay(batch.step, batch.model, field, row, pk))


def _taken_values(binding: Binding) -> str:
    lines = [
        f"{gave.step}[{gave.row}]: row {gave.pk} of {gave.model} has this {gave.field} already"
        for gave in binding.gave_way
    ]
    shown = [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else lines
    return f"{binding.plan.recipe}: generated values are taken.\n  " + "\n  ".join(shown)


# -- pins ------------------------------------------------------------------------------------------------------------


def _wanted_fields(plan: Plan) -> dict[int, set[str]]:
    """Which fields of each pinned row are read."""
    wanted: dict[int, set[str]] = {}

    def collect(source: Source) -> None:
        if isinstance(source, Pinned):
            wanted.setdefault(source.number, set()).add(source.field)
        elif isinstance(source, Mixed):
            for part in source.sources:
                collect(part)

    for batch in plan.batches:
        for column in batch.everything:
            collect(column.source)
    return wanted


def _all_pinned(alias: str, plan: Plan) -> list[dict[str, Any]]:
    """Read all pinned rows, and say of all together which are not there."""
    wanted = _wanted_fields(plan)
    # who computes a value may read any field of a row that the plan points at
    whole = any(computed(column.source) for batch in plan.batches for column in batch.columns)
    found: list[dict[str, Any]] = []
    missing: list[PinNotFound] = []
    for number, pin in enumerate(plan.pins):
        try:
            found.append(_pinned(alias, pin, wanted.get(number, {""}), whole=whole))
        except PinNotFound as error:
            missing.append(error)
    if len(missing) > 1:
        raise PinNotFound("\n".join(map(str, missing)))
    if missing:
        raise missing[0]
    return found


def _pinned(alias: str, pin: Pin, fields: set[str], *, whole: bool) -> dict[str, Any]:
    """Read one pinned row: some fields, or all columns as well."""
    instance = find_pinned(alias, pin)
    found = {name: getattr(instance, _attname(instance, name)) for name in fields}
    if whole:
        found.update({field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields})
    return found


def _attname(instance: models.Model, name: str) -> str:
    return "pk" if not name else str(instance._meta.get_field(name).attname)  # type: ignore[union-attr]


# -- rows of other recipes -------------------------------------------------------------------------------------------


def _batch_elsewhere(connection: BaseDatabaseWrapper, ledger: Ledger, source: Outside) -> MadeBatch:
    """What the ledger knows of the rows that a step of an applied recipe made."""
    made = ledger.whole(source.recipe, source.step)
    if made is None or len(made.keys) != source.count:
        found = 0 if made is None else len(made.keys)
        raise MadeRowsMissing(
            f"{source.recipe}/{source.step} should have made {source.count} rows, the ledger of database "
            f"'{connection.alias}' knows {found}{_scale_of(ledger, source.recipe)}. "
            f"Apply it again: applyfixtures {source.recipe} --reset"
        )
    return made


def _made_elsewhere(connection: BaseDatabaseWrapper, ledger: Ledger, source: Outside) -> Keys:
    """The keys of the rows that a step of an applied recipe made, or one field of these rows."""
    made = _batch_elsewhere(connection, ledger, source)
    there, count = ledger.still_there(source.recipe, source.step)
    if there < count:
        raise MadeRowsMissing(
            f"{count - there} of the {count} rows that {source.recipe}/{source.step} made are gone from database "
            f"'{connection.alias}'. Make them again: applyfixtures {source.recipe} --reset"
        )
    if not source.field:
        return canonical_keys(ledger, made)
    model = apps.get_model(made.model)
    form = ledger.form(made.model)
    attname = str(getattr(model._meta.get_field(source.field), "attname", source.field))
    keys = [form.python(key) for key in made.keys]  # one row may stand for several
    values = read_fields(connection.alias, model, keys, [attname])
    listed = Listed()
    listed.extend([values[key][0] for key in keys])
    return listed


def _scale_of(ledger: Ledger, recipe: str) -> str:
    """Say with which scale a recipe is applied, where that is not 1."""
    applied = ledger.applied().get(recipe)
    return f", since it is applied with scale {applied.scale:g}" if applied and applied.scale != 1 else ""


def canonical_keys(ledger: Ledger, made: MadeBatch) -> Keys:
    """Keys of the ledger, which are in the driver's form, as canonical values."""
    form = ledger.form(made.model)
    if form.integers:
        return made.keys
    listed = Listed()
    listed.extend(key_converter(apps.get_model(made.model))([form.python(key) for key in made.keys]))
    return listed


# -- taken values ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a batch whose cells in one column are entries of an enumeration, or differ by one."""

    batch: Batch
    field: models.Field[Any, Any]
    source: Enumerated | Following
    rows: Sequence[int]

    @property
    def entries(self) -> int:
        """How many entries there are."""
        own = self.source.own if isinstance(self.source, Following) else self.source
        return capacity(own) if isinstance(own, Enumerated) else 0

    def _follower(self, binding: Binding) -> Follower:
        assert isinstance(self.source, Following)
        model = apps.get_model(self.batch.model)
        return Columns(binding.plan, self.batch, model, binding).follower(self.field, self.source)

    def _maker(self, binding: Binding) -> Maker:
        if isinstance(self.source, Following):
            return self._follower(binding).maker
        context = Context(binding.plan.seed, self.batch.stream, binding.now, self.batch.labels or None)
        return compile_source(self.source, context)

    def cells(self, binding: Binding) -> Iterator[tuple[Sequence[int], list[Any]]]:
        """Yield blocks of rows with their canonical values."""
        convert = canonical.converter(self.field)
        maker = self._maker(binding)
        for start in range(0, len(self.rows), BLOCK):
            rows = self.rows[start : start + BLOCK]
            first, stop = rows[0], rows[-1] + 1
            cells = maker.canonical(first, stop)
            if cells is None:
                cells = convert(maker.values(first, stop))
            yield rows, [cells[row - first] for row in rows]

    def others(self, binding: Binding) -> Callable[[int, int], Any]:
        """Return the function of a row and the number of an entry that gives the value with this entry instead."""
        if isinstance(self.source, Following):
            return self._follower(binding).with_entry
        whole = replace(self.source, start=0)
        return lambda row, number: entry_values(whole, [number])[0]

    def clashes(self, binding: Binding, taken: Taken | Occupied) -> dict[int, Any]:
        """The rows whose values are taken, with these values."""
        return {
            row: cell
            for rows, cells in self.cells(binding)
            for row, cell, is_taken in zip(rows, cells, taken.among(cells), strict=True)
            if is_taken
        }


def _avoid_taken(binding: Binding, writer: Writer) -> None:
    """Find the generated unique values that existing rows hold already, and the free ones that stand in for them."""
    columns: dict[tuple[str, str], list[_Part]] = {}
    apart: set[tuple[str, str]] = set()
    for batch in binding.plan.batches:
        for unique in batch.unique:
            column = batch.column(unique.fields[0])
            found_by = batch.adopt is not None and unique.fields[0] in batch.adopt.fields
            if len(unique.fields) == 1 and column is not None and not found_by:
                found = _parts(batch, column, _given_rows(binding, batch, column))
                columns.setdefault((batch.table, column.column), []).extend(found)
                if unique.apart:
                    apart.add((batch.table, column.column))
    for place, parts in sorted(columns.items(), key=_goes_by_others):  # their values may depend on what gave way
        if parts:
            _avoid_in_column(binding, writer, parts, apart=place in apart)


def _goes_by_others(column: tuple[tuple[str, str], list[_Part]]) -> bool:
    return any(isinstance(part.source, Following) for part in column[1])


def _given_rows(binding: Binding, batch: Batch, column: Column) -> Sequence[int]:
    """The rows that get the planned value of a column."""
    standing = binding.standing(batch)
    if standing is None:
        return range(batch.count)
    sets = batch.adopt is not None and column.field in batch.adopt.sets
    return sorted([*standing.made, *standing.adopted]) if sets else standing.made


def _parts(batch: Batch, column: Column, rows: Sequence[int]) -> Iterator[_Part]:
    field = apps.get_model(batch.model)._meta.get_field(column.field)
    assert isinstance(field, models.Field)  # a column is one of a concrete field
    source = column.source
    if enumerates(source) and isinstance(source, (Enumerated, Following)):
        yield _Part(batch, field, source, rows)
    elif isinstance(source, Mixed) and isinstance(source.choose, tuple):
        for number, part in enumerate(source.sources):
            if enumerates(part) and isinstance(part, (Enumerated, Following)):
                yield _Part(batch, field, part, [row for row in rows if source.choose[row] == number])


def _avoid_in_column(binding: Binding, writer: Writer, parts: list[_Part], *, apart: bool) -> None:
    model, field = apps.get_model(parts[0].batch.model), parts[0].field
    taken: Taken | Occupied
    if apart:
        taken = Occupied(writer, model, field)
    else:
        taken = Taken(writer, model, field, sum(len(part.rows) for part in parts))
    if taken.nothing:
        return
    clashes = [part.clashes(binding, taken) for part in parts]
    if not any(clashes):
        return
    owners = taken.owners(value for found in clashes for value in found.values())
    for part in parts:
        for _, cells in part.cells(binding):
            taken.add(cells)  # other rows of the plan are to have these
    for part, found in zip(parts, clashes, strict=True):
        standing = binding.standing(part.batch)
        own = standing.adopted if standing else {}  # an adopted row may have its value already
        held = {row: owners[folded(value)] for row, value in found.items() if folded(value) in owners}
        held = {row: pk for row, pk in held.items() if row not in own or own[row] != pk}
        instead = _replacements(binding, part, list(held), taken)
        binding._instead.setdefault((part.batch.id, part.field.name), {}).update(instead)
        for row, pk in held.items():
            binding.gave_way.append(GaveWay(part.batch.step, part.batch.model, part.field.name, row, pk))


def _replacements(binding: Binding, part: _Part, rows: list[int], taken: Taken | Occupied) -> dict[int, Any]:
    """Return row -> value from the far end of the enumeration, and count these values as taken.

    Raises:
        PlanError: There are not so many.
    """
    convert, value_of = canonical.converter(part.field), part.others(binding)
    instead: dict[int, Any] = {}
    waiting = iter(rows)
    row = next(waiting, None)
    for number in range(part.entries - 1, -1, -1):
        if row is None:
            return instead
        value = value_of(row, number)
        cells = convert([value])
        if not taken.among(cells)[0]:
            taken.add(cells)
            instead[row] = value
            row = next(waiting, None)
    if row is None:
        return instead
    batch = part.batch
    raise PlanError(
        [
            Problem(
                "fixturekit.E057",
                f"{batch.model}.{part.field.name} has no free values left: {len(rows)} of {batch.count} are taken by "
                f"rows that are there already, {len(instead)} others are free",
                "Lower the count, or give the values yourself.",
                f"steps.{batch.step}",
                batch.mark,
            )
        ]
    )
