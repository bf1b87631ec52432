"""Values that are read from the finished instance: copies, what goes by others of the row, and what functions make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone

from fixturekit.blueprints import AnyField, blueprint, generated_field
from fixturekit.calling.library import Model
from fixturekit.exceptions import CallInvalid
from fixturekit.execution.foreign import named
from fixturekit.execution.instances import reads_clock
from fixturekit.planning.functions import find_function
from fixturekit.planning.plan import Batch, Column
from fixturekit.planning.resolving import nearest
from fixturekit.values.facades import Facade
from fixturekit.values.following import follow
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sealing import Seal
from fixturekit.values.sources import Called, Const, Followed, Following
from fixturekit.values.streams import Random, stream_key, sub_random


@dataclass(frozen=True, slots=True)
class Late:
    """A field that is set when all others are.

    Attributes:
        value: Takes the instance and the row's number.
        by: What is asked, where that is code of the project.
    """

    field: AnyField
    value: Callable[[models.Model, int], Any]
    by: str = ""

    def fill(self, instance: models.Model, number: int) -> None:
        """Set the field of an instance."""
        value = self.value(instance, number)
        name = self.field.name if isinstance(value, models.Model) else self.field.attname
        setattr(instance, name, value)


class CalledInstance(Facade):
    """The row that a function of the project makes a value for, as it sees those of recipes.

    Attributes:
        n: The number of the row, from 1.
        random: Draws for this cell alone.
    """

    __slots__ = ("_instance", "n", "random")

    def __init__(self, instance: models.Model, n: int, random: Random) -> None:
        self._instance = instance
        self.n = n
        self.random = random

    def __getitem__(self, name: Any) -> Any:
        return getattr(self._instance, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __repr__(self) -> str:
        return repr(self._instance)


def late_columns(title: str, batch: Batch, model: Model, context: Context) -> list[Late]:
    """Return the columns of a batch that are read from the instance, in an order in which each finds what it reads.

    Raises:
        CallInvalid: A copy reads what there is not, or copies go round in a circle.
    """
    columns = {column.field: column for column in batch.columns}
    called = [column for column in batch.columns if isinstance(column.source, Called)]
    reading = {
        column.field: column.source for column in batch.columns if isinstance(column.source, Followed | Following)
    }
    found = [_called(model, batch, column, context.seed) for column in called]
    for name in _ordered(title, model, reading):
        source = reading[name]
        field: Any = model._meta.get_field(name)
        if isinstance(source, Following):
            found.append(_follower(model, field, source, columns, context))
        else:
            _check_path(title, model, columns, name, source.path)
            found.append(Late(field, _reader(model, field, source.path), f"C({source.path!r})"))
    return found


def _called(model: Model, batch: Batch, column: Column, seed: str) -> Late:
    """A function of the project that a setting names for fields of a class."""
    field: Any = model._meta.get_field(column.field)
    source = column.source
    assert isinstance(source, Called)
    function, takes_row = find_function(source.path)
    key = stream_key(seed, batch.stream, source.lane)

    def value(instance: models.Model, number: int) -> Any:
        view = CalledInstance(instance, number + 1, sub_random(key, number))
        with Seal(seed, batch.stream, source.lane) as seal:  # a function may make rows of its own
            return seal.call(number, lambda: function(field, view) if takes_row else function(field))

    return Late(field, value, named(function))


def _follower(
    model: Model, field: AnyField, source: Following, columns: Mapping[str, Column], context: Context
) -> Late:
    """A generated value that goes by others of the row, as those of recipes do."""
    own, values = compile_source(source.own, context).values, follow(source)
    reads = [_read(model._meta.get_field(name), columns[name]) for name in source.fields]

    def value(instance: models.Model, number: int) -> Any:
        return values([[read(instance)] for read in reads], own(number, number + 1), context.now)[0]

    return Late(field, value)


def _read(field: Any, column: Column) -> Callable[[models.Model], Any]:
    """What reads from an instance that which a field holds, or will hold when saving has asked the clock."""
    if not (reads_clock(field) and isinstance(column.source, Const)):
        return lambda instance: legible(field, getattr(instance, field.attname))

    def read(instance: models.Model) -> Any:
        before = getattr(instance, field.attname)
        try:
            return legible(field, field.pre_save(instance, add=True))
        finally:
            setattr(instance, field.attname, before)

    return read


def legible(field: Any, value: Any) -> Any:
    """What a field reads a given value as; None where that cannot be told before the row is saved."""
    if hasattr(value, "resolve_expression"):
        return None
    try:
        found = field.to_python(value)
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None  # which saving refuses
    if isinstance(found, datetime) and timezone.is_naive(found) and django_settings.USE_TZ:
        return timezone.make_aware(found)
    return found


def _ordered(title: str, model: Model, reading: dict[str, Followed | Following]) -> Iterator[str]:
    """Yield the fields that read others, each behind those that it reads."""
    shape = blueprint(model)
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> Iterator[str]:
        if name in way:
            circle = " -> ".join([*way[way.index(name) :], name])
            raise CallInvalid(f"{title}: copies of {shape.label} go round in a circle: {circle}")
        if name in reading and name not in done:
            for first in _first_names(reading[name]):
                field = shape.field(first)
                yield from visit(field.name if field else first, (*way, name))
            done.add(name)
            yield name

    for name in reading:
        yield from visit(name, ())


def _first_names(source: Followed | Following) -> tuple[str, ...]:
    return source.fields if isinstance(source, Following) else (source.path.partition(".")[0],)


def _check_path(title: str, model: Model, columns: dict[str, Column], name: str, path: str) -> None:
    """Make sure that a path leads along fields that are known before the row is saved."""
    shape = blueprint(model)
    where = f"{title}: {shape.label}.{name}=C({path!r})"
    first, *rest = path.split(".")
    field = shape.field(first)
    if "__" in path and shape.field(path.partition("__")[0]) is not None:
        dotted = path.replace("__", ".")
        raise CallInvalid(f"{where}: the names of a copy's path are joined by dots. Write C({dotted!r})")
    if field is None and generated_field(shape, first):
        raise CallInvalid(f"{where}: the database computes {first} from other columns")
    if field is None and first not in shape.generics:
        raise CallInvalid(f"{where}: {shape.label} has no field '{first}' to copy. {_near(first, model)}".rstrip())
    if field is not None and field.name not in columns and not rest:
        raise CallInvalid(
            f"{where}: the database fills {first} when the row is saved. Copy a field that is known before"
        )
    _check_rest(where, field.related_model if field is not None else None, rest)
    if not rest and field is not None and field.remote_field is not None and not _holds_rows(model, name):
        raise CallInvalid(f"{where}: {first} is a row, and {name} holds none. Copy one of its fields: C('{first}.pk')")


def _holds_rows(model: Model, name: str) -> bool:
    field = blueprint(model).field(name)
    return field is not None and field.remote_field is not None


def _check_rest(where: str, start: Any, names: Iterable[str]) -> None:
    """Follow the rest of a path as far as models say what there is: a property may lead anywhere."""
    model: Model | None = start
    for name in names:
        if model is None:
            return
        field = blueprint(model).field(name)
        if field is None and not hasattr(model, name):
            raise CallInvalid(
                f"{where}: {model._meta.label} has no field '{name}' to copy. {_near(name, model)}".rstrip()
            )
        model = getattr(field, "related_model", None)


def _near(name: str, model: Any) -> str:
    return nearest(name, [field.name for field in blueprint(model).fields])


def _reader(model: Model, field: AnyField, path: str) -> Callable[[models.Model, int], Any]:
    names = path.split(".")
    keys = field.remote_field is not None and len(names) == 1

    def read(instance: models.Model, number: int) -> Any:
        value: Any = instance
        for place, name in enumerate(names):
            try:
                value = getattr(value, name)
            except (AttributeError, ObjectDoesNotExist) as error:
                said = ".".join(names[:place]) or model._meta.label
                shown = "None" if value is None else repr(value)
                raise CallInvalid(f"{model._meta.label}.{field.name}=C({path!r}): {said} is {shown}") from error
        return value

    if keys:
        return lambda instance, number: _row_or_key(instance, names[0])
    return read


def _row_or_key(instance: models.Model, name: str) -> Any:
    """The instance that a relation holds, else the key of its row, without asking the database."""
    field: Any = instance._meta.get_field(name)
    return field.get_cached_value(instance, default=None) or getattr(instance, field.attname)
