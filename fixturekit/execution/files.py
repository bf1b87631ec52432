"""Files of made rows: put into the storages of their fields, taken out again where the recipe fails, read back."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.utils import validate_file_name
from django.db import models

from fixturekit.exceptions import ApplyError
from fixturekit.execution.failures import CellFailed
from fixturekit.values.files import Bodies, Body, FileNames, stands_for
from fixturekit.values.registry import Context
from fixturekit.values.sealing import Seal
from fixturekit.values.sources import Stored

Cells = list[Any]
FileField = models.FileField
Instance = Callable[[int], models.Model]
"""Makes an unsaved instance of a row from its plain values, for a field whose function wants one to name a file."""


class Files:
    """Remembers which files were stored, so that those of a recipe that fails are deleted again.

    Attributes:
        unread: What cannot be read back of their storage, and why.
    """

    def __init__(self) -> None:
        self._saved: list[tuple[Storage, str]] = []
        self.unread: list[str] = []

    def store(self, field: FileField, name: str, data: bytes) -> str:
        """Put a file into the field's storage and return the name that it has there.

        A file of this name with the same bytes is used as it is; beside one with others the storage chooses another name.
        """
        storage = field.storage
        there = storage.exists(name)
        if there and read(storage, name) == data:
            return name
        saved: str = storage.save(name, ContentFile(data), max_length=field.max_length)
        if not (there and saved == name):  # a storage may write over what is there, which then was not ours
            self._saved.append((storage, saved))
        return saved

    @contextmanager
    def kept_if_done(self) -> Iterator[None]:
        """Delete what is stored meanwhile if the work fails. Belongs around the transaction of the rows.

        Raises:
            ApplyError: Files could not be deleted again; the work's own error is the cause.
        """
        before = len(self._saved)
        try:
            yield
        except BaseException as error:
            left = self._delete(before)
            if left:
                raise ApplyError(f"{error}; these files could not be deleted again: {', '.join(left)}") from error
            raise

    @contextmanager
    def dropped(self) -> Iterator[None]:
        """Delete what is stored meanwhile in any case, for work that is rolled back.

        Raises:
            ApplyError: As for `kept_if_done`.
        """
        before = len(self._saved)
        with self.kept_if_done():
            yield
        left = self._delete(before)
        if left:
            raise ApplyError(f"these files could not be deleted again: {', '.join(left)}")

    def _delete(self, before: int) -> list[str]:
        """Delete what was stored since; return the names that a storage would not delete."""
        left = []
        while len(self._saved) > before:
            storage, name = self._saved.pop()
            try:
                storage.delete(name)
            except Exception:  # noqa: BLE001 - storages raise what they like, and the others are to be deleted too
                left.append(name)
        return left


def read(storage: Storage, name: str) -> bytes:
    """Return the bytes of a stored file."""
    with storage.open(name, "rb") as file:
        return bytes(file.read())


class Filed:
    """The column of a file field whose files are made: a ``Compiled`` that stores what it gives.

    A token is the planned name with what stands for the contents, so that it is the same whatever the storage had. The
    names of the rows that were stored are held: a row is asked for more than once, and is stored once.
    """

    def __init__(
        self, field: FileField, source: Stored, context: Context, clock: datetime, files: Files, instance: Instance
    ) -> None:
        self._field = field
        self._names = FileNames(source, context)
        self._bodies = Bodies(source, context)
        self._seal = Seal(context.seed, context.step, source.lane)
        self._labels = context.labels
        self._clock = clock
        self._files = files
        self._instance = instance
        self._stored: dict[int, tuple[str, str]] = {}

    def values(self, start: int, stop: int) -> Cells:
        return self.cells(start, stop)[0]

    def cells(self, start: int, stop: int) -> tuple[Cells, Cells]:
        waiting = any(row not in self._stored for row in range(start, stop))
        bodies = self._bodies.of(start, stop) if waiting else iter(())
        for row in range(start, stop) if waiting else ():
            try:
                self._row(row, next(bodies))
            except Exception as error:  # of the storage, or of the function that names files
                raise CellFailed(self._field.name, row) from error
        rows = [self._stored[row] for row in range(start, stop)]
        return [name for name, _ in rows], [token for _, token in rows]

    def stored(self, start: int, stop: int, now: Cells) -> Cells:
        return [
            self._found(row, None if cell is None else str(cell), body)
            for row, cell, body in zip(range(start, stop), now, self._bodies.of(start, stop), strict=True)
        ]

    def _row(self, row: int, body: Body) -> None:
        """Store a row's file, if it is not yet, and hold its name and its token."""
        if row not in self._stored:
            planned = self._planned(row)
            self._stored[row] = self._files.store(self._field, planned, body.data), f"{planned} {body.mark}"

    def _found(self, row: int, name: str | None, body: Body) -> str:
        """The token of a row that was read back; a file that is gone has none, and stands for itself."""
        if not name:
            return f"={name}"
        planned = self._planned(row)
        shown = planned if stands_for(name, planned) else f"={name}"
        try:
            data = read(self._field.storage, name)
        except FileNotFoundError:
            self._files.unread.append(f"the file {name} is gone")
            return f"={name} gone"
        except (OSError, SuspiciousFileOperation) as error:
            self._files.unread.append(f"the file {name} cannot be read: {error}")
            return f"={name} unread"
        return f"{shown} {self._bodies.found(data, body)}"

    # -- names -------------------------------------------------------------------------------------------------------

    def _planned(self, row: int) -> str:
        """The name of a row's file as the field has it, with its folder; cut where the column is too short for it."""
        base = self._names.name(row)
        planned = self._placed(row, base)
        most = self._field.max_length
        if most is not None and len(planned) > most:
            planned = self._placed(row, self._names.name(row, max(len(base) - len(planned) + most, 0)))
            if len(planned) > most:
                raise ValueError(f"the name {planned!r} is longer than the {most} characters of the column")
        return planned

    def _placed(self, row: int, base: str) -> str:
        """What ``generate_filename`` gives; parts of the date follow the recipe's clock."""
        field = self._field
        own = type(field).generate_filename is not FileField.generate_filename
        if own or callable(field.upload_to):
            place = self._labels[row] if self._labels else row
            with self._seal:
                return self._seal.call(place, lambda: str(field.generate_filename(self._instance(row), base)))
        name = posixpath.join(self._clock.strftime(str(field.upload_to)), base)
        return str(field.storage.generate_filename(str(validate_file_name(name, allow_relative_path=True))))
