"""Fields that want a source, and the functions that find one, registered by the classes of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from django.db import models

from fixturekit.exceptions import UnsupportedField
from fixturekit.values.pools import DEFAULT
from fixturekit.values.sources import ByDatabase, Const, Drawn, Enumerated, Selected, Stored

AnyField: TypeAlias = "models.Field[Any, Any]"
Filled: TypeAlias = Const | Drawn | Enumerated | Selected | Stored | ByDatabase

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Request:
    """A field that wants a source.

    ``model`` is the model's label for messages and meaning (``shop.Product``), ``lane`` the address of the values: its last part
    counts as the field's name, so that a renamed field that keeps its lane keeps its values. ``style`` is ``"plain"``
    or ``"lifelike"``. With ``unique_key`` all values must differ; it names the enumeration.
    """

    field: AnyField
    model: str
    lane: str
    style: str = "plain"
    locale: str = DEFAULT
    unique_key: str | None = None

    @property
    def name(self) -> str:
        """The name that says what the field means."""
        return self.lane.rpartition(".")[2].lower()

    @property
    def thing(self) -> str:
        """What a row is, in the words of the model's name: ``product_category``."""
        return _WORD.sub("_", self.model.rpartition(".")[2]).lower()

    @property
    def sort(self) -> str:
        """The last word of that: a product's review is no product."""
        return self.thing.rpartition("_")[2]

    @property
    def plain(self) -> bool:
        """Whether values are to be small and counting."""
        return self.style == "plain"

    @property
    def unique(self) -> bool:
        """Whether all values must differ."""
        return self.unique_key is not None

    def drawn(self, generator: str, **args: Any) -> Drawn:
        """Return a source that draws in the field's lane."""
        return Drawn(generator, self.lane, tuple(sorted(args.items())))

    def enumerated(self, enumeration: str, **args: Any) -> Enumerated:
        """Return a source of different values, from the beginning of their enumeration; plain ones in order."""
        return Enumerated(enumeration, self.unique_key or "", 0, tuple(sorted(args.items())), counting=self.plain)

    def unsupported(self) -> UnsupportedField:
        """Return the error that says that nothing fills this field."""
        return UnsupportedField(self.model, self.field.name, type(self.field).__name__)


Filler: TypeAlias = "Callable[[Request], Filled]"
_AnyFiller = TypeVar("_AnyFiller", bound="Callable[[Request], Filled]")

_FILLERS: dict[type[Any], Filler] = {}


def filler(*classes: type[Any]) -> Callable[[_AnyFiller], _AnyFiller]:
    """Register a function that fills fields of these classes and of the classes that derive from them.

    Raises ValueError where one of them has a filler already.
    """

    def register(function: _AnyFiller) -> _AnyFiller:
        for cls in classes:
            if cls in _FILLERS:
                raise ValueError(f"{cls.__name__} has a filler already, in {_FILLERS[cls].__module__}")
            _FILLERS[cls] = function
        return function

    return register


def registered(classes: Iterable[type[Any]]) -> Filler | None:
    """Return the filler of the first of these classes that has one, None where none has."""
    return next((_FILLERS[cls] for cls in classes if cls in _FILLERS), None)
