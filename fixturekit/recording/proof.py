"""A recipe is proven before it is written: replayed twice in a transaction that is rolled back.

Between the two replays everything is shifted that a recipe must not depend on. A column that differs is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from django.apps import apps
from django.db import models

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import ApplyError, UnstableRecipe
from fixturekit.execution.applier import Applier
from fixturekit.execution.binding import GaveWay
from fixturekit.execution.digests import StepDigest, differing
from fixturekit.execution.refusals import Refusal
from fixturekit.factories.adapting import adapt
from fixturekit.planning.plan import EACH, STREAM, Plan, calls
from fixturekit.recording.process import ProcessFailed, replay_in_process, why_not
from fixturekit.recording.replaying import Replayed, replay, replay_shifted
from fixturekit.values.sealing import moves_whole_clock
from fixturekit.values.sources import Called, Default, Drawn, Source, Stored, Templated, asks_faker, parts

_WHILE_SAVING = "set while saving"


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
        shared: Why both replays were in one process, so that its hash seed was not varied; empty if they were not.
        environment: Environment variables that code of the project read.
        frozen: Whether code of the project ran with its clock standing at the recipe's.
        refused: Rows that ``full_clean()`` does not accept.
    """

    digests: dict[str, StepDigest]
    unstable: tuple[tuple[str, str, str], ...]
    gave_way: tuple[GaveWay, ...] = ()
    failure: str = ""
    ran_code: bool = False
    whole_clock: bool = True
    shared: str = ""
    environment: tuple[str, ...] = ()
    frozen: bool = False
    refused: tuple[Refusal, ...] = ()

    @property
    def stable(self) -> bool:
        """Whether both replays gave the same rows."""
        return not (self.unstable or self.failure)

    def without(self, step: str) -> list[str]:
        """The paths of a step's columns that are not the same every time."""
        return [path for name, path, _ in self.unstable if name == step]

    @property
    def _aside(self) -> str:
        """What to do about code that sets a field whatever it is given."""
        by_saving = any(blame.startswith(_WHILE_SAVING) for _, _, blame in self.unstable)
        return "leave the code that sets them anyhow out with --save stream, or " if by_saving else ""

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
        clock = "" if self.whole_clock else " If this code reads the clock, pip install 'fixturekit[freeze]' stops it."
        lines = [f"  {step}.{path}: {blame}" for step, path, blame in self.unstable]
        if self.environment:
            lines.append(f"  read meanwhile: the environment variables {', '.join(self.environment)}")
        raise UnstableRecipe(
            "Two replays gave different rows, so nothing was written:\n"
            + "\n".join(lines)
            + f"\nGive these fields a value, or {self._aside}use --allow-unstable to record the recipe without them in its "
            + f"digest.{clock}",
            [f"{step}.{path}" for step, path, _ in self.unstable],
        )


def prove(applier: Applier, plan: Plan, text: str, needed: Sequence[str]) -> Proof:
    """Replay a plan twice and roll back, the second time in a process of its own where that sees the same database.

    Where rows follow from the clock, and clocks can be stopped, it is tried again with the clock standing at the
    recipe's.

    Args:
        applier: For the database to prove on.
        plan: The new recipe's.
        text: Its file, which is not written yet.
        needed: Recipes that it depends on; those not applied yet are applied within the same transaction.

    Raises:
        ApplyError: The rows cannot be written.
    """
    proof = _proven(applier, plan, text, needed)
    if proof.stable or not (proof.ran_code and proof.whole_clock) or plan.frozen:
        return proof
    with suppress(ApplyError):  # code may refuse the recipe's clock
        frozen = _proven(applier, replace(plan, frozen=True), text, needed)
        if frozen.stable or len(frozen.unstable) < len(proof.unstable):
            return frozen
    return proof


def _proven(applier: Applier, plan: Plan, text: str, needed: Sequence[str]) -> Proof:
    first = replay(applier, plan, needed)
    second, shared = _second(applier, plan, text, needed, first)
    differ = () if second.failure else differing(first.digests, second.digests)
    return Proof(
        first.digests,
        tuple((step, path, _blame(plan, step, path)) for step, path in differ),
        first.gave_way,
        failure=second.failure,
        ran_code=_runs_code(plan),
        whole_clock=moves_whole_clock(),
        shared=shared,
        environment=tuple(sorted({*first.environment, *second.environment})),
        frozen=plan.frozen,
        refused=first.refused,
    )


def _second(applier: Applier, plan: Plan, text: str, needed: Sequence[str], first: Replayed) -> tuple[Replayed, str]:
    """Replay with everything shifted; and why that was in the same process, empty if it was not."""
    reason = why_not(applier)
    if not reason:
        try:
            return replay_in_process(applier, plan, text, needed, first.sides), ""
        except ProcessFailed as error:
            reason = f"another one could not be used: {error}"
    return replay_shifted(applier, plan, needed, first.sides), reason


def _runs_code(plan: Plan) -> bool:
    return any(
        batch.way != STREAM or any(calls(column.source) for column in batch.everything) for batch in plan.batches
    )


def _blame(plan: Plan, step: str, path: str) -> str:
    """What the values of a column most likely come from."""
    for batch in plan.batches:
        if batch.step != step or not path.startswith(batch.path):
            continue
        column = batch.column(path[len(batch.path) :])
        if column is None:
            continue
        called = next(filter(None, map(_said, parts(column.source))), "")
        if called:
            return f"{called} gives another value each time"
        if batch.factory:
            return f"set by {batch.factory}{_declaration(batch.factory, column.field)}"
        if batch.way == EACH:
            return f"{_WHILE_SAVING}, by {batch.why}"
    return "differs from replay to replay"


def _declaration(factory: str, name: str) -> str:
    """The kind of the declaration by which a factory sets a field, if it has one."""
    declared = adapt(factory).factory._meta.pre_declarations
    return f", its {name} is a {type(declared[name].declaration).__name__}" if name in declared else ""


def _said(source: Source) -> str:
    """How a message speaks of code, or of an expression, that values come from; "" where they are drawn."""
    if isinstance(source, Default):
        return f"its default {source.path}"
    if isinstance(source, Called):
        return f"!call {source.path}"
    if isinstance(source, Templated):
        return f"!jinja {source.text!r}"
    if isinstance(source, Stored):
        return f"its upload_to {source.naming}" if source.naming else ""
    return f"!fake {dict(source.args)['provider']}" if isinstance(source, Drawn) and asks_faker(source) else ""


def last_migrations(plan: Plan, leaves: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The last migration of each app that a plan has rows of, as far as it has migrations."""
    labels = {_label(apps.get_model(batch.model)) for batch in plan.batches}
    return tuple((label, leaves[label]) for label in sorted(labels) if label in leaves)


def _label(model: type[models.Model]) -> str:
    return (blueprint(model).model._meta.concrete_model or model)._meta.app_label
