"""What fixturekit's commands have in common: errors for people, exit codes, questions, one database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.exceptions import FixtureKitError, RecipeAmbiguous, RecipeNotFound, WrongWord
from fixturekit.marks import Problem, render
from fixturekit.recipes.naming import did_you_mean, nearest

if TYPE_CHECKING:
    from fixturekit.recipes.loader import RecipeLoader

WRONG_WORD = 2
NO_ANSWER = 3


class RecipeParser(CommandParser):
    """A parser that says which option was probably meant.

    Attributes:
        elsewhere: Options that people know from other commands, with those that do the same here.
    """

    elsewhere: ClassVar[dict[str, str]] = {}

    def error(self, message: str) -> Any:
        unknown = message.partition("unrecognized arguments: ")[2].split(" ")[0].partition("=")[0]
        meant = self.elsewhere.get(unknown)
        if unknown.startswith("-"):
            meant = meant or nearest(unknown, self._option_string_actions)
        return super().error(f"{message}. Did you mean {meant}?" if meant else message)


class RecipeCommand(BaseCommand):
    """A command that works with recipes: whatever fixturekit, the database or the settings refuse becomes a
    ``CommandError``.

    Exit codes are 1 for an error, 2 for a wrong word on the command line, 3 for a question that nobody answered.

    Attributes:
        parser_class: What reads the command line.
    """

    requires_system_checks = ()
    parser_class: type[RecipeParser] = RecipeParser

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # BaseCommand makes a CommandParser; giving it our class keeps everything that Django sets up on it.
        parser.__class__ = self.parser_class
        return parser

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
        except (RecipeNotFound, RecipeAmbiguous, WrongWord) as error:
            raise CommandError(str(error), returncode=WRONG_WORD) from error
        except FixtureKitError as error:
            raise CommandError(str(error) + _advice(error.__cause__, options["database"])) from error
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(_refusal(error, options["database"])) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error

    def recipes(self, infer: bool = False) -> RecipeLoader:
        """Return the recipes of the project, loaded; with ``infer`` also those whose ``depends_on`` lacks something.

        Raises:
            CommandError: A file names a recipe that is none: that is no wrong word on the command line.
        """
        from fixturekit.recipes.loader import load_recipes  # a command that finds nothing to do reads no recipe

        try:
            return load_recipes(infer=infer)
        except RecipeNotFound as error:
            raise CommandError(str(error)) from error

    def tagged(self, loader: RecipeLoader, names: list[str], wanted: list[str]) -> list[str]:
        """Return those of some recipes that have one of the wanted tags; all where none is wanted.

        Raises:
            WrongWord: No recipe has one of the tags.
        """
        if not wanted:
            return names
        known = {tag for recipe in loader.recipes.values() for tag in recipe.document.tags}
        unknown = [tag for tag in wanted if tag not in known]
        if unknown:
            hint = (
                f"There are {', '.join(sorted(known))}"
                if known
                else "None has any: a recipe names its own under 'tags'"
            )
            raise WrongWord(*(f"no recipe has the tag {tag!r}. {did_you_mean(tag, known) or hint}" for tag in unknown))
        return [  # of a recipe whose file is gone nobody knows the tags
            name for name in names if name in loader.recipes and set(wanted) & set(loader.recipes[name].document.tags)
        ]

    def resolve(
        self, loader: RecipeLoader, targets: list[str], options: dict[str, Any], problems: Sequence[Problem] = ()
    ) -> list[str]:
        """Return the recipes that words mean; all without a word. The ledger is asked only where a name is cut short.

        Args:
            options: The command's.
            problems: Those of files that could not be read, any of which may be what a word means.

        Raises:
            RecipeNotFound, RecipeAmbiguous: A word fits no recipe, or several, or one whose file is gone.
            CommandError: A word fits no recipe that could be read.
        """
        if not targets:
            return list(loader.recipes)
        try:
            found = loader.resolve(targets)
        except RecipeNotFound as error:
            if not problems:
                raise
            raise CommandError(f"{render(problems)}\n{error}") from error
        try:
            return loader.resolve(targets, whole=True)
        except RecipeNotFound:
            return self._unless_gone(loader, targets, options, found)

    def _unless_gone(
        self, loader: RecipeLoader, targets: list[str], options: dict[str, Any], found: list[str]
    ) -> list[str]:
        """What words that are cut short mean: the whole name of a recipe that is gone is not how another's begins.

        Only the ledger knows of it, and what reads recipes must do without a database.
        """
        from fixturekit.execution.applier import Applier

        try:
            return Applier(loader, self.connection(options)).resolve(targets)
        except (DatabaseError, InterfaceError, ImproperlyConfigured):
            self.stderr.write(self.style.WARNING(f"{' '.join(targets)} is taken for {', '.join(found)}"))
            return found

    def connection(self, options: dict[str, Any]) -> BaseDatabaseWrapper:
        """The database that the command line names."""
        return connections[options["database"]]

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


def announce(command: BaseCommand, pending: list[str]) -> None:
    """Say which recipes are going to be applied, as ``migrate`` does."""
    out, style = command.stdout, command.style
    out.write(style.MIGRATE_HEADING("Operations to perform:"))
    labels = ", ".join(sorted({name.partition(".")[0] for name in pending})) or "(none)"
    out.write(style.MIGRATE_LABEL("  Apply fixture recipes: ") + labels)
    out.write(style.MIGRATE_HEADING("Applying recipes:"))
    if not pending:
        out.write("  No recipes to apply.")


def _refusal(error: Exception, alias: str) -> str:
    """What a database says, without the values that it may quote."""
    from fixturekit.writers import writer_for  # loads what most runs need not

    reason = writer_for(connections[alias]).reason(error) if isinstance(error, DatabaseError) else str(error)
    return f"database '{alias}': {reason}{_advice(error, alias)}"


def _advice(error: BaseException | None, alias: str) -> str:
    """What to do about an error of the database, where that is known."""
    from fixturekit.writers import writer_for

    if isinstance(error, DatabaseError) and writer_for(connections[alias]).misses_table(error):
        return f". Make the tables: migrate --database {alias}"
    return ""


def shown_path(path: Path) -> str:
    """A file's path as it is typed: from the working directory where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
