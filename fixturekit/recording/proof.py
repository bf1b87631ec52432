"""A recipe is proven before it is written: replayed twice in a transaction that is rolled back.

Between the two replays everything is shifted that a recipe must not depend on: the random state of the process, its
clock, and the keys that the database counts. A column that differs is named. What the project's code sends or stores
meanwhile stays in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from django.apps import apps
from django.db import models, transaction

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import UnstableRecipe, WriteFailed
from fixturekit.execution.applier import Applier, write_plan
from fixturekit.execution.binding import GaveWay
from fixturekit.execution.digests import StepDigest, differing
from fixturekit.execution.writing import Written, counting_model
from fixturekit.planning.plan import EACH, STREAM, Plan
from fixturekit.recording.surroundings import kept_inside, later, moves_whole_clock
from fixturekit.values.sealing import ambient
from fixturekit.values.sources import Default, Mixed, Source, Stored
from fixturekit.writers import writer_for

_GAP = 1013  # keys between the two replays: a column that holds one differs, also where a rollback rewinds counters


@dataclass(frozen=True, slots=True)
class Proof:
    """What two replays gave.

    Attributes:
        digests: Of the first, by step.
        unstable: (step, path, blame) of each column that differed.
        gave_way: Values that rows of this database have already, so that the digests are those of others.
        failure: Why the second replay could not write the rows; empty where it could.
        ran_code: Whether code of the project shaped rows, and so could depend on what was not varied.
        whole_clock: Whether all of the clock was varied, not that of ``django.utils.timezone`` alone.
    """

    digests: dict[str, StepDigest]
    unstable: tuple[tuple[str, str, str], ...]
    gave_way: tuple[GaveWay, ...] = ()
    failure: str = ""
    ran_code: bool = False
    whole_clock: bool = True

    def without(self, step: str) -> list[str]:
        """The paths of a step's columns that are not the same every time."""
        return [path for name, path, _ in self.unstable if name == step]

    def refuse_unstable(self) -> None:
        """Raise what the recorder says of a recipe that is not reproducible.

        Raises:
            UnstableRecipe: A column differed, or the rows could be written only once.
        """
        if self.failure:
            raise UnstableRecipe(
                "The rows could be written once, but not again with another clock and other keys, so nothing was "
                f"written:\n  {self.failure}\nUse --allow-unstable to record the recipe all the same.",
                [],
            )
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
    first, gave_way = _replay(applier, plan, needed)
    proof = Proof(first.digests, (), tuple(gave_way), ran_code=_runs_code(plan), whole_clock=moves_whole_clock())
    try:
        second, _ = _replay(applier, plan, needed, first)
    except WriteFailed as error:
        # such as a row that save() accepts only up to a day
        return replace(proof, failure=str(error))
    differ = differing(first.digests, second.digests)
    return replace(proof, unstable=tuple((step, path, _blame(plan, step, path)) for step, path in differ))


def _replay(
    applier: Applier, plan: Plan, needed: Sequence[str], first: Written | None = None
) -> tuple[Written, list[GaveWay]]:
    """Write the plan and roll back; with everything shifted where it was written a first time."""
    alias = applier.connection.alias
    clock = later() if first else nullcontext()
    with (
        ambient(2 if first else 1),
        kept_inside(),
        applier.files.dropped(),
        clock,
        transaction.atomic(using=alias),
    ):
        applier.apply(needed)
        if first:
            _shift_keys(applier, _counted(plan, first))
        binding, written = write_plan(plan, applier.connection, applier.ledger, applier.reporter, applier.files)
        transaction.set_rollback(True, using=alias)
    return written, binding.gave_way


def _counted(plan: Plan, written: Written) -> Iterable[type[models.Model]]:
    """The models whose keys the database counts, of the plan's rows and of those that were made beside them."""
    sides = [label for rows in written.sides.values() for label, _ in rows]
    labels = dict.fromkeys([*(batch.model for batch in plan.batches), *sides])
    found = dict.fromkeys(counting_model(apps.get_model(label)) for label in labels)
    return [model for model in found if isinstance(model._meta.pk, models.AutoField) and not model._meta.parents]


def _shift_keys(applier: Applier, counted: Iterable[type[models.Model]]) -> None:
    writer = writer_for(applier.connection)
    for model in counted:
        writer.reserve(model, _GAP)


def _runs_code(plan: Plan) -> bool:
    return any(
        batch.way != STREAM or any(_calls(column.source) for column in (*batch.columns, *batch.later))
        for batch in plan.batches
    )


def _calls(source: Source) -> bool:
    """Whether a column's values come from a function that is not fixturekit's."""
    if isinstance(source, Mixed):
        return any(map(_calls, source.sources))
    return isinstance(source, Default) or (isinstance(source, Stored) and source.naming != "")


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
        if isinstance(column.source, Stored) and column.source.naming:
            return f"its upload_to {column.source.naming} gives another name each time"
        if batch.way == EACH:
            return f"set while saving, by {batch.why}"
    return "differs from replay to replay"


def last_migrations(plan: Plan, leaves: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The last migration of each app that a plan has rows of, as far as it has migrations."""
    labels = {_label(apps.get_model(batch.model)) for batch in plan.batches}
    return tuple((label, leaves[label]) for label in sorted(labels) if label in leaves)


def _label(model: type[models.Model]) -> str:
    return (blueprint(model).model._meta.concrete_model or model)._meta.app_label
