"""Recipes are replayed to see whether they still give the rows that were recorded; the database is left as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction

from fixturekit.exceptions import FixtureKitError
from fixturekit.execution.applier import Applier
from fixturekit.execution.makers import makers_of_pins
from fixturekit.execution.reporting import Outcome
from fixturekit.ledger import Digested
from fixturekit.marks import Mark, Problem
from fixturekit.recording.surroundings import kept_inside
from fixturekit.values.sealing import ambient


def replay(applier: Applier, names: Sequence[str]) -> list[Problem]:
    """Apply recipes and what they depend on in a transaction that is rolled back, and return what is not as recorded.

    Rows that recipes made before are removed in the same transaction. Mail and files of the project's code stay in
    memory meanwhile.

    Raises:
        ApplyError: Rows that recipes made cannot be removed.
    """
    alias = applier.connection.alias
    with ambient(1), kept_inside(), transaction.atomic(using=alias):
        problems = list(_Replay(applier, names).run())
        transaction.set_rollback(True, using=alias)
    return problems


class _Replay:
    """One replay, inside the transaction."""

    def __init__(self, applier: Applier, names: Sequence[str]) -> None:
        self._applier = applier
        self._order = applier.loader.graph.order(names)
        self._failed: set[str] = set()

    def run(self) -> Iterator[Problem]:
        again = self._applier.removable(self._order)
        before = {name: self._applier.ledger.digested(name) for name in again}
        if again:
            self._applier.clear(again)
        for name in self._order:
            yield from self._one(name, before.get(name, {}))

    def _one(self, name: str, before: dict[str, Digested]) -> Iterator[Problem]:
        missing = sorted(self._failed.intersection(self._applier.loader.graph.dependencies(name)))
        if missing:
            self._failed.add(name)
            yield self._problem("E101", name, f"{name} was not replayed: it needs {', '.join(missing)}", "")
            return
        try:
            # what a failure leaves behind must not be in the way of the next recipe
            with transaction.atomic(using=self._applier.connection.alias):
                outcomes = self._applier.apply([name])
        except FixtureKitError as error:
            self._failed.add(name)
            yield self._problem("E101", name, f"{name} cannot be replayed: {error}", "")
            return
        for outcome in outcomes:
            yield from self._compare(outcome, before)
        yield from self._hidden(name)

    def _hidden(self, name: str) -> Iterator[Problem]:
        """Tell of pins to rows of recipes that the recipe does not depend on: it was luck that they came before."""
        needed = self._applier.loader.graph.order([name])
        for pin, maker in makers_of_pins(self._applier.ledger, self._applier.plan(name).plan):
            if maker not in needed:
                message = (
                    f"!pin {pin.wanted} is a row of {pin.model} that {maker} makes, which {name} does not depend on"
                )
                hint = f"Write it into depends_on: makefixture --update {name}"
                yield Problem("fixturekit.W009", message, hint, pin.where, pin.mark)

    def _compare(self, outcome: Outcome, before: dict[str, Digested]) -> Iterator[Problem]:
        now = self._applier.ledger.digested(outcome.name)
        for step in dict.fromkeys(gave.step for gave in outcome.gave_way):
            message = (
                f"{outcome.name}: rows of this database have values that the step {step!r} makes, so its rows are not "
                "those of the file and were not compared"
            )
            yield self._problem("W008", outcome.name, message, "Replay in an empty database", step)
        for step in outcome.differing:
            if not now[step].gave_way:
                yield self._differs(outcome, step, now[step], before.get(step))

    def _differs(self, outcome: Outcome, step: str, now: Digested, before: Digested | None) -> Problem:
        name = outcome.name
        message = f"{name}: the rows of the step {step!r} are not those that were recorded"
        paths = dict.fromkeys((*before.columns, *now.columns)) if before else ()
        changed = [path for path in paths if before and before.columns.get(path) != now.columns.get(path)]
        if changed:
            message += f"; since they were applied to this database, {', '.join(changed)} changed"
        elif before:
            message += ", but the same as were applied to this database"
        message += f"; {outcome.moved}" if outcome.moved else ""
        hint = f"If that is as it should be, record them: makefixture --update {name}"
        return self._problem("E100", name, message, hint, step)

    def _problem(self, id: str, name: str, message: str, hint: str, step: str = "") -> Problem:
        loaded = self._applier.loader.recipes[name]
        found = loaded.document.step(step) if step else None
        mark = found.mark if found else Mark(loaded.shown, 1, 1)
        return Problem(f"fixturekit.{id}", message, hint, f"steps.{step}" if step else "", mark)
