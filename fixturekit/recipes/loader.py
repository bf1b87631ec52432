"""The recipes of all installed apps, read from their folders; no database is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.apps import AppConfig, apps

from fixturekit.conf import settings
from fixturekit.exceptions import RecipeAmbiguous, RecipeInvalid, RecipeNotFound
from fixturekit.marks import Mark, Problem
from fixturekit.recipes.document import Dependency, Recipe
from fixturekit.recipes.folders import Folders, checksum_of, recipe_files
from fixturekit.recipes.graph import RecipeGraph
from fixturekit.recipes.naming import FileName, RecipeName, did_you_mean, did_you_mean_recipe, is_number
from fixturekit.recipes.reading import file_bytes, read_bytes
from fixturekit.recipes.references import needed_by, with_dependencies
from fixturekit.recipes.writing import checksum


@dataclass(frozen=True, slots=True)
class LoadedRecipe:
    """A recipe with its identity and its file.

    ``name`` is ``app_label.name``; ``shown`` is the path as messages name it; ``checksum`` changes with the meaning of
    the document, ``file_checksum`` with any of the bytes that it was read from.
    """

    name: str
    app_label: str
    number: int
    path: Path
    shown: str
    document: Recipe
    checksum: str
    file_checksum: str

    def holding(self, document: Recipe) -> LoadedRecipe:
        """The recipe as it is once its file says something else."""
        return replace(self, document=document, checksum=checksum(document, self.name))

    @property
    def short_name(self) -> str:
        """The name without its app."""
        return self.name.partition(".")[2]

    @property
    def stem(self) -> str:
        """The name of the file without its suffix, such as ``0002_summer_sale``."""
        return self.path.stem


@dataclass(frozen=True, slots=True)
class RecipeSource:
    """What recipes are read from: the folder that paths are shown from, a limit, the apps, their files with the bytes."""

    folder: Path
    max_bytes: int
    app_labels: tuple[str, ...]
    files: tuple[tuple[str, Path, bytes | None], ...]


class RecipeLoader:
    """Finds the recipes of a project and puts them into a graph.

    A recipe of an app is a file ``fixture_recipes/NNNN_name.yaml`` in the app's folder, or where
    ``FIXTUREKIT["RECIPE_MODULES"]`` puts it. Files that begin with ``_`` or ``.`` are not recipes, and neither is what
    has another suffix. What is found depends on names and contents alone: not on dates, not on the order in
    which a folder lists them.

    Call ``load`` before anything else is asked.

    Args:
        app_configs: The apps; by default all that are installed.
        infer: Recipes that addresses lead to count as named in ``depends_on``, for a tool that writes them there.
    """

    def __init__(self, app_configs: Iterable[AppConfig] | None = None, *, infer: bool = False) -> None:
        configs = apps.get_app_configs() if app_configs is None else app_configs
        self._infer = infer
        self._folders = Folders(configs)
        self.recipes: dict[str, LoadedRecipe] = {}
        self.graph = RecipeGraph()

    def load(self) -> None:
        """Read all recipes anew and check that they fit together.

        Raises:
            RecipeInvalid: Files that break the format or are named wrongly; carries the problems of all of them.
            RecipeNotFound: A dependency that no recipe is.
            DependencyCycle: Recipes that depend on each other.
            GraphError: Two recipes replace the same one.
            ImproperlyConfigured: The setting ``FIXTUREKIT`` is wrong.
        """
        problems = self.read()
        if problems:
            raise RecipeInvalid(problems)
        self.connect()

    def read(self) -> list[Problem]:
        """Read all recipes anew, and return what is wrong with their files; ``recipes`` are those that can be read.

        Raises:
            ImproperlyConfigured: The setting ``FIXTUREKIT`` is wrong.
        """
        self._folders.check_settings()
        self.recipes, self.graph = {}, RecipeGraph()
        problems: list[Problem] = []
        for app_label in self._folders.labels:
            for path in self._files(app_label, problems):
                self._read(app_label, path, problems)
        return problems

    def connect(self) -> None:
        """Put the recipes that were read into the graph, and check that they fit together.

        Raises:
            RecipeNotFound, DependencyCycle, GraphError: As for ``load``.
        """
        for name, recipe in self.recipes.items():
            document = recipe.document
            self.graph.add(name, _origins(needed_by(document)), _origins(document.replaces), recipe.number)
        self.graph.validate()

    def resolve(self, words: Sequence[str], *, gone: Collection[str] = (), whole: bool = False) -> list[str]:
        """Return the names of the recipes that the words of a command line mean.

        A word is an app (all its recipes), ``app.name`` or ``app.0002``; a name may be cut short as long as it is
        clear, and a whole name always wins. Two words without a dot are an app and a name in it, or two apps where the
        second means no recipe of the first.

        Args:
            words: The words.
            gone: Names of recipes that a word may mean, too, though they have no file any more.
            whole: Whether names must not be cut short, since rows are to be removed.

        Raises:
            RecipeNotFound: A word fits no app or no recipe.
            RecipeAmbiguous: A word fits several recipes.
        """
        if len(words) == 2 and not any("." in word for word in words) and not self._are_apps(words, gone):
            return [self._one(words[0], words[1], gone, whole)]
        found: dict[str, None] = {}
        for word in words:
            app_label, dot, name = word.partition(".")
            names = [self._one(app_label, name, gone, whole)] if dot else self._all(app_label)
            found.update(dict.fromkeys(names))
        return list(found)

    def document(self, name: str) -> Recipe | None:
        """Return the document of the recipe ``app.name``, or of the one that replaces it; None where there is neither."""
        loaded = self.recipes.get(self.current(name))
        return loaded.document if loaded else None

    def folder_of(self, name: str) -> Path | None:
        """Return where the file of ``app.name``, or of the recipe that replaces it, lies or would lie.

        None where the app is not installed, or has no recipes by its setting.
        """
        app_label = self.current(name).partition(".")[0]
        return self._folders.find(app_label) if app_label in self._folders.labels else None

    def current(self, name: str) -> str:
        """Return the name under which ``app.name`` is there: that of the recipe that replaces it, if one does."""
        return name if name in self.recipes else self.replaced().get(name, name)

    def replaced(self) -> dict[str, str]:
        """Return, for each replaced recipe, the one that stands for it."""
        return {old.name: name for name, recipe in self.recipes.items() for old in recipe.document.replaces}

    def source(self) -> RecipeSource:
        """Return all that ``load`` depends on, as it is now: what it would find is the same while this is the same.

        Raises:
            ImproperlyConfigured: The setting ``FIXTUREKIT`` is wrong.
        """
        self._folders.check_settings()
        labels = tuple(self._folders.labels)
        files = [(label, path) for label in labels for path in recipe_files(self._folders.find(label))]
        read = tuple((label, path, _bytes_of(path)) for label, path in files)
        return RecipeSource(Path.cwd(), settings.MAX_RECIPE_BYTES, labels, read)

    def check_app(self, app_label: str) -> None:
        """Make sure that an app is installed.

        Raises:
            RecipeNotFound: It is not.
        """
        if app_label not in self._folders.labels:
            hint = did_you_mean(app_label, self._folders.labels)
            raise RecipeNotFound(f"no installed app has the label {app_label!r}. {hint}".rstrip(), app_label)

    def folder_for(self, app_label: str) -> Path:
        """Return the folder that new recipes of an app go to; it need not exist.

        Raises:
            RecipeNotWritable: The app is not installed, has no recipes by its setting, or lies where packages are.
        """
        return self._folders.find_writable(app_label)

    def next_number(self, app_label: str) -> int:
        """Return the number for the next recipe of an app: one more than the highest, from 1."""
        return max((recipe.number for recipe in self._of(app_label)), default=0) + 1

    # Finding files

    def _files(self, app_label: str, problems: list[Problem]) -> Iterator[Path]:
        """Yield the files of an app's recipes in order of their names, and note those that are named wrongly."""
        for path in recipe_files(self._folders.find(app_label)):
            if path.suffix == ".yaml":
                yield path
            elif path.suffix.lower() in (".yml", ".yaml"):
                hint = f"Rename it to {path.with_suffix('.yaml').name}"
                problems.append(self._misnamed(path, f"a recipe has the suffix .yaml, not {path.suffix}", hint))

    def _read(self, app_label: str, path: Path, problems: list[Problem]) -> None:
        shown = self._folders.shown(path)
        try:
            file = FileName.parse(path.name)
        except ValueError as error:
            hint = "Name it NNNN_name.yaml, or begin the name with _ if it is no recipe"
            problems.append(self._misnamed(path, str(error), hint))
            return
        name = str(RecipeName(app_label, file.name))
        if name in self.recipes:
            message = f"{name!r} is the name of two recipes, the other is {self.recipes[name].shown}"
            hint = "Rename one; the number is no part of the name"
            problems.append(Problem("fixturekit.E029", message, hint, mark=Mark(shown, 1, 1)))
            return
        try:
            data = file_bytes(path, shown, max_bytes=settings.MAX_RECIPE_BYTES)
            document = read_bytes(data, shown, max_bytes=settings.MAX_RECIPE_BYTES, infer=self._infer)
            document = with_dependencies(document) if self._infer else document
        except RecipeInvalid as error:
            problems += error.problems
            return
        self.recipes[name] = LoadedRecipe(
            name, app_label, file.number, path, shown, document, checksum(document, name), checksum_of(data)
        )

    def _misnamed(self, path: Path, message: str, hint: str) -> Problem:
        return Problem("fixturekit.E028", message, hint, mark=Mark(self._folders.shown(path), 1, 1))

    # Finding recipes

    def _of(self, app_label: str) -> list[LoadedRecipe]:
        return [recipe for recipe in self.recipes.values() if recipe.app_label == app_label]

    def _all(self, app_label: str) -> list[str]:
        self.check_app(app_label)
        names = [recipe.name for recipe in self._of(app_label)]
        if not names:
            raise RecipeNotFound(f"the app {app_label!r} has no recipes", app_label)
        return names

    def _are_apps(self, words: Sequence[str], gone: Collection[str]) -> bool:
        """Whether two words are apps, and the second is not how a recipe of the first begins as well."""
        label, other = words
        if not {label, other} <= set(self._folders.labels):
            return False
        begun = any(_begins(recipe, other) for recipe in self._of(label))
        return not (begun or any(name.startswith(f"{label}.{other}") for name in gone))

    def _one(self, app_label: str, text: str, gone: Collection[str], whole: bool) -> str:
        """Return the one recipe of an app that a name, a number or the beginning of either means."""
        word = f"{app_label}.{text}"
        if word in gone:
            return word
        self.check_app(app_label)
        recipes = self._of(app_label)
        for recipe in recipes:
            if text in (recipe.short_name, recipe.stem):
                return recipe.name
        numbered = [recipe.name for recipe in recipes if is_number(text) and int(text) == recipe.number]
        begun = [recipe.name for recipe in recipes if text and recipe.name not in numbered and _begins(recipe, text)]
        begun += [name for name in gone if text and name.startswith(word)]
        fitting = numbered if whole else [*numbered, *begun]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise RecipeAmbiguous(f"{word!r} may mean {', '.join(fitting)}. Write more of the name", fitting)
        if begun:
            message = f"there is no recipe {word!r}, and where rows are removed a name is not cut short. Write"
            raise RecipeNotFound(f"{message} {' or '.join(begun)}", word)
        hint = did_you_mean_recipe(word, self.recipes)
        raise RecipeNotFound(f"there is no recipe {word!r}. {hint}".rstrip(), word)


