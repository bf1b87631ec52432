"""The promise of determinism: the same rows for ever, and an edit changes what it names and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from fixturekit.ledger import Ledger
from tests.execution.versions.tables import installed
from tests.frozen_recipes import FROZEN, RECIPES, replay
from tests.recipes_support import RecipeFolder

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipes(tmp_path: Path, settings: Any) -> RecipeFolder:
    return RecipeFolder(tmp_path / "recipes", settings)


# -- survival --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def versions(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installed():
        yield


def made(recipes, body):
    """Apply one step, return its rows as mappings in row order, and take them away again."""
    recipes.write("testapp.rows", f"seed: survival\nsteps:\n  - id: rows\n{body}")
    recipes.apply()
    [batch] = Ledger(connection).batches("testapp.rows")
    model = apps.get_model(batch.model)
    found = {row.pop("id"): row for row in model._base_manager.values()}
    recipes.applier().remove(["testapp.rows"])
    return [found[key] for key in batch.keys]


def step(model="Before", rest="count: 1000"):
    return f"    make: versions.{model}\n    {rest}\n"


@pytest.mark.usefixtures("versions")
class TestSurvival:
    """1000 rows of 6 fields: every cell that an edit does not touch stays."""

    def test_rows_differ(self, recipes):
        """What follows says something: the cells of a column are not all the same."""
        rows = made(recipes, step())
        assert len(rows) == 1000
        assert all(len({row[name] for row in rows}) > 1 for name in rows[0])

    def test_again(self, recipes):
        """Nothing edited: nothing changes."""
        assert made(recipes, step()) == made(recipes, step())

    def test_a_field_more(self, recipes):
        """A new field changes no other."""
        before, after = made(recipes, step()), made(recipes, step("Added"))
        assert all(row.pop("colour") for row in after)
        assert after == before

    def test_a_field_less(self, recipes):
        """Neither does one that goes."""
        before, after = made(recipes, step()), made(recipes, step("Dropped"))
        for row in before:
            del row["city"]
        assert after == before

    def test_a_field_renamed(self, recipes):
        """A renamed field keeps its values where ``lanes`` says what it was; without, they are others.

        That a field's generator goes by its name as well is why the renamed one is given its values here.
        """
        values = "set: {%s: !choice [Rome, Oslo, Bern, Riga]}"
        before = made(recipes, step(rest="count: 1000\n    " + values % "city"))
        after = made(recipes, step("Renamed", "count: 1000\n    " + values % "town" + "\n    lanes: {town: city}"))
        other = made(recipes, step("Renamed", "count: 1000\n    " + values % "town"))
        assert sum(row["town"] == old["city"] for row, old in zip(other, before, strict=True)) < 500
        for row in after:
            row["city"] = row.pop("town")
        assert after == before

    def test_a_step_renamed(self, recipes):
        """A renamed step keeps its values where ``was`` says what it was."""
        before = made(recipes, step())
        recipes.write("testapp.rows", "seed: survival\nsteps:\n  - id: new\n" + step() + "    was: rows\n")
        recipes.apply()
        after = list(apps.get_app_config("versions").get_model("Before")._base_manager.order_by("pk").values())
        recipes.applier().remove(["testapp.rows"])
        for row in after:
            del row["id"]
        assert after == before

    def test_a_label_more_at_the_top(self, recipes):
        """An inserted label moves no other."""
        labels = [f"r{number}" for number in range(999)]
        before = made(recipes, step(rest=named(labels)))
        after = made(recipes, step(rest=named(["new", *labels])))
        assert after[1:] == before

    def test_a_label_less(self, recipes):
        """Neither does one that goes."""
        labels = [f"r{number}" for number in range(1000)]
        before = made(recipes, step(rest=named(labels)))
        after = made(recipes, step(rest=named(labels[:500] + labels[501:])))
        assert after == before[:500] + before[501:]

    def test_more_rows(self, recipes):
        """More rows come at the end; fewer leave the first as they are."""
        before = made(recipes, step())
        assert made(recipes, step(rest="count: 3000"))[:1000] == before
        assert made(recipes, step(rest="count: 10")) == before[:10]

    def test_some_rows_alone(self, recipes):
        """The rows 900 to 999 made alone are the same: any worker can make any block."""
        from fixturekit.execution.cells import CompiledBatch
        from fixturekit.execution.preparing import bind
        from fixturekit.writers import writer_for

        rows = made(recipes, step())
        plan = recipes.applier().plan("testapp.rows").plan
        writer = writer_for(connection)
        binding = bind(connection, plan, writer, Ledger(connection))
        [batch] = plan.batches
        compiled = CompiledBatch(plan, batch, apps.get_model(batch.model), writer, binding)
        for name, column in compiled.columns.items():
            assert column.values(900, 1000) == [row[name] for row in rows[900:]]

    def test_a_value_set(self, recipes):
        """A value that is set changes that field and no other."""
        before = made(recipes, step())
        after = made(recipes, step(rest="count: 1000\n    set: {title: Fred}"))
        assert {row["title"] for row in after} == {"Fred"}
        assert [{**row, "title": ""} for row in after] == [{**row, "title": ""} for row in before]

    def test_another_step(self, recipes):
        """Another step before or behind changes nothing."""
        before = made(recipes, step())
        text = "seed: survival\nsteps:\n  - {id: first, make: versions.Before, count: 5}\n  - id: rows\n" + step()
        recipes.write("testapp.rows", text + "  - {id: last, make: versions.Added, count: 5}\n")
        recipes.apply()
        keys = list(Ledger(connection).made("testapp.rows", "rows"))
        found = {
            row.pop("id"): row for row in apps.get_app_config("versions").get_model("Before")._base_manager.values()
        }
        recipes.applier().remove(["testapp.rows"])
        assert [found[key] for key in keys] == before

    def test_one_parent_more(self, recipes):
        """One more row to pick from moves about one in a hundred of those that pick."""

        def authors(count):
            recipes.write(
                "testapp.picks",
                f"""
                steps:
                  - {{id: authors, make: testapp.Author, count: {count}}}
                  - {{id: books, make: testapp.Book, count: 1000, set: {{author: !pick authors}}}}
                """,
            )
            recipes.apply()
            ledger = Ledger(connection)
            place = {key: place for place, key in enumerate(ledger.made("testapp.picks", "authors"))}
            books = apps.get_model("testapp.Book")._base_manager.order_by("pk")
            found = [place[key] for key in books.values_list("author_id", flat=True)]
            recipes.applier().remove(["testapp.picks"])
            return found

        before, after = authors(100), authors(101)
        moved = [new for old, new in zip(before, after, strict=True) if old != new]
        assert len(moved) <= 20
        assert set(moved) <= {100}


def named(labels):
    return "named: {" + ", ".join(f"{label}: {{}}" for label in labels) + "}"


# -- frozen digests --------------------------------------------------------------------------------------------------


def frozen() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(FROZEN.read_text())
    return found


def digests() -> dict[str, dict[str, str]]:
    """The digests of all recipes as the ledger has them, by recipe and step."""
    ledger = Ledger(connection)
    return {name: ledger.digests(name) for name in RECIPES}


class TestFrozen:
    def test_on_this_database(self, recipes):
        """The digests are those that were written down, on every interpreter, Django and database."""
        for name, text in RECIPES.items():
            recipes.write(name, text)
        recipes.apply()
        assert digests() == frozen()

    def test_another_order_of_recipes(self, recipes):
        """So they are when the recipes are applied one by one, the last first."""
        for name, text in RECIPES.items():
            recipes.write(name, text)
        for name in reversed(RECIPES):
            recipes.apply(name)
        assert digests() == frozen()

    def test_each_step_alone(self, recipes):
        """And when a step stands alone in its recipe."""
        for line in RECIPES["testapp.fields"].strip().splitlines()[3:]:
            recipes.write("testapp.fields", f"seed: 7\nnow: 2026-01-01T00:00:00Z\nsteps:\n{line}\n")
            recipes.apply("testapp.fields")
            [(name, digest)] = Ledger(connection).digests("testapp.fields").items()
            assert digest == frozen()["testapp.fields"][name]
            recipes.applier().remove(["testapp.fields"])

    @pytest.mark.parametrize("way", ["bulk", "each"])
    def test_another_way(self, recipes, way):
        """And by every way of writing, but for models whose own code has its part."""
        for name, text in RECIPES.items():
            lines = text.replace("count: 2500", "count: 250").splitlines()
            lines = [
                line.replace("make: testapp", f"save: {way}, make: testapp") if "{id:" in line else line
                for line in lines
            ]
            recipes.write(name, "\n".join(lines))
        recipes.apply()
        left_out = {"books", *(("quotes",) if way == "bulk" else ())}  # fewer rows; a save() that bulk does not call
        found, wanted = (
            {(name, step): digest for name, steps in each.items() for step, digest in steps.items()}
            for each in (digests(), frozen())
        )
        assert {place for place, digest in wanted.items() if found[place] != digest} == {
            place for place in wanted if place[1] in left_out
        }


VARIATIONS = [
    {"seed": "1"},
    {"seed": "2", "TIME_ZONE": "America/St_Johns", "LANGUAGE_CODE": "de", "USE_I18N": False},
    {"seed": "3", "TIME_ZONE": "UTC", "LANGUAGE_CODE": "ar", "USE_THOUSAND_SEPARATOR": True},
]


@pytest.mark.parametrize("variation", VARIATIONS, ids=lambda variation: variation.get("LANGUAGE_CODE", "as it is"))
def test_another_process(recipes, variation):
    """Neither the hash seed nor the project's time and language settings shape a value."""
    for name, text in RECIPES.items():
        recipes.write(name, text)
    assert replay(recipes.root, **variation) == frozen()
