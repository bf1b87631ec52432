"""What a project calls: thin functions over the engine, which is loaded by the first call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixturekit.execution.made import Made


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
