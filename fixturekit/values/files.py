"""Files that are made for rows: their names, and what is in them. Nothing is stored here.

Engine 1 freezes names and contents. A PNG is the same in every byte wherever it is made; a picture of another format
is what Pillow makes of it, so it is known by format, size and colour instead.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.text import get_valid_filename

from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import Content, FromFile, Painted, Stored, Typed
from fixturekit.values.streams import digest

FORMATS = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"}
"""The formats of pictures, with the ends of their names. All but the first need Pillow."""

COLORS = {
    "aqua": "#00ffff",
    "beige": "#f5f5dc",
    "black": "#000000",
    "blue": "#0000ff",
    "brown": "#a52a2a",
    "coral": "#ff7f50",
    "crimson": "#dc143c",
    "cyan": "#00ffff",
    "fuchsia": "#ff00ff",
    "gold": "#ffd700",
    "gray": "#808080",
    "green": "#008000",
    "grey": "#808080",
    "indigo": "#4b0082",
    "ivory": "#fffff0",
    "khaki": "#f0e68c",
    "lavender": "#e6e6fa",
    "lime": "#00ff00",
    "magenta": "#ff00ff",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "orange": "#ffa500",
    "orchid": "#da70d6",
    "pink": "#ffc0cb",
    "plum": "#dda0dd",
    "purple": "#800080",
    "red": "#ff0000",
    "salmon": "#fa8072",
    "silver": "#c0c0c0",
    "tan": "#d2b48c",
    "teal": "#008080",
    "tomato": "#ff6347",
    "turquoise": "#40e0d0",
    "violet": "#ee82ee",
    "white": "#ffffff",
    "yellow": "#ffff00",
}
"""The names of colours, as CSS has them."""

_PLAIN_LABEL = re.compile(r"[a-z0-9_]{1,30}")
_ALTERNATIVE = re.compile(r"(?P<root>.+)_[A-Za-z0-9]{7}")  # as Django's storages make one
_DEFLATED = 65_535  # bytes in one stored block
_NEAR = 8  # of 255: what a lossy format may change of a colour

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Body:
    """What is in one file: its bytes, and what the digest knows them by."""

    data: bytes
    mark: str


def mark_of(data: bytes) -> str:
    """What the digest knows bytes by."""
    return blake2b(data, digest_size=8).hexdigest()


# -- names -----------------------------------------------------------------------------------------------------------


def split_name(path: str) -> tuple[str, str]:
    """Return the beginning and the end of the name of a file, both such as any storage takes them.

    >>> split_name("data/Our logo.v2.png")
    ('Our_logo_v2', '.png')
    """
    name = PurePosixPath(path)
    return get_valid_filename(name.stem or "file").replace(".", "_"), name.suffix


class FileNames:
    """The names of the files of a column, without a folder: ``logo-5f0c12ab-1.png``, ``logo-5f0c12ab-anna.png``.

    The middle stands for seed, step and lane, so that no other column has such a name.
    """

    def __init__(self, source: Stored, context: Context) -> None:
        self._stem = source.stem
        self._suffix = source.suffix
        self._labels = context.labels
        self._address = digest(("file", context.seed, context.step, source.lane), 4).hex()

    def name(self, row: int, room: int | None = None) -> str:
        """Return the name of a row's file in at most ``room`` characters: the beginning is cut first.

        Raises ValueError where there is no room for any name.
        """
        end = f"{self._word(row)}{self._suffix}"
        tail = f"{self._address}-{end}"
        whole = f"{self._stem}-{tail}"
        if room is None or len(whole) <= room:
            return whole
        if len(tail) + 2 <= room:
            return f"{self._stem[: room - len(tail) - 1]}-{tail}"
        for shorter in (tail, end):
            if len(shorter) <= room:
                return shorter
        raise ValueError(f"there is no room for the name of a file such as {whole!r}")

    def _word(self, row: int) -> str:
        """The row's number from one, or its label; one that a file system may take for another gets a mark."""
        if self._labels is None:
            return str(row + 1)
        label = self._labels[row]
        if _PLAIN_LABEL.fullmatch(label):
            return label
        clean = re.sub(r"[^\w-]", "_", label)[:30]
        return f"{clean}-{digest(('label', label), 4).hex()}"


def stands_for(stored: str, planned: str) -> bool:
    """Whether a stored name is the planned one, or one that a storage gave because that was taken.

    >>> stands_for("logos/acme-1_x7Yq0aB.png", "logos/acme-1.png")
    True
    """
    if stored == planned:
        return True
    (folder, name), (planned_folder, planned_name) = (path.rpartition("/")[::2] for path in (stored, planned))
    (root, dot, end), (planned_root, _, planned_end) = name.partition("."), planned_name.partition(".")
    if folder != planned_folder or end != planned_end or not dot:
        return False
    found = _ALTERNATIVE.fullmatch(root)
    return root.startswith(planned_root) or (found is not None and planned_root.startswith(found["root"]))


# -- contents --------------------------------------------------------------------------------------------------------


