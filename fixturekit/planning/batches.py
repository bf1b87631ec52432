"""Makings become batches: one for each table, in an order in which foreign keys find their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from fixturekit.blueprints import Blueprint, Exclusion, Table, blueprint
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.ordering import Need, RequiredCycle, order
from fixturekit.planning.plan import EACH, STREAM, Batch, Column, Unique, links
from fixturekit.planning.resolving import find_model
from fixturekit.planning.ways import choose
from fixturekit.values.sources import (
    At,
    ByDatabase,
    ByFactory,
    Const,
    Counted,
    Each,
    Enumerated,
    Fold,
    Link,
    Mixed,
    Source,
    enumerates,
    parts,
)  # fmt: skip


class Batches:
    """Turns the makings of a draft into ordered batches."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._places: dict[tuple[str, str], str] = {}

    def ordered(self) -> list[Batch]:
        """Return the batches in writing order, links that close a circle moved to their second pass."""
        paths = [(making.step.id, making.address) for making in self._draft.makings]
        assert len(set(paths)) == len(paths), paths  # digests are kept by path
        batches: dict[str, Batch] = {}
        for making in _parents_first(self._draft.makings):
            for batch in self._of(making):
                batches[batch.id] = batch
        located = {id: self._located(batch) for id, batch in batches.items()}
        try:
            ids, later = order(list(located), list(self._needs(located.values())))
        except RequiredCycle as error:
            self._draft.problems.add(
                "E053", f"these rows need each other first: {error}", "Leave one of the links out."
            )
            return []
        for need in later:
            located[need.item] = _postponed(located[need.item], need.other)
        located = {id: self._without_forward(batch) for id, batch in located.items()}
        for batch in located.values():
            self._refuse_late(batch)
        return _with_kept([located[id] for id in ids])

    def _of(self, making: Making) -> Iterator[Batch]:
        shape = making.shape
        if making.factory is not None:
            yield self._fabricated(making)
            return
        auto_created = bool(shape.model._meta.auto_created)
        muted = making.step.mute_signals
        way, why = choose(shape, making.step.save, muted=muted, through=auto_created, columns=making.columns)
        key = making.columns.get(shape.key.name)
        if making.tree is not None:
            way, why = EACH, f"planted by {making.tree.library.name}"
        elif isinstance(key, ByDatabase) and way != EACH:
            way, why = self._key_by_database(making, key, way, why)
        if way != STREAM:
            for field in shape.fields:
                self._places[making.id, field.name] = making.id
            yield self._batch(making, making.id, shape, shape.tables, way, why)
            return
        above = ""
        for table in shape.tables:
            last = table is shape.tables[-1]
            id = making.id if last else f"{making.id}^{table.model._meta.model_name}"
            for field in table.fields:
                self._places[making.id, field.name] = id
            yield self._batch(making, id, shape, (table,), way, why, above)
            above = id

    def _fabricated(self, making: Making) -> Batch:
        """Rows that a factory makes are saved by it, one by one; nobody plans what it does with relations."""
        assert making.factory is not None
        step = making.step
        save = f"save: {step.save}" if step.save not in ("", EACH) else ""
        for key, said in (("save", save), ("match", step.match), ("get_or_create", step.get_or_create)):
            if said:
                message = f"step {step.id}: a factory saves its rows itself, so '{save or key}' cannot be"
                self._draft.problems.add("E113", message, where=f"{making.where}.{key}", mark=step.place(key))
        for field in making.shape.fields:
            self._places[making.id, field.name] = making.id
        for name, source in list(making.columns.items()):
            field_ = making.shape.field(name)
            if source == ByFactory() and field_ is not None and field_.remote_field is not None:
                del making.columns[name]
        batch = self._batch(
            making, making.id, making.shape, making.shape.tables, EACH, f"factory {making.factory.path}"
        )
        return replace(batch, factory=making.factory.path, begin=making.begin)

    def _key_by_database(self, making: Making, key: ByDatabase, way: str, why: str) -> tuple[str, str]:
        """A key that only the database can tell is known where the rows are saved one by one."""
        if making.step.save:
            message = f"is filled by the database ({key.why}), so its rows can only be written with 'save: each'"
            self._draft.problem(making, making.shape.key, "E069", message)
            return way, why
        return EACH, f"key filled by {key.why}"

    def _batch(
        self,
        making: Making,
        id: str,
        shape: Blueprint,
        tables: tuple[Table, ...],
        way: str,
        why: str,
        above: str = "",
    ) -> Batch:
        columns = [
            Column(
                field.name,
                str(field.column),
                making.columns[field.name],
                making.place(field.name)[1],
                field.name in making.free,
            )
            for table in tables
            for field in table.fields
            if not isinstance(making.columns.get(field.name, Counted()), (Counted, ByDatabase))
        ]
        key = tables[-1].key
        if above and way == STREAM:
            for link in self._parent_links(tables[-1], above):
                columns.insert(0, link)
        counted = shape.counted and isinstance(making.columns.get(shape.key.name), Counted) and not above
        return Batch(
            id=id,
            step=making.step.id,
            stream=making.stream,
            path=making.address,
            model=shape.model._meta.label if way != STREAM else tables[-1].model._meta.label,
            table=tables[-1].name,
            count=making.count,
            columns=tuple(columns),
            key=key.name,
            counted=counted,
            labels=making.labels,
            unique=_unique_columns(making, columns),
            way=way,
            why=why,
            muted=making.step.mute_signals,
            arguments=tuple(Column(path, "", source, making.mark) for path, source in making.arguments.items()),
            adopt=making.adopt,
            serves=making.serves if making.adopts and not making.step.update else None,
            mark=making.mark,
            trials=tuple(trial for trial in making.trials if trial.names & {column.field for column in columns}),
        )

    @staticmethod
    def _parent_links(table: Table, above: str) -> Iterator[Column]:
        for parent, link in table.model._meta.parents.items():
            if link is not None and parent._meta.concrete_model is parent:
                yield Column(link.name, str(link.column), Link(above, Each()))

    def _located(self, batch: Batch) -> Batch:
        """Point links at the batch that holds what they read: a field may lie in the table of a parent."""
        return replace(
            batch,
            columns=tuple(replace(column, source=self._locate(column.source)) for column in batch.columns),
            arguments=tuple(replace(column, source=self._locate(column.source)) for column in batch.arguments),
        )

    def _locate(self, source: Source) -> Source:
        if isinstance(source, Link) and source.field:
            return replace(source, batch=self._places.get((source.batch, source.field), source.batch))
        if isinstance(source, Mixed):
            return replace(source, sources=tuple(self._locate(part) for part in source.sources))
        return source

    def _without_forward(self, batch: Batch) -> Batch:
        """Links to later rows of the same batch are written in the second pass, or refused if they may not wait."""
        for told in batch.arguments:
            self._refuse_forward(batch, told.field, _forward(batch, told.source))
        forward = {column.field: rows for column in batch.columns if (rows := _forward(batch, column.source))}
        if not forward:
            return batch
        model = find_model(batch.model)
        for name, rows in forward.items():
            field: Any = model._meta.get_field(name)
            if not field.null:
                self._refuse_forward(batch, name, rows)
        return _postponed(batch, batch.id, tuple(forward))

    def _refuse_forward(self, batch: Batch, name: str, rows: int) -> None:
        if rows:
            which = "row 0 points" if rows == 1 else f"rows 0 to {rows - 1} point"
            message = f"{batch.model}.{name}: {which} at a row of their own step that is not made before them"
            hint = "Refer to row 0 from the others, or to another step."
            self._draft.problems.add("E070", message, hint, mark=batch.mark)

    def _refuse_late(self, batch: Batch) -> None:
        """Rows are found by what is known before they are written."""
        for column in batch.later:
            if batch.adopt is not None and column.field in batch.adopt.fields:
                message = f"{batch.model}.{column.field}: closes a circle, so that no row can be found by it"
                self._draft.problems.add("E079", message, "Match by other fields.", mark=column.mark or batch.mark)

    def _needs(self, batches: Iterable[Batch]) -> Iterator[Need]:
        for batch in batches:
            shape = None if batch.part else blueprint(find_model(batch.model))
            for column in batch.given:
                for link in links(column.source):
                    field = shape.field(column.field) if shape else None
                    lasting = field is not None and field.remote_field is None and not link.key_of
                    told = not column.column  # when the row is made: no second pass could set it
                    required = field is None or not field.null or lasting or told
                    yield Need(batch.id, link.batch, required)


