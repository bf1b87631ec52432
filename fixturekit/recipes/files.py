"""Writes recipe files: a new one, or another text for one that is there; nobody ever sees half of it."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixturekit.exceptions import RecipeNotEditable, RecipeNotWritable


def create_file(path: Path, text: str) -> None:
    """Write a file that is not there yet, and the folders above it.

    Raises:
        RecipeNotWritable: It is there, or cannot be written.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)


def replace_file(path: Path, text: str, known: bytes) -> None:
    """Give a file another text, at once and for good, also after a crash; it keeps its mode.

    Args:
        path: The file; of a link, the file that it leads to.
        text: The new text, written with its own line ends.
        known: What the file held when the text was made.

    Raises:
        RecipeNotEditable: Somebody changed the file meanwhile.
        RecipeNotWritable: It cannot be written.
    """
    with _told(path):
        path = path.resolve()
        if path.read_bytes() != known:
            raise RecipeNotEditable(f"{path} was changed by somebody else meanwhile; nothing was written")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")  # no recipe begins with a dot
        try:
            with open(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, stat.S_IMODE(path.stat().st_mode))
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Name the file of an error of the system."""
    try:
        yield
    except OSError as error:
        raise RecipeNotWritable(f"{path} cannot be written: {error.strerror or error}") from error
