"""Mappings from words to what is wanted: bounded numbers, picks, weighted choices, samples. Engine 1, frozen.

A mapping uses a fixed number of words for each row and never looks at another row. Picks go through a consistent hash:
when one more candidate is added at the end, only the rows that go to the new one move.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter

from fixturekit.values.streams import Words

ONE_WORD = 1 << 26  # a span up to this takes one word (uneven by less than 2 %), a bigger one two
MOST = (1 << 29) - 1  # more would need a longer word

_ALWAYS = 1 << 15  # table entries: below this a table is made for a single word
_NEVER = 1 << 20


# -- consistent hash -------------------------------------------------------------------------------------------------
#
# Linear hashing with partial expansions (Larson 1982). With 4G to 8G candidates (G a power of two) there are G groups
# of four to eight members; the next candidate always joins the group whose turn it is, and takes its share from the
# members there. A word is read as five bits of slot, then the group's bits (lowest first), then one bit u. A new
# member takes slots with u = 1 only, and when a group has eight members, the first four hold all of u = 0 and the last
# four all of u = 1: the group is now two groups of four, told apart by u, and nothing has moved.
#
# The 32 slots are a grid (a, b, h), a and b of 0..3. Four members own the slots by a; the last four of eight own
# them by b, so that each took the same from each of the first. In a group that was split off, a and b change places.


_LENT = {5: (4, 4, 4, 4), 6: (5, 5, 4, 4), 7: (5, 5, 6, 4)}  # who holds the slots (a, 3, 0) until there are eight


def _owner(members: int, u: int, a: int, b: int, h: int) -> int:
    """The member that owns a slot in a group of 1 to 8 members."""
    if members < 4:
        return _owner_of_few(members, a, u * 8 + b * 2 + h)
    if u == 0 or members == 4:
        return a
    if b + 4 < members:
        return b + 4
    return _LENT[members][a] if b == 3 and h == 0 else a


def _owner_of_few(members: int, a: int, j: int) -> int:
    """The same for one to three members; ``j`` numbers the 16 slots of each a."""
    if members == 1 or a < min(members, 2):
        return 0 if members == 1 else a
    if a == 2:
        return 2 if members == 3 else j % 2
    spread = (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2)[j]
    return spread if spread < members else int(j > 12)


def _slot_owners(members: int, u: int, swapped: bool) -> tuple[int, ...]:
    grid = [(slot >> 3, slot >> 1 & 3, slot & 1) for slot in range(32)]
    return tuple(_owner(members, u, b if swapped else a, a if swapped else b, h) for a, b, h in grid)


# by number of members, u, whether a and b change places
_OWNERS = [
    [[_slot_owners(members, u, swapped) for swapped in (False, True)] for u in (0, 1)] for members in range(1, 9)
]
_GETTERS = [[[itemgetter(*slots) for slots in pair] for pair in by_u] for by_u in _OWNERS]


def _layout(count: int) -> tuple[int, int, int, int]:
    """Return the group bits, the number of groups, the members of a group, and how many groups have one more."""
    bits = max(count.bit_length() - 3, 0)
    groups = 1 << bits
    if count < 4:
        return bits, groups, count, 0
    more, extra = divmod(count - 4 * groups, groups)
    return bits, groups, 4 + more, extra


def _indexes(group: int, groups: int) -> tuple[int, ...]:
    """The candidates that are members 0 to 7 of a group."""
    split = 1 << (group.bit_length() - 1) if group else 0  # the number of groups when this one was split off
    first = [member * split + 3 * split + group for member in range(4)] if group else [0, 1, 2, 3]
    return (*first, *(member * groups + group for member in range(4, 8)))


def _reversed_numbers(bits: int) -> list[int]:
    """All numbers of so many bits, in the order of their reversed bits."""
    numbers = [0]
    for _ in range(bits):
        numbers = [2 * n for n in numbers] + [2 * n + 1 for n in numbers]
    return numbers


def _table_size(count: int) -> int:
    return 64 << _layout(count)[0]


@lru_cache(maxsize=32)
def slots(count: int) -> Sequence[int]:
    """Return the table of picks among ``count`` (1 or more): a word's leading bits are the place, see ``pick``.

    Its length is a power of two, 64 at least and 8 to 16 times ``count``.
    """
    bits, groups, members, extra = _layout(count)
    columns = []
    for group in _reversed_numbers(bits):
        indexes = _indexes(group, groups)
        by_u = _GETTERS[members - 1 + (group < extra)]
        swapped = bin(group).count("1") & 1
        columns.append(by_u[0][swapped](indexes))
        columns.append(by_u[1][swapped](indexes))
    table: Words = array("I")
    for row in zip(*columns, strict=True):
        table.extend(row)
    return table


def _pick_each(words: Words, count: int) -> list[int]:
    """Pick without a table."""
    bits, groups, members, extra = _layout(count)
    shift, mask = 27 - bits, groups - 1
    owners, owners_of_more = _OWNERS[members - 1], _OWNERS[members % 8]
    result = []
    for word in words:
        group = int(bin(word >> shift & mask | groups)[:2:-1], 2) if bits else 0
        swapped = bin(group).count("1") & 1
        by_u = owners_of_more if group < extra else owners
        member = by_u[word >> shift - 1 & 1][swapped][word >> 27]
        if member >= 4:
            result.append(member * groups + group)
        elif group:
            result.append((member + 3 << group.bit_length() - 1) + group)
        else:
            result.append(member)
    return result


def pick(words: Words, count: int) -> list[int]:
    """Map each word to one of 0 to ``count`` - 1 by a consistent hash.

    Going from ``count`` to ``count`` + 1 moves only the rows that now get the new one, about one in ``count`` + 1.

    Raises ValueError where ``count`` is below 1 or 2**29 and above.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"cannot pick one of {count}: from 1 to {MOST} are possible")
    size = _table_size(count)
    if size <= _ALWAYS or (size <= _NEVER and size <= 128 * len(words)):
        table = slots(count)
        shift = 33 - size.bit_length()
        return [table[word >> shift] for word in words]
    return _pick_each(words, count)


