"""Values that are computed: by Faker, by expressions, by functions of the project. What they read is followed and checked."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fixturekit.blueprints import AnyField, blueprint, related_model
from fixturekit.planning.draft import Draft
from fixturekit.planning.functions import NoFunction, find_function
from fixturekit.planning.making import Making
from fixturekit.planning.plan import computed
from fixturekit.planning.resolving import Refused, nearest
from fixturekit.recipes.document import Call, Fake, Jinja, plain
from fixturekit.values.fields.fake import bound, fakeable, provider, providers
from fixturekit.values.literals import cleaner
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import (
    FAKE,
    ByDatabase,
    Called,
    Const,
    Copied,
    Counted,
    Drawn,
    Earlier,
    Following,
    Link,
    Mixed,
    Outside,
    Pinned,
    Source,
    Templated,
    parts,
)  # fmt: skip

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Place = tuple[str, str]
"""A column: the id of its making, and its field."""


def context_of(draft: Draft, making: Making) -> Context:
    """Return where the columns of a making stand."""
    return Context(draft.seed, making.stream, draft.now, making.labels or None)


# -- what the recipe gives ---------------------------------------------------------------------------------------------


def faked(draft: Draft, making: Making, field: AnyField, value: Fake, lane: str) -> Source:
    """Return the source of a provider whose first value the field accepts.

    Raises:
        Refused: There is no such provider, or it does not take the arguments.
        ValueError: The field does not accept the value.
    """
    locale = draft.locale
    function = provider(locale, value.provider)
    if function is None:
        hint = nearest(value.provider, providers(locale))
        raise Refused("E074", f"Faker has no provider '{value.provider}' in {locale}", hint)
    try:
        arguments = tuple((entry.key, _argument(entry.key, plain(entry.value))) for entry in value.arguments)
        bound(locale, function, **dict(arguments))
    except (TypeError, ValueError) as error:
        raise Refused("E074", f"Faker's provider {value.provider}: {error}") from error
    args = (("arguments", arguments), ("locale", locale), ("provider", value.provider))
    source = Drawn(FAKE, lane, args)
    try:
        cleaner(field)(compile_source(source, context_of(draft, making)).values(0, min(making.count, 1) or 1)[0])
    except Exception as error:
        raise ValueError(f"!fake {value.provider} gives no value for it: {error}") from error
    return source


def _argument(name: str, value: Any) -> Any:
    """An argument as Faker takes it: where it asks for a date it reads distances, not days."""
    if "date" in name and isinstance(value, str) and _DAY.fullmatch(value):
        return datetime.date.fromisoformat(value)
    return value


def templated(draft: Draft, making: Making, value: Jinja, lane: str) -> Source:
    """Return the source of an expression that reads what the models have.

    Raises:
        Refused: It is no expression, or names what there is not.
    """
    from fixturekit.values.expressions import ExpressionError, compile_expression  # which imports Jinja

    try:
        expression = compile_expression(value.source)
    except ExpressionError as error:
        hint = nearest(error.word, error.known) or (f"There are {', '.join(error.known)}." if error.known else "")
        raise Refused("E072", str(error), hint) from error
    for path in expression.reads:
        _check_names(making, path)
    locale = draft.locale if "fake" in expression.names else ""
    for name in expression.fakes:
        if name not in fakeable(locale):
            raise Refused("E074", f"there is no 'fake.{name}' in an expression", nearest(name, fakeable(locale)))
    return Templated(value.source, lane, locale)


def _check_names(making: Making, path: tuple[str, ...]) -> None:
    """Make sure that a path leads along fields of the models, up to a value."""
    shape = making.shape
    for name in path:
        field = shape.key if name == "pk" else shape.field(name)
        if field is None and name in shape.relations:
            raise Refused("E076", f"row.{'.'.join(path)} leads to several rows, an expression reads one")
        if field is None:
            near = nearest(name, [field.name for field in shape.fields])
            raise Refused("E013", f"{shape.label} has no field '{name}'", near)
        target = related_model(shape, name)
        if target is None or name != field.name:
            return
        shape = blueprint(target)


def called(value: Call, lane: str) -> Source:
    """Return the source of a function that is there.

    Raises:
        Refused: It is not.
    """
    try:
        find_function(value.path)
    except NoFunction as error:
        hint = "Write a function f(field, row) in a module of an installed app, and its dotted path."
        raise Refused("E075", str(error), hint) from error
    return Called(value.path, lane)


# -- once all makings are known ----------------------------------------------------------------------------------------


def check_computed(draft: Draft) -> None:
    """Follow what expressions read; report what cannot be known, and circles."""
    reading = _Reading(draft)
    for making in draft.makings:
        for name, source in making.columns.items():
            if computed(source):
                making.columns[name] = reading.follow(making, name, source)
    for way in _circles(reading.edges):
        making = reading.makings[way[0][0]]
        if not any(computed(reading.makings[id].columns[name]) for id, name in way):
            continue
        names = [name if id == making.id else f"{reading.makings[id].path}{name}" for id, name in way]
        draft.problem(
            making,
            way[0][1],
            "E073",
            f"values read each other in a circle: {' -> '.join(names)}",
            "Give one of the fields a value of its own.",
        )


class _Reading:
    """Follows the paths of expressions from making to making.

    ``edges`` says which columns a column is computed from. A path to earlier rows of the same making is none: those are
    computed before.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.makings = {making.id: making for making in draft.makings}
        self.edges: dict[Place, dict[Place, None]] = {}
        for making in draft.makings:
            for name, source in making.columns.items():
                self.edges[making.id, name] = dict.fromkeys(_read_by(making, source))

    def follow(self, making: Making, name: str, source: Source) -> Source:
        """Return the source with what has to be read from the database for it."""
        if isinstance(source, Mixed):
            return replace(source, sources=tuple(self.follow(making, name, part) for part in source.sources))
        if not isinstance(source, Templated):
            return source
        from fixturekit.values.expressions import compile_expression

        needs: dict[Outside, None] = {}
        for path in compile_expression(source.text).reads:
            try:
                for place, need in self._walk(making, making, path, path):
                    if place is not None:
                        self.edges[making.id, name][place] = None
                    if need is not None:
                        needs[need] = None
            except Refused as error:
                self._draft.problem(making, name, error.id, str(error), error.hint)
        return replace(source, needs=tuple(needs))

    def _walk(
        self, start: Making, making: Making, path: tuple[str, ...], whole: tuple[str, ...]
    ) -> Iterator[tuple[Place | None, Outside | None]]:
        """Yield the columns on the way of a path, and what other recipes' rows have to say."""
        field = making.shape.key if path[0] == "pk" else making.shape.field(path[0])
        source = making.columns.get(field.name) if field is not None else None
        if field is None or source is None:
            return  # which is reported already
        yield (making.id, field.name), None
        if field.remote_field is None or path[0] != field.name or len(path) == 1:
            self._check_known(start, making, field, path[0], whole)
            return
        for part in parts(source):
            if isinstance(part, Link):
                for place, need in self._walk(start, self.makings[part.batch], path[1:], whole):
                    yield (None if isinstance(part.map, Earlier) else place), need
            elif isinstance(part, (Outside, Pinned)):
                read = self._existing(field, path, whole)
                yield None, replace(part, field=read) if isinstance(part, Outside) else None
            elif isinstance(part, Copied):
                yield from self._walk(start, making, (part.field, *path[1:]), whole)
            elif part != Const(None):
                raise _unknown(whole, f"which row {path[0]} leads to is known only when it is written")

    @staticmethod
    def _check_known(start: Making, making: Making, field: AnyField, name: str, whole: tuple[str, ...]) -> None:
        """Raises Refused where the value is not known when the expression is evaluated."""
        for part in parts(making.columns[field.name]):
            if isinstance(part, ByDatabase):
                raise _unknown(whole, "the database fills it")
            if isinstance(part, Counted) and making is start:
                raise _unknown(whole, "the database counts it, so it is known only when the row is written")
            if isinstance(part, Link) and part.batch == making.id and name == field.attname:
                raise _unknown(whole, "it is the key of a row that is made with this one")

    @staticmethod
    def _existing(field: AnyField, path: tuple[str, ...], whole: tuple[str, ...]) -> str:
        """The column that is read of a row which the recipe does not make."""
        target: type = field.related_model  # type: ignore[assignment]
        shape = blueprint(target)
        read = shape.key if path[1] == "pk" else shape.field(path[1])
        assert read is not None  # the names of the path have been checked
        if read.remote_field is not None and path[1] == read.name and len(path) > 2:
            raise _unknown(whole, f"row.{path[0]} exists already, and only its own fields can be read")
        return str(read.attname)


