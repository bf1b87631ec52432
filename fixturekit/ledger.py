"""The ledger of one database: which recipes are applied there, and the keys of the rows that they made."""

from __future__ import annotations

import contextlib
import datetime
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from fixturekit.exceptions import ApplyError
from fixturekit.models import ADOPTED, MADE, SIDE, AppliedRecipe, MadeRows
from fixturekit.values.streams import BLOCK
from fixturekit.writers.keyforms import KeyForm, chunks
from fixturekit.writers.keys import Keys, Listed, Ranges


@dataclass(frozen=True, slots=True)
class Applied:
    """A recipe that is applied: ``name`` is ``app.recipe``, ``rows`` the rows that its steps made, ``sides`` those that
    were made beside them.

    ``scale`` is how many times the rows of the document these are.
    """

    name: str
    checksum: str
    faked: bool
    applied_at: datetime.datetime
    rows: int
    scale: float = 1.0
    sides: int = 0


@dataclass(frozen=True, slots=True)
class Digested:
    """The rows of a step as they were written.

    Attributes:
        digest: Stands for all of them, 16 hex digits.
        columns: Path of a column -> its digest, 32 hex digits.
        gave_way: Whether a generated value of theirs was taken, so that the rows are not those of the file.
    """

    digest: str
    columns: Mapping[str, str] = field(default_factory=dict)
    gave_way: bool = False


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """The keys of the rows of one batch, in the form that the connection's driver takes."""

    step: str
    batch: str
    model: str
    kind: str
    keys: Keys


