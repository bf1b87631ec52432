"""Rows that hang together: columns that the planner chose itself go by others of the same row.

The tables in ``values.meanings.rows`` say which. Only generated values are changed, and only into others that their
fields accept. What constraints say of them is tried in each row, which lets go of what it goes by where nothing else
helps. Recipes of style ``plain`` are left alone. Python calls, which are plain too, go by what somebody said: by
numerals nothing is to be read. Their times keep their order in any case, and as short a distance as there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from fixturekit.blueprints import AnyField, Table
from fixturekit.planning.computing import reads_of_row
from fixturekit.planning.draft import Draft
from fixturekit.planning.forms import passes
from fixturekit.planning.making import Making
from fixturekit.planning.scalars import is_generated
from fixturekit.values.canonical import held, kind
from fixturekit.values.conditions import columns_of
from fixturekit.values.fields.acceptance import acceptance
from fixturekit.values.fields.limits import highest, lengths, lowest, span, step
from fixturekit.values.fields.numbers import RANGES
from fixturekit.values.fields.stored import converts_itself, stored_forms
from fixturekit.values.following import follow
from fixturekit.values.literals import clean
from fixturekit.values.meanings import rows as names
from fixturekit.values.pools import formats
from fixturekit.values.sources import (
    Asked,
    ByDatabase,
    ByFactory,
    Called,
    Const,
    Copied,
    Counted,
    Drawn,
    Enumerated,
    Followed,
    Following,
    Hashed,
    Link,
    Mixed,
    Outside,
    Pinned,
    Source,
    Stored,
    Supplied,
    Templated,
    enumerates,
    parts,
)  # fmt: skip

Args = dict[str, Any]

_UNREAD = (
    Asked, ByDatabase, ByFactory, Called, Counted, Followed, Hashed, Link, Outside, Pinned, Stored, Supplied
)  # fmt: skip
# what is computed from the row, or known only to the database
_COMPUTED = (Counted, ByDatabase, ByFactory, Templated, Called, Copied, Stored, Hashed)
_UNREAD_IN_CALLS = (ByDatabase, ByFactory, Counted, Hashed, Link, Outside, Pinned, Stored)
_EMPTY = (Const(None), Const(""))
_ORDERED = ("after", "later that day")
_DIGITS = "[{digits:5}]{digits:5}"  # five digits for as long as they last, then ten
_ROOM_FOR_DIGITS = 10
_NUMERAL = 9  # as many digits as plain texts have
_LEGIBLE = 4  # characters of a text that are worth reading off others
_UNLIMITED = 1000


def follow_rows(draft: Draft, making: Making) -> None:
    """Let the generated columns of a making go by others of the same table where the names of their fields say so."""
    if making.factory is not None or (draft.style == "plain" and not draft.calling.follows):
        return
    before: dict[str, Source] = {}
    constrained = _constrained(making)
    for table in making.shape.tables:
        row = _Row(draft, making, table)
        for field in table.fields:
            if field.name in making.free and field.remote_field is None:
                if field.name in constrained:
                    before[field.name] = making.columns[field.name]
                _let_follow(row, field)
    _let_go(making, before)


def _constrained(making: Making) -> set[str]:
    """The columns that constraints are about."""
    conditions = [check.condition for check in making.checks if check.condition is not None]
    return {name for one in conditions for name in columns_of(one)} & making.columns.keys()


def _let_go(making: Making, before: dict[str, Source]) -> None:
    """Give columns back what they had that cannot be tried in a row, as they go by what is not known then."""
    while lost := [
        name
        for name in before
        if isinstance(making.columns[name], Following)
        and not enumerates(making.columns[name])
        and not readable(making, name)
    ]:
        making.columns.update({name: before[name] for name in lost})


def readable(making: Making, name: str) -> bool:
    """Whether a column's values are known before rows are written, with no more of the row than columns that are so too."""
    source = making.columns.get(name)
    if source is None:
        return False
    for part in parts(source):
        if isinstance(part, Following):
            if part is not source or enumerates(part) or not all(readable(making, other) for other in part.fields):
                return False
        elif isinstance(part, _COMPUTED) or (isinstance(part, Link) and part.batch == making.id):
            return False
    return True