class Bodies:
    """The contents of the files of a column, compiled for its context."""

    def __init__(self, source: Stored, context: Context) -> None:
        self._content = source.content
        self._lane = source.lane
        self._context = context
        self._read: Body | None = None

    def of(self, start: int, stop: int) -> Iterator[Body]:
        """Yield what is in the files of the rows ``start`` to ``stop`` - 1, one by one: files may be large.

        Raises OSError where the file beside the recipe cannot be read.
        """
        content = self._content
        if isinstance(content, FromFile):
            if self._read is None:
                data = Path(content.path).read_bytes()
                self._read = Body(data, mark_of(data))
            for _ in range(start, stop):
                yield self._read
        elif isinstance(content, Typed):
            for text in compile_source(content.text, self._context).values(start, stop):
                data = f"{text}\n".encode()
                yield Body(data, mark_of(data))
        else:
            yield from map(_painter(content), self._colors(content, start, stop))

    def _colors(self, content: Painted, start: int, stop: int) -> list[Rgb]:
        if content.color:
            return [rgb(content.color)] * (stop - start)
        words = self._context.lane(f"{self._lane}#", 1).words(start, stop)
        return [_on_the_wheel(word * 6 * _SPAN >> 32) for word in words]

    def found(self, data: bytes, planned: Body) -> str:
        """What the digest knows bytes by that were read back: a picture that only its encoder changed is as planned."""
        if data == planned.data:
            return planned.mark
        content = self._content
        if isinstance(content, Painted) and content.format != "PNG" and _looks_like(data, planned.mark):
            return planned.mark
        return mark_of(data)


_LOW, _HIGH = 64, 208
_SPAN = _HIGH - _LOW


def _on_the_wheel(place: int) -> Rgb:
    """A colour of one brightness: ``place`` goes once round the wheel of hues in six sectors."""
    sector, rest = divmod(place, _SPAN)
    up, down = _LOW + rest, _HIGH - rest
    return (
        (_HIGH, up, _LOW),
        (down, _HIGH, _LOW),
        (_LOW, _HIGH, up),
        (_LOW, down, _HIGH),
        (up, _LOW, _HIGH),
        (_HIGH, _LOW, down),
    )[sector]


def rgb(color: str) -> Rgb:
    """Read ``#rrggbb``."""
    number = int(color[1:], 16)
    return number >> 16, number >> 8 & 255, number & 255


def color_of(text: str) -> str | None:
    """Return a colour as ``#rrggbb``: one of the names, ``#rgb`` or ``#rrggbb``; None where it is neither."""
    word = text.strip().lower()
    if re.fullmatch("#[0-9a-f]{3}", word):
        return "#" + "".join(digit * 2 for digit in word[1:])
    return word if re.fullmatch("#[0-9a-f]{6}", word) else COLORS.get(word)


def _painter(content: Painted) -> Callable[[Rgb], Body]:
    if content.format == "PNG":

        def paint(color: Rgb) -> Body:
            data = png(content.width, content.height, color)
            return Body(data, mark_of(data))

        return paint

    return lambda color: Body(_with_pillow(content, color), _description(content.format, content, color))


def _description(name: str | None, size: Painted, color: Rgb) -> str:
    return f"{name} {size.width}x{size.height} #{bytes(color).hex()}"


def png(width: int, height: int, color: Rgb) -> bytes:
    """Return a PNG of one colour: a palette of one entry, one bit a pixel, nothing compressed.

    >>> len(png(64, 64, (255, 0, 0)))
    659
    """
    rows = bytes((width + 7) // 8 + 1) * height
    blocks = [rows[at : at + _DEFLATED] for at in range(0, len(rows), _DEFLATED)]
    packed = b"".join(
        struct.pack("<BHH", number == len(blocks), len(block), len(block) ^ 0xFFFF) + block
        for number, block in enumerate(blocks, 1)
    )
    stream = b"\x78\x01" + packed + struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes(color)), (b"IDAT", stream), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# -- Pillow ----------------------------------------------------------------------------------------------------------


def has_pillow() -> bool:
    """Whether Pillow is installed, which makes and reads pictures that are no PNG."""
    try:
        import PIL.Image  # noqa: F401
    except ImportError:
        return False
    return True


def _with_pillow(content: Painted, color: Rgb) -> bytes:
    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (content.width, content.height), color).save(made, content.format)
    return made.getvalue()


def _looks_like(data: bytes, mark: str) -> bool:
    """Whether bytes are a picture of this format, size and, but for what is lost in it, colour."""
    from PIL import Image, UnidentifiedImageError

    name, size, color = mark.split(" ")
    try:
        with Image.open(BytesIO(data)) as image:
            if (image.format, f"{image.width}x{image.height}") != (name, size):
                return False
            extremes: Any = image.convert("RGB").getextrema()
    except (UnidentifiedImageError, OSError, SyntaxError):
        return False
    return all(
        wanted - _NEAR <= low and high <= wanted + _NEAR
        for (low, high), wanted in zip(extremes, rgb(color), strict=True)
    )


def size_of(content: Content) -> tuple[int, int] | None:
    """Return width and height of a picture, None for what is none.

    Raises ImportError where a picture has to be read and there is no Pillow.
    """
    if isinstance(content, Painted):
        return content.width, content.height
    if isinstance(content, Typed):
        return None
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(content.path) as image:
            return image.width, image.height
    except (UnidentifiedImageError, OSError, SyntaxError):
        return None
