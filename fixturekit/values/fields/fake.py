"""What Faker's providers give: the door to the library itself, whose values are those of its version.

Faker is imported when the first of its sources is compiled, never before.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from fixturekit.values.registry import Drawing, generator
from fixturekit.values.sealing import undisturbed
from fixturekit.values.streams import Random, Words

WIDTH = 4  # words that seed a cell
_LOCK = threading.RLock()


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


def check_arguments(locale: str, name: str, arguments: Mapping[str, Any]) -> None:
    """Make sure that a provider takes these arguments.

    Raises:
        TypeError: It does not; the text says which.
    """
    found = provider(locale, name)
    assert found is not None  # the caller has looked it up
    inspect.signature(found).bind(**arguments)


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
