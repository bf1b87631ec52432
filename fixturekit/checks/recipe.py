"""What may be wrong with one recipe that fits the models: what it recorded, the rows and libraries it counts on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from fixturekit.execution.versions import installed_version
from fixturekit.marks import Mark, Problem
from fixturekit.planning.plan import Pin
from fixturekit.planning.planner import Planned
from fixturekit.recipes.document import Fake, Image, Jinja, Node, Recipe, Recorded, Step
from fixturekit.recipes.walking import values_of
from fixturekit.values.canonical import kind

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """A recipe that is checked: its name, its file as the user knows it, its plan."""

    name: str
    shown: str
    recipe: Recipe
    planned: Planned

    @property
    def update(self) -> str:
        """The command that proves the recipe anew."""
        return f"makefixture --update {self.name}"


def of_recipe(checked: Checked) -> Iterator[Problem]:
    """Yield what may be wrong with a recipe."""
    recorded = checked.recipe.recorded
    if recorded is None or not recorded.produces:
        if checked.recipe.steps:
            yield _never_proven(checked)
    else:
        yield from _produces(checked, recorded)
    if recorded is not None:
        yield from _libraries(checked, recorded)
    yield from _pins(checked)


def _never_proven(checked: Checked) -> Problem:
    message = f"{checked.name} was never proven: nothing is recorded that its rows could be compared with"
    mark = checked.recipe.place("recorded") or Mark(checked.shown, 1, 1)
    return Problem("fixturekit.W001", message, f"Prove it: {checked.update}", "recorded", mark)


# -- what the steps produce --------------------------------------------------------------------------------------------


def _produces(checked: Checked, recorded: Recorded) -> Iterator[Problem]:
    """Compare what is recorded of the steps with the steps."""
    said = dict(recorded.produces)
    steps = {step.id: step for step in checked.recipe.steps}
    skipped = {id for id, _ in checked.planned.plan.skipped}
    for id in said:
        if id not in steps:
            yield _stale(checked, recorded, f"recorded.produces names the step {id!r}, which is gone")
    for id, step in steps.items():
        if id in skipped:
            continue
        wanted = _rows_of(checked, step)
        if id not in said:
            if step.size:
                yield _stale(checked, recorded, f"recorded.produces says nothing of the step {id!r}")
        elif wanted and said[id].split(" ")[:2] != wanted:
            found = " ".join(said[id].split(" ")[:2])
            yield _stale(
                checked, recorded, f"recorded.produces says {found} of the step {id!r}, which makes {' '.join(wanted)}"
            )


def _rows_of(checked: Checked, step: Step) -> list[str]:
    """How many rows of which model a step makes, as it is recorded; empty where it makes none of its own."""
    batch = next((batch for batch in checked.planned.plan.batches if batch.id == step.id), None)
    if batch is None:
        return []
    model = apps.get_model(batch.model)
    return [str(batch.count), (model._meta.concrete_model or model)._meta.label]


def _stale(checked: Checked, recorded: Recorded, message: str) -> Problem:
    hint = f"The recipe was edited since it was proven; prove it again: {checked.update}"
    return Problem("fixturekit.W006", message, hint, "recorded.produces", recorded.place("produces"))


# -- libraries ---------------------------------------------------------------------------------------------------------


def _libraries(checked: Checked, recorded: Recorded) -> Iterator[Problem]:
    for name, version in recorded.with_:
        installed = installed_version(name)
        if installed != version:
            is_there = f"{installed} is installed" if installed else "it is not installed"
            message = f"recorded with {name} {version}, {is_there}{_following(checked.recipe, name)}"
            hint = f"Install {name}=={version}, or prove the recipe again: {checked.update}"
            yield Problem("fixturekit.W005", message, hint, "recorded.with", recorded.place("with"))


def _following(recipe: Recipe, library: str) -> str:
    """Say which parts of a recipe have their values from a library."""
    uses = _USES.get(library.lower().replace("-", "_"))
    places = list(uses(recipe)) if uses else []
    if not places:
        return ""
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return f"; from it follow {', '.join(places[:_SHOWN])}{more}"


def _tagged(*kinds: type[Node]) -> Callable[[Recipe], Iterator[str]]:
    def places(recipe: Recipe) -> Iterator[str]:
        return (where for where, value in values_of(recipe) if isinstance(value, kinds))

    return places


def _factories(recipe: Recipe) -> Iterator[str]:
    return (f"steps[{number}]" for number, step in enumerate(recipe.steps) if step.factory)


# By the name of the distribution, with _ for -.
_USES: dict[str, Callable[[Recipe], Iterator[str]]] = {
    "faker": _tagged(Fake, Jinja),
    "jinja2": _tagged(Jinja),
    "pillow": _tagged(Image),
    "factory_boy": _factories,
}


# -- pins --------------------------------------------------------------------------------------------------------------


def _pins(checked: Checked) -> Iterator[Problem]:
    for pin in checked.planned.plan.pins:
        if pin.lookup or pin.natural:
            continue
        model = apps.get_model(pin.model)
        if _differs_elsewhere(model):
            yield _unportable(pin)


def _differs_elsewhere(model: type[models.Model]) -> bool:
    """Whether keys are handed out by a machine, as numbers and UUIDs are; a currency's means the same everywhere."""
    return kind(model._meta.pk) != "text"


def _unportable(pin: Pin) -> Problem:
    message = (
        f"!pin {pin.shown} names a row of {pin.model} by its primary key, which another database gives another row"
    )
    hint = "Name it by a lookup, such as !pin {name: ...}, or by its natural key"
    return Problem("fixturekit.W004", message, hint, pin.where, pin.mark)
