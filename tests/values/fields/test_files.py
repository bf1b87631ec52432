"""Files, pictures and paths: what fills their fields."""

from __future__ import annotations

import pytest
from django.core.validators import FileExtensionValidator
from django.db import models

from fixturekit.exceptions import GenerationError
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import At, Painted, Picked, Selected, Stored, Typed
from fixturekit.values.streams import parse_now
from tests.values.support import filled

CONTEXT = Context("shop.sale", "products", parse_now("2026-11-20T09:30:15Z"))


def only(*ends):
    return [FileExtensionValidator(list(ends))]


class TestFiles:
    @pytest.mark.parametrize("style", ["plain", "lifelike"])
    def test_text(self, style):
        """A file is a small text, named after its field."""
        source = filled(models.FileField(), "report", style=style)
        assert isinstance(source, Stored)
        assert (source.stem, source.suffix, source.lane) == ("report", ".txt", "report")
        assert isinstance(source.content, Typed)
        [text] = compile_source(source.content.text, CONTEXT).values(0, 1)
        assert text == "1" if style == "plain" else len(text) > 20

    @pytest.mark.parametrize(
        ("ends", "end", "content"),
        [
            (["txt", "png"], ".txt", Typed),
            (["pdf", "docx"], ".pdf", Typed),
            (["pdf", "jpg"], ".jpg", Painted),
            (["jpg", "png"], ".png", Painted),
        ],
    )
    def test_ends(self, ends, end, content):
        """The validator's ends are kept: a text or a picture if it takes one, else a text with its first end."""
        source = filled(models.FileField(validators=only(*ends)), "report")
        assert isinstance(source, Stored)
        assert (source.suffix, type(source.content)) == (end, content)

    def test_several_validators(self):
        """Every validator counts."""
        source = filled(models.FileField(validators=[*only("pdf", "csv"), *only("csv", "odt")]), "report")
        assert isinstance(source, Stored)
        assert source.suffix == ".csv"


class TestPictures:
    def test_png(self):
        """A picture is a PNG wherever that will do."""
        for validators in (only("png"), only("jpg", "png")):
            source = filled(models.ImageField(validators=validators), "logo")
            assert isinstance(source, Stored)
            assert (source.suffix, source.content) == (".png", Painted(64, 64, "", "PNG"))

    @pytest.mark.parametrize(("end", "name"), [("jpeg", "JPEG"), ("tif", "TIFF"), ("webp", "WEBP")])
    def test_other_formats(self, end, name):
        """Else what the field takes, of its format."""
        source = filled(models.ImageField(validators=only("svg", end)), "logo")
        assert isinstance(source, Stored)
        assert (source.suffix, source.content) == (f".{end}", Painted(64, 64, "", name))


class TestPaths:
    @pytest.fixture
    def folder(self, tmp_path):
        for name in ("b.txt", "a.txt", "c.md", "below/d.txt"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.touch()
        return tmp_path

    def test_plain(self, folder):
        """Style plain takes the first by name."""
        source = filled(models.FilePathField(path=str(folder)), "file", style="plain")
        assert isinstance(source, Selected)
        assert source.map == At(0)
        assert compile_source(source, CONTEXT).values(0, 2) == [str(folder / "a.txt")] * 2

    def test_lifelike(self, folder):
        """Style lifelike draws one of them; the digest knows them by what stands below the folder."""
        source = filled(models.FilePathField(path=lambda: str(folder), recursive=True, match=r"\.txt$"), "file")
        assert isinstance(source, Selected)
        assert source.map == Picked("file", 3)
        assert source.known_as == ("a.txt", "b.txt", "below/d.txt")
        assert source.values == tuple(str(folder / name) for name in source.known_as)

    def test_folders(self, folder):
        """Folders count where the field takes them, files where it does."""
        source = filled(models.FilePathField(path=str(folder), allow_files=False, allow_folders=True), "file")
        assert isinstance(source, Selected)
        assert source.known_as == ("below",)

    def test_long_paths(self, folder):
        """What the column has no room for is no choice."""
        room = len(str(folder / "c.md"))
        source = filled(models.FilePathField(path=str(folder), max_length=room), "file")
        assert isinstance(source, Selected)
        assert source.known_as == ("c.md",)

    def test_nothing_there(self, folder):
        """An empty folder, or none, is named."""
        with pytest.raises(GenerationError, match="holds nothing that the field takes"):
            filled(models.FilePathField(path=str(folder), match="^x"), "file")
        with pytest.raises(GenerationError, match=r"nowhere' cannot be listed"):
            filled(models.FilePathField(path=str(folder / "nowhere")), "file")
