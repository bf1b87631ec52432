"""The ways of writing that make instances: ``each`` by ``save()``, and ``bulk`` through the writer with signals.

What the model's own code and receivers do is theirs, and may go to rows that were written long before: digests are
taken from the database when everything is done.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import groupby
from typing import Any

from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models.expressions import DatabaseDefault
from django.db.models.signals import ModelSignal, m2m_changed, post_init, post_save, pre_init, pre_save

from fixturekit.blueprints import AnyField, Table, blueprint, is_stored
from fixturekit.exceptions import ApplyError, WriteFailed
from fixturekit.execution.binding import Binding
from fixturekit.execution.blocks import Blocks, Failed, Sides
from fixturekit.execution.cells import CompiledBatch, points_at_itself
from fixturekit.execution.existing import KeyWatch, first_absent
from fixturekit.execution.finding import every_row, key_converter, read_fields
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import BULK, Column
from fixturekit.values import canonical
from fixturekit.values.sealing import Seal
from fixturekit.writers.base import Writer
from fixturekit.writers.keys import Placed, Ranges

Pair = tuple[Any, Any]


class Saver(Blocks):
    """Writes the blocks of one batch as instances."""

    def __init__(
        self,
        compiled: CompiledBatch,
        columns: Sequence[Column],
        binding: Binding,
        writer: Writer,
        failed: Failed,
        sides: Sides,
    ) -> None:
        super().__init__(compiled, columns, binding, writer, failed, sides)
        self._model = compiled.model
        self._seal = Seal(binding.plan.seed, self._batch.stream, f"{self._batch.path}save", binding.clock)
        self._bulk = self._batch.way == BULK
        self._options = _save_options(self._model, writer.connection.alias)
        self._keys = KeyWatch(self._model, [column.field for column in columns], writer.connection.alias)
        self._updated: list[models.Model] = []

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        if any(points_at_itself(self._batch, column) for column in (*self._columns, *self._batch.arguments)):
            # a row may point at the one before it, whose key may be known only when it is saved
            instances = [instance for row in range(start, stop) for instance in self._block(row, row + 1)]
        else:
            instances = self._block(start, stop)
        absent = first_absent(self._model, instances, self._writer.connection.alias)
        if absent is not None:
            reason = ApplyError("the row is not there after it was saved: its own code, or a receiver, takes it away")
            raise self._failed(self._batch, start + absent, None, reason)
        return {}

    def _block(self, start: int, stop: int) -> list[models.Model]:
        alias = self._writer.connection.alias
        sides = self._sides.setdefault(self._batch.id, [])
        values = [self._compiled.columns[column.field].values(start, stop) for column in self._columns]
        with self._seal, muted(self._batch.muted):
            instances = self._instances(start, stop, values)
            with side_rows_noted(alias, instances, sides, updated=self._updated):
                if self._bulk:
                    self._write_all(start, instances)
                else:
                    self._save_all(start, instances)
        self._keep(start, instances)
        return instances

    @contextmanager
    def _at(self, row: int, failing: Callable[[Exception], str | None] = lambda error: None) -> Iterator[None]:
        """Run code that is not ours for one row: in its own random world, and with its place in what it raises.

        Args:
            failing: Finds the field that an error is about; may ask the database, so it wants a savepoint inside.
        """
        self._seal.row(self._batch.labels[row] if self._batch.labels else row)
        try:
            yield
        except WriteFailed:
            raise
        except Exception as error:
            raise self._failed(self._batch, row, failing(error), error) from error

    # -- instances ---------------------------------------------------------------------------------------------------

    def _instances(self, start: int, stop: int, values: list[list[Any]]) -> list[models.Model]:
        attnames = [self._compiled.fields[column.field].attname for column in self._columns]
        reserved = self._binding.made(self._batch.id) if self._batch.counted else None
        keys = reserved.take(range(start, stop)) if isinstance(reserved, (Ranges, Placed)) else []
        instances = []
        for offset in range(stop - start):
            with self._at(start + offset):
                instance = self._model(**{name: column[offset] for name, column in zip(attnames, values, strict=True)})
            instance._state.db = self._writer.connection.alias
            if keys and keys[offset] is not None:
                instance.pk = keys[offset]
            if self._bulk:
                _spread_key(instance)
            instances.append(instance)
        return instances

    # -- each --------------------------------------------------------------------------------------------------------

    def _save_all(self, start: int, instances: list[models.Model]) -> None:
        taken = self._keys.first(instances)
        if taken is not None:
            raise self._taken(start + taken[0], taken[1])
        for row, instance in enumerate(instances, start):
            self._save(row, instance)

    def _save(self, row: int, instance: models.Model) -> None:
        alias = self._writer.connection.alias
        with self._at(row, self._failing):
            try:
                with transaction.atomic(using=alias):
                    self._store(row, instance)
            except IntegrityError as error:
                if (
                    self._batch.counted
                    and instance.pk
                    and self._model._base_manager.using(alias).filter(pk=instance.pk)
                ):
                    reason = (
                        f"its own code gives it the key {instance.pk}, which a row has already: it may be one of a kind"
                    )
                    raise ApplyError(f"{reason}. Make one row of it") from error
                raise
            if instance.pk is None:
                raise ApplyError("save() has not saved it")
        if self._updated:
            raise self._taken(row, self._model)

    def _store(self, row: int, instance: models.Model) -> None:
        """Save the instance of a row."""
        instance.save(**self._options)

    def _taken(self, row: int, model: type[models.Model]) -> WriteFailed:
        reason = ApplyError(f"there is a row of {model._meta.label} with this key already, which save() would change")
        return self._failed(self._batch, row, model._meta.pk.name, reason)

    def _failing(self, error: Exception) -> str | None:
        if isinstance(error, DatabaseError):
            for table in blueprint(self._model).tables:
                columns = self._writer.failing_columns(error, table.name)
                names = {column.column: column.field for column in self._columns}
                found = next((names[column] for column in columns if column in names), None)
                if found:
                    return found
        named = getattr(error, "error_dict", None) or {}
        return next((column.field for column in self._columns if column.field in named), None)

    def update(self, start: int, stop: int, fields: Sequence[str]) -> bool:
        if self._bulk:
            return False
        alias = self._writer.connection.alias
        form = Ledger(self._writer.connection).form(self._model._meta.label)
        keys = form.all_python(self._binding.made(self._batch.id).take(range(start, stop)))
        there = {row.pk: row for row in every_row(self._model, alias).filter(pk__in=keys)}
        values = {name: self._compiled.columns[name].values(start, stop) for name in fields}
        options = {name: value for name, value in self._options.items() if name != "force_insert"}
        with (
            self._seal,
            muted(self._batch.muted),
            side_rows_noted(alias, [], self._sides.setdefault(self._batch.id, [])),
        ):
            for offset, key in enumerate(keys):
                with self._at(start + offset, self._failing), transaction.atomic(using=alias):
                    instance = there[key]
                    for name, column in values.items():
                        setattr(instance, self._compiled.fields[name].attname, column[offset])
                    instance.save(**options)
        return True

    # -- bulk --------------------------------------------------------------------------------------------------------

    def _write_all(self, start: int, instances: list[models.Model]) -> None:
        alias = self._writer.connection.alias
        signal = {"sender": self._model, "raw": False, "using": alias, "update_fields": None}
        for row, instance in enumerate(instances, start):
            with self._at(row):
                pre_save.send(instance=instance, **signal)
                self._pre_save_fields(instance)
        for table in blueprint(self._model).tables:
            self._write_table(start, table, instances)
        for row, instance in enumerate(instances, start):
            instance._state.adding = False
            with self._at(row):
                post_save.send(instance=instance, created=True, **signal)

    def _pre_save_fields(self, instance: models.Model) -> None:
        """What fields do before they are saved, but for those that would read the machine's clock."""
        for field in self._model._meta.concrete_fields:
            if is_stored(field) and not reads_clock(field):
                setattr(instance, field.attname, field.pre_save(instance, add=True))

    def _write_table(self, start: int, table: Table, instances: list[models.Model]) -> None:
        keys = [instance.pk for instance in instances]
        fields = [field for field in table.fields if not (field.primary_key and field is not table.key)]
        if table.key not in fields and table.key.column is not None:
            fields = [table.key, *fields]
        data = []
        names: list[str] = []
        for field in fields:
            own = keys if field is table.key else [getattr(instance, field.attname) for instance in instances]
            if all(isinstance(value, DatabaseDefault) for value in own):
                continue  # the database fills the column
            names.append(str(field.column))
            prepare = self._writer.column(field)
            data.append(prepare.convert(canonical.converter(field)(own) if prepare.reads == "canonical" else own))
        try:
            with transaction.atomic(using=self._writer.connection.alias):
                self._writer.write(table.name, names, data)
        except DatabaseError as error:
            found = self._writer.locate(table.name, names, data)
            raise self._failed(
                self._batch, start + found[0] if found else None, self._failing(error), found[1] if found else error
            ) from error

    # -- afterwards --------------------------------------------------------------------------------------------------

    def _keep(self, start: int, instances: list[models.Model]) -> None:
        """Hold the keys, and the columns that other batches read."""
        try:
            keys = key_converter(self._model)([instance.pk for instance in instances])
            self._binding.add(self._batch.id, "", start, keys)
            for name in self._batch.kept:
                self._binding.add(self._batch.id, name, start, self._now(self._compiled.fields[name], instances))
        except Exception as error:  # of a field that cannot convert what save() has put there
            raise self._failed(self._batch, None, None, error) from error

    def _now(self, field: AnyField, instances: list[models.Model]) -> list[Any]:
        """What the rows hold; of an instance that was given an expression only the database knows."""
        values = [getattr(instance, field.attname) for instance in instances]
        if not any(hasattr(value, "resolve_expression") for value in values):
            return values
        keys = [instance.pk for instance in instances]
        found = read_fields(self._writer.connection.alias, self._model, keys, [field.attname])
        return [found[key][0] for key in keys]


