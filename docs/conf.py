"""The manual, as Sphinx builds it: ``python3 dev.py docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The package is that of this checkout, whatever else is installed.
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

project = "fixturekit"
author = "fixturekit contributors"
project_copyright = author
version = release = "".join(
    re.findall(r'^version = "(.+)"$', (HERE.parent / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
)

extensions = ["myst_parser", "reference_tables", "name_tables"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
nitpicky = True
# Two hyphens are the beginning of an option.
smartquotes = False

html_theme = "furo"
html_title = f"fixturekit {release}"
html_static_path: list[str] = []
# The same pages give the same bytes.
html_last_updated_fmt = None
html_show_sphinx = False
