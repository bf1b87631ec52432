"""What the words of a command line describe: steps and shelves, what they depend on, the name of their recipe.

All that is wrong with any of the words is told together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError

from fixturekit.exceptions import FixtureKitError, RecipeNotWritable, RecordingError, WrongWord
from fixturekit.execution.applier import Applier
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.loader import RecipeLoader
from fixturekit.recipes.naming import did_you_mean_recipe, is_recipe_name
from fixturekit.recipes.problems import shorten
from fixturekit.recording.arguments import StepArguments, noted
from fixturekit.recording.building import Built, build, dependencies
from fixturekit.recording.naming import recipe_name
from fixturekit.recording.pins import Portable, keep_pins, make_portable
from fixturekit.recording.wording import Wording

Find = Callable[[list[str]], list[str]]
"""Returns the full names of the recipes that words mean."""


@dataclass(slots=True)
class Request:
    """What is to be recorded.

    Attributes:
        target: ``app``, ``app.recipe`` or empty: then the first model's app. For more steps of a recipe, its whole name.
        bulk: Whether ways that are proven to give the rows of ``save: each`` are written into steps.
        wrong: What is wrong with words of the command line already, to be told with all else that is.
    """

    steps: Sequence[StepArguments] = ()
    target: str = ""
    seed: str | None = None
    now: str = ""
    style: str = ""
    locale: str = ""
    depends_on: Sequence[str] = ()
    tags: Sequence[str] = ()
    manual: bool = False
    comment: str = ""
    verify: bool = True
    allow_unstable: bool = False
    bulk: bool = True
    wrong: Sequence[str] = ()


@dataclass(slots=True)
class Described:
    """What a command line describes: the name of the recipe, its steps, what it depends on; and how it says so."""

    name: str
    portable: Portable = field(default_factory=Portable)
    needed: list[str] = field(default_factory=list)
    wording: Wording = field(default_factory=lambda: Wording(()))


def describe(applier: Applier, request: Request, document: Recipe | None = None) -> Described:
    """Return what the words of a request mean: a new recipe, or the end of one that has a document.

    Raises:
        WrongWord: Words that mean nothing; all of them, with those that the request knows.
        RecordingError: There is a recipe of this name already.
        RecipeNotWritable: There is no folder that a new recipe may be written to.
    """
    known = document or Recipe()
    built = build(request.steps, [step.id for step in known.steps])
    wrong = [*request.wrong, *built.wrong, *_known_shelves(known, built)]
    name, refused = (request.target, None) if document else _named(applier.loader, request, built, wrong)
    try:
        # whose file is gone, the database knows
        needed = _needed(applier.resolve if request.verify else applier.loader.resolve, request, wrong)
        portable = _portable(applier, request, built)
    except DatabaseError as error:
        if not wrong:
            raise
        raise WrongWord(*wrong) from error  # no less wrong where the database is missing
    wording = Wording(built.arguments)
    wrong += [wording.line(where, message) for where, message in portable.missing]
    wrong += _nowhere(applier.loader, built, wording)
    _tell(wrong, refused)
    return Described(name, portable, needed, Wording(built.arguments, len(known.steps), len(known.shelves)))


def describe_empty(loader: RecipeLoader, request: Request) -> Described:
    """Return what the words of a request for a recipe without steps mean.

    Raises:
        WrongWord, RecordingError, RecipeNotWritable: As for `describe`.
    """
    wrong = list(request.wrong)
    name, refused = _named(loader, request, Built((), ()), wrong)
    needed = _needed(loader.resolve, request, wrong)
    _tell(wrong, refused)
    return Described(name, needed=needed)


def _tell(wrong: list[str], refused: FixtureKitError | None) -> None:
    """Raise what is wrong: words, and what is in the way of the recipe beside them; alone that is no wrong word."""
    if wrong:
        raise WrongWord(*wrong, *([str(refused)] if refused else []))
    if refused:
        raise refused


def _needed(find: Find, request: Request, wrong: list[str]) -> list[str]:
    """The full names of recipes that may be named by a number, or cut short."""
    found: list[str] = []
    for word in request.depends_on:
        with noted(wrong, f"--depends-on {shorten(word)}: "):
            found += find([word])
    return found


def _nowhere(loader: RecipeLoader, built: Built, wording: Wording) -> Iterator[str]:
    """Say which recipes there are not that words lead to."""
    for dependency in dependencies(built.steps, (), built.shelves):
        if loader.document(dependency.name) is None:
            hint = did_you_mean_recipe(dependency.name, loader.recipes)
            yield f"{wording.saying(dependency.name)}there is no recipe {dependency.name!r}. {hint}".rstrip()


def _portable(applier: Applier, request: Request, built: Built) -> Portable:
    if not request.verify:
        return keep_pins(built)
    return make_portable(applier.connection.alias, applier.ledger, built, applier.loader.document)


def _named(
    loader: RecipeLoader, request: Request, built: Built, wrong: list[str]
) -> tuple[str, FixtureKitError | None]:
    """The full name of a new recipe, and what is in its way, if anything is."""
    name, refused = "", None
    try:
        with noted(wrong):
            name = _name(loader, request, built)
    except (RecordingError, RecipeNotWritable) as error:
        refused = error
    return name, refused


def _name(loader: RecipeLoader, request: Request, built: Built) -> str:
    """The full name of a new recipe; empty where neither a word nor a model says its app."""
    app_label, dot, name = request.target.partition(".")
    if dot and not (app_label and name):
        raise WrongWord(f"'{request.target}' is neither an app nor app.recipe_name")
    models = (*built.models, *built.shelf_models)
    if not (app_label or models):
        return ""
    app_label = app_label or models[0]._meta.app_label
    loader.check_app(app_label)
    loader.folder_for(app_label)
    taken = {recipe.partition(".")[2] for recipe in loader.recipes if recipe.startswith(f"{app_label}.")}
    if not dot and not models:
        return ""
    name = name or recipe_name(built.words, taken)
    if not is_recipe_name(name):
        raise WrongWord(f"'{name}' is not the name of a recipe: use lower-case letters, digits and underscores")
    if name in taken:
        shown = loader.recipes[f"{app_label}.{name}"].shown
        raise RecordingError(f"there is a recipe {app_label}.{name} already: {shown}")
    return f"{app_label}.{name}"


def _known_shelves(document: Recipe, built: Built) -> Iterator[str]:
    """Say which shelves the recipe has already; step ids are free."""
    known = {(shelf.model, shelf.name) for shelf in document.shelves}
    for shelf in built.shelves:
        if (shelf.model, shelf.name) in known:
            which = f"a shelf '{shelf.name}'" if shelf.name else "a default shelf"
            yield f"--shelve: the recipe has {which} for {shelf.model} already; edit its file"
