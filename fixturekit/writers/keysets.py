"""Sets of keys of one model."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from fixturekit.writers.keyforms import KeyForm
from fixturekit.writers.keys import Keys, Listed, Ranges

# Rows that go themselves are left out by the database where a few ranges say which they are, and by the caller otherwise.
RANGES_IN_QUERY = 50


class KeySet:
    """Keys of rows of one model, each once; integers as ranges."""

    def __init__(self, form: KeyForm) -> None:
        self._form = form
        self._ranges: list[tuple[int, int]] = []
        self._values: dict[Any, None] = {}

    def add(self, keys: Keys) -> None:
        """Take in keys in prepared form."""
        if self._form.integers:
            ranges = keys if isinstance(keys, Ranges) else Ranges.of(list(keys))
            self._ranges = _merged([*self._ranges, *ranges.ranges])
        else:
            self._values.update(dict.fromkeys(self._form.all_python(keys)))

    def __contains__(self, key: Any) -> bool:
        """Whether a key in Python's form is among them."""
        if not self._form.integers:
            return key in self._values
        number = bisect_right(self._ranges, key, key=lambda pair: pair[0]) - 1
        return number >= 0 and key < sum(self._ranges[number])

    def keys(self) -> Keys:
        """Return them in prepared form."""
        return Ranges(tuple(self._ranges)) if self._form.integers else listed(self._form, self._values)

    def conditions(self) -> Iterator[tuple[str, list[Any]]]:
        return self._form.conditions(self.keys())

    def apart(self) -> tuple[str, list[Any]]:
        """Return the end of a condition that leaves these rows out, or an empty one where that would get long."""
        if not 0 < len(self._ranges) <= RANGES_IN_QUERY:
            return "", []
        column = self._form.quoted[0]
        ends = [end for first, length in self._ranges for end in (first, first + length - 1)]
        return f" AND {column} NOT BETWEEN %s AND %s" * len(self._ranges), ends


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, length in sorted(ranges):
        if merged and first <= sum(merged[-1]):
            begin, so_far = merged[-1]
            merged[-1] = (begin, max(so_far, first + length - begin))
        else:
            merged.append((first, length))
    return merged


def listed(form: KeyForm, keys: Iterable[Any]) -> Keys:
    """Keys in Python's form as the driver takes them."""
    return Ranges.of(sorted(keys)) if form.integers else Listed(form.all_prepared(keys))
