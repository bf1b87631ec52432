"""The tutorial, typed: every file is written, every command run, what is shown compared. On SQLite, as it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.manual.pages import ROOT, page

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\(\d+\.\d+s\)")


class Reader:
    """Somebody who follows the page in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        strange = ("DJANGO_", "COVERAGE_", "FIXTUREKIT_")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(strange)},
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "error",
        }

    def write(self, text: str) -> None:
        """Write the file that the first line names, or append to it."""
        head, _, body = text.partition("\n")
        path, at_the_end = re.fullmatch(r"# ([\w./]+)(, at the end)?", head).groups()  # type: ignore[union-attr]
        before = (self.folder / path).read_text("utf-8") + "\n" if at_the_end else ""
        (self.folder / path).write_text(before + body, encoding="utf-8")

    def edit(self, text: str) -> None:
        """Change the file that the first line names."""
        head, *lines = text.splitlines()
        path = self.folder / head.removeprefix("# ")
        before = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
        after = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
        assert path.read_text("utf-8").count(before) == 1
        path.write_text(path.read_text("utf-8").replace(before, after), encoding="utf-8")

    def type(self, line: str) -> str:
        """Run a command of the shell, and return what it prints."""
        program, *words = shlex.split(line.replace("\\\n", " "))
        if program == "cd":
            self.folder /= words[0]
            return ""
        if program == "cat":
            return (self.folder / words[0]).read_text("utf-8")
        if program == "rm":
            (self.folder / words[0]).unlink()
            return ""
        command = {"python": [sys.executable], "django-admin": [sys.executable, "-m", "django"]}[program]
        run = subprocess.run(
            [*command, *words], cwd=self.folder, env=self.environment, check=False, timeout=300,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        assert run.returncode == 0, run.stdout
        return run.stdout


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a block with what is shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", part)
        assert command is not None
        yield command[0].rstrip("\n"), part[command.end() :]


def looks_like(shown: str, printed: str) -> bool:
    """Whether a command printed what the page shows, a line ``...`` standing for any lines, durations aside."""
    parts = re.split(r"^\.\.\.\n", SECONDS.sub("(s)", shown), flags=re.MULTILINE)
    pattern = r"(?:.*\n)*".join(map(re.escape, parts))
    return re.fullmatch(pattern, SECONDS.sub("(s)", printed)) is not None


def test_the_page_can_be_typed(tmp_path: Path) -> None:
    """From the empty folder to the last line; only the installation of packages is left out."""
    reader = Reader(tmp_path)
    languages = []
    for language, text in BLOCK.findall(page("tutorial.md")):
        languages.append(language)
        if language == "python":
            reader.write(text)
        elif language == "diff":
            reader.edit(text)
        elif language == "console":
            for command, shown in commands(text):
                printed = reader.type(command)
                assert not shown or looks_like(shown, printed), f"$ {command}\n{printed}"
        else:
            assert text.startswith("python -m pip install ")
    assert languages.count("sh") == 1


def test_lines_that_stand_for_others() -> None:
    """``...`` stands for any number of lines, also none; all else is compared to the letter."""
    assert looks_like("a\n...\nb (0.02s)\n", "a\nx\ny\nb (1.50s)\n")
    assert looks_like("a\n...\n", "a\n")
    assert not looks_like("a\n...\nb\n", "a\nx\n")
    assert not looks_like("a\n", "a\nb\n")
