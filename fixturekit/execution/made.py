"""The rows that loaded recipes made, at hand by recipe, step, number and label; read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn, overload

from django.db import connections, models

from fixturekit.exceptions import MadeRowsMissing, NotMade, RecipeAmbiguous, RecipeNotFound
from fixturekit.ledger import Ledger
from fixturekit.models import SIDE
from fixturekit.planning.resolving import step_model
from fixturekit.recipes.document import Step, Target
from fixturekit.recipes.loader import RecipeLoader
from fixturekit.recipes.naming import did_you_mean, rows_text
from fixturekit.writers.keyforms import KeyForm
from fixturekit.writers.keys import Keys

_ASKED = 500  # rows in one query


class Made:
    """What recipes made.

    ``made.products`` are the rows of the step ``products``, a ``MadeSequence``. A step that makes exactly one row and does
    not name it is that row itself: ``made.acme.slug``. The step is looked for in the recipes that were named, the last
    first; those that they depend on are at ``made["shop.catalogue"]``, which is a ``Made`` of that recipe alone.

    ``made["products"]`` are the rows of a step as a sequence, also where it is one row, and whatever the step is
    called: use it for ids such as ``on-sale`` or ``using``. ``made["shop.catalogue/products[3]"]`` takes a whole address.

    An instance is read once, when it is asked for first, and is the same object from then on. A copy
    (``copy.deepcopy``) has read nothing: what is done to the instances of one does not show in the other.

    Raises:
        NotMade: There is no such step, recipe or row; says what is near. It is an ``AttributeError`` and a ``LookupError``.
        MadeRowsMissing: The rows are not in the database (any more).
    """

    __slots__ = ("_databases", "_loader", "_names", "_steps")

    def __init__(self, loader: RecipeLoader, names: Sequence[str], databases: Sequence[str]) -> None:
        self._loader = loader
        self._names = tuple(names)
        self._databases = tuple(dict.fromkeys(databases))
        self._steps: dict[tuple[str, str], MadeSequence] = {}

    def using(self, database: str) -> Made:
        """Return the rows in one database, for recipes that were loaded into several.

        Otherwise the rows of a step are those in the first of the databases that has any.

        Raises:
            NotMade: The recipes were not loaded into it.
        """
        if database not in self._databases:
            raise NotMade(f"nothing was loaded into database {database!r}, only into {', '.join(self._databases)}")
        return Made(self._loader, self._names, [database])

    def __getattr__(self, name: str) -> Any:
        if name in Made.__slots__ or name.startswith("__"):
            raise AttributeError(name)  # a copy that is being made has nothing yet
        rows = self._find(name)
        return rows[0] if rows.single else rows

    def __getitem__(self, address: str) -> Any:
        if not isinstance(address, str):
            raise NotMade(f"{address!r} is no step. Rows are numbered in their step: made['step'][{address!r}]")
        if "." in address.partition("/")[0] and "/" not in address:
            return Made(self._loader, [self._recipe(address)], self._databases)
        try:
            target = Target.parse(address)
        except ValueError as error:
            raise NotMade(str(error)) from None
        owner = Made(self._loader, [self._recipe(target.recipe)], self._databases) if target.recipe else self
        rows = owner._find(target.step)
        return rows if target.row is None else rows[target.row]

    # Without it, Python would try [0], [1] and so on.
    __iter__ = None

    def __deepcopy__(self, memo: object) -> Made:
        return Made(self._loader, self._names, self._databases)

    def __copy__(self) -> Made:
        return Made(self._loader, self._names, self._databases)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(step.id for _, step in self._own() if step.id.isidentifier())]

    def __repr__(self) -> str:
        steps = ", ".join(step.id if _single(step) else f"{step.id}[{step.size}]" for _, step in self._own())
        return f"<Made {', '.join(self._names) or 'nothing'} in {', '.join(self._databases)}: {steps or 'no rows'}>"

    def _own(self) -> Iterator[tuple[str, Step]]:
        """Yield the steps of the named recipes with the recipe's name, those of the last recipe first."""
        for name in dict.fromkeys(reversed(self._names)):
            for step in self._loader.recipes[name].document.steps:
                yield name, step

    def _find(self, id: str) -> MadeSequence:
        for recipe, step in self._own():
            if step.id == id:
                return self._steps.setdefault((recipe, id), MadeSequence(recipe, step, self._databases))
        self._refuse_step(id)

    def _refuse_step(self, id: str) -> NoReturn:
        known = list(dict.fromkeys(step.id for _, step in self._own()))
        for name in self._loader.graph.order(self._names):
            if self._loader.recipes[name].document.step(id) is not None:
                hint = f"{name}, which came along, has one: made[{name!r}]."
                break
        else:
            hint = did_you_mean(id, known)
        steps = f"Steps are {', '.join(known)}" if known else "No recipe was named"
        raise NotMade(f"{', '.join(self._names) or 'made'} has no step {id!r}. {hint and f'{hint} '}{steps}")

    def _recipe(self, word: str) -> str:
        """Return the name of the loaded recipe that a word means."""
        loaded = self._loader.graph.order(self._names)
        if word in loaded:
            return word
        try:
            found = self._loader.resolve([word])
        except (RecipeNotFound, RecipeAmbiguous) as error:
            raise NotMade(str(error)) from error
        if found[0] not in loaded:
            raise NotMade(f"{found[0]} is not loaded here. Loaded are {', '.join(loaded) or 'no recipes'}")
        return found[0]


