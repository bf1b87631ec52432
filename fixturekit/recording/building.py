"""Arguments of the command line become the steps of a recipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from fixturekit.blueprints import Blueprint, blueprint, related_model
from fixturekit.exceptions import RecordingError
from fixturekit.factories.adapting import Adapted, NoFactory, adapt
from fixturekit.planning.resolving import find_model, nearest
from fixturekit.recipes.document import Dependency, Entry, Literal, Mapping, Step, Value
from fixturekit.recipes.scalars import resolve
from fixturekit.recipes.walking import values_of_step
from fixturekit.recording.arguments import STEP_OPTIONS, StepArguments
from fixturekit.recording.naming import step_id
from fixturekit.recording.values import field_value, tagged


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
    ids = set(taken)
    for step in arguments:
        if step.id and step.id in ids:
            raise RecordingError(f"--as {step.id} is given to two steps")
        ids.update([step.id] if step.id else [])
    steps = []
    for step, model in zip(arguments, found, strict=True):
        id = step.id or step_id(model, step.count or 1, ids)
        ids.add(id)
        steps.append(_step(id, step, model))
    return Built(tuple(steps), tuple(found))


def _model(step: StepArguments) -> type[models.Model]:
    if step.factory:
        return _factory(step).model
    try:
        return _by_import_path(step.model) or find_model(step.model)
    except LookupError as error:
        raise RecordingError(f"Provided model: {error}") from error


def _factory(step: StepArguments) -> Adapted:
    try:
        return adapt(step.factory)
    except NoFactory as error:
        raise RecordingError(f"Provided factory: {error}") from error


def _by_import_path(name: str) -> type[models.Model] | None:
    """The model of ``app.models.Model`` where ``app.models`` is a package that only imports it."""
    module, _, model_name = name.rpartition(".")
    for config in apps.get_app_configs():
        if config.models_module is not None and config.models_module.__name__ == module:
            found = getattr(config.models_module, model_name, None)
            return next((model for model in config.get_models() if model is found), None)
    return None


def _step(id: str, arguments: StepArguments, model: type[models.Model]) -> Step:
    shape = blueprint(model)
    tree: dict[str, object] = {}
    factory = _factory(arguments) if arguments.factory else None
    for path, text in arguments.fields:
        if factory is not None and _is_argument(factory, path):
            tree[path] = _argument_value(factory, path, text)
            continue
        _plant(tree, shape, path.split("__"), path, text)
    for path in arguments.share:
        _shared(shape, path.split("__"), path)
    return Step(
        id=id,
        make="" if arguments.factory else model._meta.label,
        factory=arguments.factory,
        count=None if arguments.count in (None, 1) else arguments.count,
        set=_mapping(tree),
        share=Mapping(tuple(Entry(path, Literal(n, text=str(n))) for path, n in arguments.share.items())),
    )


def _is_argument(factory: Adapted, path: str) -> bool:
    """Whether a name is the factory's, and no field of the model."""
    return factory.takes(path) and ("__" in path or factory.field(path) is None)


def _argument_value(factory: Adapted, path: str, text: str) -> Value:
    """What a text means for the field that the path leads to along factories; else what it would mean in a recipe."""
    field = factory.field(path)
    if field is not None:
        return field_value(blueprint(field.model), field.name, text)
    return tagged(text) if text.startswith("!") else resolve(text)


def _plant(tree: dict[str, object], shape: Blueprint, names: Sequence[str], path: str, text: str) -> None:
    """Put a value into the tree of nested values; what cannot be both pinned and customized is refused."""
    name = names[0]
    _known(shape, name, f"--{path}")
    if len(names) == 1:
        if name in tree:
            raise _existing()
        tree[name] = field_value(shape, name, text)
        return
    model = related_model(shape, name)
    if model is None or shape.field(name) is None:
        raise RecordingError(f"--{path}: {shape.label}.{name} is not a relation to one row")
    below = tree.setdefault(name, {})
    if not isinstance(below, dict):
        raise _existing()
    _plant(below, blueprint(model), names[1:], path, text)


def _existing() -> RecordingError:
    return RecordingError("This script does not support customizing provided existing objects")


def _shared(shape: Blueprint, names: Sequence[str], path: str) -> None:
    """Refuse a path of ``--share`` that leads to no relation to one row."""
    for name in names[:-1]:
        _known(shape, name, f"--share {path}")
        model = related_model(shape, name)
        if model is None:
            raise RecordingError(f"--share {path}: {shape.label}.{name} is not a relation")
        shape = blueprint(model)
    _known(shape, names[-1], f"--share {path}")
    single = related_model(shape, names[-1]) is not None and shape.field(names[-1]) is not None
    if not single and names[-1] not in shape.generics:
        raise RecordingError(f"--share {path}: {shape.label}.{names[-1]} is not a relation to one row")


def _known(shape: Blueprint, name: str, word: str) -> None:
    if name == "pk" or shape.field(name) is not None or name in shape.names:
        return
    hint = nearest(name, shape.names) or _option(name, STEP_OPTIONS)
    raise RecordingError(f"{word}: {shape.label} has no field '{name}'. {hint}".rstrip())


def _option(name: str, options: Collection[str]) -> str:
    """A hint for a word that was meant as an option of the step, cut short perhaps."""
    near = next((option for option in options if name and option.startswith(f"--{name}")), "")
    return f"Did you mean {near}?" if near else ""


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
