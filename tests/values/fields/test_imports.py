"""What only some projects have is imported only there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = """
import sys, django
from django.conf import settings
settings.configure(INSTALLED_APPS=["fixturekit", "django.contrib.auth", "django.contrib.contenttypes"])
django.setup()
from fixturekit.execution import applier
from fixturekit.recording import recorder
from fixturekit.values.registry import load_fields
load_fields()
unwanted = ("PIL", "psycopg", "django.contrib.postgres", "django.contrib.gis")
print(sorted(name for name in sys.modules if name in unwanted))
"""


def test_without_postgresql_gdal_and_pillow():
    """Neither psycopg nor GDAL nor Pillow is needed, nor is anything of such fields imported, where no model has them."""
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, cwd=ROOT, check=False, timeout=120
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