class Ledger:
    """What one database knows of recipes.

    Reading never writes and never needs the ledger's tables: where they are missing, nothing is applied. What writes
    (``record``, ``add_rows``, ``forget``, ``rename``, ``take_over``) does so in the caller's transaction, so that rows and their
    record stay or go together, and below Django's signals: receivers of the project hear nothing of it.

    ``renamed`` maps names of recipes that others stand for to these: their rows are found under either name.
    """

    def __init__(self, connection: BaseDatabaseWrapper, renamed: Mapping[str, str] | None = None) -> None:
        self.connection = connection
        self._renamed = renamed or {}
        self._forms: dict[str, KeyForm] = {}
        self._positions: dict[tuple[int, str], int] = {}
        self._recorded: set[int] = set()

    def applied(self) -> dict[str, Applied]:
        """Return all applied recipes by name, in the order in which they were applied. Reads only: one query."""
        return self._applied(self._recipes().order_by("pk"))

    def entry(self, name: str) -> Applied | None:
        """Return what is known of one recipe, None where it is not applied. Reads only: one query."""
        return self._applied(self._named(name)).get(name)

    def _applied(self, recipes: QuerySet[AppliedRecipe]) -> dict[str, Applied]:
        query = recipes.values_list("app_label", "name", "checksum", "faked", "applied_at", "scale").annotate(
            rows=Sum("made__count", filter=Q(made__kind=MADE)), sides=Sum("made__count", filter=Q(made__kind=SIDE))
        )
        return {
            f"{app}.{name}": Applied(f"{app}.{name}", checksum, faked, applied_at, rows or 0, scale, sides or 0)
            for app, name, checksum, faked, applied_at, scale, rows, sides in self._read(query)
        }

    def document(self, name: str) -> str:
        """Return the text of a recipe as it was applied. Reads only.

        Raises:
            ApplyError: The recipe is not applied.
        """
        found = self._read(self._named(name))
        if not found:
            raise self.not_applied(name)
        text: str = found[0].text
        return text

    def digests(self, name: str) -> dict[str, str]:
        """Return the digests of the rows of a recipe as they were written, by step; none if unknown. Reads only."""
        return {step: digested.digest for step, digested in self.digested(name).items()}

    def digested(self, name: str) -> dict[str, Digested]:
        """Return what is known of the rows of a recipe as they were written, by step. Reads only."""
        found = self._read(self._named(name).values_list("digests", flat=True))
        return {step: Digested(**told) for step, told in found[0].items()} if found else {}

    def batches(self, name: str, *kinds: str) -> list[MadeBatch]:
        """Return all rows that a recipe made, side rows and adopted ones too, in the order of writing. Reads only.

        Args:
            name: The recipe.
            kinds: Only rows of these kinds.

        Raises:
            ApplyError: A model whose keys are packed is gone.
        """
        query = self._made(name).order_by("pk")
        query = query.filter(kind__in=kinds) if kinds else query
        groups = groupby(self._read(query), key=lambda row: (row.step, row.batch, row.model, row.kind))
        return [MadeBatch(*address, self._keys(address[2], rows)) for address, rows in groups]

    def made(self, name: str, step: str) -> Keys:
        """Return the keys of the rows of a step, adopted ones too, in row order. Reads only.

        None where the ledger knows none. A row that stands for several rows of the step is there as often.

        Raises:
            ApplyError: The model, whose keys are packed, is gone.
        """
        rows = self._step(name, step)
        return self._keys(rows[0].model, rows) if rows else Ranges(())

    def whole_steps(self, name: str) -> Iterator[MadeBatch]:
        """Yield the rows that the steps of a recipe made or adopted themselves, in row order. Reads only.

        Raises:
            ApplyError: A model whose keys are packed is gone.
        """
        for step in dict.fromkeys(batch.step for batch in self.batches(name)):
            whole = self.whole(name, step)
            if whole is not None:
                yield whole

    def whole(self, name: str, batch: str) -> MadeBatch | None:
        """Return the rows of a batch, adopted ones too, in row order; None if the ledger knows none. Reads only.

        Raises:
            ApplyError: The model, whose keys are packed, is gone.
        """
        rows = self._step(name, batch)
        return MadeBatch(rows[0].step, batch, rows[0].model, MADE, self._keys(rows[0].model, rows)) if rows else None

    def runs(self, name: str, batch: str) -> list[tuple[bool, int]]:
        """Return which rows of a batch were adopted: runs of rows that were or were not, in row order. Reads only."""
        return [(row.kind == ADOPTED, row.count) for row in self._step(name, batch)]

    def still_there(self, name: str, step: str) -> tuple[int, int]:
        """Count how many of the rows of a step are there still, and how many there were. Reads only.

        Raises:
            ApplyError: The model is gone.
        """
        rows = self._step(name, step)
        if not rows:
            return 0, 0
        keys = self._keys(rows[0].model, rows)
        form = self.form(rows[0].model)
        if any(row.kind == ADOPTED for row in rows):  # one row may stand for several
            keys = Listed(list(dict(zip(form.all_python(keys), keys, strict=True)).values()))
        quote = self.connection.ops.quote_name
        there = 0
        with self.connection.cursor() as cursor:
            for condition, parameters in form.conditions(keys):
                cursor.execute(f"SELECT COUNT(*) FROM {quote(form.table)} WHERE {condition}", parameters)
                there += cursor.fetchone()[0]
        return there, len(keys)

    def record(
        self,
        name: str,
        *,
        document: str,
        checksum: str,
        file_checksum: str = "",
        engine: int,
        scale: float = 1.0,
        faked: bool = False,
        versions: Mapping[str, str],
        digests: Mapping[str, Digested],
    ) -> AppliedRecipe:
        """Note that a recipe is applied, and return its entry. Writes.

        Raises:
            IntegrityError: It is applied already.
        """
        app_label, _, short = name.partition(".")
        entry = AppliedRecipe(
            app_label=app_label,
            name=short,
            document=zlib.compress(document.encode()),
            checksum=checksum,
            file_checksum=file_checksum,
            engine=engine,
            scale=scale,
            faked=faked,
            versions=dict(versions),
            digests={step: asdict(digested) for step, digested in digests.items()},
            applied_at=timezone.now(),
        )
        self._recipes().bulk_create([entry])
        if not self.connection.features.can_return_rows_from_bulk_insert:
            entry.pk = self._named(name).values_list("pk", flat=True).get()
        self._recorded.add(entry.pk)
        return entry

    def add_rows(
        self, entry: AppliedRecipe, *, step: str, batch: str, model: str, keys: Keys, kind: str = MADE
    ) -> None:
        """Note rows that a recipe made. Writes; in few statements, best called once with all keys of a batch.

        The rows of a multi-table model are noted once, as rows of the child.

        Args:
            model: The label of the model, ``shop.Product``.
            keys: In row order, as the driver takes or returns them.
            kind: ``"made"``, or ``"side"`` for rows that receivers or a ``save()`` made meanwhile.
        """
        self.add_parts(entry, step=step, batch=batch, model=model, parts=[(kind, keys)])

    def add_parts(
        self, entry: AppliedRecipe, *, step: str, batch: str, model: str, parts: Iterable[tuple[str, Keys]]
    ) -> None:
        """Note rows of a batch some of which were adopted: kinds with keys, in row order. Writes."""
        position = self._position(entry, batch)
        rows = (
            MadeRows(
                applied=entry, step=step, batch=batch, model=model, kind=kind,
                position=number, count=count, first=first, keys=packed,
            )
            for number, (kind, (count, first, packed)) in enumerate(
                ((kind, folded) for kind, keys in parts for folded in self._folded(self.form(model), keys)), position
            )
        )  # fmt: skip
        # Twenty blocks of UUIDs are 640 kB: MySQL wants statements of at most about one megabyte.
        for some in chunks(rows, 20):
            self._rows().bulk_create(some)
            position += len(some)
        self._positions[entry.pk, batch] = position

    def forget(self, name: str) -> None:
        """Remove the entry of a recipe and its record of made rows, not the rows. Writes; no error if there is none."""
        alias = self.connection.alias
        for pk in self._named(name).values_list("pk", flat=True):
            self._rows().filter(applied=pk)._raw_delete(alias)
            self._recipes().filter(pk=pk)._raw_delete(alias)

    def rename(self, old: str, new: str) -> None:
        """Give an applied recipe another name, its rows included. Writes; no error if there is none.

        Raises:
            IntegrityError: The new name is applied already.
        """
        app_label, _, short = new.partition(".")
        self._named(old).update(app_label=app_label, name=short)

    def take_over(
        self, name: str, replaced: Sequence[str], *, document: str, checksum: str, file_checksum: str
    ) -> None:
        """Let one recipe stand for applied ones: it gets their entries, rows and digests. Writes.

        Steps keep their ids. Where several of them have a step of one id, its rows can be removed, and no ref can
        lead to them: their step is noted as ``app.recipe/step``.

        Args:
            replaced: Applied recipes, at least one.

        Raises:
            IntegrityError: The name is applied already.
        """
        entries = [self._named(old).get() for old in replaced]
        first, *others = entries
        shared = self._shared_batches(entries)
        digests: dict[str, Any] = {}
        for entry, old in zip(entries, replaced, strict=True):
            digests.update({step: told for step, told in entry.digests.items() if step not in shared})
            for batch, step in shared.items():
                rows = self._rows().filter(applied=entry.pk, batch=batch)
                rows.update(batch=f"{old}/{batch}", step=f"{old}/{step}")
        for entry in others:
            self._rows().filter(applied=entry.pk).update(applied=first.pk)
            self._recipes().filter(pk=entry.pk)._raw_delete(self.connection.alias)
        self.rename(replaced[0], name)
        self._recipes().filter(pk=first.pk).update(
            document=zlib.compress(document.encode()),
            checksum=checksum,
            file_checksum=file_checksum,
            faked=all(entry.faked for entry in entries),
            digests=digests,
        )

    def _shared_batches(self, entries: Sequence[AppliedRecipe]) -> dict[str, str]:
        """Batches that several recipes have, with their steps."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        for entry in entries:
            own = dict(self._rows().filter(applied=entry.pk).values_list("batch", "step"))
            found.update({batch: step for batch, step in own.items() if batch in seen})
            seen.update(own)
        return found

    def makers(
        self, model: str, *, apart_from: Iterable[str] = (), adopted: bool = False
    ) -> Iterator[tuple[str, Keys]]:
        """Yield the recipes that made (or adopted) rows of a model, with the keys, without some. Reads only."""
        query = self._rows().filter(model=model).order_by("applied", "pk")
        query = query.filter(kind=ADOPTED) if adopted else query.exclude(kind=ADOPTED)
        ignored = set(apart_from)
        for applied, rows in groupby(self._read(query.select_related("applied")), key=lambda row: row.applied):
            if applied.full_name not in ignored:
                yield applied.full_name, self._keys(model, rows)

    def form(self, model: str) -> KeyForm:
        """Return what is known of the keys of a model, by label.

        Raises:
            ApplyError: There is no such model (any more).
        """
        if model not in self._forms:
            try:
                self._forms[model] = KeyForm(self.connection, apps.get_model(model))
            except LookupError as error:
                raise ApplyError(
                    f"The ledger of database {self.connection.alias!r} holds rows of {model}, which is no model of this "
                    "project any more"
                ) from error
        return self._forms[model]

    def not_applied(self, name: str) -> ApplyError:
        """Return the error that says so."""
        return ApplyError(f"Recipe {name} is not applied to database {self.connection.alias!r}")

    def _recipes(self) -> QuerySet[AppliedRecipe]:
        recipes: QuerySet[AppliedRecipe] = AppliedRecipe.objects.using(self.connection.alias)
        return recipes

    def _rows(self) -> QuerySet[MadeRows]:
        rows: QuerySet[MadeRows] = MadeRows.objects.using(self.connection.alias)
        return rows

    def _named(self, name: str) -> QuerySet[AppliedRecipe]:
        app_label, _, short = name.partition(".")
        named: QuerySet[AppliedRecipe] = self._recipes().filter(app_label=app_label, name=short)
        return named

    def _made(self, name: str) -> QuerySet[MadeRows]:
        name = self._renamed.get(name, name)
        app_label, _, short = name.partition(".")
        rows: QuerySet[MadeRows] = self._rows().filter(applied__app_label=app_label, applied__name=short)
        return rows

    def _step(self, name: str, step: str) -> list[MadeRows]:
        return self._read(self._made(name).filter(batch=step, kind__in=(MADE, ADOPTED)).order_by("position"))

    def _read(self, query: Iterable[Any]) -> list[Any]:
        """All rows of a query; none where the ledger's tables are missing, which is asked only after a failure."""
        # Inside a transaction, PostgreSQL takes nothing more after an error, unless a savepoint was there.
        inside = self.connection.in_atomic_block
        try:
            with transaction.atomic(using=self.connection.alias) if inside else contextlib.nullcontext():
                return list(query)
        except DatabaseError:
            if AppliedRecipe._meta.db_table in self.connection.introspection.table_names():
                raise
            return []

    def _position(self, entry: AppliedRecipe, batch: str) -> int:
        known = self._positions.get((entry.pk, batch))
        if known is not None:
            return known
        if entry.pk in self._recorded:
            return 0  # nobody else has added rows to it: its transaction is still open
        rows = self._rows().filter(applied=entry.pk, batch=batch)
        last = rows.aggregate(last=Max("position"))["last"]
        return 0 if last is None else last + 1

    def _folded(self, form: KeyForm, keys: Keys) -> Iterator[tuple[int, int | None, bytes | None]]:
        """Yield (count, first, None) for ranges and (count, None, packed keys) for blocks."""
        ranges = form.ranges(keys)
        if ranges is not None:
            yield from ((length, first, None) for first, length in ranges)
            return
        for block in chunks(keys, BLOCK):
            yield len(block), None, form.pack(block)

    def _keys(self, model: str, rows: Iterable[MadeRows]) -> Keys:
        rows = list(rows)
        if all(row.keys is None for row in rows):
            return Ranges(tuple((row.first, row.count) for row in rows if row.first is not None))
        form = self.form(model)
        listed = Listed()
        for row in rows:
            if row.first is not None:
                listed.extend(range(row.first, row.first + row.count))
            elif row.keys is not None:
                listed.extend(form.unpack(bytes(row.keys), row.count))
        return listed
