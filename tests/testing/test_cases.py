"""Test cases start from the rows of their recipes, once for a class or before each test, isolated from each other."""

from __future__ import annotations

import io
import unittest

import pytest
from django.db import connections
from django.test import LiveServerTestCase, TestCase, override_settings
from django.test.utils import CaptureQueriesContext

import fixturekit
from fixturekit.execution import loading
from fixturekit.execution.made import Made
from fixturekit.models import AppliedRecipe
from fixturekit.testing import RecipeMixin, RecipeTestCase, RecipeTransactionTestCase
from tests.testapp.models import Author, Genre

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other"])

CATALOGUE = """
    steps:
      - {id: acme, make: testapp.Author, set: {name: Acme}}
    """
SALE = """
    depends_on: [testapp.catalogue]
    steps:
      - {id: products, make: testapp.Author, count: 4, set: {name: !seq "P{n}"}}
    """
GENRES = "steps: [{id: genres, make: testapp.Genre, count: 3}]\n"


@pytest.fixture(autouse=True)
def shop(recipes):
    recipes.write("testapp.catalogue", CATALOGUE)
    recipes.write("testapp.sale", SALE)
    recipes.write("testapp.genres", GENRES)
    loading.costs.clear()
    return recipes


def run(*cases):
    """Run test cases with unittest's runner; their tests may not skip."""
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases)
    result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    assert not result.skipped
    return result


def passed(*cases):
    """Run test cases and return how many tests they had; all must pass."""
    result = run(*cases)
    assert result.wasSuccessful(), "\n".join(text for _, text in [*result.failures, *result.errors])
    assert not Author.objects.exists()
    assert not AppliedRecipe.objects.exists()
    return result.testsRun


def loads():
    return {name: cost.loads for name, cost in loading.costs.items()}


def error_of(case):
    """Run a test case and return the text of its one error."""
    result = run(case)
    assert len(result.errors) == 1
    assert not Author.objects.exists()
    return result.errors[0][1]


