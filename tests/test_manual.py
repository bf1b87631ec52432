"""The worked examples of the manual: each is applied on the database of this run, verified, and its table compared."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from fixturekit.recipes.document import Recipe
from fixturekit.recipes.keys import OPTIONS, RECIPE, STEP, TAGS, Key, Status, tag_of, written
from fixturekit.recipes.reading import read
from fixturekit.recipes.walking import values_of
from tests.manual.pages import PAGES, ROOT, blocks, code, headings, page, tables

PATH = re.compile(r"# (\w+/fixture_recipes/[\w/]+\.yaml)$", re.MULTILINE)


def worked_examples() -> dict[str, dict[str, Any]]:
    """What the manual works out, by page and heading: recipe files, and tables of what their rows hold.

    A recipe that begins with the comment ``# app/fixture_recipes/0003_name.yaml`` is one. All those below one heading go together, and a
    table below it whose first column is called ``row`` says what the last recipe made.
    """
    found = {}
    for name, path in PAGES.items():
        text = path.read_text(encoding="utf-8")
        for _, title, part in headings(text):
            files = {match[1]: block for block in blocks(part, "yaml") if (match := PATH.match(block))}
            if files:
                found[f"{name}: {title}"] = {"files": files, **shown(part)}
    return found


def shown(text: str) -> dict[str, Any]:
    """The cells of the tables about rows, and what each says."""
    about = [table for table in tables(text) if table[0][0] == "row"]
    values, expected = [], []
    for heading, *rows in about:
        for row in rows:
            for title, cell in zip(heading[1:], row[1:], strict=True):
                values.append((code(row[0])[0], code(title)[0]))
                expected.append(code(cell)[0] if code(cell) else "")
    return {"values": values, "expected": expected}


EXAMPLES = worked_examples()


@pytest.fixture(scope="module")
def outcomes(django_db_setup: None, tmp_path_factory: Any) -> dict[str, dict[str, Any]]:
    """What came of each example in the example shop, on a database beside that of the tests."""
    shop = tmp_path_factory.mktemp("manual") / "shop"
    shutil.copytree(ROOT / "example_project", shop, ignore=shutil.ignore_patterns("*.sqlite3*", "__pycache__"))
    database = {key: connection.settings_dict[key] for key in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")}
    in_memory = connection.vendor == "sqlite"
    database["NAME"] = ":memory:" if in_memory else f"{connection.settings_dict['NAME']}_manual"
    run = subprocess.run(
        [sys.executable, "-m", "tests.manual.replay"],
        cwd=shop,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.manual.settings",
            "MANUAL_DATABASE": json.dumps(database),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(shop)]),
        },
        input=json.dumps(list(EXAMPLES.values())),
        capture_output=True, encoding="utf-8", check=False, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return dict(zip(EXAMPLES, json.loads(run.stdout), strict=True))


@pytest.mark.parametrize("title", EXAMPLES)
def test_it_does_what_the_page_says(title: str, outcomes: dict[str, dict[str, Any]]) -> None:
    """The recipes apply, their rows read back are those that were written, and hold what the table says."""
    example, outcome = EXAMPLES[title], outcomes[title]
    assert outcome["error"] == ""
    said = [
        f"{address} {path}: {text}"
        for (address, path), text in zip(example["values"], example["expected"], strict=True)
    ]
    found = [
        f"{address} {path}: {text}" for (address, path), text in zip(example["values"], outcome["values"], strict=True)
    ]
    assert found == said


def test_each_heading_of_the_page_has_one() -> None:
    """Each section of worked-examples.md that says something is a worked example."""
    titles = [title for level, title, part in headings(page("worked-examples.md")) if level > 1 and part.strip()]
    assert [title for title in titles if f"worked-examples.md: {title}" not in EXAMPLES] == []


# -- nothing that works is without one -------------------------------------------------------------------------------


def documents() -> list[Recipe]:
    return [read(text, path) for example in EXAMPLES.values() for path, text in example["files"].items()]


def working(keys: tuple[Key, ...]) -> list[str]:
    return [key.name for key in keys if key.status is Status.WORKS]


@pytest.mark.parametrize("name", working(RECIPE))
def test_keys_of_a_recipe(name: str) -> None:
    """Each key of a recipe that can be applied stands in a worked example."""
    assert any(key.name == name for document in documents() for key, _ in written(document, RECIPE))


@pytest.mark.parametrize("name", working(STEP))
def test_keys_of_a_step(name: str) -> None:
    """So does each key of a step."""
    steps = [step for document in documents() for step in document.steps]
    assert any(key.name == name for step in steps for key, _ in written(step, STEP))


@pytest.mark.parametrize("name", working(OPTIONS))
def test_options(name: str) -> None:
    """So does each option."""
    assert any(key.name == name for document in documents() for key, _ in written(document.options, OPTIONS))


@pytest.mark.parametrize("name", [name for name, tag in TAGS.items() if tag.status is Status.WORKS])
def test_tags(name: str) -> None:
    """So does each tag."""
    tags = [tag_of(node) for document in documents() for _, node in values_of(document)]
    assert any(tag is not None and tag.name == name for tag in tags)
