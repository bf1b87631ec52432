"""A world in which code that is not ours draws the same random values for the same row.

The standard ``random`` module, and the operating system's randomness as ``uuid`` and ``secrets`` see it, are set
from the row's address while the seal is closed, and put back afterwards; the clock stands still where that is asked
for. They belong to the whole process, so only one thread at a time can be inside; they cannot be set for one thread
alone.
"""

from __future__ import annotations

import datetime
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import TracebackType
from typing import Any, TypeVar

from fixturekit.values.streams import stream_key, sub_random

Result = TypeVar("Result")
_LOCK = threading.RLock()


@contextmanager
def ambient(number: int) -> Iterator[None]:
    """Give the process another random state for a while, to see whether anything depends on it.

    Nobody else can close a seal meanwhile, so whoever is inside may change other things of the process too.
    """
    with _LOCK:
        state = random.getstate()
        random.seed(number)
        try:
            yield
        finally:
            random.setstate(state)


class Seal:
    """A context in which ``call`` runs a function as if row n were the only one.

    Args:
        seed: The recipe's seed.
        step: The step's part of stream addresses.
        lane: The lane that the random values belong to.
        clock: What every clock says inside, with zone; takes ``time-machine``. None: the clock goes on.
    """

    def __init__(self, seed: str, step: str, lane: str, clock: datetime.datetime | None = None) -> None:
        self._clock = clock
        self._key = stream_key(seed, step, f"{lane}!")
        self._undo: list[Callable[[], Any]] = []
        self._draw = random.Random(0)

    def __enter__(self) -> Seal:
        _LOCK.acquire()
        state = random.getstate()
        self._undo = [lambda: random.setstate(state)]
        self._patch(os, "urandom")
        self._patch(random, "_urandom")  # what random.SystemRandom, and so secrets, was given at import
        for shared in _shared_randoms():
            self._undo.append(_restorer(shared))
        if self._clock is not None:
            self._undo.append(_stopped(self._clock))
        return self

    def _patch(self, module: Any, name: str) -> None:
        original = getattr(module, name)
        setattr(module, name, self._bytes)
        self._undo.append(lambda: setattr(module, name, original))

    def _bytes(self, size: int) -> bytes:
        return self._draw.randbytes(size)

    def call(self, row: int | str, function: Callable[[], Result]) -> Result:
        """Run a function with all random sources set for a row."""
        self.row(row)
        return function()

    def row(self, row: int | str) -> None:
        """Set all random sources for a row, by its number or its label."""
        self._draw = sub_random(self._key, row)
        seed = self._draw.getrandbits(64)  # one for all: which of them the process has imported must not count
        random.seed(seed)
        for shared in _shared_randoms():
            shared.seed(seed)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for undo in reversed(self._undo):
                undo()
        finally:
            _LOCK.release()


def moves_whole_clock() -> bool:
    """Whether every clock of the process can be set, which takes ``time-machine``."""
    return find_spec("time_machine") is not None


def _stopped(clock: datetime.datetime) -> Callable[[], None]:
    """Stop all clocks, and return what lets them go on."""
    import time_machine

    # not in its own zone, which time-machine might make that of the process
    travel = time_machine.travel(clock.astimezone(datetime.timezone.utc), tick=False)
    travel.start()
    return travel.stop


def _shared_randoms() -> list[random.Random]:
    """The process-wide generators of Faker and factory_boy, where the project has imported them."""
    found: list[random.Random] = []
    for module, name in (("faker.generator", "random"), ("factory.random", "randgen")):
        shared = getattr(sys.modules.get(module), name, None)
        if isinstance(shared, random.Random):
            found.append(shared)
    return found


def _restorer(shared: random.Random) -> Callable[[], None]:
    state = shared.getstate()
    return lambda: shared.setstate(state)
