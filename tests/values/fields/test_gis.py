"""Geometry fields: filled, taken from values, and in canonical form."""

from __future__ import annotations

import pytest
from django.contrib.gis.db import models
from django.contrib.gis.geos import GEOSGeometry, Point
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.exceptions import GenerationError
from fixturekit.values.canonical import collection, converter, kind
from fixturekit.values.fields.gis import as_geometry
from fixturekit.values.fields.places import places
from fixturekit.values.fillers import Request
from fixturekit.values.filling import fill
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import Enumerated
from fixturekit.values.streams import parse_now

NOW = parse_now("2026-11-20T09:30:15Z")
CONTEXT = Context("shop.sale", "products", NOW)
CLASSES = [
    models.GeometryField,
    models.PointField,
    models.LineStringField,
    models.PolygonField,
    models.MultiPointField,
    models.MultiLineStringField,
    models.MultiPolygonField,
    models.GeometryCollectionField,
]
LOCALES = ["en_US", "de_DE", "pt_BR", "ja_JP"]
SRIDS = [4326, 3857, 27700, 32633, 5514, -1]


def named(field):
    field.set_attributes_from_name("thing")
    return field


@st.composite
def fields(draw):
    return named(draw(st.sampled_from(CLASSES))(srid=draw(st.sampled_from(SRIDS)), dim=draw(st.sampled_from([2, 3]))))


def source(field, style="lifelike", *, unique=False, locale="en_US"):
    return fill(Request(field, "shop.Product", "thing", style, locale, "shop.Product.thing" if unique else None))


def values(field, style="lifelike", rows=3, **options):
    return compile_source(source(field, style, **options), CONTEXT).values(0, rows)


@settings(max_examples=200)
@given(
    fields(),
    st.sampled_from(["plain", "lifelike"]),
    st.booleans(),
    st.sampled_from(LOCALES),
    st.integers(1, 40),
    st.data(),
)
def test_every_value_is_valid(field, style, unique, locale, rows, data):
    """Geometries are valid and those of the field; unique ones differ; any block is the same, as objects and as text."""
    found = source(field, style, unique=unique, locale=locale)
    maker = compile_source(found, CONTEXT)
    geometries = maker.values(0, rows)
    texts = converter(field)(geometries)
    for geometry in geometries:
        assert geometry.valid
        assert as_geometry(field, geometry) == geometry
    assert texts == maker.canonical(0, rows)
    if unique:
        assert isinstance(found, Enumerated)
        assert capacity(found) >= 2**31
        assert len(set(texts)) == rows
    split = data.draw(st.integers(0, rows))
    assert maker.canonical(0, split) == texts[:split]
    assert maker.canonical(split, rows) == texts[split:]


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("cls", CLASSES)
def test_geometries_are_small_and_near_places(cls, unique):
    """Whatever is drawn lies within two hundredths of a degree of where it begins, and that near a city."""
    cities = places(4326, "de_DE").points
    for geometry in values(named(cls()), rows=100, unique=unique, locale="de_DE"):
        west, south, east, north = geometry.extent
        assert east - west < 0.02
        assert north - south < 0.02
        assert any(abs(west - x / 10**6) < 0.08 and abs(south - y / 10**6) < 0.08 for x, y in cities)


def test_heights():
    """Heights are metres above the sea, the same for all points of a geometry."""
    for geometry in values(named(models.LineStringField(dim=3)), rows=50):
        [height] = {point[2] for point in geometry.coords}
        assert 0 <= height <= 500


def test_plain_capacity():
    """Plain geometries go on behind the last whole coordinates."""
    found = compile_source(source(named(models.PointField()), "plain", unique=True), CONTEXT)
    assert [point.coords for point in found.values(79, 82)] == [(80, 80), (1, 2), (2, 3)]
    assert [point.coords for point in found.values(6399, 6401)] == [(80, 79), (1.000001, 1)]


def test_kinds():
    """Fields of other classes that derive from a geometry field are known."""
    derived = type("SpotField", (models.PointField,), {})
    assert kind(named(derived())) == collection(named(derived())) == "geometry"
    assert kind(named(models.RasterField())) == "raster"
    assert len(values(named(derived()))) == 3


@pytest.mark.parametrize(
    "value",
    [
        "POINT(24.94 60.17)",
        "SRID=4326;POINT(24.94 60.17)",
        Point(24.94, 60.17),
        Point(24.94, 60.17, srid=4326),
        '{"type": "Point", "coordinates": [24.94, 60.17]}',
        {"type": "Point", "coordinates": [24.94, 60.17]},
        GEOSGeometry("SRID=4326;POINT(24.94 60.17)").hexewkb.decode(),
    ],
    ids=["wkt", "ewkt", "point", "point in 4326", "geojson", "mapping", "hex"],
)
def test_values(value):
    """Each spelling of a geometry gives the same one."""
    found = as_geometry(named(models.PointField()), value)
    assert (found.coords, found.srid) == ((24.94, 60.17), 4326)


def test_values_are_copied():
    """A geometry that is given stays as it is."""
    given_one = Point(1, 2)
    as_geometry(named(models.PointField()), given_one)
    assert given_one.srid is None


def test_other_systems():
    """GeoJSON is in WGS 84; a field in another system does not take it for its own."""
    with pytest.raises(ValueError, match="its coordinates are in SRID 4326, and the field keeps SRID 3857"):
        as_geometry(named(models.PointField(srid=3857)), '{"type": "Point", "coordinates": [24.94, 60.17]}')
    with pytest.raises(ValueError, match="its coordinates are in SRID 3857, and thing keeps SRID 4326"):
        converter(named(models.PointField()))([Point(1, 2, srid=3857)])


def test_raster():
    """There is no raster to be made up."""
    with pytest.raises(GenerationError, match="a raster is a picture of the ground"):
        source(named(models.RasterField()))
