"""Rows that receivers make are noted, and none are made where receivers are muted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models.signals import m2m_changed

from fixturekit.ledger import Ledger
from tests.execution.test_instances import saving_model, step
from tests.testapp.models import Dispatch, Genre, Playlist, Shipment, Tracking, Visit, Visitor

pytestmark = pytest.mark.django_db


class TestSideRows:
    def test_are_noted_and_removed(self, recipes):
        """Rows that receivers make are none of the step's, stand in the ledger, and go with it."""
        recipes.write("testapp.s", "steps: [{id: s, make: testapp.Shipment, count: 3}]\n")
        [outcome] = recipes.apply()
        assert outcome.rows == 3
        ledger = Ledger(connection)
        found = {(batch.model, batch.kind): len(batch.keys) for batch in ledger.batches("testapp.s")}
        assert found == {
            ("testapp.Shipment", "made"): 3,
            ("testapp.Dispatch", "side"): 3,
            ("testapp.Tracking", "side"): 3,
        }
        assert ledger.applied()["testapp.s"].rows == 3
        Dispatch.objects.create(address="somebody's own")
        recipes.applier().remove(["testapp.s"])
        assert not Shipment.objects.exists()
        assert not Tracking.objects.exists()
        assert [dispatch.address for dispatch in Dispatch.objects.all()] == ["somebody's own"]

    def test_bulk_notes_them_too(self, recipes):
        """As each does."""
        recipes.write("testapp.s", step("Shipment", "count: 3", "bulk"))
        recipes.apply()
        made = {batch.model: len(batch.keys) for batch in Ledger(connection).batches("testapp.s")}
        assert made == {"testapp.Shipment": 3, "testapp.Dispatch": 3, "testapp.Tracking": 3}

    def test_receivers_of_links_make_some_too(self, recipes):
        """What a receiver of m2m_changed makes is noted like the rest."""

        def sing(sender, action, using, **_):
            if action == "post_add":
                Genre.objects.using(using).create(name=f"side {Genre.objects.count()}")

        recipes.write("testapp.p", "steps: [{id: p, make: testapp.Playlist, count: 2, set: {songs: !make 2}}]\n")
        m2m_changed.connect(sing, sender=Playlist.songs.through)
        try:
            recipes.apply()
        finally:
            m2m_changed.disconnect(sing, sender=Playlist.songs.through)
        assert Genre.objects.count() == 2
        recipes.applier().remove(["testapp.p"])
        assert not Genre.objects.exists()

    def test_muted_signals_make_none(self, recipes):
        """With ``mute_signals`` nobody hears of the rows, and everybody hears of others afterwards."""
        recipes.write(
            "testapp.s",
            "steps: [{id: s, make: testapp.Shipment, count: 3, set: {reference: ''}, mute_signals: true, save: each}]\n",
        )
        recipes.apply()
        assert Shipment.objects.filter(reference="").count() == 3
        assert not Dispatch.objects.exists()
        Shipment.objects.create(address="x")
        assert Dispatch.objects.count() == Tracking.objects.count() == 1

    def test_links_of_a_relation_that_is_no_field_of_django(self, recipes, saving):
        """A manager that saves its links and tells of them as a many-to-many field does: each is noted, once."""
        recipes.write("testapp.l", "steps: [{id: l, make: saving.Labelled, count: 2, set: {name: !seq 'l{n}'}}]\n")
        recipes.apply()
        found = {batch.model: len(batch.keys) for batch in Ledger(connection).batches("testapp.l")}
        assert found == {"saving.Labelled": 2, "saving.Label": 3, "saving.Labelling": 4}
        recipes.applier().remove(["testapp.l"])
        assert not saving_model("Label").objects.exists()
        assert not saving_model("Labelling").objects.exists()

    def test_links_with_columns_of_their_own(self, recipes, saving):
        """They are noted once, though they are made in bulk and told of as links, too."""
        recipes.write("testapp.m", "steps: [{id: m, make: saving.Member, count: 2}]\n")
        recipes.apply()
        found = {batch.model: len(batch.keys) for batch in Ledger(connection).batches("testapp.m")}
        assert found == {"saving.Member": 2, "saving.Club": 2, "saving.Membership": 2}
        recipes.applier().remove(["testapp.m"])
        assert not saving_model("Membership").objects.exists()

    def test_row_by_row(self, recipes):
        """A receiver that counts sees one row more each time."""
        recipes.write("testapp.v", "steps: [{id: v, make: testapp.Visitor, count: 3}]\n")
        recipes.apply()
        assert Visitor.objects.count() == 3
        assert list(Visit.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]
