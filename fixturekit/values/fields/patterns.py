"""Texts that a regular expression asks for.

A pattern is read as a few skeletons. A skeleton is a text with a set of characters at each place, all of which the
pattern takes there, so that a text is drawn with one word for each place, and so that texts can be counted.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from itertools import accumulate, chain
from math import prod
from string import ascii_letters, ascii_lowercase, digits
from typing import Any

from django.core import validators as django

from fixturekit.exceptions import UnsupportedField
from fixturekit.values.fields.limits import lengths, validators_of
from fixturekit.values.fillers import AnyField, Filled, Request
from fixturekit.values.picking import pick
from fixturekit.values.registry import Context, Drawing, Space, compile_source, enumeration, generator
from fixturekit.values.sources import Const, Drawn, Enumerated
from fixturekit.values.streams import Words
from fixturekit.values.uniqueness import fold

Skeleton = tuple[str, ...]
"""The characters that may stand at each place."""

_MOST = 64  # skeletons of a pattern
_WAYS = 12  # numbers of repetitions that are tried
_ROOM = 200  # characters of a text where the field does not say
_TRIED = 32  # texts that decide whether the usual ones suit a pattern
_SOMEWHERE = Context("patterns", "", datetime(2026, 1, 1, tzinfo=timezone.utc))
KNOWN = (
    django.validate_slug,
    django.validate_unicode_slug,
    django.validate_comma_separated_integer_list,
)
"""Patterns that fillers of texts know the meaning of."""
_WORD = ascii_lowercase + digits
_ANYTHING = _WORD + ascii_letters[26:] + "-_.,:;!?#+*/()'\" "
_CATEGORIES = {
    "CATEGORY_DIGIT": digits,
    "CATEGORY_WORD": _WORD + ascii_letters[26:] + "_",
    "CATEGORY_SPACE": " ",
}
_EDGES = frozenset({"AT_BEGINNING", "AT_BEGINNING_STRING", "AT_END", "AT_END_STRING"})


class _Unreadable(Exception):
    """A pattern asks for something that skeletons cannot say."""


@dataclass(frozen=True, slots=True)
class _Ways:
    """Skeletons of a part of a pattern, the most usual first; ``ranks`` say how usual they are."""

    skeletons: tuple[Skeleton, ...]
    ranks: tuple[int, ...]

    @classmethod
    def of(cls, skeletons: Sequence[Skeleton]) -> _Ways:
        return cls(tuple(skeletons), tuple(range(len(skeletons))))

    def then(self, other: _Ways, room: int) -> _Ways:
        """Every skeleton of this part before every one of another, as far as there is room."""
        joined: dict[Skeleton, int] = {}
        for first, rank in zip(self.skeletons, self.ranks, strict=True):
            for second, more in zip(other.skeletons, other.ranks, strict=True):
                if len(first) + len(second) <= room:
                    joined.setdefault(first + second, rank + more)
        ordered = sorted(joined.items(), key=lambda item: item[1])[:_MOST]
        return _Ways(tuple(skeleton for skeleton, _ in ordered), tuple(rank for _, rank in ordered))


_NOTHING = _Ways.of([()])


class _Reader:
    """Reads what the parser of the standard library makes of a pattern."""

    def __init__(self, shortest: int, room: int) -> None:
        self._shortest = shortest
        self._room = room

    def sequence(self, parts: Any) -> _Ways:
        ways = _NOTHING
        for part in parts:
            ways = ways.then(self._part(str(part[0]), part[1]), self._room)
        return ways

    def _part(self, kind: str, value: Any) -> _Ways:
        if kind == "LITERAL":
            return _Ways.of([(chr(value),)])
        if kind == "NOT_LITERAL":
            return _Ways.of([(_usual(_without(chr(value))),)])
        if kind == "ANY":
            return _Ways.of([(_WORD,)])
        if kind == "IN":
            return _Ways.of([(_characters(value),)])
        if kind == "BRANCH":
            branches = [self.sequence(branch).skeletons for branch in value[1]]
            return _Ways.of(list(dict.fromkeys(_in_turn(branches)))[:_MOST])
        if kind == "SUBPATTERN":
            return self.sequence(value[-1])
        if kind == "ATOMIC_GROUP":
            return self.sequence(value)
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(*value)
        if (kind == "AT" and str(value) in _EDGES) or kind in ("ASSERT", "ASSERT_NOT", "AT"):
            return _NOTHING  # what it asks for is seen when the texts are tried
        raise _Unreadable(kind)

    def _repeated(self, least: int, most: Any, parts: Any) -> _Ways:
        least, most = int(least), min(int(most), self._room)
        inner = self.sequence(parts)
        found: list[tuple[Skeleton, ...]] = []
        for count in self._counts(least, most):
            ways = _NOTHING
            for _ in range(count):
                ways = ways.then(inner, self._room)
            found.append(ways.skeletons)
        return _Ways.of(list(dict.fromkeys(_in_turn(found)))[:_MOST])

    def _counts(self, least: int, most: int) -> list[int]:
        """How often a part may be repeated, the most usual number first."""
        if least == 0 and most == 1:
            return [1, 0]
        usual = [least + more for more in (5, 4, 6, 3, 7, 2, 8, 1)]
        wanted = [*usual, least, self._shortest, self._shortest - 1]
        return [count for count in dict.fromkeys(wanted) if least <= count <= most][:_WAYS] or [least]


def _in_turn(groups: Sequence[Sequence[Skeleton]]) -> Iterator[Skeleton]:
    """The first of each group, then the second of each, and so on."""
    longest = max(map(len, groups), default=0)
    return chain.from_iterable((group[at] for group in groups if at < len(group)) for at in range(longest))


def _without(characters: str) -> str:
    return "".join(char for char in _ANYTHING if char not in characters)


def _characters(items: Any) -> str:
    """The characters of a set, without those that a text had better not have where there are others."""
    kinds = [(str(kind), value) for kind, value in items]
    negated = bool(kinds) and kinds[0][0] == "NEGATE"
    found = "".join(_of_item(kind, value) for kind, value in kinds[negated:])
    if negated:
        found = _without(found)
    if not found:
        raise _Unreadable("a set without a character that is known here")
    return _usual("".join(dict.fromkeys(found)))


def _of_item(kind: str, value: Any) -> str:
    if kind == "LITERAL":
        return chr(value)
    if kind == "RANGE":
        low, high = value
        return "".join(map(chr, range(low, min(high, low + 511) + 1)))
    name = str(value)
    if name in _CATEGORIES:
        return _CATEGORIES[name]
    positive = name.replace("_NOT_", "_")
    if positive in _CATEGORIES:
        return _without(_CATEGORIES[positive])
    raise _Unreadable(name)


def _usual(characters: str) -> str:
    """Letters of one case and digits where a set has enough of them, never a blank where it has anything else."""
    lower = [char for char in characters if char in _WORD]
    upper = [char for char in characters if char in ascii_letters[26:]]
    letters = lower if any(char.isalpha() for char in lower) or not upper else [*upper, *lower]
    if len(letters) >= 5:
        return "".join(letters)
    printable = [char for char in characters if char.isprintable() and char != " " and not 0xD800 <= ord(char) < 0xE000]
    return "".join(printable) or characters


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a regular expression is read as; ``exact`` says that it takes each text of the skeletons."""

    skeletons: tuple[Skeleton, ...]
    exact: bool


