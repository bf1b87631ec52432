"""What a call gives, read into a shape and into values.

A shape is a hashable tuple of names with the kinds of their values: calls that differ in values alone share it, and the plan
that is made of it. The values are the call's *slots*, in the order of the shape.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeAlias

from django.db import models

from fixturekit.calling.library import Model
from fixturekit.calling.names import Kind, Name, UnknownName, find
from fixturekit.calling.options import Words
from fixturekit.calling.words import C, F, M
from fixturekit.exceptions import CallInvalid
from fixturekit.recipes.keys import MAX_COUNT
from fixturekit.values import canonical

Shape: TypeAlias = tuple[tuple[str, Hashable], ...]
"""Names, each with what is given: a mark of a slot, or a tuple that begins with a mark."""

VALUE = "value"
ASKED = "asked"
GENERIC = "generic"
NOTHING = "nothing"
TOLD = "told"
COPY = "copy"
MASK = "mask"
ROW = "row"
ROWS = "rows"
ITEMS = "items"
Slots: TypeAlias = "list[Any]"

WORDS = frozenset(Words.__annotations__)
"""The names of options."""

_INSTEAD = {
    "data_fixture": "Values count; seed= gives others.",
    "ddf_lesson": "Write named_shelve=.",
    "fk_min_depth": "Write fill_nullable_fields=, or number_of_laps= for circles.",
    "print_errors": "The error says it; P(instance) prints one.",
    "_quantity": "Write n=.",
    "_fill_optional": "Write fill_nullable_fields=.",
    "make_m2m": "Give the field a number of rows.",
    "_using": "Write using=.",
}
"""What options of other libraries are called here."""

_SIMPLE = frozenset({str, int, float, bool, bytes})


class Reader:
    """Reads what one call gives.

    Args:
        title: What messages call the call: ``G(shop.Book)``.
        strict: A name that a model does not have is an error; else it is left out with a warning.
        saved: The rows are going to be saved, so what they point at has to be.
        asks: The database may be asked.
    """

    __slots__ = ("_asks", "_saved", "_strict", "_title")

    def __init__(self, title: str, *, strict: bool = True, saved: bool = True, asks: bool = True) -> None:
        self._title = title
        self._strict = strict
        self._saved = saved
        self._asks = asks

    def read(self, model: Model, given: Mapping[str, Any], slots: Slots) -> Shape:
        """Return the shape of values, and add those that are no part of it to the slots.

        Raises:
            CallInvalid: A name means nothing, or a value is none that it takes.
        """
        found: list[tuple[str, Hashable]] = []
        for path, value in given.items():
            try:
                name = find(model, path)
            except UnknownName as error:
                self._unknown(error, path)
                continue
            found.append((path, self._value(name, value, slots)))
        return tuple(found)

    def _unknown(self, error: UnknownName, path: str) -> None:
        word = path.rpartition("__")[2]
        hint = f"'{word}' is an option of the call, not of a row." if word in WORDS else _INSTEAD.get(path, error.hint)
        message = f"{self._title}: {error}. {hint}".rstrip()
        if self._strict:
            raise CallInvalid(message) from None
        warnings.warn(f"{message} {path!r} is left out", RuntimeWarning, stacklevel=5)

    def _refuse(self, name: Name, why: str) -> CallInvalid:
        return CallInvalid(f"{self._title}: {name.label} {why}")

    def _value(self, name: Name, value: Any, slots: Slots) -> Hashable:
        kind = name.kind
        if kind is Kind.PLAIN:
            return self._plain(name, value, slots)
        if kind is Kind.ONE:
            return self._one(name, value, slots)
        if kind is Kind.GENERIC:
            return self._generic(name, value, slots)
        return self._several(name, value, slots)

    # -- one value -----------------------------------------------------------------------------------------------------

    def _plain(self, name: Name, value: Any, slots: Slots) -> Hashable:
        if type(value) in _SIMPLE and not name.told:
            slots.append(value)
            return VALUE
        if isinstance(value, F):
            raise self._refuse(name, f"is no relation, so {value!r} says nothing of it")
        if isinstance(value, models.Model):
            raise self._refuse(name, f"takes a value, not a row of {value._meta.label}")
        return self._common(name, value, slots)

    def _common(self, name: Name, value: Any, slots: Slots) -> Hashable:
        """What a column of any kind takes."""
        if isinstance(value, C):
            return (COPY, value.path)
        if isinstance(value, models.F):
            raise self._refuse(
                name,
                "is given django.db.models.F, which means a column of a row that is not there yet. Use fixturekit's C or F",
            )
        if isinstance(value, M):
            return (MASK, value.format)
        if value is None:
            return NOTHING
        if callable(value) and not hasattr(value, "resolve_expression"):
            slots.append(value)
            return ASKED
        if name.told and _is_hashable(value):
            return (TOLD, type(value), value)
        slots.append(value)
        return VALUE

    def _one(self, name: Name, value: Any, slots: Slots) -> Hashable:
        if isinstance(value, F):
            if name.raw:
                raise self._refuse(name, f"takes a key, not {value!r}: write it for the relation")
            assert name.model is not None
            return (ROW, self.read(name.model, value.given, slots))
        if isinstance(value, models.Model):
            self._check_row(name, value)
            slots.append(value)
            return VALUE
        if isinstance(value, M):
            raise self._refuse(name, f"is a relation, so {value!r} says nothing of it")
        if isinstance(value, (list, tuple, set, dict, models.QuerySet)):
            raise self._refuse(name, f"is a relation to one row, so it takes no {type(value).__name__}")
        if isinstance(value, bool) and name.field is not None and canonical.held(name.field) != "boolean":
            # for Python, True is the key 1
            raise self._refuse(
                name, f"takes a row, a key or F(...), not {value!r}. F() is a row of its own, None is none"
            )
        return self._common(name, value, slots)

    def _check_row(self, name: Name, value: models.Model) -> None:
        wanted = name.model
        if wanted is not None and not isinstance(value, wanted._meta.concrete_model or wanted):
            raise self._refuse(name, f"takes rows of {wanted._meta.label}, not of {value._meta.label}")
        if self._saved and value._state.adding:
            raise self._refuse(name, "is given a row that is not saved. Save it before, or write F(...)")

    def _generic(self, name: Name, value: Any, slots: Slots) -> Hashable:
        if value is None:
            return NOTHING
        if not isinstance(value, models.Model):
            raise self._refuse(name, f"takes a row of any model, or None, not {value!r}")
        if not self._asks:
            raise self._refuse(
                name, "needs a content type, which is a row of the database: leave persist_dependencies=False out"
            )
        if self._saved and value._state.adding:
            raise self._refuse(name, "is given a row that is not saved. Save it before")
        slots.append(value)
        return GENERIC

    # -- relations to many rows ------------------------------------------------------------------------------------------

    def _several(self, name: Name, value: Any, slots: Slots) -> Hashable:
        if not self._saved:
            raise self._refuse(name, f"is {name.kind.value}, and rows that are not saved have none. Use G")
        alone = name.kind is Kind.BACK_TO_ONE
        if isinstance(value, int) and not isinstance(value, bool):
            if not 0 <= value <= (1 if alone else MAX_COUNT):
                raise self._refuse(name, f"cannot have {value} rows" + (": it is a relation to one" if alone else ""))
            return (ROWS, value)
        if alone and isinstance(value, F):
            value = [value]
        if not isinstance(value, (list, tuple, models.QuerySet)):
            wanted = (
                "F(...) or None"
                if alone
                else "a number of rows, or a list of F(...)" + (", rows and keys" if name.kind is Kind.MANY else "")
            )
            raise self._refuse(name, f"is {name.kind.value}: it takes {wanted}, not {value!r}")
        self._refuse_twice(name, value)
        return (ITEMS, *(self._item(name, item, slots) for item in value))

    def _refuse_twice(self, name: Name, items: Iterable[Any]) -> None:
        keys = [item.pk if isinstance(item, models.Model) else item for item in items if not isinstance(item, F)]
        for number, key in enumerate(keys):
            if key is not None and key in keys[:number]:
                assert name.model is not None
                raise self._refuse(name, f"is given {name.model._meta.label} {key} twice, and would have it once")

    def _item(self, name: Name, item: Any, slots: Slots) -> Hashable:
        assert name.model is not None
        if isinstance(item, F):
            return (ROW, self.read(name.model, item.given, slots))
        if name.kind is not Kind.MANY:
            owner = name.label.rpartition(".")[2]
            raise self._refuse(
                name, f"makes new rows: write F(...) for each, not {item!r}. A row that exists keeps its {owner}"
            )
        if isinstance(item, models.Model):
            self._check_row(name, item)
        elif item is None or isinstance(item, (C, M, bool, list, tuple, dict)) or callable(item):
            raise self._refuse(name, f"takes rows, keys and F(...), not {item!r}")
        slots.append(item)
        return VALUE


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def takes_field(function: Callable[..., Any]) -> bool:
    """Whether a function that gives a value is to get the field: it has a parameter that it needs, or one called ``field``."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return _asks(function)
    if code.co_flags & inspect.CO_VARARGS:
        return True
    names = code.co_varnames[: code.co_argcount]
    return len(names) > len(getattr(function, "__defaults__", None) or ()) or "field" in names


def _asks(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False  # built-ins need not say what they take
    return any(
        parameter.name == "field"
        or parameter.kind is parameter.VAR_POSITIONAL
        or (parameter.default is parameter.empty and parameter.kind in (0, 1))
        for parameter in parameters
    )
