"""A call as the recipe that it is: one step, with the shelves that act on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fixturekit.calling.arguments import (
    ASKED,
    COPY,
    GENERIC,
    ITEMS,
    MASK,
    NOTHING,
    ROW,
    ROWS,
    TOLD,
    VALUE,
    Reader,
    Shape,
    Slots,
)
from fixturekit.calling.library import Model, TaughtShelf
from fixturekit.calling.options import Options
from fixturekit.recipes import document
from fixturekit.recipes.document import Entry, Listing, Literal, Live, Make, Mapping, Mask, Recipe, Shelf, Step, Value
from fixturekit.values.sources import Asked, Const, Followed, Source, Supplied

SEED = "fixturekit"
"""The seed of calls that name none: each test starts from the same."""


def recipe_of(model: Model, shape: Shape, options: Options, shelves: Iterable[TaughtShelf]) -> Recipe:
    """Return the recipe that a call is."""
    ignore = tuple(options.ignore)
    step = Step(
        id=str(model._meta.model_name),
        make=model._meta.label,
        set=_Slotted().mapping(shape),
        use=options.named_shelve if options.use_library else "",
        save="each",
    )
    return Recipe(
        steps=(step,),
        seed=SEED if options.seed is None else options.seed,
        options=document.Options(style="plain", fill_nullable=options.fill_nullable, laps=options.laps, ignore=ignore),
        shelves=tuple(shelf_of(shelf) for shelf in shelves) if options.use_library else (),
    )


def shelf_of(taught: TaughtShelf, title: str = "") -> Shelf:
    """Return a taught shelf as one of a recipe, which holds its values themselves; ``title`` is who teaches it."""
    slots: Slots = []
    shape = Reader(title or f"shelf of {taught.model._meta.label}").read(taught.model, taught.values, slots)
    return Shelf(taught.model._meta.label, taught.name, _Held(slots).mapping(shape))


class _Slotted:
    """Makes values of a recipe of a shape; a value that is no part of it is the next slot of the call."""

    def __init__(self) -> None:
        self._next = 0

    def mapping(self, shape: Shape) -> Mapping:
        """Return the values of one row."""
        return Mapping(tuple(Entry(path, self._value(path, given)) for path, given in shape))

    def _value(self, path: str, given: Any) -> Value:
        if given == NOTHING:
            return Literal(None)
        if given == VALUE:
            return Live(self.slot(asked=False))
        if given == ASKED:
            return Live(self.slot(asked=True))
        if given == GENERIC:
            return Live(self.slot(asked=False, attribute=path.rpartition("__")[2]))
        return self._composed(path, given)

    def _composed(self, path: str, given: Any) -> Value:
        mark = given[0]
        if mark == TOLD:
            return Live(Const(given[2]))
        if mark == COPY:
            return Live(Followed(given[1]))
        if mark == MASK:
            return Mask(given[1])
        if mark == ROW:
            return self.mapping(given[1])
        if mark == ROWS:
            return Make(given[1]) if given[1] else Listing()
        assert mark == ITEMS
        return Listing(tuple(self._value(path, item) for item in given[1:]))

    def slot(self, *, asked: bool, attribute: str = "") -> Source:
        """Return the source of the next slot."""
        self._next += 1
        return Supplied(self._next - 1, asked, attribute)


class _Held(_Slotted):
    """Makes the values of a shelf, which holds what it was taught."""

    def __init__(self, slots: Slots) -> None:
        super().__init__()
        self._slots = iter(slots)

    def slot(self, *, asked: bool, attribute: str = "") -> Source:
        value = next(self._slots)
        return Asked(value) if asked else Const(value)
