"""The recipes of the example shop, on the database of this run."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.shops import Shop


@pytest.fixture
def elsewhere(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Shop]:
    """A migrated shop on the server of this run, with its recipes; on PostgreSQL with what only that can store."""
    shop = Shop(tmp_path / "shop")
    if connection.vendor == "sqlite":
        shop.manage("migrate", "-v0")
        yield shop
        return
    given = {**connection.settings_dict, "SCHEME": {"postgresql": "postgres"}.get(connection.vendor, connection.vendor)}
    name = f"{given['NAME']}_shop"
    quoted = connection.ops.quote_name(name)
    shop.environment["EXAMPLE_DATABASE"] = "{SCHEME}://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**given) + name
    if connection.vendor == "postgresql":
        shop.environment["DJANGO_SETTINGS_MODULE"] = "shopproject.settings_postgresql"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted}")
        try:
            shop.manage("migrate", "-v0")
            yield shop
        finally:
            cursor.execute(f"DROP DATABASE {quoted}")


def test_the_committed_recipes_apply_and_verify(elsewhere: Shop) -> None:
    """All of them, twice; every row is as it was recorded. No file of the checkout is touched."""
    shop = elsewhere
    names = [name for name in shop.recipes() if connection.vendor == "postgresql" or not name.startswith("insights/")]
    first = shop.manage("applyfixtures")
    assert len(re.findall(r" rows (?:\(.*\) )?OK", first)) == len(names)
    assert "not those that were recorded" not in first
    assert "No recipes to apply." in shop.manage("applyfixtures")
    assert shop.manage("applyfixtures", "--verify").count("OK") == len(names)
    assert int(shop.ask("User.objects.count() + Product.objects.count() + Order.objects.count()")) > 400
    key = shop.ask("Product.objects.first().pk")
    assert str(uuid.UUID(key)) == key
    assert "identified no issues" in shop.manage("checkfixtures")