def _forward(batch: Batch, source: Source) -> int:
    """Up to which row a batch points at rows of its own that are not there yet; 0 if none does."""
    ahead = 1 if batch.way == EACH else 0  # a row that is saved alone does not know its own key before
    if isinstance(source, Mixed) and isinstance(source.choose, tuple):
        rows = (
            row + 1
            for row, chosen in enumerate(source.choose)
            for link in links(source.sources[chosen])
            if link.batch == batch.id and isinstance(link.map, At) and row < link.map.position + ahead
        )
        return max(rows, default=0)
    return max((_ahead(link, batch, ahead) for link in links(source) if link.batch == batch.id), default=0)


def _ahead(link: Link, batch: Batch, ahead: int) -> int:
    if isinstance(link.map, At):
        return min(link.map.position + ahead, batch.count)
    return batch.count if isinstance(link.map, Fold) and ahead else 0


def _parents_first(makings: list[Making]) -> Iterator[Making]:
    """Yield makings so that the parents of a making come right before it."""
    parents = {parent.id for making in makings for parent in making.parents.values()}

    def with_parents(making: Making) -> Iterator[Making]:
        for parent in making.parents.values():
            yield from with_parents(parent)
        yield making

    for making in makings:
        if making.id not in parents:
            yield from with_parents(making)


