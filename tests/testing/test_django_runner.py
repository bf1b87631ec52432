"""Recipes in Django's own test runner, in processes of its own: one after the other, in parallel, shuffled, repeated."""

from __future__ import annotations

import pytest

TESTS = """
    from fixturekit.testing import RecipeTestCase, RecipeTransactionTestCase
    from shop.models import Product

    class Rows:
        recipes = ["shop.sale"]

        def look(self):
            assert [each.name for each in self.made.products] == [f"Product {n}" for n in range(1, 7)]
            with open("seen.txt", "a") as file:
                print([str(each.price) for each in self.made.products], file=file)
            self.made.products[0].delete()

        test_a = look
        test_b = look

    class ATests(Rows, RecipeTestCase):
        pass

    class BTests(Rows, RecipeTestCase):
        pass

    class CTests(Rows, RecipeTransactionTestCase):
        pass

    class DTests(RecipeTransactionTestCase):
        def test_nothing_is_left(self):
            assert not Product.objects.exists()
    """
WRONG = """
    from fixturekit.testing import RecipeTestCase

    class ETests(RecipeTestCase):
        recipes = ["shop.wrong"]

        def test_never(self):
            pass

    class FTests(RecipeTestCase):
        recipes = ["shop.sale"]

        def test_rows(self):
            assert len(self.made.products) == 6
    """


@pytest.fixture
def shop(inner):
    """The project with tests."""
    inner.write("shop/tests.py", TESTS)
    return inner


def run(shop, *words):
    """Run all tests; return the different rows that they have seen, of which there should be one."""
    done = shop.manage_test(*words)
    assert done.returncode == 0, done.stdout
    assert "Ran 7 tests" in done.stdout
    seen = (shop.folder / "seen.txt").read_text("utf-8").splitlines()
    assert len(seen) == 6
    (shop.folder / "seen.txt").unlink()
    return set(seen)


def test_orders(shop):
    """The same rows in every order, and in processes side by side."""
    seen = run(shop)
    assert len(seen) == 1
    assert run(shop, "--reverse") == seen
    assert run(shop, "--shuffle", "7") == seen
    assert run(shop, "--parallel", "2") == seen


def test_spawned(shop):
    """Also where the processes begin with nothing that the first one had."""
    text = (shop.folder / "manage.py").read_text("utf-8")
    spawn = 'import multiprocessing, os, sys\nmultiprocessing.set_start_method("spawn", force=True)\n'
    shop.write("manage.py", text.replace("import os, sys\n", spawn))
    assert len(run(shop, "--parallel", "2")) == 1


def test_keepdb(shop):
    """A database that is kept has no rows of the last run; its copies, whatever it is called, are no production."""
    text = (shop.folder / "inner_settings.py").read_text("utf-8")
    name = str(shop.folder / "checks.sqlite3")
    shop.write(
        "inner_settings.py", text.replace('"NAME": ":memory:"', f'"NAME": "x.sqlite3", "TEST": {{"NAME": {name!r}}}')
    )
    seen = run(shop, "--keepdb")
    assert run(shop, "--keepdb") == seen
    shop.write(
        "shop/tests.py",
        TESTS.replace(
            "self.made.products[0].delete()", 'import fixturekit; fixturekit.load("shop.sale", "shop.catalogue")'
        ),
    )
    assert run(shop, "--parallel", "2", "--keepdb") == seen


def test_a_problem_in_parallel(inner):
    """A recipe that is wrong fails its class with the whole message, also from another process.

    Without tblib, Django cannot go on after an error in a process, and prints it.
    """
    inner.write("shop/fixture_recipes/0003_wrong.yaml", "steps: [{id: b, make: shop.Brand, set: {slugg: x}}]\n")
    inner.write("shop/tests.py", WRONG)
    done = inner.manage_test("--parallel", "2")
    assert done.returncode == 1
    assert "shop.Brand has no field 'slugg' (fixturekit.E013). Did you mean 'slug'?" in done.stdout
