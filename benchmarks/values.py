"""Values by themselves, no database: how many a second each kind of column makes.

python benchmarks/values.py
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import project


def main() -> None:
    """Measure columns of usual fields in both styles, unique and not, and maps from rows to rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="values of a column; %(default)s by default")
    parser.add_argument("--repeat", type=int, default=5, help="%(default)s by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project.set_up("sqlite::memory:", Path(folder))
        print(f"\nThousand values a second, the median of {options.repeat} columns of {options.rows:,}\n")
        columns(options.rows, options.repeat)
        print()
        maps(options.rows, options.repeat)


def fields() -> dict[str, Any]:
    """Return usual fields by the name that says what they mean."""
    from django.db import models

    return {
        "title": models.CharField(max_length=120),
        "full_name": models.CharField(max_length=120),
        "email": models.EmailField(),
        "slug": models.SlugField(max_length=60),
        "description": models.TextField(),
        "status": models.CharField(max_length=10, choices=[(word, word) for word in ("new", "paid", "sent")]),
        "points": models.IntegerField(),
        "big": models.BigIntegerField(),
        "price": models.DecimalField(max_digits=10, decimal_places=2),
        "weight": models.DecimalField(max_digits=10, decimal_places=2),
        "ratio": models.FloatField(),
        "active": models.BooleanField(),
        "born": models.DateField(),
        "created": models.DateTimeField(),
        "opens": models.TimeField(),
        "took": models.DurationField(),
        "token": models.UUIDField(),
        "attributes": models.JSONField(),
    }


def columns(rows: int, repeat: int) -> None:
    """Print a line for each field; a column in canonical form, which is what a database is given."""
    table = []
    for name, field in fields().items():
        field.set_attributes_from_name(name)
        kinds = [(style, unique) for style in ("lifelike", "plain") for unique in (False, True)]
        speeds = [speed(field, name, style, unique, rows, repeat) for style, unique in kinds]
        table.append([f"{type(field).__name__} {name}", *speeds])
    project.print_table(["field", "lifelike", "lifelike unique", "plain", "plain unique"], table)


def speed(field: Any, name: str, style: str, unique: bool, rows: int, repeat: int) -> str:
    """Return the speed of one kind of column, "-" where there are not so many different values."""
    from fixturekit.values.canonical import converter
    from fixturekit.values.fillers import Request
    from fixturekit.values.filling import fill
    from fixturekit.values.registry import capacity, compile_source
    from fixturekit.values.sources import Enumerated

    source = fill(Request(field, "shop.Product", f"shop.Product.{name}", style, unique_key="key" if unique else None))
    if isinstance(source, Enumerated):
        if capacity(source) < rows:
            return "-"
        source = replace(source, start=1000)
    maker, convert = compile_source(source, context()), converter(field)

    def column(start: int, stop: int) -> object:
        cells = maker.canonical(start, stop)
        return convert(maker.values(start, stop)) if cells is None else cells

    return thousands(column, rows, repeat)


def maps(rows: int, repeat: int) -> None:
    """Print a line for each way in which rows find others."""
    from fixturekit.values.positions import positions
    from fixturekit.values.sources import Combined, Distinct, Earlier, Fold, Picked, Weighted

    wanted = {
        "row n to n mod 1,000": Fold(1000),
        "one of 1,000": Picked("lane", 1000),
        "one of 100,000": Picked("lane", 100_000),
        "one of 1,000,000": Picked("lane", 1_000_000),
        "one of three, weighted": Weighted("lane", (3, 2, 1)),
        "three different ones of 1,000": Distinct("lane", 3, 1000),
        "one of those before": Earlier("lane"),
        "unique pair of 1,000 x 1,000": Combined("key", (1000, 1000), 0),
    }
    place = context()
    table = [
        [name, thousands(lambda start, stop, map=map: positions(map, place, start, stop), rows, repeat)]
        for name, map in wanted.items()
    ]
    project.print_table(["rows that find others", "lifelike"], table)


def context() -> Any:
    """Return where the columns stand."""
    import datetime

    from fixturekit.values.registry import Context

    return Context("seed", "step", datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.timezone.utc))


def thousands(column: Any, rows: int, repeat: int) -> str:
    """Make a column block by block and return how many thousand values a second that is."""
    from fixturekit.values.streams import BLOCK

    found = []
    for _ in range(repeat + 1):
        started = time.process_time()
        for start in range(0, rows, BLOCK):
            column(start, min(start + BLOCK, rows))
        found.append(rows / (time.process_time() - started) / 1000)
    return f"{statistics.median(found[1:]):,.0f}"


if __name__ == "__main__":
    main()
