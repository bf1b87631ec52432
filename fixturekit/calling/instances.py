"""Instances of one batch: built from its columns, saved one by one or together."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.core.files.base import File
from django.core.management.color import no_style
from django.db import connections, models
from django.db.models import Field

from fixturekit.blueprints import AnyField, Table, is_stored
from fixturekit.calling.adopting import adopt
from fixturekit.calling.columns import GivesNone, Rows
from fixturekit.calling.compiling import Maker
from fixturekit.calling.following import Late
from fixturekit.calling.inserting import insert_for
from fixturekit.calling.library import Hook, Hooks, Model
from fixturekit.exceptions import CallInvalid
from fixturekit.execution.counting import counting_model, key_column
from fixturekit.execution.existing import KeyWatch
from fixturekit.execution.foreign import named
from fixturekit.planning.plan import STREAM
from fixturekit.planning.ways import choose
from fixturekit.values import canonical
from fixturekit.values.contrib.trees import Tree, plant
from fixturekit.writers import writer_for

Row = models.Model


class Refused(Exception):
    """A row that could not be made, with what refused it as the cause. Never leaves this package.

    ``by`` is the code of the project that raised, where the call or a setting names it, and ``field`` what it was to give.
    """

    def __init__(self, maker: Maker, instance: Row | None, by: str = "", field: str = "") -> None:
        super().__init__()
        self.maker = maker
        self.instance = instance
        self.by = by
        self.field = field


class KeyTaken(Exception):
    """There is a row with the key of a row that is to be made, which ``save()`` might change."""


# -- building ----------------------------------------------------------------------------------------------------------


def build(maker: Maker, rows: Rows) -> list[Row]:
    """Return unsaved instances for a block of rows.

    Raises:
        Refused: The model's own code refuses a value.
        FixtureKitError: A value cannot be made.
    """
    try:
        plain = [(name, make(rows)) for name, make in maker.values.plain]
        relations = [(name, attname, make(rows)) for name, attname, make in maker.values.relations]
    except GivesNone as error:
        raise Refused(maker, None, error.by, error.field) from error.__cause__
    model = maker.model
    instances = []
    for place in range(len(rows.numbers)):
        values = dict(maker.values.constants)
        for name, cells in plain:
            values[name] = cells[place]
        for name, attname, cells in relations:
            value = cells[place]
            values[name if isinstance(value, Row) else attname] = value
        try:
            instance = model(**values)
        except Exception as error:
            raise Refused(maker, None) from error
        instances.append(instance)
    for name, slot in maker.values.generics.items():
        for instance in instances:
            setattr(instance, name, rows.slots[slot])
    if maker.above is not None:
        assert maker.shape.above is not None  # a row above is told to no other model
        for instance, above in zip(instances, maker.above(rows), strict=True):
            setattr(instance, maker.shape.above.name, above)  # until it is planted below it
    for late in maker.late:
        for instance, number in zip(instances, rows.numbers, strict=True):
            _fill_late(maker, late, instance, number)
    for trial in maker.tried:
        for instance, number in zip(instances, rows.numbers, strict=True):
            trial.settle(instance, number)
    return instances


def _fill_late(maker: Maker, late: Late, instance: Row, number: int) -> None:
    try:
        late.fill(instance, number)
    except CallInvalid:  # of a copy that leads nowhere
        raise
    except Exception as error:
        raise Refused(maker, instance, late.by, late.field.name) from error


# -- saving ------------------------------------------------------------------------------------------------------------


def save(
    maker: Maker,
    instances: list[Row],
    alias: str,
    hooks: Hooks | None,
    *,
    validate: bool,
    is_heard: Callable[[str], bool],
) -> None:
    """Save instances: together where nobody could tell, else each by its ``save()``.

    Rows that somebody made already, who heard of rows that were saved before, are changed.

    Raises:
        Refused: The model, its validation or the database refuses a row.
    """
    if maker.itself:
        _reserve(maker, instances, alias)
    elif maker.ties and instances:
        adopt(maker.ties, maker.planned, instances, alias, is_heard)
    if len(instances) > 1 and hooks is None and _goes_together(maker, instances):
        if validate:
            for instance in instances:
                _guarded(maker, instance, instance.full_clean)
        _guarded(maker, instances[0], lambda: _write(maker, instances, alias))
        return
    for instance in instances:
        _guarded(maker, instance, lambda instance=instance: _save(maker, instance, alias, hooks, validate))  # type: ignore[misc]


def _guarded(maker: Maker, instance: Row, act: Callable[[], None]) -> None:
    try:
        act()
    except Refused:
        raise
    except Exception as error:
        raise Refused(maker, instance) from error


def _hooked(maker: Maker, instance: Row, word: str, hook: Hook) -> None:
    try:
        hook(instance)
    except Exception as error:
        raise Refused(maker, instance, f"{word} {named(hook)}") from error


def _save(maker: Maker, instance: Row, alias: str, hooks: Hooks | None, validate: bool) -> None:
    if validate:
        instance.full_clean()
    if hooks is not None and hooks.before is not None:
        _hooked(maker, instance, "PRE_SAVE", hooks.before)
    given = {field.attname: getattr(instance, field.attname) for field in maker.clocks}
    tree = maker.shape.tree
    if not instance._state.adding:
        instance.save(using=alias)  # somebody made it already
    elif tree is not None and tree.library.planting:
        _plant(tree, instance, alias)
    elif maker.saves_itself:
        _save_itself(maker, instance, alias)
    elif insert := insert_for(instance, alias):
        insert.run(instance, alias)
    else:
        instance.save(force_insert=maker.force_insert, using=alias)
    if given:
        _put_back(instance, given, alias)
    if maker.keyed and maker.shape.counted:
        _count_on(maker.model, alias)
    if hooks is not None and hooks.after is not None:
        _hooked(maker, instance, "POST_SAVE", hooks.after)


def _plant(tree: Tree, instance: Row, alias: str) -> None:
    """Save a row of a tree through its library."""
    said = tree.above in vars(instance) or not tree.library.virtual
    above = vars(instance).pop(tree.above, None) if tree.library.virtual else getattr(instance, tree.above)
    if not (above is None or isinstance(above, Row)):
        above = tree.model._base_manager.using(alias).get(pk=above)
    plant(tree, instance, above, anywhere=not said)


def _put_back(instance: Row, given: dict[str, Any], alias: str) -> None:
    """Give fields that saving has set from the machine's clock what the call gives them."""
    for name, value in given.items():
        setattr(instance, name, value)
    type(instance)._base_manager.using(alias).filter(pk=instance.pk).update(**given)


