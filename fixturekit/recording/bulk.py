"""Whether ``save: bulk`` gives the rows that saving one by one gives: tried on a few rows, in a transaction rolled back.

Where something listens, rows are saved each by ``save()``, which is slow and always right. ``bulk`` calls receivers too, but
all rows of a block are in the database before the first ``post_save``, and an own ``save()`` is not called at all. So
it is written into a step only where nobody could tell the two apart: equal rows, equal rows that receivers made, equal
mail.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.core import mail
from django.db import models, transaction
from django.utils import timezone

from fixturekit.exceptions import FixtureKitError, PlanError
from fixturekit.execution.applier import Applier
from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.digests import differing
from fixturekit.execution.instances import reads_clock
from fixturekit.execution.writing import Written
from fixturekit.planning.plan import BULK, EACH, Batch, Plan
from fixturekit.recipes.document import Recipe
from fixturekit.recording.replaying import shift_keys, side_models
from fixturekit.recording.surroundings import kept_inside
from fixturekit.recording.trials import with_few_rows
from fixturekit.values.sealing import ambient

MOST = 50
"""So many rows of a step are tried."""

LEAST = 10
"""Steps of fewer rows are not tried: there is little to gain, and little to tell a difference by."""

_WHOLE = 5000  # a recipe whose steps cannot be cut is tried whole up to so many rows

Address = tuple[str, Any]
"""The label of a concrete model, and a key in Python's form."""


@dataclass(frozen=True, slots=True)
class Faster:
    """A step for which ``save: bulk`` was proven on so many rows; ``why`` says what is not called then."""

    step: str
    rows: int
    why: str


@dataclass(slots=True)
class _Outcome:
    """What a way of writing has made: digests, the other rows with how often each is there, mail."""

    written: Written
    sides: Counter[str]
    mail: list[str]

    def equals(self, other: _Outcome) -> bool:
        one, two = self.written.digests, other.written.digests
        counts = {step: (digest.rows, digest.model) for step, digest in one.items()}
        return (
            counts == {step: (digest.rows, digest.model) for step, digest in two.items()}
            and not list(differing(one, two))
            and self.sides == other.sides
            and self.mail == other.mail
        )


class BulkProof:
    """Finds the steps of a recipe whose rows may be written in bulk.

    Args:
        applier: For the database to try on.
        plan: Plans a recipe.
        needed: Recipes that it depends on; those not applied yet are applied within the transaction.
    """

    def __init__(self, applier: Applier, plan: Callable[[Recipe], Plan], needed: Sequence[str]) -> None:
        self._applier = applier
        self._plan = plan
        self._needed = needed

    def find(self, recipe: Recipe, ids: Collection[str]) -> list[Faster]:
        """Return the steps, of some ids and that do not say ``save`` themselves, for which ``save: bulk`` is proven."""
        slow = {batch.step for batch in self._plan(recipe).batches if _is_slow(batch)}
        candidates = [step.id for step in recipe.steps if step.id in slow and step.id in ids and not step.save]
        trial = self._trial(recipe) if candidates else None
        if trial is None:
            return []
        with (
            ambient(1),
            kept_inside(),
            self._applier.files.dropped(),
            transaction.atomic(using=self._applier.connection.alias),
        ):
            self._applier.apply(self._needed)
            found = list(self._tried(trial, candidates))
            transaction.set_rollback(True, using=self._applier.connection.alias)
        return found

    def _trial(self, recipe: Recipe) -> Recipe | None:
        """The recipe with few rows in each step; whole where that cannot be, None where it is too large for that."""
        few = with_few_rows(recipe, MOST)
        try:
            self._plan(few)
        except PlanError:
            return recipe if self._plan(recipe).rows <= _WHOLE else None
        return few

    def _tried(self, trial: Recipe, candidates: Iterable[str]) -> Iterator[Faster]:
        try:
            known = self._outcome(self._plan(trial))
        except FixtureKitError:
            return  # the proof of the recipe says what is wrong
        for id in candidates:
            changed = in_bulk(trial, id)
            try:
                plan = self._plan(changed)
                outcome = self._outcome(plan, known.written)
            except FixtureKitError:
                continue  # keys that only the database fills, code that needs rows one by one
            if outcome.equals(known):
                trial = changed
                yield Faster(id, _rows(plan, id), _left_out(plan, id))

    def _outcome(self, plan: Plan, shifted: Written | None = None) -> _Outcome:
        """Write a plan and roll back; with keys shifted from those that were written before."""
        applier = self._applier
        with transaction.atomic(using=applier.connection.alias):
            if shifted:
                shift_keys(applier, plan, side_models(shifted))
            sent = len(mail.outbox)
            started = timezone.now()
            _, written = write_plan(plan, applier.connection, applier.ledger, applier.reporter, applier.files)
            sides = Sides(applier, plan, written, started).content()
            letters = [str(letter.message().as_string()) for letter in mail.outbox[sent:]]
            transaction.set_rollback(True, using=applier.connection.alias)
        return _Outcome(written, sides, [_undated(letter) for letter in letters])


