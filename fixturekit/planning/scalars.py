"""Sources of plain columns: what the recipe gives, the field's default, or a generated value."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connections, models
from django.db.models import Value as DatabaseValue
from django.utils import timezone

from fixturekit.blueprints import AnyField, is_password
from fixturekit.exceptions import GenerationError
from fixturekit.planning.computing import called, context_of, faked, templated
from fixturekit.planning.draft import Draft, GeneratedBy
from fixturekit.planning.files import as_stored, given_file, try_file
from fixturekit.planning.making import Making
from fixturekit.planning.plan import STREAM
from fixturekit.planning.resolving import Given, Refused, said_of
from fixturekit.planning.ways import choose, path_of
from fixturekit.recipes.document import (
    Call,
    Choice,
    Copy,
    Fake,
    File,
    Image,
    Jinja,
    Listing,
    Literal,
    Mapping,
    Mask,
    Now,
    Password,
    Range,
    Seq,
    Value,
)  # fmt: skip
from fixturekit.recipes.offsets import parse_offset
from fixturekit.values.canonical import collection, held, kind
from fixturekit.values.fields.acceptance import acceptance
from fixturekit.values.fields.masks import mask_length
from fixturekit.values.fields.stored import converts_itself, stores_apart
from fixturekit.values.fields.text import otherwise
from fixturekit.values.fillers import Filled, Request
from fixturekit.values.filling import fill
from fixturekit.values.literals import clean, convert, in_project_time
from fixturekit.values.passwords import encode
from fixturekit.values.ranges import ranged
from fixturekit.values.registry import capacity, compile_source
from fixturekit.values.sources import (
    ByDatabase,
    Const,
    Copied,
    Default,
    Drawn,
    Enumerated,
    Hashed,
    Map,
    Mixed,
    Picked,
    Selected,
    Sequence,
    Source,
    Stored,
    Weighted,
)  # fmt: skip

_TRIED = 64  # rows whose generated values are tried on a field's own validators
_REFUSED = 0.9  # the share of values that may be refused: those of a row are drawn again


def given_scalar(draft: Draft, making: Making, field: AnyField, given: Given) -> Source | None:
    """Return the source of what the recipe gives for a plain field; None after reporting a problem."""
    try:
        return _given(draft, making, field, given.value, making.lane(field.name))
    except Refused as error:
        draft.problem(making, field, error.id, str(error), error.hint)
        return None
    except (ValueError, OverflowError, GenerationError) as error:
        draft.problem(making, field, "E046", said_of(field.name, given.value, error))
        return None


def _given(draft: Draft, making: Making, field: AnyField, value: Value | None, lane: str) -> Source:
    if is_password(making.shape, field) and not isinstance(value, Password):
        raise ValueError("a password is written '!password TEXT', so that what is stored is its hash")
    if isinstance(value, (Literal, Listing, Mapping)):
        converted = convert(field, value)
        return _nothing(field) if converted is None else Const(converted)
    if isinstance(value, Seq):
        return _sequence(making, field, value)
    if isinstance(value, Copy):
        return Copied(value.path)
    if isinstance(value, (File, Image)):
        return given_file(draft, making, field, value, lane)
    if isinstance(value, Choice):
        return _choice(draft, making, field, value, lane)
    if isinstance(value, (Range, Mask)):
        return _spread(draft, making, field, value, lane)
    if isinstance(value, Now):
        return Const(moment(field, draft.now + parse_offset(value.offset) if value.offset else draft.now))
    if isinstance(value, Password):
        return _hashed(draft, field, value)
    if isinstance(value, Fake):
        return faked(draft, making, field, value, lane)
    if isinstance(value, Jinja):
        return templated(draft, making, value, lane)
    if isinstance(value, Call):
        return called(value, lane)
    raise ValueError(f"!{type(value).__name__.lower()} is for relations, this is a {type(field).__name__}")


def _choice(draft: Draft, making: Making, field: AnyField, value: Choice, lane: str) -> Source:
    """One of several values, or of several ways to get one, each of which draws in a lane of its own."""
    chosen = choice_map(lane, len(value.options), value.weights)
    if all(isinstance(option, (Literal, Listing, Mapping)) for option in value.options):
        return Selected(tuple(convert(field, option) for option in value.options), chosen)
    options = [_given(draft, making, field, option, f"{lane}[{number}]") for number, option in enumerate(value.options)]
    return Mixed(tuple(options), chosen)


def _spread(draft: Draft, making: Making, field: AnyField, value: Range | Mask, lane: str) -> Source:
    """Values of a range or of a mask; on a unique field each once, unless equal rows are one."""
    alone = (field.name,) in making.shape.uniques and making.count > 1 and lane == making.lane(field.name)
    key = making.key(field.name) if alone and not making.merges((field.name,)) else None
    request = replace(request_of(draft, making, field, key), lane=lane)
    if isinstance(value, Range):
        return ranged(request, value.low, value.high, draft.now)
    return _masked(draft, making, request, value)


def _masked(draft: Draft, making: Making, request: Request, value: Mask) -> Source:
    """Texts of a mask, the first of which the field accepts."""
    field = request.field
    length = mask_length(value.format)
    if kind(field) not in ("text", "opaque"):
        raise ValueError(f"!mask is for texts, this is a {type(field).__name__}: use !range")
    if field.max_length is not None and length > field.max_length:
        raise ValueError(f"the mask makes texts of {length} characters, there is room for {field.max_length}")
    drawn = request.drawn("mask", mask=value.format)
    for text in compile_source(drawn, context_of(draft, making)).values(0, min(making.count, 8)):
        try:
            clean(field, text)
        except ValueError as error:
            raise ValueError(f"texts of the mask, such as '{text}', are refused: {error}") from error
    return request.enumerated("mask", mask=value.format) if request.unique else drawn


def choice_map(lane: str, count: int, weights: tuple[float, ...]) -> Map:
    """The map that draws one of so many options."""
    return Weighted(lane, weights) if weights else Picked(lane, count)


def moment(field: AnyField, instant: datetime.datetime) -> Any:
    """The part of an instant that a date, time or datetime field stores.

    Raises:
        ValueError: The field stores no part of an instant.
    """
    found = held(field)
    if found == "date":
        return instant.date()
    if found == "time":
        return instant.time()
    if found == "datetime":
        return in_project_time(instant)
    raise ValueError(f"!now is for dates and times, this is a {type(field).__name__}")


def _hashed(draft: Draft, field: AnyField, value: Password) -> Hashed:
    encoded = encode(value.raw, draft.seed)
    if kind(field) not in ("text", "opaque"):
        raise ValueError(f"!password is for texts, this is a {type(field).__name__}")
    if field.max_length is not None and len(encoded) > field.max_length:
        raise ValueError(f"a hashed password has {len(encoded)} characters, there is room for {field.max_length}")
    return Hashed(encoded, value.raw)


def _sequence(making: Making, field: AnyField, value: Seq) -> Source:
    """A sequence whose first and last value the field accepts."""
    for number in {1, max(making.count, 1)}:
        text = value.format.format(n=number)
        try:
            clean(field, text)
        except ValueError as error:
            raise ValueError(f"row {number} would be '{text}': {error}") from error
    return Sequence(value.format)


def unset_scalar(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """Return the source of a plain field that nobody set; None after reporting a problem.

    Raises:
        GenerationError: Nothing is known that fills the field.
    """
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        making.free.add(field.name)
        return Const(moment(field, draft.now))
    field = making.fillable(field)
    default = _default(draft, making, field)
    if draft.ignores(making, field):
        return default or _ignored(draft, making, field)
    taught = draft.calling.blueprint(making.shape.model).get(field.name)
    if taught is not None:
        return _supplied(draft, making, field, "BLUEPRINTS", taught)
    making.free.add(field.name)
    if making.nulls.get(field.name):
        return Const(None)
    unique = (field.name,) in making.shape.uniques and making.count > 1
    if default is not None and not (unique and isinstance(default, Const)):
        return default
    if collection(field) == "vector":
        return generated(draft, making, field)  # left alone, also where it may be empty
    if field.null and draft.calling.leaves_empty:
        return _nothing(field)
    optional = field.blank and (field.null or isinstance(field, models.FileField))
    optional = optional and not (unique and _empty_is_a_value(draft, field))
    if optional and not draft.options.fill_nullable and field.name not in making.nulls:
        return _nothing(field)
    if is_password(making.shape, field):
        return Hashed("!", "!")  # what set_unusable_password means: nobody can log in with it
    return generated(draft, making, field)


def _empty_is_a_value(draft: Draft, field: AnyField) -> bool:
    """Whether an empty row holds a value like others, so that two of them would be the same: a file has an empty name,
    and a field may read NULL as another value.
    """
    read = getattr(field, "from_db_value", None)
    return isinstance(field, models.FileField) or (
        read is not None and read(None, None, connections[draft.alias]) is not None
    )


def _ignored(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """A field without a default that ``options.ignore`` leaves alone: empty, as a new instance has it."""
    if field.null or (field.blank and isinstance(field, models.FileField)):
        return _nothing(field)
    return Const("") if field.blank and kind(field) == "text" else left_to_saving(draft, making, field)


def left_to_saving(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """An ignored field that may not be empty: its model's ``save()`` may fill it, where that is called."""
    step = making.step
    auto_created = bool(making.shape.model._meta.auto_created)
    way, _ = choose(making.shape, step.save, muted=step.mute_signals, through=auto_created)
    if way != STREAM:
        return ByDatabase("options.ignore")
    message = "is in 'ignore', and it may neither be empty nor is there a save() or a receiver that could fill it"
    draft.problem(making, field, "E088", message, "Take it out of 'ignore', or give it a value.")
    return None


