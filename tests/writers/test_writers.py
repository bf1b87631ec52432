"""How a connection gets its writer."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from fixturekit.writers import writer_for
from fixturekit.writers.base import Writer


def test_the_connection_decides() -> None:
    """Each kind of database gets the writer whose module has its name."""
    assert type(writer_for(connection)).__module__ == f"fixturekit.writers.{connection.vendor}"


@pytest.mark.parametrize("vendor", ["oracle", "nobody's"])
def test_an_unknown_database_gets_the_portable_writer(vendor: str) -> None:
    """A vendor that is not listed is served by standard SQL."""
    stranger: Any = SimpleNamespace(vendor=vendor)

    assert type(writer_for(stranger)) is Writer


def test_no_driver_is_imported() -> None:
    """The package and its modules can be imported where no driver is installed."""
    code = """
import sys
import fixturekit.writers, fixturekit.writers.base, fixturekit.writers.sqlite
import fixturekit.writers.postgresql, fixturekit.writers.mysql
found = {"psycopg", "psycopg2", "MySQLdb", "pymysql"} & set(sys.modules)
assert not found, found
"""
    subprocess.run([sys.executable, "-c", code], check=True)
