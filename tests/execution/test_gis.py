"""Rows with fields of ``django.contrib.gis``: written in every way, read back, given by a recipe, alike on all databases."""

from __future__ import annotations

import io

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.management import call_command
from django.db import connection

from fixturekit.exceptions import PlanError
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.gistestapp.models import Globe, Grid, Picture, Shape, Solid, Stop, Tree
from tests.recording.running import given, shown

pytestmark = pytest.mark.django_db

WAYS = ["stream", "bulk", "each"]
MODELS = [Globe, Grid, Shape, Solid, Stop, Tree]


def made(recipes, model, rest="count: 30", way="stream", style="lifelike", locale="en_US"):
    recipes.write(
        "testapp.r",
        f"""
        options: {{style: {style}, locale: {locale}}}
        steps:
          - id: a
            make: gistestapp.{model.__name__}
            save: {way}
            {rest}
        """,
    )
    recipes.apply()
    return list(model._base_manager.order_by("pk"))


def found(recipes):
    return list(verify(recipes.applier(), "testapp.r"))


def digest():
    return Ledger(connection).digests("testapp.r")["a"]


def geometries(row):
    return [getattr(row, field.name) for field in row._meta.fields if hasattr(field, "geom_type")]


@pytest.mark.parametrize("style", ["plain", "lifelike"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_generated_rows(recipes, model, style):
    """Rows are valid, are read back as they were written, and are the same by every way of writing."""
    digests = set()
    for way in WAYS:
        rows = made(recipes, model, way=way, style=style)
        assert len(rows) == 30
        for row in rows:
            row.full_clean()
            assert all(geometry is None or geometry.valid for geometry in geometries(row))
        assert found(recipes) == []
        digests.add(digest())
        recipes.applier().remove(["testapp.r"])
    assert len(digests) == 1


DIGESTS = {
    ("Globe", "plain"): "7feaad96ec7c6567",
    ("Globe", "lifelike"): "133fbe2f0160a6cb",
    ("Grid", "plain"): "564769dbcc9feb53",
    ("Grid", "lifelike"): "7d7aad22419064d8",
    ("Shape", "plain"): "2c74247010e646bc",
    ("Shape", "lifelike"): "4366de3745d4ba62",
    ("Solid", "plain"): "0a8e760965a258ee",
    ("Solid", "lifelike"): "b646525aeada58ea",
    ("Stop", "plain"): "c67dc6df93adfd02",
    ("Stop", "lifelike"): "0ec0c965288d0a39",
    ("Tree", "plain"): "1386844f3cf43634",
    ("Tree", "lifelike"): "bab925d815950d0c",
}
"""What SpatiaLite and PostGIS both give, on every Python and Django."""


@pytest.mark.parametrize(("name", "style"), DIGESTS)
def test_frozen_digests(recipes, name, style):
    """The rows are the same on every database and for ever."""
    model = next(model for model in MODELS if model.__name__ == name)
    made(recipes, model, style=style)
    assert digest() == DIGESTS[name, style]


@pytest.mark.parametrize("style", ["plain", "lifelike"])
def test_many_rows(recipes, style):
    """More rows than a block; geometries that must differ do."""
    rows = made(recipes, Stop, "count: 2500", style=style)
    assert len({row.place.wkt for row in rows}) == 2500
    assert len({row.area.wkt for row in rows}) == 2500
    assert found(recipes) == []


def test_plain_rows(recipes):
    """Plain geometries count from (1 1)."""
    first, second = made(recipes, Shape, "count: 2", style="plain")
    assert (first.point.coords, second.point.coords) == ((1.0, 1.0), (2.0, 2.0))
    assert second.line.coords == ((2.0, 2.0), (3.0, 3.0))
    assert second.polygon.coords == (((2.0, 2.0), (3.0, 2.0), (3.0, 3.0), (2.0, 3.0), (2.0, 2.0)),)


def test_coordinates_of_other_systems(recipes):
    """Coordinates lie where those of the reference system do: transformed back, they are in the right country."""
    for row in made(recipes, Grid, "count: 50"):
        west, south, east, north = row.web.transform(4326, clone=True).extent
        assert -125 < west <= east < -66
        assert 24 < south <= north < 50
        west, south, east, north = row.british.transform(4326, clone=True).extent
        assert -6 < west <= east < 2
        assert 50 < south <= north < 59
        west, south, east, north = row.height.transform(4326, clone=True).extent
        assert 20 < west <= east < 32
        assert 60 < south <= north < 70


@pytest.mark.parametrize("way", WAYS)
def test_given_values(recipes, way):
    """WKT, EWKT and GeoJSON arrive as they were written, to the last digit."""
    text = """set:
              anything: LINESTRING(0 0, 1e-7 -0.0)
              point: SRID=4326;POINT(24.941234567890123 60.17)
              line: '{"type": "LineString", "coordinates": [[1.5, 2], [3, 4]]}'
              polygon: {type: Polygon, coordinates: [[[0, 0], [9, 0], [9, 9], [0, 0]], [[2, 1], [3, 1], [3, 2], [2, 1]]]}
              points: !choice [MULTIPOINT(1 2), "MULTIPOINT(1 2, 3 4)"]
              lines: !jinja "MULTILINESTRING((0 0, {{ n }} 1))"
              polygons: MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))
              collection: GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4))"""
    [row] = made(recipes, Shape, text, way)
    assert row.anything.coords == ((0.0, 0.0), (1e-7, 0.0))
    assert row.point == Point(24.941234567890123, 60.17, srid=4326)
    assert row.line.coords == ((1.5, 2.0), (3.0, 4.0))
    assert row.polygon.num_interior_rings == 1
    assert row.points.coords[0] == (1.0, 2.0)
    assert row.lines.coords == (((0.0, 0.0), (1.0, 1.0)),)
    assert row.collection.coords == ((1.0, 2.0), ((1.0, 2.0), (3.0, 4.0)))
    assert found(recipes) == []


@pytest.mark.parametrize("way", WAYS)
def test_sequences_labels_and_copies(recipes, way):
    """Sequences, labels, copies and NULL work as for any other field."""
    rest = """set: {place: !seq "POINT({n} {n})", centre: !copy place}
            named:
              north: {way: "LINESTRING(1 2, 3 4)"}
              south: {place: POINT(7 7), way: null}"""
    north, south = made(recipes, Stop, rest, way)
    assert (north.place.coords, north.way.coords) == ((1.0, 1.0), ((1.0, 2.0), (3.0, 4.0)))
    assert (south.place.coords, south.centre.coords, south.way) == ((7.0, 7.0), (7.0, 7.0), None)
    assert found(recipes) == []


def test_rows_are_found_by_place(recipes):
    """The database's own functions and indexes know what was streamed."""
    made(recipes, Shape, "set: {point: POINT(24.94 60.17), polygon: 'POLYGON((0 0, 4 0, 4 4, 0 0))'}")
    box = GEOSGeometry("SRID=4326;POLYGON((24 60, 25 60, 25 61, 24 61, 24 60))")
    assert Shape._base_manager.filter(point__within=box).count() == 1
    assert Shape._base_manager.filter(polygon__contains=Point(3, 1, srid=4326)).count() == 1
    assert Shape._base_manager.filter(point__bboverlaps=box, polygon__within=box).count() == 0


def test_changes_are_found(recipes):
    """A geometry that was moved is found."""
    made(recipes, Tree, "count: 3")
    Tree._base_manager.filter(pk=Tree._base_manager.order_by("pk")[1].pk).update(place=Point(1, 2, srid=4326))
    assert found(recipes) == ["a.place: rows were changed since they were made"]


def test_value_that_gave_way(recipes):
    """A place that is taken gives way like any other unique value."""
    taken = made(recipes, Stop, "count: 5")[2]
    place = taken.place
    recipes.applier().remove(["testapp.r"])
    Stop._base_manager.create(place=place, area=taken.area)
    assert len({row.place.wkt for row in made(recipes, Stop, "count: 5")}) == 6
    assert found(recipes) == []


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("point: here", "'here': a geometry is written as WKT, such as POINT\\(24.94 60.17\\), or as GeoJSON"),
        ("point: 'LINESTRING(0 0, 1 1)'", "it is a LineString, and the field keeps a Point"),
        ("point: POINT(1 2 3)", "it has 3 dimensions, and the field keeps 2"),
        ("point: SRID=3857;POINT(1 2)", "its coordinates are in SRID 3857, and the field keeps SRID 4326"),
        ("point: POINT EMPTY", "it is empty, which not every database can keep"),
        ("anything: GEOMETRYCOLLECTION(MULTIPOINT(1 2))", "it has a collection in a collection"),
        ("point: [1, 2]", "a list or a mapping|a geometry is written as WKT"),
        ("point: null", "null is not allowed"),
    ],
)
def test_refused_values(recipes, setting, message):
    """What is no geometry of the field is refused while planning, with the reason."""
    with pytest.raises(PlanError, match=f"gistestapp.Shape.(point|anything).*({message})"):
        made(recipes, Shape, f"set: {{{setting}}}")