def _let_follow(row: _Row, field: AnyField) -> None:
    source = row.making.columns.get(field.name)
    if isinstance(source, Mixed) and field.name in row.constrained:
        return  # what a label gives may not be tried
    if isinstance(source, Mixed) and isinstance(source.choose, tuple):
        new = tuple(_followed(row, field, part) for part in source.sources)
        if new != source.sources:
            row.making.columns[field.name] = replace(source, sources=new)
    elif source is not None:
        row.making.columns[field.name] = _followed(row, field, source)


def _followed(row: _Row, field: AnyField, source: Source) -> Source:
    """The source, or the one that goes by others, if there is a rule and the field takes what it gives."""
    if isinstance(source, (Drawn, Enumerated)) and is_generated(row.draft, row.making, field, source):
        for found in _candidates(row, field, source):
            known = row.says_enough(found) and row.may_read(field, found.fields)
            if known and _accepts(field, found) and passes(row.draft, row.making, field, found):
                return replace(found, own=Const(0)) if row.is_plain and found.rule in _ORDERED else found
    return source


def _candidates(row: _Row, field: AnyField, own: Drawn | Enumerated) -> Iterator[Following]:
    found = kind(field)
    if (own.enumeration if isinstance(own, Enumerated) else own.generator) == "choices":
        return
    if held(field) == "text":
        yield from _texts(row, field, own)
    elif isinstance(own, Enumerated):
        return  # numbers and dates that must differ have nothing to spare
    elif found in ("decimal", "float", "integer"):
        yield from _coordinates(row, field, own)
        yield from _numbers(row, field, own)
    elif found in ("date", "datetime", "time"):
        yield from _times(row, field, own)


# -- the row -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """The fields of one table, by the names that say what they mean."""

    draft: Draft
    making: Making
    table: Table

    @cached_property
    def constrained(self) -> set[str]:
        return _constrained(self.making)

    @cached_property
    def fields(self) -> dict[str, AnyField]:
        """The fields by meaning: a renamed one that keeps its lane keeps its meaning."""
        return {self.meaning(field): field for field in self.table.fields if field.remote_field is None}

    def meaning(self, field: AnyField) -> str:
        return self.making.lane(field.name).rpartition(".")[2].lower()

    def split(self, field: AnyField, known: Iterable[str]) -> tuple[str, str] | None:
        """The words in front of a name that is known, with an underscore, and the name."""
        name, wanted = self.meaning(field), set(known)
        if name in wanted:
            return "", name
        words = name.split("_")
        tails = ("_".join(words[at:]) for at in range(1, len(words)))
        tail = next((tail for tail in tails if tail in wanted), None)
        return None if tail is None else (name.removesuffix(tail), tail)

    def find(self, prefix: str, wanted: names.Names, *, but: AnyField) -> AnyField | None:
        """The first field of these names behind a prefix."""
        return next(self.find_each(prefix, wanted, but=but), None)

    def find_each(self, prefix: str, wanted: names.Names, *, but: AnyField) -> Iterator[AnyField]:
        """All fields of these names behind a prefix."""
        found = (self.fields.get(prefix + name) for name in wanted)
        return (field for field in found if field is not None and field is not but)

    def find_all(self, prefix: str, wanted: Iterable[names.Names], *, but: AnyField) -> tuple[str, ...] | None:
        """One field of each of these sets of names; None if one is missing."""
        found = [self.find(prefix, one, but=but) for one in wanted]
        return tuple(field.name for field in found if field is not None) if all(found) else None

    @property
    def is_plain(self) -> bool:
        """Whether values count, as those of Python calls do."""
        return self.draft.style == "plain"

    def says_enough(self, found: Following) -> bool:
        """Whether there is something to read: among plain values what somebody said, and moments."""
        return not self.is_plain or found.rule in _ORDERED or any(map(self._is_said, found.fields))

    def _is_said(self, name: str) -> bool:
        source = self.making.columns.get(name)
        return name not in self.making.free or isinstance(source, (Asked, Called, Following))

    def may_read(self, field: AnyField, others: Iterable[str]) -> bool:
        """Whether other columns are known when this one is made, and do not follow from it."""
        return all(self._is_known(name) and field.name not in reached(self.making, name) for name in others)

    def _is_known(self, name: str) -> bool:
        said = [part for part in parts(self.making.columns.get(name)) if part not in _EMPTY]
        unread = _UNREAD_IN_CALLS if self.draft.calling.follows else _UNREAD
        return bool(said) and not any(isinstance(part, unread) for part in said)


