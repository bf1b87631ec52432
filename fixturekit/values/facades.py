"""What an expression, or a function of the project, sees of a row and of Faker: names to read, and nothing behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fixturekit.values.fields.fake import bound, draw, expressible
from fixturekit.values.streams import Words


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
        function = expressible(self._locale, name) if isinstance(name, str) else None
        if function is None:
            raise LookupError(f"there is no Faker provider {name!r} for expressions")

        def ask(*args: Any, **kwargs: Any) -> Any:
            bound(self._locale, function, *args, **kwargs)
            self._asked += 1
            words = self._words(self._asked)
            return draw(self._locale, words, self._seed, self._now, lambda: function(*args, **kwargs))

        return ask
