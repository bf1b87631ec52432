"""The three ways of writing give the same rows, for every model of the test project to which nobody listens."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.reporting import Reporter
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import BULK, EACH, STREAM
from tests.planning.support import planned
from tests.planning.test_every_model import MODELS, ROOM

pytestmark = pytest.mark.django_db


UNSTABLE = ("testapp.Turn",)  # its default counts calls


def is_streamed(label):
    """Whether nobody listens to the model, nor to those whose rows it needs."""
    plan = planned(f"steps:\n  - {{id: a, make: {label}, count: 2}}").plan
    return label not in UNSTABLE and all(batch.way == STREAM for batch in plan.batches)


STREAMED = [label for label in MODELS if is_streamed(label)]


def keys_of(model):
    """The columns that hold keys, its own or another row's: a server counts on when a transaction is rolled back."""
    columns = {field.attname for field in model._meta.concrete_fields if field.primary_key or field.remote_field}
    return columns | {field.fk_field for field in model._meta.private_fields if isinstance(field, GenericForeignKey)}


def rows_by(way, label, count, style, seed):
    """Digests of what is stored, and every column of every row as the database returns it, keys aside."""
    text = (
        f"seed: {seed!r}\noptions: {{style: {style}}}\n"
        f"steps:\n  - {{id: a, make: {label}, count: {count}, save: {way}}}"
    )
    with transaction.atomic():
        _, written = write_plan(planned(text).plan, connection, Ledger(connection), Reporter())
        model = apps.get_model(label)
        keys = keys_of(model)
        rows = model._base_manager.order_by("pk").values() if not model._meta.proxy else []
        stored = [{name: cell for name, cell in row.items() if name not in keys} for row in rows]
        transaction.set_rollback(True)
    ordered = sorted(map(repr, stored))
    return {step: digest.hex() for step, digest in written.digests.items()}, ordered


def test_there_are_enough_shapes():
    """Keys, relations, inheritance, defaults, groups: what follows says something."""
    assert len(STREAMED) >= 30


@pytest.mark.parametrize("label", STREAMED)
def test_each_model(label):
    """Digests of streamed rows are of what was planned, those of saved rows of what was read back."""
    count = min(9, ROOM.get(label, 9))
    streamed = rows_by(STREAM, label, count, "lifelike", "same")
    assert rows_by(BULK, label, count, "lifelike", "same") == streamed
    assert rows_by(EACH, label, count, "lifelike", "same") == streamed


@given(data=st.data())
@settings(max_examples=40)
def test_any_seed_count_and_style(data):
    """Whatever is drawn."""
    label = data.draw(st.sampled_from(STREAMED))
    count = data.draw(st.integers(1, min(30, ROOM.get(label, 30))))
    style = data.draw(st.sampled_from(["plain", "lifelike"]))
    seed = data.draw(st.integers(0, 10**6))
    streamed = rows_by(STREAM, label, count, style, seed)
    assert rows_by(BULK, label, count, style, seed) == streamed
    assert rows_by(EACH, label, count, style, seed) == streamed
