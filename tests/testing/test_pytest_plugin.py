"""The plugin for pytest, in processes of its own: it is loaded into every run, and needs Django only for the marker."""

from __future__ import annotations

import re

import pytest

TESTS = """
    import pytest
    from shop.models import Brand, Product

    pytestmark = pytest.mark.recipes("shop.catalogue")

    def test_module(made):
        assert made.acme.slug == "acme"
        assert not Product.objects.exists()

    @pytest.mark.recipes("shop.sale")
    class TestSale:
        def test_class(self, made):
            assert [each.name for each in made.products] == [f"Product {n}" for n in range(1, 7)]
            made.products[0].delete()
            made.products[1].name = "changed"

        def test_isolated(self, made):
            assert made.products[0].name == "Product 1"
            assert made.products[1].name == "Product 2"

        @pytest.mark.recipes("shop.extra")
        def test_markers_add_up(self, made):
            assert made.acme.slug == "acme"
            assert len(made.brands) == 3
            assert Product.objects.count() == 6

        def test_without_the_fixture(self):
            assert Product.objects.count() == 6

    @pytest.fixture
    def first_name(db):
        return Product.objects.order_by("name").first().name

    @pytest.mark.recipes("shop.sale")
    def test_other_fixtures_find_the_rows(first_name):
        assert first_name == "Product 1"

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.recipes("shop.sale")
    @pytest.mark.parametrize("turn", [1, 2])
    def test_transaction(made, turn):
        from django.db import connection
        assert not connection.in_atomic_block
        assert Product.objects.count() == len(made.products) == 6
        made.products[0].delete()

    @pytest.mark.recipes("shop.sale")
    def test_transactional_db(made, transactional_db):
        from django.db import connection
        assert not connection.in_atomic_block
        assert made.products[5].name == "Product 6"

    def test_afterwards():
        assert not Product.objects.exists()
    """
PLAIN = "def test_plain():\n    assert True\n"


@pytest.fixture
def shop(inner):
    """The project with a third recipe and tests."""
    inner.write("shop/fixture_recipes/0003_extra.yaml", "steps:\n  - {id: brands, make: shop.Brand, count: 3}\n")
    inner.write("test_shop.py", TESTS)
    return inner


def summary(text):
    """The lines of the report on costs."""
    return re.findall(r"^(shop\.\w+) +(\d+) +(\d+) +[\d.]+ s +[\d.]+ ms$", text, re.MULTILINE)


def test_marker_and_fixture(shop):
    """Markers of module, class and function add up; rows are there before other fixtures and isolated; in transactions too."""
    done = shop.pytest("-q", "--fixturekit-durations")
    assert done.returncode == 0, done.stdout
    assert "10 passed" in done.stdout
    assert {name: (int(loads), int(rows)) for name, loads, rows in summary(done.stdout)} == {
        "shop.catalogue": (10, 10),
        "shop.sale": (8, 48),
        "shop.extra": (1, 3),
    }


def test_distributed(shop):
    """With pytest-xdist the costs of all processes are added up."""
    pytest.importorskip("xdist")
    done = shop.pytest("-q", "-n", "2", "--fixturekit-durations", plugins=("django", "xdist"))
    assert done.returncode == 0, done.stdout
    assert {name: int(loads) for name, loads, _ in summary(done.stdout)} == {
        "shop.catalogue": 10,
        "shop.sale": 8,
        "shop.extra": 1,
    }


def test_own_database_setup(inner):
    """An own `django_db_setup`, here one that makes the database's tables itself, is used."""
    inner.write(
        "conftest.py",
        """
        import pytest
        from django.core.management import call_command

        @pytest.fixture(scope="session")
        def django_db_setup(django_db_blocker):
            with django_db_blocker.unblock():
                call_command("migrate", run_syncdb=True, verbosity=0)
        """,
    )
    inner.write(
        "test_own.py",
        """
        import pytest

        @pytest.mark.recipes("shop.sale")
        def test_rows(made):
            assert len(made.products) == 6
        """,
    )
    done = inner.pytest("-q")
    assert done.returncode == 0, done.stdout


