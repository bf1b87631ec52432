"""The order of batches: what is needed comes first; links that may be empty give way where there is a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """``item`` needs ``other`` first; a need that is not ``required`` may be met later, in a second pass."""

    item: str
    other: str
    required: bool


class RequiredCycle(ValueError):
    """Items need each other in a circle, and none of the needs can wait."""

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__(" -> ".join((*items, items[0])))
        self.items = tuple(items)


def order(items: Sequence[str], needs: Iterable[Need]) -> tuple[list[str], list[Need]]:
    """Put items in an order in which needs are met, as near to the given order as they allow.

    Args:
        items: Names, in the order in which they are wanted.
        needs: What must come before what; a need of an item for itself is ignored.

    Returns:
        The ordered names, and the needs that are met only later because they close a circle.

    Raises:
        RequiredCycle: The needs that cannot wait form a circle.
    """
    wanted: dict[str, list[Need]] = {item: [] for item in items}
    for need in needs:
        if need.item != need.other and need.other in wanted:
            wanted[need.item].append(need)
    done: dict[str, None] = {}
    later: list[Need] = []
    while len(done) < len(wanted):
        ready = next((item for item in wanted if item not in done and _met(wanted[item], done)), None)
        if ready is None:
            ready = _without_optional(wanted, done)
            later.extend(need for need in wanted[ready] if need.other not in done)
        done[ready] = None
    return list(done), later


def _met(needs: Iterable[Need], done: Mapping[str, None]) -> bool:
    return all(need.other in done for need in needs)


def _without_optional(wanted: Mapping[str, list[Need]], done: Mapping[str, None]) -> str:
    """Return the first waiting item that only optional needs hold back."""
    for item, needs in wanted.items():
        if item not in done and not any(need.required and need.other not in done for need in needs):
            return item
    raise RequiredCycle(_circle(wanted, done))


def _circle(wanted: Mapping[str, list[Need]], done: Mapping[str, None]) -> list[str]:
    """Follow required needs from the first waiting item until one repeats."""
    item = next(name for name in wanted if name not in done)
    path: list[str] = []
    while item not in path:
        path.append(item)
        item = next(need.other for need in wanted[item] if need.required and need.other not in done)
    return path[path.index(item) :]
