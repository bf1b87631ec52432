"""What the commands have in common: errors for people, questions, progress."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.core.management.color import no_style
from django.db import connections

from fixturekit.exceptions import ApplyError, RecipeNotFound
from fixturekit.execution.reporting import Outcome
from fixturekit.management.base import NO_ANSWER, WRONG_WORD, RecipeCommand
from fixturekit.management.console import ConsoleReporter


class Raising(RecipeCommand):
    """Raises what it is given."""

    def __init__(self, error):
        super().__init__(stdout=io.StringIO(), stderr=io.StringIO())
        self.error = error

    def handle(self, **options):
        raise self.error


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "code"), [(ApplyError("no"), 1), (RecipeNotFound("no", "x"), WRONG_WORD)], ids=["error", "wrong word"]
    )
    def test_become_errors_of_the_command(self, error, code):
        """Whatever fixturekit raises is a CommandError with an exit code, and its text is the same."""
        with pytest.raises(CommandError, match=r"^no$") as caught:
            call_command(Raising(error))
        assert caught.value.returncode == code

    def test_others_stay_what_they_are(self):
        """A defect is not dressed up."""
        with pytest.raises(ZeroDivisionError):
            call_command(Raising(ZeroDivisionError()))

    def test_database(self):
        """The database is one that the project has."""
        assert Raising(None).connection({"database": "other"}) is connections["other"]
        with pytest.raises(CommandError, match="invalid choice: 'nowhere'"):
            call_command(Raising(None), "--database", "nowhere")


class TestNamesakes:
    def test_are_said(self, tmp_path, monkeypatch):
        """A command of the same name in another app is mentioned."""
        folder = tmp_path / "management" / "commands"
        folder.mkdir(parents=True)
        (folder / "applyfixtures.py").write_text("")
        command = Raising(None)
        command.say_namesakes("applyfixtures")
        assert command.stderr.getvalue() == ""
        monkeypatch.setattr(apps.get_app_config("testapp"), "path", str(tmp_path))
        command.say_namesakes("applyfixtures")
        assert command.stderr.getvalue() == "tests.testapp has a command 'applyfixtures' too; this is fixturekit's.\n"


class TestQuestions:
    def test_noinput(self):
        """--noinput asks nothing."""
        Raising(None).confirm("Really?", interactive=False)

    def test_nobody_there(self, monkeypatch):
        """Where nobody can answer, the command ends with 3."""
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with pytest.raises(CommandError, match=r"Really\? Nobody can answer") as caught:
            Raising(None).confirm("Really?", interactive=True)
        assert caught.value.returncode == NO_ANSWER


class Terminal(io.StringIO):
    """Says that it is one."""

    def isatty(self):
        return True


def reporter(out, verbosity=1):
    return ConsoleReporter(OutputWrapper(out), OutputWrapper(io.StringIO()), no_style(), verbosity)


class TestProgress:
    def clock(self, monkeypatch, *times):
        ticks = iter(times)
        monkeypatch.setattr("fixturekit.management.console.time.perf_counter", lambda: next(ticks))

    def test_on_a_terminal(self, monkeypatch):
        """One line, rewritten now and then: how many of how many rows, how fast, how long still."""
        self.clock(monkeypatch, 0.0, 0.1, 1.0)
        out = Terminal()
        told = reporter(out)
        told.start("shop.sale", 10_000)
        told.progress(1000)
        told.progress(1000)
        told.done(Outcome("shop.sale", 10_000, 5.0))
        assert out.getvalue() == (
            "  Applying shop.sale..."
            "\r  Applying shop.sale... 2000 of 10000 rows, 2,000 rows/s, 4 s left "
            "\r\x1b[K  Applying shop.sale... 10000 rows OK (5.00s)\n"
        )

    def test_elsewhere(self, monkeypatch):
        """A plain line in a file."""
        self.clock(monkeypatch, 0.0, 10.0)
        out = io.StringIO()
        told = reporter(out)
        told.start("shop.sale", 10_000)
        told.progress(1000)
        told.done(Outcome("shop.sale", 10_000, 5.0))
        assert out.getvalue() == "  Applying shop.sale... 10000 rows OK (5.00s)\n"

    def test_steps_of_another_database(self):
        """Rows that a router keeps away are said."""
        out = io.StringIO()
        told = reporter(out)
        told.start("shop.sale", 1)
        told.done(Outcome("shop.sale", 1, 0.0, skipped=(("brands", 20),)))
        assert out.getvalue().endswith("\n    20 rows of brands belong to another database\n")

    def test_quiet(self):
        """At verbosity 0, nothing."""
        out = Terminal()
        told = reporter(out, verbosity=0)
        told.start("shop.sale", 10)
        told.progress(10)
        told.waiting()
        told.done(Outcome("shop.sale", 10, 0.1))
        assert out.getvalue() == ""


def test_importing_the_command_reads_no_planner():
    """A run that finds nothing to do imports neither the planner nor the reader of recipes."""
    import subprocess

    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings.sqlite'; django.setup(); "
        "import fixturekit.management.commands.applyfixtures; "
        "print([name for name in sys.modules if name in ('yaml', 'fixturekit.planning.planner')])"
    )
    root = Path(__file__).resolve().parents[2]
    output = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[]"
