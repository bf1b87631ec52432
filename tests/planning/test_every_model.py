"""Every model of the test project, planned with no values given, makes rows that Django itself accepts."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.reporting import Reporter
from fixturekit.ledger import Ledger
from tests.planning.support import planned

pytestmark = pytest.mark.django_db

APPS = [label for label in ("testapp", "otherapp", "postgresapp", "gistestapp") if apps.is_installed(f"tests.{label}")]
CANNOT = {
    "testapp.Anchor": "leads to a row, and no model says to which",
    "gistestapp.Picture": "needs a raster",
    "testapp.Place": "has a required field of a class that nothing is known of",
    "testapp.Hen": "needs an egg that needs a hen",
    "testapp.Egg": "needs a hen that needs an egg",
    "testapp.Tracking": "a receiver makes one for each shipment, which is one too many",
}
ROOM = {
    "testapp.Grade": 5,
    "testapp.Domino": 12,
    "testapp.Locker": 20,
    "testapp.Initial": 36,
    "testapp.Coupon": 10,
    "testapp.Template": 12,
}
"""How many different rows a model has room for, where it is fewer than are asked for below."""

MODELS = [
    model._meta.label
    for label in APPS
    for model in apps.get_app_config(label).get_models()
    if model._meta.label not in CANNOT
]


def written(label, count, style):
    """Make rows and return them; they are gone when the block ends."""
    text = f"options: {{style: {style}}}\nsteps:\n  - {{id: a, make: {label}, count: {count}}}"
    write_plan(planned(text).plan, connection, Ledger(connection), Reporter())
    return list(apps.get_model(label)._base_manager.all())


@given(data=st.data())
@settings(max_examples=60)
def test_rows_are_valid(data):
    """As many rows as asked for, and ``full_clean`` finds nothing wrong with any of them."""
    label = data.draw(st.sampled_from(MODELS))
    count = data.draw(st.integers(1, min(40, ROOM.get(label, 40))))
    style = data.draw(st.sampled_from(["plain", "lifelike"]))
    with transaction.atomic():
        rows = written(label, count, style)
        assert len(rows) >= count
        for row in rows:
            row.full_clean()
        if connection.features.can_defer_constraint_checks:
            connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.parametrize("label", MODELS)
def test_one_and_several(label):
    """The same for each model by turns, alone and to the brim, in both styles."""
    for count, style in (
        (1, "lifelike"),
        (min(7, ROOM.get(label, 7)), "plain"),
        (min(40, ROOM.get(label, 40)), "lifelike"),
    ):
        with transaction.atomic():
            for row in written(label, count, style):
                row.full_clean()
            transaction.set_rollback(True)
