"""Arguments of the command line become the steps of a recipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models

from fixturekit.blueprints import Blueprint, blueprint
from fixturekit.exceptions import RecordingError
from fixturekit.planning.resolving import find_model, nearest
from fixturekit.recipes.document import Dependency, Entry, Literal, Mapping, Step
from fixturekit.recipes.walking import values_of_step
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.naming import step_id
from fixturekit.recording.values import field_value, related_shape


@dataclass(frozen=True, slots=True)
class Built:
    """The steps of a recipe, and the models that they make rows of."""

    steps: tuple[Step, ...]
    models: tuple[type[models.Model], ...]


def build(arguments: Sequence[StepArguments], taken: Iterable[str] = ()) -> Built:
    """Build steps from the command line.

    Args:
        arguments: One for each step.
        taken: Step ids that are in use already.

    Raises:
        RecordingError: A model, a field or a value is not one.
    """
    if not arguments:
        raise RecordingError("Did not receive a model")
    found = [_model(step) for step in arguments]
    ids = set(taken) | {step.id for step in arguments if step.id}
    steps = []
    for step, model in zip(arguments, found, strict=True):
        id = step.id or step_id(model, step.count or 1, ids)
        ids.add(id)
        steps.append(_step(id, step, model))
    return Built(tuple(steps), tuple(found))


def _model(step: StepArguments) -> type[models.Model]:
    if step.factory:
        raise RecordingError("--factory is not supported yet: name the model with --model")
    try:
        return find_model(step.model)
    except LookupError as error:
        raise RecordingError(f"Provided model: {error}") from error


def _step(id: str, arguments: StepArguments, model: type[models.Model]) -> Step:
    shape = blueprint(model)
    tree: dict[str, object] = {}
    for path, text in arguments.fields:
        _plant(tree, shape, path.split("__"), path, text)
    return Step(
        id=id,
        make=model._meta.label,
        count=None if arguments.count in (None, 1) else arguments.count,
        set=_mapping(tree),
        share=Mapping(tuple(Entry(path, Literal(n, text=str(n))) for path, n in arguments.share.items())),
    )


def _plant(tree: dict[str, object], shape: Blueprint, names: Sequence[str], path: str, text: str) -> None:
    """Put a value into the tree of nested values; what cannot be both pinned and customized is refused."""
    name = names[0]
    _known(shape, name, path)
    if len(names) == 1:
        if name in tree:
            raise _existing()
        tree[name] = field_value(shape, name, text)
        return
    model = related_shape(shape, name)
    if model is None or shape.field(name) is None:
        raise RecordingError(f"--{path}: {shape.label}.{name} is not a relation to one row")
    below = tree.setdefault(name, {})
    if not isinstance(below, dict):
        raise _existing()
    _plant(below, blueprint(model), names[1:], path, text)


def _existing() -> RecordingError:
    return RecordingError("This script does not support customizing provided existing objects")


def _known(shape: Blueprint, name: str, path: str) -> None:
    if name == "pk" or shape.field(name) is not None or name in shape.relations:
        return
    raise RecordingError(f"--{path}: {shape.label} has no field '{name}'. {nearest(name, shape.names)}".rstrip())


def _mapping(tree: dict[str, object]) -> Mapping:
    """Nested values in canonical form: one value below a relation is written as a path, several as a mapping."""
    entries = []
    for name, value in tree.items():
        if isinstance(value, dict):
            inner = _mapping(value)
            if len(inner.entries) == 1:
                only = inner.entries[0]
                entries.append(Entry(f"{name}__{only.key}", only.value))
            else:
                entries.append(Entry(name, inner))
        else:
            entries.append(Entry(name, value))  # type: ignore[arg-type]
    return Mapping(tuple(entries))


def dependencies(steps: Iterable[Step], named: Iterable[str]) -> tuple[Dependency, ...]:
    """The recipes that must come first: those named on the command line and those that refs lead to."""
    found = set(named)
    for step in steps:
        for value in values_of_step(step):
            target = getattr(value, "target", getattr(value, "of", None))
            if getattr(target, "recipe", ""):
                found.add(str(target.recipe))  # type: ignore[union-attr]
    return tuple(Dependency(name) for name in sorted(found))