def _postponed(batch: Batch, other: str, fields: tuple[str, ...] = ()) -> Batch:
    """Write the links to one batch, all or those of some fields, in the second pass."""
    waiting = [
        column
        for column in batch.columns
        if any(link.batch == other for link in links(column.source)) and (not fields or column.field in fields)
    ]
    first = tuple(replace(column, source=Const(None)) if column in waiting else column for column in batch.columns)
    return replace(batch, columns=first, later=(*batch.later, *waiting))


def _with_kept(batches: list[Batch]) -> list[Batch]:
    """Note on each batch which of its columns others read."""
    kept: dict[str, dict[str, None]] = {}
    for batch in batches:
        for column in batch.everything:
            for link in links(column.source):
                if link.field:
                    kept.setdefault(link.batch, {})[link.field] = None
    return [replace(batch, kept=tuple(kept.get(batch.id, ()))) for batch in batches]


def _unique_columns(making: Making, columns: list[Column]) -> tuple[Unique, ...]:
    """The unique sets that lie in these columns, with the column that may give way to a taken value."""
    here = {column.field: column.source for column in columns}
    found = []
    alike = {unique.names for unique in making.shape.unique_sets if not unique.nulls_distinct}
    for names in dict.fromkeys(unique.names for unique in making.shape.unique_sets):
        if all(name in here for name in names):
            enumerated = next((name for name in names if enumerates(here[name])), "")
            found.append(Unique(names, enumerated, nulls_alike=names in alike))
    slots = {name for exclusion in making.shape.exclusions if (name := _slotted(exclusion, here))}
    apart = [Unique((name,), name, apart=True) for name in sorted(slots)]
    return (*(unique for unique in found if unique.fields not in {(name,) for name in slots}), *apart)


def _slotted(exclusion: Exclusion, here: dict[str, Source]) -> str:
    """The column of ranges whose slots may give way, if the exclusion has such a one."""
    name = exclusion.spans[0]
    own = len(exclusion.spans) == 1 and any(isinstance(part, Enumerated) for part in parts(here.get(name)))
    return name if own else ""
