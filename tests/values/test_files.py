"""Files that are made for rows: their names and contents."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from fixturekit.values.files import (
    COLORS,
    FORMATS,
    Bodies,
    FileNames,
    color_of,
    mark_of,
    png,
    size_of,
    split_name,
    stands_for,
)
from fixturekit.values.registry import Context
from fixturekit.values.sources import Drawn, FromFile, Painted, Stored, Typed
from fixturekit.values.streams import parse_now

NOW = parse_now("2026-11-20T09:30:15Z")
CONTEXT = Context("shop.sale", "products", NOW)
ROW = Painted(64, 64, "", "PNG")


def stored(content=ROW, *, stem="logo", suffix=".png", lane="logo"):
    return Stored(stem, suffix, content, lane)


def names(source, rows, context=CONTEXT):
    found = FileNames(source, context)
    return [found.name(row) for row in range(rows)]


def bodies(content, rows=3, context=CONTEXT):
    return list(Bodies(stored(content), context).of(0, rows))


class TestNames:
    def test_counted_rows(self):
        """A name says what the file is, and which row's; the middle is the column's own. Frozen under engine 1."""
        assert names(stored(), 2) == ["logo-e9d5a30e-1.png", "logo-e9d5a30e-2.png"]

    def test_other_columns(self):
        """No other recipe, step or field has the same names."""
        contexts = [CONTEXT, Context("shop.other", "products", NOW), Context("shop.sale", "brands", NOW)]
        found = {names(stored(lane=lane), 1, context)[0] for context in contexts for lane in ("logo", "brand.logo")}
        assert len(found) == 6

    def test_labelled_rows(self):
        """A labelled row's file has the label; one that a file system may read otherwise is told apart."""
        context = Context("shop.sale", "products", NOW, ("anna", "Anna", "a/n.n a", "é" * 100))
        found = names(stored(), 4, context)
        assert found[0].endswith("-anna.png")
        assert len({name.lower() for name in found}) == 4
        assert all("/" not in name and " " not in name and name.count(".") == 1 for name in found)
        assert all(len(name) < 70 for name in found)

    def test_little_room(self):
        """The beginning is cut first, then left out, then the middle; at last there is no room for the row."""
        found = FileNames(stored(), CONTEXT)
        assert [found.name(0, room) for room in (19, 18, 16, 15, 14, 13, 5)] == [
            "logo-e9d5a30e-1.png",
            "log-e9d5a30e-1.png",
            "l-e9d5a30e-1.png",
            "e9d5a30e-1.png",
            "e9d5a30e-1.png",
            "1.png",
            "1.png",
        ]
        with pytest.raises(ValueError, match=r"no room for the name of a file such as 'logo-e9d5a30e-1\.png'"):
            found.name(0, 4)

    def test_name_of_a_given_file(self):
        """A given file's name is made such as any storage takes it; dots are for the end alone."""
        assert split_name("data/Our logo.v2.png") == ("Our_logo_v2", ".png")
        assert split_name("README") == ("README", "")

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("logos/logo-1.png", True),
            ("logos/logo-1_aB3xYz9.png", True),
            ("logos/log_aB3xYz9.png", True),  # cut, since the column is short
            ("logos/logo-1.jpg", False),
            ("other/logo-1.png", False),
            ("logos/acme.png", False),
            ("logos/acme_aB3xYz9.png", False),
            ("logos/logo-1", False),
        ],
    )
    def test_names_that_a_storage_chose(self, name, expected):
        """What Django's storages make of a name that is taken still stands for it."""
        assert stands_for(name, "logos/logo-1.png") is expected


