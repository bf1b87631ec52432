"""Geometries as text and as bytes, which takes neither GDAL nor GEOS."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fixturekit.values.geometries import geometry_text, mysql_bytes, number_text, points_text, spatialite_bytes


def shape(kind, coords, *, z=False, empty=False):
    """What GEOS makes of a geometry, as far as it is read."""
    return SimpleNamespace(geom_type=kind, coords=coords, hasz=z, empty=empty)


@pytest.mark.parametrize(
    ("number", "text"),
    [(24.0, "24"), (-0.0, "0"), (60.17, "60.17"), (1e-7, "1e-07"), (1e22, "1e+22"), (0.1 + 0.2, "0.30000000000000004")],
)
def test_numbers(number, text):
    """A number has the fewest digits that give it again."""
    assert number_text(number) == text
    assert float(text) == number


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_no_numbers(number):
    """What is not finite is no coordinate."""
    with pytest.raises(ValueError, match="is not a coordinate"):
        number_text(number)


@pytest.mark.parametrize(
    ("geometry", "text"),
    [
        (shape("Point", (1.0, 2.5)), "POINT(1 2.5)"),
        (shape("Point", (1.0, 2.5, 3.0), z=True), "POINT Z(1 2.5 3)"),
        (shape("LineString", ((0.0, 0.0), (1.0, 1.0))), "LINESTRING(0 0,1 1)"),
        (shape("LinearRing", ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0))), "LINESTRING(0 0,1 1,1 0,0 0)"),
        (shape("Polygon", (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),)), "POLYGON((0 0,1 0,1 1,0 0))"),
        (shape("MultiPoint", ((1.0, 2.0), (3.0, 4.0))), "MULTIPOINT((1 2),(3 4))"),
        (shape("MultiLineString", (((0.0, 0.0), (1.0, 1.0)),)), "MULTILINESTRING((0 0,1 1))"),
    ],
)
def test_texts(geometry, text):
    """WKT without a character too many."""
    assert geometry_text(geometry) == text


def test_empty():
    """There is nothing to spell of an empty geometry."""
    with pytest.raises(ValueError, match="it is empty"):
        geometry_text(shape("Point", (), empty=True))


def test_points():
    """Coordinates are separated by blanks, points by commas."""
    assert points_text([(0.5, 1.0), (2.0, -3.0)]) == "0.5 1,2 -3"


# What `SELECT hex(GeomFromText(..., 4326))` says in SpatiaLite 5.
SPATIALITE = {
    "POINT(1 2)": "0001E6100000000000000000F03F0000000000000040000000000000F03F00000000000000407C01000000000000000000F03F"
    "0000000000000040FE",
    "POINT Z(1 2 3)": "0001E6100000000000000000F03F0000000000000040000000000000F03F00000000000000407CE90300000000000000"
    "00F03F00000000000000400000000000000840FE",
    "MULTIPOINT((1 2),(-3 4.5))": "0001E610000000000000000008C00000000000000040000000000000F03F00000000000012407C040000000200000069"
    "01000000000000000000F03F0000000000000040690100000000000000000008C00000000000001240FE",
    "POLYGON((0 0,4 0,4 4,0 0),(2 1,3 1,3 2,2 1))": "0001E610000000000000000000000000000000000000000000000000104000000000000010407C030000000200000004"
    "000000000000000000000000000000000000000000000000001040000000000000000000000000000010400000000000"
    "00104000000000000000000000000000000000040000000000000000000040000000000000F03F000000000000084000"
    "0000000000F03F000000000000084000000000000000400000000000000040000000000000F03FFE",
    "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))": "0001E6100000000000000000F03F0000000000000040000000000000084000000000000010407C070000000200000069"
    "01000000000000000000F03F0000000000000040690200000002000000000000000000F03F0000000000000040000000"
    "00000008400000000000001040FE",
}


@pytest.mark.parametrize("text", SPATIALITE)
def test_bytes_of_spatialite(text):
    """They are those that SpatiaLite makes itself."""
    assert spatialite_bytes(text, 4326).hex().upper() == SPATIALITE[text]


def test_bytes_of_mysql():
    """The SRID stands before WKB."""
    assert mysql_bytes("POINT(1 2)", 4326).hex() == "e61000000101000000000000000000f03f0000000000000040"
    assert mysql_bytes("MULTIPOINT((1 2))", 0).hex().startswith("00000000010400000001000000" + "0101000000")
