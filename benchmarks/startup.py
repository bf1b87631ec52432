"""What fixturekit costs when there is nothing to do: its import, its app, and applyfixtures against other commands.

python benchmarks/startup.py
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import project

RECIPES = 6
COMMANDS = (("check",), ("applyfixtures",), ("showfixtures",), ("migrate", "--check"), ("makemigrations", "--check"))


def main() -> None:
    """Make a project with a few applied recipes, and measure whole processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15, help="turns that count; %(default)s by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recipes = Path(folder, "recipes")
        recipes.mkdir()
        for number in range(1, RECIPES + 1):
            text = project.recipe_text(100, f"step{number}_")
            (recipes / f"{number:04}_rows{number}.yaml").write_text(text, encoding="utf-8")
        environment = project.environment(f"sqlite:{folder}/db.sqlite3", recipes)
        # PYTHONPATH comes first where it names another fixturekit
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [os.environ.get("PYTHONPATH"), str(project.HERE), str(project.HERE.parent)])
        )
        # an installed package has its bytecode, a checkout may have none: all read theirs from one place
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder, "bytecode"))
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for command in (["migrate", "--run-syncdb"], ["applyfixtures"]):
            manage(command, environment)()
        imports(environment, options.repeat)
        apps(environment, options.repeat)
        commands(environment, options.repeat)


def manage(command: list[str], environment: dict[str, str]) -> Callable[[], object]:
    """Return what runs a command of manage.py in a process of its own."""
    line = [sys.executable, str(project.HERE / "manage.py"), *command]
    return lambda: subprocess.run(line, env=environment, check=True, capture_output=True)


def python(code: str, environment: dict[str, str]) -> Callable[[], object]:
    """Return what runs a piece of code in a process of its own."""
    return lambda: subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)


def imports(environment: dict[str, str], repeat: int) -> None:
    """Print what the import of fixturekit takes once Django is there, as ``-X importtime`` tells it."""
    found = []
    for _ in range(repeat):
        line = [sys.executable, "-X", "importtime", "-c", "import django; import fixturekit"]
        told = subprocess.run(line, env=environment, check=True, capture_output=True, text=True).stderr
        lines = re.findall(r"\| +(\d+) \| fixturekit$", told, re.MULTILINE)
        found.append(int(lines[0]) / 1000)
    print(f"\nimport fixturekit, after Django: {statistics.median(found):.2f} ms, the median of {repeat}")


def apps(environment: dict[str, str], repeat: int) -> None:
    """Print what a started Django takes with and without the app."""
    code = "import django; django.setup()"
    without = {**environment, "BENCH_WITHOUT": "fixturekit"}
    timed = project.in_turns(
        {
            "django.setup() without fixturekit": python(code, without),
            "django.setup() with fixturekit": python(code, environment),
        },
        repeat,
    )
    show("whole processes", "django.setup() without fixturekit", timed)


def commands(environment: dict[str, str], repeat: int) -> None:
    """Print what commands take that find nothing to do."""
    timed = project.in_turns({" ".join(command): manage(list(command), environment) for command in COMMANDS}, repeat)
    show(f"manage.py with {RECIPES} applied recipes", "check", timed)


def show(title: str, base: str, timed: dict[str, project.Timed]) -> None:
    """Print a table of whole processes."""
    table = [
        [
            name,
            project.milliseconds(found.wall),
            f"{min(found.wall) * 1000:,.0f}",
            f"{project.ratio(found.wall, timed[base].wall):.3f}",
        ]
        for name, found in timed.items()
    ]
    print()
    project.print_table([title, "ms", "best ms", f"x {base}"], table)


if __name__ == "__main__":
    main()
