"""How many models of public packages are filled with valid rows, nothing taught.

    python benchmarks/packages/run.py
    python benchmarks/packages/run.py --database postgres://postgres@127.0.0.1/bench --group wagtail

For each concrete, managed model: 1, 10 and 200 rows, and 10 more on top of those; each row is read back and passes
``full_clean()``, and the integrity checks of the tree libraries find nothing. The packages have to be installed (see
README.md); each group of them is a project, and a process, of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
sys.path.append(str(HERE.parent.parent))

COUNTS = (1, 10, 200)
ON_TOP = 10
CAPACITY = "rightly refused"
TOO_FEW = ("fixturekit.E057", "it may be one of a kind")  # a model that has room for fewer rows


def main() -> None:
    """Run every group in a process of its own, and print what each model came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", metavar="URL", help="a file of SQLite by default")
    parser.add_argument("--group", action="append", help="may repeat; all by default")
    parser.add_argument("--model", action="append", help="app.Model; may repeat; all of a group by default")
    parser.add_argument("--style", default="lifelike", choices=("lifelike", "plain"))
    parser.add_argument("--json", metavar="FILE", help="write what was found there too")
    parser.add_argument("--trace", action="store_true", help="print where errors were raised")
    options = parser.parse_args()
    if options.group and len(options.group) == 1 and os.environ.get("BENCH_GROUP"):
        print(json.dumps(run_group(options)))
        return
    from settings import GROUPS

    found: dict[str, dict[str, str]] = {}
    for group in options.group or GROUPS:
        found[group] = measured(group, options)
    report(found)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1), encoding="utf-8")


def measured(group: str, options: argparse.Namespace) -> dict[str, str]:
    """Run one group and return what was wrong with each model, "" where nothing was."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "BENCH_GROUP": group,
            "BENCH_DATABASE": options.database or f"sqlite:{folder}/packages.sqlite3",
            "DJANGO_SETTINGS_MODULE": "settings",
        }
        words = [word for name in options.model or () for word in ("--model", name)]
        words += ["--trace"] * options.trace
        command = [sys.executable, str(HERE / "run.py"), "--group", group, "--style", options.style, *words]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))


def report(found: dict[str, dict[str, str]]) -> None:
    """Print the models that failed, and how many did not."""
    for group, models in found.items():
        for model, reason in models.items():
            if reason:
                print(f"{model}: {reason}")
        print(f"## {group}: {sum(map(is_good, models.values()))} of {len(models)}\n")
    every = [reason for models in found.values() for reason in models.values()]
    good = sum(map(is_good, every))
    print(f"## all: {good} of {len(every)} models, {100 * good / len(every):.1f} %")


def is_good(reason: str) -> bool:
    """Whether a model was filled, or has no room for so many rows."""
    return not reason or reason.startswith(CAPACITY)


# -- in the process of a group --------------------------------------------------------------------------------------


def run_group(options: argparse.Namespace) -> dict[str, str]:
    """Set the project up, try each of its models, and return what was wrong with it."""
    import django
    import project

    django.setup()
    from django.apps import apps

    with project.tables():
        wanted = [
            model
            for model in apps.get_models()
            if model._meta.managed
            and not model._meta.proxy
            and not model._meta.swapped
            and model._meta.app_label != "fixturekit"
            and (not options.model or model._meta.label in options.model)
        ]
        found = {}
        for model in wanted:
            found[model._meta.label] = tried(model, options)
            print(f"{model._meta.label}: {found[model._meta.label] or 'ok'}", file=sys.stderr)
        return found


def tried(model: Any, options: argparse.Namespace) -> str:
    """Make rows of a model in transactions that are rolled back, and return the first thing that is wrong."""
    from django.db import transaction

    for counts in ((1,), (10,), (200, ON_TOP)):
        try:
            with transaction.atomic():
                for count in counts:
                    for problem in problems(model, count, f"seed {count}", options.style):
                        raise Wrong(f"{count} rows: {problem}")
                raise Undo
        except Undo:
            continue
        except Wrong as wrong:
            return str(wrong)
        except Exception as error:  # noqa: BLE001 - every error is a finding
            if options.trace:
                traceback.print_exc()
            text = str(error)
            capacity = f"{CAPACITY}, " if any(sign in text for sign in TOO_FEW) else ""
            return f"{capacity}{counts[0]} rows: {type(error).__name__}: {text}"
    return ""


class Undo(Exception):
    """Rolls a transaction back."""


class Wrong(Exception):
    """A row is not as it should be."""


def problems(model: Any, count: int, seed: str, style: str) -> Iterator[str]:
    """Make rows of a model, read them back and yield what is wrong with them."""
    from django.core.exceptions import ValidationError

    for row in made(model, count, seed, style):
        try:
            row.full_clean()
        except ValidationError as error:
            yield f"full_clean: {error.message_dict}"
    yield from broken_trees(model)


def made(model: Any, count: int, seed: str, style: str) -> list[Any]:
    """Make rows of a model as ``makefixture`` does, nothing given, and return them as they are read back."""
    from fixturekit.recipes.document import Options, Recipe, Step

    recipe = Recipe(
        steps=(Step(id="rows", make=model._meta.label, count=count),), seed=seed, options=Options(style=style)
    )
    keys = list(written(learned(recipe))[1].keys["rows"].take(range(count)))
    found = [model._base_manager.get(pk=key) for key in keys]
    if len({row.pk for row in found}) != count:
        raise Wrong(f"{count} rows: there are {len({row.pk for row in found})}")
    return found


def learned(recipe: Any) -> Any:
    """Return the recipe with what the models' own code asks for, where it refuses rows."""
    from fixturekit.recording.learning import Learner
    from fixturekit.recording.recorder import FEW
    from fixturekit.recording.trials import with_few_rows

    refusal = attempt(recipe)
    if refusal is None:
        return recipe
    found = Learner(lambda changed: attempt(with_few_rows(changed, FEW)), plan).learn(recipe, refusal)
    return found[0] if found else recipe