def test_degrees(recipes):
    """On a globe, latitudes end at the poles."""
    with pytest.raises(PlanError, match=r"a latitude, which comes second, between -90 and 90"):
        made(recipes, Globe, "set: {point: POINT(60.17 124.94)}")


def test_validators(recipes):
    """The field's own validators are asked."""
    with pytest.raises(PlanError, match=r"row 1 would be 'POINT\(1 -1\)': It lies in the south"):
        made(recipes, Tree, 'set: {place: !seq "POINT({n} -{n})"}')


def test_recorded(recipes):
    """``makefixture`` takes geometries as WKT or GeoJSON."""
    run = shown("testapp", "--model", "gistestapp.Tree", "--place", "POINT(24.94 60.17)")
    assert given(run) == ["place: POINT(24.94 60.17)"]
    run = shown("testapp", "--model", "gistestapp.Tree", "--place", '{"type": "Point", "coordinates": [1, 2]}')
    assert given(run) == [r'place: "{\"type\": \"Point\", \"coordinates\": [1, 2]}"']


def test_shown(recipes):
    """``showfixtures --rows`` shows geometries as text, with their SRID."""
    recipes.write("testapp.r", "steps: [{id: a, make: gistestapp.Tree, set: {place: POINT(24.94 60.17)}}]\n")
    out = io.StringIO()
    call_command("showfixtures", "testapp.r", rows=1, stdout=out)
    assert "SRID=4326;POINT (24.94 60.17)" in out.getvalue()