class Sides:
    """Reads the rows that receivers and ``save()`` made beside those of a plan, without what no two tries have in common.

    That is counted keys, for which the row's place in the plan stands, and moments of the tries themselves.
    """

    def __init__(self, applier: Applier, plan: Plan, written: Written, started: datetime.datetime) -> None:
        self._applier = applier
        self._started = started
        self._found = list(
            dict.fromkeys(
                (label, applier.ledger.form(label).python(key))
                for rows in written.sides.values()
                for label, key in rows
            )
        )
        self._addresses: dict[Address, str] = dict.fromkeys(self._found, "another row")
        for batch in plan.batches:
            if not batch.part:
                self._add_rows(batch, written)

    def _add_rows(self, batch: Batch, written: Written) -> None:
        model = apps.get_model(batch.model)
        form = self._applier.ledger.form((model._meta.concrete_model or model)._meta.label)
        for number, key in enumerate(written.keys[batch.id]):
            for table in {model._meta.concrete_model or model, *model._meta.get_parent_list()}:
                self._addresses[table._meta.label, form.python(key)] = f"{batch.id}[{number}]"

    def content(self) -> Counter[str]:
        """Return each row as text, with how often it is there."""
        found: Counter[str] = Counter()
        keys: dict[str, list[Any]] = {}
        for label, key in self._found:
            keys.setdefault(label, []).append(key)
        alias = self._applier.connection.alias
        for label, some in keys.items():
            model = apps.get_model(label)
            rows = model._base_manager.using(alias).in_bulk(some)
            found.update(f"{label} {self._row(rows[key]) if key in rows else 'gone'}" for key in some)
        return found

    def _row(self, row: models.Model) -> str:
        generic = {field.fk_field: field for field in row._meta.private_fields if hasattr(field, "fk_field")}
        cells = []
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if isinstance(field, models.AutoField) or reads_clock(field):
                continue
            if field.remote_field is not None:
                value = self._address(field.related_model, value)
            elif field.name in generic:
                target: Any = getattr(row, generic[field.name].name)
                value = self._address(type(target), target.pk) if target is not None else value
            cells.append(f"{field.name}={self._told(value)!r}")
        return " ".join(cells)

    def _address(self, model: Any, key: Any) -> Any:
        return self._addresses.get(((model._meta.concrete_model or model)._meta.label, key), key)

    def _told(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            aware = value if timezone.is_aware(value) else timezone.make_aware(value)
            return "now" if self._started <= aware <= timezone.now() else value
        return value


def in_bulk(recipe: Recipe, id: str) -> Recipe:
    """Return the recipe with ``save: bulk`` in the step of this id."""
    step = recipe.step(id)
    assert step is not None
    return recipe.with_step(replace(step, save=BULK))


def _is_slow(batch: Batch) -> bool:
    """Whether rows are saved one by one; links of many-to-many fields go through their manager in both ways."""
    return batch.way == EACH and batch.count >= LEAST and not apps.get_model(batch.model)._meta.auto_created


def _rows(plan: Plan, step: str) -> int:
    """How many rows a step makes that are not streamed."""
    return sum(batch.count for batch in plan.batches if batch.step == step and batch.way == BULK and not batch.part)


def _left_out(plan: Plan, step: str) -> str:
    found = (batch.why.partition("; ")[2] for batch in plan.batches if batch.step == step and batch.way == BULK)
    return "; ".join(dict.fromkeys(filter(None, found)))


def _undated(letter: str) -> str:
    """A letter without the lines that are others each time."""
    return "\n".join(line for line in letter.splitlines() if not line.startswith(("Date:", "Message-ID:")))
