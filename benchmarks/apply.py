"""Rows in a database: fixturekit against the raw driver, ``bulk_create`` and factory_boy.

    python benchmarks/apply.py
    python benchmarks/apply.py --database sqlite:/tmp/bench.sqlite3 --database postgres://postgres@127.0.0.1/bench
    python benchmarks/apply.py --profile

On a server the tables are made in ``test_<name>``, beside the database that is named.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import project

FIXTUREKIT, RAW, BULK, FACTORIES = "fixturekit", "raw driver", "bulk_create", "factory_boy"


def main() -> None:
    """Read the command line; each of several databases gets a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", metavar="URL", help="sqlite::memory: by default; may repeat")
    parser.add_argument("--rows", type=int, default=100_000, help="a multiple of ten; %(default)s by default")
    parser.add_argument("--factory-rows", type=int, default=5_000, help="rows for factory_boy; %(default)s by default")
    parser.add_argument("--repeat", type=int, default=7, help="turns that count; %(default)s by default")
    parser.add_argument("--only", action="append", choices=[RAW, BULK, FACTORIES], help="compare with these alone")
    parser.add_argument("--profile", action="store_true", help="profile fixturekit alone instead")
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
            profile() if options.profile else compare(options)


# -- the contestants ---------------------------------------------------------------------------------------------------


def apply() -> None:
    """What applyfixtures does: read the recipe, plan, bind, write, and note it in the ledger, in one transaction."""
    from django.db import connection

    from fixturekit.execution.applier import Applier
    from fixturekit.recipes.loader import RecipeLoader

    loader = RecipeLoader()
    loader.load()
    Applier(loader, connection).apply([project.RECIPE])


def raw_driver() -> Callable[[], None]:
    """Return what writes the rows that are there now again with the driver alone."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return raw_copy()
    from shop.models import IN_ORDER

    tables = [(insert_statement(model), stored_rows(model)) for model in IN_ORDER]

    def write() -> None:
        from django.db import transaction

        with transaction.atomic():
            cursor = connection.connection.cursor()
            for statement, rows in tables:
                cursor.executemany(statement, rows)

    return write


def insert_statement(model: Any) -> str:
    from django.db import connection

    columns = [field.column for field in model._meta.concrete_fields]
    mark = "?" if connection.vendor == "sqlite" else "%s"
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join([mark] * len(columns))})"


def stored_rows(model: Any) -> list[tuple[Any, ...]]:
    """Read a table with the driver, so that the values are those that it likes best.

    SQLite gives a decimal back as a float, which it takes a little faster than the text that stood in the statement.
    """
    from django.db import connection

    names = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(model._meta.db_table)} ORDER BY 1")
    return [tuple(row) for row in cursor.fetchall()]


def raw_copy() -> Callable[[], None]:
    """Return what copies the rows that are there now, rendered already, table by table."""
    from django.db import connection, transaction
    from shop.models import IN_ORDER

    rendered = []
    with connection.connection.cursor() as cursor:
        for model in IN_ORDER:
            table = connection.ops.quote_name(model._meta.db_table)
            names = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
            with cursor.copy(f"COPY (SELECT {names} FROM {table} ORDER BY 1) TO STDOUT") as copy:
                rendered.append((f"COPY {table} ({names}) FROM STDIN", b"".join(copy)))

    def write() -> None:
        with transaction.atomic(), connection.connection.cursor() as cursor:
            for statement, text in rendered:
                with cursor.copy(statement) as copy:
                    copy.write(text)

    return write


def bulk_create() -> Callable[[], None]:
    """Return what writes the rows that are there now again with Django, from instances that are made already."""
    from django.db import transaction
    from shop.models import IN_ORDER

    instances = [(model, list(model.objects.order_by("pk"))) for model in IN_ORDER]

    def write() -> None:
        with transaction.atomic():
            for model, rows in instances:
                model.objects.bulk_create(rows)

    return write


def factories(rows: int) -> Callable[[], None]:
    """Return what makes so many rows of the same shape with factory_boy."""
    import factory
    from django.db import transaction
    from shop.factories import CustomerFactory, LineFactory, OrderFactory, ProductFactory

    many = project.counts(rows)

    def write() -> None:
        with transaction.atomic():
            customers = CustomerFactory.create_batch(many["customers"])
            products = ProductFactory.create_batch(many["products"])
            orders = OrderFactory.create_batch(many["orders"], customer=factory.Iterator(customers))
            LineFactory.create_batch(many["lines"], order=factory.Iterator(orders), product=factory.Iterator(products))

    return write


# -- measuring ---------------------------------------------------------------------------------------------------------


def empty() -> None:
    """Remove all rows and start the keys anew; an SQLite file is packed, so that each run finds the same pages."""
    from django.core.management.color import no_style
    from django.db import connection
    from shop.models import IN_ORDER

    from fixturekit.models import AppliedRecipe, MadeRows

    tables = [model._meta.db_table for model in (*IN_ORDER, AppliedRecipe, MadeRows)]
    connection.ops.execute_sql_flush(
        connection.ops.sql_flush(no_style(), tables, reset_sequences=True, allow_cascade=False)
    )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")


def compare(options: argparse.Namespace) -> None:
    """Measure all contestants in turns and print the table."""
    from django.db import connection

    apply()
    wanted = options.only or [RAW, BULK, FACTORIES]
    rows = {FIXTUREKIT: options.rows, RAW: options.rows, BULK: options.rows, FACTORIES: options.factory_rows}
    prepare: dict[str, Callable[[], Callable[[], None]]] = {
        RAW: raw_driver,
        BULK: bulk_create,
        FACTORIES: lambda: factories(options.factory_rows),
    }
    contestants: dict[str, Callable[[], None]] = {FIXTUREKIT: apply}
    contestants.update({name: prepare[name]() for name in prepare if name in wanted})
    timed = project.in_turns(contestants, options.repeat, empty)
    bases = [base for base in (RAW, FIXTUREKIT) if base in timed]
    table = []
    for name, found in timed.items():
        share = rows[name] / options.rows
        # a ratio of times for as many rows: factory_boy makes fewer
        ratios = [project.ratio([each / share for each in found.wall], timed[base].wall) for base in bases]
        table.append(
            [
                name,
                f"{rows[name]:,}",
                project.milliseconds(found.wall),
                project.milliseconds(found.work),
                f"{rows[name] / statistics.median(found.wall):,.0f}",
                *(f"{each:.2f}" for each in ratios),
            ]
        )
    print(f"\n{title(connection)}, {options.rows:,} rows, medians of {options.repeat} turns\n")
    project.print_table(["way", "rows", "ms", "own ms", "rows/s", *(f"x {base}" for base in bases)], table)


def title(connection: Any) -> str:
    """Name the database."""
    name = getattr(connection, "display_name", connection.vendor)
    place = " in memory" if connection.settings_dict["NAME"] == ":memory:" else ""
    return f"{name} {'.'.join(map(str, connection.get_database_version()))}{place}"


def profile() -> None:
    """Print where fixturekit's time goes, by function: with the functions it calls, and by itself."""
    apply()
    empty()
    watched = cProfile.Profile()
    watched.runcall(apply)
    for order in ("cumulative", "tottime"):
        pstats.Stats(watched).strip_dirs().sort_stats(order).print_stats(45)


if __name__ == "__main__":
    main()
