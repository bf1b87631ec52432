"""``manage.py recipeschema``: what an editor needs to complete and check recipe files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError, CommandParser
from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.conf import settings
from fixturekit.management.base import RecipeCommand, shown_path
from fixturekit.recipes.folders import FOLDER, Folders
from fixturekit.recipes.schema import Fields, schema, vscode_settings

_FILE = "recipe.schema.json"


class Command(RecipeCommand):
    asks_database = False
    help = "Prints a JSON Schema of recipe files, with the models and fields of the project."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--output", metavar="FILE", help="Write the schema to this file instead.")
        parser.add_argument(
            "--no-models", action="store_false", dest="models", help="Leave the project's models out: any is accepted."
        )
        parser.add_argument(
            "--editor", choices=("vscode",), help="Print the settings of this editor that lead to the schema."
        )

    def handle(self, **options: Any) -> None:
        self.say_namesakes("recipeschema")
        path = Path(options["output"] or _FILE)
        if options["output"] or not options["editor"]:
            text = _text(schema(_models() if options["models"] else None))
            self._put(text, path if options["output"] else None, options["verbosity"])
        if options["editor"]:
            self.stdout.write(_text(vscode_settings(shown_path(path.absolute()), _globs())), ending="")

    def _put(self, text: str, path: Path | None, verbosity: int) -> None:
        if path is None:
            self.stdout.write(text, ending="")
            return
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
        if verbosity:
            self.stderr.write(f"Written: {path}")


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _models() -> dict[str, Fields]:
    """The models that recipes can make rows of, with what can be set."""
    found = [model for model in apps.get_models() if not model._meta.swapped]
    return {model._meta.label: Fields(dict(_described(model)), _relations(model)) for model in found}


def _described(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    shape = blueprint(model)
    for field in (*shape.fields, *model._meta.private_fields):
        yield field.name, type(field).__name__
    for field in shape.fields:
        if field.attname != field.name:
            yield field.attname, f"The key of {field.name}"
    for name, relation in shape.relations.items():
        yield name, f"Rows of {relation.related_model._meta.label}"


def _relations(model: type[models.Model]) -> list[str]:
    """The names that may be followed by ``__`` and the name of a field."""
    shape = blueprint(model)
    fields = [field.name for field in shape.fields if field.remote_field is not None]
    return [*fields, *shape.relations]


def _globs() -> list[str]:
    """Which files are recipes, as editors write it: paths from the working directory."""
    folders = Folders(apps.get_app_configs())
    folders.check_settings()
    moved = [folders.find(label) for label in folders.labels if label in settings.RECIPE_MODULES]
    return [f"**/{FOLDER}/*.yaml", *(f"{shown_path(folder)}/*.yaml" for folder in moved if folder is not None)]
