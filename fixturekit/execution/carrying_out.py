"""A plan is carried out: bound to a database and written."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from fixturekit.execution.binding import Binding
from fixturekit.execution.files import Files
from fixturekit.execution.preparing import bind
from fixturekit.execution.reporting import Reporter
from fixturekit.execution.writing import PlanWriter, Written
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import Plan
from fixturekit.writers import writer_for


def write_plan(
    plan: Plan,
    connection: BaseDatabaseWrapper,
    ledger: Ledger,
    reporter: Reporter,
    files: Files | None = None,
    *,
    strict: bool = False,
) -> tuple[Binding, Written]:
    """Bind a plan and write it, in the caller's transaction; files that are stored are noted for the caller."""
    writer = writer_for(connection)
    binding = bind(connection, plan, writer, ledger, strict=strict)
    binding.files = files or Files()
    return binding, PlanWriter(plan, binding, writer, reporter.progress).write()
