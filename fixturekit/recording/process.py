"""The second replay in a process of its own, which has another hash seed and shares nothing with the first but the
database. ``child.py`` is what runs there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import Settings, settings
from django.db import connections

from fixturekit.execution.applier import Applier
from fixturekit.execution.digests import StepDigest
from fixturekit.planning.plan import Plan
from fixturekit.planning.planner import Planner
from fixturekit.recipes.loader import load_recipes
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from fixturekit.recording.replaying import Replayed, replay_shifted

_SEED = "20261"  # any but 0: hashing is then the same in all such processes, and unlike that of others


class ProcessFailed(Exception):
    """The process ended without an answer; the text is the last line that it said. Never leaves this package."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the process is to do, as plain data.

    ``names`` are those of the databases as they are now (a test run uses others than the settings say), ``others`` the
    texts of the recipes that are applied first, whose files may not be written yet, ``answer`` the file that gets the
    result.
    """

    settings: str
    path: list[str]
    names: dict[str, str]
    alias: str
    name: str
    text: str
    needed: list[str]
    others: dict[str, str]
    sides: list[str]
    frozen: bool
    answer: str


def why_not(applier: Applier) -> str:
    """Why a process of its own would not see the same database and settings; empty where it would."""
    connection: Any = applier.connection
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        return "the database is in memory"
    if connection.in_atomic_block:
        return "the database is inside a transaction"
    # a settings holder, or nothing that a module could be imported for: changed while this process runs
    lazy: Any = settings
    if not isinstance(lazy._wrapped, Settings) or not settings.SETTINGS_MODULE:
        return "the settings are not those of a module"
    return ""


def replay_in_process(applier: Applier, plan: Plan, text: str, needed: Sequence[str], sides: Sequence[str]) -> Replayed:
    """Replay a recipe with everything shifted, in a process of its own.

    Args:
        plan: The recipe's; the process makes the same one.
        text: The recipe's file, which is not written yet.

    Raises:
        ProcessFailed: There was no answer.
    """
    with tempfile.TemporaryDirectory(prefix="fixturekit-") as folder:
        answer = Path(folder, "answer.json")
        task = _task(applier, plan, text, needed, sides, answer)
        done = subprocess.run(
            [sys.executable, "-m", "fixturekit.recording.child"],
            input=json.dumps(asdict(task)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": _SEED, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        if done.returncode or not answer.is_file():
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise ProcessFailed(lines[-1])
        return _read(json.loads(answer.read_text(encoding="utf-8")))


def _task(applier: Applier, plan: Plan, text: str, needed: Sequence[str], sides: Sequence[str], answer: Path) -> Task:
    loader = applier.loader
    return Task(
        settings=str(settings.SETTINGS_MODULE),
        path=list(sys.path),
        names={alias: str(connections[alias].settings_dict["NAME"]) for alias in connections},
        alias=applier.connection.alias,
        name=plan.recipe,
        text=text,
        needed=list(needed),
        others={name: write(loader.recipes[name].document) for name in loader.graph.order(needed)},
        sides=list(sides),
        frozen=plan.frozen,
        answer=str(answer),
    )


def _written(replayed: Replayed) -> dict[str, Any]:
    return {
        "digests": {
            step: {
                "rows": digest.rows,
                "model": digest.model,
                "columns": {path: column.hex() for path, column in digest.columns.items()},
            }
            for step, digest in replayed.digests.items()
        },
        "environment": replayed.environment,
        "failure": replayed.failure,
    }


def _read(answer: dict[str, Any]) -> Replayed:
    digests = {
        step: StepDigest(
            rows=found["rows"],
            model=found["model"],
            columns={path: bytes.fromhex(column) for path, column in found["columns"].items()},
        )
        for step, found in answer["digests"].items()
    }
    return Replayed(digests, environment=tuple(answer["environment"]), failure=answer["failure"])


# -- in the process ----------------------------------------------------------------------------------------------------


def work_off(task: Task) -> None:
    """Do a task and write the answer; Django is set up."""
    loader = load_recipes(infer=True)
    for name, text in task.others.items():
        loader.recipes[name] = loader.recipes[name].holding(read(text, name))
    applier = Applier(loader, connections[task.alias])
    planner = Planner(loader.document, task.alias, loader.folder_of)
    plan = planner.plan(task.name, read(task.text, task.name)).plan
    replayed = replay_shifted(applier, replace(plan, frozen=task.frozen), task.needed, task.sides)
    Path(task.answer).write_text(json.dumps(_written(replayed)), encoding="utf-8")
