"""What a test class pays for its rows: recipes, Django's fixtures, factory_boy; with and without the rows in use.

    python benchmarks/testing.py
    python benchmarks/testing.py --database postgres://postgres@127.0.0.1/bench

Every contestant is a TestCase of Django with one test, whose class is set up, run and torn down. On a server the tables are made in
``test_<name>``, beside the database that is named.
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import project

NOTHING, FIXTUREKIT, LOADDATA, FACTORIES = "no rows", "recipes", "fixtures (JSON)", "factory_boy"


def main() -> None:
    """Read the command line; each of several databases gets a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", metavar="URL", help="sqlite::memory: by default; may repeat")
    parser.add_argument("--rows", type=int, default=1_000, help="a multiple of ten; %(default)s by default")
    parser.add_argument("--repeat", type=int, default=5, help="turns that count; %(default)s by default")
    options = parser.parse_args()
    databases = options.database or ["sqlite::memory:"]
    if len(databases) > 1:
        rest = [word for word in sys.argv[1:] if word not in ("--database", *databases)]
        for database in databases:
            subprocess.run([sys.executable, __file__, "--database", database, *rest], check=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        project.write_recipe(Path(folder), options.rows)
        project.set_up(databases[0], Path(folder))
        with project.tables():
            compare(options, Path(folder))


def compare(options: argparse.Namespace, folder: Path) -> None:
    """Measure all contestants in turns and print the table."""
    from django.db import connection

    cases = {
        NOTHING: plain_case(),
        FIXTUREKIT: recipe_case(),
        LOADDATA: fixture_case(dumped(folder)),
        FACTORIES: factory_case(options.rows),
    }
    timed = project.in_turns({name: runner(case) for name, case in cases.items()}, options.repeat)
    base = statistics.median(timed[NOTHING].wall)
    table = [
        [
            name,
            project.milliseconds(found.wall),
            project.milliseconds(found.work),
            project.milliseconds([wall - base for wall in found.wall]),
            f"{project.ratio(found.wall, timed[FIXTUREKIT].wall):.2f}",
        ]
        for name, found in timed.items()
    ]
    name = getattr(connection, "display_name", connection.vendor)
    print(f"\n{name}, a class with {options.rows:,} rows, medians of {options.repeat} turns\n")
    project.print_table(["way", "ms", "own ms", "ms beyond no rows", f"x {FIXTUREKIT}"], table)


def runner(case: type[unittest.TestCase]) -> Callable[[], None]:
    """Return what runs a test case whole, and makes sure that it passed."""

    def run() -> None:
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
        result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
        if not result.wasSuccessful():
            sys.exit("\n".join(text for _, text in [*result.errors, *result.failures]))

    return run


# -- the contestants ---------------------------------------------------------------------------------------------------


def plain_case() -> type[unittest.TestCase]:
    """A class that has no rows: what Django itself takes."""
    from django.test import TestCase

    class Plain(TestCase):
        def test_rows(self) -> None:
            pass

    return Plain


def recipe_case() -> type[unittest.TestCase]:
    """A class with a recipe."""
    from shop.models import Line

    from fixturekit.testing import RecipeTestCase

    class Recipes(RecipeTestCase):
        recipes = (project.RECIPE,)

        def test_rows(self) -> None:
            assert Line.objects.count() == len(self.made.lines)

    return Recipes


def fixture_case(path: Path) -> type[unittest.TestCase]:
    """A class with a fixture of Django."""
    from django.test import TestCase
    from shop.models import Line

    class Fixtures(TestCase):
        fixtures = (str(path),)

        def test_rows(self) -> None:
            assert Line.objects.exists()

    return Fixtures


def dumped(folder: Path) -> Path:
    """Write the rows that the recipe makes as a fixture of Django."""
    from django.core import serializers
    from django.db import transaction
    from shop.models import IN_ORDER

    import fixturekit

    path = folder / "rows.json"
    with transaction.atomic():
        fixturekit.load(project.RECIPE)
        rows: list[Any] = [row for model in IN_ORDER for row in model.objects.order_by("pk")]
        path.write_text(serializers.serialize("json", rows), encoding="utf-8")
        transaction.set_rollback(True)
    return path


def factory_case(rows: int) -> type[unittest.TestCase]:
    """A class that makes as many rows of the same shape with factory_boy."""
    import factory
    from django.test import TestCase
    from shop.factories import CustomerFactory, LineFactory, OrderFactory, ProductFactory
    from shop.models import Line

    many = project.counts(rows)

    class Factories(TestCase):
        @classmethod
        def setUpTestData(cls) -> None:
            customers = CustomerFactory.create_batch(many["customers"])
            products = ProductFactory.create_batch(many["products"])
            orders = OrderFactory.create_batch(many["orders"], customer=factory.Iterator(customers))
            LineFactory.create_batch(many["lines"], order=factory.Iterator(orders), product=factory.Iterator(products))

        def test_rows(self) -> None:
            assert Line.objects.count() == many["lines"]

    return Factories


if __name__ == "__main__":
    main()
