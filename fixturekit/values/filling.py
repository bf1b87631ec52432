"""A Django field filled: which source makes valid values for it.

The source depends on the field alone (class, limits, choices, and in style lifelike its name), never on a database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from django.db import models

from fixturekit.exceptions import UnsupportedField
from fixturekit.values.pools import DEFAULT
from fixturekit.values.registry import load_fields
from fixturekit.values.sources import ByDatabase, Const, Drawn, Enumerated, Selected, Stored

AnyField: TypeAlias = "models.Field[Any, Any]"
Filled: TypeAlias = Const | Drawn | Enumerated | Selected | Stored | ByDatabase


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


def fill(request: Request) -> Filled:
    """Return the source for a field: from its choices, else by its class, the nearest base of it, or its internal type;
    texts of a pattern, where its validators ask for one that the usual texts have not.

    Defaults and null are the caller's business.

    Raises:
        UnsupportedField: Nothing is known that fills the field, or its limits leave no value.
    """
    from fixturekit.values.fields.choices import stored_choices  # which registers with this module
    from fixturekit.values.fields.patterns import by_pattern, regexes

    load_fields()
    field = request.field
    fill_usual = _filler_of(request)
    if isinstance(field, (models.CharField, models.TextField)) and regexes(field) and not stored_choices(field):
        return by_pattern(request, lambda: fill_usual(request))
    return fill_usual(request)


def _filler_of(request: Request) -> Filler:
    from fixturekit.values.fields.choices import fill_choices, stored_choices  # which registers with this module

    field = request.field
    if stored_choices(field):
        return fill_choices
    internal = getattr(models, field.get_internal_type(), models.Field)
    if internal is models.JSONField and not isinstance(field, models.JSONField):
        raise request.unsupported()  # its column holds JSON; what it makes of that is its own business
    for cls in (*type(field).__mro__, *internal.__mro__):
        if cls in _FILLERS:
            return _FILLERS[cls]
    raise request.unsupported()
