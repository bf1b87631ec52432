"""What Faker's providers give: the door to the library itself, whose values are those of its version.

Faker is imported when the first of its sources is compiled, never before.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from fixturekit.values.registry import Drawing, generator
from fixturekit.values.sealing import undisturbed
from fixturekit.values.streams import Random, Words

WIDTH = 4  # words that seed a cell
_LOCK = threading.RLock()
_MOST = 1000  # of whatever a provider is asked for
_LONGEST = 100_000  # characters or bytes
# Parameters of providers whose numbers are characters or bytes, or choices
_LENGTHS = ("length", "max_chars", "max_nb_chars", "min_chars", "min_file_size", "uncompressed_size")
# Parameters of providers whose numbers are values
_VALUES = frozenset((
    "build_from", "build_to", "center", "date_end", "date_start", "datetime_end", "datetime_start", "elements", "end",
    "end_date", "end_datetime", "height", "max", "max_value", "min", "min_value", "number", "prefixes", "seed", "start",
    "start_date", "start_datetime", "step", "version_from", "version_to", "width", "year",
))  # fmt: skip
# Parameters of providers whose texts name whatever Faker's generator has, and run it
_TEMPLATES = ("data_columns", "string_format")
_TYPES = ("allowed_types", "value_types")
# Providers that make files and tables, or that run others by name
_REFUSED = frozenset((
    "add_provider", "binary", "csv", "dsv", "enum", "fixed_width", "image", "json", "json_bytes", "psv", "pyobject",
    "pystr_format", "pystruct", "tar", "tsv", "xml", "zip",
))  # fmt: skip


@lru_cache(maxsize=8)
def faker(locale: str) -> Any:
    """Return Faker's generator for a locale, one for the process, which nobody else draws from.

    It keeps its ``Random``, which some providers hold on to: each cell seeds it anew.

    Raises:
        LookupError: Faker has no such locale.
    """
    from faker import Factory

    try:
        made: Any = Factory.create(locale, use_weighting=False)
    except AttributeError as error:
        raise LookupError(f"Faker has no locale {locale!r}") from error
    made.random = Random(0)
    made._is_seeded = True  # else some providers ask the operating system
    return made


def version() -> str:
    """Return the version of Faker that is installed."""
    from faker import VERSION

    return str(VERSION)


def providers(locale: str) -> list[str]:
    """Return the names of all providers of a locale."""
    return sorted(name for name, found in vars(faker(locale)).items() if not name.startswith("_") and callable(found))


def provider(locale: str, name: str) -> Callable[..., Any] | None:
    """Return a provider, None where Faker has none of this name."""
    found: Any = vars(faker(locale)).get(name)
    return found if callable(found) and not name.startswith("_") else None


def expressible(locale: str, name: str) -> Callable[..., Any] | None:
    """Return a provider that expressions may ask, None where there is none of this name."""
    return None if name in _REFUSED else provider(locale, name)


def fakeable(locale: str) -> list[str]:
    """Return the names of the providers that expressions may ask."""
    return [name for name in providers(locale) if name not in _REFUSED]


def bound(locale: str, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
    """Make sure that a provider takes these arguments, and that they ask for nothing huge or foreign.

    Raises:
        TypeError: It does not take them; the text says which.
        ValueError: They ask for too much, or have Faker run what they name.
    """
    given = inspect.signature(function).bind(*args, **kwargs).arguments
    for name, value in given.items():
        if name in _TEMPLATES and value is not None:
            raise ValueError(f"{name} has Faker run what it names: !jinja puts several providers together")
        if name in _TYPES:
            _check_types(locale, name, value)
        elif name not in _VALUES:
            _check_small(name, value, _LONGEST if name in _LENGTHS else _MOST)
    texts, longest = (given.get(name) for name in ("nb_texts", "max_nb_chars"))
    if isinstance(texts, int) and isinstance(longest, int) and texts * longest > _LONGEST:
        raise ValueError(f"{texts} texts of {longest} characters are too much: {_LONGEST} characters at most")


def _check_small(name: str, value: Any, most: int) -> None:
    for number in value if isinstance(value, (list, tuple)) else (value,):
        if isinstance(number, (int, float)) and abs(number) > most:
            raise ValueError(f"{name}={number} is too much: {most} at most")


def _check_types(locale: str, name: str, value: Any) -> None:
    """Faker runs the provider of each type: ``py`` before its name, or of its very name."""
    for kind in value if isinstance(value, (list, tuple)) else (value,):
        known = isinstance(kind, str) and (expressible(locale, f"py{kind}") or expressible(locale, kind))
        if kind is not None and not known:
            raise ValueError(f"{name} names {kind!r}, which is no provider for values")


def draw(locale: str, words: Words, seed: Callable[[int], None], now: datetime, function: Callable[[], Any]) -> Any:
    """Run a function that asks Faker's generator for a locale.

    Args:
        words: Seed the generator.
        seed: Sets the standard ``random`` module, from which a few providers draw; see ``undisturbed``.
        now: What Faker's dates count from, in UTC.
    """
    number = int.from_bytes(b"".join(word.to_bytes(4, "little") for word in words), "little")
    with _LOCK, _clock(now):
        faker(locale).random.seed(number)
        seed(number)
        return _plain(settled(function()))


def settled(value: Any) -> Any:
    """Return a value, but not one that every process puts in an order of its own.

    Raises:
        ValueError: It is such a one.
    """
    if isinstance(value, (set, frozenset)):
        raise ValueError("a set has no order that is the same everywhere")
    if isinstance(value, Iterator):
        raise ValueError(f"a {type(value).__name__} is no value")
    return value


# -- the clock ---------------------------------------------------------------------------------------------------------


class _Likewise(type):
    """Makes every instance of the class that it derives from one of its own, too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__mro__[1])