@lru_cache(maxsize=256)
def read_pattern(pattern: str, flags: int, shortest: int, longest: int) -> Pattern | None:
    """Read a regular expression that is searched for in texts of ``shortest`` to ``longest`` characters.

    Returns:
        None where nothing here makes a text that it finds.
    """
    regex = re.compile(pattern, flags)
    parsed = _parsed(pattern, flags)
    try:
        ways = _Reader(shortest, longest).sequence(parsed)
    except _Unreadable:
        return None
    fitting = [skeleton for skeleton in ways.skeletons if shortest <= len(skeleton) <= longest]
    found = [skeleton for skeleton in fitting if all(map(regex.search, _samples(skeleton)))]
    simple = not re.search(r"\\[bB]|\(\?[=!<]", pattern)
    if not found:
        found = [skeleton for skeleton in fitting if any(map(regex.search, _samples(skeleton)))]
        simple = False
    return Pattern(tuple(found), simple) if found else None


@lru_cache(maxsize=256)
def repeats_one_set(pattern: str, flags: int) -> bool:
    """Whether a regular expression takes any text, empty ones aside, whose characters it takes one by one."""
    found = [(str(kind), value) for kind, value in _parsed(pattern, flags)]
    if len(found) != 3 or not (found[0][0] == found[2][0] == "AT") or found[1][0] != "MAX_REPEAT":
        return False
    least, most, inner = found[1][1]
    return least <= 1 and str(most) == "MAXREPEAT" and len(inner) == 1 and str(inner[0][0]) == "IN"


def _parsed(pattern: str, flags: int) -> Any:
    parser: Any = importlib.import_module("re._parser" if hasattr(re, "_parser") else "sre_parse")
    return parser.parse(pattern, flags)


def _samples(skeleton: Skeleton) -> Iterator[str]:
    for at in (0, -1):
        yield "".join(characters[at] for characters in skeleton)
    yield "".join(characters[place % len(characters)] for place, characters in enumerate(skeleton))


# -- fields ------------------------------------------------------------------------------------------------------------


def regexes(field: AnyField) -> list[django.RegexValidator]:
    """Return the validators of a field that ask for a text of a pattern, without those that its filler knows."""
    return [found for found in validators_of(field) if is_regex(found)]


def is_regex(validator: Any) -> bool:
    """Whether a validator only searches for a pattern, and nothing is known of what it means."""
    return (
        isinstance(validator, django.RegexValidator)
        and type(validator).__call__ is django.RegexValidator.__call__
        and not validator.inverse_match
        and validator not in KNOWN
    )


def compiled(validator: django.RegexValidator) -> re.Pattern[str]:
    """Return the pattern of a validator, which Django compiles when it is first asked for."""
    found: Any = validator.regex
    return re.compile(found.pattern, found.flags)