def _save_itself(maker: Maker, instance: Row, alias: str) -> None:
    """Have the model's own code save a row; it may drop ``force_insert``, and then change a row that is there."""
    if maker.keyed or instance.pk is not None:
        planned = [field.name for table in maker.shape.tables for field in table.model._meta.pk_fields]
        if KeyWatch(maker.model, planned, alias).first([instance]) is not None:
            raise KeyTaken
    accepted = _accepted(maker.model)
    options = {"force_insert": maker.force_insert, "using": alias}
    instance.save(**{name: value for name, value in options.items() if name in accepted or "**" in accepted})


@cache
def _accepted(model: Model) -> frozenset[str]:
    """The keywords that a model's ``save()`` takes, ``**`` if any."""
    parameters = inspect.signature(model.save).parameters.values()
    return frozenset("**" if parameter.kind is parameter.VAR_KEYWORD else parameter.name for parameter in parameters)


def _count_on(model: Model, alias: str) -> None:
    """Have the database count on behind a key that was given to a row whose keys it counts."""
    connection = connections[alias]
    statements = connection.ops.sequence_reset_sql(no_style(), [counting_model(model)])
    if statements:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _reserve(maker: Maker, instances: list[Row], alias: str) -> None:
    """Give rows that point at themselves their keys before they are saved."""
    reserved = writer_for(connections[alias]).reserve(counting_model(maker.model), len(instances))
    for instance, key in zip(instances, reserved, strict=True):
        instance.pk = key
        for field in maker.itself:
            setattr(instance, field.name, instance)


