"""Names in a recipe become models, fields and relations; whatever fits nothing becomes a problem with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import Blueprint, blueprint, generated_field, related_model
from fixturekit.factories.adapting import adapt
from fixturekit.marks import Mark, Problem
from fixturekit.recipes.document import Entry, Literal, Make, Mapping, Step, Value
from fixturekit.recipes.naming import did_you_mean
from fixturekit.recipes.secrecy import is_secret, without
from fixturekit.values.sources import Source


@dataclass(slots=True)
class Given:
    """What a recipe says of one field: a value, values of the related row, or a source that the planner decided.

    ``shelf`` is what messages call the shelf that says so, "" for a step. ``generic`` is the generic foreign key that
    the value is for, where the field is a part of one.
    """

    where: str
    mark: Mark | None = None
    value: Value | None = None
    nested: dict[str, Given] = field(default_factory=dict)
    source: Source | None = None
    shelf: str = ""
    generic: str = ""


def merged(over: Given | None, under: Given) -> Given:
    """What is said of a field, on top of what is said below it: only values of one related row add up."""
    if over is None:
        return under
    if over.value is not None or over.source is not None or not (over.nested and under.nested):
        return over
    nested = {**over.nested, **{name: merged(over.nested.get(name), value) for name, value in under.nested.items()}}
    unchanged = len(nested) == len(over.nested) and all(nested[name] is over.nested[name] for name in nested)
    return over if unchanged else replace(over, nested=nested)


class Problems:
    """Collects problems, so that all of a recipe are reported together, each once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(
        self, id: str, message: str, hint: str = "", *, where: str = "", mark: Mark | None = None, path: str = ""
    ) -> None:
        problem = Problem(f"fixturekit.{id}", message, hint, where, mark, path=path)
        if problem not in self.found:
            self.found.append(problem)

    def told(self, id: str, where: str, mark: Mark | None) -> bool:
        """Whether there is a problem of this kind at this place."""
        return any((known.id, known.where, known.mark) == (f"fixturekit.{id}", where, mark) for known in self.found)


