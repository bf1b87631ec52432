"""Tables of models that a test defines, and rows of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.reporting import Reporter
from fixturekit.ledger import Ledger
from tests.planning.support import planned


@contextmanager
def tables(*made: type[models.Model]) -> Iterator[None]:
    """The tables of some models, for as long as the block runs; what is written in it is gone with them."""
    with transaction.atomic():
        editor = connection.schema_editor(atomic=False)
        editor.deferred_sql = []
        for model in made:
            editor.create_model(model)
        for sql in editor.deferred_sql:
            editor.execute(sql)
        yield
        transaction.set_rollback(True)


def written(text: str) -> None:
    """Plan a recipe and write its rows."""
    write_plan(planned(text).plan, connection, Ledger(connection), Reporter())


def rows_of(model: Any, count: int, *, style: str = "lifelike", setting: str = "", options: str = "") -> list[Any]:
    """Make rows of a model and return them, read back and validated."""
    given = f", set: {{{setting}}}" if setting else ""
    label = model._meta.label
    written(f"options: {{style: {style}{options}}}\nsteps: [{{id: a, make: {label}, count: {count}{given}}}]")
    rows = list(model._base_manager.order_by("pk"))
    for row in rows:
        row.full_clean()
    return rows
