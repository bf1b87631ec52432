"""What an expression, or a function of the project, sees of a row and of Faker: names to read, and nothing behind them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fixturekit.values.fields.fake import draw, provider, providers
from fixturekit.values.streams import Words

_MOST = 1000  # the greatest number that asks for length or repetition
# Parameters of providers whose numbers are values, not lengths
_VALUES = {"min", "max", "min_value", "max_value", "step", "start", "end", "start_datetime", "end_datetime", "seed"}
# Providers that make files and tables, or that run others by name
_REFUSED = {
    "add_provider", "binary", "csv", "dsv", "enum", "fixed_width", "image", "json", "json_bytes", "psv", "pyobject",
    "pystruct", "tar", "tsv", "xml", "zip",
}  # fmt: skip


class Facade:
    """Something that is read by name: ``facade["name"]``."""

    __slots__ = ()

    def __getitem__(self, name: Any) -> Any:
        """Return what is there under a name.

        Raises:
            GenerationError: There is nothing, or it cannot be known.
        """
        raise NotImplementedError


class Faked(Facade):
    """Faker's providers as one cell asks them.

    Args:
        words: Gives what seeds a call, by its number in the cell.
        seed: Sets the standard ``random`` module; see ``undisturbed``.
        now: What dates count from, in UTC.
    """

    __slots__ = ("_asked", "_locale", "_now", "_seed", "_words")

    def __init__(self, locale: str, words: Callable[[int], Words], seed: Callable[[int], None], now: datetime) -> None:
        self._locale = locale
        self._words = words
        self._seed = seed
        self._now = now
        self._asked = 0

    def __getitem__(self, name: Any) -> Callable[..., Any]:
        """Return a provider.

        Raises:
            LookupError: Faker has none of this name, or it is not for expressions.
        """
        function = None if name in _REFUSED or not isinstance(name, str) else provider(self._locale, name)
        if function is None:
            raise LookupError(f"there is no Faker provider {name!r} for expressions")

        def ask(*args: Any, **kwargs: Any) -> Any:
            _check_small(function, args, kwargs)
            self._asked += 1
            words = self._words(self._asked)
            return draw(self._locale, words, self._seed, self._now, lambda: function(*args, **kwargs))

        return ask


def fakeable(locale: str) -> list[str]:
    """Return the names of the providers that expressions may ask."""
    return [name for name in providers(locale) if name not in _REFUSED]


def _check_small(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse numbers that ask a provider for something huge.

    Raises:
        ValueError: There is such a number.
        TypeError: The provider does not take these arguments.
    """
    given = inspect.signature(function).bind(*args, **kwargs).arguments
    for name, value in given.items():
        if name not in _VALUES and isinstance(value, (int, float)) and abs(value) > _MOST:
            raise ValueError(f"{name}={value} is too much for an expression: {_MOST} at most")
