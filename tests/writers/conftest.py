"""Tables for the writers, and a writer for each way to the database at hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from django.db import connection, connections, models
from django.utils.module_loading import import_string

from fixturekit.values import canonical
from fixturekit.writers import writer_for
from fixturekit.writers.base import Writer
from tests.writers.tables import MODELS, ODD, ODD_COLUMNS, Parent

# What only one kind of database does is tested where it is at hand.
collect_ignore = [f"test_{vendor}.py" for vendor in ("mysql", "postgresql", "sqlite") if vendor != connection.vendor]

WRITERS = {
    "mysql": ["mysql.MySQLWriter", "base.Writer"],
    "postgresql": [
        *(["postgresql.CopyWriter"] if find_spec("psycopg") else []),
        "postgresql.PostgreSQLWriter",
        "base.Writer",
    ],
    "sqlite": ["sqlite.SQLiteWriter", "base.Writer"],
}


@pytest.fixture(scope="session")
def tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the tables once, beside those of the installed apps."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        quote = connection.ops.quote_name
        columns = ", ".join(f"{quote(name)} {kind}" for name, kind in ODD_COLUMNS.items())
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {quote(ODD)} ({columns})")
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {quote(ODD)}")
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)


@pytest.fixture(params=WRITERS[connection.vendor])
def writer(request: pytest.FixtureRequest, tables: None, db: None) -> Writer:
    """Each writer that can work with this database, the portable one too."""
    made: Writer = import_string(f"fixturekit.writers.{request.param}")(connection)
    return made


@pytest.fixture
def own(tables: None, db: None) -> Writer:
    """The writer that this database gets."""
    return writer_for(connection)


@pytest.fixture
def two(
    tables: None, django_db_blocker: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Writer, Writer]]:
    """Writers of two connections to one database, outside of any transaction; on SQLite a file of its own."""
    settings = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        settings["NAME"] = str(tmp_path / "two.sqlite3")
    for alias in ("writers_one", "writers_two"):
        monkeypatch.setitem(connections.settings, alias, dict(settings))
    with django_db_blocker.unblock():
        try:
            if connection.vendor == "sqlite":
                with connections["writers_one"].schema_editor() as editor:
                    for model in MODELS:
                        editor.create_model(model)
            yield writer_for(connections["writers_one"]), writer_for(connections["writers_two"])
            Parent._base_manager.using("writers_one").all().delete()
        finally:
            for alias in ("writers_one", "writers_two"):
                connections[alias].close()
                del connections[alias]


def prepared(writer: Writer, model: type[models.Model], names: list[str], rows: list[dict[str, Any]]) -> list[Any]:
    """The columns of rows as the applier prepares them: by way of the canonical form where that is enough."""
    data = []
    for name in names:
        field: Any = model._meta.get_field(name)
        column = [row.get(name) for row in rows]
        preparation = writer.column(field)
        if preparation.reads == "canonical":
            column = canonical.converter(field)(column)
        data.append(preparation.convert(column))
    return data


def put(writer: Writer, model: type[models.Model], rows: list[dict[str, Any]]) -> int:
    """Write rows of Python values, the columns being those that the first row names."""
    names = list(rows[0])
    columns = [model._meta.get_field(name).column for name in names]  # type: ignore[union-attr]
    return writer.write(model._meta.db_table, columns, prepared(writer, model, names, rows))  # type: ignore[arg-type]


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for another thread, but not for ever."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
