"""What cannot be planned rightly, told before a row is written: models whose rows hang together, numbers too long."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db import connections, models

from fixturekit.blueprints import AnyField, Blueprint, parent_links
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.values.canonical import kind
from fixturekit.values.contrib import bases
from fixturekit.values.sources import Const, Drawn, Enumerated, Selected, Source

# What a recipe has to give for rows of a tree where it gives anything of what the tree's library would keep.
_TREES = {
    "treebeard.mp_tree.MP_Node": ("path", "depth"),
    "treebeard.ns_tree.NS_Node": ("lft", "rgt"),
}
# significant digits of a decimal, where a database does not keep all
_DIGITS = {"sqlite": 15}


def makeable(draft: Draft, making: Making, labelled: Collection[str]) -> bool:
    """Whether rows of the making's model can be made; reports why not.

    Args:
        labelled: Fields that every label of the step sets.
    """
    shape = making.shape
    for found in (_several_keys(shape), _tree(making, {*making.given, *labelled})):
        if found is not None:
            draft.problems.add(*found, where=making.where, mark=making.mark)
            return False
    return True


def _several_keys(shape: Blueprint) -> tuple[str, str, str] | None:
    """A row whose tables do not all have one key."""
    roots = [table.model._meta.object_name for table in shape.tables if not parent_links(table.model)]
    if len(roots) > 1:
        message = f"{shape.label} has several parents with keys of their own ({', '.join(map(str, roots))})"
        return "E068", f"{message}, which cannot be made yet", "Pin rows that exist."
    for table in shape.tables:
        links = parent_links(table.model).values()
        if links and table.key not in links:
            message = f"{shape.label} has a key of its own ({table.key.name}) beside the link to its parent"
            return "E068", f"{message}, which cannot be made yet", "Pin rows that exist."
    return None


def _tree(making: Making, given: Collection[str]) -> tuple[str, str, str] | None:
    """Rows of a tree of which a recipe says half of where they stand."""
    tree = making.shape.tree
    if tree is None or not any(name in given for name in tree.kept):
        return None
    for path in bases(making.shape.model):
        missing = [name for name in _TREES.get(path, ()) if name not in given]
        if missing:
            names = " and ".join(_TREES[path])
            message = f"{making.shape.label} is a tree ({path}): {names} say where a row stands, and {missing[0]} is not given"
            hint = f"Leave them out: {tree.library.name} fills them, and '{tree.above}' says below which row."
            return "E071", message, hint
    return None


def ways_out(field: AnyField) -> str:
    """What may fill a field that nothing known fills, in words of a recipe and of ``makefixture`` alike."""
    if isinstance(field, models.FileField):
        return "Such as '!file data/one' or '!call app.module.function'."
    if isinstance(field, (models.CharField, models.TextField)):
        return "Such as '!seq \"A-{n:05}\"', which counts, or '!call app.module.function'."
    return "Such as a value, or '!call app.module.function'."


def too_long(draft: Draft, field: AnyField, source: Source | None) -> str:
    """Why the database would round a decimal of the source, "" if it keeps them all."""
    digits = _DIGITS.get(connections[draft.alias].vendor)
    if digits is None or kind(field) != "decimal":
        return ""
    for value in _decimals(source):
        if len(value.normalize().as_tuple().digits) > digits:
            return f"{value:f} has more than {digits} significant digits, database '{draft.alias}' would round it"
    return ""


def _decimals(source: Source | None) -> list[Decimal]:
    """The constants of a source, or the longest numbers that it draws."""
    if isinstance(source, Const):
        return [source.value] if isinstance(source.value, Decimal) else []
    if isinstance(source, Selected):
        return [value for value in source.values if isinstance(value, Decimal)]
    if isinstance(source, (Drawn, Enumerated)):
        args = dict(source.args)
        longest = max(abs(args.get("low", 0)), abs(args.get("high", 0)))
        # numbers up to an end of so many units have as many digits as the one below it
        return [(Decimal(longest) - 1).scaleb(-args["grain"])] if longest > 1 and "grain" in args else []
    return []
