"""``manage.py showfixtures``: which recipes there are, whether they are applied, what they would write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from fixturekit.exceptions import PlanError
from fixturekit.execution.applier import Applier, State
from fixturekit.execution.preview import Preview, preview
from fixturekit.management.base import WRONG_WORD, RecipeCommand
from fixturekit.planning.rendering import render_plan
from fixturekit.recipes.drawing import dot, tree
from fixturekit.recipes.graph import RecipeGraph
from fixturekit.recipes.naming import made_text


class Command(RecipeCommand):
    help = (
        "Shows the fixture recipes of the project: [X] applied, [ ] not, [~] edited since, [!] does not fit the models, "
        "[-] applied, but its file is gone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("targets", nargs="*", metavar="target", help="Apps or recipes to show. All by default.")
        parser.add_argument(
            "--tag", action="append", default=[], help="Only recipes with this tag; repeatable, one of them is enough."
        )
        shown = parser.add_mutually_exclusive_group()
        shown.add_argument("--list", "-l", action="store_true", help="Show recipes by app. This is the default.")
        shown.add_argument("--plan", "-p", action="store_true", help="Show recipes in order, with what they write.")
        shown.add_argument("--graph", action="store_true", help="Show what recipes depend on; no database is needed.")
        shown.add_argument(
            "--rows", type=int, metavar="N", help="Show the first N rows of each step; no database is needed."
        )

        parser.add_argument(
            "--format", choices=("text", "dot"), help="How --graph is written: as a tree (text), or for Graphviz (dot)."
        )

    def handle(self, *, targets: list[str], **options: Any) -> None:
        self.say_namesakes("showfixtures")
        if options["format"] and not options["graph"]:
            raise CommandError("--format is for --graph", returncode=WRONG_WORD)
        applier = Applier(self.recipes(), self.connection(options))
        loader = applier.loader

        def meant(found: list[str]) -> list[str]:
            return self.tagged(loader, found if targets else list(loader.recipes), options["tag"])

        if options["rows"] is not None:
            if options["rows"] < 0:
                raise CommandError(f"--rows {options['rows']}: a number of rows is 0 or more", returncode=WRONG_WORD)
            self._rows(applier, meant(self.resolve(loader, targets, options)), options["rows"])
        elif options["graph"]:
            names = meant(self.resolve(loader, targets, options))
            self._graph(loader.graph, names, dot if options["format"] == "dot" else tree)
        elif options["plan"]:
            self._plan(applier, meant(applier.resolve(targets)))
        else:
            there = applier.gone()
            found = loader.resolve(targets, gone=there)
            gone = [name for name in there if not targets or name in found or name.partition(".")[0] in targets]
            names = [name for name in meant(found) if name not in there]
            # of recipes whose files are gone nobody knows the tags
            self._list(applier, names, [] if options["tag"] else gone, options["verbosity"])

    def _list(self, applier: Applier, names: list[str], gone: list[str], verbosity: int) -> None:
        states = applier.states()
        by_app: dict[str, list[State]] = {}
        for name in names:
            by_app.setdefault(states[name].recipe.app_label, []).append(states[name])
        for name in gone:
            by_app.setdefault(name.partition(".")[0], [])
        for label in sorted(by_app):
            self.stdout.write(self.style.MIGRATE_LABEL(label))
            for state in sorted(by_app[label], key=lambda state: state.recipe.path.name):
                problems = self._problems(applier, state)
                details = self._details(state, problems) if verbosity > 1 else ""
                self.stdout.write(f" {self._box(state, problems)} {state.recipe.path.stem}{details}")
            for name in sorted(name for name in gone if name.partition(".")[0] == label):
                self.stdout.write(f" {self.style.WARNING('[-]')} {name.partition('.')[2]} (its file is gone)")
        if not by_app:
            self.stdout.write("(no recipes)")

    def _problems(self, applier: Applier, state: State) -> list[str]:
        """The reasons why a recipe does not fit the models, as lines; none where it does."""
        try:
            applier.plan(state.recipe.name)
        except PlanError as error:
            return str(error).splitlines()
        return []

    def _box(self, state: State, problems: list[str]) -> str:
        if problems:
            return self.style.ERROR("[!]")
        if state.changed:
            return self.style.WARNING("[~]")
        return "[X]" if state.applied else "[ ]"

    def _details(self, state: State, problems: list[str]) -> str:
        details = ""
        if state.applied is not None:
            how = "faked" if state.applied.faked else f"{made_text(state.applied.rows, state.applied.sides)}, applied"
            scale = "" if state.applied.scale == 1 else f", scale {state.applied.scale:g}"
            details = f" ({how} at {state.applied.applied_at:%Y-%m-%d %H:%M:%S}{scale})"
        return "\n     ".join([details, *problems])

    def _plan(self, applier: Applier, names: list[str]) -> None:
        states = applier.states()
        for name in applier.loader.graph.order(names):
            state = states[name]
            after = ", ".join(applier.loader.graph.dependencies(name))
            label = self.style.MIGRATE_LABEL(name)
            self.stdout.write(
                f"{self._box(state, self._problems(applier, state))} {label}" + (f"  after {after}" if after else "")
            )
            try:
                lines = list(render_plan(applier.plan(name).plan))
            except PlanError as error:
                lines = str(error).splitlines()
            for line in lines:
                self.stdout.write(f"      {line}")

    def _graph(
        self, graph: RecipeGraph, names: list[str], draw: Callable[[RecipeGraph, list[str]], Iterator[str]]
    ) -> None:
        for line in draw(graph, names):
            self.stdout.write(line)

    def _rows(self, applier: Applier, names: list[str], count: int) -> None:
        for name in names:
            self.stdout.write(self.style.MIGRATE_LABEL(name))
            for step in preview(applier.plan(name).plan, count):
                self._table(step)

    def _table(self, step: Preview) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"  {step.step}: {step.count} {step.model}"))
        for number, row in enumerate(step.rows):
            self.stdout.write(f"    [{number}]")
            for field, cell in zip(step.fields, row, strict=True):
                shown = cell if len(cell) <= 90 else f"{cell[:87]}..."
                self.stdout.write(f"      {field}: {shown}")
