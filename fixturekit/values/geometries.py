"""Geometries as text and as the bytes that databases keep, without GDAL or GEOS.

The canonical form is WKT as short as it can be: ``POINT(24.94 60.17)``, ``POINT Z(24.94 60.17 12.5)``,
``POLYGON((0 0,1 0,1 1,0 0))``. A coordinate has the fewest digits that give its number again; a whole one has no point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isfinite
from struct import pack
from typing import Any

Point = Sequence[float]

SIMPLE = ("POINT", "LINESTRING", "POLYGON")
_CODES = {
    "POINT": 1,
    "LINESTRING": 2,
    "POLYGON": 3,
    "MULTIPOINT": 4,
    "MULTILINESTRING": 5,
    "MULTIPOLYGON": 6,
    "GEOMETRYCOLLECTION": 7,
}
_MEMBERS = {"MULTIPOINT": "POINT", "MULTILINESTRING": "LINESTRING", "MULTIPOLYGON": "POLYGON"}
_Z = " Z"
_COORDINATES = re.compile(r"-?[0-9][-+.e0-9 ]*")


def number_text(number: float) -> str:
    """Spell one coordinate.

    >>> number_text(24.0), number_text(-0.0), number_text(60.17)
    ('24', '0', '60.17')

    Raises:
        ValueError: It is infinite, or no number.
    """
    if not isfinite(number):
        raise ValueError(f"{number} is not a coordinate")
    text = repr(float(number))
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def points_text(points: Iterable[Point]) -> str:
    """Spell coordinates: ``0 0,1 0,1 1``."""
    return ",".join(" ".join(map(number_text, point)) for point in points)


def geometry_text(geometry: Any) -> str:
    """Spell a geometry of GEOS.

    Args:
        geometry: It has ``geom_type``, ``coords`` and ``hasz``; several geometries are iterated.

    Raises:
        ValueError: A coordinate is not a finite number, or there is none.
    """
    kind = geometry.geom_type.upper().replace("LINEARRING", "LINESTRING")
    if geometry.empty:
        raise ValueError("it is empty, which not every database can keep")
    if kind == "GEOMETRYCOLLECTION":
        return f"{kind}{_Z if geometry.hasz else ''}({','.join(map(geometry_text, geometry))})"
    return f"{kind}{_Z if geometry.hasz else ''}{_nested(kind, geometry.coords)}"


def _nested(kind: str, coords: Any) -> str:
    if kind == "POINT":
        return f"({points_text([coords])})"
    if kind == "LINESTRING":
        return f"({points_text(coords)})"
    member = _MEMBERS.get(kind, "LINESTRING")  # a polygon consists of rings
    return f"({','.join(_nested(member, part) for part in coords)})"


# -- bytes -----------------------------------------------------------------------------------------------------------


def spatialite_bytes(text: str, srid: int) -> bytes:
    """Return what SpatiaLite keeps of a geometry: its BLOB format, with the extent in front.

    Args:
        text: A geometry in canonical form.
        srid: That of the column.
    """
    points = [point.split() for point in _COORDINATES.findall(text)]
    xs, ys = ([float(point[axis]) for point in points] for axis in (0, 1))
    extent = pack("<4d", min(xs), min(ys), max(xs), max(ys))
    return b"\0\1" + pack("<i", srid) + extent + b"\x7c" + _coded(text, b"\x69") + b"\xfe"


def mysql_bytes(text: str, srid: int) -> bytes:
    """Return what MySQL and MariaDB keep of a geometry: its SRID in front of WKB.

    Args:
        text: A geometry in canonical form, in two dimensions.
        srid: That of the column.
    """
    return pack("<I", srid) + b"\1" + _coded(text, b"\1")


def _coded(text: str, mark: bytes) -> bytes:
    """WKB without its first byte; the members of a collection have ``mark`` there."""
    head, _, content = text.partition("(")
    kind, _, z = head.partition(" ")
    return pack("<I", _CODES[kind] + (1000 if z else 0)) + _content(kind, content[:-1], _Z if z else "", mark)


def _content(kind: str, text: str, z: str, mark: bytes) -> bytes:
    if kind == "POINT":
        return _doubles(text)
    if kind == "LINESTRING":
        return _counted(map(_doubles, text.split(",")))
    parts = _split(text)
    if kind == "POLYGON":
        return _counted(_content("LINESTRING", ring[1:-1], z, mark) for ring in parts)
    member = _MEMBERS.get(kind)
    named = parts if member is None else [f"{member}{z}{part}" for part in parts]
    return _counted(mark + _coded(part, mark) for part in named)


def _doubles(text: str) -> bytes:
    numbers = [float(word) for word in text.split()]
    return pack(f"<{len(numbers)}d", *numbers)


def _counted(parts: Iterable[bytes]) -> bytes:
    found = list(parts)
    return pack("<I", len(found)) + b"".join(found)


def _split(text: str) -> list[str]:
    """Cut at the commas that no parenthesis is around."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == "," and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