def test_several_databases(inner):
    """Recipes go to the databases of the test, or to those that the marker names; each may be asked for its own."""
    inner.write(
        "two_settings.py",
        """
        from inner_settings import *
        DATABASES["other"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        """,
    )
    inner.write(
        "test_two.py",
        """
        import pytest
        from shop.models import Product

        def counts():
            return [Product.objects.using(alias).count() for alias in ("default", "other")]

        @pytest.mark.recipes("shop.sale")
        @pytest.mark.django_db(databases=["default", "other"])
        def test_databases_of_the_test(made):
            assert counts() == [6, 6]
            assert made.products[0]._state.db == "default"
            assert made.using("other").products[0]._state.db == "other"

        @pytest.mark.recipes("shop.sale", databases=["other"])
        def test_databases_of_the_marker(made):
            assert made.products.database == "other"
            assert Product.objects.using("other").count() == 6

        @pytest.mark.recipes("shop.sale", databases="__all__")
        def test_all(made):
            assert counts() == [6, 6]
        """,
    )
    done = inner.pytest("-q", settings="two_settings")
    assert done.returncode == 0, done.stdout


WRONG = """
    import pytest
    from django.test import TestCase

    class ShopTests(TestCase):
        @pytest.mark.recipes("shop.sale")
        def test_unittest(self):
            pass

    @pytest.mark.recipes()
    def test_nothing():
        pass

    @pytest.mark.recipes("shop.sael")
    def test_unknown():
        pass

    def test_made(made):
        pass
    """


def test_wrong_uses(inner):
    """A unittest class, a marker without names, an unknown recipe and `made` without a marker are errors that say so."""
    inner.write("test_wrong.py", WRONG)
    done = inner.pytest("-q")
    assert "4 errors" in done.stdout, done.stdout
    for message in (
        "the marker 'recipes' has no effect on a unittest class: give it fixturekit.testing.RecipeMixin as a base",
        "the marker 'recipes' takes names, @pytest.mark.recipes('app_label.name'), not ()",
        "RecipeNotFound: there is no recipe 'shop.sael'. Did you mean 'shop.sale'?",
        "the fixture 'made' needs recipes: mark the test with @pytest.mark.recipes('app_label.name')",
    ):
        assert message in done.stdout


def test_unknown_argument(inner):
    """An argument that the marker does not have ends the run with a usage error."""
    inner.write("test_x.py", "import pytest\n@pytest.mark.recipes('a.b', database='x')\ndef test(): pass\n")
    done = inner.pytest("-q")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "@pytest.mark.recipes takes names and databases=, not database=" in done.stdout


def test_without_pytest_django(inner):
    """Without pytest-django the plugin does no harm, and the marker says what it needs; nothing of Django is loaded."""
    inner.write("test_plain.py", PLAIN)
    inner.write("test_x.py", "import pytest\n@pytest.mark.recipes('shop.sale')\ndef test_marked(): pass\n")
    inner.write(
        "conftest.py",
        "import sys\ndef pytest_unconfigure(config):\n"
        "    print('loaded:', sorted({name.partition('.')[0] for name in sys.modules} & {'django', 'yaml'}))\n",
    )
    done = inner.pytest("-q", "--fixturekit-durations", plugins=())
    assert "1 passed, 1 error" in done.stdout, done.stdout
    assert "fixturekit: the marker 'recipes' needs pytest-django" in done.stdout
    assert "No recipes were loaded." in done.stdout
    assert "loaded: []" in done.stdout


def test_without_settings(inner):
    """Where Django has no settings, tests without the marker run, and the marker says what is missing."""
    inner.write("test_plain.py", PLAIN)
    inner.write("test_x.py", "import pytest\n@pytest.mark.recipes('shop.sale')\ndef test_marked(): pass\n")
    done = inner.pytest("-q", settings="")
    assert "1 passed, 1 error" in done.stdout, done.stdout
    assert "fixturekit: the marker 'recipes' needs Django's settings: set DJANGO_SETTINGS_MODULE" in done.stdout
