"""Environment variables that code of the project reads while a recipe is proven: what they say on this machine.

A replay must not depend on them. They are watched while code of the project runs, and in the second replay say
something else, so that what follows from them differs and can be named.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Of the machine, not of the project: where things are, and which Python runs.
_NEVER_CHANGED = ("DJANGO_SETTINGS_MODULE", "HOME", "PATH", "PYTHON", "TEMP", "TMP", "VIRTUAL_ENV")
_LIBRARY = sysconfig.get_path("stdlib")
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_OWN = os.path.dirname(os.path.dirname(__file__))


@contextmanager
def watched(*, changed: bool) -> Iterator[set[str]]:
    """Note which environment variables code of the project reads. Only inside of ``ambient``: they are the process's.

    Reading by the standard library, by installed packages and by fixturekit itself does not count.

    Args:
        changed: Have the variables that are set say something else to such code.
    """
    read: set[str] = set()
    original: Any = os.environ.__class__

    class Watched(original):  # type: ignore[misc]
        def __getitem__(self, name: str) -> str:
            by_project = _is_read_by_project(sys._getframe(1))
            if by_project:
                read.add(name)
            value: str = original.__getitem__(self, name)
            return other(value) if changed and by_project and not name.startswith(_NEVER_CHANGED) else value

    os.environ.__class__ = Watched
    try:
        yield read
    finally:
        os.environ.__class__ = original


def other(value: str) -> str:
    """Return another value of the same kind: a number stays one.

    >>> other("8"), other("eu-1")
    ('9', 'eu-1~')
    """
    return str(int(value) + 1) if value.isascii() and value.isdigit() else f"{value}~"


def _is_read_by_project(frame: Any) -> bool:
    """Whether the first code outside of the mapping itself is the project's."""
    while frame is not None and frame.f_globals.get("__name__") in ("os", "collections.abc", __name__):
        frame = frame.f_back
    if frame is None:
        return False
    path = os.path.abspath(frame.f_code.co_filename)
    if any(part in path for part in _INSTALLED):
        return False
    return not path.startswith((_LIBRARY + os.sep, _OWN + os.sep)) and not frame.f_code.co_filename.startswith(
        "<frozen"
    )
