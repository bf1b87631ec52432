"""``manage.py checkfixtures``: what is wrong with recipes, or may become so; for CI."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage
from django.core.management.base import CommandError, CommandParser, SystemCheckError

from fixturekit.api import check_models
from fixturekit.checks.messages import as_message
from fixturekit.checks.project import Project
from fixturekit.checks.replaying import replay
from fixturekit.checks.settings import of_settings
from fixturekit.execution.applier import Applier
from fixturekit.execution.production import refuse_production
from fixturekit.management.base import RecipeCommand
from fixturekit.marks import Mark, Problem

_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")


class Command(RecipeCommand):
    help = "Checks the fixture recipes of the project, without a database unless they are to be replayed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("targets", nargs="*", metavar="target", help="Apps or recipes to check. All by default.")
        parser.add_argument(
            "--tag", action="append", default=[], help="Only recipes with this tag; repeatable, one of them is enough."
        )
        parser.add_argument(
            "--fail-level",
            default="ERROR",
            choices=_LEVELS,
            help="Exit with 1 if something of this level, or above, is found. Default is ERROR.",
        )
        parser.add_argument(
            "--replay",
            action="store_true",
            help="Also apply the recipes, in a transaction that is rolled back, and compare the rows with what was recorded.",
        )
        parser.add_argument(
            "--models",
            action="store_true",
            help="Instead of recipes try models, of these apps or app.Model: does each give a valid row by itself?",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="Replay, or try models, although DEBUG is off and this is no test database.",
        )

    def handle(self, *, targets: list[str], **options: Any) -> None:
        if options["models"]:
            self._try_models(targets, options)
            return
        self.say_namesakes("checkfixtures")
        project = Project.read(options["database"])
        names = self.resolve(project.loader, targets, options, project.problems)
        names = self.tagged(project.loader, names, options["tag"])
        problems = [*of_settings(), *project.problems, *project.check(names)]
        if options["replay"] and not any(as_message(problem).is_serious() for problem in problems):
            problems += self._replay(project, names, options)
        self._tell(problems, len(names), options)

    def _try_models(self, labels: list[str], options: dict[str, Any]) -> None:
        """Make a row of each model, in transactions that are rolled back."""
        if not options["force"]:
            refuse_production(self.connection(options))
        try:
            report = check_models(*labels, using=options["database"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        if report.failed:
            raise CommandError(str(report))
        if options["verbosity"]:
            self.stdout.write(str(report))

    def _replay(self, project: Project, names: list[str], options: dict[str, Any]) -> list[Problem]:
        applier = Applier(project.loader, self.connection(options))
        if not options["force"]:
            refuse_production(applier.connection)
        return replay(applier, names)

    def _tell(self, problems: list[Problem], count: int, options: dict[str, Any]) -> None:
        """Say what was found in the form of Django's checks, and fail where something is serious."""
        ordered = sorted(problems, key=lambda problem: (problem.mark or Mark("", 0, 0), problem.where, problem.id))
        messages = [as_message(problem) for problem in ordered]
        shown = [message for message in messages if not message.is_silenced()]
        text = "".join(
            f"\n{title}:\n" + "\n".join(self._styled(message) for message in shown if message.level == level) + "\n"
            for title, level in (("ERRORS", checks.ERROR), ("WARNINGS", checks.WARNING))
            if any(message.level == level for message in shown)
        )
        header = "Recipe check identified some issues:\n" if shown else ""
        recipes = "1 recipe" if count == 1 else f"{count} recipes"
        issues = "no issues" if not shown else "1 issue" if len(shown) == 1 else f"{len(shown)} issues"
        footer = f"Recipe check of {recipes} identified {issues} ({len(messages) - len(shown)} silenced)."
        text = f"{header}{text}\n{footer}" if shown else footer
        if any(message.is_serious(getattr(checks, options["fail_level"])) for message in shown):
            raise SystemCheckError(self.style.ERROR("SystemCheckError: ") + text)
        if options["verbosity"]:
            (self.stderr if shown else self.stdout).write(text, lambda line: line)

    def _styled(self, message: CheckMessage) -> str:
        return (self.style.ERROR if message.is_serious() else self.style.WARNING)(str(message))
