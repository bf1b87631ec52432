#!/usr/bin/env python
"""Django's command line for the benchmarks' project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # fixturekit from the checkout, unless PYTHONPATH or the environment has another
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project_settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
