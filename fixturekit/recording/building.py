"""Arguments of the command line become the steps of a recipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from fixturekit.blueprints import Blueprint, blueprint, related_model
from fixturekit.exceptions import WrongWord
from fixturekit.factories.adapting import Adapted, NoFactory, adapt
from fixturekit.planning.resolving import find_model, way_back
from fixturekit.recipes.document import Dependency, Entry, Literal, Mapping, Recipe, Shelf, Step, Value
from fixturekit.recipes.naming import did_you_mean, nearest
from fixturekit.recipes.references import with_dependencies
from fixturekit.recipes.scalars import resolve
from fixturekit.recording.arguments import Fields, StepArguments, noted, without_value
from fixturekit.recording.naming import step_id
from fixturekit.recording.values import field_value, refused_value, tagged


@dataclass(frozen=True, slots=True)
class Built:
    """Steps and shelves of a recipe, with the models that they are for.

    Where a command line describes them, ``arguments`` are those that they were built from, and ``wrong`` has a line for
    each word that means nothing.
    """

    steps: tuple[Step, ...]
    models: tuple[type[Model], ...]
    shelves: tuple[Shelf, ...] = ()
    shelf_models: tuple[type[Model], ...] = ()
    arguments: tuple[StepArguments, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """What the recipe is named after: its steps, or where it has none its shelves."""
        if self.steps:
            return [step.id for step in self.steps]
        pairs = zip(self.shelves, self.shelf_models, strict=True)
        return [shelf.name or f"{model._meta.model_name}_defaults" for shelf, model in pairs]


def build(arguments: Sequence[StepArguments], taken: Iterable[str] = ()) -> Built:
    """Build steps and shelves from the command line, as far as its words mean something.

    Args:
        arguments: One for each step or shelf.
        taken: Step ids that are in use already.
    """
    wrong: list[str] = [] if arguments else ["Did not receive a model: --model APP.MODEL"]
    found: list[type[Model] | None] = [None] * len(arguments)
    for number, step in enumerate(arguments):
        with noted(wrong):
            found[number] = _model(step)
    ids = set(taken) | set(_given_ids(arguments, taken, wrong))
    steps: list[tuple[Step, type[Model]]] = []
    shelves: list[tuple[Shelf, type[Model]]] = []
    for step, model in zip(arguments, found, strict=True):
        if model is None:
            continue
        if step.shelve is not None:
            shelves.append((_shelf(step, model, wrong), model))
            continue
        id = step.id or step_id(model, len(step.named) or step.count or 1, ids)
        ids.add(id)
        steps.append((_step(id, step, model, wrong), model))
    _refuse_equal([shelf for shelf, _ in shelves], wrong)
    known = tuple(step for step, model in zip(arguments, found, strict=True) if model is not None)
    return Built(*_unzipped(steps), *_unzipped(shelves), known, tuple(wrong))


def _given_ids(arguments: Sequence[StepArguments], taken: Iterable[str], wrong: list[str]) -> list[str]:
    """The ids that were given to steps."""
    given = [step.id for step in arguments if step.id]
    for number, id in enumerate(given):
        if id in given[:number]:
            wrong.append(f"--as {id} is given to two steps")
        elif id in taken:
            wrong.append(f"--as {id}: the recipe has a step {id} already")
    return given


def built_of(recipe: Recipe) -> Built:
    """Return the steps and shelves of a recipe that fits the models; steps of factories aside."""
    steps = [(step, find_model(step.make or step.rows)) for step in recipe.steps if step.make or step.rows]
    shelves = [(shelf, find_model(shelf.model)) for shelf in recipe.shelves]
    return Built(*_unzipped(steps), *_unzipped(shelves))


def _unzipped(
    pairs: Sequence[tuple[Any, type[Model]]],
) -> tuple[tuple[Any, ...], tuple[type[Model], ...]]:
    return tuple(one for one, _ in pairs), tuple(model for _, model in pairs)


def _refuse_equal(shelves: Sequence[Shelf], wrong: list[str]) -> None:
    for number, shelf in enumerate(shelves):
        if any((shelf.model, shelf.name) == (other.model, other.name) for other in shelves[:number]):
            wrong.append(f"--shelve {shelf.name}".rstrip() + f" is given twice for {shelf.model}")


def _model(step: StepArguments) -> type[Model]:
    if step.factory:
        return _factory(step.factory).model
    try:
        return _by_import_path(step.model) or find_model(step.model)
    except LookupError as error:
        raise WrongWord(f"Provided model: {error}") from error


def _factory(path: str) -> Adapted:
    try:
        return adapt(path)
    except NoFactory as error:
        raise WrongWord(f"Provided factory: {error}") from error


def _by_import_path(name: str) -> type[Model] | None:
    """The model of ``app.Model`` where ``app.models`` is a package that only imports it."""
    module, _, model_name = name.rpartition(".")
    for config in apps.get_app_configs():
        if config.models_module is not None and config.models_module.__name__ == module:
            found = getattr(config.models_module, model_name, None)
            return next((model for model in config.get_models() if model is found), None)
    return None


def _step(id: str, arguments: StepArguments, model: type[Model], wrong: list[str]) -> Step:
    shape = blueprint(model)
    fields = _Fields(shape, arguments.options, _factory(arguments.factory) if arguments.factory else None, wrong)
    fields.refuse_bare(arguments.bare)
    for path in arguments.share:
        with noted(wrong):
            _shared(shape, path.split("__"), path)
    for option, names in (("--match", arguments.match), ("--get-or-create", arguments.get_or_create)):
        for name in names:
            with noted(wrong):
                _column(shape, name, option)
    return Step(
        id=id,
        make="" if arguments.factory else model._meta.label,
        factory=arguments.factory,
        count=None if arguments.count in (None, 1) else arguments.count,
        use=arguments.use,
        set=fields.values(arguments.fields),
        named=Mapping(tuple(Entry(label, fields.values(own)) for label, own in arguments.named.items())),
        share=Mapping(tuple(Entry(path, Literal(n, text=str(n))) for path, n in arguments.share.items())),
        match=arguments.match,
        update=arguments.update,
        get_or_create=arguments.get_or_create,
        save=arguments.save,
        mute_signals=arguments.mute_signals,
    )


def _shelf(arguments: StepArguments, model: type[Model], wrong: list[str]) -> Shelf:
    fields = _Fields(blueprint(model), arguments.options, None, wrong)
    fields.refuse_bare(arguments.bare)
    return Shelf(model._meta.label, arguments.shelve or "", fields.values(arguments.fields))


@dataclass(frozen=True, slots=True)
class _Fields:
    """Reads what the command line says of the fields of one step or shelf.

    Attributes:
        options: What else could have been meant by a name.
        factory: Whose names are taken too.
        wrong: Takes a line for each name and value that means nothing.
    """

    shape: Blueprint
    options: Collection[str]
    factory: Adapted | None
    wrong: list[str]

    def values(self, fields: Fields) -> Mapping:
        """Return (path, text) pairs as values of a recipe."""
        tree: dict[str, object] = {}
        for path, text in fields:
            with noted(self.wrong):
                if self.factory is not None and _is_argument(self.factory, path):
                    tree[path] = _argument_value(self.factory, path, text)
                else:
                    self._plant(tree, self.shape, path.split("__"), path, text)
        return _mapping(tree)

    def refuse_bare(self, names: Iterable[str]) -> None:
        """Say of names without a value whether that is what they lack."""
        for name in names:
            with noted(self.wrong):
                if self.factory is None or not self.factory.takes(name):
                    self._known(self.shape, name.split("__")[0], name)
                raise WrongWord(without_value(f"--{name}"))

    def _plant(self, tree: dict[str, object], shape: Blueprint, names: Sequence[str], path: str, text: str) -> None:
        """Put a value into the tree of nested values; what cannot be both pinned and customized is refused."""
        name = names[0]
        self._known(shape, name, path)
        if len(names) == 1:
            if name in tree:
                raise _existing(path)
            tree[name] = field_value(shape, name, text, path)
            return
        model = related_model(shape, name)
        if model is None or shape.field(name) is None:
            raise _below(shape, names, path)
        below = tree.setdefault(name, {})
        if not isinstance(below, dict):
            raise _existing(path)
        self._plant(below, blueprint(model), names[1:], path, text)

    def _known(self, shape: Blueprint, name: str, path: str) -> None:
        """Refuse a name that is no field; what was meant by the first of a path may be an option, or the factory's."""
        if is_known(shape, name):
            return
        others = () if name != path else [option.removeprefix("--") for option in self.options]
        own = [*shape.names, *(self.factory.declared if self.factory and shape is self.shape else ())]
        meant = nearest(name, [*own, *others])
        shown = f"--{meant}" if meant in others and meant not in own else f"'{meant}'"
        hint = f"Did you mean {shown}?" if meant else ""
        raise WrongWord(f"--{path}: {shape.label} has no field '{name}'. {hint}".rstrip())