class TestRecipeTestCase:
    def test_once_for_the_class(self):
        """Recipes and what they depend on are loaded once; a test sees what no other test changed."""

        class Sale(RecipeTestCase):
            recipes = ["testapp.sale"]

            def look(self):
                assert [each.name for each in self.made.products] == ["P1", "P2", "P3", "P4"]
                assert self.made["testapp.catalogue"].acme.name == "Acme"
                assert self.made.products[1] is self.made.products[1]
                self.made.products[1].name = "changed"
                self.made.products[2].delete()

            test_a = look
            test_b = look
            test_c = look

        assert passed(Sale) == 3
        assert loads() == {"testapp.catalogue": 1, "testapp.sale": 1}

    def test_subclasses_add(self):
        """A subclass has the recipes of its bases too; an inherited test finds the same steps."""

        class Base(RecipeTestCase):
            recipes = ["testapp.sale"]

            def test_products(self):
                assert len(self.made.products) == 4

        class Sub(Base):
            recipes = ["testapp.genres"]

            def test_genres(self):
                assert len(self.made.genres) == Genre.objects.count() == 3

        class SubSub(Sub):
            pass

        assert passed(Base, Sub, SubSub) == 5
        assert loads() == {"testapp.catalogue": 3, "testapp.sale": 3, "testapp.genres": 2}

    def test_in_own_set_up(self):
        """The rows are there for the class's own set-up."""

        class Sale(RecipeTestCase):
            recipes = ["testapp.sale"]
            first: Author

            @classmethod
            def setUpTestData(cls):
                super().setUpTestData()
                cls.first = cls.made.products[0]

            def test_first(self):
                assert self.first.name == "P1"
                assert self.first == self.made.products[0]
                self.first.name = "changed"

            def test_first_again(self):
                assert self.first.name == "P1"

        assert passed(Sale) == 2

    def test_set_up_without_super(self):
        """A set-up of the class that leaves out the loading fails the class, and says so."""

        class Sale(RecipeTestCase):
            recipes = ["testapp.sale"]

            @classmethod
            def setUpTestData(cls):
                pass

            def test_never(self):
                raise AssertionError

        error = error_of(Sale)
        assert "Sale.setUpTestData does not call super().setUpTestData(), so its recipes are not loaded" in error
        assert not connections["default"].in_atomic_block

    def test_too_early(self):
        """`made` before the loading says what to call first."""

        class Sale(RecipeTestCase):
            recipes = ["testapp.sale"]
            first: Author

            @classmethod
            def setUpTestData(cls):
                cls.first = cls.made.products[0]
                super().setUpTestData()

            def test_never(self):
                raise AssertionError

        assert "Sale are not loaded yet: call super().setUpTestData() first" in error_of(Sale)

    def test_without_recipes(self):
        """A class without recipes has nothing made, and may load some in a test."""

        class Empty(RecipeTestCase):
            def test_nothing(self):
                assert not hasattr(self.made, "products")
                assert self.load_recipes("testapp.sale").products[0].name == "P1"

        assert passed(Empty) == 1

    def test_load_recipes(self):
        """What a test loads is found beside what its class has, and gone in the next test."""

        class Sale(RecipeTestCase):
            recipes = ["testapp.sale"]

            def look(self):
                assert not Genre.objects.exists()
                assert not hasattr(self.made, "genres")
                made = self.load_recipes("testapp.genres")
                assert made.genres[0] == self.made.genres[0]
                assert not hasattr(made, "products")
                assert len(self.made.products) == 4

            test_a = look
            test_b = look

        assert passed(Sale) == 2

    def test_problem_fails_the_class(self, shop):
        """A recipe that cannot be applied fails the class, with place, value and hint."""
        shop.write("testapp.wrong", "steps: [{id: g, make: testapp.Genre, set: {nmae: x}}]\n")

        class Wrong(RecipeTestCase):
            recipes = ["testapp.wrong"]

            def test_never(self):
                raise AssertionError

        error = error_of(Wrong)
        assert "testapp.Genre has no field 'nmae' (fixturekit.E013). Did you mean 'name'?" in error
        assert not connections["default"].in_atomic_block

    def test_list_of_names(self):
        """One name where a list is expected is no list of letters."""

        class Wrong(RecipeTestCase):
            recipes = "testapp.sale"

            def test_never(self):
                raise AssertionError

        assert "Wrong.recipes = 'testapp.sale': expected a list of names" in error_of(Wrong)

    def test_file_name(self):
        """The name of a file is recognized."""

        class Wrong(RecipeTestCase):
            recipes = ["testapp.0002_sale.yaml"]

            def test_never(self):
                raise AssertionError

        assert "is the name of a file: write app_label.name" in error_of(Wrong)

    @override_settings(ALLOWED_HOSTS=[])
    def test_async(self):
        """In an asynchronous test, rows are read in Django's thread."""
        from asgiref.sync import sync_to_async

        class Sale(RecipeTestCase):
            recipes = ["testapp.sale"]

            async def test_products(self):
                products = await sync_to_async(lambda: list(self.made.products))()
                assert [each.name for each in products] == ["P1", "P2", "P3", "P4"]

        assert passed(Sale) == 1


class TestPlainTestCase:
    def test_load(self):
        """In any TestCase, what load() returned for the class is isolated in each test, as all of the class's data."""

        class Sale(TestCase):
            made: Made

            @classmethod
            def setUpTestData(cls):
                cls.made = fixturekit.load("testapp.sale")

            def look(self):
                assert isinstance(self.made, Made)
                assert self.made.products[0].name == "P1"
                self.made.products[0].name = "changed"

            test_a = look
            test_b = look

        assert passed(Sale) == 2
        assert loads()["testapp.sale"] == 1


