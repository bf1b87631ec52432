"""A row whose saving nobody takes part in is inserted without ``save()``, and cannot be told from one that was saved."""

from __future__ import annotations

from unittest import mock

import pytest
from django.db import IntegrityError, connection, models
from django.db.models.functions import Lower
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext

from fixturekit import G, N
from fixturekit.exceptions import CallInvalid
from tests.testapp.models import Author, Event, Note, Record

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Event, Note])
def test_as_complete_as_a_saved_one(model):
    """The instance has its key, knows its database and that it is saved; the row is that of ``save()``."""
    row = G(model)
    assert (row._state.adding, row._state.db) == (False, "default")
    saved = N(model)
    for name, value in vars(row).items():
        if name not in ("_state", "id"):
            setattr(saved, name, value)
    saved.save(force_insert=True)
    found = model.objects.values(*(field.name for field in model._meta.concrete_fields if not field.primary_key))
    assert found.get(pk=row.pk) == found.get(pk=saved.pk)


def test_clocks():
    """Moments of the machine's clock are set."""
    record = G(Record)
    assert record.created_at is not None
    assert Record.objects.get(pk=record.pk).created_at == record.created_at


def test_whoever_listens_is_heard():
    """A receiver that is connected between two calls gets the row of the second, and ``save()`` is called for it."""
    heard = []

    def listen(sender, instance, **kwargs):
        heard.append((instance.name, kwargs.get("created")))

    G(Author)
    for signal, created in ((pre_save, None), (post_save, True)):
        signal.connect(listen, sender=Author)
        try:
            author = G(Author)
        finally:
            signal.disconnect(listen, sender=Author)
        assert heard.pop() == (author.name, created)
    G(Author)
    assert heard == []


def test_a_patched_save_is_called():
    """Whoever puts a ``save()`` of their own on a model sees the row."""
    with mock.patch.object(Author, "save", autospec=True, side_effect=models.Model.save) as save:
        assert G(Author).pk
    assert save.call_count == 1
    with mock.patch.object(models.Model, "save_base", autospec=True, side_effect=models.Model.save_base) as save_base:
        assert G(Author).pk
    assert save_base.call_count == 1


def test_expressions():
    """What only the database can compute is read back."""
    author = G(Author, name=Lower(models.Value("ANN")))
    author.refresh_from_db()
    assert author.name == "ann"


def test_refusals():
    """The database's refusal is that of the call; nothing is left, and one may go on."""
    G(Author, email="a@example.com")
    with pytest.raises(IntegrityError, match=r"Author\.email='a@example\.com' was refused"):
        G(Author, email="a@example.com")
    assert G(Author).pk
    assert Author.objects.count() == 2
    with pytest.raises(CallInvalid):
        G("testapp.Book", author=Author())


def test_statements():
    """One statement for each row, and a savepoint around them."""
    G(Author)
    with CaptureQueriesContext(connection) as queries:
        G(Author)
    words = [query["sql"].split()[0] for query in queries]
    assert words == ["SAVEPOINT", "INSERT", "RELEASE"]


def test_keys_that_are_given():
    """A key that is given is inserted; one that is there is refused, not changed."""
    first = G(Author, id=70)
    assert Author.objects.get(pk=70).name == first.name
    with pytest.raises(IntegrityError):
        G(Author, id=70, name="other")
    assert Author.objects.get(pk=70).name == first.name
    assert G(Author).pk > 70
