"""Shelves: which saved values act on which rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import models

from fixturekit.blueprints import Blueprint
from fixturekit.marks import Mark
from fixturekit.planning.making import Making
from fixturekit.planning.resolving import Given, Problems, SetResolver, find_model, merged, nearest
from fixturekit.recipes.document import Recipe, Shelf, Step
from fixturekit.recipes.moving import seen_from_outside
from fixturekit.values.contrib.taught import known_shelf


@dataclass(frozen=True, slots=True)
class Shelved:
    """A shelf whose names are resolved.

    Attributes:
        title: What messages and ``--plan`` call it.
        model: The concrete model that it is for: a proxy shares its shelves.
        name: "" for the model's default shelf.
        given: What it says of each field.
    """

    title: str
    model: type[models.Model]
    name: str
    given: dict[str, Given]


class Shelving:
    """The shelves that act in one recipe.

    Nearest first: what is set; the named shelf that a step uses, and the default shelf of the recipe that holds it; the
    recipe's own default shelf; those of ``shelves_from``, in their order. At each of these places a model's own shelf
    comes before those of its multi-table parents. What is said nearer counts, field by field; what is said of one
    related row adds up.

    A shelf that makes rows on which it acts again does so ``laps`` times, not for ever.
    """

    def __init__(self, recipe: Recipe, documents: Callable[[str], Recipe | None], problems: Problems) -> None:
        self._documents = documents
        self._problems = problems
        self._laps = max(1, 1 if recipe.options.laps is None else recipe.options.laps)
        self._elsewhere: dict[str, list[Shelved]] = {}
        self._broken: set[tuple[str, str]] = set()
        self.own = self._resolved(recipe, "")
        self._defaults = [self.own]
        for number, dependency in enumerate(recipe.shelves_from):
            self._defaults.append(self._of(dependency.name, f"shelves_from[{number}]", dependency.mark))
        self.used: dict[str, dict[str, None]] = {}

    def named(self, step: Step, shape: Blueprint, where: str) -> tuple[Shelved, ...]:
        """Return the shelf that a step uses, with the default shelf that it inherits where another recipe holds both.

        Args:
            step: The step.
            shape: The model that the step makes.
            where: The step's place in the document.
        """
        if not step.use:
            return ()
        owner, _, name = step.use.rpartition("/")
        where, mark = f"{where}.use", step.place("use")
        shelves = self._of(owner, where, mark) if owner else self.own
        found = [shelved for shelved in _acting(shelves, shape, name) if name]
        if not found and (owner, name) not in self._broken and (self._documents(owner) or not owner):
            self._report_unfit(shelves, shape, step, where, mark)
        return (*found, *_acting(shelves, shape)) if owner else tuple(found)

    def put_below(self, making: Making, named: Iterable[Shelved] = ()) -> None:
        """Put what shelves say below what is given to a making.

        Args:
            making: Rows of any model.
            named: The shelf that its step uses, with what it inherits; for the step's own rows.
        """
        defaults = [shelved for shelves in self._defaults for shelved in _acting(shelves, making.shape)]
        for shelved in (*named, *defaults):
            for name, under in shelved.given.items():
                self._put(making, shelved.title, name, under)
        if not any(name in making.given for name in making.shape.generics):
            model = making.shape.model
            known = SetResolver(self._problems).resolve(known_shelf(model), model, making.where)
            for name, under in known.items():
                self._put(making, f"what is known of {making.shape.label}", name, under)

    def _put(self, making: Making, title: str, name: str, under: Given) -> None:
        address = f"{title}: {name}"
        if name not in making.shape.names or making.via.count(address) >= self._laps:
            return
        over = making.given.get(name)
        found = merged(over, under)
        if found is over:
            return
        making.given[name] = found
        making.shelved.setdefault(name, []).append(address)
        self.used.setdefault(title, {})[making.id] = None

    # -- reading shelves -------------------------------------------------------------------------------------------------

    def _of(self, owner: str, where: str, mark: Mark | None) -> list[Shelved]:
        """The shelves of another recipe."""
        if owner not in self._elsewhere:
            recipe = self._documents(owner)
            if recipe is None:
                self._problems.add("E051", f"there is no recipe {owner}", where=where, mark=mark)
                return []
            self._elsewhere[owner] = self._resolved(recipe, owner)
        return self._elsewhere[owner]

    def _resolved(self, recipe: Recipe, owner: str) -> list[Shelved]:
        """The shelves of a recipe; ``owner`` is its name if it is another one."""
        found: list[Shelved] = []
        for number, shelf in enumerate(recipe.shelves):
            shelved = self._shelved(shelf, f"shelves[{number}]", owner)
            if shelved is None:
                self._broken.add((owner, shelf.name))
            elif any((other.model, other.name) == (shelved.model, shelved.name) for other in found):
                message = f"{shelved.title} is there already: its shelves are those of {shelved.model._meta.label}"
                self._problems.add("E019", message, where=f"shelves[{number}]", mark=shelf.mark)
            else:
                found.append(shelved)
        return found

    def _shelved(self, shelf: Shelf, where: str, owner: str) -> Shelved | None:
        try:
            model = find_model(shelf.model)
        except LookupError as error:
            self._problems.add("E040", str(error), where=f"{where}.for", mark=shelf.place("for"))
            return None
        title = _title(shelf.name, model, owner)
        values = seen_from_outside(shelf.set, owner) if owner else shelf.set
        given = SetResolver(self._problems, title).resolve(values, model, f"{where}.set")
        return Shelved(title, model._meta.concrete_model or model, shelf.name, given)

    def _report_unfit(
        self, shelves: list[Shelved], shape: Blueprint, step: Step, where: str, mark: Mark | None
    ) -> None:
        """Say why there is no shelf that a step can use."""
        owner, _, name = step.use.rpartition("/")
        others = [shelved.model._meta.label for shelved in shelves if shelved.name and shelved.name == name]
        if others:
            message = f"shelf '{name}' is for {' and '.join(others)}, step {step.id} makes {shape.label}"
            self._problems.add("E085", message, "Use a shelf of the same model.", where=where, mark=mark)
            return
        names = [shelved.name for shelved in shelves if shelved.name and _is_for(shelved, shape)]
        message = f"{owner or 'the recipe'} has no shelf '{name}'"
        self._problems.add("E086", message, nearest(name, names), where=where, mark=mark)


def _title(name: str, model: type[models.Model], owner: str) -> str:
    what = f"shelf '{name}'" if name else "the default shelf"
    where = f" in {owner}" if owner else ""
    return f"{what} of {model._meta.label}{where}"


def _acting(shelves: list[Shelved], shape: Blueprint, name: str = "") -> Iterator[Shelved]:
    """Yield the shelves of a name that are for a model or for its multi-table parents, the model's own first."""
    for table in reversed(shape.tables):
        yield from (shelved for shelved in shelves if shelved.name == name and shelved.model is table.model)


def _is_for(shelved: Shelved, shape: Blueprint) -> bool:
    return any(shelved.model is table.model for table in shape.tables)
