"""Pins that travel: a row named on the command line is written in the form that finds it on other machines too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models

from fixturekit.blueprints import Blueprint, blueprint, related_model
from fixturekit.exceptions import PinNotFound
from fixturekit.execution.finding import find_pinned
from fixturekit.ledger import Ledger
from fixturekit.marks import sentence
from fixturekit.planning.plan import Pin as PlannedPin
from fixturekit.recipes.document import (
    Choice,
    Entry,
    Listing,
    Literal,
    Make,
    Mapping,
    Pin,
    Recipe,
    Ref,
    Shelf,
    Step,
    Target,
    Value,
)  # fmt: skip
from fixturekit.recipes.secrecy import is_secret
from fixturekit.recording.building import Built
from fixturekit.values.canonical import kind


@dataclass(slots=True)
class Portable:
    """Steps and shelves with their pins in portable form, and what is to be said of them.

    ``pinned`` holds the key of the row that each form stands for; ``missing`` what is wrong with pins that stand for none,
    each with the place of the pin.
    """

    steps: tuple[Step, ...] = ()
    shelves: tuple[Shelf, ...] = ()
    pinned: dict[Value, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)


def make_portable(
    alias: str, ledger: Ledger, built: Built, documents: Callable[[str], Recipe | None] = lambda name: None
) -> Portable:
    """Look up every pinned row and choose how the recipe names it.

    That is a ref where the ledger knows which recipe made the row, else a lookup by one unique field that holds no
    secret, else its natural key, else the primary key, with a warning.

    Args:
        alias: The database to look in.
        ledger: The same database's.
        built: The steps.
        documents: The project's recipes by name: a ref can lead to these only.
    """
    return _Chooser(alias, ledger, documents).choose(built)


def keep_pins(built: Built) -> Portable:
    """Leave every pin as it was typed, where no row can be looked up, and warn of those by primary key."""
    return _Keeper().choose(built)


class _Pins:
    """Walks through steps and gives every pin the form that ``pin`` chooses."""

    def __init__(self) -> None:
        self._portable = Portable()

    def choose(self, built: Built) -> Portable:
        """Return the steps and shelves with the chosen forms."""
        self._portable.steps = tuple(
            self._step(step, blueprint(model), f"steps[{number}]")
            for number, (step, model) in enumerate(zip(built.steps, built.models, strict=True))
        )
        self._portable.shelves = tuple(
            replace(shelf, set=self.mapping(shelf.set, blueprint(model), f"shelves[{number}].set"))
            for number, (shelf, model) in enumerate(zip(built.shelves, built.shelf_models, strict=True))
        )
        return self._portable

    def _step(self, step: Step, shape: Blueprint, where: str) -> Step:
        named = (
            replace(entry, value=self.mapping(entry.value, shape, f"{where}.named.{entry.key}"))
            if isinstance(entry.value, Mapping)
            else entry
            for entry in step.named
        )
        return replace(step, set=self.mapping(step.set, shape, f"{where}.set"), named=Mapping(tuple(named)))

    def pin(self, pin: Pin, model: type[models.Model], where: str) -> Value:
        """Return the form of a pin to a row of a model."""
        raise NotImplementedError

    def mapping(self, mapping: Mapping, shape: Blueprint, where: str) -> Mapping:
        """Choose for every pin of a mapping of fields, which stands at a place of the recipe."""
        return Mapping(tuple(replace(entry, value=self._entry(entry, shape, where)) for entry in mapping))

    def _entry(self, entry: Entry, shape: Blueprint, where: str) -> Value:
        model: type[models.Model] | None = shape.model
        for name in entry.key.split("__"):
            model = related_model(blueprint(model), name) if model else None
        return self._value(entry.value, model, f"{where}.{entry.key}")

    def _value(self, value: Value, model: type[models.Model] | None, where: str) -> Value:
        if model is None:
            return value
        if isinstance(value, Mapping):
            return self.mapping(value, blueprint(model), where)
        if isinstance(value, Listing):
            return replace(value, items=tuple(self._value(item, model, where) for item in value.items))
        if isinstance(value, Choice):
            return replace(value, options=tuple(self._value(option, model, where) for option in value.options))
        if isinstance(value, Make):
            return replace(value, values=self.mapping(value.values, blueprint(model), where))
        if isinstance(value, Pin):
            return self.pin(value, model, where)
        return value

    def by_key(self, pin: Pin, model: type[models.Model]) -> Pin:
        """Leave a pin by key as it is, and warn of it."""
        if kind(model._meta.pk) != "text":  # a key that people chose, such as a currency's, means the same elsewhere
            self._portable.warnings.append(
                f"{model._meta.label} {pin.key} is written by its primary key: on another machine that may be another "
                "row, or none. Give a lookup instead: --field name=value"
            )
        return pin


class _Keeper(_Pins):
    """Asks no database."""

    def pin(self, pin: Pin, model: type[models.Model], where: str) -> Value:
        return pin if pin.lookup or pin.natural else self.by_key(pin, model)


class _Chooser(_Pins):
    """Looks rows up."""

    def __init__(self, alias: str, ledger: Ledger, documents: Callable[[str], Recipe | None]) -> None:
        super().__init__()
        self._alias = alias
        self._ledger = ledger
        self._documents = documents

    def pin(self, pin: Pin, model: type[models.Model], where: str) -> Value:
        if pin.or_make is not None:
            return pin  # what is there today need not be there elsewhere
        try:
            return self._found(pin, model)
        except PinNotFound as error:
            self._portable.missing.append((where, f"{sentence(str(error))} {_instead(pin, model)}"))
            return pin

    def _found(self, pin: Pin, model: type[models.Model]) -> Value:
        """The form of a pin that fits one row."""
        label = (model._meta.concrete_model or model)._meta.label
        lookup = tuple((entry.key, getattr(entry.value, "value", None)) for entry in pin.lookup or ())
        row = find_pinned(self._alias, PlannedPin(label, None, "", key=pin.key, lookup=lookup, natural=pin.natural))
        form: Pin | Ref | None = self._made(row)
        if form is None and (pin.lookup or pin.natural):
            form = pin
        if form is None:
            form = _by_unique_field(row) or _by_natural_key(row) or self.by_key(pin, type(row))
        self._portable.pinned[form] = row.pk
        return form

    def _made(self, row: models.Model) -> Ref | None:
        """A ref, where the ledger knows the step that made the row."""
        label = (row._meta.concrete_model or type(row))._meta.label
        form = self._ledger.form(label)
        for recipe, keys in self._ledger.makers(label):
            if not any(form.python(key) == row.pk for key in keys):
                continue
            for batch in self._ledger.whole_steps(recipe):
                if batch.model == label:
                    found = [form.python(key) for key in batch.keys]
                    if row.pk in found and (step := self._still_makes(recipe, batch.step, len(found))):
                        return Ref(Target(step.id, _address(step, found.index(row.pk)), recipe))
        return None

    def _still_makes(self, recipe: str, step: str, count: int) -> Step | None:
        """The step, where the project still has it, and it makes as many rows as the ledger knows."""
        document = self._documents(recipe)
        found = document.step(step) if document else None
        return found if found is not None and found.size == count else None


def _address(step: Step, position: int) -> int | str | None:
    """How a row of a step is named: by its label where it has one, which stays when others come."""
    if step.named:
        return step.named.entries[position].key
    return position if step.size > 1 else None


def _instead(pin: Pin, model: type[models.Model]) -> str:
    """Say how else a row can be given to a relation."""
    names = [field.name for field in _unique_fields(model)]
    looked_up = "" if pin.lookup else f"{names[0] if names else 'FIELD'}=VALUE for a lookup, "
    return f"Write {looked_up}@STEP for a made row, or '!make {{}}' to make one"


def _by_unique_field(row: models.Model) -> Pin | None:
    for field_ in _unique_fields(type(row)):
        value = getattr(row, field_.attname)
        if value not in (None, ""):
            return Pin(lookup=Mapping((Entry(field_.name, Literal(str(value))),)))
    return None


def _unique_fields(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """Unique texts that hold no secret, names that people use first."""
    alone = {constraint.fields[0] for constraint in model._meta.total_unique_constraints if len(constraint.fields) == 1}
    found = [
        field
        for field in model._meta.concrete_fields
        if (field.unique or field.name in alone)
        and not field.primary_key
        and field.remote_field is None
        and kind(field) == "text"
        and not is_secret(field.name)
    ]
    preferred = ("username", "slug", "code", "name", "email")
    yield from sorted(found, key=lambda field: preferred.index(field.name) if field.name in preferred else 9)


def _by_natural_key(row: models.Model) -> Pin | None:
    manager = type(row)._default_manager
    if not hasattr(row, "natural_key") or not hasattr(manager, "get_by_natural_key"):
        return None
    parts = tuple(row.natural_key())
    return Pin(natural=parts) if parts and all(isinstance(part, (str, int)) for part in parts) else None
