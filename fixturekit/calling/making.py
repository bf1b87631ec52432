"""A call is made: read, looked up among the shapes that are compiled, and its rows built and saved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from django.db import IntegrityError, connections, models, router, transaction
from django.db.models.signals import m2m_changed, post_save, pre_save

from fixturekit.blueprints import blueprint
from fixturekit.calling import instances as rows_of
from fixturekit.calling.arguments import WORDS, Reader, Shape, Slots
from fixturekit.calling.columns import Made, Rows
from fixturekit.calling.compiling import Compiled, Links, Maker, compile_call
from fixturekit.calling.failures import RowRefused, refuse_missing, told, told_late
from fixturekit.calling.guards import free_numbers
from fixturekit.calling.instances import Refused
from fixturekit.calling.library import Library, Model
from fixturekit.calling.options import Options, Words, flag, planned
from fixturekit.calling.scopes import Scope, process
from fixturekit.calling.setups import import_setup
from fixturekit.calling.teaching import check_name, keep, name_of, shelf_for
from fixturekit.conf import settings
from fixturekit.exceptions import CallInvalid
from fixturekit.planning.resolving import find_model

logger = logging.getLogger("fixturekit.calls")

MOST_SHAPES = 2000
_TRIES = 3
_LINKS = 5000
_compiled: dict[Hashable, Compiled] = {}
Judge: TypeAlias = "Callable[[list[models.Model]], object]"


@dataclass(slots=True)
class Call:
    """One call of ``G`` or ``N``, read.

    Attributes:
        title: What messages call it: ``G(shop.Book)``.
        model: The model that it makes rows of.
        count: How many rows.
        validates: Each instance is validated before it is saved.
        talks: What is made is said in the log.
        alias: The database.
        scope: What calls remember there.
        root: Its own rows are saved.
        parents: The rows that they need are saved.
        judge: Is given the rows before the transaction ends; what it raises rolls all back.
    """

    title: str
    model: Model
    count: int
    validates: bool
    talks: bool
    alias: str
    scope: Scope
    root: bool = True
    parents: bool = True
    judge: Judge | None = None


def make(
    word: str,
    model: Model | str,
    count: Any,
    words: Words,
    values: Mapping[str, Any] | None,
    fields: dict[str, Any],
    *,
    root: bool = True,
    parents: bool = True,
    judge: Judge | None = None,
) -> list[models.Model]:
    """Make the rows of a call and return them; the functions of ``fixturekit.api`` say what is raised."""
    found = resolve_model(word, model)
    title = f"{word}({found._meta.label})"
    import_setup(found)
    if type(count) is not int or count < 0:
        raise CallInvalid(f"{title}: n={count!r}: expected a whole number from 0")
    given = {**fields, **_values(title, values, fields)} if values else fields
    alias = words.get("using") or router.db_for_write(found)
    if alias not in connections:
        raise CallInvalid(f"{title}: using={alias!r}: there is no such database")
    validates = flag(words, "validate_models", settings.VALIDATE_MODELS, title)
    talks = flag(words, "debug_mode", settings.DEBUG_MODE, title)
    call = Call(title, found, count, validates, talks, alias, process.scope(alias), root, parents, judge)
    options = planned(words, title)
    check_name(call.title, found, options.named_shelve, call.scope.library)
    slots: Slots = []
    strict = flag(words, "validate_args", settings.VALIDATE_ARGS, title)
    reader = Reader(title, strict=strict, saved=root, asks=parents)
    shape = reader.read(found, given, slots)
    compiled = _compile(call, shape, options)
    name = name_of(title, words.get("shelve"))
    shelf = None if name is None else shelf_for(title, found, name, given)
    made = _made(call, compiled, slots)
    if shelf is not None:
        keep(shelf)
    return made


def split(fields: dict[str, Any]) -> tuple[Words, dict[str, Any]]:
    """Divide the keywords of a call into its options and its values."""
    if WORDS.isdisjoint(fields):
        return {}, fields
    words: Any = {name: value for name, value in fields.items() if name in WORDS}
    return words, {name: value for name, value in fields.items() if name not in WORDS}


def resolve_model(word: str, model: Model | str) -> Model:
    """Return the model that a call names.

    Raises:
        CallInvalid: There is none of this name, or it has no table of its own.
    """
    found: Any = model
    if isinstance(model, str):
        try:
            found = find_model(model)
        except LookupError as error:
            raise CallInvalid(f"{word}({model!r}): {error}") from None
    if not (isinstance(found, type) and issubclass(found, models.Model)):
        raise CallInvalid(f"{word}({model!r}): expected a model, or its name 'app_label.Model'")
    if found._meta.abstract or found._meta.swapped:
        what = "is abstract" if found._meta.abstract else f"is swapped for {found._meta.swapped}"
        raise CallInvalid(f"{word}({found._meta.label}): the model {what}, so it has no rows")
    return found


def _values(title: str, values: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise CallInvalid(f"{title}: values={values!r}: expected a dictionary of values by name")
    twice = sorted(set(values) & set(fields))
    if twice:
        raise CallInvalid(f"{title}: {twice[0]} is given twice, by name and in values")
    return dict(values)


def _compile(call: Call, shape: Shape, options: Options) -> Compiled:
    library = call.scope.library
    version = library.version if options.use_library else ()
    key = (call.model, shape, options, call.alias, version, settings.generation)
    found = _compiled.get(key)
    if found is None:
        found = compile_call(call.title, call.model, shape, options, call.alias, library)
        if len(_compiled) >= MOST_SHAPES:
            _compiled.clear()
        _compiled[key] = found
    return found


# -- rows --------------------------------------------------------------------------------------------------------------


def _made(call: Call, compiled: Compiled, slots: Slots) -> list[models.Model]:
    """Make the rows; where another row took a generated unique value meanwhile, make them anew with the next."""
    for tries_left in reversed(range(_TRIES)):
        numbers = _numbers(call, compiled, slots)
        try:
            return _attempt(call, compiled, slots, numbers)
        except Refused as refused:
            cause = refused.__cause__
            assert isinstance(cause, Exception)
            if tries_left and isinstance(cause, IntegrityError) and _met(call, compiled, slots, numbers):
                continue
            raise told(call.title, call.model, call.alias, refused, cause) from cause
        except IntegrityError as error:  # of a check that waits for the end of the transaction
            if isinstance(error, RowRefused):
                raise
            raise told_late(call.title, call.alias, compiled, call.model._meta.label, error) from error
    raise AssertionError("the last try returns or raises")


def _numbers(call: Call, compiled: Compiled, slots: Slots) -> dict[str, list[range]]:
    """Take the row numbers of each batch."""
    scope = call.scope
    found = {}
    with scope.lock:
        for maker in compiled.makers:
            count = maker.per * call.count
            start = scope.rows.get(maker.family, 0)
            if maker.guards and call.parents and count:
                runs = free_numbers(maker.guards, start, count, scope.known, slots, call.alias)
            else:
                runs = [range(start, start + count)]
            scope.rows[maker.family] = runs[-1].stop
            found[maker.batch.id] = runs
    return found


def _met(call: Call, compiled: Compiled, slots: Slots, numbers: dict[str, list[range]]) -> bool:
    """Whether existing rows have generated values of the call, and so were in its way."""
    with call.scope.lock:
        call.scope.known.forget()
    return any(
        guard.taken(run, slots, call.alias)
        for maker in compiled.makers
        for guard in maker.guards
        for run in numbers[maker.batch.id]
    )


def _attempt(call: Call, compiled: Compiled, slots: Slots, numbers: dict[str, list[range]]) -> list[models.Model]:
    made: Made = {}
    if not call.parents:
        for maker in compiled.makers:
            made[maker.batch.id] = _built(call, compiled, maker, slots, made, numbers[maker.batch.id])
        return made[compiled.root]
    with _files_kept_if_done(compiled, made), transaction.atomic(using=call.alias):
        for maker in compiled.makers:
            if maker.values.keys:
                _check_keys(call, maker, slots)
            own = maker.batch.id == compiled.root
            instances = made[maker.batch.id] = _built(call, compiled, maker, slots, made, numbers[maker.batch.id])
            if not own or call.root:
                _save(call, compiled, maker, instances)
        if call.root:
            _finish(call, compiled, slots, made)
        if call.judge is not None:
            call.judge(made[compiled.root])
        if process.is_importing:
            transaction.set_rollback(True, using=call.alias)  # a setup module teaches, it makes no rows
    return made[compiled.root]


def _built(
    call: Call, compiled: Compiled, maker: Maker, slots: Slots, made: Made, runs: list[range]
) -> list[models.Model]:
    found: list[models.Model] = []
    for run in runs:
        found += rows_of.build(maker, Rows(run, len(found), slots, made, call.alias, call.parents))
    if maker.giving is not None:
        library = call.scope.library
        maker.giving.settle(
            found,
            slots,
            call.alias if call.parents else None,
            lambda batch: maker.first and not _is_heard(compiled, library, batch),
        )
    return found


def _save(call: Call, compiled: Compiled, maker: Maker, instances: list[models.Model]) -> None:
    library = call.scope.library
    hooks = library.hooks(maker.model) if library.has_hooks else None
    is_heard = partial(_is_heard, compiled, library)
    rows_of.save(maker, instances, call.alias, hooks, validate=call.validates, is_heard=is_heard)
    if call.talks:
        for instance in instances:
            logger.debug("%s: saved %s %s", call.title, maker.model._meta.label, instance.pk)


def _is_heard(compiled: Compiled, library: Library, batch: str) -> bool:
    """Whether code of the project hears that rows of a batch are saved."""
    found = next((maker for maker in compiled.makers if maker.batch.id == batch.partition("^")[0]), None)
    if found is None:
        return False
    listened = pre_save.has_listeners(found.model) or post_save.has_listeners(found.model)
    return listened or found.saves_itself or (library.has_hooks and library.hooks(found.model) is not None)


def _check_keys(call: Call, maker: Maker, slots: Slots) -> None:
    """Make sure that there are the rows whose keys the call gives: databases say so only at the end of a transaction."""
    for field, slot in maker.values.keys:
        key = slots[slot]
        if not isinstance(key, models.Model):
            target: Any = field
            where = f"{call.title}: {maker.model._meta.label}.{field.name}"
            refuse_missing(where, target.related_model, target.target_field.name, {key}, call.alias)


def _finish(call: Call, compiled: Compiled, slots: Slots, made: Made) -> None:
    for maker in compiled.makers:
        if maker.later:
            instances = made[maker.batch.id]
            rows = Rows(range(len(instances)), 0, slots, made, call.alias)
            rows_of.set_later(maker, instances, rows)
    for links in compiled.links:
        _add(call, links, slots, made)


def _add(call: Call, links: Links, slots: Slots, made: Made) -> None:
    """Add the links of a many-to-many field, all of one row at once, as a person would."""
    owners = made[links.owner]
    wanted: dict[int, list[Any]] = {id(owner): [] for owner in owners}
    for per, here, there in links.ends:
        rows = Rows(range(per * call.count), 0, slots, made, call.alias)
        for owner, other in zip(here(rows), there(rows), strict=True):
            wanted[id(owner)].append(other)
    model = blueprint(type(owners[0])).relations[links.name].related_model if owners else None
    keys = {other for others in wanted.values() for other in others if not isinstance(other, models.Model)}
    if keys:
        refuse_missing(f"{call.title}: {links.name}", model, "pk", keys, call.alias)
    if len(owners) > 1 and not m2m_changed.has_listeners(links.through):
        _add_together(links, [(owner, wanted[id(owner)]) for owner in owners], call.alias)
        return
    for owner in owners:
        others = wanted[id(owner)]
        if others:
            getattr(owner, links.name).db_manager(call.alias).add(*others)


def _add_together(links: Links, wanted: list[tuple[models.Model, list[Any]]], alias: str) -> None:
    """Add the links of many rows as their managers would where nobody listens; a receiver may have added some."""
    pairs = {
        (_end_key(links.here, owner), _end_key(links.there, other)): None
        for owner, others in wanted
        for other in others
    }
    if links.symmetrical:
        pairs.update(dict.fromkeys((there, here) for here, there in list(pairs)))
    rows = [links.through(**{links.here.attname: here, links.there.attname: there}) for here, there in pairs]
    spared = connections[alias].features.supports_ignore_conflicts
    links.through._base_manager.using(alias).bulk_create(rows, batch_size=_LINKS, ignore_conflicts=spared)


def _end_key(end: Any, row: Any) -> Any:
    """What a link has for one of its ends: a row, or its key."""
    return getattr(row, end.target_field.attname) if isinstance(row, models.Model) else end.to_python(row)


@contextmanager
def _files_kept_if_done(compiled: Compiled, made: Made) -> Iterator[None]:
    """Delete the files of rows that were not made after all."""
    try:
        yield
    except BaseException:
        for maker in compiled.makers:
            for file in rows_of.stored_files(maker, made.get(maker.batch.id, [])):
                file.delete(save=False)  # type: ignore[attr-defined]
        raise