def _bytes_of(path: Path) -> bytes | None:
    """The bytes of a recipe; None for another file, and for one that ``load`` refuses to read."""
    if path.suffix != ".yaml":
        return None
    try:
        return file_bytes(path, path.name, max_bytes=settings.MAX_RECIPE_BYTES)
    except RecipeInvalid:
        return None


def _begins(recipe: LoadedRecipe, text: str) -> bool:
    return recipe.short_name.startswith(text) or recipe.stem.startswith(text)


def _origins(dependencies: Iterable[Dependency]) -> list[tuple[str, Mark | str]]:
    return [(dependency.name, dependency.mark or "") for dependency in dependencies]


def load_recipes(*, infer: bool = False) -> RecipeLoader:
    """Return a loader that has read the recipes of all installed apps; ``infer`` as for ``RecipeLoader``.

    Raises:
        RecipeError, GraphError, ImproperlyConfigured: As ``RecipeLoader.load``.
    """
    loader = RecipeLoader(infer=infer)
    loader.load()
    return loader


class _Shared:
    """The recipes that this process has read last, with what they were read from."""

    source: RecipeSource | None = None
    loader: RecipeLoader | None = None


def shared_recipes() -> RecipeLoader:
    """Return what ``load_recipes`` returns, read anew only where a file, an app or a setting changed since.

    All callers get the same loader: do not call its ``load``.

    Raises:
        RecipeError, GraphError, ImproperlyConfigured: As ``RecipeLoader.load``.
    """
    loader = RecipeLoader()
    source = loader.source()
    if _Shared.loader is None or _Shared.source != source:
        loader.load()
        _Shared.loader, _Shared.source = loader, source
    return _Shared.loader
