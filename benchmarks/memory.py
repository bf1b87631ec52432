"""Peak memory of applying rows to an SQLite file, above that of a Django that is started and connected.

    python benchmarks/memory.py
    python benchmarks/memory.py --rows 10000 --rows 100000 --rows 1000000

Each size is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import project


def main() -> None:
    """Read the command line; start a process for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="a multiple of ten; may repeat")
    parser.add_argument("--inside", nargs=2, metavar=("DATABASE", "RECIPES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(*options.inside)
        return
    table = [outside(rows) for rows in options.rows or [10_000, 100_000, 1_000_000]]
    print("\nPeak memory, MB\n")
    project.print_table(["rows", "Django started", "peak", "above", "rows/s"], table)


def outside(rows: int) -> list[str]:
    """Make the tables in one process, measure in another.

    Linux counts the memory of the process that starts another as the other's peak: this one imports no Django.
    """
    with tempfile.TemporaryDirectory() as folder:
        project.write_recipe(Path(folder), rows)
        database = f"sqlite:{folder}/db.sqlite3"
        environment = project.environment(database, Path(folder))
        migrate = [sys.executable, str(project.HERE / "manage.py"), "migrate", "--run-syncdb", "-v0"]
        subprocess.run(migrate, env=environment, check=True)
        inside = [sys.executable, __file__, "--inside", database, folder]
        told = json.loads(subprocess.run(inside, check=True, capture_output=True, text=True).stdout)
    before, after = told["before"], told["after"]
    return [f"{rows:,}", f"{before:.1f}", f"{after:.1f}", f"{after - before:.1f}", f"{rows / told['seconds']:,.0f}"]


def measure(database: str, recipes: str) -> None:
    """Apply the recipe and print the peak memory before and after."""
    project.set_up(database, Path(recipes))
    import time

    from apply import apply
    from django.contrib.auth.models import User

    User.objects.exists()
    before, started = peak(), time.perf_counter()
    apply()
    print(json.dumps({"before": before, "after": peak(), "seconds": time.perf_counter() - started}))


def peak() -> float:
    """Return the most memory that this process had, in MB."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found / (1_000_000 if sys.platform == "darwin" else 1000 / 1.024)


if __name__ == "__main__":
    main()