def generated(draft: Draft, making: Making, field: AnyField) -> Source:
    """Return a generated source; for a unique field one whose values cannot repeat.

    Raises:
        GenerationError: Nothing is known that fills the field.
    """
    own = None if field.choices else draft.calling.fixture(field) or _by_setting(draft, making, field)
    if own is not None:
        return own
    unique = (field.name,) in making.shape.uniques
    request = request_of(draft, making, field, making.key(field.name) if unique else None)
    try:
        source = fill(request)
    except GenerationError:
        if field.null:
            return _nothing(field)
        raise
    if isinstance(source, Stored):
        return _made_file(draft, making, field, source)
    return _accepted(draft, making, request, source)


def _by_setting(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """The function that FIELD_GENERATORS names for a field's class, where that setting is asked."""
    path = draft.calling.generator(field)
    return None if path is None else _supplied(draft, making, field, "FIELD_GENERATORS", path)


def _supplied(draft: Draft, making: Making, field: AnyField, setting: str, path: str) -> Source:
    """A function that a setting names.

    Raises:
        GenerationError: There is no such function.
    """
    try:
        source = called(Call(path), making.lane(field.name))
    except Refused as error:
        raise GenerationError(f"{setting} names {path}, and {error}") from error
    draft.supplied.append(GeneratedBy(making.step.id, making.path, making.shape.label, field.name, path))
    return source


def _accepted(draft: Draft, making: Making, request: Request, source: Filled) -> Source:
    """A source whose values the field's own validators accept, or accept often enough to draw again where they do not.

    Raises:
        GenerationError: They accept none that anybody knows of.
    """
    field = request.field
    refused = _refused(draft, making, field, source)
    if refused is None:
        return accepted_only(making, field, source)
    for other in otherwise(request):
        if _refused(draft, making, field, other) is None:
            return accepted_only(making, field, other)
    if field.null and making.nulls.get(field.name, True):
        return _nothing(field)
    name = f"'{making.path.replace('.', '__')}{field.name}'" if making.path else "the field"
    raise GenerationError(
        f"generated values, such as {refused}. Give {name} values that fit, in the recipe or on a shelf, or name a function "
        f"for it in FIELD_GENERATORS"
    )


def _made_file(draft: Draft, making: Making, field: AnyField, source: Stored) -> Stored:
    assert isinstance(field, models.FileField)  # no other field is filled with files
    try:
        try_file(draft, making, field, source)
    except ValueError as error:
        raise GenerationError(f"a generated file is refused: {error} Give the field a file that fits") from error
    return as_stored(field, source)


def _refused(draft: Draft, making: Making, field: AnyField, source: Filled) -> str | None:
    """See on many values of a source whether the field's own validators take enough of them; else say what they refuse."""
    tests = acceptance(field, source)
    if tests is None or isinstance(source, ByDatabase):
        return None
    values = _attempts(draft, making, field, source)
    refusals = [(value, tests.refusal(value)) for value in values]
    refused = [(value, reason) for value, reason in refusals if reason]
    if len(refused) <= len(values) * _REFUSED:
        return None
    value, reason = refused[0]
    return f"{value!r}, are refused by {', '.join(tests.names)}: {reason.rstrip('.')}"


def _attempts(draft: Draft, making: Making, field: AnyField, source: Filled) -> list[Any]:
    """Values of the first rows, and of what is drawn instead of those that are refused."""
    assert not isinstance(source, (Stored, ByDatabase))  # files are tried otherwise
    context = context_of(draft, replace(making, labels=()))
    values = compile_source(source, context).values(0, _TRIED)
    if isinstance(source, Enumerated):
        return values
    drawn = drawn_instead(draft, making, field)
    return values if drawn is None else [*values, *compile_source(drawn, context).values(0, _TRIED)]


def drawn_instead(draft: Draft, making: Making, field: AnyField) -> Const | Drawn | None:
    """Return a source that draws values of a field, where its own counts or repeats; None if there is none."""
    try:
        source = fill(replace(request_of(draft, making, field), style="lifelike"))
    except GenerationError:
        return None
    return source if isinstance(source, (Const, Drawn)) else None


def accepted_only(making: Making, field: AnyField, source: Filled) -> Filled:
    """Return a source of different values, those left out that the field's validators or constraints on it alone refuse,
    or that it stores like others.
    """
    rules = making.own_rules(field)
    if not isinstance(source, Enumerated):
        return source
    if acceptance(field, source) is None and not rules:
        return _stored_apart(field, source)
    owner = field.model._meta.label
    args = (("args", source.args), ("field", f"{owner}.{field.name}"), ("of", source.enumeration), ("rules", rules))
    scattered = (("scattered", True),) if not source.counting else ()
    found = replace(source, enumeration="tested", args=(*args, *scattered))
    if not capacity(found):
        raise GenerationError(f"{owner}.{field.name} has no value that its validators and constraints all accept")
    return _stored_apart(field, found)


def _stored_apart(field: AnyField, source: Enumerated) -> Enumerated:
    """A source of different values, those left out that the field's own class would store like another one."""
    if not converts_itself(field) or stores_apart(field, source):
        return source
    path = f"{field.model._meta.label}.{field.name}"
    args = (("args", source.args), ("counting", source.counting), ("field", path), ("of", source.enumeration))
    return replace(source, enumeration="stored apart", args=args)


def _nothing(field: AnyField) -> Const:
    """The value of a field that is left empty; for a file ``save()`` stores an empty name, never NULL."""
    return Const("" if isinstance(field, models.FileField) else None)


def enumerated(draft: Draft, making: Making, field: AnyField, key: str) -> Enumerated | None:
    """Return an enumeration of the field's values, or of the range or mask that is given; None if it has none."""
    request = request_of(draft, making, field, key)
    given = making.given.get(field.name)
    try:
        if given is not None and isinstance(given.value, Range):
            source: Source = ranged(request, given.value.low, given.value.high, draft.now)
        elif given is not None and isinstance(given.value, Mask):
            source = request.enumerated("mask", mask=given.value.format)
        else:
            source = fill(request)
            if isinstance(source, Enumerated):
                source = accepted_only(making, request.field, source)
    except GenerationError:
        return None
    return replace(source, start=0) if isinstance(source, Enumerated) else None


def is_generated(draft: Draft, making: Making, field: AnyField, source: Drawn | Enumerated) -> bool:
    """Whether a source is what the field's class, limits and name alone give."""
    key = source.key if isinstance(source, Enumerated) else None
    try:
        return accepted_only(making, field, fill(request_of(draft, making, field, key))) == source
    except GenerationError:
        return False


def is_spread(making: Making, name: str) -> bool:
    """Whether the recipe gives a range or a mask for a field."""
    given = making.given.get(name)
    return given is not None and isinstance(given.value, (Range, Mask))


def request_of(draft: Draft, making: Making, field: AnyField, unique_key: str | None = None) -> Request:
    """Return the request for values of a field of a making, all different where they have a key."""
    return Request(
        field=making.fillable(field),
        model=making.shape.label,
        lane=making.lane(field.name),
        style=draft.style,
        locale=draft.locale,
        unique_key=unique_key,
    )


_CLOCKS: tuple[Callable[..., Any], ...] = (
    timezone.now,
    timezone.localtime,
    timezone.localdate,
    datetime.datetime.now,
    datetime.datetime.today,
    datetime.date.today,
)
# recognised, never called
_IDENTIFIERS: tuple[Callable[..., Any], ...] = (uuid.uuid1, uuid.uuid4)  # noqa: TID251


# Expressions of a db_default that the recipe speaks for, by path: importing some of them takes psycopg.
_DATABASE_CLOCKS = ("django.db.models.functions.datetime.Now", "django.contrib.postgres.functions.TransactionNow")
_DATABASE_IDENTIFIERS = ("django.contrib.postgres.functions.RandomUUID", "django.db.models.functions.uuid.UUID4")
_DATABASE_RANDOM = "django.db.models.functions.math.Random"


def _default(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """The field's own default where it can be valid; well-known callables read the recipe, not the machine."""
    if has_database_default(field):
        return _database_default(draft, making, field)
    if not field.has_default():
        return None
    default = field.default
    if not callable(default):
        return _usable(field, default)
    if default in _CLOCKS:
        return Const(moment(field, draft.now))
    if default in _IDENTIFIERS:
        return Drawn("uuids", making.lane(field.name))
    if default in (dict, list, str, int, bool):
        return _usable(field, default())
    return Default(field.name, path_of(default), making.lane(field.name))


def _usable(field: AnyField, default: Any) -> Source | None:
    """A default counts unless it is None, blank where the field may not be blank, or refused by the field itself."""
    if default is None:
        return None
    if default in field.empty_values and not field.blank:
        return None
    try:
        clean(field, default)
    except ValueError:
        return None  # which full_clean() refuses
    return Const(field.to_python(default))


def defaults_to_clock(field: AnyField) -> bool:
    """Whether a field that nobody sets holds the moment at which its row is made."""
    default: Any = field.db_default if has_database_default(field) else field.default
    path = f"{type(default).__module__}.{type(default).__qualname__}"
    return path in _DATABASE_CLOCKS or (callable(default) and default in _CLOCKS)


def has_database_default(field: AnyField) -> bool:
    return getattr(field, "db_default", models.NOT_PROVIDED) is not models.NOT_PROVIDED


def _database_default(draft: Draft, making: Making, field: AnyField) -> Source:
    default = field.db_default
    if isinstance(default, DatabaseValue):
        default = default.value
    path = f"{type(default).__module__}.{type(default).__qualname__}"
    if path in _DATABASE_CLOCKS:
        return Const(moment(field, draft.now))
    if path in _DATABASE_IDENTIFIERS and kind(field) == "uuid":
        return Drawn("uuids", making.lane(field.name))
    if path == _DATABASE_RANDOM and kind(field) == "float":
        return request_of(draft, making, field).drawn("fractions", low=0, high=10**9 - 1, grain=9, places=None)
    if hasattr(default, "resolve_expression"):
        return ByDatabase(f"db_default {type(default).__name__}")
    return Const(field.to_python(default))
