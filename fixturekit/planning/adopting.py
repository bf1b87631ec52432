"""``match`` and ``get_or_create``: by which fields rows that are there already are found, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator

from fixturekit.blueprints import AnyField
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.plan import Adopt
from fixturekit.planning.resolving import nearest
from fixturekit.planning.rows import alike
from fixturekit.values.canonical import kind
from fixturekit.values.sources import (
    At,
    ByDatabase,
    Const,
    Copied,
    Counted,
    Default,
    Each,
    Fold,
    Hashed,
    Link,
    Listed,
    Mixed,
    Outside,
    Pinned,
    Selected,
    Sequence,
    Source,
)  # fmt: skip

_PLACED = (Each, At, Fold, Listed)


def adopt_rows(draft: Draft, making: Making) -> None:
    """Note on a step's making how existing rows are found, once its columns are known; report what cannot be."""
    key = "match" if making.step.match else "get_or_create"
    if making.step.match and making.step.get_or_create:
        message = f"{making.shape.label}: 'match' and 'get_or_create' are two answers to one question"
        _problem(draft, making, "get_or_create", message, "Leave one of them out.", "E083")
    names = list(_names(draft, making, key))
    for name in names:
        field = making.shape.field(name)
        assert field is not None  # _names has looked
        if reason := _unfit(making, field, making.columns[name], drawn=key == "get_or_create"):
            _problem(draft, making, key, f"{making.shape.label}.{name}: {reason[0]}", reason[1])
    if key == "match" and names:
        pair = next(alike(making, tuple(names), nulls=True), None)
        if pair is not None:
            rows = " and ".join(_row(making, row) for row in pair)
            message = f"rows {rows} have the same {', '.join(names)}, by which existing rows are found"
            _problem(draft, making, key, message, "Give each row another value, or write get_or_create.", "E078")
    making.adopt = Adopt(tuple(names), tuple(_set(making, names)), merges=key == "get_or_create")


def adopt_links(making: Making) -> None:
    """Links that are there already are adopted, where adopted rows are given what the recipe says."""
    others = [name for name in making.columns if name not in making.ends]
    making.adopt = Adopt(making.ends, tuple(name for name in others if _written(making, name)))


def refuse_made_rows(draft: Draft, making: Making) -> None:
    """Report rows that would be made for adopted ones: these would keep them, or be given others each time."""
    message = f"{making.shape.label}: rows are made for each row of the step, which adopted rows would be given too"
    hint = "Give rows that exist: '!pin ...' or '!ref STEP'. Or leave 'update' out."
    draft.problems.add("E081", message, hint, where=making.where, mark=making.mark)


def _names(draft: Draft, making: Making, key: str) -> Iterator[str]:
    """The fields that the step names, as far as they have a column."""
    for written in getattr(making.step, key):
        field = making.shape.field(making.shape.key.name if written == "pk" else written)
        if field is not None:
            if field.name in making.columns:  # else it is reported already
                yield field.name
        elif written in making.shape.relations:
            message = f"{making.shape.label}.{written}: is a relation to several rows, by which none can be found"
            _problem(draft, making, key, message, "Match by fields of the row itself.")
        else:
            message = f"{making.shape.label} has no field '{written}'"
            _problem(
                draft, making, key, message, nearest(written, [field.name for field in making.shape.fields]), "E013"
            )


def _unfit(making: Making, field: AnyField, source: Source, *, drawn: bool) -> tuple[str, str] | None:
    """Why no row can be found by what a column holds, with a hint; None if it can."""
    give = f"Give {field.name} a value in 'set'."
    if isinstance(source, (Counted, ByDatabase)):
        return "is filled by the database, so that no row can be found by it", give
    if isinstance(source, (Default, Hashed)) or kind(field) == "json":
        return "is not a value by which rows can be found", "Match by other fields."
    if isinstance(source, Mixed):
        parts = (_unfit(making, field, part, drawn=drawn) for part in source.sources)
        return next((part for part in parts if part), None) or _chosen(source.choose, drawn)
    if isinstance(source, Copied):
        return _unfit(making, field, making.columns[source.field], drawn=drawn)
    if isinstance(source, Link):
        if source.batch == making.id:
            return "leads to a row of the same step, so no row can be found by it", "Make these rows in two steps."
        if source.batch.startswith(f"{making.id}/") or source.batch.startswith(f"{making.id}["):
            return (
                "leads to a row that is made for it, so none can be there already",
                "Write '!pin ...' or '!ref STEP'.",
            )
    if isinstance(source, (Const, Sequence, Pinned)):
        return None
    if isinstance(source, (Link, Outside, Selected)):
        return _chosen(source.map, drawn)
    return None if drawn else ("is generated, so nobody knows which row is meant", give)


def _chosen(chosen: object, drawn: bool) -> tuple[str, str] | None:
    if drawn or isinstance(chosen, (tuple, *_PLACED)):
        return None
    return "is drawn, so nobody knows which row is meant", "Write get_or_create, or a value that is no draw."


def _set(making: Making, names: list[str]) -> Iterator[str]:
    """The fields that an adopted row is given."""
    for name in making.columns if making.step.update else ():
        if name not in names and _written(making, name):
            yield name


def _written(making: Making, name: str) -> bool:
    """Whether the plan has a value that a row may be given: keys stay what they are."""
    keys = {field.name for field in making.shape.model._meta.pk_fields} | {making.shape.key.name}
    return name not in keys and not isinstance(making.columns[name], (Counted, ByDatabase))


def _row(making: Making, row: int) -> str:
    return f"{row} ({making.labels[row]})" if making.labels else str(row)


def _problem(draft: Draft, making: Making, key: str, message: str, hint: str, id: str = "E079") -> None:
    draft.problems.add(id, message, hint, where=f"{making.where}.{key}", mark=making.step.place(key))
