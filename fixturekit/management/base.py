"""What fixturekit's commands have in common: errors for people, one database, progress on a terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.core.management.color import Style
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import FixtureKitError, RecipeAmbiguous, RecipeNotFound
from fixturekit.execution.applier import Outcome, Reporter
from fixturekit.recipes.loader import RecipeLoader

WRONG_WORD = 2
NO_ANSWER = 3


class RecipeCommand(BaseCommand):
    """A command that works with recipes: whatever fixturekit raises becomes a ``CommandError``.

    Exit codes are 1 for an error, 2 for a wrong word on the command line, 3 for a question that nobody answered.
    """

    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='The database to work on. Defaults to the "default" database.',
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (RecipeNotFound, RecipeAmbiguous) as error:
            raise CommandError(str(error), returncode=WRONG_WORD) from error
        except FixtureKitError as error:
            raise CommandError(str(error)) from error

    def connection(self, options: dict[str, Any]) -> BaseDatabaseWrapper:
        """The database that the command line names."""
        return connections[options["database"]]

    def loader(self) -> RecipeLoader:
        """The recipes of the project, loaded."""
        loader = RecipeLoader()
        loader.load()
        return loader

    def say_namesakes(self, name: str) -> None:
        """Say so where another app has a command of the same name, which stands behind ours."""
        for config in apps.get_app_configs():
            path = Path(config.path, "management", "commands", f"{name}.py")
            if config.label != "fixturekit" and path.is_file():
                self.stderr.write(
                    self.style.WARNING(f"{config.name} has a command '{name}' too; this is fixturekit's.")
                )

    def confirm(self, question: str, *, interactive: bool) -> None:
        """Go on only when somebody says yes.

        Raises:
            CommandError: Nobody can answer, or the answer is no.
        """
        if not interactive:
            return
        if not sys.stdin.isatty():
            raise CommandError(f"{question} Nobody can answer; use --noinput.", returncode=NO_ANSWER)
        if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was changed.", returncode=NO_ANSWER)


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
                    f"    {outcome.name} {gave.step}[{gave.row}]: a row of {gave.model} has this {gave.field} already; "
                    "the made row got another"
                )
            )
        for step, count in outcome.skipped:
            self._line(f"    {count} rows of {step} belong to another database")
        for step in outcome.differing:
            self._err.write(
                self._style.WARNING(f"    {outcome.name}: the rows of step {step} are not those that were recorded")
            )

    def _verdict(self, outcome: Outcome) -> str:
        if outcome.faked:
            return self._style.SUCCESS(" FAKED")
        if outcome.already:
            return self._style.SUCCESS(" already applied by another process")
        return f" {outcome.rows} rows {self._style.SUCCESS('OK')} ({outcome.seconds:.2f}s)"

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
