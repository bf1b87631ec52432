"""Bytes, files, pictures and paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.validators import FileExtensionValidator, validate_comma_separated_integer_list
from django.db import models


def shop_folder() -> str:
    """The folder of this very file, which has files on every machine."""
    return str(Path(__file__).parent)


def by_owner(instance: Any, filename: str) -> str:
    """Names a picture by values of its row."""
    return f"{instance.owner}/{instance.title[:5]}/{filename}"


class Blob(models.Model):
    """Bytes, with and without limits, and lists of numbers as text."""

    data = models.BinaryField()
    tiny = models.BinaryField(max_length=2)
    empty = models.BinaryField(default=b"", blank=True)
    usual = models.BinaryField(default=b"\x00\xff\\x")
    maybe = models.BinaryField(null=True, blank=True)
    numbers = models.CharField(max_length=20, validators=[validate_comma_separated_integer_list])
    digit = models.CharField(max_length=1, validators=[validate_comma_separated_integer_list])


class Upload(models.Model):
    """Files, required and not, with limits to their names."""

    attachment = models.FileField(upload_to="uploads/%Y/%m")
    report = models.FileField(validators=[FileExtensionValidator(["pdf", "csv"])])
    logo = models.FileField(upload_to="logos", validators=[FileExtensionValidator(["jpg", "png"])])
    short = models.FileField(upload_to="s", max_length=20)
    optional = models.FileField(blank=True)
    maybe = models.FileField(null=True, blank=True)
    only = models.FileField(unique=True)


class Photo(models.Model):
    """Pictures whose size the row knows, one of them named by a function."""

    title = models.CharField(max_length=30)
    owner = models.CharField(max_length=10)
    image = models.ImageField(upload_to=by_owner, width_field="width", height_field="height")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    thumbnail = models.ImageField(blank=True, width_field="thumbnail_width")
    thumbnail_width = models.PositiveIntegerField(null=True, blank=True)


class Template(models.Model):
    """One of the files of a folder."""

    path = models.FilePathField(path=shop_folder, match=r"^[a-z]+\.py$", max_length=500)
    other = models.FilePathField(path=shop_folder, match=r"^[a-z]+\.py$", max_length=200, unique=True)
