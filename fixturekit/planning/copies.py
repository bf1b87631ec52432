"""``!copy``: what copies read is checked, and copied links become links of their own."""

from __future__ import annotations

from dataclasses import replace

from fixturekit.blueprints import AnyField, blueprint, generated_field
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.plan import links
from fixturekit.planning.resolving import nearest
from fixturekit.planning.targets import linked_field, target_model
from fixturekit.values.sources import ByDatabase, Const, Copied, Counted, Link, Mixed, Outside, Pinned, Source


def resolve_copies(draft: Draft, making: Making) -> None:
    """Check what copies read: a field of the same row, or of rows that the row points to; no circles."""
    for name, source in list(making.columns.items()):
        if not _copies(source):
            continue
        circle = _copy_circle(making, name)
        if circle:
            draft.problem(making, name, "E060", "copies go round in a circle: " + " -> ".join(circle))
        found = None if circle else _uncopied(draft, making, name, source)
        if found is None:
            del making.columns[name]
        else:
            making.columns[name] = found


def _copies(source: Source | None) -> list[Copied]:
    """The copies that a source consists of: labelled rows may each have their own."""
    if isinstance(source, Mixed):
        return [part for part in source.sources if isinstance(part, Copied)]
    return [source] if isinstance(source, Copied) else []


def _copy_circle(making: Making, name: str) -> list[str]:
    """The way along copies from a column back to itself, empty if there is none."""
    ways = [[name]]
    seen = {name}
    while ways:
        way = ways.pop()
        for copied in _copies(making.columns.get(way[-1])):
            field = making.shape.field(copied.field)
            following = copied.field if field is None else field.name
            if following == name:
                return [*way, name]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _uncopied(draft: Draft, making: Making, name: str, source: Source) -> Source | None:
    """A source with its copies resolved; None after reporting a problem."""
    if isinstance(source, Copied):
        return _copied(draft, making, name, source.field)
    assert isinstance(source, Mixed)  # nothing else holds copies
    parts = [_uncopied(draft, making, name, part) if _copies(part) else part for part in source.sources]
    found = tuple(part for part in parts if part is not None)
    return replace(source, sources=found) if len(found) == len(parts) else None


def _copied(draft: Draft, making: Making, name: str, path: str) -> Source | None:
    first, _, rest = path.partition(".")
    field = making.shape.field(first)
    if field is None and generated_field(making.shape, first):
        draft.problem(making, name, "E061", f"'{path}' cannot be copied: the database computes it from other columns")
        return None
    if field is None:
        hint = nearest(first, [field.name for field in making.shape.fields])
        draft.problem(making, name, "E013", f"{making.shape.label} has no field '{first}' to copy", hint)
        return None
    if field.name not in making.columns:
        return None  # which is reported already
    if not rest:
        return _same(draft, making, name, field)
    related = getattr(field, "related_model", None)
    wanted = blueprint(related).field(rest) if isinstance(related, type) and "." not in rest else None
    if wanted is None and isinstance(related, type) and generated_field(blueprint(related), rest):
        draft.problem(making, name, "E061", f"'{path}' cannot be copied: the database computes it from other columns")
        return None
    if wanted is None:
        draft.problem(
            making, name, "E061", f"'{path}' cannot be copied: name a field of the row, or one of a row it points to"
        )
        return None
    source = making.columns[field.name]
    if not _fits(draft, making, name, path, wanted):
        return None
    if isinstance(source, Link) and source.batch == making.id and wanted.remote_field is None:
        draft.problem(making, name, "E061", f"'{path}' cannot be copied: these rows are being made themselves")
        return None
    if isinstance(source, (Link, Outside, Pinned)):
        return replace(source, field=wanted.name)
    if source == Const(None):
        return source
    draft.problem(making, name, "E061", f"'{path}' cannot be copied: {first} differs from row to row")
    return None


def _fits(draft: Draft, making: Making, name: str, path: str, copied: AnyField) -> bool:
    """Whether a column takes the values of another: keys go only where keys of the same model are stored."""
    field = making.shape.field(name)
    assert field is not None  # it has a column
    if field.remote_field is None and copied.remote_field is None:
        return True
    if field.remote_field is not None and copied.remote_field is not None:
        same_key = linked_field(field) == linked_field(copied)
        if same_key and issubclass(target_model(copied), target_model(field)):
            return True
        kinds = f"{target_model(copied)._meta.label}, {name} to {target_model(field)._meta.label}"
        draft.problem(making, name, "E061", f"'{path}' cannot be copied: it leads to {kinds}")
        return False
    which = "a relation" if copied.remote_field is not None else "no relation"
    draft.problem(making, name, "E061", f"'{path}' cannot be copied: it is {which}, unlike {name}")
    return False


def _same(draft: Draft, making: Making, name: str, field: AnyField) -> Source | None:
    """A copied foreign key is the same link; a plain value is read from the finished column of the same table."""
    source = making.columns[field.name]
    if not _fits(draft, making, name, field.name, field):
        return None
    if field.remote_field is not None and isinstance(source, (Link, Outside, Pinned, Const)):
        return source
    if isinstance(source, (Counted, ByDatabase)):
        draft.problem(making, name, "E061", f"'{field.name}' cannot be copied: the database fills it")
        return None
    tables = {table.name for table in making.shape.tables if {name, field.name} & {own.name for own in table.fields}}
    if len(tables) > 1:
        draft.problem(making, name, "E061", f"'{field.name}' cannot be copied: it lies in another table of the row")
        return None
    return Copied(field.name)


def check_reads(draft: Draft) -> None:
    """Report links that read a column of made rows that only the database fills."""
    makings = {making.id: making for making in draft.makings}
    for making in draft.makings:
        for name, source in making.columns.items():
            for link in links(source):
                read = makings[link.batch].columns.get(link.field) if link.field else None
                if isinstance(read, (Counted, ByDatabase)):
                    draft.problem(making, name, "E061", f"'{link.field}' cannot be copied: the database fills it")