class TestPictures:
    @given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 0xFFFFFF))
    def test_png(self, width, height, color):
        """A PNG of our own is one that others read, of its size and colour."""
        wanted = (color >> 16, color >> 8 & 255, color & 255)
        data = png(width, height, wanted)
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size) == ("PNG", (width, height))
            assert image.convert("RGB").getcolors() == [(width * height, wanted)]
        with Image.open(io.BytesIO(data)) as image:
            image.verify()

    def test_png_is_frozen(self):
        """It is the same in every byte, also where it takes several blocks."""
        assert sha256(png(64, 64, (255, 0, 0))).hexdigest()[:16] == "fe4d3060065e00ad"
        assert sha256(png(2000, 900, (1, 2, 3))).hexdigest()[:16] == "f1374637968d0a41"

    def test_colour_of_the_row(self):
        """Without a colour each row has its own, which is frozen; with one, all have it."""
        found = bodies(ROW, 200)
        assert len({body.data for body in found}) > 150
        assert [body.mark for body in found[:2]] == ["44c8936715964a2d", "347f98664e1e8dee"]
        assert {body.data for body in bodies(Painted(64, 64, "#ff0000", "PNG"))} == {png(64, 64, (255, 0, 0))}

    def test_rows_made_alone(self):
        """A row's picture is the same in any block."""
        found = Bodies(stored(), CONTEXT)
        assert list(found.of(0, 5))[3:] == list(found.of(3, 5))

    @pytest.mark.parametrize("name", [name for name in FORMATS if name != "PNG"])
    def test_other_formats(self, name):
        """Other formats are Pillow's, and are known by what they show."""
        [body] = bodies(Painted(40, 30, "#ff8000", name), 1)
        assert body.mark == f"{name} 40x30 #ff8000"
        with Image.open(io.BytesIO(body.data)) as image:
            assert (image.format, image.size) == (name, (40, 30))

    def test_read_back(self):
        """A picture that another encoder made is as planned; another size, colour or format is not."""
        content = Painted(40, 30, "#ff8000", "JPEG")
        found = Bodies(stored(content), CONTEXT)
        [body] = found.of(0, 1)

        def encoded(size=(40, 30), color=(255, 128, 0), name="JPEG", **options):
            made = io.BytesIO()
            Image.new("RGB", size, color).save(made, name, **options)
            return made.getvalue()

        assert found.found(body.data, body) == body.mark
        again = encoded(quality=95)
        assert again != body.data
        assert found.found(again, body) == body.mark
        for other in (encoded(size=(40, 31)), encoded(color=(0, 128, 0)), encoded(name="PNG"), b"no picture"):
            assert found.found(other, body) == mark_of(other)

    def test_read_back_png(self):
        """A PNG is known by its bytes."""
        found = Bodies(stored(), CONTEXT)
        [body] = found.of(0, 1)
        assert found.found(body.data, body) == body.mark == mark_of(body.data)
        assert found.found(body.data + b"x", body) != body.mark

    def test_colours(self):
        """The names of colours mean what they mean in CSS."""
        assert {name: ImageColor.getrgb(name) for name in COLORS} == {
            name: ImageColor.getrgb(color) for name, color in COLORS.items()
        }
        assert color_of(" Red ") == "#ff0000"
        assert color_of("#0AF") == "#00aaff"
        assert color_of("#00aaFF") == "#00aaff"
        assert color_of("reddish") is None
        assert color_of("#12345") is None


class TestContents:
    def test_text(self):
        """A text file holds what its source draws for the row."""
        found = bodies(Typed(Drawn("numerals", "report", (("longest", 9),))))
        assert [body.data for body in found] == [b"1\n", b"2\n", b"3\n"]

    def test_file(self, tmp_path):
        """A given file is the same in every row."""
        path = tmp_path / "a.bin"
        path.write_bytes(b"\x00\xff")
        assert [body.data for body in bodies(FromFile("a.bin", str(path)))] == [b"\x00\xff"] * 3

    def test_size(self, tmp_path):
        """The size of a picture is known before it is stored; what is none has none."""
        path = tmp_path / "a.png"
        path.write_bytes(png(5, 7, (0, 0, 0)))
        assert size_of(FromFile("a.png", str(path))) == (5, 7)
        assert size_of(Painted(3, 4, "", "PNG")) == (3, 4)
        path.write_text("no picture")
        assert size_of(FromFile("a.png", str(path))) is None
        assert size_of(Typed(Drawn("numerals", "x", (("longest", 9),)))) is None