def test_factories(recipes):
    """Geometries that a factory makes are read back like others, and are the same again."""
    recipes.write("testapp.r", "steps: [{id: a, factory: tests.gistestapp.factories.TreeFactory, count: 3}]\n")
    digests = set()
    for _ in range(2):
        recipes.apply()
        assert found(recipes) == []
        assert {row.place.y for row in Tree._base_manager.all()} == {60.0}
        digests.add(digest())
        recipes.applier().remove(["testapp.r"])
    assert len(digests) == 1


def test_migrations():
    """The migrations of the test app are complete."""
    call_command("makemigrations", "gistestapp", check=True, dry_run=True, verbosity=0)


def test_raster_that_must_be_there(recipes):
    """A required raster is refused with its reason."""
    with pytest.raises(PlanError, match=r"gistestapp\.Picture\.ground: a raster .* cannot be made up"):
        made(recipes, Picture)


def test_raster_in_a_recipe(recipes):
    """A raster is not written as text."""
    with pytest.raises(PlanError, match=r"a raster cannot be written in a recipe: '!call' a function"):
        made(recipes, Picture, "set: {ground: x}")


@pytest.mark.skipif(not getattr(connection.features, "supports_raster", False), reason="only PostGIS has rasters")
@pytest.mark.parametrize("way", WAYS)
def test_raster_of_a_function(recipes, way):
    """A raster that a function makes is written in every way and read back; others stay empty."""
    [row] = made(recipes, Picture, "set: {ground: !call tests.gistestapp.factories.ground}", way)
    assert (row.ground.width, row.ground.srid, row.maybe) == (2, 4326, None)
    assert bytes(row.ground.bands[0].data(as_memoryview=True)) == b"\1\2\3\4"
    assert found(recipes) == []
