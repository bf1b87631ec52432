"""What constraints say of unique texts that go by others: these are not drawn anew, so that their form alone has to pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase, digits

from fixturekit.blueprints import AnyField
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.values.conditions import Applied, Compared, Constant, Not, columns_of, truth
from fixturekit.values.disjuncts import Atom, disjuncts
from fixturekit.values.fields.limits import lengths
from fixturekit.values.fields.patterns import repeats_one_set
from fixturekit.values.narrowing import column_of
from fixturekit.values.sources import Enumerated, Following

_ANY = "\0"  # stands for each character of which nothing is known
_FEWEST = 5  # digits behind what is read; plain texts may have one
_UNLIMITED = 1000
_OF_FORM = frozenset({"isnull", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"})
_OF_LENGTH = frozenset({"gt", "gte", "lt", "lte", "range"})


def passes(draft: Draft, making: Making, field: AnyField, found: Following) -> bool:
    """Whether no constraint can have anything against the values, or they may be drawn anew where one has."""
    if not isinstance(found.own, Enumerated):
        return True
    about = [
        check.condition
        for check in making.checks
        if check.condition is not None and field.name in columns_of(check.condition)
    ]
    return all(
        any(all(_has(draft, making, field, found, atom) for atom in way) for way in disjuncts(condition) or ())
        for condition in about
    )


def _has(draft: Draft, making: Making, field: AnyField, found: Following, atom: Atom) -> bool:
    """Whether every text that goes by others, with digits behind, holds a comparison."""
    compared = atom.part if isinstance(atom, Not) else atom
    if column_of(atom) != field.name or not isinstance(compared, Compared):
        return False
    if isinstance(atom, Not):
        told = compared.lookup in ("exact", "in") and {*compared.right} <= {Constant("")}
    elif compared.lookup == "regex":
        return _has_only(str(getattr(compared.right[0], "value", "")), found)
    else:
        told = compared.lookup in (_OF_LENGTH if isinstance(compared.left, Applied) else _OF_FORM)
    rows = [{field.name: text} for text in _texts(draft, making.fillable(field), found)]
    return told and all(
        truth(atom, row, draft.now, folding=folding) is True for row in rows for folding in (False, True)
    )


def _has_only(pattern: str, found: Following) -> bool:
    """Whether a pattern looks at single characters, and takes all that the texts may have."""
    args = dict(found.args)
    joined = args.get("between", "-") + "".join(args.get(name, "") for name in ("before", "joint", "after"))
    return (
        found.rule == "words"
        and repeats_one_set(pattern, 0)
        and all(re.search(pattern, char) for char in f"{ascii_lowercase}{digits}{joined}")
    )


def _texts(draft: Draft, field: AnyField, found: Following) -> Iterator[str]:
    """The shortest and the longest of the texts, of which nothing is known but how they begin and end."""
    args = dict(found.args)
    before, after = str(args.get("before", "")), str(args.get("after", ""))
    fewest = len(before) + (1 if draft.style == "plain" else _FEWEST) + len(after)
    for length in (fewest, lengths(field)[1] or _UNLIMITED):
        yield f"{before}{_ANY * (length - len(before) - len(after))}{after}"
