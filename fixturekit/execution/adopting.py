"""Rows that are there already stand for rows of a plan: found before anything is written, and never made again.

A row can be there only if all that it is found by is there, too: a link to a row that is still to be made leads to
nothing that a row of the database could point at. So all of this is known when a plan is bound.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Case, IntegerField, Q, Value, When

from fixturekit.blueprints import AnyField
from fixturekit.exceptions import MatchAmbiguous, PlanError
from fixturekit.execution.binding import Binding
from fixturekit.execution.cells import CompiledBatch
from fixturekit.execution.finding import by_key, every_row, fitting, key_converter, read_fields
from fixturekit.execution.standing import Standing, runs
from fixturekit.execution.taken import folded
from fixturekit.ledger import Ledger
from fixturekit.marks import Problem
from fixturekit.planning.plan import STREAM, Adopt, Batch, Column, Plan, links
from fixturekit.values import canonical
from fixturekit.values.positions import Context, positions
from fixturekit.values.sources import Const, Copied, Link, Mixed, Pinned, Source, Supplied
from fixturekit.values.streams import BLOCK
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Placed

_ASKED = 500  # rows in one query
_ASKED_TOGETHER = 100  # where several fields are compared: SQLite nests one level for each term of an OR
_NEW = object()


def adopt(binding: Binding, writer: Writer) -> None:
    """Find the existing rows that stand for rows of a plan, and let the binding know of them. Reads only.

    Raises:
        MatchAmbiguous: Several existing rows fit one row.
        PinNotFound: Several existing rows fit a pin.
        PlanError: Two rows of a step are the same by what existing rows are found by.
    """
    search = _Search(binding, writer)
    for batch in binding.plan.batches:
        if batch.adopt is not None or batch.serves is not None:
            search.standing(batch.whole)


def take_over(binding: Binding, writer: Writer, batch: Batch) -> Standing | None:
    """Find rows that code of the project made meanwhile in the place of rows of a batch: the profile that a receiver
    makes for each new user. Lets the binding know of them; reads only.

    Returns:
        What stands for rows of the batch, None where all are still to be made.
    """
    fields = next((unique.fields for unique in batch.unique if _leads_to_saved(binding.plan, batch, unique.fields)), ())
    if apps.get_model(batch.model)._meta.auto_created:
        return None  # a link is added through its manager, or is no row that anybody would make in its place
    if not fields or len([part for part in binding.plan.batches if part.whole == batch.whole]) > 1:
        return None
    search = _Meanwhile(binding, writer)
    found = _Match(search, binding, writer, batch, [batch], Adopt(fields)).standing()
    if found.trivial:
        return None
    found.meanwhile = True
    search._hold(batch, found)
    return found


def _leads_to_saved(plan: Plan, batch: Batch, fields: tuple[str, ...]) -> bool:
    """Whether fields tell rows apart by rows of the plan that instances were saved for, so that somebody may have
    heard of these.
    """
    return any(plan.batch(link.batch).way != STREAM for link in ties(batch, fields))


def ties(batch: Batch, fields: tuple[str, ...]) -> list[Link]:
    """Return the links to other rows of the plan by which fields tell rows of a batch apart; none where these fields hold
    anything that only the row itself knows.
    """
    sources = [column.source for column in batch.columns if column.field in fields]
    fixed = all(isinstance(source, (Link, Const, Pinned, Supplied)) and source != Const(None) for source in sources)
    if not fixed or len(sources) != len(fields):
        return []
    return [source for source in sources if isinstance(source, Link) and source.batch != batch.id]


class _Search:
    """Looks for rows batch by batch, those that others link to first."""

    def __init__(self, binding: Binding, writer: Writer) -> None:
        self._binding = binding
        self._writer = writer
        self._alias = writer.connection.alias
        self._parts: dict[str, list[Batch]] = {}
        for batch in binding.plan.batches:
            self._parts.setdefault(batch.whole, []).append(batch)
        self._known: dict[str, Standing | None] = {}

    def standing(self, whole: str) -> Standing | None:
        """Return what stands for rows of a batch, None where all rows are made."""
        if whole not in self._known:
            self._known[whole] = None  # a batch that is needed to find itself has no rows yet
            batch = self._parts[whole][-1]
            found = self._found(batch)
            if found is not None and not found.trivial:
                self._known[whole] = found
                self._hold(batch, found)
        return self._known[whole]

    def _found(self, batch: Batch) -> Standing | None:
        if batch.serves is not None:
            return self._serving(batch)
        if batch.adopt is None:
            return None
        if batch.adopt.pin is None:
            return _Match(self, self._binding, self._writer, batch, self._parts[batch.whole], batch.adopt).standing()
        row = fitting(self._alias, batch.adopt.pin)
        return Standing(1, {} if row is None else {0: key_converter(type(row))([row.pk])[0]})

    def _hold(self, batch: Batch, standing: Standing) -> None:
        """Let others find the keys of adopted rows, and what else they read of them."""
        self._binding.stand(batch.whole, standing)
        keys = Placed([None] * batch.count, standing.same)
        for row, key in standing.adopted.items():
            keys.place(row, [key])
        for part in self._parts[batch.whole]:
            self._binding.keep(part.id, "", keys)
            if part.kept:
                self._hold_columns(part, standing)

    def _hold_columns(self, part: Batch, standing: Standing) -> None:
        model = apps.get_model(part.model)
        form = Ledger(self._writer.connection).form(part.model)
        python = {row: form.python(key) for row, key in standing.adopted.items()}
        attnames = [str(getattr(model._meta.get_field(name), "attname", name)) for name in part.kept]
        found = read_fields(self._alias, model, list(python.values()), attnames)
        for number, name in enumerate(part.kept):
            column = Placed([None] * part.count, standing.same)
            for row, key in python.items():
                column.place(row, [found[key][number]])
            self._binding.keep(part.id, name, column)

    # -- rows that are made for others -------------------------------------------------------------------------------

    def _serving(self, batch: Batch) -> Standing | None:
        """Rows are there only for rows that are made."""
        serves = batch.serves
        assert serves is not None  # _found has looked
        parts = self._parts.get(serves.batch)
        owner = self.standing(serves.batch) if parts else None
        if owner is None or not parts:
            return None
        made = set(owner.made)
        if serves.field:
            column = next(column for column in _all_columns(self._parts[batch.whole]) if column.field == serves.field)
            led = self.positions(batch, column.source, serves.batch, range(batch.count))
            return Standing(batch.count, absent={row for row, position in led if position not in made})
        needed = {
            position
            for part in parts
            for column in _all_columns([part])
            for row, position in self.positions(part, column.source, batch.whole, owner.made)
        }
        return Standing(batch.count, absent={row for row in range(batch.count) if row not in needed})

    def positions(self, batch: Batch, source: Source, to: str, rows: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield rows of a batch with the rows of another batch that they lead to through a source."""
        for start, stop in runs(rows):
            for row, found in enumerate(self._links(batch, source, start, stop), start):
                if found is not None and found[0].batch.partition("^")[0] == to:
                    yield row, found[1]

    def _links(self, batch: Batch, source: Source, start: int, stop: int) -> list[tuple[Link, int] | None]:
        """The link of each row with the position that it leads to, None for rows without."""
        context = self.context(batch)
        if isinstance(source, Copied):
            columns = {column.field: column.source for column in (*batch.columns, *batch.later)}
            return self._links(batch, columns[source.field], start, stop)
        if isinstance(source, Link):
            return [None if at is None else (source, at) for at in positions(source.map, context, start, stop)]
        if isinstance(source, Mixed):
            choose = source.choose
            chosen = choose[start:stop] if isinstance(choose, tuple) else positions(choose, context, start, stop)
            return [
                self._links(batch, source.sources[part or 0], row, row + 1)[0] for row, part in enumerate(chosen, start)
            ]
        return [None] * (stop - start)

    def context(self, batch: Batch) -> Context:
        return Context(self._binding.plan.seed, batch.stream, self._binding.now, batch.labels or None)

    def new(self, batch: Batch, column: Column, start: int, stop: int) -> list[tuple[str, int] | None]:
        """For each row the row of the plan, batch and position, that it leads to and that is still to be made."""
        if not any(links(column.source)) and not isinstance(column.source, Copied):
            return [None] * (stop - start)
        new: list[tuple[str, int] | None] = []
        for found in self._links(batch, column.source, start, stop):
            whole = found[0].batch.partition("^")[0] if found else ""
            standing = self.standing(whole) if found else None
            if found is None or (standing is not None and standing.is_there(found[1])):
                new.append(None)
            else:
                new.append((whole, standing.same.get(found[1], found[1]) if standing else found[1]))
        return new

    def open(self, source: Source) -> None:
        """Let a link be followed to rows that are not there yet: it finds nothing."""
        for link in links(source):
            whole = link.batch.partition("^")[0]
            if self.standing(whole) is None:
                count = self._parts[whole][-1].count
                self._binding.keep(link.batch, link.field, Placed([None] * count, {}))


