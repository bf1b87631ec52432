"""Rows of a tree, saved through the library that keeps it."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import ApplyError
from fixturekit.execution.instances import Saver
from fixturekit.values.contrib.trees import Tree, plant
from fixturekit.values.sources import Link


class Planter(Saver):
    """Plants the rows of one batch, each below the row that the plan says."""

    def _store(self, row: int, instance: models.Model) -> None:
        tree = blueprint(self._model).tree
        if tree is None or not tree.library.planting:
            super()._store(row, instance)
            return
        if self._writer.connection.alias != DEFAULT_DB_ALIAS:
            raise ApplyError(f"{tree.library.name} plants rows in the database '{DEFAULT_DB_ALIAS}' alone")
        key, anywhere = self._above(tree, row, instance)
        # read anew for each row: planting another one below it has changed it
        above = None if key is None else tree.model._base_manager.get(pk=key)
        plant(tree, instance, above, anywhere=anywhere)

    def _above(self, tree: Tree, row: int, instance: models.Model) -> tuple[Any, bool]:
        """The key of the row above, None for a root; and whether nobody said where the row is to stand."""
        if not tree.library.virtual:
            return getattr(instance, self._compiled.fields[tree.above].attname), False
        column = next((column for column in self._batch.arguments if column.field == tree.above), None)
        if column is None:
            return None, True
        return self._compiled.arguments[tree.above].values(row, row + 1)[0], isinstance(column.source, Link)
