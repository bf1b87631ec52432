"""What the ledger is told of the rows of a recipe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fixturekit.execution.binding import Binding
from fixturekit.execution.writing import Written
from fixturekit.ledger import Digested
from fixturekit.models import ADOPTED, MADE
from fixturekit.planning.plan import Batch
from fixturekit.writers.keys import Keys, Listed, Ranges


def noted(batch: Batch, binding: Binding, keys: Keys) -> Iterator[tuple[str, Keys]]:
    """Yield the rows of a batch as the ledger notes them, in row order: made ones and adopted ones in turn."""
    standing = binding.standing(batch)
    if standing is None:
        yield MADE, keys
        return
    for adopted, start, stop in standing.kinds():
        listed = Listed()
        listed.extend(keys.take(range(start, stop)))
        yield ADOPTED if adopted and not standing.meanwhile else MADE, listed


def digested(binding: Binding, written: Written) -> dict[str, Digested]:
    """What the ledger is to know of the rows of each step."""
    gave_way = {gave.step for gave in binding.gave_way}
    return {
        step: Digested(
            digest.hex(), {path: column.hex() for path, column in digest.columns.items()}, gave_way=step in gave_way
        )
        for step, digest in written.digests.items()
    }


def side_rows(sides: list[tuple[str, Any]]) -> Iterator[tuple[str, Keys]]:
    """Group the rows that others made by model, in the order of their making; each once, however often it was noted."""
    grouped: dict[str, dict[Any, None]] = {}
    for model, key in sides:
        grouped.setdefault(model, {})[key] = None
    for model, noted in grouped.items():
        keys = list(noted)
        if all(type(key) is int for key in keys):
            yield model, Ranges.of(keys)
        else:
            listed = Listed()
            listed.extend(keys)
            yield model, listed