class _Meanwhile(_Search):
    """Looks for rows when the rows that they link to are there already."""

    def new(self, batch: Batch, column: Column, start: int, stop: int) -> list[tuple[str, int] | None]:
        return [None] * (stop - start)

    def open(self, source: Source) -> None:
        pass  # its keys are known


class _Match:
    """Finds the rows that are equal in some fields to rows of one batch."""

    def __init__(
        self, search: _Search, binding: Binding, writer: Writer, batch: Batch, parts: list[Batch], adopt: Adopt
    ) -> None:
        self._search = search
        self._binding = binding
        self._batch = batch
        self._adopt = adopt
        self._alias = writer.connection.alias
        self._model = apps.get_model(batch.model)
        places = [
            next((part, column) for part in parts for column in part.columns if column.field == name)
            for name in adopt.fields
        ]
        for _, column in places:
            search.open(column.source)
        compiled = {
            part.id: CompiledBatch(binding.plan, part, apps.get_model(part.model), writer, binding) for part in parts
        }
        self._columns = [(part, column, compiled[part.id].columns[column.field]) for part, column in places]
        self._fields: list[AnyField] = [compiled[part.id].fields[column.field] for part, column in places]
        self._folds = [writer.folds_texts and not getattr(field, "db_collation", None) for field in self._fields]

    def standing(self) -> Standing:
        """Return what stands for the rows of the batch."""
        standing = Standing(self._batch.count)
        first: dict[Hashable, int] = {}
        for start in range(0, self._batch.count, BLOCK):
            wanted: dict[Hashable, tuple[int, tuple[Any, ...]]] = {}
            for row, identity, values in self._rows(start, min(start + BLOCK, self._batch.count)):
                if first.setdefault(identity, row) != row:
                    self._meet(standing, first[identity], row)
                elif values is not None:
                    wanted[identity] = row, values
            size = _ASKED if len(self._fields) == 1 else _ASKED_TOGETHER
            asked = list(wanted.items())
            for number in range(0, len(asked), size):
                self._ask(dict(asked[number : number + size]), standing)
        return standing

    def _meet(self, standing: Standing, first: int, row: int) -> None:
        """Two rows are equal: the later one is the first, or there is one too many."""
        if self._adopt.merges:
            standing.same[row] = first
            return
        names = ", ".join(self._adopt.fields)
        message = (
            f"rows {self._said(first)} and {self._said(row)} have the same {names}, by which existing rows are found"
        )
        hint = "Give each row another value, or write get_or_create."
        raise PlanError([Problem("fixturekit.E078", message, hint, f"steps.{self._batch.step}", self._batch.mark)])

    def _rows(self, start: int, stop: int) -> Iterator[tuple[int, Hashable, tuple[Any, ...] | None]]:
        """Yield rows with what tells them apart, and their values; None where such a row cannot be there."""
        new = [self._search.new(part, column, start, stop) for part, column, _ in self._columns]
        values = [compiled.values(start, stop) for _, _, compiled in self._columns]
        cells = self._identities(values)
        for offset, row in enumerate(range(start, stop)):
            ahead = [column[offset] for column in new]
            identity = tuple(
                cell[offset] if place is None else (_NEW, place) for cell, place in zip(cells, ahead, strict=True)
            )
            there = all(place is None for place in ahead)
            yield row, identity, tuple(column[offset] for column in values) if there else None

    def _identities(self, columns: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Canonical values, folded where the database takes texts for equal that differ in case or accents."""
        found = []
        for own, folds, column in zip(self._fields, self._folds, columns, strict=True):
            cells = canonical.converter(own)(list(column))
            found.append([folded(cell) for cell in cells] if folds else cells)
        return found

    def _ask(self, wanted: dict[Hashable, tuple[int, tuple[Any, ...]]], standing: Standing) -> None:
        """Look for the rows of a chunk in one query; which row is meant is asked again only where texts differ."""
        table = every_row(self._model, self._alias).order_by()
        attnames = [own.attname for own in self._fields]
        rows = by_key(table.filter(self._any([values for _, values in wanted.values()])), attnames)
        cells = self._identities([[row[number] for _, row in rows] for number in range(len(attnames))])
        unclear = []
        for (pk, _), *identity in zip(rows, *cells, strict=True):
            if tuple(identity) in wanted:
                self._take(standing, wanted[tuple(identity)][0], pk)
            else:
                unclear.append(pk)
        if unclear:
            whens = [When(self._equal(values), then=Value(row)) for row, values in wanted.values()]
            which = Case(*whens, output_field=IntegerField())
            found = table.filter(pk__in=unclear).annotate(_fixturekit_row=which)
            for pk, (row,) in by_key(found, ["_fixturekit_row"]):
                if row is not None:
                    self._take(standing, row, pk)

    def _any(self, rows: Sequence[tuple[Any, ...]]) -> Q:
        """A condition that holds for rows that are equal to one of these."""
        if len(self._fields) > 1:
            condition = self._equal(rows[0])
            for values in rows[1:]:
                condition |= self._equal(values)
            return condition
        name = self._fields[0].attname
        condition = Q(**{f"{name}__in": [value for (value,) in rows if value is not None]})
        return condition | Q(**{f"{name}__isnull": True}) if (None,) in rows else condition

    def _equal(self, values: tuple[Any, ...]) -> Q:
        return Q(**{own.attname: value for own, value in zip(self._fields, values, strict=True)})

    def _take(self, standing: Standing, row: int, pk: Any) -> None:
        key = key_converter(self._model)([pk])[0]
        if row in standing.adopted:
            names = ", ".join(self._adopt.fields)
            raise MatchAmbiguous(
                f"{self._binding.plan.recipe}, step '{self._batch.step}', row {self._said(row)}: several rows of "
                f"{self._batch.model} have the same {names}; a match must fit one row at most",
                self._batch.mark,
            )
        standing.adopted[row] = key

    def _said(self, row: int) -> str:
        return f"{row} ({self._batch.labels[row]})" if self._batch.labels else str(row)


def _all_columns(parts: Iterable[Batch]) -> Iterator[Column]:
    """The columns of a batch, with the links that are written in the second pass in place of the empty ones."""
    for part in parts:
        later = {column.field: column for column in part.later}
        for column in part.columns:
            yield later.get(column.field, column)


def as_planned(field: AnyField, planned: Sequence[Any], now: Sequence[Any]) -> list[Any]:
    """What rows hold that were found by a text, spelled as the plan has it where only case or accents differ."""
    if canonical.kind(field) != "text":
        return list(now)
    return [
        old if isinstance(old, str) and isinstance(new, str) and folded(old) == folded(new) else new
        for old, new in zip(planned, now, strict=True)
    ]
