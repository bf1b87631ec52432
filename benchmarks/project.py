"""What the benchmarks share: the project set up on a database, its recipe, and measuring in turns.

Django is imported by ``set_up`` only, so that a script that merely starts others stays small.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECIPE = "shop.rows"
STEPS = (("customers", "Customer", 10), ("products", "Product", 10), ("orders", "Order", 30), ("lines", "Line", 50))
# step: its foreign keys, how they find a row, of which step
LINKS = {
    "orders": (("customer", "!pick", "customers"),),
    "lines": (("order", "!ref", "orders"), ("product", "!pick", "products")),
}


def counts(rows: int) -> dict[str, int]:
    """Return how many rows each step makes of so many in all (a multiple of ten)."""
    return {step: rows * share // 100 for step, _, share in STEPS}


def recipe_text(rows: int, prefix: str = "") -> str:
    """Return a recipe of four steps that makes so many rows; the prefix keeps the steps of several recipes apart."""
    lines = ["now: 2026-11-20T09:00:00Z", "steps:"]
    for step, model, _ in STEPS:
        lines += [f"  - id: {prefix}{step}", f"    make: shop.{model}", f"    count: {counts(rows)[step]}"]
        if step in LINKS:
            lines += ["    set:", *(f"      {field}: {tag} {prefix}{target}" for field, tag, target in LINKS[step])]
    return "\n".join([*lines, ""])


def write_recipe(folder: Path, rows: int) -> None:
    """Write the recipe into the folder that holds the shop's recipes."""
    (folder / "0001_rows.yaml").write_text(recipe_text(rows), encoding="utf-8")


def environment(database: str, recipes: Path) -> dict[str, str]:
    """Return the environment for a process that runs the project on a database."""
    return {
        **os.environ,
        "BENCH_DATABASE": database,
        "BENCH_RECIPES": str(recipes),
        "DJANGO_SETTINGS_MODULE": "project_settings",
    }


def set_up(database: str, recipes: Path) -> None:
    """Start Django in this process."""
    os.environ.update(environment(database, recipes))
    # fixturekit from the checkout, unless PYTHONPATH or the environment has another
    sys.path.append(str(HERE.parent))
    import django

    django.setup()


@contextmanager
def tables() -> Iterator[None]:
    """Make the tables in a database of their own, which is removed again: a new file, or ``test_...`` on a server."""
    from django.core.management import call_command
    from django.db import connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        if Path(name).exists():
            sys.exit(f"{name} is there already; name a file that is not.")
        call_command("migrate", run_syncdb=True, verbosity=0)
        try:
            yield
        finally:
            connection.close()
            Path(name).unlink(missing_ok=True)
        return
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


@dataclass
class Timed:
    """Seconds of one contestant, a number for each turn: on the clock, and of this process's work alone."""

    wall: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)


def in_turns(
    contestants: Mapping[str, Callable[[], object]], repeat: int, before: Callable[[], object] = lambda: None
) -> dict[str, Timed]:
    """Run all contestants once to warm up, then in turns, and time each run.

    What was prepared before is kept from the cyclic garbage collector: it belongs to none of them.
    """
    found = {name: Timed() for name in contestants}
    for turn in range(repeat + 1):
        for name, contestant in contestants.items():
            before()
            gc.collect()
            gc.freeze()
            wall, work = time.perf_counter(), time.process_time()
            contestant()
            wall, work = time.perf_counter() - wall, time.process_time() - work
            gc.unfreeze()
            if turn:
                found[name].wall.append(wall)
                found[name].work.append(work)
    return found


def ratio(seconds: Sequence[float], base: Sequence[float]) -> float:
    """Return the median of the ratios within each turn, which a busy machine disturbs least."""
    return statistics.median(one / other for one, other in zip(seconds, base, strict=True))


def milliseconds(seconds: Sequence[float]) -> str:
    """Spell the median of some seconds in milliseconds."""
    return f"{statistics.median(seconds) * 1000:,.0f}"


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown, numbers to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in (head, rule, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print(f"| {' | '.join(cells)} |")