def reached(making: Making, name: str) -> set[str]:
    """Return all columns that one follows from, itself too."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting.extend(_reads(making, at))
    return found


def _reads(making: Making, name: str) -> Iterator[str]:
    for part in parts(making.columns.get(name)):
        if isinstance(part, Copied):
            yield part.field
        elif isinstance(part, Followed):
            yield part.path.partition(".")[0]
        elif isinstance(part, Following):
            yield from part.fields
        elif isinstance(part, Templated):
            yield from reads_of_row(making, part)


# -- texts -------------------------------------------------------------------------------------------------------------


def _texts(row: _Row, field: AnyField, own: Drawn | Enumerated) -> Iterator[Following]:
    longest = lengths(row.making.fillable(field))[1] or _UNLIMITED
    for text in names.TEXTS:
        split = row.split(field, text.names)
        if split is None or not _applies(row, field, text):
            continue
        for way in text.ways:
            fields = row.find_all(split[0], way, but=field)
            if fields is None or (text.rule in names.ONLY_GIVEN and fields[0] in row.making.free):
                continue
            made = _text(row, text.rule, fields, own, longest)
            if made is not None:
                yield made


def _applies(row: _Row, field: AnyField, text: names.Text) -> bool:
    """``name`` is that of a person only where the row has its parts, ``code`` that of a country in its own table."""
    if text.rule == "country code" and (row.meaning(field) == "code" or text.ways == ((("name",),),)):
        return row.making.shape.model._meta.model_name == "country"
    return True


def _text(row: _Row, rule: str, fields: tuple[str, ...], own: Drawn | Enumerated, longest: int) -> Following | None:
    locale, unique = row.draft.locale, isinstance(own, Enumerated)
    shapes: dict[str, Args] = {
        "email": {"between": ".", "after": "@example.com"},
        "login": {"between": "."},
        "slug": {"joint": "-"},
        "website": {"before": "https://www.example.com/", "joint": "-"},
    }
    if rule in shapes or rule == "person":
        args = shapes.get(rule, {"joint": " "})
        room = longest - sum(len(args.get(part, "")) for part in ("before", "after"))
        room -= _ROOM_FOR_DIGITS + len(args.get("joint", "")) if unique else 0
        if room < _LEGIBLE:
            return None
        own = _digits(own, locale) if isinstance(own, Enumerated) else own
        if rule == "person":
            return _following("person", fields, own, locale=locale, room=room, unique=unique)
        return _following("words", fields, own, locale=locale, room=room, unique=unique, **args)
    if unique:
        return None
    if rule in ("first", "last"):
        return _following("part", fields, own, locale=locale, room=longest, last=rule == "last")
    if rule in ("country", "country of city"):
        return _following(
            "country", fields, own, locale=locale, room=longest, as_code=rule != "country" or longest < _LEGIBLE
        )
    if rule == "postcode":
        return _following("postcode", fields, own, locale=locale) if _spells(own, formats(locale)["postcode"]) else None
    return _following(rule, fields, own, locale=locale, room=longest)


def _digits(own: Enumerated, locale: str) -> Enumerated:
    """What makes unique texts differ that are read off others: plain ones have the row's number."""
    if own.counting:
        return replace(own, enumeration="numerals", args=(("longest", _NUMERAL), ("shortest", 1)))
    return replace(own, enumeration="text", args=(("locale", locale), ("template", _DIGITS)))