def by_pattern(request: Request, usual: Callable[[], Filled]) -> Filled:
    """Return the usual texts of a field where its patterns find them, else texts of the first pattern that suits.

    Raises:
        UnsupportedField: There are no usual texts, and none of the patterns can be read.
    """
    patterns = regexes(request.field)
    try:
        source: Filled | None = usual()
    except UnsupportedField:
        source = None
    if source is not None and _suits(source, patterns):
        return source
    for validator in patterns:
        found = _of_pattern(request, validator)
        if found is not None and (_suits(found, patterns) or source is None):
            return found
    if source is None:
        raise request.unsupported()
    return source


def _of_pattern(request: Request, validator: django.RegexValidator) -> Filled | None:
    shortest, longest = lengths(request.field)
    regex = compiled(validator)
    args: dict[str, Any] = {
        "pattern": regex.pattern,
        "flags": regex.flags,
        "shortest": shortest,
        "longest": min(longest or _ROOM, max(shortest, _ROOM)),
    }
    if read_pattern(**args) is None:
        return None
    if request.unique:
        return request.enumerated("pattern", **args)
    return request.drawn("pattern.count" if request.plain else "pattern", **args)


def _suits(source: Filled, patterns: Sequence[django.RegexValidator]) -> bool:
    """Whether the first texts of a source are found by all patterns, whatever the recipe's seed."""
    if not isinstance(source, (Const, Drawn, Enumerated)):
        return False
    texts = compile_source(source, _SOMEWHERE).values(0, _TRIED)
    return all(isinstance(text, str) and compiled(validator).search(text) for validator in patterns for text in texts)


# -- drawn -------------------------------------------------------------------------------------------------------------


def _found(pattern: str, flags: int, shortest: int, longest: int) -> tuple[Skeleton, ...]:
    found = read_pattern(pattern, flags, shortest, longest)
    if found is None:
        raise LookupError(f"nothing is known that the pattern {pattern!r} finds")
    return found.skeletons


@generator("pattern")
def draw_pattern(pattern: str, flags: int, shortest: int, longest: int) -> Drawing:
    """Texts that a regular expression finds: one of its skeletons, and a character for each place."""
    skeletons = _found(pattern, flags, shortest, longest)
    width = 1 + max(map(len, skeletons))

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        chosen = pick(words[0::width], len(skeletons))
        return [
            "".join(
                characters[word * len(characters) >> 32]
                for characters, word in zip(skeletons[one], words[row * width + 1 : (row + 1) * width], strict=False)
            )
            for row, one in enumerate(chosen)
        ]

    return Drawing(width, draw, draw)


# -- counted -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def distinct_skeletons(skeletons: tuple[Skeleton, ...]) -> tuple[Skeleton, ...]:
    """Return skeletons that have no text in common, also where case and accents do not count."""
    kept: list[Skeleton] = []
    for skeleton in skeletons:
        own = tuple(_told_apart(characters) for characters in skeleton)
        if not any(_meet(own, other) for other in kept):
            kept.append(own)
    return tuple(kept)


def _told_apart(characters: str) -> str:
    """One of the characters that are the same without case; a blank tells nothing apart."""
    found: dict[str, str] = {}
    for char in characters:
        if fold(char) or len(characters) == 1:
            found.setdefault(fold(char), char)
    return "".join(found.values()) or characters[0]


def _meet(one: Skeleton, other: Skeleton) -> bool:
    if len(one) != len(other):
        # blanks around a text do not count
        return any(fold(end) == "" for skeleton in (one, other) for end in (skeleton[0], skeleton[-1]) if skeleton)
    return all({*map(fold, a)} & {*map(fold, b)} for a, b in zip(one, other, strict=True))


@enumeration("pattern")
def enumerate_pattern(pattern: str, flags: int, shortest: int, longest: int) -> Space:
    """All texts of those skeletons that have none in common."""
    skeletons = distinct_skeletons(_found(pattern, flags, shortest, longest))
    sizes = [prod(map(len, skeleton)) for skeleton in skeletons]
    ends = list(accumulate(sizes))

    def text(entry: int) -> str:
        for skeleton, size, end in zip(skeletons, sizes, ends, strict=True):
            if entry < end:
                return _spelled(skeleton, entry - (end - size))
        raise IndexError(entry)

    def values(entries: Sequence[int]) -> list[str]:
        return list(map(text, entries))

    return Space(ends[-1], values, values)


def _spelled(skeleton: Skeleton, number: int) -> str:
    """The text of a number, the last place changing fastest."""
    spelled = []
    for characters in reversed(skeleton):
        number, place = divmod(number, len(characters))
        spelled.append(characters[place])
    return "".join(reversed(spelled))


@generator("pattern.count")
def count_pattern(pattern: str, flags: int, shortest: int, longest: int) -> Drawing:
    """The texts one after the other, then from the beginning."""
    space = enumerate_pattern(pattern, flags, shortest, longest)

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        return space.values([row % space.capacity for row in rows])

    return Drawing(0, draw, draw)
