"""Different values of which a field, or a constraint on it alone, refuses some: what is left of their enumeration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from fixturekit.exceptions import GenerationError
from fixturekit.values.conditions import Condition, refuses
from fixturekit.values.fields.acceptance import acceptance
from fixturekit.values.fillers import AnyField
from fixturekit.values.registry import Space, enumeration, space
from fixturekit.values.sources import Arguments, Enumerated

_LISTED = 1 << 14  # up to so many values are all tried beforehand
_FEWEST, _MOST = 16, 256  # entries that belong to one row, of which it takes the first that is accepted
_PER_ENTRY = 1 << 14


@enumeration("tested")
def enumerate_tested(
    field: str, of: str, args: Arguments, rules: tuple[Condition, ...] = (), scattered: bool = False
) -> Space:
    """The values of another enumeration that a field accepts.

    A small space is tried as a whole. A large one is cut into equal parts, and value n is the first one accepted of the
    n-th of each part: two rows never ask for the same.

    Args:
        field: ``app.Model.field``.
        of: The other enumeration, with its ``args``.
        rules: Conditions on the field alone.
        scattered: Each value begins with a part of its own: those of one part may look alike.
    """
    source = Enumerated(of, "", 0, args)
    whole = space(source)
    if whole.capacity <= _LISTED:
        left = _accepted(field_at(field), source, rules)
        return Space(len(left), lambda entries: [deepcopy(left[entry]) for entry in entries])
    accepts = _test(field_at(field), source, rules)
    parts = min(max(whole.capacity // _PER_ENTRY, _FEWEST), _MOST)
    size = whole.capacity // parts
    return Space(size, _first_accepted(field, whole, accepts, size, parts, scattered))


@enumeration("parted")
def enumerate_parted(of: str, args: Arguments, parts: int, part: int = 0, scattered: bool = False) -> Space:
    """One of so many equal parts of another enumeration, whose value n belongs with value n of each other part.

    A row that takes the first of them that suits it never has what another row has.
    """
    whole = space(Enumerated(of, "", 0, args))
    size = whole.capacity // parts
    place = _placing(size, parts, scattered)
    return Space(size, lambda entries: whole.values([place(entry, part) for entry in entries]))


def _placing(size: int, parts: int, scattered: bool) -> Callable[[int, int], int]:
    """Where an entry stands in a part; if they are scattered, the first parts of neighbours are different ones."""
    if scattered:
        return lambda entry, part: entry + (entry + part) % parts * size
    return lambda entry, part: entry + part * size


def _first_accepted(
    field: str, whole: Space, accepts: Callable[[Any], bool], size: int, parts: int, scattered: bool
) -> Callable[[Sequence[int]], list[Any]]:
    place = _placing(size, parts, scattered)

    def values(entries: Sequence[int]) -> list[Any]:
        found = whole.values([place(entry, 0) for entry in entries])
        for at, entry in enumerate(entries):
            part = 0
            while not accepts(found[at]):
                part += 1
                if part == parts:
                    raise GenerationError(
                        f"none of {parts} generated values, such as {found[at]!r}, is accepted by the validators and "
                        f"constraints of {field}. Give it values in the recipe or on a shelf, or name a function for it in "
                        f"FIELD_GENERATORS"
                    )
                [found[at]] = whole.values([place(entry, part)])
        return found

    return values


@lru_cache(maxsize=64)
def _accepted(field: AnyField, source: Enumerated, rules: tuple[Condition, ...]) -> tuple[Any, ...]:
    """All values of a small space that the field accepts, kept: a plan asks for them several times."""
    whole, accepts = space(source), _test(field, source, rules)
    return tuple(value for value in whole.values(range(whole.capacity)) if accepts(value))


def _test(field: AnyField, source: Enumerated, rules: tuple[Condition, ...]) -> Callable[[Any], bool]:
    tests = acceptance(field, source)

    def accepts(value: Any) -> bool:
        if tests is not None and tests.refusal(value):
            return False
        return not any(refuses(rule, {field.name: value}) for rule in rules)

    return accepts


def field_at(path: str) -> AnyField:
    """Return the field of ``app.Model.field``. Raises LookupError where there is none."""
    label, _, name = path.rpartition(".")
    try:
        found: Any = apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist) as error:
        raise LookupError(f"there is no field {path}") from error
    field: AnyField = found
    return field
