"""Many-to-many and reverse relations: the makings and link rows that they ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel, ManyToManyRel, OneToOneRel

from fixturekit.blueprints import AnyField, Blueprint, blueprint, is_generic
from fixturekit.planning.addresses import row_of, size_of
from fixturekit.planning.draft import Draft
from fixturekit.planning.generics import key_of, type_of
from fixturekit.planning.limits import limits_of
from fixturekit.planning.making import Making
from fixturekit.planning.pins import pinned
from fixturekit.planning.plan import Serves
from fixturekit.planning.relations import resolved, said
from fixturekit.planning.resolving import Given, merged
from fixturekit.planning.scalars import has_database_default
from fixturekit.planning.targets import linked_field
from fixturekit.recipes.document import (
    Auto,
    Listing,
    Literal,
    Live,
    Make,
    Mapping,
    Pick,
    Pin,
    Ref,
    Sample,
    Target,
    Value,
)  # fmt: skip
from fixturekit.values.sources import Around, At, Distinct, Each, Fold, Link, Map, Outside, Picked, Runs, Source


def related_makings(draft: Draft, making: Making, name: str, given: Given) -> list[Making]:
    """Return the makings that a many-to-many field or a reverse relation asks for: related rows and link rows."""
    relation = making.shape.relations[name]
    if given.nested:
        draft.problem(making, name, "E043", "is not a relation to one row, so nothing can be set below it")
        return []
    if not (is_generic(relation) or isinstance(relation, (models.ManyToManyField, ForeignObjectRel))):
        through = cast("Any", relation).remote_field.through._meta.label
        message = f"is a {type(relation).__name__}, whose links nobody knows how to make"
        draft.problem(making, name, "E055", message, f"Make rows of {through} in a step of their own.")
        return []
    items = given.value.items if isinstance(given.value, Listing) else (given.value,)
    samples = sum(isinstance(item, Sample) for item in items)
    if isinstance(relation, OneToOneRel) and len(items) > 1:
        draft.problem(making, name, "E055", f"a relation to one row takes one item, not {len(items)}")
        return []
    makings: list[Making] = []
    for number, item in enumerate(items):
        suffix = f"[{number}]" if isinstance(given.value, Listing) else ""
        if isinstance(item, Auto) or item is None:
            continue
        if isinstance(relation, (models.ManyToManyField, ManyToManyRel)):
            lane = making.lane(f"{name}{suffix}" if samples > 1 or isinstance(item, Pick) else name)
            makings.extend(_linked(draft, making, name, item, suffix, lane))
        else:
            makings.extend(_children(draft, making, name, relation, item, suffix))
    return [rows for rows in makings if _lives_here(draft, rows)]


def _lives_here(draft: Draft, rows: Making) -> bool:
    """Whether the database routers let rows be made here; those that they keep away are counted."""
    if draft.allows(rows.shape):
        return True
    draft.skipped.append((rows.step.id, rows.count))
    return False


def _number(draft: Draft, making: Making, name: str, item: Value) -> tuple[int, Mapping] | None:
    """How many related rows with which values an item asks to be made, None if it asks for others."""
    if isinstance(item, Make):
        return item.count, item.values
    if isinstance(item, Mapping):
        return 1, item
    return None


def _children(draft: Draft, making: Making, name: str, relation: Any, item: Value, suffix: str) -> list[Making]:
    """Rows of another model whose foreign key, generic perhaps, points at these rows."""
    asked = _number(draft, making, name, item)
    if asked is None or (isinstance(relation, OneToOneRel) and asked[0] > 1):
        draft.problem(
            making, name, "E055", f"a reverse relation takes '!make N', '!make {{...}}' or values, not {said(item)}"
        )
        return []
    count, values = asked
    given = resolved(draft, making, name, values)
    chosen: Map = Each() if count == 1 else Runs(count)
    owner = _owner(draft, making, name, relation, chosen)
    for field in owner:
        if field in given:
            draft.problems.add(
                "E055",
                f"{relation.related_model._meta.label}.{field} follows from where these rows are made",
                "Leave it out.",
                where=given[field].where,
                mark=given[field].mark,
            )
            return []
    given.update((field, Given(*making.place(name), source=source)) for field, source in owner.items())
    rows = _made_rows(draft, making, name, f"{name}{suffix}", relation.related_model, making.count * count, given)
    rows.serves = Serves(
        making.id, [*owner][-1]
    )  # of the two parts of a generic foreign key, the one that holds the key
    return [rows]


def _owner(draft: Draft, making: Making, name: str, relation: Any, chosen: Map) -> dict[str, Source]:
    """What leads back to the rows that have a reverse relation: a foreign key, or the two parts of a generic one."""
    if not is_generic(relation):
        return {relation.field.name: Link(making.id, chosen, linked_field(relation.field))}
    model = making.shape.model
    type_ = type_of(draft, making, name, model, for_concrete=relation.for_concrete_model)
    return {
        relation.content_type_field_name: type_,
        relation.object_id_field_name: key_of(Link(making.id, chosen), model),
    }


def _made_rows(
    draft: Draft, making: Making, name: str, path: str, model: Any, count: int, given: dict[str, Given]
) -> Making:
    return Making(
        id=f"{making.id}/{path}",
        step=making.step,
        path=f"{making.path}{path}.",
        shape=blueprint(model),
        count=count,
        given=given,
        label=making.label,
        labels=making.labels if count == making.count else (),
        depth=making.depth + 1,
        via=making.beyond(name),
        mark=making.place(name)[1],
        where=making.place(name)[0],
    )


def _ends(making: Making, name: str) -> tuple[type[models.Model], str, str, type[models.Model]]:
    """The through model of a many-to-many relation, its link to the owner, its link to the other, and the other."""
    relation: Any = making.shape.relations[name]
    if isinstance(relation, models.ManyToManyField):
        through = relation.remote_field.through
        return through, relation.m2m_field_name(), relation.m2m_reverse_field_name(), relation.related_model  # type: ignore[return-value]
    field: Any = relation.field
    return relation.through, field.m2m_reverse_field_name(), field.m2m_field_name(), relation.related_model


def _linked(draft: Draft, making: Making, name: str, item: Value, suffix: str, lane: str) -> list[Making]:
    """Rows of a through model, and the rows at its other end where they are to be made."""
    through, owner, other, model = _ends(making, name)
    owner_field, far = _through_field(through, owner), linked_field(_through_field(through, other))
    asked = _number(draft, making, name, item)
    made: list[Making] = []
    per = 1
    target: Source | None
    if asked is not None:
        per, values = asked
        count = making.count * per
        rows = _made_rows(draft, making, name, f"{name}{suffix}", model, count, resolved(draft, making, name, values))
        _limit(draft, making, name, rows)
        made.append(rows)
        target = Link(rows.id, Each(), far)
    elif _symmetrical(making, name) and isinstance(item, (Sample, Pick)) and _of_own_step(draft, making, item.of):
        per = item.count if isinstance(item, Sample) else 1
        target = _around(draft, making, name, per, lane)
    elif isinstance(item, Sample):
        per = item.count
        target = _sampled(draft, making, name, item, model, lane, far)
    else:
        target = _end(draft, making, name, item, model, lane, far)
    if target is None:
        return []
    if made and not draft.allows(made[0].shape):
        draft.skipped.append((making.step.id, making.count * per))  # links to rows that are elsewhere
        return made
    place = making.place(name)
    given = {
        owner: Given(*place, source=Link(making.id, Each() if per == 1 else Runs(per), linked_field(owner_field))),
        other: Given(*place, source=target),
    }
    links = _made_rows(draft, making, name, f"{name}{suffix}#", through, making.count * per, given)
    links.serves, links.ends = Serves(making.id, owner), (owner, other)
    for rows in made:
        rows.serves = Serves(links.id)
    return [*made, links, *_mirrored(making, name, links, owner, other)]


def _limit(draft: Draft, making: Making, name: str, rows: Making) -> None:
    """Have related rows be such as a many-to-many field may lead to."""
    relation: Any = making.shape.relations[name]
    if isinstance(relation, models.ManyToManyField):
        limits = limits_of(draft, making, relation, rows.shape.model)
        rows.given.update({key: merged(rows.given.get(key), limit) for key, limit in limits.given.items()})
        rows.limits = tuple(limits.checks)


def _mirrored(making: Making, name: str, links: Making, owner: str, other: str) -> list[Making]:
    """A symmetrical relation has each link both ways, with the same values of its own either way."""
    if not _symmetrical(making, name):
        return []
    where, mark = making.place(name)
    given = {
        field.name: Given(where, mark, source=Link(links.id, Each(), field.name))
        for field in links.shape.fields
        if _told_alike(links.shape, field)
    }
    given.update({owner: replace(links.given[other]), other: replace(links.given[owner])})
    back = replace(
        links,
        id=f"{links.id}~",
        path=f"{links.path[:-1]}~.",
        given=given,
        columns={},
        parents={},
        free=set(),
        shelved={},
    )
    back.serves = Serves(making.id, other)
    return [back]


def _told_alike(shape: Blueprint, field: AnyField) -> bool:
    """Whether both directions of a link can have the same value: not where it is unique, or the database's own."""
    return (field.name,) not in shape.uniques and not has_database_default(field)


