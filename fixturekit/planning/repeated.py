"""Shelves that give several rows one value of a unique field."""

from __future__ import annotations

from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.resolving import Given
from fixturekit.recipes.document import Literal, Seq
from fixturekit.values.sources import Const, Mixed, Sequence, Source


def check_repeated(draft: Draft) -> None:
    """Report what shelves say of unique fields where several rows would get the same value of it."""
    uses: dict[object, list[tuple[Making, str, Given, int]]] = {}
    for making in draft.makings:
        for name, given in making.given.items():
            if given.shelf and (name,) in making.shape.uniques and isinstance(given.value, (Literal, Seq)):
                rows = _rows_of(making.columns.get(name), making.count)
                if rows:
                    said = (given.where, given.mark, given.value)
                    uses.setdefault(said, []).append((making, name, given, rows))
    for found in uses.values():
        making, name, given, _ = found[0]
        if isinstance(given.value, Literal) and sum(rows for _, _, _, rows in found) > 1:
            message = f"is unique, and {given.shelf} gives {given.value.value!r} to more than one row"
            draft.problem(making, name, "E087", message, "Leave it out of the shelf, or write '!seq \"...{n}\"'.")
        elif isinstance(given.value, Seq) and len(found) > 1:
            others = " and ".join(other.id for other, _, _, _ in found)
            message = f"is unique, and {given.shelf} counts its values from 1 for each of {others}"
            draft.problem(
                making, name, "E087", message, "Leave it out of the shelf, or set it where the rows are made."
            )


def _rows_of(source: Source | None, count: int) -> int:
    """In how many rows a column has what was given to all of them."""
    if isinstance(source, Mixed) and isinstance(source.choose, tuple):
        return source.choose.count(0)  # labels that say nothing of it
    given = isinstance(source, Sequence) or (isinstance(source, Const) and source.value is not None)
    return count if given else 0
