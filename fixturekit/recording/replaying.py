"""One replay of a recipe that is being recorded, in a transaction that is rolled back.

What a recipe must not depend on is shifted in a second replay: the random state of the process, its clock, its
environment and the keys that the database counts. Mail and files stay in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from fixturekit.exceptions import WriteFailed
from fixturekit.execution.applier import Applier
from fixturekit.execution.binding import GaveWay
from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.counting import counting_model
from fixturekit.execution.digests import StepDigest
from fixturekit.execution.refusals import Refusal, refused_rows
from fixturekit.execution.writing import Written
from fixturekit.planning.plan import Plan
from fixturekit.recording.environment import watched
from fixturekit.recording.surroundings import kept_inside, later
from fixturekit.values.sealing import ambient
from fixturekit.writers import writer_for

_GAP = 1013  # keys between the two replays: a column that holds one differs, also where a rollback rewinds counters


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one replay gave.

    Attributes:
        digests: By step.
        gave_way: Values that rows of this database have already, so that the digests are those of others.
        sides: Labels of the models that rows were made of beside those of the plan.
        environment: The environment variables that code of the project read.
        failure: Why the rows could not be written; empty where they could.
        refused: Rows of the first replay that ``full_clean()`` does not accept, one of each batch at most.
    """

    digests: dict[str, StepDigest]
    gave_way: tuple[GaveWay, ...] = ()
    sides: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    failure: str = ""
    refused: tuple[Refusal, ...] = ()


def replay(applier: Applier, plan: Plan, needed: Sequence[str]) -> Replayed:
    """Write a plan and roll back.

    Args:
        applier: For the database to write to.
        plan: The recipe's.
        needed: Recipes that it depends on; those not applied yet are applied within the same transaction.

    Raises:
        ApplyError: The rows cannot be written.
    """
    return _replay(applier, plan, needed, None)


def replay_shifted(applier: Applier, plan: Plan, needed: Sequence[str], sides: Sequence[str]) -> Replayed:
    """Do the same with everything shifted; rows that cannot be written then are no error but a result.

    Args:
        sides: Labels of the models that the first replay made rows of beside those of the plan.
    """
    try:
        return _replay(applier, plan, needed, sides)
    except WriteFailed as error:
        # such as a row that save() accepts only up to a day
        return Replayed({}, failure=str(error))


def _replay(applier: Applier, plan: Plan, needed: Sequence[str], shifted: Sequence[str] | None) -> Replayed:
    alias = applier.connection.alias
    first = shifted is None
    clock = nullcontext() if first else later()
    applier.connection.ensure_connection()  # which may read the environment, and is not what is watched
    with (
        ambient(1 if first else 2),
        watched(changed=not first) as environment,
        kept_inside(),
        applier.files.dropped(),
        clock,
        transaction.atomic(using=alias),
    ):
        applier.apply(needed)
        if shifted is not None:
            shift_keys(applier, plan, shifted)
        binding, written = write_plan(plan, applier.connection, applier.ledger, applier.reporter, applier.files)
        read = tuple(sorted(environment))
        refused = tuple(refused_rows(applier.connection, plan, written)) if first else ()
        transaction.set_rollback(True, using=alias)
    return Replayed(written.digests, tuple(binding.gave_way), side_models(written), read, refused=refused)


def side_models(written: Written) -> tuple[str, ...]:
    """Return the labels of the models that rows were made of beside those of the plan."""
    return tuple(dict.fromkeys(label for rows in written.sides.values() for label, _ in rows))


def shift_keys(applier: Applier, plan: Plan, sides: Sequence[str]) -> None:
    """Have the database count on, so that the rows of a plan, and those made beside them, get other keys than before.

    Args:
        sides: Labels of the models that rows are made of beside those of the plan.
    """
    writer = writer_for(applier.connection)
    labels = dict.fromkeys([*(batch.model for batch in plan.batches), *sides])
    for model in dict.fromkeys(counting_model(apps.get_model(label)) for label in labels):
        if isinstance(model._meta.pk, models.AutoField) and not model._meta.parents:
            writer.reserve(model, _GAP)
