"""Where the recipes of an app are: beside its migrations, or where ``RECIPE_MODULES`` puts them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Union

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from fixturekit.conf import settings
from fixturekit.exceptions import RecipeNotWritable
from fixturekit.recipes.naming import did_you_mean

FOLDER = "fixture_recipes"
INSTALLED = frozenset(("site-packages", "dist-packages"))
"""The folders that packages are installed in."""

Modules = Mapping[str, Union[str, "os.PathLike[str]", None]]


class Folders:
    """Knows the folder of each app's recipes, which need not exist; reads settings and import paths, writes nothing."""

    def __init__(self, app_configs: Iterable[AppConfig]) -> None:
        self._paths = {config.label: Path(config.path) for config in app_configs}

    @property
    def labels(self) -> list[str]:
        """The labels of the apps, sorted."""
        return sorted(self._paths)

    def find(self, app_label: str) -> Path | None:
        """Return the folder of an installed app, or None if ``RECIPE_MODULES`` says that it has none.

        Raises:
            ImproperlyConfigured: ``RECIPE_MODULES`` names a module whose package cannot be imported.
        """
        modules = settings.RECIPE_MODULES
        if app_label not in modules:
            return self._paths[app_label] / FOLDER
        given = modules[app_label]
        return None if given is None else _folder_of(app_label, given)

    def find_writable(self, app_label: str) -> Path:
        """Return the folder that new recipes of an app go to.

        Raises:
            RecipeNotWritable: The app is not installed, has no recipes by its setting, or lies where packages are.
            ImproperlyConfigured: ``RECIPE_MODULES`` names a module whose package cannot be imported.
        """
        if app_label not in self._paths:
            hint = did_you_mean(app_label, self._paths)
            raise RecipeNotWritable(f"no installed app has the label {app_label!r}. {hint}".rstrip())
        folder = self.find(app_label)
        advice = f"Set FIXTUREKIT['RECIPE_MODULES'] = {{{app_label!r}: ...}} or use another app"
        if folder is None:
            raise RecipeNotWritable(f"FIXTUREKIT['RECIPE_MODULES'] says that {app_label!r} has no recipes. {advice}")
        if _is_installed(folder):
            raise RecipeNotWritable(
                f"the app {app_label!r} lies among installed packages, in {folder}. {advice}{self._another()}"
            )
        return folder

    def _another(self) -> str:
        """How the recipe is recorded for an app of the project."""
        own = next(
            (label for label, path in self._paths.items() if not _is_installed(path) and label != "fixturekit"), ""
        )
        return f": makefixture {own}.NAME --model ..." if own else ""

    def check_settings(self) -> None:
        """Make sure that ``RECIPE_MODULES`` names installed apps only.

        Raises:
            ImproperlyConfigured: A label there is no app's.
        """
        for app_label in settings.RECIPE_MODULES:
            if app_label not in self._paths:
                hint = did_you_mean(app_label, self._paths)
                message = f"FIXTUREKIT['RECIPE_MODULES'] has {app_label!r}, which no installed app is labelled. {hint}"
                raise ImproperlyConfigured(message.rstrip())

    def shown(self, path: Path) -> str:
        """Return a file's path as the user knows it: from the working directory, else from above the app."""
        for base in (Path.cwd(), *(root.parent for root in self._paths.values() if root in path.parents)):
            if base in path.parents:
                return path.relative_to(base).as_posix()
        return f"{path.parent.name}/{path.name}"


def _is_installed(folder: Path) -> bool:
    return any(part in INSTALLED for part in folder.resolve().parts)


def recipe_files(folder: Path | None) -> list[Path]:
    """Return the files of a folder that may be recipes, by name: those that begin with ``_`` or ``.`` are none."""
    if folder is None or not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith(("_", ".")) and path.is_file()]


def bytes_checksum(path: Path) -> str:
    """Return what changes with any byte of a file, where the checksum of a recipe changes only with its meaning."""
    return checksum_of(path.read_bytes())


def checksum_of(data: bytes) -> str:
    """Return ``bytes_checksum`` of a file that holds these bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _folder_of(app_label: str, given: str | os.PathLike[str]) -> Path:
    """Return the folder of a module's dotted name or of a path (which holds a separator)."""
    if not isinstance(given, str) or os.sep in given or "/" in given:
        return Path(given).absolute()
    package, _, leaf = given.rpartition(".")
    found = _locations(given) or (_locations(package) if package else [])
    if not found:
        raise ImproperlyConfigured(
            f"FIXTUREKIT['RECIPE_MODULES'][{app_label!r}] = {given!r}: there is no package {package or given!r}. "
            f"Name a module as MIGRATION_MODULES does, or a path with a '/'."
        )
    return Path(found[0]) if _locations(given) else Path(found[0]) / leaf


def _locations(package: str) -> list[str]:
    """Return the folders of a package; none where it cannot be found or is a plain module."""
    try:
        spec = find_spec(package)
    except ImportError:
        return []
    return list(spec.submodule_search_locations or ()) if spec else []
