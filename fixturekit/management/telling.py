"""What ``makefixture`` says of what it recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.core.management.color import Style
from django.db import DatabaseError

from fixturekit.recording.bulk import Faster
from fixturekit.recording.learning import Learned
from fixturekit.recording.proof import Proof
from fixturekit.recording.recorder import Recording


class Telling:
    """Tells it to a person, as loudly as the command was asked to."""

    def __init__(self, out: OutputWrapper, err: OutputWrapper, style: Style, verbosity: int) -> None:
        self.out = out
        self.err = err
        self.style = style
        self._verbosity = verbosity

    def warn(self, recording: Recording) -> None:
        """Say what a person should know of the recipe before committing it."""
        if self._verbosity < 1:
            return
        for warning in recording.warnings:
            self.err.write(self.style.WARNING(f"    {warning}"))
        if recording.proof is None:
            return
        if recording.proof.failure:
            self.err.write(self.style.WARNING(f"    cannot be written again: {recording.proof.failure}"))
        for id, column, blame in recording.proof.unstable:
            self.err.write(self.style.WARNING(f"    not reproducible: {id}.{column}, {blame}"))
        if recording.proof.environment:
            names = ", ".join(recording.proof.environment)
            self.err.write(
                self.style.WARNING(
                    f"    code that makes these rows reads the environment ({names}), which may be another elsewhere"
                )
            )
        if recording.proof.frozen:
            self.err.write(
                "    Code that makes these rows reads the clock, which stands at the recipe's 'now' (needs: [freeze])"
            )
        for gave in recording.proof.gave_way:
            self.err.write(
                self.style.WARNING(
                    f"    {gave.place}: a row of {gave.model} has this {gave.field} already; what is recorded "
                    "of the step holds for this database only. Record it where there is no such row"
                )
            )

    def say_unvaried(self, proof: Proof | None, stream: OutputWrapper) -> None:
        """Say what the two replays had in common although a recipe must not depend on it, where that may matter."""
        if proof is None or self._verbosity < 1:
            return
        if not (proof.ran_code or self._verbosity > 1):
            return
        if proof.shared:
            stream.write(
                f"    Replayed twice in this process, so hash seeds were not varied: {proof.shared}. "
                "Another process compares: checkfixtures --replay"
            )
        if not proof.whole_clock:
            stream.write(
                "    Of the clock only django.utils.timezone was varied. For all of it: pip install "
                "'fixturekit[freeze]'"
            )


def told_learned(learned: Learned) -> str:
    """What was given to fields because the model's own code asked for it."""
    return f"{learned.step}: {learned.names} is given, since {learned.refusal.model} said: {learned.refusal.text}"


def told_faster(faster: Faster) -> str:
    """Say that a step is written in bulk, and what is not called then."""
    why = f"; {faster.why}" if faster.why else ""
    return f"{faster.step}: save: bulk, since its rows are those of save: each (tried on {faster.rows} rows{why})"


@contextmanager
def proving(options: dict[str, Any]) -> Iterator[None]:
    """Say of errors what a person at the command line needs to know."""
    try:
        yield
    except DatabaseError as error:
        without = "" if options["update"] else " Without it: --no-verify"
        raise CommandError(
            f"Database '{options['database']}' cannot be used to prove the recipe: {error}. Is it migrated?{without}"
        ) from error