def _is_argument(factory: Adapted, path: str) -> bool:
    """Whether a name is the factory's, and no field of the model."""
    return factory.takes(path) and ("__" in path or factory.field(path) is None)


def _argument_value(factory: Adapted, path: str, text: str) -> Value:
    """What a text means for the field that the path leads to along factories; else what it would mean in a recipe."""
    field = factory.field(path)
    if field is not None:
        return field_value(blueprint(field.model), field.name, text, path)
    try:
        return tagged(text) if text.startswith("!") else resolve(text)
    except WrongWord as error:
        raise refused_value(path, text, str(error)) from error


def _column(shape: Blueprint, name: str, option: str) -> None:
    """Refuse what is no field of the model's own row."""
    _refuse_unknown(shape, name, f"{option} {name}")
    if name != "pk" and shape.field(name) is None:
        raise WrongWord(f"{option} {name}: {shape.label}.{name} has several rows, so it identifies none")


def _existing(path: str) -> WrongWord:
    return WrongWord(
        f"--{path}: This script does not support customizing provided existing objects. Leave out the row that is "
        "there, or the values below it"
    )


def _below(shape: Blueprint, names: Sequence[str], path: str) -> WrongWord:
    """Refuse a path that goes on behind what is no relation to one row, with the way to make rows there."""
    name, rest = names[0], "__".join(names[1:])
    message = f"--{path}: {shape.label}.{name} is not a relation to one row{way_back(shape, name)}"
    if name not in shape.relations:
        return WrongWord(message)
    return WrongWord(f"{message}. Write --{path.removesuffix(f'__{rest}')} '!make {{{rest}: ...}}'")


def _shared(shape: Blueprint, names: Sequence[str], path: str) -> None:
    """Refuse a path of ``--share`` that leads to no relation to one row."""
    for name in names[:-1]:
        _refuse_unknown(shape, name, f"--share {path}")
        model = related_model(shape, name)
        if model is None:
            raise WrongWord(f"--share {path}: {shape.label}.{name} is not a relation")
        shape = blueprint(model)
    _refuse_unknown(shape, names[-1], f"--share {path}")
    single = related_model(shape, names[-1]) is not None and shape.field(names[-1]) is not None
    if not single and names[-1] not in shape.generics:
        raise WrongWord(f"--share {path}: {shape.label}.{names[-1]} is not a relation to one row")


def is_known(shape: Blueprint, name: str) -> bool:
    """Whether a name is a field or relation of a model."""
    return name == "pk" or shape.field(name) is not None or name in shape.names


def _refuse_unknown(shape: Blueprint, name: str, word: str) -> None:
    if not is_known(shape, name):
        raise WrongWord(f"{word}: {shape.label} has no field '{name}'. {did_you_mean(name, shape.names)}".rstrip())


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
