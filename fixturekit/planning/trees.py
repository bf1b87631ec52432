"""Rows of trees: their library plants them, and the planner says below which row."""

from __future__ import annotations

from collections.abc import Collection

from fixturekit.blueprints import AnyField
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.plan import EACH
from fixturekit.values.contrib.trees import Tree
from fixturekit.values.sources import Const, Earlier, Link, Source


def planted(making: Making, labelled: Collection[str]) -> Tree | None:
    """Return the tree whose library plants a making's rows; None where the recipe says itself where they stand.

    Args:
        making: Rows of any model.
        labelled: Fields that labels of the step set.
    """
    tree = making.shape.tree
    if tree is None or any(name in making.given or name in labelled for name in tree.kept):
        return None
    return tree


def above(draft: Draft, making: Making, field: AnyField) -> Source | None:
    """Return where the rows of a tree stand if nobody says so, None if that is left to the library.

    In style lifelike a tree looks like one: a row is planted below one of those before it. Else rows are roots.
    """
    making.free.add(field.name)
    if draft.style == "lifelike" and making.count > 1 and not making.labels:
        return Link(making.id, Earlier(making.lane(field.name)))
    return None if field is making.shape.above else Const(None)


def refuse_saving(draft: Draft, making: Making) -> None:
    """Report a way of writing that would leave the tree's library out."""
    step = making.step
    if making.tree is not None and step.save not in ("", EACH):
        message = f"step {step.id}: rows of {making.shape.label} are planted one by one by {making.tree.library.name}"
        draft.problems.add(
            "E115",
            f"{message}, so 'save: {step.save}' cannot be",
            "Leave 'save' out.",
            where=f"{making.where}.save",
            mark=step.place("save"),
        )
