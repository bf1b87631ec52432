"""Which generated unique values are not free: existing rows have them, or other rows of the plan."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from fixturekit.blueprints import AnyField
from fixturekit.values.uniqueness import fold
from fixturekit.writers.base import Writer

# Of a table with more rows than LARGE, the values of at most FEW rows are looked up one statement at a time; else the
# whole column is read, which takes less time for each value.
LARGE = 100_000
FEW = 2_000
_EMPTY = 0
_MASK = (1 << 64) - 1


def folded(value: Any) -> Any:
    """A canonical value as it is compared: some databases take texts for equal that differ in case or accents."""
    return fold(value) if isinstance(value, str) else value


class Prints:
    """A set of values of which only 64 bits are kept, about sixteen bytes for each.

    It may take one value for another, about once in 10**8 runs of a million values: who must know asks again.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 << 10))
        self._count = 0

    def add(self, value: Any) -> None:
        print_ = _print(value)
        slot = self._slot(print_)
        if self._slots[slot] == _EMPTY:
            self._slots[slot] = print_
            self._count += 1
            if self._count * 2 > len(self._slots):
                self._grow()

    def __len__(self) -> int:
        return self._count

    def __contains__(self, value: Any) -> bool:
        return self._slots[self._slot(_print(value))] != _EMPTY

    def _slot(self, print_: int) -> int:
        """The slot that holds a print, or the empty one where it would be."""
        slots, last = self._slots, len(self._slots) - 1
        slot = print_ & last
        while slots[slot] not in (print_, _EMPTY):
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for print_ in before:
            if print_ != _EMPTY:
                self._slots[self._slot(print_)] = print_


def _print(value: Any) -> int:
    # of the text: integers hash to themselves, would crowd in neighbouring slots, and -1 has the hash of -2
    return (hash(str(value)) & _MASK) or 1


class Taken:
    """Values of one column that are not free.

    Args:
        wanted: How many values are going to be asked for.
    """

    def __init__(self, writer: Writer, model: type[models.Model], field: AnyField, wanted: int) -> None:
        self._writer = writer
        self._model = model
        self._field = field
        large = wanted > FEW or self._is_large()
        self._prints: Prints | set[Any] = Prints() if large else set()
        self._asks = large and wanted <= FEW and self._may_ask()
        if not self._asks:
            self.add(value for (value,) in writer.taken(model, [field.name]) if value is not None)

    @property
    def nothing(self) -> bool:
        """Whether it is known that no value is taken."""
        return not (self._asks or self._prints)

    def add(self, values: Iterable[Any]) -> None:
        """Count canonical values as taken."""
        for value in values:
            self._prints.add(folded(value))

    def among(self, values: Sequence[Any]) -> list[bool]:
        """Return for each of some canonical values whether it is taken."""
        found = [folded(value) in self._prints for value in values]
        if self._asks:
            held = self._held(values)
            found = [taken or offset in held for offset, taken in enumerate(found)]
        return found

    def owners(self, values: Iterable[Any]) -> dict[Any, Any]:
        """Return the existing rows that have some of these canonical values: folded value -> key."""
        wanted = {folded(value) for value in values}
        keys = [field.name for field in self._model._meta.pk_fields]
        rows = self._writer.taken(self._model, [self._field.name, *keys])
        held = ((folded(value), key) for value, *key in rows if value is not None)
        return {value: key[0] if len(key) == 1 else tuple(key) for value, key in held if value in wanted}

    def _may_ask(self) -> bool:
        return self._writer.column(self._field).reads == "canonical"

    def _is_large(self) -> bool:
        rows: models.QuerySet[Any] = models.QuerySet(self._model, using=self._writer.connection.alias)
        return bool(rows.order_by()[LARGE : LARGE + 1].exists())

    def _held(self, values: Sequence[Any]) -> set[int]:
        table = self._field.model._meta.db_table
        return self._writer.held(table, str(self._field.column), self._writer.column(self._field).convert([*values]))
