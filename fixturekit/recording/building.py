"""Arguments of the command line become the steps of a recipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from fixturekit.blueprints import Blueprint, blueprint, related_model
from fixturekit.exceptions import RecordingError
from fixturekit.factories.adapting import Adapted, NoFactory, adapt
from fixturekit.planning.resolving import find_model, nearest
from fixturekit.recipes.document import Dependency, Entry, Literal, Mapping, Recipe, Shelf, Step, Value
from fixturekit.recipes.references import with_dependencies
from fixturekit.recipes.scalars import resolve
from fixturekit.recording.arguments import STEP_OPTIONS, Fields, StepArguments
from fixturekit.recording.naming import step_id
from fixturekit.recording.values import field_value, tagged


@dataclass(frozen=True, slots=True)
class Built:
    """Steps and shelves of a recipe, with the models that they are for."""

    steps: tuple[Step, ...]
    models: tuple[type[Model], ...]
    shelves: tuple[Shelf, ...] = ()
    shelf_models: tuple[type[Model], ...] = ()


def build(arguments: Sequence[StepArguments], taken: Iterable[str] = ()) -> Built:
    """Build steps and shelves from the command line.

    Args:
        arguments: One for each step or shelf.
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
    steps: list[tuple[Step, type[Model]]] = []
    shelves: list[tuple[Shelf, type[Model]]] = []
    for step, model in zip(arguments, found, strict=True):
        if step.shelve is not None:
            shelves.append((_shelf(step, model), model))
            continue
        id = step.id or step_id(model, len(step.named) or step.count or 1, ids)
        ids.add(id)
        steps.append((_step(id, step, model), model))
    _refuse_equal([shelf for shelf, _ in shelves])
    return Built(*_unzipped(steps), *_unzipped(shelves))


def built_of(recipe: Recipe) -> Built:
    """Return the steps and shelves of a recipe that fits the models; steps of factories aside."""
    steps = [(step, find_model(step.make or step.rows)) for step in recipe.steps if step.make or step.rows]
    shelves = [(shelf, find_model(shelf.model)) for shelf in recipe.shelves]
    return Built(*_unzipped(steps), *_unzipped(shelves))


def _unzipped(
    pairs: Sequence[tuple[Any, type[Model]]],
) -> tuple[tuple[Any, ...], tuple[type[Model], ...]]:
    return tuple(one for one, _ in pairs), tuple(model for _, model in pairs)


def _refuse_equal(shelves: Sequence[Shelf]) -> None:
    for number, shelf in enumerate(shelves):
        if any((shelf.model, shelf.name) == (other.model, other.name) for other in shelves[:number]):
            raise RecordingError(f"--shelve {shelf.name}".rstrip() + f" is given twice for {shelf.model}")


def _model(step: StepArguments) -> type[Model]:
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


def _by_import_path(name: str) -> type[Model] | None:
    """The model of ``app.Model`` where ``app.models`` is a package that only imports it."""
    module, _, model_name = name.rpartition(".")
    for config in apps.get_app_configs():
        if config.models_module is not None and config.models_module.__name__ == module:
            found = getattr(config.models_module, model_name, None)
            return next((model for model in config.get_models() if model is found), None)
    return None


def _step(id: str, arguments: StepArguments, model: type[Model]) -> Step:
    shape = blueprint(model)
    factory = _factory(arguments) if arguments.factory else None
    for path in arguments.share:
        _shared(shape, path.split("__"), path)
    for option, names in (("--match", arguments.match), ("--get-or-create", arguments.get_or_create)):
        for name in names:
            _column(shape, name, option)
    return Step(
        id=id,
        make="" if arguments.factory else model._meta.label,
        factory=arguments.factory,
        count=None if arguments.count in (None, 1) else arguments.count,
        use=arguments.use,
        set=_values(shape, arguments.fields, factory),
        named=Mapping(
            tuple(Entry(label, _values(shape, fields, factory)) for label, fields in arguments.named.items())
        ),
        share=Mapping(tuple(Entry(path, Literal(n, text=str(n))) for path, n in arguments.share.items())),
        match=arguments.match,
        update=arguments.update,
        get_or_create=arguments.get_or_create,
        save=arguments.save,
        mute_signals=arguments.mute_signals,
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


def _shelf(arguments: StepArguments, model: type[Model]) -> Shelf:
    return Shelf(model._meta.label, arguments.shelve or "", _values(blueprint(model), arguments.fields))


def _values(shape: Blueprint, fields: Fields, factory: Adapted | None = None) -> Mapping:
    tree: dict[str, object] = {}
    for path, text in fields:
        if factory is not None and _is_argument(factory, path):
            tree[path] = _argument_value(factory, path, text)
        else:
            _plant(tree, shape, path.split("__"), path, text)
    return _mapping(tree)


def _column(shape: Blueprint, name: str, option: str) -> None:
    """Refuse what is no field of the model's own row."""
    _known(shape, name, f"{option} {name}")
    if name != "pk" and shape.field(name) is None:
        raise RecordingError(f"{option} {name}: {shape.label}.{name} has several rows, so it identifies none")


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
    near = next((option for option in options if name and option.startswith(f"--{name}") and option[2:] != name), "")
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


def dependencies(steps: Iterable[Step], named: Iterable[str], shelves: Iterable[Shelf] = ()) -> tuple[Dependency, ...]:
    """The recipes that must come first: those named on the command line and those that refs and shelves lead to."""
    found = {
        dependency.name for dependency in with_dependencies(Recipe(tuple(steps), shelves=tuple(shelves))).depends_on
    }
    return tuple(Dependency(name) for name in sorted({*found, *named}))
