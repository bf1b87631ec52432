"""A recorder learns from refusals: what ``save()`` or ``clean()`` asks for is tried, and written into the recipe.

No introspection knows that one of four links has to be set, or that a kind of discount needs a range. The model's own
code says so when it refuses a row. The recipe says what helped, so that a replay has nothing to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import isqrt

from django.db import models

from fixturekit.blueprints import AnyField, Blueprint, blueprint
from fixturekit.exceptions import FixtureKitError
from fixturekit.execution.refusals import Refusal, speaks_of
from fixturekit.planning.plan import Plan
from fixturekit.planning.resolving import find_model
from fixturekit.recipes.document import Entry, Literal, Mapping, Now, Range, Recipe, Seq, Step, Value
from fixturekit.values.canonical import kind
from fixturekit.values.fields.choices import stored_choices
from fixturekit.values.sources import Const

TRIED = 60
"""So many variants of a recipe are tried at most."""

DEEP = 3
"""So many refusals may follow each other, each of which something helps against."""

Attempt = Callable[[Recipe], "Refusal | None"]
"""Makes the rows of a recipe, rolls back, and returns what was refused; None where nothing was. Raises FixtureKitError
where there are no rows to speak of.
"""

_TEXTS = ("https://www.example.com/{n}", "user{n}@example.com", "example-{n}", "EXAMPLE_{n}", "{n}")


@dataclass(frozen=True, slots=True)
class Learned:
    """What was given to fields of a step, and the refusal that it answers."""

    step: str
    entries: tuple[Entry, ...]
    refusal: Refusal

    @property
    def names(self) -> str:
        """The fields, as the recipe names them."""
        return ", ".join(entry.key for entry in self.entries)


Better = tuple[Recipe, tuple[Learned, ...]]
"""A recipe with what was added to it."""


@dataclass(slots=True)
class Learner:
    """Looks for values that a model's own code accepts.

    Args:
        attempt: Tries a recipe.
        plan: Plans one.
    """

    attempt: Attempt
    plan: Callable[[Recipe], Plan]
    _left: int = TRIED
    _saved: Better | None = None

    def learn(self, recipe: Recipe, refusal: Refusal) -> Better | None:
        """Return a recipe of which no row is refused, with what was added to it.

        Where there is none, one whose rows are saved at least, although ``full_clean()`` does not like them; None where
        nothing helped.
        """
        found = self._further(recipe, refusal, (), {refusal.text})
        return found or (None if refusal.saved else self._saved)

    def _further(self, recipe: Recipe, refusal: Refusal, learned: tuple[Learned, ...], seen: set[str]) -> Better | None:
        others: list[tuple[Recipe, Refusal, tuple[Learned, ...]]] = []
        for entries in self._variants(recipe, refusal):
            if not self._left:
                return None
            self._left -= 1
            changed = _with(recipe, refusal, entries)
            found = (*learned, Learned(refusal.step, entries, refusal))
            try:
                answer = self.attempt(changed)
            except FixtureKitError:
                continue  # it cannot be planned, or what it leads to is not there
            if answer is None:
                return changed, found
            if answer.saved and self._saved is None:
                self._saved = changed, found
            if answer.text not in seen:
                seen.add(answer.text)
                others.append((changed, answer, found))
        for changed, answer, found in others if len(learned) < DEEP - 1 else ():
            deeper = self._further(changed, answer, found, seen)
            if deeper is not None:
                return deeper
        return None

    def _variants(self, recipe: Recipe, refusal: Refusal) -> Iterator[tuple[Entry, ...]]:
        step = recipe.step(refusal.step)
        if step is None or step.factory or step.rows or refusal.path.startswith("["):
            return
        batch = next(
            (b for b in self.plan(recipe).batches if (b.step, b.path) == (step.id, refusal.path) and not b.part), None
        )
        if batch is None:
            return
        shape = blueprint(find_model(refusal.model))
        empty = {
            column.field
            for other in self.plan(recipe).batches
            if other.whole == batch.whole
            for column in (*other.columns, *other.later)
            if column.source in (Const(None), Const(""))
        }
        offers = _Offers(shape, refusal, step, empty, batch.count)
        yield from dict.fromkeys(islice(offers.all(), TRIED))


@dataclass(frozen=True, slots=True)
class _Offers:
    """What may be given to the fields of a model whose row was refused, the likeliest first."""

    shape: Blueprint
    refusal: Refusal
    step: Step
    empty: set[str]
    count: int

    def all(self) -> Iterator[tuple[Entry, ...]]:
        free = [field for field in self.shape.fields if not field.primary_key and not self._is_said(field)]
        named = [field for field in free if self._is_named(field)]
        yield from self._filled([field for field in named if field.name in self.empty])
        yield from self._emptied(field for field in named if field.name not in self.empty)
        yield from self._filled(
            [field for field in free if field.remote_field is not None and field.name in self.empty]
        )
        yield from self._chosen([*named, *(field for field in free if field not in named)])
        yield from self._spelled(named)
        yield from self._filled([field for field in free if field.name in self.empty])

    def _filled(self, fields: Sequence[AnyField]) -> Iterator[tuple[Entry, ...]]:
        """All of them together, where one asks for the other; then each alone, where only one may be."""
        entries = [entry for entry in map(self._filling, fields) if entry is not None]
        if len(entries) > 1:
            yield tuple(entries)
        for entry in entries:
            yield (entry,)

    def _emptied(self, fields: Iterable[AnyField]) -> Iterator[tuple[Entry, ...]]:
        for field in fields:
            if field.null:
                yield (self._entry(field, Literal(None)),)

    def _chosen(self, fields: Sequence[AnyField]) -> Iterator[tuple[Entry, ...]]:
        """One and the same choice in all rows, or a flag that is on in all of them, or off."""
        for field in fields:
            flag = isinstance(field, models.BooleanField)
            for value in (True, False) if flag else stored_choices(field):
                if isinstance(value, (str, int, float, bool)):
                    yield (self._entry(field, _literal(value)),)

    def _spelled(self, fields: Iterable[AnyField]) -> Iterator[tuple[Entry, ...]]:
        for field in fields:
            if kind(field) == "text" and field.remote_field is None and not stored_choices(field):
                yield from ((self._entry(field, Seq(text)),) for text in _TEXTS)

    def _filling(self, field: AnyField) -> Entry | None:
        value = _value(field)
        return None if value is None else self._entry(field, value)

    def _entry(self, field: AnyField, value: Value) -> Entry:
        return Entry(f"{self.refusal.path.replace('.', '__')}{field.name}", value)

    def _is_said(self, field: AnyField) -> bool:
        """Whether the recipe speaks of a field already."""
        wanted = f"{self.refusal.path.replace('.', '__')}{field.name}"
        return any(key == wanted or key.startswith(f"{wanted}__") for key in _keys(self.step.set))

    def _is_named(self, field: AnyField) -> bool:
        """Whether the refusal speaks of a field, by its name or as people call it."""
        return field.name in self.refusal.fields or speaks_of(self.refusal.text, field)


def _keys(mapping: Mapping, prefix: str = "") -> Iterator[str]:
    for entry in mapping:
        yield prefix + entry.key
        if isinstance(entry.value, Mapping):
            yield from _keys(entry.value, f"{prefix}{entry.key}__")


def _literal(value: str | int | float | bool) -> Literal:
    return Literal(value, "" if isinstance(value, (str, bool)) else str(value))


def _value(field: AnyField) -> Value | None:
    """What fills a field that may be empty: a row of its own for a link, else something of its kind."""
    if field.remote_field is not None:
        return Mapping()
    choices = [value for value in stored_choices(field) if isinstance(value, (str, int, float, bool))]
    if choices:
        return _literal(choices[0])
    found: dict[str, Value] = {
        "boolean": Literal(True),
        "integer": Range(_literal(1), _literal(100)),
        "decimal": Range(_literal(1), _literal(100)),
        "float": Range(_literal(1), _literal(100)),
        "date": Now(),
        "datetime": Now(),
        "time": Literal("12:00:00"),
        "duration": Literal("1 00:00:00"),
        "text": Seq("example-{n}"),
    }
    return None if isinstance(field, models.FileField) else found.get(kind(field))


def _with(recipe: Recipe, refusal: Refusal, entries: tuple[Entry, ...]) -> Recipe:
    """The recipe with further values in a step; rows that these ask for are shared, as others are."""
    step = recipe.step(refusal.step)
    assert step is not None  # the variants are of this step
    shared = isqrt(step.size - 1) + 1 if step.size > 1 and not step.named and recipe.options.style != "plain" else 1
    alone = {
        "__".join((*refusal.path.split(".")[:-1], *names)) for names in blueprint(find_model(refusal.model)).uniques
    }
    share = [
        Entry(entry.key, Literal(shared, str(shared)))
        for entry in entries
        if shared > 1 and entry.value == Mapping() and entry.key not in alone
    ]
    return recipe.with_step(replace(step, set=Mapping((*step.set, *entries)), share=Mapping((*step.share, *share))))
