"""Test cases of Django that start from the rows of recipes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar

from django.test import TestCase, TransactionTestCase

from fixturekit.api import load_into
from fixturekit.calling.scopes import process
from fixturekit.execution.made import Made, together
from fixturekit.testing.databases import own_databases

if TYPE_CHECKING:
    from django.test import TestCase as _Case
else:
    _Case = object


class _NotLoaded:
    """Stands for ``made`` until the recipes are loaded."""

    def __get__(self, case: RecipeMixin | None, owner: type[RecipeMixin]) -> Made:
        hook = "setUpTestData" if _once_for_the_class(owner) else "setUp"
        raise AttributeError(f"the recipes of {owner.__qualname__} are not loaded yet: call super().{hook}() first")


class RecipeMixin(_Case):
    """Loads recipes for a test case; stands before Django's class among the bases.

        class CheckoutTests(RecipeMixin, LiveServerTestCase):
            recipes = ["shop.summer_sale"]

    A ``TestCase`` has its rows loaded once for the class, in ``setUpTestData``, any other ``TransactionTestCase`` before each test,
    in ``setUp``. A class that overrides these calls ``super()`` first. Each recipe goes to every database of the
    class's ``databases`` (mirrors aside); where there are several, the routers say which of its steps belong where.

    Attributes:
        recipes: Names of recipes, each as one word of the command line. What they depend on comes along. A subclass adds
            its own to those of its bases.
        made: The rows that they made, see :class:`fixturekit.Made`. In each test its instances are the test's own.
    """

    recipes: ClassVar[Sequence[str]] = ()
    made: Made = _NotLoaded()  # type: ignore[assignment]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        # cls_atomics: where there are no transactions, Django calls setUpTestData before each test
        if _once_for_the_class(cls) and hasattr(cls, "cls_atomics") and "made" not in vars(cls):
            super().tearDownClass()
            raise TypeError(
                f"{cls.__qualname__}.setUpTestData does not call super().setUpTestData(), so its recipes are not loaded"
            )

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.made = _load(cls, _recipes_of(cls))

    def setUp(self) -> None:
        fresh = process.fresh()  # outside of the blocks of a TestCase the Python calls count for the whole process
        fresh.__enter__()
        self.addCleanup(fresh.__exit__, None, None, None)
        super().setUp()
        if not _once_for_the_class(type(self)):
            self.made = _load(type(self), _recipes_of(type(self)))

    def load_recipes(self, *names: str, databases: Collection[str] | None = None) -> Made:
        """Load further recipes for the rest of the test; for use in ``setUp`` and in tests.

        Args:
            names: As in ``recipes``. Their rows are found in ``self.made`` too, before those of the class's recipes.
            databases: Aliases; by default those of the class.

        Returns:
            The rows that these recipes made.

        Raises:
            FixtureKitError: As for :func:`fixturekit.load`, without the guard before production.
        """
        made = _load(type(self), names, databases)
        self.made = together(self.made, made)
        return made


class RecipeTestCase(RecipeMixin, TestCase):
    """A ``TestCase`` that starts from the rows of ``recipes``, loaded once for the class."""


class RecipeTransactionTestCase(RecipeMixin, TransactionTestCase):
    """A ``TransactionTestCase`` that starts from the rows of ``recipes``, loaded before each test."""


def _once_for_the_class(case: type) -> bool:
    """Whether Django sets up data for the class, not for each test."""
    return issubclass(case, TestCase)


def _load(case: type[RecipeMixin], names: Sequence[str], databases: Collection[str] | None = None) -> Made:
    # The test would write to this database anyway, and a TransactionTestCase empties it: nothing is left to guard.
    return load_into(own_databases(case.databases if databases is None else databases), tuple(names), force=True)


def _recipes_of(case: type[RecipeMixin]) -> list[str]:
    """Return the recipes of a class: those of its bases first."""
    names: list[str] = []
    for owner in reversed(case.__mro__):
        own = vars(owner).get("recipes", ())
        if isinstance(own, str):
            raise TypeError(f"{owner.__qualname__}.recipes = {own!r}: expected a list of names")
        names += own
    return names
