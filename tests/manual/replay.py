"""Applies worked examples in the example shop, a process of its own: ``python -m tests.manual.replay``.

Reads from standard input a list of examples, each ``{"files": {path: text}, "values": [[address, path], ...]}``, and writes
to standard output a list of ``{"error": text, "values": [text, ...]}``. The working directory is a copy of the shop. Each
example is applied with what it depends on, verified, read, and rolled back.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

Example = dict[str, Any]


def replay(example: Example) -> dict[str, Any]:
    """Apply one example, and return what came of it."""
    for path, text in example["files"].items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    try:
        with transaction.atomic():
            found = _applied(example)
            transaction.set_rollback(True)
        return found
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is told to the test, which fails with it
        return {"error": f"{type(error).__name__}: {error}", "values": []}
    finally:
        for path in example["files"]:
            Path(path).unlink()


def _applied(example: Example) -> dict[str, Any]:
    from fixturekit.execution.applier import Applier
    from fixturekit.execution.verifying import verify
    from fixturekit.recipes.loader import load_recipes

    loader = load_recipes()
    shown = {recipe.path.resolve(): name for name, recipe in loader.recipes.items()}
    names = [shown[Path(path).resolve()] for path in example["files"] if path.endswith(".yaml")]
    applier = Applier(loader, connection)
    outcomes = {outcome.name: outcome for outcome in applier.apply(names)}
    problems = [f"{name}: {line}" for name in names for line in verify(applier, name)]
    problems += [f"{name}: not as recorded: {outcomes[name].differing}" for name in names if outcomes[name].differing]
    values = [_value(applier, names[-1], address, path) for address, path in example["values"]]
    return {"error": "\n".join(problems), "values": values}


def _value(applier: Any, recipe: str, address: str, path: str) -> str:
    """The value of a field, or of one that a path leads to, of a made row, as text."""
    owner, _, row = address.rpartition("/")
    name, _, place = row.rstrip("]").partition("[")
    steps = applier.loader.recipes[owner or recipe].document.steps
    labels = [entry.key for step in steps if step.id == name for entry in step.named]
    batch = applier.ledger.whole(owner or recipe, name)
    key = list(batch.keys)[labels.index(place) if place in labels else int(place or 0)]
    found = apps.get_model(batch.model)._base_manager.get(pk=applier.ledger.form(batch.model).python(key))
    return ", ".join(sorted(map(_text, _follow(found, path.split(".")))))


def _follow(found: Any, names: list[str]) -> list[Any]:
    """All values that a path leads to; through a relation to many rows there may be several."""
    if isinstance(found, models.Manager):
        return [value for row in found.all() for value in _follow(row, names)]
    return _follow(getattr(found, names[0]), names[1:]) if names else [found]


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)  # databases keep keys in orders of their own
    return "NULL" if value is None else str(value)


def main() -> None:
    """Make a test database, replay all examples there, and remove it."""
    django.setup()
    setup_test_environment(debug=True)
    # What the creation of a database prints must not get between the answers.
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        json.dump([replay(example) for example in json.load(sys.stdin)], sys.stdout)
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
