"""Set-up of the whole test run."""

from __future__ import annotations

from django.db import connection
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about fixturekit.
settings.register_profile("fixturekit", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For a search by hand: pytest --hypothesis-profile=thorough tests/recipes
settings.register_profile("thorough", settings.get_profile("fixturekit"), max_examples=2000)
settings.load_profile("fixturekit")


def pytest_report_header() -> str:
    """Say at the top of a run which database it uses."""
    # pytest-django lets nobody connect yet, so the server cannot be asked for its version.
    host = connection.settings_dict["HOST"]
    return f"database: {connection.vendor} at {host}" if host else f"database: {connection.vendor}"
