"""Files that a recipe gives, and the columns that hold the size of a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models

from fixturekit.blueprints import AnyField, size_fields
from fixturekit.planning.draft import Draft
from fixturekit.planning.making import Making
from fixturekit.planning.resolving import Refused, nearest
from fixturekit.planning.ways import path_of
from fixturekit.recipes.document import File, Image, Literal
from fixturekit.values.fields.limits import extensions
from fixturekit.values.files import COLORS, FORMATS, Bodies, FileNames, color_of, has_pillow, size_of, split_name
from fixturekit.values.literals import clean
from fixturekit.values.registry import Context
from fixturekit.values.sources import Const, FromFile, Mixed, Painted, Source, Stored

SIDE = 64  # pixels of a picture of which nothing is said

_OTHER_ENDS = {"JPEG": ".jpeg", "TIFF": ".tiff"}


def given_file(draft: Draft, making: Making, field: AnyField, value: File | Image, lane: str) -> Source:
    """Return the source of ``!file`` or ``!image``, whose names and colours live in a lane.

    Raises:
        Refused: There is no such file, or there can be no such picture.
        ValueError: The field takes no file, or not this one.
    """
    if isinstance(value, File) and isinstance(field, models.BinaryField):
        return Const(clean(field, _read(_beside(draft, value), value.path)))
    if not isinstance(field, models.FileField):
        raise ValueError(f"!{type(value).__name__.lower()} is for files, this is a {type(field).__name__}")
    made = _from_file(draft, value) if isinstance(value, File) else _picture(making, field, value)
    stored = as_stored(field, replace(made, lane=lane))
    try_file(draft, making, field, stored)
    return stored


def as_stored(field: models.FileField, source: Stored) -> Stored:
    """A source that knows of the field's own function for names, if there is one."""
    own = type(field).generate_filename is not models.FileField.generate_filename
    function = type(field).generate_filename if own else field.upload_to
    return replace(source, naming=path_of(function)) if callable(function) else source


def try_file(draft: Draft, making: Making, field: models.FileField, source: Stored) -> None:
    """See whether the field's validators take the file of the first row.

    Raises:
        ValueError: They do not.
    """
    if not field.validators:
        return
    context = Context(draft.seed, making.stream, draft.now, making.labels or None)
    body = next(Bodies(source, context).of(0, 1))
    try:
        field.run_validators(ContentFile(body.data, name=FileNames(source, context).name(0)))
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error


# -- !file -----------------------------------------------------------------------------------------------------------


def _from_file(draft: Draft, value: File) -> Stored:
    path = _beside(draft, value)
    return Stored(*split_name(value.path), FromFile(value.path, str(path)), lane="")


def _beside(draft: Draft, value: File) -> Path:
    """Where a file beside a recipe lies; neither the path nor a link may lead out of the folder."""
    name, owner = value.path, value.recipe
    told = f"the folder of {owner}" if owner else "the recipe's folder"
    found = draft.folders(owner or draft.name)
    if found is None:
        message = f"'{name}': {owner or 'the recipe'} lies in no folder that it could be read from"
        raise Refused("E092", message, "Save it first.")
    folder = found.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise Refused("E092", f"'{name}' leads out of {told}", "Copy the file beside the recipe.")
    if not path.is_file():
        there = [
            str(other.relative_to(folder).as_posix()) for other in sorted(path.parent.glob("*")) if other.is_file()
        ]
        hint = nearest(name, there) or "It is looked for beside the recipe."
        raise Refused("E092", f"there is no file '{name}' in {told}", hint)
    return path


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"'{name}' cannot be read: {error.strerror or error}"
        raise Refused("E092", message, "Look at its permissions.") from error


# -- !image ----------------------------------------------------------------------------------------------------------


def _picture(making: Making, field: models.FileField, value: Image) -> Stored:
    said = {entry.key: entry.value.value for entry in value.options if isinstance(entry.value, Literal)}
    width = said.get("width", said.get("height", SIDE))
    height = said.get("height", width)
    name = _format(str(said.get("format", "PNG")))
    color = "" if "color" not in said else _color(str(said["color"]))
    assert isinstance(width, int)  # the reader takes nothing else
    assert isinstance(height, int)
    suffix = FORMATS[name]
    allowed = extensions(field)
    if allowed is not None and suffix[1:] not in allowed and _OTHER_ENDS.get(name, ".")[1:] in allowed:
        suffix = _OTHER_ENDS[name]
    stem = making.lane(field.name).rpartition(".")[2]
    return Stored(stem, suffix, Painted(width, height, color, name), lane="")


def _format(text: str) -> str:
    name = {"JPG": "JPEG", "TIF": "TIFF"}.get(text.upper(), text.upper())
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise Refused("E093", f"there is no picture format '{text}'", nearest(name, FORMATS) or f"Use {known}.")
    if name != "PNG" and not has_pillow():
        raise Refused(
            "E093", f"a picture in format {name} needs Pillow", "Use PNG, or: pip install 'fixturekit[images]'"
        )
    return name


def _color(text: str) -> str:
    found = color_of(text)
    if found is None:
        hint = nearest(text.lower(), COLORS) or "Write #rrggbb, in quotes."
        raise Refused("E093", f"there is no colour '{text}'", hint)
    return found


# -- the size of a picture -------------------------------------------------------------------------------------------


def plan_sizes(draft: Draft, making: Making) -> None:
    """Let columns that hold width and height of a picture say those of the planned one, where nobody set them."""
    for field in making.shape.fields:
        if isinstance(field, models.ImageField) and field.name in making.columns:
            for name, axis in size_fields(field).items():
                if name in making.free and not isinstance(making.columns.get(name), Mixed):
                    _plan_size(draft, making, field, name, axis)


def _plan_size(draft: Draft, making: Making, field: AnyField, name: str, axis: int) -> None:
    own: Any = making.shape.field(name)
    try:
        size = _size(making.columns[field.name], axis, nullable=own.null)
    except ImportError:
        message = f"{name} is the size of a picture that cannot be measured without Pillow"
        draft.problem(making, field, "E093", message, f"Give {name} a value, or: pip install 'fixturekit[images]'")
        return
    except LookupError:
        hint = f"Give {name} a value, or use a picture."
        draft.problem(making, field, "E094", f"{name} is the size of a picture, and this file is none", hint)
        return
    if size is not None:
        making.columns[name] = size


def _size(source: Source, axis: int, *, nullable: bool) -> Source | None:
    """The source of one side of what a source stores; None where it cannot be told.

    Raises LookupError where a stored file is no picture, ImportError where only Pillow could tell.
    """
    if isinstance(source, Stored):
        found = size_of(source.content)
        if found is None and not nullable:
            raise LookupError
        return Const(found[axis] if found else None)
    if source in (Const(""), Const(None)):
        return Const(None) if nullable else None
    if isinstance(source, Mixed):
        parts = [_size(part, axis, nullable=nullable) for part in source.sources]
        known = tuple(part for part in parts if part is not None)
        return replace(source, sources=known) if len(known) == len(parts) else None
    return None
