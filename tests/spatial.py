"""Why the tests on SpatiaLite or PostGIS cannot run here: ``python -m tests.spatial postgis`` says nothing where they can."""

from __future__ import annotations

import os
import sqlite3
import sys


def spatialite() -> str:
    """What is missing for SpatiaLite."""
    connection = sqlite3.connect(":memory:")
    try:
        if not hasattr(connection, "enable_load_extension"):
            return "the sqlite3 of this Python loads no extensions"
        connection.enable_load_extension(True)
        try:
            connection.load_extension("mod_spatialite")
        except sqlite3.OperationalError as error:
            return str(error)
    finally:
        connection.close()
    return libraries()


def postgis() -> str:
    """What is missing for PostGIS, on the server of ``FIXTUREKIT_TEST_POSTGRES``."""
    import psycopg

    query = "SELECT count(*) FROM pg_available_extensions WHERE name IN ('postgis', 'postgis_raster')"
    with psycopg.connect(os.environ["FIXTUREKIT_TEST_POSTGRES"], dbname="postgres") as connection:
        row = connection.execute(query).fetchone()
    return libraries() if row == (2,) else "the server has no PostGIS"


def libraries() -> str:
    """Which of the libraries that ``django.contrib.gis`` needs cannot be loaded."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        import django.contrib.gis.db.models  # noqa: F401 - whether it can be imported is the question
    except ImproperlyConfigured as error:
        return str(error).partition(".")[0].partition(" (")[0]
    return ""


if __name__ == "__main__":
    sys.exit({"spatialite": spatialite, "postgis": postgis}[sys.argv[1]]() or None)
