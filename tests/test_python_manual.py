"""The Python examples of the manual do what the page shows."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.manual.pages import PAGES, ROOT

WITH_EXAMPLES = [name for name, path in PAGES.items() if "```pycon" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples(name, tmp_path):
    """Every session of a page prints what stands below it."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    run = subprocess.run(
        [sys.executable, "-m", "tests.manual.calls"],
        cwd=tmp_path,
        env={**clean, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
        input=PAGES[name].read_text(encoding="utf-8"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout


def test_there_are_some():
    """The how-to about the calls is one of these pages."""
    assert any(name.endswith("python-calls.md") for name in WITH_EXAMPLES)
