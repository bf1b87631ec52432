"""``manage.py applyfixtures``: replay recipes, or remove again what they made."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from fixturekit.execution.applier import Applier, refuse_production
from fixturekit.execution.verifying import verify
from fixturekit.management.base import WRONG_WORD, ConsoleReporter, RecipeCommand
from fixturekit.planning.rendering import render_plan


class Command(RecipeCommand):
    help = "Applies fixture recipes that are not applied yet, each in one transaction, dependencies first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "targets",
            nargs="*",
            metavar="target",
            help="What to apply: an app, an app and a recipe, or app.recipe (several). 'zero' after an app removes "
            "what its recipes made. Everything by default, but recipes that are manual.",
        )
        parser.add_argument("--plan", action="store_true", help="Show what would be written, in which way and why.")
        parser.add_argument(
            "--check", action="store_true", help="Exit with 1 if a recipe is not applied, or was edited since."
        )
        parser.add_argument("--fake", action="store_true", help="Mark recipes as applied without making rows.")
        parser.add_argument(
            "--reset", action="store_true", help="Remove what the named recipes made, then apply them again."
        )
        parser.add_argument(
            "--verify", action="store_true", help="Read the rows of applied recipes back and compare their digests."
        )
        parser.add_argument(
            "--cascade",
            action="store_true",
            help="With --reset and zero: also remove rows of others that depend on the made ones.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Write although DEBUG is off and this is no test database."
        )
        parser.add_argument(
            "--lock-timeout", type=float, metavar="SECONDS", help="How long to wait for another process. Default 60."
        )
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive", help="Do not ask for confirmation."
        )

    def handle(self, *, targets: list[str], **options: Any) -> None:
        self.say_namesakes("applyfixtures")
        self._refuse_mixture(options)
        connection = self.connection(options)
        reporter = ConsoleReporter(self.stdout, self.stderr, self.style, options["verbosity"])
        applier = Applier(self.loader(), connection, reporter, options["lock_timeout"])
        removing = len(targets) == 2 and targets[1] == "zero"
        names = applier.loader.resolve(targets[:1] if removing else targets) if targets else applier.automatic()
        if removing and not options["plan"]:
            self._zero(applier, names, options)
        elif options["plan"]:
            self._plan(applier, names)
        elif options["check"]:
            self._check(applier, names)
        elif options["verify"]:
            self._verify(applier, names)
        else:
            self._apply(applier, names, targets, options)

    def _refuse_mixture(self, options: dict[str, Any]) -> None:
        """Say so where options ask for different things."""
        given = [f"--{name}" for name in ("plan", "check", "fake", "reset", "verify") if options[name]]
        if len(given) > 1:
            raise CommandError(f"{given[0]} and {given[1]} do not go together", returncode=WRONG_WORD)

    def _plan(self, applier: Applier, names: list[str]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING("Planned operations:"))
        pending = applier.pending(names)
        for name in pending:
            self.stdout.write(self.style.MIGRATE_LABEL(name) + f"  ({applier.loader.recipes[name].shown})")
            for line in render_plan(applier.plan(name).plan):
                self.stdout.write(f"    {line}")
        if not pending:
            self.stdout.write("  No recipes to apply.")

    def _check(self, applier: Applier, names: list[str]) -> None:
        states = applier.states()
        wanted = applier.loader.graph.order(names)
        missing = [name for name in wanted if states[name].applied is None]
        changed = [name for name in wanted if states[name].changed]
        for name in missing:
            self.stdout.write(f"  not applied: {name}")
        for name in changed:
            self.stdout.write(f"  edited since it was applied: {name}")
        if missing or changed:
            sys.exit(1)
        self.stdout.write("  All recipes are applied.")

    def _verify(self, applier: Applier, names: list[str]) -> None:
        found = 0
        applied = applier.ledger.applied()
        for name in applier.loader.graph.order(names):
            if name not in applied or applied[name].faked:
                continue
            differing = list(verify(applier, name))
            found += len(differing)
            verdict = self.style.ERROR("DIFFERS") if differing else self.style.SUCCESS("OK")
            self.stdout.write(f"  Verifying {name}... {verdict}")
            for difference in differing:
                self.stdout.write(f"    {difference}")
        if found:
            raise CommandError("Rows are not those that were recorded.")

    def _zero(self, applier: Applier, names: list[str], options: dict[str, Any]) -> None:
        removable = applier.removable(names)
        if not removable:
            self.stdout.write("  No applied recipes to remove.")
            return
        self._guard(applier, options)
        self.confirm(f"Remove all rows made by {', '.join(removable)}?", interactive=options["interactive"])
        removed = applier.remove(removable, cascade=options["cascade"])
        if options["verbosity"]:
            for name in removable:
                self.stdout.write(f"  Removing {name}... {self.style.SUCCESS('OK')}")
            self.stdout.write(f"  {removed.total} rows removed")

    def _guard(self, applier: Applier, options: dict[str, Any]) -> None:
        if not options["force"]:
            refuse_production(applier.connection)

    def _apply(self, applier: Applier, names: list[str], targets: list[str], options: dict[str, Any]) -> None:
        if options["reset"]:
            if not targets:
                raise CommandError("--reset needs the recipes to make anew: app.recipe", returncode=WRONG_WORD)
            again = applier.removable(names)
            self._zero(applier, names, options)
            names = [*names, *reversed(again)]
        pending = applier.pending(names)
        if options["verbosity"]:
            self._announce(pending)
        if pending:
            self._guard(applier, options)
            applier.apply(names, fake=options["fake"])

    def _announce(self, pending: list[str]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING("Operations to perform:"))
        labels = ", ".join(sorted({name.partition(".")[0] for name in pending})) or "(none)"
        self.stdout.write(self.style.MIGRATE_LABEL("  Apply fixture recipes: ") + labels)
        self.stdout.write(self.style.MIGRATE_HEADING("Applying recipes:"))
        if not pending:
            self.stdout.write("  No recipes to apply.")
