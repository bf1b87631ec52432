"""How the work goes, for a person at a terminal or a log."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.core.management.base import OutputWrapper
from django.core.management.color import Style

from fixturekit.execution.reporting import Outcome, Reporter
from fixturekit.recipes.naming import made_text, rows_text


class ConsoleReporter(Reporter):
    """Tells a person how the work goes: a line per recipe, and on a terminal how far it is."""

    def __init__(self, out: OutputWrapper, err: OutputWrapper, style: Style, verbosity: int) -> None:
        self._out = out
        self._err = err
        self._style = style
        self._quiet = verbosity < 1
        self._bar = not self._quiet and out.isatty()
        self._started = self._shown = 0.0
        self._rows = self._wanted = 0
        self._name = ""

    def start(self, name: str, rows: int) -> None:
        self._name, self._wanted, self._rows = name, rows, 0
        self._started = self._shown = time.perf_counter()
        self._line(f"  Applying {name}...", ending="")

    def progress(self, rows: int) -> None:
        self._rows += rows
        now = time.perf_counter()
        if self._bar and now - self._shown > 0.5:
            self._shown = now
            speed = self._rows / (now - self._started)
            left = (self._wanted - self._rows) / speed
            self._line(
                f"\r  Applying {self._name}... {self._rows} of {self._wanted} rows, {speed:,.0f} rows/s, {left:.0f} s left ",
                ending="",
            )

    def done(self, outcome: Outcome) -> None:
        if self._bar and self._shown > self._started:
            self._line(f"\r\x1b[K  Applying {outcome.name}...", ending="")
        self._line(self._verdict(outcome))
        for gave in outcome.gave_way:
            self._err.write(
                self._style.WARNING(
                    f"    {outcome.name} {gave.place}: row {gave.pk} of {gave.model} has this {gave.field} "
                    "already; the made row got another"
                )
            )
        for step, count in outcome.skipped:
            self._line(f"    {rows_text(count)} of {step} belong to another database")
        for step in outcome.differing:
            self._err.write(self._style.WARNING(f"    {outcome.difference(step)}"))

    def _verdict(self, outcome: Outcome) -> str:
        if outcome.faked:
            return self._style.SUCCESS(" FAKED")
        if outcome.already:
            return self._style.SUCCESS(" already applied by another process")
        made = made_text(outcome.rows, outcome.sides, outcome.adopted)
        return f" {made} {self._style.SUCCESS('OK')} ({outcome.seconds:.2f}s)"

    def followed(self, name: str, replaced: str) -> None:
        self._line(f"  {name} stands for {replaced}, applied before")

    def removed(self, names: Sequence[str], rows: int) -> None:
        for name in names:
            self._line(f"  Removing {name}... {self._style.SUCCESS('OK')}")
        self._line(f"  {rows_text(rows)} removed")

    def failed(self, name: str) -> None:
        if name == self._name:
            self._line("")

    def waiting(self) -> None:
        if not self._quiet:
            self._err.write(self._style.NOTICE(" waiting for another process that applies recipes..."))

    def _line(self, text: str, ending: str = "\n") -> None:
        if not self._quiet:
            self._out.write(text, ending=ending)
            self._out.flush()
