"""Literals of unique fields that several steps of a project give to their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.marks import Problem
from fixturekit.planning.plan import Batch, Column, Plan
from fixturekit.recipes.problems import shorten
from fixturekit.recipes.secrecy import HIDDEN, is_secret
from fixturekit.values.sources import Const, parts

Known = dict[tuple[str, str, Any], tuple[str, str]]
"""The recipe and the step that give a value to a field of a table."""


def repeated(name: str, plan: Plan, known: Known) -> Iterator[Problem]:
    """Yield the unique values that a recipe gives to rows although a step before gives them, and note its own.

    Rows for which existing ones may stand are never told, nor rows made for these: there may be none to make.
    """
    for batch in plan.batches:
        certain = batch.adopt is None and batch.serves is None
        for column, value in _literals(batch) if batch.count else ():
            recipe, step = known.setdefault((batch.table, column.field, value), (name, batch.step))
            if certain and (recipe, step) != (name, batch.step):
                yield _problem(batch, column, value, f"step {step!r}" + (f" of {recipe}" if recipe != name else ""))


def _literals(batch: Batch) -> Iterator[tuple[Column, Any]]:
    """The values, written out, of fields each of which has to differ in all rows."""
    model: type[models.Model] = apps.get_model(batch.model)
    alone = {names[0] for names in blueprint(model).uniques if len(names) == 1}
    for column in batch.columns:
        for part in parts(column.source) if column.field in alone else ():
            if isinstance(part, Const) and isinstance(part.value, (str, int)):
                yield column, part.value


def _problem(batch: Batch, column: Column, value: Any, other: str) -> Problem:
    shown = HIDDEN if is_secret(column.field) else shorten(value) if isinstance(value, str) else value
    message = f"{batch.model}.{column.field} is unique, and {other} gives {shown} to a row too: both cannot be applied"
    hint = "Give one of them another value"
    if not batch.path:
        hint += f", or adopt the row that is there: 'match: [{column.field}]'"
    return Problem("fixturekit.W010", message, hint, f"steps.{batch.step}", column.mark or batch.mark)