def _unknown(path: tuple[str, ...], why: str) -> Refused:
    return Refused("E076", f"row.{'.'.join(path)} cannot be read: {why}", "Read another field, or write the value.")


def _read_by(making: Making, source: Source) -> Iterator[Place]:
    """The columns that a source reads without an expression."""
    for part in parts(source):
        if isinstance(part, Copied):
            field = making.shape.field(part.field)
            if field is not None:
                yield making.id, field.name
        elif isinstance(part, Following):
            yield from ((making.id, name) for name in part.fields)
        elif isinstance(part, Link) and part.field and not isinstance(part.map, Earlier):
            yield part.batch, part.field


def reads_of_row(making: Making, source: Templated) -> Iterator[str]:
    """Yield the columns of its row that an expression reads; all of them where it reads other rows of the model."""
    from fixturekit.values.expressions import compile_expression

    for path in compile_expression(source.text).reads:
        field = making.shape.key if path[0] == "pk" else making.shape.field(path[0])
        if field is not None and field.related_model is making.shape.model and len(path) > 1:
            yield from making.columns
        elif field is not None:
            yield field.name


def _circles(edges: dict[Place, dict[Place, None]]) -> Iterator[list[Place]]:
    """Yield a way from a column back to itself for each set of columns that read each other."""
    done: set[Place] = set()
    for start in edges:
        way: list[Place] = []
        waiting: list[tuple[Place, bool]] = [(start, False)]
        while waiting:
            place, leaving = waiting.pop()
            if leaving:
                way.pop()
                done.add(place)
            elif place in way:
                yield [*way[way.index(place) :], place]
            elif place not in done:
                way.append(place)
                waiting.append((place, True))
                waiting.extend((following, False) for following in edges.get(place, ()))
