"""A copy of the example shop, and what a person would type there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Shop:
    """A copy of the example project below a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(
            ROOT / "example_project",
            folder,
            ignore=shutil.ignore_patterns("*.sqlite3*", "__pycache__", "*.pyc", "media", "*_demo_*"),
        )
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "COVERAGE_"))},
            "EXAMPLE_DATABASE": "sqlite:///shop.sqlite3",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            "PYTHONUTF8": "1",
        }

    def manage(self, *words: str, code: int = 0) -> str:
        """Run a command; return what it printed, or if it is to fail, its error."""
        run = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.folder, env=self.environment, capture_output=True, encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip
        assert "Traceback" not in run.stderr
        assert run.returncode == code, run.stderr or run.stdout
        return run.stderr.strip() if code else run.stdout

    def ask(self, statement: str) -> str:
        """The value of an expression in the shop's shell."""
        code = f"from accounts.models import *; from catalogue.models import *; from orders.models import *; print({statement})"
        return self.manage("shell", "-v0", "--no-imports", "-c", code).strip()

    def tree(self, *words: str) -> list[str]:
        """Record, and return the lines of the tree."""
        lines = self.manage("makefixture", *words).splitlines()
        start = next(number for number, line in enumerate(lines) if " fields: " in line)
        return [line[6:] for line in lines[start:]]

    def recipes(self) -> set[str]:
        """All recipe files."""
        return {path.relative_to(self.folder).as_posix() for path in self.folder.glob("*/fixture_recipes/*.yaml")}