class LinkAdder(Blocks):
    """Writes rows of a many-to-many field through its manager, so that receivers of ``m2m_changed`` hear of them."""

    def __init__(
        self,
        compiled: CompiledBatch,
        columns: Sequence[Column],
        binding: Binding,
        writer: Writer,
        failed: Failed,
        sides: Sides,
    ) -> None:
        super().__init__(compiled, columns, binding, writer, failed, sides)
        self._through = compiled.model
        self._alias = writer.connection.alias
        self._field = _field_of_through(self._through)
        self._seal = Seal(binding.plan.seed, self._batch.stream, f"{self._batch.path}add", binding.clock)

    def write(self, start: int, stop: int) -> dict[str, list[Any]]:
        links = self._links(start, stop)
        # the way back of a symmetrical link is there already: the manager writes both
        if not (self._symmetrical and self._batch.id.endswith("~")):
            sides = self._sides.setdefault(self._batch.id, [])
            self._refuse_existing(start, links)
            with self._seal, muted(self._batch.muted), side_rows_noted(self._alias, [], sides, apart=self._through):
                self._add(start, links)
        self._keep(start, links)
        return {}

    def _links(self, start: int, stop: int) -> list[Pair]:
        """The keys of owners and others, row by row."""
        owners, others = (self._compiled.columns[name].values(start, stop) for name in self._names)
        return list(zip(owners, others, strict=True))

    def _refuse_existing(self, start: int, links: list[Pair]) -> None:
        """The manager passes over a link that is there already: there would be fewer links than were planned."""
        seen = set(self._found(links))
        for row, (owner, other) in enumerate(links, start):
            if (owner, other) in seen or (self._symmetrical and owner == other):
                raise self._failed(self._batch, row, None, ApplyError("the same link would be there twice"))
            seen.add((owner, other))
            if self._symmetrical:
                seen.add((other, owner))

    def _add(self, start: int, links: list[Pair]) -> None:
        """Add all links of one owner at once, as a person would."""
        instances = self._field.model._base_manager.using(self._alias).in_bulk({owner for owner, _ in links})
        row = start
        for owner, group in groupby(links, key=lambda link: link[0]):
            keys = [key for _, key in group]
            self._seal.row(row)
            try:
                with transaction.atomic(using=self._alias):
                    getattr(instances[owner], self._field.name).add(*keys)
            except Exception as error:
                raise self._failed(self._batch, row, None, error) from error
            row += len(keys)

    def _keep(self, start: int, links: list[Pair]) -> None:
        """Hold the keys that the database gave to the links."""
        found = self._found(links)
        for row, link in enumerate(links, start):
            if link not in found:
                raise self._failed(self._batch, row, None, ApplyError("the link is not there after it was added"))
        self._binding.add(self._batch.id, "", start, [found[link] for link in links])

    def _found(self, links: list[Pair]) -> dict[Pair, Any]:
        """The links that are there, with their own keys."""
        owner, other = (self._compiled.fields[name].attname for name in self._names)
        rows = self._through._base_manager.using(self._alias).filter(
            **{f"{owner}__in": {link[0] for link in links}, f"{other}__in": {link[1] for link in links}}
        )
        return {(one, two): key for one, two, key in rows.values_list(owner, other, "pk")}

    @property
    def _names(self) -> tuple[str, str]:
        return self._field.m2m_field_name(), self._field.m2m_reverse_field_name()

    @property
    def _symmetrical(self) -> bool:
        return bool(self._field.remote_field.symmetrical)


