"""What a project calls: thin functions over the engine, which is loaded by the first call."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from fixturekit.calling.words import C, F, M

if TYPE_CHECKING:
    from django.db.models import Model

    from fixturekit.calling.checking import ModelReport
    from fixturekit.execution.made import Made

__all__ = [
    "POST_SAVE",
    "PRE_SAVE",
    "C",
    "F",
    "G",
    "M",
    "N",
    "P",
    "check_models",
    "export_shelf",
    "fixture",
    "get",
    "load",
    "load_into",
    "new",
    "teach",
]

Row = TypeVar("Row", bound="Model")
Values: TypeAlias = "Mapping[str, Any] | None"

fixture = F


def load(*names: str, database: str = "default", force: bool = False) -> Made:
    """Make sure that recipes are applied to a database, and return the rows that they made.

    What the recipes depend on is applied before them; what is applied already is left as it is. Each recipe is applied in a
    transaction of its own, or in a savepoint where the caller has a transaction open: in a test case, its rows go when
    the test's or the class's transaction is rolled back.

        made = fixturekit.load("shop.summer_sale")
        made.products[3]
        made["shop.catalogue"].acme

    Do not call it in a migration: it fills the models as they are today, which are not those of the migration's ``apps``.

    Args:
        names: Recipes, each as one word of the command line: ``"shop.summer_sale"``, its beginning as long as that is
            clear, ``"shop.0002"``, or ``"shop"`` for all recipes of an app. Without any, nothing is done.
        database: The alias of the database.
        force: Also write to a database that looks like production: ``DEBUG`` is off, it is no test database, and
            ``FIXTUREKIT["ALLOWED_DATABASES"]`` does not name the alias.

    Returns:
        The rows that the named recipes made, by step; see :class:`fixturekit.Made`. They are read when asked for.

    Raises:
        RecipeNotFound: A name fits no recipe; the message says what is near.
        RecipeAmbiguous: A name is the beginning of several recipes.
        RecipeInvalid: A recipe file of the project breaks the format.
        GraphError: Recipes depend on each other in a circle, or two replace the same one.
        RecipeChanged: A recipe was applied to the database and edited since.
        PlanError: A recipe does not fit the models.
        GenerationError: A value cannot be made.
        NotAllowed: The database looks like production, and ``force`` is not given.
        ApplyError: A recipe cannot be applied; a subclass says why. Recipes before it stay applied.
        ImproperlyConfigured: ``fixturekit`` is not installed, or the setting ``FIXTUREKIT`` is wrong.
        ConnectionDoesNotExist: No database has the alias.
        TypeError: A name is not text.

    Warns:
        RuntimeWarning: Rows are not those that the recipe's file records.

    .. versionadded:: 0.1
    """
    return load_into([database], names, force=force)


def _refuse_uninstalled() -> None:
    """Say what is missing, before an import of the models says so in words of its own."""
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    apps.check_models_ready()
    if "fixturekit.models" not in sys.modules and not apps.is_installed("fixturekit"):
        raise ImproperlyConfigured("'fixturekit' is not in INSTALLED_APPS")


def load_into(databases: list[str], names: tuple[str, ...], *, force: bool = False) -> Made:
    """Do what ``load`` does, for several databases: each takes the steps that the routers leave to it."""
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{name!r}: expected the name of a recipe, app_label.name")
    apps.check_models_ready()
    if not apps.is_installed("fixturekit"):
        raise ImproperlyConfigured(
            "'fixturekit' is not in INSTALLED_APPS, or not in the available_apps of the test case: its ledger has to come "
            "and go with the rows"
        )
    from fixturekit.execution import loading

    return loading.load(names, databases, force=force)


# -- rows for tests and shells ----------------------------------------------------------------------------------------


@overload
def G(model: type[Row], n: Literal[1] = 1, *, values: Values = None, **fields: Any) -> Row: ...
@overload
def G(model: type[Row], n: int, *, values: Values = None, **fields: Any) -> list[Row]: ...
@overload
def G(model: str, n: int = 1, *, values: Values = None, **fields: Any) -> Any: ...


def G(model: type[Row] | str, n: int = 1, *, values: Values = None, **fields: Any) -> Row | list[Row] | Any:
    """Make and save rows of a model, with whatever they need; what is not given is filled with plain values.

        G(Book)                                       # "1", 1, the first choice, and an author of its own
        G(Book, title="Dune", author__name="Frank")   # or author=F(name="Frank"), an author, or an author's key
        G(Book, 3, tags=2)                            # three books, each with two new tags
        G(Book, tags=[F(name="new"), tag], reviews=[F(stars=5)])
        G(Book, slug=lambda field: "s" * field.max_length, subtitle=C("title"), isbn=M("###-#"))

    Rows are saved by ``save()``, with signals, so that they are what the project's own code makes them; more than one
    at once where nobody could tell. All of a call is done or nothing is. Nothing is noted in the ledger.

    Args:
        model: A model, or its name ``"app_label.Model"``.
        n: How many. Only 1 returns an instance, anything else a list.
        values: Values by name, for fields whose names are options of this function.
        fields: Values by the names of fields and relations, and these options, each None for what the setting in
            brackets says: ``shelve`` (True, or a name: keep the values for further calls), ``named_shelve`` (the name
            of a shelf to use), ``use_library`` (shelves act; ``USE_LIBRARY``), ``fill_nullable_fields``
            (``FILL_NULLABLE_FIELDS``), ``ignore_fields`` (names and patterns, besides those of ``IGNORE_FIELDS``),
            ``number_of_laps`` (``NUMBER_OF_LAPS``), ``validate_models`` (``full_clean()`` before each save;
            ``VALIDATE_MODELS``), ``validate_args`` (an unknown name is an error, not a warning; ``VALIDATE_ARGS``),
            ``debug_mode`` (``DEBUG_MODE``), ``seed`` (of what is drawn), ``using`` (the alias of the database; by default
            the one that the routers choose).

    Returns:
        The instance, or a list of them, in the order in which they were made.

    Raises:
        CallInvalid: A model, a name, a value or an option is not what the call takes; the message says what is near.
        ShelfNotFound: Nobody taught a shelf of the name.
        ShelfRefused: The values cannot be kept as a shelf. The rows are not made either.
        SetupFailed: The ``tests/fixturekit_setup.py`` of an app cannot be imported.
        GenerationError: A value cannot be made; ``ValuesExhausted`` where a unique field has no free value left.
        RowNotMade: The model, its validation or the database refused a row. It is an ``IntegrityError`` of Django too
            where the database's was one. No row of the call is left.
        ImproperlyConfigured: The setting ``FIXTUREKIT`` is wrong, or ``fixturekit`` is not installed.

    Warns:
        RuntimeWarning: A name that the model does not have was left out, since ``validate_args`` is False.

    .. versionadded:: 0.1
    """
    if "fixturekit.calling.making" not in sys.modules:
        _refuse_uninstalled()
    from fixturekit.calling.making import make, split

    words, given = split(fields)
    made = make("G", model, n, words, values, given)
    return made[0] if n == 1 else made


@overload
def N(
    model: type[Row],
    n: Literal[1] = 1,
    *,
    persist_dependencies: bool = True,
    values: Values = None,
    **fields: Any,
) -> Row: ...
@overload
def N(
    model: type[Row], n: int, *, persist_dependencies: bool = True, values: Values = None, **fields: Any
) -> list[Row]: ...
@overload
def N(model: str, n: int = 1, *, persist_dependencies: bool = True, values: Values = None, **fields: Any) -> Any: ...


def N(
    model: type[Row] | str,
    n: int = 1,
    *,
    persist_dependencies: bool = True,
    values: Values = None,
    **fields: Any,
) -> Row | list[Row] | Any:
    """Build instances as ``G`` does, and do not save them; the rows that they point at are saved.

        N(Book)                                # has no key; its author has one
        N(Book, persist_dependencies=False)    # asks the database nothing, its author has no key either

    A row that a receiver makes for a saved one, such as the profile of each new user, is beside the instance: ``N(Profile)``
    is another profile of its user, and ``save()`` is refused. ``G`` takes such a row over.

    Args:
        model: As for :func:`G`.
        n: As for :func:`G`.
        persist_dependencies: Save the rows that the instances point at. If not, no query is made at all.
        values: As for :func:`G`.
        fields: As for :func:`G`; relations to many rows can be given to rows that are saved only.

    Returns:
        The instance, or a list of them.

    Raises:
        FixtureKitError: As for :func:`G`.

    .. versionadded:: 0.1
    """
    if "fixturekit.calling.making" not in sys.modules:
        _refuse_uninstalled()
    from fixturekit.calling.making import make, split

    words, given = split(fields)
    made = make("N", model, n, words, values, given, root=False, parents=persist_dependencies)
    return made[0] if n == 1 else made


get = G
new = N


def P(what: object) -> None:
    """Print the values of an instance, or of each of a list or queryset, field by field; passwords are not shown.

    Args:
        what: An instance, or a list, tuple or queryset of instances. Anything else is printed as it is.

    .. versionadded:: 0.1
    """
    from fixturekit.calling.printing import print_values

    print_values(what)


def teach(model: type[Model] | str, name: str = "", /, **fields: Any) -> None:
    """Keep values as a shelf without making a row, as ``G(model, shelve=...)`` does with one.

    Args:
        model: A model, or its name.
        name: The name of the shelf, "" for the model's default shelf.
        fields: Values by name, as :func:`G` takes them, without options.

    Raises:
        ShelfRefused: A value is good for one row only.
        CallInvalid: A name or a value does not fit the model.

    .. versionadded:: 0.1
    """
    _refuse_uninstalled()
    from fixturekit.calling.making import resolve_model
    from fixturekit.calling.teaching import keep, shelf_for

    found = resolve_model("teach", model)
    keep(shelf_for(f"teach({found._meta.label})", found, name, fields))


def PRE_SAVE(model: type[Model] | str, function: Callable[[Any], object]) -> None:
    """Have a function called with each instance of a model that the Python calls make, before it is saved.

    It is called for rows of exactly this model, parents and children of what is asked for included; a second function
    takes the place of the first. Within a test it is forgotten at the end of it.

    Args:
        model: A model, or its name.
        function: Takes the instance.

    Raises:
        CallInvalid: It is no model, or no function.

    .. versionadded:: 0.1
    """
    _refuse_uninstalled()
    from fixturekit.calling.hooking import hook

    hook("PRE_SAVE", model, function)


def POST_SAVE(model: type[Model] | str, function: Callable[[Any], object]) -> None:
    """Have a function called with each instance of a model that the Python calls make, after it is saved.

    Args:
        model: As for :func:`PRE_SAVE`.
        function: As for :func:`PRE_SAVE`.

    Raises:
        CallInvalid: As for :func:`PRE_SAVE`.

    .. versionadded:: 0.1
    """
    _refuse_uninstalled()
    from fixturekit.calling.hooking import hook

    hook("POST_SAVE", model, function)


def check_models(*labels: str, using: str = "default") -> ModelReport:
    """Try to make a row of every model of the project, and say which ones cannot be made without being taught.

    Each row is read back and validated by ``full_clean()``. Everything happens in transactions that are rolled back.

    Args:
        labels: Apps, or models as ``app_label.Model``; without any, all apps.
        using: The alias of the database.

    Returns:
        What became of each model; printed, it is a report.

    Raises:
        LookupError: There is no such app or model.

    .. versionadded:: 0.1
    """
    _refuse_uninstalled()
    from fixturekit.calling.checking import check

    return check(labels, using)


def export_shelf(model: type[Model] | str, name: str = "") -> str:
    """Return a shelf that was taught in Python as the YAML that a recipe keeps it in.

    Args:
        model: A model, or its name.
        name: The name of the shelf, "" for the model's default shelf.

    Returns:
        The text of ``shelves:`` with this one.

    Raises:
        ShelfNotFound: Nobody taught it.
        ShelfRefused: A value cannot be written, such as a function without a name.
        CallInvalid: It is no model.

    .. versionadded:: 0.1
    """
    _refuse_uninstalled()
    from fixturekit.calling.exporting import export

    return export(model, name)