class Refused(Exception):
    """A value that cannot be planned: a problem without its place. Never leaves this package."""

    def __init__(self, id: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.id = id
        self.hint = hint


def nearest(word: str, words: Iterable[str]) -> str:
    """Say the word that was probably meant, as a hint; empty where none is near."""
    return did_you_mean(word, words)


def said_of(name: str, value: Value | None, error: Exception) -> str:
    """Return the offending literal, if it is one, and the reason; of a field that looks secret without the literal."""
    if not isinstance(value, Literal):
        return str(error)
    return without(name, value.value, str(error) if is_secret(name) else f"{value.text or value.value!r}: {error}")


def find_model(name: str) -> type[models.Model]:
    """Return the model that ``app.Model`` or the Python path ``app.models.Model`` names.

    Raises:
        LookupError: There is none, or it is swapped for another; the text says what is near.
    """
    label, _, model_name = name.rpartition(".")
    if not label:
        raise LookupError(f"'{name}' is not a model: write app.Model")
    model = _by_path(label, model_name)
    if model is None:
        try:
            model = apps.get_model(label, model_name)
        except (LookupError, ValueError):
            raise LookupError(_no_model(name, label, model_name)) from None
    if model._meta.swapped:
        raise LookupError(f"{model._meta.label} is swapped for {model._meta.swapped}. Name that one")
    return model


def _by_path(module: str, name: str) -> type[models.Model] | None:
    for model in apps.get_models(include_swapped=True):
        if model.__name__ == name and model.__module__ == module:
            return model
    return None


def step_model(step: Step) -> type[models.Model]:
    """Return the model that a step makes rows of.

    Raises:
        LookupError: There is none of its name, or no such factory.
    """
    return adapt(step.factory).model if step.factory else find_model(step.make or step.rows)


def _no_model(name: str, label: str, model_name: str) -> str:
    """Say why there is no model of a name, and which one was probably meant."""
    known = apps.get_models()
    installed = {config.label for config in apps.get_app_configs()} | {config.name for config in apps.get_app_configs()}
    within = any(label == app or label.startswith(f"{app}.") for app in installed)
    why = "" if within or not label else f": no app in INSTALLED_APPS has the label '{label}'"
    hint = _near_model(known, label, model_name) or ("" if within else did_you_mean(label, installed))
    return f"no model {name}{why}. {hint}".rstrip()


def _near_model(known: list[type[models.Model]], label: str, model_name: str) -> str:
    """Say the model that was probably meant, as a hint: one of the same app with a name like it, else of another."""
    same = [model for model in known if model._meta.app_label == label or model.__module__.startswith(label)]
    for models_, cutoff in ((same, 0.6), (known, 0.8)):
        by_name: dict[str, list[str]] = {}
        for model in models_:
            by_name.setdefault(model.__name__.lower(), []).append(model._meta.label)
        near = difflib.get_close_matches(model_name.lower(), by_name, n=1, cutoff=cutoff)
        if near:
            meant = difflib.get_close_matches(f"{label}.{model_name}", by_name[near[0]], n=1, cutoff=0)
            return f"Did you mean '{meant[0]}'?"
    return ""


class SetResolver:
    """Turns a ``set`` mapping into one ``Given`` per field; ``a__b`` paths and nested mappings merge.

    Args:
        problems: Takes what is wrong.
        shelf: What messages call the shelf that the mapping belongs to, "" if it is a step's.
    """

    def __init__(self, problems: Problems, shelf: str = "") -> None:
        self._problems = problems
        self._shelf = shelf

    def resolve(self, mapping: Mapping, model: type[models.Model], where: str) -> dict[str, Given]:
        """Return what the mapping gives, keyed by the names of the model's fields and relations."""
        given: dict[str, Given] = {}
        for entry in mapping:
            self._entry(given, blueprint(model), entry, entry.key.split("__"), f"{where}.{entry.key}")
        return given

    def _entry(self, given: dict[str, Given], shape: Blueprint, entry: Entry, path: list[str], where: str) -> None:
        if path[0] in shape.generics:
            self._generic(given, shape, path, entry, where)
            return
        name = self._name(shape, path[0], entry, where)
        if name is None:
            return
        known = given.setdefault(name, Given(where, entry.mark, shelf=self._shelf))
        values = _values_of_one(entry.value)
        if len(path) > 1:
            self._below(known, shape, name, entry, path[1:], where)
        elif values is not None and is_single(shape, name):
            for inner in values:
                self._below(known, shape, name, inner, inner.key.split("__"), f"{where}.{inner.key}")
            if not values:
                self._below_nothing(known)
        elif known.value is not None:
            self._problems.add("E041", f"{shape.label}.{name} is given twice", where=where, mark=entry.mark)
        else:
            known.value, known.where, known.mark = entry.value, where, entry.mark
        if known.value is not None and known.nested:
            self._problems.add(
                "E042",
                f"{shape.label}.{name} is given as a whole and customized as well",
                "This script does not support customizing provided existing objects: leave one of the two out.",
                where=where,
                mark=entry.mark,
            )
        if known.value is None and not known.nested:
            del given[name]  # all that was said of it was wrong, and is reported

    def _below(self, known: Given, shape: Blueprint, name: str, entry: Entry, path: list[str], where: str) -> None:
        """Resolve a value of the related row."""
        target = related_model(shape, name)
        if target is None or not is_single(shape, name):
            self._problems.add(
                "E043",
                f"{shape.label}.{name} is not a relation to one row, so nothing can be set below it{way_back(shape, name)}",
                f"Make rows there: '{name}: !make {{...}}'." if name in shape.relations else "",
                where=where,
                mark=entry.mark,
            )
            return
        self._entry(known.nested, blueprint(target), entry, path, where)

    def _generic(self, given: dict[str, Given], shape: Blueprint, path: list[str], entry: Entry, where: str) -> None:
        """A value of a generic foreign key is one of its content type and of its key."""
        name = path[0]
        key = shape.generics[name]
        said = Given(where, entry.mark, entry.value, shelf=self._shelf, generic=name)
        if len(path) > 1:
            self._problems.add(
                "E089",
                f"{shape.label}.{name} may lead to rows of any model, so nothing can be set below it",
                f"Make the rows in a step of their own, and write '{name}: !ref STEP'.",
                where=where,
                mark=entry.mark,
            )
            return
        for part in (key.ct_field, key.fk_field):
            if part in given:
                self._problems.add(
                    "E041",
                    f"{shape.label}.{part} is given twice, by {name} and by itself",
                    where=where,
                    mark=entry.mark,
                )
                return
        given.update({name: said, key.ct_field: said, key.fk_field: said})

    def _below_nothing(self, known: Given) -> None:
        """``brand: {}`` asks for a row of its own without saying anything of it."""
        known.value = known.value or None
        known.nested.setdefault("", Given(known.where, known.mark))

    def _name(self, shape: Blueprint, written: str, entry: Entry, where: str) -> str | None:
        found = shape.field(shape.key.name if written == "pk" else written)
        if found is not None:
            return found.name
        if written in shape.relations:
            return written
        if generated_field(shape, written):
            self._problems.add(
                "E095",
                f"{shape.label}.{written} is computed by the database from other columns, so it takes no value",
                "Leave it out.",
                where=where,
                mark=entry.mark,
            )
            return None
        self._problems.add(
            "E013",
            f"{shape.label} has no field '{written}'",
            nearest(written, shape.names),
            where=where,
            mark=entry.mark,
        )
        return None


def _values_of_one(value: Value) -> Mapping | None:
    """The values of one row that is to be made, if that is what a value says: ``{...}`` or ``!make {...}``."""
    if isinstance(value, Make):
        return value.values if value.count == 1 else None
    return value if isinstance(value, Mapping) else None


def way_back(shape: Blueprint, name: str) -> str:
    """Say which relation a name is the way back of, if it is one."""
    relation: Any = shape.relations.get(name)
    if relation is None or not relation.auto_created:
        return ""
    return f": it is the way back of {relation.related_model._meta.label}.{relation.field.name}"


def is_single(shape: Blueprint, name: str) -> bool:
    """Whether the name is a relation of each row to at most one other."""
    found = shape.field(name)
    return found is not None and found.remote_field is not None
