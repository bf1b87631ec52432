"""Processes: killed in the middle, and two at once."""

from __future__ import annotations

import pytest

from tests.execution.processes import Project

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = "steps:\n  - {id: small, make: testapp.Genre, count: 10}\n  - {id: rows, make: testapp.Artist, count: 100000}\n"

# Ends itself as kill -9 does, half-way.
KILLED = """
import os, signal
from django.core.management import call_command
from fixturekit.management.console import ConsoleReporter
written = 0
def progress(self, rows):
    global written
    written += rows
    if written > 50_000:
        os.kill(os.getpid(), signal.SIGKILL)
ConsoleReporter.progress = progress
call_command("applyfixtures")
"""

# Says that it has begun and waits for a line before it goes on.
SLOW = """
from django.core.management import call_command
from fixturekit.management.console import ConsoleReporter
def progress(self, rows):
    print("begun", flush=True)
    input()
    ConsoleReporter.progress = lambda self, rows: None
ConsoleReporter.progress = progress
call_command("applyfixtures")
"""


@pytest.fixture
def project(tmp_path, recipes):
    return Project(tmp_path, recipes)


def test_killed_in_the_middle(project, recipes):
    """After kill -9 among 100,000 rows nothing is there, and the next run does everything."""
    recipes.write("testapp.rows", ROWS)
    process = project.start(KILLED)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -9, errors
    tables = ("testapp_genre", "testapp_artist", "fixturekit_appliedrecipe", "fixturekit_maderows")
    assert [project.count(table) for table in tables] == [0, 0, 0, 0]
    process = project.applyfixtures()
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Applying testapp.rows... 100010 rows" in output
    assert [project.count(table) for table in tables[:3]] == [10, 100_000, 1]


def test_two_at_once(project, recipes):
    """One applies; the other waits, says so, and finds nothing to do."""
    recipes.write("testapp.genres", "steps: [{id: g, make: testapp.Genre, count: 30}]\n")
    first = project.start(SLOW)
    while "begun" not in (line := first.stdout.readline()):
        assert line, first.stderr.read()
    second = project.applyfixtures()
    while "waiting for another process" not in (line := second.stderr.readline()):
        assert line, second.stdout.read()
    output, errors = first.communicate("go on\n", timeout=60)
    assert first.returncode == 0, errors
    assert "30 rows" in output
    output, errors = second.communicate(timeout=60)
    assert second.returncode == 0, errors
    assert "already applied by another process" in output
    assert project.count("testapp_genre") == 30
    assert project.count("fixturekit_appliedrecipe") == 1


def test_waiting_ends(project, recipes):
    """Whoever waits too long ends with 1 and says why; the first goes on undisturbed."""
    recipes.write("testapp.genres", "steps: [{id: g, make: testapp.Genre, count: 30}]\n")
    first = project.start(SLOW)
    while "begun" not in (line := first.stdout.readline()):
        assert line, first.stderr.read()
    second = project.applyfixtures("--lock-timeout", "0.2")
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "still held by another process after 0.2 s" in errors
    assert "Traceback" not in errors
    _, errors = first.communicate("go on\n", timeout=60)
    assert first.returncode == 0, errors
    assert project.count("testapp_genre") == 30
