"""Fields of ``django.contrib.gis``. Imported only where a model has such fields: it needs GDAL and GEOS."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.gis.db import models as gis
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry

from fixturekit.exceptions import GenerationError
from fixturekit.values.fields.places import AROUND, Places, places
from fixturekit.values.fillers import Filled, Request, filler
from fixturekit.values.geometries import SIMPLE, geometry_text, points_text
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.streams import Words
from fixturekit.values.uniqueness import axis_of

Points: TypeAlias = "list[tuple[float, ...]]"
Draw: TypeAlias = "Callable[[str, int], Points]"

# What each class consists of.
_PARTS = {
    "POINT": ("POINT",),
    "LINESTRING": ("LINESTRING",),
    "POLYGON": ("POLYGON",),
    "MULTIPOINT": ("POINT", "POINT"),
    "MULTILINESTRING": ("LINESTRING", "LINESTRING"),
    "MULTIPOLYGON": ("POLYGON", "POLYGON"),
    "GEOMETRYCOLLECTION": ("POINT", "LINESTRING"),
}
# How many lengths are drawn for the outline of a part.
_BENDS = {"POINT": 0, "LINESTRING": 6, "POLYGON": 8}
_SHORTEST, _LONGEST = 500, 2500  # of a length, in units of a place
_APART = 10_000  # from part to part
_USUAL = 1500
_HIGHEST = 500  # metres
_PLAIN_SIDE = 80  # plain coordinates stay below ninety with whatever is around them
_MOST_PLAIN = 2**31


# -- geometries of literals and code ---------------------------------------------------------------------------------


def as_geometry(field: Any, value: Any) -> Any:
    """Return what a value stands for on a geometry field.

    Args:
        field: A ``GeometryField``.
        value: A geometry, a text (WKT, EWKT, GeoJSON, hex EWKB), or a mapping that is GeoJSON.

    Raises:
        ValueError: It is no geometry, or not one of the class, the SRID and the dimensions of the field.
    """
    found: Any = value.clone() if isinstance(value, GEOSGeometry) else _read(value)
    if field.geom_class is not None and not isinstance(found, field.geom_class):
        raise ValueError(f"it is a {found.geom_type}, and the field keeps a {field.geom_class.__name__}")
    if found.srid and field.srid > 0 and found.srid != field.srid:
        raise ValueError(
            f"its coordinates are in SRID {found.srid}, and the field keeps SRID {field.srid}: transform them"
        )
    if bool(found.hasz) != (field.dim == 3):
        raise ValueError(f"it has {3 if found.hasz else 2} dimensions, and the field keeps {field.dim}")
    if found.geom_type == "GeometryCollection" and any(part.geom_type.upper() not in SIMPLE for part in found):
        raise ValueError("it has a collection in a collection, which SpatiaLite would take apart")
    geometry_text(found)  # raises for what cannot be kept
    if field.geography:
        _check_degrees(found)
    found.srid = field.srid if field.srid > 0 else 0
    return found


def _read(value: Any) -> GEOSGeometry:
    text = json.dumps(value) if isinstance(value, dict) else value
    try:
        return GEOSGeometry(text)
    except (GEOSException, GDALException, TypeError, ValueError) as error:
        raise ValueError("a geometry is written as WKT, such as POINT(24.94 60.17), or as GeoJSON") from error


def _check_degrees(geometry: GEOSGeometry) -> None:
    west, south, east, north = geometry.extent
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValueError("a longitude is between -180 and 180, and a latitude, which comes second, between -90 and 90")


# -- rasters ---------------------------------------------------------------------------------------------------------


# -- geometries that are made ----------------------------------------------------------------------------------------


def _composed(kind: str, z: str, draw: Draw) -> str:
    """Spell a geometry whose parts are drawn: the class of the part and its number to its points."""
    parts = [(part, _outline(part, draw(part, number))) for number, part in enumerate(_PARTS[kind])]
    if kind in SIMPLE:
        return f"{kind}{z}{parts[0][1]}"
    named = kind == "GEOMETRYCOLLECTION"
    return f"{kind}{z}({','.join(f'{part}{z}{text}' if named else text for part, text in parts)})"


def _outline(part: str, points: Points) -> str:
    text = points_text(points)
    return f"(({text}))" if part == "POLYGON" else f"({text})"


def _geometries(srid: int, texts: Sequence[str]) -> list[GEOSGeometry]:
    return [GEOSGeometry(text, srid=max(srid, 0)) for text in texts]


def _mark(dim: int) -> str:
    return " Z" if dim == 3 else ""


class _Place:
    """Draws parts around one place; all have one height."""

    def __init__(self, found: Places, place: int, offset: tuple[int, int], height: tuple[float, ...]) -> None:
        x, y = found.points[place]
        self._at = x + offset[0], y + offset[1]
        self._unit = 10**found.digits
        self._height = height

    def points(self, part: str, number: int, bends: Sequence[int]) -> Points:
        """The points of a part; ``bends`` are the lengths of its outline."""
        x, y = self._at[0] + number * _APART, self._at[1] + number * _APART
        if part == "POINT":
            corners = [(x, y)]
        elif part == "LINESTRING":
            corners = [(x, y)]
            for east, north in zip(bends[0::2], bends[1::2], strict=True):  # always eastwards, so it never meets itself
                corners.append((corners[-1][0] + east, corners[-1][1] + north - _USUAL))
        else:
            # a corner in each direction of the compass around (x, y), so no side crosses another
            signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
            lengths = zip(signs, bends[0::2], bends[1::2], strict=True)
            corners = [(x + a * east, y + b * north) for (a, b), east, north in lengths]
            corners.append(corners[0])
        return [(east / self._unit, north / self._unit, *self._height) for east, north in corners]


@generator("gis.places")
def draw_places(kind: str, srid: int, dim: int, locale: str) -> Drawing:
    """Small geometries on land near cities."""
    found = places(srid, locale)
    z = _mark(dim)
    bends = [_BENDS[part] for part in _PARTS[kind]]
    head = 3 + (dim == 3)
    width = head + sum(bends)

    def text(words: Words) -> str:
        place, *offset = (
            words[0] * len(found.points) >> 32, *((word * (2 * AROUND + 1) >> 32) - AROUND for word in words[1:3])
        )  # fmt: skip
        height = ((words[3] * (_HIGHEST * 10 + 1) >> 32) / 10,) if dim == 3 else ()
        around = _Place(found, place, (offset[0], offset[1]), height)
        lengths = [_SHORTEST + (word * (_LONGEST - _SHORTEST + 1) >> 32) for word in words[head:]]

        def draw(part: str, number: int) -> Points:
            start = sum(bends[:number])
            return around.points(part, number, lengths[start : start + bends[number]])

        return _composed(kind, z, draw)

    def canonical(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        return [text(words[at : at + width]) for at in range(0, len(words), width)]

    return Drawing(width, lambda words, rows, now: _geometries(srid, canonical(words, rows, now)), canonical)


@enumeration("gis.places")
def enumerate_places(kind: str, srid: int, dim: int, locale: str) -> Space:
    """Geometries of one shape on land near cities, each somewhere else."""
    found = places(srid, locale)
    side = 2 * AROUND + 1
    sizes = (len(found.points), side, side)

    def text(place: int, x: int, y: int) -> str:
        height = ((x + y) % (_HIGHEST * 10 + 1) / 10,) if dim == 3 else ()
        around = _Place(found, place, (x - AROUND, y - AROUND), height)
        return _composed(kind, _mark(dim), lambda part, number: around.points(part, number, (_USUAL,) * _BENDS[part]))

    def canonical(entries: Sequence[int]) -> list[str]:
        axes = [axis_of(entries, sizes, axis) for axis in range(3)]
        return [text(*at) for at in zip(*axes, strict=True)]

    return Space(sizes[0] * side * side, lambda entries: _geometries(srid, canonical(entries)), canonical)


def _plain_points(part: str, x: float, y: float, height: tuple[float, ...]) -> Points:
    corners = {
        "POINT": [(x, y)],
        "LINESTRING": [(x, y), (x + 1, y + 1)],
        "POLYGON": [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)],
    }[part]
    return [(east, north, *height) for east, north in corners]


def _plain_texts(kind: str, dim: int, numbers: Sequence[int]) -> list[str]:
    """``POINT(1 1)``, ``POINT(2 2)`` to ``POINT(80 80)``, ``POINT(1 2)`` and so on, each number another one."""
    texts = []
    for number in numbers:
        again, within = divmod(number, _PLAIN_SIDE**2)
        turn, x = divmod(within, _PLAIN_SIDE)
        at = round(1 + x + again / 10**6, 6), 1 + (x + turn) % _PLAIN_SIDE
        height = (float(number + 1),) if dim == 3 else ()

        def draw(part: str, count: int, at: tuple[float, int] = at, height: tuple[float, ...] = height) -> Points:
            return _plain_points(part, round(at[0] + 2 * count, 6), at[1], height)

        texts.append(_composed(kind, _mark(dim), draw))
    return texts


@generator("gis.count")
def count_geometries(kind: str, srid: int, dim: int) -> Drawing:
    """Geometries at small counting coordinates, which are valid in degrees and in metres."""

    def canonical(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        return _plain_texts(kind, dim, rows)

    return Drawing(0, lambda words, rows, now: _geometries(srid, canonical(words, rows, now)), canonical)


@enumeration("gis.count")
def enumerate_counted(kind: str, srid: int, dim: int) -> Space:
    """The same, each once."""

    def canonical(entries: Sequence[int]) -> list[str]:
        return _plain_texts(kind, dim, entries)

    return Space(_MOST_PLAIN, lambda entries: _geometries(srid, canonical(entries)), canonical)


@filler(gis.GeometryField)
def fill_geometry(request: Request) -> Filled:
    """Plain: small counting coordinates; lifelike: near cities. A field that keeps any geometry gets points."""
    field: Any = request.field
    kind = "POINT" if field.geom_type == "GEOMETRY" else field.geom_type
    args: dict[str, Any] = {"kind": kind, "srid": field.srid, "dim": field.dim}
    name = "gis.count"
    if not request.plain:
        name, args["locale"] = "gis.places", request.locale
    return request.enumerated(name, **args) if request.unique else request.drawn(name, **args)


@filler(gis.RasterField)
def fill_raster(request: Request) -> Filled:
    """Left empty.

    Raises GenerationError where it may not be empty.
    """
    raise GenerationError(
        "a raster is a picture of the ground and cannot be made up. Let it be null, give it a default, or "
        "'!call' a function that reads one"
    )
