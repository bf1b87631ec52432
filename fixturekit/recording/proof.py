"""A recipe is proven before it is written: replayed twice in a transaction that is rolled back.

Between the two replays everything is shifted that a recipe must not depend on: the random state of the process, and
the keys that the database counts. A column that differs is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import UnstableRecipe
from fixturekit.execution.applier import Applier, write_plan
from fixturekit.execution.binding import GaveWay
from fixturekit.execution.digests import StepDigest, differing
from fixturekit.execution.writing import counting_model
from fixturekit.planning.plan import EACH, Plan
from fixturekit.values.sealing import ambient
from fixturekit.values.sources import Default
from fixturekit.writers import writer_for

_GAP = 1013  # keys between the two replays: a column that holds one differs, also where a rollback rewinds counters


@dataclass(frozen=True, slots=True)
class Proof:
    """What two replays gave.

    Attributes:
        digests: Of the first, by step.
        unstable: (step, path, blame) of each column that differed.
        gave_way: Values that rows of this database have already, so that the digests are those of others.
    """

    digests: dict[str, StepDigest]
    unstable: tuple[tuple[str, str, str], ...]
    gave_way: tuple[GaveWay, ...] = ()

    def without(self, step: str) -> list[str]:
        """The paths of a step's columns that are not the same every time."""
        return [path for name, path, _ in self.unstable if name == step]

    def refuse_unstable(self) -> None:
        """Raise what the recorder says of a recipe that is not reproducible.

        Raises:
            UnstableRecipe: A column differed.
        """
        if not self.unstable:
            return
        lines = [f"  {step}.{path}: {blame}" for step, path, blame in self.unstable]
        raise UnstableRecipe(
            "Two replays gave different rows, so nothing was written:\n"
            + "\n".join(lines)
            + "\nGive these fields a value, or use --allow-unstable to record the recipe without them in its digest.",
            [f"{step}.{path}" for step, path, _ in self.unstable],
        )


def prove(applier: Applier, plan: Plan, needed: Sequence[str]) -> Proof:
    """Replay a plan twice and roll back.

    Args:
        applier: For the database to prove on.
        plan: The new recipe's.
        needed: Recipes that it depends on; those not applied yet are applied within the same transaction.

    Raises:
        ApplyError: The rows cannot be written.
    """
    first, gave_way = _replay(applier, plan, needed, shifted=False)
    second, _ = _replay(applier, plan, needed, shifted=True)
    unstable = [(step, path, _blame(plan, step, path)) for step, path in differing(first, second)]
    return Proof(first, tuple(unstable), tuple(gave_way))


def _replay(
    applier: Applier, plan: Plan, needed: Sequence[str], *, shifted: bool
) -> tuple[dict[str, StepDigest], list[GaveWay]]:
    alias = applier.connection.alias
    with ambient(2 if shifted else 1), transaction.atomic(using=alias):
        applier.apply(needed)
        if shifted:
            _shift_keys(applier, plan)
        binding, written = write_plan(plan, applier.connection, applier.ledger, applier.reporter)
        transaction.set_rollback(True, using=alias)
    return written.digests, binding.gave_way


def _shift_keys(applier: Applier, plan: Plan) -> None:
    writer = writer_for(applier.connection)
    for label in dict.fromkeys(batch.model for batch in plan.batches if batch.counted):
        writer.reserve(counting_model(apps.get_model(label)), _GAP)


def _blame(plan: Plan, step: str, path: str) -> str:
    """What the values of a column most likely come from."""
    for batch in plan.batches:
        if batch.step != step or not path.startswith(batch.path):
            continue
        column = batch.column(path[len(batch.path) :])
        if column is None:
            continue
        if isinstance(column.source, Default):
            return f"its default {column.source.path} gives another value each time"
        if batch.way == EACH:
            return f"set while saving, by {batch.why}"
    return "differs from replay to replay"


def last_migrations(plan: Plan, leaves: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The last migration of each app that a plan has rows of, as far as it has migrations."""
    labels = {_label(apps.get_model(batch.model)) for batch in plan.batches}
    return tuple((label, leaves[label]) for label in sorted(labels) if label in leaves)


def _label(model: type[models.Model]) -> str:
    return (blueprint(model).model._meta.concrete_model or model)._meta.app_label