# -- numbers ---------------------------------------------------------------------------------------------------------


def width_of(low: int, high: int) -> int:
    """Return how many words ``bounded`` takes for each row: 1, or 2 for a span above 2**26."""
    return 1 if high - low < ONE_WORD else 2


def bounded(words: Words, low: int, high: int) -> list[int]:
    """Map words to whole numbers from ``low`` to ``high``, both included, evenly; see ``width_of``.

    Raises ValueError where ``high`` is below ``low``.
    """
    span = high - low + 1
    if span < 1:
        raise ValueError(f"no number lies between {low} and {high}")
    if span <= ONE_WORD:
        return [low + (word * span >> 32) for word in words]
    return [low + ((first << 32 | second) * span >> 64) for first, second in zip(words[0::2], words[1::2], strict=True)]


def weighted(words: Words, weights: Sequence[float]) -> list[int]:
    """Map each word to a position in ``weights``, as often as its weight says.

    Raises ValueError where a weight is negative or all are zero.
    """
    exact = [Fraction(str(weight)) for weight in weights]
    total = sum(exact)
    if total <= 0 or min(exact) < 0:
        raise ValueError(f"weights must not be negative nor all zero: {list(weights)!r}")
    bounds = [int(reached * (1 << 32) / total) for reached in accumulate(exact)]
    return [bisect_right(bounds, word) for word in words]


def distinct(words: Words, size: int, count: int) -> list[int]:
    """Sample ``size`` different numbers of 0 to ``count`` - 1 for each owner (Floyd), owner after owner.

    Each owner has ``size`` words. The picks are consistent, so that one more candidate moves few of them.

    Raises ValueError where ``size`` is above ``count``.
    """
    if size > count:
        raise ValueError(f"cannot take {size} different ones of {count}")
    drawn = [pick(words[place::size], count - size + place + 1) for place in range(size)]
    result: list[int] = []
    for owner in zip(*drawn, strict=True):
        chosen: list[int] = []
        for place, number in enumerate(owner):
            chosen.append(count - size + place if number in chosen else number)
        result.extend(chosen)
    return result


def earlier(words: Words, start: int) -> list[int | None]:
    """Map row n (the first word is that of row ``start``) to one of the rows 0 to n - 1; row 0 to None."""
    return [(word * row >> 32) if row else None for row, word in enumerate(words, start)]
