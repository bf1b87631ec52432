"""What a plan needs to know of one database, and what becomes of it as the plan is written."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.execution.elsewhere import batch_elsewhere, made_elsewhere
from fixturekit.execution.files import Files
from fixturekit.execution.standing import Standing
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Batch, Plan
from fixturekit.values.sources import Link, Outside
from fixturekit.writers.keys import Keys, Listed, Placed


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A generated value that is taken by an existing row, and so was replaced in one row of a step.

    ``pk`` is the key of the existing row in its canonical form; a tuple where several columns make it. ``path`` leads from the
    step's model to the row's.
    """

    step: str
    model: str
    field: str
    row: int
    pk: Any
    path: str = ""

    @property
    def place(self) -> str:
        """The row as who wrote the recipe knows it: ``tags[1]``, or ``tags.owner[1]`` of the rows that those of the step need."""
        dot = "." if self.path and not self.path.startswith("[") else ""
        return f"{self.step}{dot}{self.path.rstrip('~.')}[{self.row}]"


@dataclass(slots=True)
class Binding:
    """What a plan needs to know of one database, and the keys that its batches get as they are written.

    Keys are canonical values. A kept column holds Python values. ``files`` takes the files of the rows.
    """

    connection: BaseDatabaseWrapper
    plan: Plan
    now: datetime.datetime
    ledger: Ledger
    gave_way: list[GaveWay] = field(default_factory=list)
    files: Files = field(default_factory=Files)
    _pins: list[dict[str, Any]] = field(default_factory=list)
    _outside: dict[tuple[str, str, str], Keys] = field(default_factory=dict)
    _made: dict[tuple[str, str], Keys] = field(default_factory=dict)
    _instead: dict[tuple[str, str], dict[int, Any]] = field(default_factory=dict)
    _moved: dict[str, dict[str, dict[int, int]]] = field(default_factory=dict)
    _standings: dict[str, Standing] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)
    _models: dict[tuple[str, str], str] = field(default_factory=dict)
    _tables: dict[str, list[Batch]] = field(default_factory=dict)

    @property
    def clock(self) -> datetime.datetime | None:
        """The instant at which clocks stand while code of the project runs, None where they go on."""
        return self.now if self.plan.frozen else None

    def tables(self, whole: str) -> list[Batch]:
        """The batches of all tables of the rows of a batch, the topmost parent's first."""
        if not self._tables:  # in most plans nobody reads rows
            for batch in self.plan.batches:
                self._tables.setdefault(batch.whole, []).append(batch)
        return self._tables[whole]

    def pin(self, number: int, field: str) -> Any:
        """The Python value of a field (``""``: the key) of a pinned row."""
        return self._pins[number][field]

    def keys(self, source: Link | Outside) -> Keys:
        """The keys, or the values of a kept column, that a link reads."""
        if isinstance(source, Outside):
            return self._outside[source.recipe, source.step, source.field]
        return self._made[source.batch, source.field]

    def elsewhere(self, source: Outside) -> Keys:
        """A field of the rows that another recipe made; what nobody named while planning is read now.

        Raises:
            MadeRowsMissing: They are not there.
        """
        address = (source.recipe, source.step, source.field)
        if address not in self._outside:
            self._outside[address] = made_elsewhere(self.connection, self.ledger, source)
        return self._outside[address]

    def model_elsewhere(self, source: Outside) -> str:
        """The label of the model whose rows another recipe made.

        Raises:
            MadeRowsMissing: They are not there.
        """
        address = (source.recipe, source.step)
        if address not in self._models:
            self._models[address] = batch_elsewhere(self.connection, self.ledger, source).model
        return self._models[address]

    def finish(self, batch: str) -> None:
        """All rows of a batch are written."""
        self._finished.add(batch)

    def is_written(self, batch: str) -> bool:
        """Whether all rows of a batch are written, so that their keys are known."""
        return batch in self._finished

    def made(self, batch: str) -> Keys:
        """The keys of the rows of a batch."""
        return self._made[batch, ""]

    def keep(self, batch: str, field: str, keys: Keys) -> None:
        """Hold the keys (``""``) or a column of a batch for those that link to it."""
        self._made[batch, field] = keys

    def add(self, batch: str, field: str, start: int, values: Sequence[Any]) -> None:
        """Put in the keys (``""``), or values of a kept column, of further rows; keys that are known already stay."""
        held = self._made[batch, field]
        if isinstance(held, Placed):
            held.place(start, values)
        elif isinstance(held, Listed) and (field or len(held) == start):
            held.extend(values)

    def point(self, pins: list[dict[str, Any]]) -> None:
        """Note the pinned rows: their fields by name, in the order of the plan's pins."""
        self._pins = pins

    def stand(self, batch: str, standing: Standing) -> None:
        """Note what stands for rows of a batch that are not made."""
        self._standings[batch] = standing

    def standing(self, batch: Batch) -> Standing | None:
        """What stands for rows of a batch that are not made; None where all are."""
        return self._standings.get(batch.whole)

    @property
    def rows(self) -> int:
        """How many rows the plan makes here; the tables of a multi-table row count once."""
        whole = [(batch, self.standing(batch)) for batch in self.plan.batches if not batch.part]
        return sum(
            batch.count if standing is None or standing.meanwhile else len(standing.made) for batch, standing in whole
        )

    @property
    def adopted(self) -> int:
        """How many rows of steps are rows that were there before, or other rows of theirs."""
        whole = [batch for batch in self.plan.batches if not (batch.part or batch.pinned or batch.serves)]
        return sum(len(standing.adopted) for batch in whole if (standing := self.standing(batch)) is not None)

    def instead(self, batch: str, field: str) -> dict[int, Any]:
        """The rows of a column that gave way to taken values, with the values they have instead."""
        return self._instead.get((batch, field), {})

    def put_instead(self, batch: str, field: str, row: int, value: Any) -> None:
        """Give a row of a column another value than its enumeration has for it."""
        self._instead.setdefault((batch, field), {})[row] = value

    def note(self, batch: Batch, field: str, row: int, pk: Any) -> None:
        """Note that a generated value gave way to that of an existing row, whose key this is."""
        self.gave_way.append(GaveWay(batch.step, batch.model, field, row, pk, batch.path))

    def moved(self, batch: str) -> dict[str, dict[int, int]]:
        """The rows of a batch that take other combinations of unique sets, by the key of the set."""
        return self._moved.setdefault(batch, {})

    def move(self, batch: str, key: str, row: int, number: int) -> None:
        """Give a row another combination of a unique set."""
        self.moved(batch).setdefault(key, {})[row] = number
