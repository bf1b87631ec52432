"""Names in a recipe become models, fields and relations; whatever fits nothing becomes a problem with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from fixturekit.blueprints import Blueprint, blueprint, generated_field, related_model
from fixturekit.marks import Mark, Problem
from fixturekit.recipes.document import Entry, Mapping, Value
from fixturekit.values.sources import Source


@dataclass(slots=True)
class Given:
    """What a recipe says of one field: a value, values of the related row, or a source that the planner decided."""

    where: str
    mark: Mark | None = None
    value: Value | None = None
    nested: dict[str, Given] = field(default_factory=dict)
    source: Source | None = None


class Problems:
    """Collects problems, so that all of a recipe are reported together."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, id: str, message: str, hint: str = "", *, where: str = "", mark: Mark | None = None) -> None:
        self.found.append(Problem(f"fixturekit.{id}", message, hint, where, mark))


def nearest(word: str, words: Iterable[str]) -> str:
    """Say the word that was probably meant, as a hint; empty where none is near."""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f"Did you mean '{near[0]}'?" if near else ""


def find_model(name: str) -> type[models.Model]:
    """Return the model that ``app.Model`` or the Python path ``app.models.Model`` names.

    Raises:
        LookupError: There is none; the text says what is near.
    """
    label, _, model_name = name.rpartition(".")
    if not label:
        raise LookupError(f"'{name}' is not a model: write app.Model")
    for model in apps.get_models(include_auto_created=False):
        if model.__name__ == model_name and model.__module__ == label:
            return model
    try:
        return apps.get_model(label, model_name)
    except (LookupError, ValueError):
        raise LookupError(f"no model {name}. {_near_model(label, model_name)}".rstrip()) from None


def _near_model(label: str, model_name: str) -> str:
    """Say the model that was probably meant, as a hint: one of the same app with a name like it, else of another."""
    known = apps.get_models()
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
    """Turns a ``set`` mapping into one ``Given`` per field; ``a__b`` paths and nested mappings merge."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def resolve(self, mapping: Mapping, model: type[models.Model], where: str) -> dict[str, Given]:
        """Return what the mapping gives, keyed by the names of the model's fields and relations."""
        given: dict[str, Given] = {}
        for entry in mapping:
            self._entry(given, blueprint(model), entry, entry.key.split("__"), f"{where}.{entry.key}")
        return given

    def _entry(self, given: dict[str, Given], shape: Blueprint, entry: Entry, path: list[str], where: str) -> None:
        name = self._name(shape, path[0], entry, where)
        if name is None:
            return
        known = given.setdefault(name, Given(where, entry.mark))
        if len(path) > 1:
            self._below(known, shape, name, entry, path[1:], where)
        elif isinstance(entry.value, Mapping) and is_single(shape, name):
            for inner in entry.value:
                self._below(known, shape, name, inner, inner.key.split("__"), f"{where}.{inner.key}")
            if not entry.value:
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
                f"{shape.label}.{name} is not a relation to one row, so nothing can be set below it",
                where=where,
                mark=entry.mark,
            )
            return
        self._entry(known.nested, blueprint(target), entry, path, where)

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
        generic = next((field for field in shape.model._meta.private_fields if field.name == written), None)
        if generic is not None:
            self._problems.add(
                "E030",
                f"{shape.label}.{written} is a {type(generic).__name__}, which cannot be set as a whole by this "
                "version of fixturekit yet",
                _parts_of(generic),
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


def _parts_of(generic: Any) -> str:
    """A hint that names the fields which a generic foreign key consists of."""
    parts = [getattr(generic, name, "") for name in ("ct_field", "fk_field")]
    return f"Set {parts[0]} and {parts[1]}." if all(parts) else ""


def is_single(shape: Blueprint, name: str) -> bool:
    """Whether the name is a relation of each row to at most one other."""
    found = shape.field(name)
    return found is not None and found.remote_field is not None
