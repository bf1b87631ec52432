"""``applyfixtures`` in processes of its own, on a database that they share with the test."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
_SETTINGS = """
import json
from tests.settings.base import *
INSTALLED_APPS = [*INSTALLED_APPS, *{apps!r}]
DATABASES = json.loads({databases!r})
FIXTUREKIT = json.loads({fixturekit!r})
DEBUG = True
"""


class Project:
    """Settings for a process: the recipes of a test, and its database (for SQLite a copy in a file)."""

    def __init__(self, folder: Path, recipes: Any, apps: tuple[str, ...] = ()) -> None:
        self._folder = folder
        self.database = {
            key: connection.settings_dict[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
        }
        if connection.vendor == "sqlite":
            self.database["NAME"] = str(folder / "shared.sqlite3")
            connection.ensure_connection()
            file = sqlite3.connect(self.database["NAME"])
            connection.connection.backup(file)
            file.close()
        modules = {label: str(recipes.root / label) for label in ("testapp", "otherapp")}
        (folder / "process_settings.py").write_text(
            _SETTINGS.format(
                apps=apps,
                databases=json.dumps({"default": self.database}),
                fixturekit=json.dumps({"RECIPE_MODULES": modules}),
            )
        )

    def start(self, code: str, *words: str) -> subprocess.Popen[str]:
        """Start Python with code that finds Django set up, and ``words`` as ``sys.argv``."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "process_settings",
            "PYTHONPATH": os.pathsep.join([str(self._folder), str(ROOT)]),
            "PYTHONUNBUFFERED": "1",
        }
        return subprocess.Popen(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}", *words],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def applyfixtures(self, *words: str) -> subprocess.Popen[str]:
        """Start the command."""
        return self.manage("applyfixtures", *words)

    def manage(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        run = 'import sys\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(["", *sys.argv[1:]])'
        return self.start(run, *words)

    def count(self, table: str) -> int:
        """Count rows as another connection sees them."""
        if connection.vendor == "sqlite":
            file = sqlite3.connect(self.database["NAME"])
            found = file.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
            file.close()
            return int(found)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            return int(cursor.fetchone()[0])