def _field_of_through(through: type[models.Model]) -> models.ManyToManyField[Any, Any]:
    """The many-to-many field whose links are the rows of a model that Django made for it."""
    owner: Any = through._meta.auto_created
    field = _field_of_links(owner, through)
    assert field is not None  # Django made the model for it
    return field


def _spread_key(instance: models.Model) -> None:
    """Give all tables of a multi-table row its key, as save() does on the way."""
    shape = blueprint(type(instance))
    key = getattr(instance, shape.key.attname) if instance.pk is None else instance.pk
    for table in shape.tables:
        setattr(instance, table.key.attname, key)


def reads_clock(field: AnyField) -> bool:
    """Whether saving sets a field from the machine's clock."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _save_options(model: type[models.Model], alias: str) -> dict[str, Any]:
    """The arguments of ``objects.create()``, or as many of them as an own ``save()`` takes."""
    options = {"force_insert": True, "using": alias}
    parameters = inspect.signature(model.save).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return options
    named = {parameter.name for parameter in parameters}
    return {name: value for name, value in options.items() if name in named}


@contextmanager
def muted(muted: bool) -> Iterator[None]:
    """Take the receivers of the signals of saving away for a while. Only inside a seal: they belong to the process."""
    signals = (pre_init, post_init, pre_save, post_save, m2m_changed) if muted else ()
    kept = [(signal, signal.receivers) for signal in signals]
    for signal, _ in kept:
        _set_receivers(signal, [])
    try:
        yield
    finally:
        for signal, receivers in kept:
            _set_receivers(signal, receivers)


def _set_receivers(signal: ModelSignal, receivers: list[Any]) -> None:
    with signal.lock:
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()


@contextmanager
def side_rows_noted(
    alias: str,
    instances: list[models.Model],
    found: list[tuple[str, Any]],
    apart: type[models.Model] | None = None,
    updated: list[models.Model] | None = None,
) -> Iterator[None]:
    """Note every row that is made meanwhile, by ``save()`` or ``bulk_create()``. Only inside a seal: the latter belongs
    to the process.

    Args:
        alias: The database; rows that are made in another one are not noted.
        instances: Rows that are the batch's own.
        found: Gets the label of the model and the key of each other row.
        apart: A model whose rows are the batch's own, too.
        updated: Gets the batch's own instances whose first saving changed a row that was there.

    Raises:
        ApplyError: The batch's own instances are saved to another database.
    """
    own = {id(instance) for instance in instances}
    made: set[int] = set()
    original = models.QuerySet.bulk_create

    def note(instance: models.Model) -> None:
        if id(instance) in own or type(instance) is apart or instance.pk is None:
            return
        if instance._state.db == alias:
            concrete = instance._meta.concrete_model or type(instance)
            found.append((concrete._meta.label, key_converter(concrete)([instance.pk])[0]))

    def saving(instance: models.Model, using: str, **_: Any) -> None:
        if id(instance) in own and using != alias:
            raise ApplyError(f"save() writes it to the database '{using}', where nothing would take it back")

    def saved(instance: models.Model, created: bool, **_: Any) -> None:
        if created:
            note(instance)
            made.add(id(instance))
        elif updated is not None and id(instance) in own and id(instance) not in made:
            updated.append(instance)

    @wraps(original)
    def bulk_create(
        queryset: models.QuerySet[Any],
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        **options: Any,
    ) -> list[Any]:
        rows = original(queryset, objs, batch_size, ignore_conflicts, update_conflicts, **options)
        if not (ignore_conflicts or update_conflicts):  # these return rows that were there before as if they were new
            for instance in rows:
                note(instance)
        return rows

    links: list[models.QuerySet[Any]] = []

    def linked(sender: Any, instance: models.Model, action: str, pk_set: Any, using: str, **more: Any) -> None:
        if action == "post_add" and using == alias and sender is not apart:
            owner = more["model"] if more["reverse"] else type(instance)
            field = _field_of_links(owner, sender)
            if field is not None:
                links.append(_links(field, instance, pk_set, more["reverse"]).using(alias))

    pre_save.connect(saving, weak=False)
    post_save.connect(saved, weak=False)
    m2m_changed.connect(linked, weak=False)
    models.QuerySet.bulk_create = bulk_create  # type: ignore[method-assign, assignment]
    try:
        yield
        # a manager makes links past save(), and the way back of a symmetrical one when it has told of the way there
        for rows in links:
            key, label = key_converter(rows.model), rows.model._meta.label
            found.extend((label, key([row])[0]) for row in rows.order_by("pk").values_list("pk", flat=True))
    finally:
        models.QuerySet.bulk_create = original  # type: ignore[method-assign]
        m2m_changed.disconnect(linked)
        post_save.disconnect(saved)
        pre_save.disconnect(saving)


def _field_of_links(owner: type[models.Model], through: type[models.Model]) -> models.ManyToManyField[Any, Any] | None:
    """The many-to-many field whose links are rows of a model.

    None for a relation of a class of its own, such as a manager of tags: it saves its links, which is heard of.
    """
    relations: list[Any] = list(owner._meta.many_to_many)
    for field in relations:
        if isinstance(field, models.ManyToManyField) and field.remote_field.through is through:
            return field
    return None


def _links(
    field: models.ManyToManyField[Any, Any], instance: models.Model, keys: Any, reverse: bool
) -> models.QuerySet[Any]:
    """The links from an instance to the rows with these keys, both ways where they are symmetrical."""
    names = [field.m2m_field_name(), field.m2m_reverse_field_name()]
    here, there = names[::-1] if reverse else names
    found = models.Q(**{here: instance, f"{there}__in": keys})
    if field.remote_field.symmetrical:
        found |= models.Q(**{there: instance, f"{here}__in": keys})
    through: Any = field.remote_field.through
    links: models.QuerySet[Any] = through._base_manager.filter(found)
    return links