def together(*all_made: Made) -> Made:
    """Return what several loads made, as if it had been one; all must come from the same recipes."""
    names = [name for made in all_made for name in made._names]
    return Made(all_made[-1]._loader, names, [alias for made in all_made for alias in made._databases])


class MadeSequence(Sequence[Any]):
    """The rows of one step in row order, as instances of its model; read-only.

    ``rows[3]``, ``rows[-1]``, ``rows["anna"]`` (a label), slices (a list), ``len()`` and iteration. One row is one query, many are
    read in blocks, through the model's base manager.
    """

    def __init__(self, recipe: str, step: Step, databases: Sequence[str]) -> None:
        self._recipe = recipe
        self._step = step
        self._databases = databases
        self._table: _Table | None = None
        self._instances: dict[int, models.Model] = {}

    @property
    def single(self) -> bool:
        """Whether the step makes exactly one row and does not name it."""
        return _single(self._step)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the rows, in row order; none where the step does not name them."""
        return tuple(entry.key for entry in self._step.named)

    @property
    def database(self) -> str:
        """The alias of the database that the rows are in."""
        return self._found().database

    def keys(self) -> list[Any]:
        """Return the primary keys in row order; reads no row."""
        return self._found().take(range(len(self))) if len(self) else []

    def __len__(self) -> int:
        return len(self._found().keys) if self._step.size else 0

    @overload
    def __getitem__(self, row: int | str) -> Any: ...
    @overload
    def __getitem__(self, row: slice) -> list[Any]: ...
    def __getitem__(self, row: int | str | slice) -> Any:
        if isinstance(row, slice):
            return list(self._read(range(len(self))[row]))
        if isinstance(row, str):
            row = self._numbered(row)
        size = len(self)
        if not -size <= row < size:
            raise IndexError(f"{self._address} has {rows_text(size)}, none at {row} (the first is 0)")
        return next(iter(self._read([row % size])))

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), _ASKED):
            yield from self._read(range(start, min(start + _ASKED, len(self))))

    def __repr__(self) -> str:
        what = self._step.maker
        labels = f": {', '.join(self.labels)}" if self.labels else ""
        return f"<{self._address}: {rows_text(self._step.size)} of {what}{labels}>"

    @property
    def _address(self) -> str:
        return f"{self._recipe}/{self._step.id}"

    def _numbered(self, label: str) -> int:
        if label not in self.labels:
            known = f"Labels are {', '.join(self.labels)}" if self.labels else "Its rows have numbers, from 0"
            hint = did_you_mean(label, self.labels)
            raise NotMade(f"{self._address} has no row {label!r}. {hint and f'{hint} '}{known}")
        return self.labels.index(label)

    def _found(self) -> _Table:
        """The rows' table, looked for once: the first database whose ledger knows rows of the step has them."""
        if self._table is None:
            tables = [table for alias in self._databases if (table := _table(alias, self._recipe, self._step))]
            if not tables:
                raise MadeRowsMissing(
                    f"the ledger of database {' or '.join(map(repr, self._databases))} knows no rows of {self._address}. "
                    "A router may keep them away from it, or the recipe was applied with --fake"
                )
            self._table = tables[0]
        return self._table

    def _read(self, rows: Sequence[int]) -> Iterator[Any]:
        """Return instances, those that are not there yet by queries."""
        unread = [row for row in rows if row not in self._instances]
        for start in range(0, len(unread), _ASKED):
            self._instances.update(self._found().read(unread[start : start + _ASKED]))
        gone = [row for row in rows if row not in self._instances]
        if gone:
            raise MadeRowsMissing(f"{self._address}[{gone[0]}] is not in database {self.database!r} any more")
        return (self._instances[row] for row in rows)


class _Table:
    """The keys of a step's rows in one database, and the model that reads them."""

    def __init__(self, database: str, form: KeyForm, model: type[models.Model], keys: Keys) -> None:
        self.database = database
        self.keys = keys
        self._form = form
        self._model = model

    def take(self, rows: Iterable[int]) -> list[Any]:
        """Return the keys of some rows as Python has them."""
        return self._form.all_python(self.keys.take(list(rows)))

    def read(self, rows: Sequence[int]) -> dict[int, models.Model]:
        """Read some rows; those that are gone are left out."""
        keys = self.take(rows)
        query = self._model._base_manager.using(self.database).filter(pk__in=keys)
        found = {instance.pk: instance for instance in query}
        return {row: found[key] for row, key in zip(rows, keys, strict=True) if key in found}


def _table(database: str, recipe: str, step: Step) -> _Table | None:
    """Return the rows of a step in one database; None where its ledger knows none."""
    ledger = Ledger(connections[database])
    made = (batch for batch in ledger.batches(recipe) if batch.batch == step.id and batch.kind != SIDE)
    batch = next(made, None)
    if batch is None:
        return None
    # A step may make a proxy, where the ledger has the model of the table.
    return _Table(database, ledger.form(batch.model), step_model(step), ledger.made(recipe, step.id))


def _single(step: Step) -> bool:
    return step.size == 1 and not step.named
