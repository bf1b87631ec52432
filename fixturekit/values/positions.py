"""Maps evaluated: from rows of one batch to rows of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fixturekit.values.picking import distinct, earlier, pick, weighted
from fixturekit.values.sources import (
    Around,
    At,
    Combined,
    Distinct,
    Each,
    Earlier,
    Fold,
    Listed,
    Map,
    Picked,
    Runs,
    Through,
    Weighted,
)
from fixturekit.values.streams import Lane, stream_key
from fixturekit.values.uniqueness import combined, label_entries


@dataclass(frozen=True, slots=True)
class Context:
    """Where a column stands: the recipe's seed and clock (aware), the step, the labels of its rows if it has any.

    In a batch whose rows come in runs (``Distinct``, ``Combined.per``), a label names a run. ``moved`` says of unique sets, by their
    key, which rows take another combination than the one whose turn it is.
    """

    seed: str
    step: str
    now: datetime
    labels: tuple[str, ...] | None = None
    moved: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def lane(self, name: str, width: int) -> Lane:
        """Return the words of a lane of this step."""
        return Lane(stream_key(self.seed, self.step, name), width, self.labels)


def positions(map: Map, context: Context, start: int, stop: int) -> Sequence[int | None]:
    """Return the position that each of the rows ``start`` to ``stop`` - 1 goes to; None where there is none."""
    if isinstance(map, Each):
        return range(start, stop)
    if isinstance(map, Fold):
        return [row % map.count for row in range(start, stop)]
    if isinstance(map, At):
        return [map.position] * (stop - start)
    if isinstance(map, Runs):
        return [row // map.length for row in range(start, stop)]
    if isinstance(map, Listed):
        return map.positions[start:stop]
    if isinstance(map, Through):
        return [map.positions[place] for place in _combination(map.map, context, start, stop)]
    return _drawn(map, context, start, stop)


def _drawn(
    map: Picked | Weighted | Distinct | Around | Earlier | Combined, context: Context, start: int, stop: int
) -> Sequence[int | None]:
    if isinstance(map, Picked):
        return pick(context.lane(map.lane, 1).words(start, stop), map.count)
    if isinstance(map, Weighted):
        return weighted(context.lane(map.lane, 1).words(start, stop), map.weights)
    if isinstance(map, Earlier):
        return earlier(context.lane(map.lane, 1).words(start, stop), start)
    if isinstance(map, Distinct):
        first, last = start // map.size, -(-stop // map.size)
        owners = context.lane(map.lane, map.size).words(first, last)
        skipped = start - first * map.size
        return distinct(owners, map.size, map.count)[skipped : skipped + stop - start]
    if isinstance(map, Around):
        words = Lane(stream_key(context.seed, context.step, map.lane), map.size).words(0, 1)
        distances = distinct(words, map.size, (map.count - 1) // 2)
        return [(row // map.size + 1 + distances[row % map.size]) % map.count for row in range(start, stop)]
    return _combination(map, context, start, stop)


def _combination(map: Combined, context: Context, start: int, stop: int) -> list[int]:
    first, last = start // map.per, -(-stop // map.per)
    numbers: Sequence[int] = range(map.start + first, map.start + last)
    if context.labels is not None:
        capacity = 1
        for size in map.sizes:
            capacity *= size
        numbers = label_entries(map.key, context.labels, map.start, capacity)[first:last]
    moved = context.moved.get(map.key)
    if moved:
        numbers = [moved.get(row, number) for row, number in enumerate(numbers, first)]
    entries = combined(map.sizes, map.key, numbers, map.axis)
    return entries if map.per == 1 else [entries[row // map.per - first] for row in range(start, stop)]