@lru_cache(maxsize=4)
def _telling(now: datetime) -> dict[str, type]:
    """What stands for the classes ``datetime`` and ``date`` in Faker's module of dates: they say what the recipe says."""

    class Moment(datetime, metaclass=_Likewise):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return now.astimezone(tz) if tz else now.replace(tzinfo=None)

    class Day(date, metaclass=_Likewise):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return now.date()

    return {"datetime": Moment, "dtdate": Day}


@contextmanager
def _clock(now: datetime) -> Iterator[None]:
    """Have Faker's module of dates read the recipe's clock. It asks the classes that it has imported."""
    from faker.providers import date_time

    told = {name: cls for name, cls in _telling(now).items() if hasattr(date_time, name)}
    kept = {name: getattr(date_time, name) for name in told}
    vars(date_time).update(told)
    try:
        yield
    finally:
        vars(date_time).update(kept)


def _plain(value: Any) -> Any:
    """A date or an instant as one of Python's own classes."""
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    return date(value.year, value.month, value.day) if isinstance(value, date) else value


# -- cells -------------------------------------------------------------------------------------------------------------


@generator("fake")
def draw_fake(provider: str, locale: str, arguments: tuple[tuple[str, Any], ...] = ()) -> Drawing:
    """What a provider gives under a random state seeded for each cell.

    An exception that it raises stands in the cell: who converts the cell knows its row.
    """
    function = vars(faker(locale))[provider]
    given = dict(arguments)

    def values(words: Words, rows: Sequence[int], now: datetime) -> list[Any]:
        cells: list[Any] = []
        with undisturbed() as seed:
            for at in range(0, len(words), WIDTH):
                try:
                    cells.append(draw(locale, words[at : at + WIDTH], seed, now, lambda: function(**given)))
                except Exception as error:  # noqa: BLE001  # whatever a provider may raise
                    cells.append(error)
        return cells

    return Drawing(WIDTH, values)
