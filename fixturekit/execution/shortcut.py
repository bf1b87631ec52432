"""Whether there is nothing to apply, told from file names and bytes alone: no recipe is read for it.

Everything that this module imports is there anyway when a command starts.
"""

from __future__ import annotations

from contextlib import nullcontext

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.models import AppliedRecipe
from fixturekit.recipes.folders import Folders, bytes_checksum, recipe_files
from fixturekit.recipes.naming import FileName


def all_applied(connection: BaseDatabaseWrapper) -> bool:
    """Return whether every recipe file of the project is, byte for byte, the one that was applied. Reads only.

    False says nothing: it takes reading the recipes to know more.
    """
    rows = AppliedRecipe._base_manager.using(connection.alias).values_list("app_label", "name", "file_checksum")
    try:
        # an error inside a transaction would end it, unless a savepoint was there
        with transaction.atomic(using=connection.alias) if connection.in_atomic_block else nullcontext():
            applied = {(app_label, name): checksum for app_label, name, checksum in rows}
    except DatabaseError:
        return False  # no ledger yet; whoever goes on to read it says so
    folders = Folders(apps.get_app_configs())
    for label in folders.labels:
        for path in recipe_files(folders.find(label)):
            if path.suffix.lower() not in (".yaml", ".yml"):
                continue
            try:
                name = FileName.parse(path.name).name
            except ValueError:
                return False
            if applied.get((label, name)) != bytes_checksum(path):
                return False
    return True
