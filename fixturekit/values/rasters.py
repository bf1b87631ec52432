"""Rasters of PostGIS. Needs GDAL, and is imported where a field of the project has it already."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.gdal import GDALRaster


def describe_raster(value: Any) -> dict[str, Any]:
    """Return what tells a raster from others: its size, where it lies, and for each band its kind and its pixels.

    Args:
        value: A raster of GDAL, or what one can be made of.
    """
    raster = value if isinstance(value, GDALRaster) else GDALRaster(value)
    bands = [
        {"type": band.datatype(), "nodata": band.nodata_value, "pixels": bytes(band.data(as_memoryview=True)).hex()}
        for band in raster.bands
    ]
    place = {name: list(getattr(raster, name)) for name in ("origin", "scale", "skew")}
    return {"srid": raster.srid, "width": raster.width, "height": raster.height, "bands": bands, **place}
