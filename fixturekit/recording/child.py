"""The process that replays a recipe a second time: ``python -m fixturekit.recording.child``, with a task on standard
input. Nothing of Django may be imported before its settings are named.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module


def main() -> None:
    """Set Django up as in the process that asks, and do the task."""
    given = json.load(sys.stdin)
    sys.path[:] = given["path"]
    os.environ["DJANGO_SETTINGS_MODULE"] = given["settings"]
    import django
    from django.conf import settings

    for alias, name in given["names"].items():
        settings.DATABASES[alias]["NAME"] = name
    django.setup()
    process = import_module("fixturekit.recording.process")  # knows models
    process.work_off(process.Task(**given))


if __name__ == "__main__":
    main()
