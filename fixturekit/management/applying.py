"""What ``applyfixtures`` does once it is clear that there is something to do or to tell."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError

from fixturekit.exceptions import FixtureKitError, PlanError
from fixturekit.execution.applier import Applier
from fixturekit.execution.following import likely_renamed
from fixturekit.execution.production import refuse_production
from fixturekit.execution.verifying import verify
from fixturekit.management.base import WRONG_WORD, RecipeCommand, announce
from fixturekit.management.console import ConsoleReporter
from fixturekit.planning.rendering import render_plan
from fixturekit.recipes.naming import made_text
from fixturekit.recipes.scaling import alike


class Applying:
    """One run of the command, with its options."""

    def __init__(self, command: RecipeCommand, options: dict[str, Any]) -> None:
        self._command = command
        self._options = options
        self._out = command.stdout
        self._style = command.style
        reporter = ConsoleReporter(command.stdout, command.stderr, command.style, options["verbosity"])
        scale = 1.0 if options["scale"] is None else options["scale"]
        self._applier = Applier(
            command.recipes(),
            command.connection(options),
            reporter,
            options["lock_timeout"],
            scale=scale,
            strict=options["strict"],
        )

    def run(self, targets: list[str]) -> None:
        """Do what the options ask for with the recipes that the words name, or with all that are not manual."""
        removing = len(targets) == 2 and targets[1] == "zero"
        chosen = bool(targets or self._options["tag"])
        names = self._named(targets[:1] if removing else targets, removing)
        if self._options["prune"]:
            self._prune()
        elif removing and self._options["plan"]:
            self._plan_zero(self._applier.removable(names))
        elif removing:
            self._zero(names)
        elif self._options["plan"]:
            with self._edited_put_off(names, chosen) as names:
                self._plan(names)
        elif self._options["check"]:
            self._check(names if chosen else self._with_applied(names), [] if chosen else self._applier.gone())
        elif self._options["verify"]:
            self._verify(names if chosen else self._with_applied(names))
        elif self._options["reset"]:
            if not chosen:
                raise CommandError("--reset needs the recipes to make anew: app.recipe", returncode=WRONG_WORD)
            self._reset(names)
        else:
            with self._edited_put_off(names, chosen) as names:
                self._apply(names)

    def _named(self, targets: list[str], removing: bool) -> list[str]:
        """The recipes that the words mean, or all that are not manual; of these the ones with a wanted tag."""
        loader = self._applier.loader
        names = self._meant(targets, removing) if targets else self._applier.automatic()
        return self._command.tagged(loader, names, self._options["tag"])

    def _meant(self, targets: list[str], removing: bool) -> list[str]:
        """The recipes that the words mean: whole names where rows are removed, also of recipes whose files are gone."""
        if not (removing or self._options["reset"]):
            return self._applier.resolve(targets)
        if removing:
            return self._applier.loader.resolve(targets, gone=self._applier.gone(), whole=True)
        return self._applier.resolve(targets, whole=True)

    @contextmanager
    def _edited_put_off(self, names: list[str], chosen: bool) -> Iterator[list[str]]:
        """Go on with the recipes that depend on none that was edited since it was applied, and refuse the others then.

        Recipes that somebody named are refused before anything is done.
        """
        edited = [] if chosen else self._applier.edited(names)
        waiting = {name for one in edited for name in self._applier.loader.graph.dependents(one)}
        yield [name for name in names if name not in edited and name not in waiting]
        if edited:
            raise CommandError("\n".join(self._put_off(edited, waiting)))

    def _put_off(self, edited: list[str], waiting: set[str]) -> Iterator[str]:
        """Say why each edited recipe was passed over, and which others were for that."""
        applied = self._applier.applied()
        yield from (str(self._applier.changed(name)) for name in edited)
        missing = [
            name for name in self._applier.loader.graph.order(waiting) if name in waiting and name not in applied
        ]
        if missing:
            yield f"Not applied, since they depend on what was edited: {', '.join(missing)}"

    def _plan(self, names: list[str]) -> None:
        self._out.write(self._style.MIGRATE_HEADING("Planned operations:"))
        pending = self._applier.pending(names)
        if pending:
            self._warn_of_renamed()
        for name in pending:
            self._out.write(self._style.MIGRATE_LABEL(name) + f"  ({self._applier.loader.recipes[name].shown})")
            for line in render_plan(self._applier.plan(name).plan):
                self._out.write(f"    {line}")
        if not pending:
            self._out.write("  No recipes to apply.")

    def _plan_zero(self, removable: list[str]) -> None:
        self._out.write(self._style.MIGRATE_HEADING("Planned operations:"))
        applied = self._applier.applied()
        for name in removable:
            self._out.write(
                f"  Remove {self._style.MIGRATE_LABEL(name)}, {made_text(applied[name].rows, applied[name].sides)}"
            )
        if not removable:
            self._out.write("  No applied recipes to remove.")

    def _with_applied(self, names: list[str]) -> list[str]:
        """The recipes that would be applied, and manual ones that are."""
        states = self._applier.states()
        return [name for name, state in states.items() if name in names or state.applied]

    def _check(self, names: list[str], gone: list[str]) -> None:
        states = self._applier.states()
        wanted = self._applier.loader.graph.order(names)
        missing = [name for name in wanted if states[name].applied is None]
        changed = [name for name in wanted if states[name].changed]
        unfit = [name for name in wanted if not self._fits(name)]
        if missing:
            self._warn_of_renamed()
        for name in missing:
            self._say(f"  not applied: {name}")
        for name in changed:
            self._say(f"  edited since it was applied: {name}")
        for name in unfit:
            self._say(f"  does not fit the models any more: {name} (showfixtures -v2 says why)")
        for name in gone:
            self._say(f"  applied, but its file is gone: {name} (applyfixtures --prune removes its rows)")
        if missing or changed or unfit or gone:
            sys.exit(1)
        self._say("  All recipes are applied.")

    def _fits(self, name: str) -> bool:
        try:
            self._applier.plan(name)
        except PlanError:
            return False
        return True

    def _verify(self, names: list[str]) -> None:
        found = 0
        applied = self._applier.ledger.applied()
        states = self._applier.states()
        for name in self._applier.loader.graph.order(names):
            if name not in applied:
                continue
            if applied[name].faked:
                self._say(f"  Verifying {name}... faked: it has no rows")
                continue
            differing = list(verify(self._applier, name, states[name]))
            found += len(differing)
            verdict = self._style.ERROR("DIFFERS") if differing else self._style.SUCCESS("OK")
            self._say(f"  Verifying {name}... {verdict}")
            for difference in differing:
                self._say(f"    {difference}")
        if found:
            raise CommandError("Rows are not those that were recorded.")

    def _zero(self, names: list[str]) -> None:
        removable = self._applier.removable(names)
        if not removable:
            self._say("  No applied recipes to remove.")
            return
        self._ask_to_remove(removable)
        self._applier.remove(removable, cascade=self._options["cascade"])

    def _prune(self) -> None:
        gone = self._applier.gone()
        if self._options["plan"]:
            self._plan_zero(gone)
        elif gone:
            self._ask_to_remove(gone)
            self._applier.remove(gone, cascade=self._options["cascade"])
        else:
            self._say("  Every applied recipe has its file.")

    def _ask_to_remove(self, names: list[str]) -> None:
        self._guard()
        self._command.confirm(f"Remove all rows made by {', '.join(names)}?", interactive=self._options["interactive"])

    def _say(self, line: str) -> None:
        if self._options["verbosity"]:
            self._out.write(line)

    def _guard(self) -> None:
        if not self._options["force"]:
            refuse_production(self._applier.connection)

    def _reset(self, names: list[str]) -> None:
        """Make rows anew; what can be known to fail is refused before anybody is asked."""
        again = self._applier.removable(names)
        self._refuse_to_fail([*names, *reversed(again)], again)
        if again:
            self._ask_to_remove(again)
        self._guard()
        try:
            self._applier.reset(names, cascade=self._options["cascade"])
        except FixtureKitError as error:
            if again:
                self._out.write(self._style.NOTICE("  Nothing was removed: all rows are as they were."))
            raise error

    def _refuse_to_fail(self, names: list[str], again: list[str]) -> None:
        """Find before anything is removed what can be known: recipes that could not be applied again."""
        order = self._applier.loader.graph.order
        states = self._applier.states()
        self._applier.pending([name for name in order(names) if not set(order([name])) & set(again)])
        for name in order(names):
            if name in again or states[name].applied is None:
                self._applier.plan(name, anew=again)

    def _warn_of_renamed(self) -> None:
        for line in likely_renamed(self._applier.loader, self._applier.ledger):
            self._command.stderr.write(self._style.WARNING(line))

    def _apply(self, names: list[str]) -> None:
        pending = self._applier.pending(names)
        if pending:
            self._warn_of_renamed()
        if self._options["verbosity"]:
            announce(self._command, pending)
            self._say_scaled(names)
        if pending or self._applier.following(names):
            self._guard()
            self._applier.apply(names, fake=self._options["fake"])

    def _say_scaled(self, names: list[str]) -> None:
        """Say which recipes are there already, but with another scale than was asked for."""
        if self._options["scale"] is None:
            return
        states = self._applier.states()
        for name in self._applier.loader.graph.order(names):
            applied = states[name].applied
            document = states[name].recipe.document
            if applied is not None and not alike(document, applied.scale, self._applier.scale):
                self._say(
                    f"  {name} is applied already, with scale {applied.scale:g}. Make it anew: "
                    f"applyfixtures {name} --reset --scale {self._applier.scale:g}"
                )
