"""Columns whose cells are computed one by one: expressions, and functions of the project."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from fixturekit.blueprints import AnyField
from fixturekit.exceptions import GenerationError
from fixturekit.execution.failures import CellFailed
from fixturekit.execution.foreign import told
from fixturekit.execution.rows import Row, Rows
from fixturekit.planning.functions import find_function
from fixturekit.planning.plan import Batch
from fixturekit.values.facades import Faked
from fixturekit.values.fields.fake import WIDTH, settled
from fixturekit.values.literals import cleaner
from fixturekit.values.picking import pick
from fixturekit.values.positions import Context
from fixturekit.values.sealing import Seal, undisturbed
from fixturekit.values.sources import Called, Templated
from fixturekit.values.streams import Random, cell_words, stream_key, sub_random

Cells = list[Any]

_KEPT = 100_000  # cells of a column that are held, so that rows may be asked for in any order


def row_by_row(field: AnyField, start: int, cells: Iterable[Any], make: Callable[[Any], Any]) -> Cells:
    """Make cells one by one, and say which one could not be made."""
    made: Cells = []
    for row, cell in enumerate(cells, start):
        try:
            made.append(make(cell))
        except Exception as error:
            raise CellFailed(field.name, row) from error
    return made


class PerRow:
    """Computes cells, each once: code that is not pure must not give one value to the database and another to the digest.

    Args:
        evaluate: Gives the value of a row, in the world that ``opened`` made.
        opened: What cells are computed within.
    """

    def __init__(
        self,
        batch: Batch,
        field: AnyField,
        rows: Rows,
        evaluate: Callable[[int, Any], Any],
        opened: Callable[[], AbstractContextManager[Any]],
    ) -> None:
        self._batch = batch.id
        self._field = field
        self._rows = rows
        self._evaluate = evaluate
        self._opened = opened
        self._clean = cleaner(field)
        self._kept: dict[int, Any] = {}

    def __call__(self, start: int, stop: int) -> Cells:
        found = {row: self._kept[row] for row in range(start, stop) if row in self._kept}
        if len(found) == stop - start:
            return list(found.values())
        if len(self._kept) > _KEPT:
            self._kept.clear()
        with self._opened() as world:
            for row in range(start, stop):
                if row not in found:
                    # a row after it may have asked for this one already
                    found[row] = self._kept[row] = self._kept[row] if row in self._kept else self._cell(row, world)
        return [found[row] for row in range(start, stop)]

    def _cell(self, row: int, world: Any) -> Any:
        place = (self._batch, self._field.name, row)
        trail = self._rows.trail
        try:
            if place in trail:
                names = [name for _, name, _ in trail[trail.index(place) :]]
                raise GenerationError(f"values read each other in a circle: {' -> '.join([*names, self._field.name])}")
            trail.append(place)
            try:
                return self._cleaned(self._evaluate(row, world))
            finally:
                trail.pop()
        except CellFailed as failure:
            if failure.batch in ("", self._batch):
                raise
            reason = f"{failure.batch}, row {failure.row}, {failure.field}: {failure.__cause__}"
            raise CellFailed(self._field.name, row, self._batch) from GenerationError(reason)
        except Exception as error:
            raise CellFailed(self._field.name, row, self._batch) from error

    def _cleaned(self, value: Any) -> Any:
        try:
            return self._clean(value)
        except ValueError as error:
            raise GenerationError(str(error)) from error


def templated(batch: Batch, field: AnyField, source: Templated, context: Context, rows: Rows) -> PerRow:
    """Return the cells of an expression."""
    from fixturekit.values.expressions import compile_expression  # which imports Jinja

    expression = compile_expression(source.text)
    names = expression.names
    now = context.now.astimezone(datetime.timezone.utc)
    variables: dict[str, Any] = {"count": batch.count, "now": now, "days": _days}
    run = expression.runner(variables)
    key = stream_key(context.seed, context.step, source.lane)
    labels = batch.labels

    def evaluate(row: int, world: Any) -> Any:
        variables["n"] = row + 1
        if "row" in names:
            variables["row"] = rows.row(batch, row)
        if "pick" in names:
            variables["pick"] = _picker(key, labels[row] if labels else row)
        if "fake" in names:
            label = labels[row] if labels else row
            variables["fake"] = Faked(
                source.locale, lambda asked: cell_words(key, label, f"fake{asked}", WIDTH), world, now
            )
        try:
            return run()
        except GenerationError:
            raise
        except CellFailed:
            raise
        except Exception as error:
            raise GenerationError(f"{source.text} gives no value: {told(error)}") from error

    return PerRow(batch, field, rows, evaluate, undisturbed if source.locale else nullcontext)


def _days(number: float) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def _picker(key: bytes, row: int | str) -> Callable[[Any], Any]:
    """What draws one of several; every call in a cell draws anew."""
    drawn = 0

    def choose(options: Any) -> Any:
        nonlocal drawn
        if not isinstance(options, (list, tuple)) or not options:
            raise ValueError(f"pick takes a list with something in it, not {options!r}")
        drawn += 1
        return options[pick(cell_words(key, row, f"pick{drawn}", 1), len(options))[0]]

    return choose


class CalledRow(Row):
    """The row that a function of the project makes a value for.

    Attributes:
        n: The number of the row, from 1.
        random: Draws for this cell alone.
    """

    __slots__ = ("n", "random")

    n: int
    random: Random


def called(
    batch: Batch, field: AnyField, source: Called, context: Context, rows: Rows, clock: datetime.datetime | None
) -> PerRow:
    """Return the cells of a function of the project; its clock stands where one is given."""
    function, takes_row = find_function(source.path)
    key = stream_key(context.seed, context.step, source.lane)

    def evaluate(row: int, seal: Seal) -> Any:
        name = batch.labels[row] if batch.labels else row
        view = CalledRow(rows, batch.id.partition("^")[0], row)
        view.n, view.random = row + 1, sub_random(key, name)
        try:
            return settled(seal.call(name, lambda: function(field, view) if takes_row else function(field)))
        except CellFailed:
            raise
        except Exception as error:
            raise GenerationError(f"!call {source.path} gives no value: {told(error)}") from error

    # a function may ask for another row of the same column, so that each time a seal of its own is closed
    return PerRow(batch, field, rows, evaluate, lambda: Seal(context.seed, context.step, source.lane, clock))
