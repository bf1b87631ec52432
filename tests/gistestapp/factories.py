"""A factory and a function that make geometries and rasters."""

from __future__ import annotations

import factory
from django.contrib.gis.gdal import GDALRaster
from django.contrib.gis.geos import Point

from tests.gistestapp.models import Tree


class TreeFactory(factory.django.DjangoModelFactory[Tree]):
    """Trees in a row."""

    class Meta:
        model = Tree

    place = factory.Sequence(lambda n: Point(float(n), 60.0, srid=4326))


def ground(context):
    """Four pixels."""
    return GDALRaster(
        {
            "srid": 4326,
            "width": 2,
            "height": 2,
            "origin": (24.0, 61.0),
            "scale": (0.5, -0.5),
            "datatype": 1,
            "bands": [{"data": bytes([1, 2, 3, 4])}],
        }
    )