def _spells(own: Source, template: str) -> bool:
    """Whether a field has room for what the locale writes: else prefixes stand in the way."""
    return isinstance(own, Drawn) and dict(own.args).get("template") in (template, "{postcode}")


def _following(rule: str, fields: tuple[str, ...], own: Drawn | Enumerated, **args: Any) -> Following:
    return Following(rule, fields, own, tuple(sorted(args.items())))


# -- numbers -----------------------------------------------------------------------------------------------------------


def _numbers(row: _Row, field: AnyField, own: Drawn) -> Iterator[Following]:
    if step(field) is not None:
        return
    args = _held(row.making.fillable(field))
    yield from _ends(row, field, own, args)
    yield from _total(row, field, own, args)
    for number in names.NUMBERS:
        split = row.split(field, number.names)
        fields = row.find_all(split[0], number.reads, but=field) if split else None
        if not fields or not _are_numbers(row, fields, dates=number.rule == "age"):
            continue
        if number.rule == "age":
            if kind(field) == "integer":
                yield _following("age", fields, own, low=int(args["low"]), high=int(args["high"]))
        elif number.rule == "tax":
            yield _following("percentage", fields, own, percent=int(formats(row.draft.locale)["vat"]), **args)
        elif number.rule == "taxed":
            yield _following("percentage", fields, own, percent=100 + int(formats(row.draft.locale)["vat"]), **args)
        elif number.rule == "product":
            yield _following("product", fields, own, **args)
        else:
            yield _following(number.rule, fields, own, percent=number.percent, **args)


def _held(field: AnyField) -> Args:
    """How a field holds numbers, and from which to which."""
    found = kind(field)
    if found == "integer":
        valid = span(field, *RANGES.get(field.get_internal_type(), RANGES["IntegerField"]))
        return {"kind": found, "places": 0, "low": str(valid.low), "high": str(valid.high)}
    if found == "float":
        valid = span(field, -(10**15), 10**15)
        return {"kind": found, "places": 2, "low": str(valid.low), "high": str(valid.high)}
    places: int = field.decimal_places or 0  # type: ignore[attr-defined]
    most = 10 ** min(field.max_digits or 15, 15) - 1  # type: ignore[attr-defined]
    valid = span(field, -most, most, 10**places)
    return {"kind": found, "places": places, "low": f"{valid.low}e-{places}", "high": f"{valid.high}e-{places}"}


def _are_numbers(row: _Row, fields: Iterable[str], *, dates: bool = False) -> bool:
    wanted = ("date", "datetime") if dates else ("decimal", "float", "integer")
    found = (row.making.shape.field(name) for name in fields)
    return all(field is not None and kind(field) in wanted for field in found)


def _total(row: _Row, field: AnyField, own: Drawn, args: Args) -> Iterator[Following]:
    wanted, summands = names.TOTAL
    split = row.split(field, wanted)
    if split is None:
        return
    found = [(row.find(split[0], one, but=field), sign) for one, sign in summands]
    known = [(part.name, sign) for part, sign in found if part is not None]
    if found[0][0] is not None and len(known) > 1 and _are_numbers(row, [name for name, _ in known]):
        signs = tuple(sign for _, sign in known)
        yield _following("sum", tuple(name for name, _ in known), own, signs=signs, **args)


def _ends(row: _Row, field: AnyField, own: Drawn, args: Args) -> Iterator[Following]:
    words = row.meaning(field).split("_")
    for lower, upper in names.ENDS:
        if upper in words:
            name = "_".join(lower if word == upper else word for word in words)
            found = row.fields.get(name)
            if found is not None and _are_numbers(row, [found.name]):
                yield _following("above", (found.name,), own, **args)


