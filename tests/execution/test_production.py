"""A database that looks like production is not written to."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.exceptions import NotAllowed
from fixturekit.execution.production import refuse_production

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(settings, monkeypatch):
    def name(name, **test):
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        monkeypatch.setitem(connection.settings_dict, "TEST", {"NAME": None, **test})

    settings.DEBUG = False
    return name


def test_is_refused(named):
    """With DEBUG off, a database that is no test database is not written to; the message names it."""
    named("shop")
    with pytest.raises(NotAllowed) as caught:
        refuse_production(connection)
    assert str(caught.value) == (
        "DEBUG is off, so database 'default' (shop) may be production; nothing was written. "
        "Use --force, or name the alias in FIXTUREKIT['ALLOWED_DATABASES']"
    )


@pytest.mark.parametrize("name", ["test_shop", "/var/lib/test_shop.sqlite3", ":memory:", "file:x?mode=memory"])
def test_test_databases_are_not(named, name):
    """The names that Django gives to test databases."""
    named(name)
    refuse_production(connection)


def test_own_name_of_the_test_database(named):
    """Or the name that the project gave it."""
    named("checks", NAME="checks")
    refuse_production(connection)


@pytest.mark.parametrize(
    ("own", "name", "is_test"),
    [
        ("checks", "checks_2", True),
        ("/tmp/checks.sqlite3", "/tmp/checks_12.sqlite3", True),
        ("checks", "checks_old", False),
        ("checks", "xchecks_1", False),
    ],
)
def test_clones(named, own, name, is_test):
    """So are the copies of it that the processes of a parallel run work on."""
    named(name, NAME=own)
    if is_test:
        refuse_production(connection)
    else:
        with pytest.raises(NotAllowed):
            refuse_production(connection)


def test_debug(named, settings):
    """With DEBUG on, anything goes."""
    named("shop")
    settings.DEBUG = True
    refuse_production(connection)


def test_allowed(named, settings):
    """And where the setting names the alias."""
    named("shop")
    settings.FIXTUREKIT = {"ALLOWED_DATABASES": ["default"]}
    refuse_production(connection)
