"""All that is read from the database before a plan is written: pinned rows, made rows of other recipes, taken values."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError, ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import MadeRowsMissing, PinNotFound, PlanError
from fixturekit.ledger import Ledger, MadeBatch
from fixturekit.marks import Problem
from fixturekit.planning.plan import Batch, Pin, Plan, outside
from fixturekit.recipes.offsets import parse_now
from fixturekit.values import canonical
from fixturekit.values.registry import Context, capacity, compile_source, entry_values
from fixturekit.values.sources import Enumerated, Link, Mixed, Outside, Pinned, Source
from fixturekit.values.streams import BLOCK
from fixturekit.values.uniqueness import fold
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Keys, Listed


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A generated value that is taken by an existing row, and so was replaced in one row of a step."""

    step: str
    model: str
    field: str
    row: int
    pk: Any


@dataclass(slots=True)
class Binding:
    """What a plan needs to know of one database, and the keys that its batches get as they are written.

    Keys are canonical values. A kept column holds Python values.
    """

    connection: BaseDatabaseWrapper
    plan: Plan
    now: datetime.datetime
    gave_way: list[GaveWay] = field(default_factory=list)
    _pins: list[dict[str, Any]] = field(default_factory=list)
    _outside: dict[tuple[str, str, str], Keys] = field(default_factory=dict)
    _made: dict[tuple[str, str], Keys] = field(default_factory=dict)
    _instead: dict[tuple[str, str], dict[int, Any]] = field(default_factory=dict)

    def pin(self, number: int, field: str) -> Any:
        """The Python value of a field (``""``: the key) of a pinned row."""
        return self._pins[number][field]

    def keys(self, source: Link | Outside) -> Keys:
        """The keys, or the values of a kept column, that a link reads."""
        if isinstance(source, Outside):
            return self._outside[source.recipe, source.step, source.field]
        return self._made[source.batch, source.field]

    def made(self, batch: str) -> Keys:
        """The keys of the rows of a batch."""
        return self._made[batch, ""]

    def keep(self, batch: str, field: str, keys: Keys) -> None:
        """Hold the keys (``""``) or a column of a batch for those that link to it."""
        self._made[batch, field] = keys

    def kept(self, batch: str, field: str) -> Listed:
        """A column that is being kept, to add to it."""
        kept = self._made[batch, field]
        assert isinstance(kept, Listed)  # opened as such for every kept column
        return kept

    def instead(self, batch: str, field: str) -> dict[int, Any]:
        """The rows of a column that gave way to taken values, with the values they have instead."""
        return self._instead.get((batch, field), {})


def bind(
    connection: BaseDatabaseWrapper, plan: Plan, writer: Writer, ledger: Ledger, *, written: bool = False
) -> Binding:
    """Read what a plan needs.

    Args:
        written: The rows of the plan are there already, so they take no values away from it.

    Raises:
        PinNotFound: A pin fits no row, or several.
        MadeRowsMissing: Rows of another recipe are not there.
    """
    binding = Binding(connection, plan, parse_now(plan.now))
    wanted = _wanted_fields(plan)
    for number, pin in enumerate(plan.pins):
        binding._pins.append(_pinned(connection.alias, pin, wanted.get(number, {""})))
    for batch in plan.batches:
        for column in (*batch.columns, *batch.later):
            for source in outside(column.source):
                address = (source.recipe, source.step, source.field)
                if address not in binding._outside:
                    binding._outside[address] = _made_elsewhere(connection, ledger, source)
    for batch in plan.batches if not written else ():
        _avoid_taken(binding, writer, batch)
    return binding


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
        for column in (*batch.columns, *batch.later):
            collect(column.source)
    return wanted


def _pinned(alias: str, pin: Pin, fields: set[str]) -> dict[str, Any]:
    """Read one pinned row."""
    instance = find_pinned(alias, pin)
    return {name: getattr(instance, _attname(instance, name)) for name in fields}


def _attname(instance: models.Model, name: str) -> str:
    return "pk" if not name else str(instance._meta.get_field(name).attname)  # type: ignore[union-attr]


def find_pinned(alias: str, pin: Pin) -> models.Model:
    """Return the one row that a pin means.

    Raises:
        PinNotFound: There is none, or there are several.
    """
    model = apps.get_model(pin.model)
    found: list[models.Model]
    try:
        if pin.natural:
            manager: Any = model._default_manager.db_manager(alias)
            found = [manager.get_by_natural_key(*pin.natural)]
        else:
            lookup = dict(pin.lookup) if pin.lookup else {"pk": pin.key}
            found = list(model._base_manager.using(alias).filter(**lookup)[:2])
    except (ObjectDoesNotExist, ValidationError, ValueError, TypeError):
        found = []  # a key that cannot be one is a key that no row has
    except FieldError as error:
        raise PinNotFound(f"{pin.wanted} does not fit {pin.model}: {error}", pin.mark) from error
    if len(found) > 1:
        raise PinNotFound(f"{pin.wanted} fits several rows of {pin.model}; a pin must fit exactly one", pin.mark)
    if not found:
        raise PinNotFound(_nowhere(pin, model), pin.mark)
    return found[0]


def _nowhere(pin: Pin, model: type[models.Model]) -> str:
    if pin.lookup or pin.natural:
        return f"no row of {pin.model} fits {pin.wanted}"
    return f"Provided FK value: {pin.key} does not exist on {model.__name__}"


# -- rows of other recipes -------------------------------------------------------------------------------------------


