"""Conditions in disjunctive normal form: the ways in which a row can hold them."""

from __future__ import annotations

from itertools import combinations, product
from typing import TypeAlias

from fixturekit.values.conditions import All, AnyOf, Compared, Condition, Constant, Not, Odd

Atom: TypeAlias = "Compared | Not"
"""A comparison, or a comparison that must not hold and that no other lookup says the opposite of."""

_OPPOSITE = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
_MOST = 32
_MOST_IN_XOR = 4


def disjuncts(condition: Condition) -> tuple[tuple[Atom, ...], ...] | None:
    """Return the ways to hold a condition, each as comparisons that must all hold, in the order in which they are written.

    A row passes a CHECK if none of the comparisons of one way is false: NULL is as good as true.

    Returns:
        None where there are far too many ways.
    """
    found = _ways(_positive(condition, wanted=True))
    return None if found is None else tuple(dict.fromkeys(tuple(dict.fromkeys(way)) for way in found))


def _positive(condition: Condition, *, wanted: bool) -> Condition:
    """The condition, or its opposite, with every negation at a comparison."""
    if isinstance(condition, Not):
        return _positive(condition.part, wanted=not wanted)
    if isinstance(condition, Compared):
        return condition if wanted else _opposite(condition)
    if isinstance(condition, Odd):
        if len(condition.parts) > _MOST_IN_XOR:
            return All((Not(condition),)) if not wanted else All((condition,))
        return _positive(_without_xor(condition), wanted=wanted)
    parts = tuple(_positive(part, wanted=wanted) for part in condition.parts)
    return All(parts) if isinstance(condition, All) == wanted else AnyOf(parts)


def _opposite(condition: Compared) -> Condition:
    if condition.lookup in _OPPOSITE:
        return Compared(_OPPOSITE[condition.lookup], condition.left, condition.right)
    if condition.lookup == "isnull":
        return Compared("isnull", condition.left, (Constant(condition.right[0] == Constant(False)),))
    if condition.lookup == "range":
        low, high = condition.right
        return AnyOf((Compared("lt", condition.left, (low,)), Compared("gt", condition.left, (high,))))
    return Not(condition)


def _without_xor(condition: Odd) -> Condition:
    numbers = range(len(condition.parts))
    sizes = range(1, len(condition.parts) + 1, 2)
    ways = (
        All(tuple(condition.parts[n] if n in held else Not(condition.parts[n]) for n in numbers))
        for size in sizes
        for held in combinations(numbers, size)
    )
    return AnyOf(tuple(ways))


def _ways(condition: Condition) -> list[tuple[Atom, ...]] | None:
    if isinstance(condition, (Compared, Not)):
        return [(condition,)]
    if isinstance(condition, Odd):
        return None
    parts = [_ways(part) for part in condition.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if isinstance(condition, AnyOf):
        found = [way for part in known for way in part]
        return found if len(found) <= _MOST else None
    count = 1
    for part in known:
        count *= len(part)
    if count > _MOST:
        return None
    return [tuple(atom for way in chosen for atom in way) for chosen in product(*known)]