def set_later(maker: Maker, instances: list[Row], rows: Rows) -> None:
    """Set the links that close a circle, now that the rows that they lead to are there."""
    for field, make in maker.later:
        for instance, value in zip(instances, make(rows), strict=True):
            setattr(instance, field.name if isinstance(value, Row) else field.attname, value)
            found = maker.model._base_manager.using(rows.alias).filter(pk=instance.pk)
            _guarded(maker, instance, lambda found=found, field=field, value=value: found.update(**{field.name: value}))  # type: ignore[misc]


# -- many at once ------------------------------------------------------------------------------------------------------


def _goes_together(maker: Maker, instances: list[Row]) -> bool:
    """Whether nothing listens, and nobody has a part in saving a row."""
    if maker.itself or (maker.keyed and maker.shape.counted) or maker.shape.tree is not None:
        return False
    if not all(instance._state.adding for instance in instances):
        return False
    way, _ = choose(maker.shape, "", muted=False, through=False)
    return way == STREAM and not any(_has_expression(maker, instance) for instance in instances)


def _has_expression(maker: Maker, instance: Row) -> bool:
    """Whether a value is an expression, which the database computes and only ``save()`` reads back."""
    return any(hasattr(value, "resolve_expression") for value in vars(instance).values())


def _write(maker: Maker, instances: list[Row], alias: str) -> None:
    """Write rows through the engine's writer, table by table."""
    writer = writer_for(connections[alias])
    if maker.shape.counted:
        reserved = writer.reserve(counting_model(maker.model), len(instances))
        for instance, key in zip(instances, reserved, strict=True):
            _spread_key(maker, instance, key)
    else:
        for instance in instances:
            own = getattr(instance, maker.shape.key.attname, None)
            _spread_key(maker, instance, own if instance.pk is None else instance.pk)
    for instance in instances:
        instance._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    for field in _prepared_fields(maker.model):
        if field not in maker.clocks:
            for instance in instances:
                field.pre_save(instance, add=True)
    for table in maker.shape.tables:
        names, data = _columns(maker, table, instances, alias)
        writer.write(table.name, names, data)
    for instance in instances:
        instance._state.adding = False
        instance._state.db = alias


def _spread_key(maker: Maker, instance: Row, key: Any) -> None:
    """Give all tables of a row its key, as ``save()`` does on the way."""
    for table in maker.shape.tables:
        if table.key.column is not None:
            setattr(instance, table.key.attname, key)


@cache
def _prepared_fields(model: Model) -> tuple[AnyField, ...]:
    """The fields that do something before they are saved: store a file, read the clock."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if is_stored(field) and type(field).pre_save is not Field.pre_save
    )


def _columns(maker: Maker, table: Table, instances: list[Row], alias: str) -> tuple[list[str], list[list[Any]]]:
    writer = writer_for(connections[alias])
    names: list[str] = []
    data: list[list[Any]] = []
    for field in _stored_fields(table):
        own = [getattr(instance, field.attname) for instance in instances]
        if field.name in maker.given:
            own = [_read(maker, field, *pair) for pair in zip(instances, own, strict=True)]
        names.append(key_column(table.model) if field is table.key else str(field.column))
        prepare = writer.column(field)
        data.append(prepare.convert(canonical.converter(field)(own) if prepare.reads == "canonical" else own))
    return names, data


def _read(maker: Maker, field: AnyField, instance: Row, value: Any) -> Any:
    """What somebody gives, as the field itself reads it: the text of a number is a number."""
    try:
        return field.to_python(value)
    except Exception as error:
        raise Refused(maker, instance, field=field.name) from error


def _stored_fields(table: Table) -> Iterator[AnyField]:
    if table.key not in table.fields and table.key.column is not None:
        yield table.key
    yield from table.fields


def stored_files(maker: Maker, instances: list[Row]) -> Iterator[File[bytes]]:
    """Yield the files of rows that were put into their storage."""
    for name in maker.files:
        for instance in instances:
            file = getattr(instance, name)
            if file and getattr(file, "_committed", False):
                yield file