def _made_elsewhere(connection: BaseDatabaseWrapper, ledger: Ledger, source: Outside) -> Keys:
    """The keys of the rows that a step of an applied recipe made, or one field of these rows."""
    made = next((batch for batch in ledger.batches(source.recipe) if batch.batch == source.step), None)
    if made is None or len(made.keys) != source.count:
        found = 0 if made is None else len(made.keys)
        raise MadeRowsMissing(
            f"{source.recipe}/{source.step} should have made {source.count} rows, the ledger of database "
            f"'{connection.alias}' knows {found}. Apply it again: applyfixtures {source.recipe} --reset"
        )
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
    values = read_fields(connection.alias, model, [form.python(key) for key in made.keys], [attname])
    listed = Listed()
    listed.extend([row[0] for row in values.values()])
    return listed


def canonical_keys(ledger: Ledger, made: MadeBatch) -> Keys:
    """Keys of the ledger, which are in the driver's form, as canonical values."""
    form = ledger.form(made.model)
    if form.integers:
        return made.keys
    listed = Listed()
    listed.extend(key_converter(apps.get_model(made.model))([form.python(key) for key in made.keys]))
    return listed


def key_converter(model: type[models.Model]) -> canonical.Convert:
    """Return the function that turns primary keys of a model into canonical ones; of several columns: tuples."""
    converters = [canonical.converter(field) for field in model._meta.pk_fields]
    if len(converters) == 1:
        return converters[0]

    def convert(keys: Sequence[Any]) -> list[Any]:
        columns = zip(*keys, strict=True)
        return list(zip(*(one(column) for one, column in zip(converters, columns, strict=True)), strict=True))

    return convert


def read_fields(
    alias: str, model: type[models.Model], keys: Sequence[Any], attnames: Sequence[str]
) -> dict[Any, tuple[Any, ...]]:
    """Read values of rows by key, in the order of the keys; rows that are not there are left out."""
    values: dict[Any, tuple[Any, ...]] = {}
    for start in range(0, len(keys), 500):
        rows = model._base_manager.using(alias).filter(pk__in=keys[start : start + 500])
        values.update({row[0]: row[1:] for row in rows.values_list("pk", *attnames)})
    return {key: values[key] for key in keys if key in values}


# -- taken values ----------------------------------------------------------------------------------------------------


def _avoid_taken(binding: Binding, writer: Writer, batch: Batch) -> None:
    """Find the generated unique values that existing rows hold already, and the free ones that stand in for them."""
    model = apps.get_model(batch.model)
    for unique in batch.unique:
        column = batch.column(unique.enumerated) if unique.enumerated else None
        if column is None or len(unique.fields) > 1 or not isinstance(column.source, Enumerated):
            continue
        taken = {_folded(value) for (value,) in writer.taken(model, [column.field]) if value is not None}
        if taken:
            instead = _replacements(binding, batch, column.field, column.source, taken)
            if instead:
                binding._instead[batch.id, column.field] = instead


def _folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


def _replacements(binding: Binding, batch: Batch, name: str, source: Enumerated, taken: set[Any]) -> dict[int, Any]:
    """Row -> value from the far end of the enumeration, for each row whose own value is taken."""
    field = apps.get_model(batch.model)._meta.get_field(name)
    assert isinstance(field, models.Field)  # an enumerated column is one of a concrete field
    convert = canonical.converter(field)
    clashes = list(_clashes(binding, batch, source, taken, convert))
    if not clashes:
        return {}
    free = _free(source, batch.count, taken, convert)
    instead = dict(zip(clashes, islice(free, len(clashes)), strict=False))
    if len(instead) < len(clashes):
        raise PlanError(
            [
                Problem(
                    "fixturekit.E057",
                    f"{batch.model}.{name} has no free values left: {len(clashes)} of {batch.count} are taken by rows "
                    f"that are there already, {len(instead)} others are free",
                    "Lower the count, or give the values yourself.",
                    f"steps.{batch.step}",
                    batch.mark,
                )
            ]
        )
    for row in clashes:
        binding.gave_way.append(GaveWay(batch.step, batch.model, name, row, None))
    return instead


def _clashes(
    binding: Binding, batch: Batch, source: Enumerated, taken: set[Any], convert: canonical.Convert
) -> Iterator[int]:
    context = Context(binding.plan.seed, batch.stream, binding.now, batch.labels or None)
    maker = compile_source(source, context)
    for start in range(0, batch.count, BLOCK):
        stop = min(start + BLOCK, batch.count)
        for row, value in enumerate(_cells(maker.canonical, maker.values, convert, start, stop), start):
            if _folded(value) in taken:
                yield row


def _cells(
    ready: Callable[[int, int], list[Any] | None],
    values: Callable[[int, int], list[Any]],
    convert: canonical.Convert,
    start: int,
    stop: int,
) -> list[Any]:
    cells = ready(start, stop)
    return convert(values(start, stop)) if cells is None else cells


def _free(source: Enumerated, count: int, taken: set[Any], convert: canonical.Convert) -> Iterator[Any]:
    """Values that are not taken, from the far end of the enumeration, leaving out the step's own interval."""
    size = capacity(source)
    own = {(source.start + row) % size for row in range(count)}
    whole = replace(source, start=0)
    for number in range(size - 1, -1, -1):
        if number in own:
            continue
        value = entry_values(whole, [number])[0]
        if _folded(convert([value])[0]) not in taken:
            yield value
