"""State, postcode, country and coordinates of the place that a row names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from fixturekit.values.following import Column, Follow, rule
from fixturekit.values.pools import formats, pool, rows

AROUND = 0.06  # degrees that a town is wide


class Place(NamedTuple):
    """A row of the pool ``places``."""

    city: str
    state: str
    postcode: str
    latitude: float
    longitude: float


def places(locale: str) -> list[Place]:
    """Return the places of a locale."""
    return [
        Place(city, state, postcode, float(latitude), float(longitude))
        for city, state, postcode, latitude, longitude in rows(locale, "places")
    ]


def _looked_up(table: dict[str, str], room: int) -> Follow:
    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        found = map(table.get, columns[0])
        return [text if text and len(text) <= room else instead for text, instead in zip(found, own, strict=True)]

    return values


@rule("state")
def follow_city(locale: str, room: int) -> Follow:
    """The state that a city of the locale lies in."""
    return _looked_up({place.city: place.state for place in places(locale)}, room)


@rule("country")
def follow_anywhere(locale: str, room: int, as_code: bool) -> Follow:
    """The country that a city of the locale lies in, or its code."""
    country = formats(locale)["country_code" if as_code else "country"]
    return _looked_up({place.city: country for place in places(locale)}, room)


@rule("country code")
def follow_country(locale: str, room: int) -> Follow:
    """The code of a country that is named in the locale's language."""
    return _looked_up(dict(zip(pool(locale, "countries"), pool(locale, "country_codes"), strict=True)), room)


@rule("country code of three")
def follow_country_to_three(locale: str, room: int) -> Follow:
    """The code of three letters of a country, by its name in the locale's language or its code of two letters."""
    three = pool(locale, "country_codes_3")
    by_name = zip(pool(locale, "countries"), three, strict=True)
    return _looked_up({**dict(by_name), **dict(zip(pool(locale, "country_codes"), three, strict=True))}, room)


@rule("country name")
def follow_country_code(locale: str, room: int) -> Follow:
    """The name of a country in the locale's language."""
    return _looked_up(dict(zip(pool(locale, "country_codes"), pool(locale, "countries"), strict=True)), room)


@rule("postcode")
def follow_city_to_postcode(locale: str) -> Follow:
    """A postcode that begins as those of the city do."""
    prefixes = {place.city: place.postcode for place in places(locale)}

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        found = ((prefixes.get(city, ""), code) for city, code in zip(columns[0], own, strict=True))
        return [prefix + code[len(prefix) :] for prefix, code in found]

    return values


@rule("latitude")
def follow_to_latitude(locale: str, digits: int | None) -> Follow:
    """A point in the city, or without one in some city of the locale."""
    known = places(locale)
    by_name = {place.city: place for place in known}
    number = _number(digits)

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        cities = columns[0] if columns else [None] * len(own)
        found = (by_name.get(city) or known[word * len(known) >> 32] for city, word in zip(cities, own, strict=True))
        return [number(place.latitude + _aside(word)) for place, word in zip(found, own, strict=True)]

    return values


@rule("longitude")
def follow_to_longitude(locale: str, digits: int | None, by_city: bool) -> Follow:
    """A point in the city, or in that of the latitude."""
    known = sorted(places(locale), key=lambda place: place.latitude)
    latitudes = [place.latitude for place in known]
    by_name = {place.city: place for place in known}
    number = _number(digits)

    def near(latitude: Any) -> Place:
        at = bisect_left(latitudes, float(latitude or 0))
        return min(known[max(at - 1, 0) : at + 1], key=lambda place: abs(place.latitude - float(latitude or 0)))

    def values(columns: Sequence[Column], own: Column, now: datetime) -> Column:
        found = (by_name.get(value) or near(0) for value in columns[0]) if by_city else map(near, columns[0])
        return [number(place.longitude + _aside(word)) for place, word in zip(found, own, strict=True)]

    return values


def _aside(word: int) -> float:
    """A small distance, of the low bits of a word whose high ones chose the place."""
    return ((word & 0xFFFF) / 0xFFFF - 0.5) * AROUND


def _number(digits: int | None) -> Callable[[float], Any]:
    """Degrees as a field holds them: decimals of so many places, floats for None."""
    if digits is None:
        return lambda degrees: round(degrees, 6)
    return lambda degrees: Decimal(f"{degrees:.{digits}f}")
