"""Fields of ``django.contrib.gis``."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.core.exceptions import ValidationError


class Shape(models.Model):
    """Each class of geometries."""

    anything = models.GeometryField()
    point = models.PointField()
    line = models.LineStringField()
    polygon = models.PolygonField()
    points = models.MultiPointField()
    lines = models.MultiLineStringField()
    polygons = models.MultiPolygonField()
    collection = models.GeometryCollectionField()


class Solid(models.Model):
    """The same in three dimensions."""

    anything = models.GeometryField(dim=3)
    point = models.PointField(dim=3)
    line = models.LineStringField(dim=3)
    polygon = models.PolygonField(dim=3)
    points = models.MultiPointField(dim=3)
    lines = models.MultiLineStringField(dim=3)
    polygons = models.MultiPolygonField(dim=3)
    collection = models.GeometryCollectionField(dim=3)


class Grid(models.Model):
    """Other reference systems: a map of the web, a nation's, UTM, one that fixturekit does not know; no index."""

    web = models.PointField(srid=3857)
    british = models.PolygonField(srid=27700)
    utm = models.LineStringField(srid=32633, spatial_index=False)
    height = models.PointField(srid=3067, dim=3)
    other = models.MultiPolygonField(srid=5514)


class Globe(models.Model):
    """Geometries on a globe, where the database has them."""

    point = models.PointField(geography=True)
    area = models.PolygonField(geography=True)


class Stop(models.Model):
    """Geometries that must differ, and such as may be left out."""

    place = models.PointField(unique=True)
    area = models.PolygonField(unique=True, srid=3857)
    way = models.LineStringField(null=True, blank=True)
    centre = models.PointField(default="POINT(24.94 60.17)")


def is_north(value: Any) -> None:
    """Refuse what lies south of the equator."""
    if value.extent[1] < 0:
        raise ValidationError("It lies in the south.")


class Tree(models.Model):
    """A geometry with a validator of its own, and a link to it."""

    place = models.PointField(validators=[is_north])
    stop = models.ForeignKey(Stop, models.CASCADE, null=True, blank=True)


class Picture(models.Model):
    """Rasters, which only PostGIS has."""

    ground = models.RasterField()
    maybe = models.RasterField(null=True, blank=True)

    class Meta:
        required_db_vendor = "postgresql"
