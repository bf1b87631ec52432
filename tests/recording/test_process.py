"""The second replay runs in a process of its own, where that sees the same database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import override_settings

from fixturekit.execution.applier import Applier
from fixturekit.recipes.loader import RecipeLoader
from fixturekit.recording.process import why_not
from tests.execution.processes import Project
from tests.testapp.models import Note

pytestmark = [pytest.mark.django_db(transaction=True)]

# An app of the project whose receiver shapes rows.
APPS = """
from django.apps import AppConfig
from django.db.models.signals import pre_save

def title(instance, **kwargs):
    instance.title = {title}

class Config(AppConfig):
    name = "shaping"
    def ready(self):
        pre_save.connect(title, sender="testapp.Note", weak=False)
"""


def record(folder, recipes, title, *words):
    """Run ``makefixture`` for notes whose titles a receiver sets, in a process; return its output and errors."""
    app = folder / "shaping"
    app.mkdir()
    (app / "__init__.py").write_text("")
    (app / "apps.py").write_text(APPS.format(title=title))
    project = Project(folder, recipes, apps=("shaping.apps.Config",))
    process = project.manage("makefixture", "testapp.x", "--model", "testapp.Note", "--count", "3", *words)
    return process.communicate(timeout=90)


def test_a_value_that_follows_from_the_hash_seed_is_named(tmp_path, recipes):
    """It is the same twice in one process, and another in the next."""
    output, errors = record(tmp_path, recipes, "str(hash(instance.code))")
    assert "notes.title: set while saving, by pre_save shaping.apps.title" in errors
    assert "Recipe" not in output


def test_a_value_that_follows_from_the_process_is_named(tmp_path, recipes):
    """Such as its number."""
    _, errors = record(tmp_path, recipes, "str(__import__('os').getpid())")
    assert "notes.title: set while saving, by pre_save shaping.apps.title" in errors


def test_a_value_that_follows_from_the_row_is_fine(tmp_path, recipes):
    """Nothing is said of what was varied, and nothing of the replay stays."""
    output, errors = record(tmp_path, recipes, "instance.code * 2", "-v2")
    assert errors == ""
    assert "Recipe testapp.x:" in output
    assert "Replayed" not in output
    assert not Note.objects.exists()


def test_a_clock_that_stands_in_both(tmp_path, recipes):
    """The process stops it as well."""
    title = "__import__('datetime').datetime.now().isoformat()"
    output, errors = record(tmp_path, recipes, title, "--now", "2026-11-01T09:00:00Z")
    assert "needs: [freeze]" in errors
    assert "Recipe testapp.x:" in output


def test_recipes_that_are_not_written_yet(tmp_path, recipes):
    """The process applies what a recipe depends on as it will be written: with what `--update` fills in."""
    recipes.write("otherapp.a", "steps: [{id: ann, make: testapp.Author, set: {name: !jinja 'of {{ now.year }}'}}]")
    recipes.write("otherapp.b", "shelves: [{for: testapp.Book, set: {author: !ref otherapp.a/ann}}]")
    recipes.write(
        "testapp.x",
        "shelves_from: [otherapp.b]\nsteps: [{id: book, make: testapp.Book, set: {title: !jinja '{{ row.author.name }}'}}]",
    )
    project = Project(tmp_path, recipes)
    words = ("--update", "otherapp.a", "otherapp.b", "testapp.x", "--now", "2031-11-01T09:00:00Z", "-v2")
    output, errors = project.manage("makefixture", *words).communicate(timeout=90)
    assert errors == ""
    assert "+ depends_on: otherapp.a" in output
    assert "Recipe testapp.x:" in output
    assert "Replayed" not in output


def test_a_process_that_cannot_be_used_is_told(tmp_path, recipes):
    """The replay is then made in the first one."""
    title = "instance.code if 'fixturekit.recording.child' not in __import__('sys').orig_argv else exit(7)"
    output, errors = record(tmp_path, recipes, title)
    assert errors == ""
    assert "so hash seeds were not varied: another one could not be used: exit code 7" in output


def test_why_a_process_cannot_be_used():
    """The reason is for a person."""
    applier = Applier(RecipeLoader(), connection)
    with override_settings(USE_TZ=True):
        expected = "the database is in memory" if connection.vendor == "sqlite" else "the settings are not those of"
        assert why_not(applier).startswith(expected)
