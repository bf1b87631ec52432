"""What calls remember between each other: how many rows of each model they have made, and what they were taught.

A test must not depend on which one ran before it. Django marks the blocks of a test case, so what a test does is kept
with its innermost block, and goes when that goes; a test begins with what its class has. Outside of such blocks the
process remembers, until ``fresh`` or ``reset``, or until its tables are emptied.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.models.signals import post_migrate

from fixturekit.calling.guards import Known
from fixturekit.calling.library import Library, Model


@dataclass(slots=True)
class Scope:
    """What calls for one database remember.

    Attributes:
        library: What they were taught.
        rows: By the model of the topmost table, the number of the next row.
        known: What is known of the values of unique sets.
        lock: Held while row numbers are taken.
    """

    library: Library
    rows: dict[Model, int] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def within(self) -> Scope:
        """Return the scope of a block inside of this one, which goes on from here."""
        return Scope(Library(self.library), dict(self.rows), self.known.copy())

    def forget_rows(self) -> None:
        """Count from the first row again."""
        self.rows.clear()
        self.known.forget()


class Process:
    """All that calls remember in this process: one address, one reset.

    ``setup`` is what the project's setup modules taught; it outlives tests and ``fresh``.
    """

    def __init__(self) -> None:
        self.setup = Library()
        self._library = Library(self.setup)
        self._scopes: dict[str, Scope] = {}
        self._blocks: WeakKeyDictionary[Any, Scope] = WeakKeyDictionary()
        self._lock = threading.RLock()
        self._importing = threading.local()

    # -- scopes ------------------------------------------------------------------------------------------------------

    def scope(self, alias: str) -> Scope:
        """Return the scope of calls that go to a database now."""
        if getattr(self._importing, "scope", None) is not None:
            scope: Scope = self._importing.scope
            return scope
        open_: list[Any] = connections[alias].atomic_blocks
        blocks = [block for block in open_ if block._from_testcase]
        if blocks:
            return self._blocks.get(blocks[-1]) or self._enter(blocks)
        return self._scopes.get(alias) or self._outside(alias)

    def _enter(self, blocks: list[Any]) -> Scope:
        with self._lock:
            scope = Scope(Library(self._library))
            for block in blocks:
                scope = self._blocks.setdefault(block, scope)
                if block is not blocks[-1]:
                    scope = scope.within()
            return scope

    def _outside(self, alias: str) -> Scope:
        with self._lock:
            return self._scopes.setdefault(alias, Scope(self._library))

    def layers(self) -> list[Library]:
        """Return the layers that are taught now: those of the open blocks of all databases, or that of the process."""
        if getattr(self._importing, "scope", None) is not None:
            return [self.setup]
        open_ = [alias for alias in connections if connections[alias].atomic_blocks]
        return list(
            {id(library): library for alias in open_ or ["default"] for library in [self.scope(alias).library]}.values()
        )

    @contextmanager
    def importing(self) -> Iterator[None]:
        """While a setup module is imported: what it teaches is kept, the rows that it counts are not."""
        before = getattr(self._importing, "scope", None)
        self._importing.scope = before or Scope(self.setup)
        try:
            yield
        finally:
            self._importing.scope = before

    @property
    def is_importing(self) -> bool:
        """Whether this thread is importing a setup module."""
        return getattr(self._importing, "scope", None) is not None

    # -- beginning anew ------------------------------------------------------------------------------------------------

    def forget_rows(self, alias: str) -> None:
        """Count the rows of a database from the first again, outside of test cases."""
        with self._lock:
            scope = self._scopes.get(alias)
        if scope is not None:
            scope.forget_rows()

    def reset(self) -> None:
        """Forget all that the process remembers, but for what setup modules taught."""
        with self._lock:
            self._library = Library(self.setup)
            self._scopes = {}

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """Count from the first row meanwhile, and forget afterwards what is taught meanwhile."""
        with self._lock:
            before = self._library, self._scopes
            self._library, self._scopes = Library(self._library), {}
        try:
            yield
        finally:
            with self._lock:
                self._library, self._scopes = before


process = Process()
"""What the calls of this process remember."""


def _emptied(*, using: str, **kwargs: Any) -> None:
    """A database that was migrated or flushed, as after a test with transactions of its own, begins anew."""
    process.forget_rows(using)


post_migrate.connect(_emptied, dispatch_uid="fixturekit.calling.scopes")