def _through_field(through: type[models.Model], name: str) -> AnyField:
    found: Any = through._meta.get_field(name)
    field: AnyField = found
    return field


def _symmetrical(making: Making, name: str) -> bool:
    relation = making.shape.relations[name]
    return isinstance(relation, models.ManyToManyField) and bool(relation.remote_field.symmetrical)


def _of_own_step(draft: Draft, making: Making, target: Target) -> bool:
    return not target.recipe and target.row is None and draft.roots.get(target.step) is making


def _around(draft: Draft, making: Making, name: str, per: int, lane: str) -> Source | None:
    """So many other rows of the same step, no row itself and no two of them linked twice: each link counts for both."""
    most = max(making.count - 1, 0) // 2
    if per > most:
        message = (
            f"{per} links of each of {making.count} rows to others of them are wanted, each of which counts for two"
        )
        draft.problem(making, name, "E056", f"{message}: at most {most} are possible")
        return None
    return Link(making.id, Around(lane, per, making.count))


def _end(
    draft: Draft, making: Making, name: str, item: Value, model: type[models.Model], lane: str, far: str
) -> Source | None:
    """The far end of a link that is one existing or made row."""
    if isinstance(item, Live):
        source: Source = item.source
        return source
    if isinstance(item, Pin):
        return pinned(draft, making, name, item, model, far)
    if isinstance(item, (Ref, Pick)):
        target = item.target if isinstance(item, Ref) else item.of
        size = size_of(draft, making, name, target, model._meta.concrete_model or model)
        if size is None:
            return None
        if size == 0:
            draft.problem(making, name, "E048", f"step {target.step} makes no rows to refer to")
            return None
        position = row_of(draft, making, name, target)
        chosen: Map = At(position) if position is not None else Fold(size)
        if position is None and isinstance(item, Pick):
            chosen = Picked(lane, size)
        return _to(draft, target, chosen, size, far)
    hint = ""
    if isinstance(item, Literal) and item.value is not None:
        hint = f"Write '!pin {item.value}' for a row that exists, '!make {item.value}' for rows to make."
    draft.problem(making, name, "E044", f"{said(item)} does not name rows of {model._meta.label}", hint)
    return None


def _sampled(
    draft: Draft, making: Making, name: str, sample: Sample, model: type[models.Model], lane: str, far: str
) -> Source | None:
    size = size_of(draft, making, name, sample.of, model._meta.concrete_model or model)
    if size is None:
        return None
    if size < sample.count:
        draft.problem(making, name, "E056", f"{sample.count} different rows of {sample.of} are wanted, it makes {size}")
        return None
    return _to(draft, sample.of, Distinct(lane, sample.count, size), size, far)


def _to(draft: Draft, target: Target, chosen: Map, size: int, far: str) -> Source:
    if target.recipe:
        return Outside(target.recipe, target.step, chosen, size, far)
    return Link(draft.roots[target.step].id, chosen, far)
