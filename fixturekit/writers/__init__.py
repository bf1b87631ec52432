"""How rows reach each kind of database: one writer for each, which differs only where the database does.

``writer_for(connection)`` is the way in. Nothing here imports a driver: the module of a database is loaded when the
first connection to one asks for its writer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from fixturekit.writers.base import Writer

_WRITERS = {
    # MariaDB calls itself mysql here
    "mysql": "fixturekit.writers.mysql.MySQLWriter",
    "postgresql": "fixturekit.writers.postgresql.open_writer",
    "sqlite": "fixturekit.writers.sqlite.SQLiteWriter",
}


def writer_for(connection: BaseDatabaseWrapper) -> Writer:
    """Return the writer for a connection; for a database that is not listed, the portable one."""
    opens = import_string(_WRITERS.get(connection.vendor, "fixturekit.writers.base.Writer"))
    writer: Writer = opens(connection)
    return writer


__all__ = ["writer_for"]