def plan(recipe: Any) -> Any:
    """Plan a recipe."""
    from fixturekit.planning.planner import Planner

    return Planner(lambda name: None).plan("bench.rows", recipe).plan


def attempt(recipe: Any) -> Any:
    """Write a recipe, roll back, and return what was refused."""
    from django.db import connection, transaction

    from fixturekit.exceptions import WriteFailed
    from fixturekit.execution.refusals import refusal_of, refused_rows

    try:
        with transaction.atomic():
            refused = list(refused_rows(connection, *written(recipe)))
            transaction.set_rollback(True)
    except WriteFailed as error:
        return refusal_of(error)
    return refused[0] if refused else None


def written(recipe: Any) -> tuple[Any, Any]:
    """Write a recipe, and return its plan and what became of it."""
    from django.db import connection

    from fixturekit.execution.carrying_out import write_plan
    from fixturekit.execution.reporting import Reporter
    from fixturekit.ledger import Ledger

    planned = plan(recipe)
    return planned, write_plan(planned, connection, Ledger(connection), Reporter())[1]


def broken_trees(model: Any) -> Iterator[str]:
    """Yield what the library of a tree finds wrong with it."""
    if hasattr(model, "find_problems"):
        found = [part for part in model.find_problems() if part]
        if found:
            yield f"treebeard: find_problems() says {found}"
    if hasattr(model, "_mptt_meta"):
        names = [model._mptt_meta.left_attr, model._mptt_meta.right_attr, model._mptt_meta.tree_id_attr]
        before = list(model._base_manager.order_by("pk").values_list("pk", *names))
        model._tree_manager.rebuild()
        after = list(model._base_manager.order_by("pk").values_list("pk", *names))
        if shape(before) != shape(after):
            yield "mptt: rebuild() changes the tree"


def shape(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The trees of mptt, whatever their numbers are."""
    return [(pk, left, right) for pk, left, right, _ in rows]


if __name__ == "__main__":
    main()
