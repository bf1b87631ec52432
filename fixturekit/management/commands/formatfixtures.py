"""``manage.py formatfixtures``: recipe files in their canonical layout, comments included."""

from __future__ import annotations

import difflib
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from fixturekit.conf import settings
from fixturekit.exceptions import RecipeInvalid, RecipeNotWritable
from fixturekit.management.base import RecipeCommand
from fixturekit.marks import Problem, render
from fixturekit.recipes.comments import canonical
from fixturekit.recipes.files import replace_file
from fixturekit.recipes.loader import LoadedRecipe, RecipeLoader
from fixturekit.recipes.reading import file_bytes


class Command(RecipeCommand):
    help = "Puts recipe files into their canonical layout: the order of keys, quotes, indentation. Comments stay."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("targets", nargs="*", metavar="target", help="Apps or recipes. All by default.")
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; exit with 1 if a file would change, and name it."
        )
        parser.add_argument("--diff", action="store_true", help="Write nothing; show what would change.")

    def handle(self, *, targets: list[str], **options: Any) -> None:
        self.say_namesakes("formatfixtures")
        loader = RecipeLoader()
        problems = loader.read()
        changed, same = 0, 0
        for recipe in self._chosen(loader, targets, options, problems):
            try:
                is_changed = self._format(recipe, options)
            except RecipeInvalid as error:
                problems += error.problems
                continue
            changed += is_changed
            same += not is_changed
        if options["verbosity"]:
            self.stdout.write(_summary(changed, same, would=options["check"] or options["diff"]))
        if problems:
            raise CommandError(render(problems))
        if changed and options["check"]:
            sys.exit(1)

    def _chosen(
        self, loader: RecipeLoader, targets: list[str], options: dict[str, Any], problems: list[Problem]
    ) -> list[LoadedRecipe]:
        """The recipes that are named, or all that are not installed from elsewhere."""
        if not targets:
            return [recipe for recipe in loader.recipes.values() if _is_ours(loader, recipe)]
        names = self.resolve(loader, targets, options, problems)
        for name in names:
            loader.folder_for(loader.recipes[name].app_label)
        return [loader.recipes[name] for name in names]

    def _format(self, recipe: LoadedRecipe, options: dict[str, Any]) -> bool:
        """Format one file; return whether it changes."""
        largest = settings.MAX_RECIPE_BYTES
        before = file_bytes(recipe.path, recipe.shown, max_bytes=largest).decode()
        after = canonical(before, recipe.shown, max_bytes=largest)
        if before == after:
            return False
        if options["diff"]:
            self.stdout.write("\n".join(_difference(recipe.shown, before, after)))
        if not (options["check"] or options["diff"]):
            replace_file(recipe.path, after, before.encode())
        if options["verbosity"] and not options["diff"]:
            self.stdout.write(f"  {'would change' if options['check'] else 'Formatted'} {recipe.shown}")
        return True


def _is_ours(loader: RecipeLoader, recipe: LoadedRecipe) -> bool:
    try:
        loader.folder_for(recipe.app_label)
    except RecipeNotWritable:
        return False
    return True


def _difference(shown: str, before: str, after: str) -> list[str]:
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), shown, f"{shown} formatted", lineterm=""))


def _summary(changed: int, same: int, *, would: bool) -> str:
    if not changed:
        return f"{_files(same)} unchanged."
    return f"{_files(changed)} {'would change' if would else 'changed'}, {same} unchanged."


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"