def _coordinates(row: _Row, field: AnyField, own: Drawn) -> Iterator[Following]:
    """A point on land: the latitude chooses the place, or the city has, and the longitude goes by it."""
    is_latitude, split = True, row.split(field, names.LATITUDE)
    if split is None:
        is_latitude, split = False, row.split(field, names.LONGITUDE)
    if split is None or kind(field) == "integer" or lowest(field) is not None or highest(field) is not None:
        return
    digits = None if kind(field) == "float" else field.decimal_places  # type: ignore[attr-defined]
    if digits is not None and field.max_digits - digits < 3:  # type: ignore[attr-defined]
        return
    other = row.find(split[0], names.LONGITUDE if is_latitude else names.LATITUDE, but=field)
    city = row.find(split[0], names.CITY, but=field)
    word, common = Drawn("words", own.lane), {"locale": row.draft.locale, "digits": digits}
    if is_latitude and other is not None:
        yield _following("latitude", () if city is None else (city.name,), word, **common)
    elif other is not None:
        gone_by = other if city is None else city
        yield _following("longitude", (gone_by.name,), word, by_city=city is not None, **common)


# -- times -------------------------------------------------------------------------------------------------------------


def _times(row: _Row, field: AnyField, own: Drawn) -> Iterator[Following]:
    if lowest(field) is not None or highest(field) is not None:
        return
    word = Drawn("words", own.lane)
    for chain in names.CHAINS:
        for at, stage in enumerate(chain):
            split = row.split(field, stage.names)
            if split is None:
                continue
            for before in reversed(chain[:at]):
                yield from _after(row, field, split[0], before.names, stage, word)
            for after in chain[at + 1 :]:
                yield from _before(row, field, split[0], after, word)


def _after(
    row: _Row, field: AnyField, prefix: str, earlier: names.Names, stage: names.Stage, word: Drawn
) -> Iterator[Following]:
    days = kind(field) == "date"
    for other in row.find_each(prefix, earlier, but=field):
        if kind(field) == kind(other) == "time":
            low, high = names.LASTS_TODAY
            yield _following("later that day", (other.name,), word, low=low, high=high)
        elif kind(field) != "time" and kind(other) in ("date", "datetime"):
            low, high = stage.days if days else stage.seconds
            yield _following("after", (other.name,), word, low=low, high=high, until=stage.until, days=days)


def _before(row: _Row, field: AnyField, prefix: str, later: names.Stage, word: Drawn) -> Iterator[Following]:
    """What comes first goes by what comes later only where the recipe gives that."""
    days = kind(field) == "date"
    for other in row.find_each(prefix, later.names, but=field):
        if other.name not in row.making.free and kind(field) != "time" and kind(other) in ("date", "datetime"):
            low, high = later.days if days else later.seconds
            yield _following("after", (other.name,), word, low=-high, high=-max(low, 1), until="", days=days)


# -- what a field takes ------------------------------------------------------------------------------------------------

_SAMPLES = ("Anna-Maria", "O'Neil")


def _accepts(field: AnyField, found: Following) -> bool:
    """Whether a field takes texts of this kind: its own validators may ask for anything."""
    if found.rule not in ("words", "person"):
        return acceptance(field, None) is None
    if acceptance(field, found.own) is not None:
        return False  # what their validators refuse is drawn anew
    samples = [[_SAMPLES[place % 2]] for place in range(len(found.fields))]
    try:
        made = follow(found)(samples, ["12345"], datetime.min)  # noqa: DTZ901  texts ask no clock
        if isinstance(found.own, Enumerated) and not all(_stores(field, text) for text in made):
            return False
        return all(clean(field, text) == text for text in made)
    except ValueError:
        return False


def _stores(field: AnyField, text: str) -> bool:
    """Whether a field stores a text as it is, so that what differs still does then."""
    return not converts_itself(field) or {*stored_forms(field, text)} == {text}