class TestRecipeTransactionTestCase:
    def test_before_each_test(self):
        """Rows are loaded for each test, committed; they have the same values each time."""
        seen: list[list[tuple[str, str]]] = []

        class Sale(RecipeTransactionTestCase):
            recipes = ["testapp.sale"]

            def look(self):
                assert not connections["default"].in_atomic_block
                assert [each.name for each in self.made.products] == ["P1", "P2", "P3", "P4"]
                seen.append(list(Author.objects.order_by("name").values_list("name", "email")))
                Author.objects.all().delete()

            test_a = look
            test_b = look

        assert passed(Sale) == 2
        assert loads() == {"testapp.catalogue": 2, "testapp.sale": 2}
        assert seen[0] == seen[1]

    def test_set_up_without_super(self):
        """`made` says that the loading was left out."""

        class Sale(RecipeTransactionTestCase):
            recipes = ["testapp.sale"]

            def setUp(self):
                pass

            def test_products(self):
                _ = self.made.products

        assert "Sale are not loaded yet: call super().setUp() first" in error_of(Sale)

    def test_problem_leaves_nothing(self, shop):
        """Where the second recipe fails, the rows of the first do not reach other tests."""
        shop.write("testapp.wrong", "depends_on: [testapp.sale]\nsteps: [{id: g, make: testapp.Nothing}]\n")

        class Wrong(RecipeTransactionTestCase):
            recipes = ["testapp.wrong"]

            def test_never(self):
                raise AssertionError

        assert "no model testapp.Nothing" in error_of(Wrong)

    def test_available_apps(self):
        """Where the test's apps leave out the ledger, which would outlive the rows, the test fails."""

        class Sale(RecipeTransactionTestCase):
            available_apps = ["tests.testapp"]
            recipes = ["testapp.sale"]

            def test_never(self):
                raise AssertionError

        assert "'fixturekit' is not in INSTALLED_APPS, or not in the available_apps" in error_of(Sale)

    def test_live_server(self):
        """The mixin stands before any of Django's classes."""

        class Live(RecipeMixin, LiveServerTestCase):
            recipes = ["testapp.sale"]

            def test_products(self):
                assert self.live_server_url
                assert len(self.made.products) == 4

        assert passed(Live) == 1


class OnlyGenresInOther:
    """Genres live in the other database, everything else in the default one, and so does no ledger of genres there."""

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        if app_label in ("testapp", "otherapp"):
            return (db == "other") == (model_name == "genre")
        return None

    def db_for_read(self, model, **hints):
        return "other" if model is Genre else None

    db_for_write = db_for_read


class TestDatabases:
    def test_all_of_the_class(self):
        """Without routers each database of the class gets all rows; `using` tells them apart."""

        class Both(RecipeTestCase):
            databases = {"default", "other"}
            recipes = ["testapp.sale"]

            def test_rows(self):
                assert Author.objects.using("default").count() == Author.objects.using("other").count() == 5
                assert self.made.products.database == "default"
                assert self.made.using("other").products[0]._state.db == "other"
                with pytest.raises(LookupError, match="nothing was loaded into database 'third'"):
                    self.made.using("third")

        assert passed(Both) == 1
        assert not Author.objects.using("other").exists()

    @override_settings(DATABASE_ROUTERS=["tests.testing.test_cases.OnlyGenresInOther"])
    def test_routed(self):
        """A router says which steps belong where; rows are found where they are."""

        class Both(RecipeTestCase):
            databases = {"default", "other"}
            recipes = ["testapp.sale", "testapp.genres"]

            def test_rows(self):
                assert [len(self.made.products), len(self.made.genres)] == [4, 3]
                assert [self.made.products.database, self.made.genres.database] == ["default", "other"]
                assert Author.objects.using("default").count() == 5
                assert Genre.objects.using("other").count() == 3

        assert passed(Both) == 1

    @override_settings(DATABASE_ROUTERS=["tests.testing.test_cases.OnlyGenresInOther"])
    def test_nothing_for_a_database(self):
        """A database that would take none of the rows is left alone."""

        class Both(RecipeTestCase):
            databases = "__all__"
            recipes = ["testapp.sale"]

            def test_rows(self):
                assert AppliedRecipe.objects.using("default").exists()
                assert not AppliedRecipe.objects.using("other").exists()

        assert passed(Both) == 1

    def test_only_the_other(self):
        """A class without the default database does not touch it."""

        class Other(RecipeTestCase):
            databases = {"other"}
            recipes = ["testapp.sale"]

            def test_rows(self):
                assert self.made.products[3]._state.db == "other"

        with CaptureQueriesContext(connections["default"]) as queries:
            run_result = run(Other)
        assert run_result.wasSuccessful(), run_result.errors
        assert len(queries) == 0
