"""``tests/fixturekit_setup.py``: what an app teaches before its first row is made; in processes of their own."""

from __future__ import annotations

import pytest

from tests.testing.inner import Inner

SETUP = """
    from fixturekit import POST_SAVE, G
    from shop.models import Brand, Product

    G(Brand, shelve=True, slug=lambda: "taught")
    G(Product, shelve="cheap", price=1)
    POST_SAVE(Product, lambda product: print("made", product.name))
"""
TESTS = """
    from django.test import TestCase
    from fixturekit import G
    from shop.models import Brand, Product

    class Tests(TestCase):
        def test_one(self):
            assert Brand.objects.count() == 0
            product = G(Product, named_shelve="cheap")
            assert (product.brand.slug, product.price, product.name) == ("taught", 1, "1")
            assert Brand.objects.count() == 1

        def test_two(self):
            self.test_one()
"""


@pytest.fixture
def inner(tmp_path):
    """The small project, with an app that has a setup module."""
    project = Inner(tmp_path)
    project.write("shop/tests/__init__.py", "")
    project.write("shop/tests/fixturekit_setup.py", SETUP)
    return project


def test_it_is_imported_once(inner):
    """It acts in every test, whichever comes first, and the rows that it makes are in none."""
    inner.write("shop/tests/test_rows.py", TESTS)
    done = inner.manage_test()
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("made 1") == 2


@pytest.mark.parametrize("words", [[], ["-k", "test_two"]])
def test_under_pytest(inner, words):
    """Under pytest too, also for one test alone."""
    inner.write("test_rows.py", TESTS)
    done = inner.pytest(*words)
    assert done.returncode == 0, done.stdout


def test_apps_of_related_models(inner):
    """That of another app is imported when a row of it is made on the way."""
    inner.write("books/__init__.py", "")
    inner.write(
        "books/models.py",
        """
        from django.db import models

        class Review(models.Model):
            product = models.ForeignKey("shop.Product", on_delete=models.CASCADE)
        """,
    )
    settings = (inner.folder / "inner_settings.py").read_text().replace('"shop"]', '"shop", "books"]')
    inner.write("inner_settings.py", settings)
    inner.write(
        "test_reviews.py",
        """
        import pytest
        from books.models import Review
        from fixturekit import G

        @pytest.mark.django_db
        def test_review():
            assert G(Review, use_library=True).product.brand.slug == "taught"
        """,
    )
    done = inner.pytest()
    assert done.returncode == 0, done.stdout


def test_errors(inner):
    """A module that cannot be imported is an error that names it, in every test."""
    inner.write("shop/tests/fixturekit_setup.py", "1 / 0")
    inner.write("test_rows.py", TESTS)
    done = inner.pytest()
    assert done.stdout.count("SetupFailed: shop.tests.fixturekit_setup cannot be imported: ZeroDivisionError") >= 2


def test_apps_without_one(inner):
    """A package of tests without such a module, or a module ``tests``, is left alone."""
    (inner.folder / "shop/tests/fixturekit_setup.py").unlink()
    inner.write("shop/tests/__init__.py", "raise AssertionError('imported')")
    inner.write(
        "test_rows.py",
        """
        import pytest
        from fixturekit import G

        @pytest.mark.django_db
        def test_row():
            assert G("shop.Product").name == "1"
        """,
    )
    done = inner.pytest()
    assert done.returncode == 0, done.stdout


def test_without_the_app(inner):
    """A project that has not installed fixturekit is told so."""
    settings = (inner.folder / "inner_settings.py").read_text().replace('"fixturekit", ', "")
    inner.write("inner_settings.py", settings)
    code = "import django; django.setup(); from fixturekit import G; G('shop.Brand')"
    done = inner.python("-c", code, DJANGO_SETTINGS_MODULE="inner_settings")
    assert "ImproperlyConfigured: 'fixturekit' is not in INSTALLED_APPS" in done.stdout
