"""Files and pictures, one for each row, and the paths of files that a folder has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.db import models

from fixturekit.exceptions import GenerationError
from fixturekit.values.fields.limits import extensions, lengths
from fixturekit.values.files import FORMATS, has_pillow
from fixturekit.values.fillers import Filled, Request, filler
from fixturekit.values.sources import At, Content, Painted, Picked, Selected, Stored, Typed

SIDE = 64  # pixels

_FORMAT_OF = {suffix[1:]: name for name, suffix in FORMATS.items()} | {"jpeg": "JPEG", "tiff": "TIFF"}


@filler(models.FileField)
def fill_file(request: Request) -> Filled:
    """A small text file, with another of the allowed ends where the field does not take ``.txt``."""
    allowed = extensions(request.field)
    if allowed is None or "txt" in allowed:
        return _stored(request, "txt", _text(request))
    return next(iter(_pictures(request, allowed)), None) or _stored(request, _first(request, allowed), _text(request))


@filler(models.ImageField)
def fill_image(request: Request) -> Filled:
    """A small picture of a colour that follows from the row: PNG where the field takes it."""
    found = _pictures(request, extensions(request.field) or ["png"])
    if not found:
        raise request.unsupported()
    return found[0]


def _pictures(request: Request, allowed: Sequence[str]) -> list[Stored]:
    """The pictures that a field takes, PNG first; others only where they can be made."""
    formats = sorted((end for end in allowed if end in _FORMAT_OF), key=lambda end: end != "png")
    return [
        _stored(request, end, Painted(SIDE, SIDE, "", _FORMAT_OF[end]))
        for end in formats
        if end == "png" or has_pillow()
    ]


def _first(request: Request, allowed: Sequence[str]) -> str:
    if not allowed:
        raise request.unsupported()
    return allowed[0]


def _stored(request: Request, end: str, content: Content) -> Stored:
    return Stored(request.name, f".{end}", content, request.lane)


def _text(request: Request) -> Typed:
    if request.plain:
        return Typed(request.drawn("numerals", longest=9))
    return Typed(request.drawn("text", template="{lead}", locale=request.locale))


@filler(models.FilePathField)
def fill_path(request: Request) -> Filled:
    """One of the files that the field offers, which the digest knows by its path below the field's folder.

    Raises GenerationError where the folder holds none that fits.
    """
    field: Any = request.field
    folder = str(field.path() if callable(field.path) else field.path)
    longest = lengths(field)[1]
    found = sorted(
        (str(Path(path).relative_to(folder).as_posix()), path)
        for path in _offered(field, folder)
        if longest is None or len(path) <= longest
    )
    if not found:
        raise GenerationError(f"the folder {folder!r} holds nothing that the field takes. Give the field a value")
    names, paths = zip(*found, strict=True)
    few = At(0) if request.plain and not request.unique else Picked(request.lane, len(paths))
    return Selected(paths, few, names)


def _offered(field: Any, folder: str) -> list[str]:
    """The paths that the field's form offers.

    Raises GenerationError where the folder cannot be listed.
    """
    try:
        form: Any = forms.FilePathField(
            path=folder,
            match=field.match,
            recursive=field.recursive,
            allow_files=field.allow_files,
            allow_folders=field.allow_folders,
        )
    except OSError as error:
        raise GenerationError(f"the folder {folder!r} cannot be listed: {error.strerror or error}") from error
    return [str(path) for path, _ in form.choices]
