"""What calls were taught: shelves, and what is to be done before and after the rows of a model are saved."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db import models

Hook: TypeAlias = "Callable[[Any], object]"
Model: TypeAlias = "type[models.Model]"

_VERSIONS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class TaughtShelf:
    """Values that a shelf keeps, as the call gave them; ``name`` is empty for a model's default shelf."""

    model: Model
    name: str
    values: Mapping[str, Any]


@dataclass(slots=True)
class Hooks:
    """What is called with an instance of one model: before it is saved, and after it was made."""

    before: Hook | None = None
    after: Hook | None = None


@dataclass(slots=True)
class Library:
    """One layer of what was taught, above that of the class, of the process, of the project's setup modules.

    What a layer says of a shelf or a hook hides what those below say of it.
    """

    below: Library | None = None
    _shelves: dict[tuple[Model, str], TaughtShelf] = field(default_factory=dict)
    _hooks: dict[Model, Hooks] = field(default_factory=dict)
    _version: int = 0

    @property
    def version(self) -> tuple[int, ...]:
        """Changes whenever a shelf is taught in this layer or below."""
        return (self._version, *(self.below.version if self.below else ()))

    def teach(self, shelf: TaughtShelf) -> None:
        """Keep a shelf, in the place of the one of its name."""
        self._shelves[concrete(shelf.model), shelf.name] = shelf
        self._version = next(_VERSIONS)

    def shelves(self) -> list[TaughtShelf]:
        """Return all shelves, each once."""
        found: dict[tuple[Model, str], TaughtShelf] = {}
        for layer in self._layers():
            for key, shelf in layer._shelves.items():
                found.setdefault(key, shelf)
        return list(found.values())

    def names(self, model: Model) -> list[str]:
        """Return the names of the shelves that rows of a model may use: its own, and those of its multi-table parents."""
        owners = {concrete(model), *map(concrete, model._meta.get_parent_list())}
        return sorted({shelf.name for shelf in self.shelves() if shelf.name and concrete(shelf.model) in owners})

    def shelf(self, model: Model, name: str) -> TaughtShelf | None:
        """Return the shelf of this name that is for a model, None if there is none."""
        key = (concrete(model), name)
        return next((layer._shelves[key] for layer in self._layers() if key in layer._shelves), None)

    def hook(self, model: Model, *, before: Hook | None = None, after: Hook | None = None) -> None:
        """Have a function called for rows of a model; what is None stays."""
        hooks = self._hooks.setdefault(model, Hooks())
        hooks.before = before or hooks.before
        hooks.after = after or hooks.after

    def hooks(self, model: Model) -> Hooks | None:
        """Return what is to be called for rows of a model, None if nothing is."""
        found = [layer._hooks[model] for layer in self._layers() if model in layer._hooks]
        if not found:
            return None
        before = next((hooks.before for hooks in found if hooks.before), None)
        after = next((hooks.after for hooks in found if hooks.after), None)
        return Hooks(before, after)

    @property
    def has_hooks(self) -> bool:
        """Whether any model has hooks."""
        layer: Library | None = self
        while layer is not None:
            if layer._hooks:
                return True
            layer = layer.below
        return False

    def _layers(self) -> Iterator[Library]:
        layer: Library | None = self
        while layer is not None:
            yield layer
            layer = layer.below


def concrete(model: Model) -> Model:
    """The model whose shelves a model has: a proxy shares those of its concrete model."""
    return model._meta.concrete_model or model
