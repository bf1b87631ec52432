"""Links of many-to-many fields are added through their manager."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models.signals import m2m_changed

from fixturekit.exceptions import WriteFailed
from fixturekit.ledger import Ledger
from tests.execution.test_instances import saving_model
from tests.testapp.models import Person, Playlist, Song

pytestmark = pytest.mark.django_db


class TestLinks:
    def test_receivers_of_links_are_heard(self, recipes):
        """Links are added through their manager where somebody listens; the ledger knows their keys."""
        recipes.write(
            "testapp.p",
            """
            steps:
              - {id: songs, make: testapp.Song, count: 9}
              - id: lists
                make: testapp.Playlist
                count: 4
                set: {songs: !sample {of: songs, count: 3}}
            """,
        )
        recipes.apply()
        assert list(Playlist.objects.values_list("length", flat=True)) == [3] * 4
        made = {batch.batch: list(batch.keys) for batch in Ledger(connection).batches("testapp.p")}
        assert sorted(made["lists/songs#"]) == sorted(Playlist.songs.through.objects.values_list("pk", flat=True))
        listened = Ledger(connection).digested("testapp.p")["lists"].columns
        links = {(playlist.name, song.title) for playlist in Playlist.objects.all() for song in playlist.songs.all()}
        recipes.applier().remove(["testapp.p"])
        assert not Song.objects.exists()
        recipes.write(
            "testapp.p",
            """
            steps:
              - {id: songs, make: testapp.Song, count: 9}
              - id: lists
                make: testapp.Playlist
                count: 4
                set: {songs: !sample {of: songs, count: 3}}
                mute_signals: true
            """,
        )
        recipes.apply()
        assert links == {
            (playlist.name, song.title) for playlist in Playlist.objects.all() for song in playlist.songs.all()
        }
        muted = Ledger(connection).digested("testapp.p")["lists"].columns
        # what the receiver made of the playlists
        assert {path for path in listened if listened[path] != muted[path]} == {"length"}

    def test_symmetrical_both_ways(self, recipes):
        """Links of a symmetrical relation are there both ways."""
        recipes.write("testapp.p", "steps: [{id: p, make: testapp.Person, count: 3, set: {friends: [{name: Fred}]}}]\n")
        recipes.apply()
        fred, *_ = Person.objects.filter(name="Fred")
        assert fred.friends.count() == 1
        assert fred.friends.get().friends.get() == fred


@pytest.mark.usefixtures("saving")
class TestLinksThatAreThere:
    def members(self, recipes, items, way):
        recipes.write(
            "testapp.g",
            f"""
            steps:
              - {{id: products, make: saving.Product, count: 3}}
              - {{id: groups, make: saving.Group, count: 2, set: {{members: {items}}}, save: {way}}}
            """,
        )
        return recipes.apply()

    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_twice(self, recipes, way):
        """A link that is planned twice is refused by every way; a manager would pass over it."""
        with pytest.raises(WriteFailed, match=r"step 'groups', rows of groups/members"):
            self.members(recipes, "[!ref 'products[0]', !ref 'products[0]']", way)
        assert not saving_model("Group").objects.exists()

    def test_row_is_named(self, recipes):
        """By the way that goes through the manager, too."""
        with pytest.raises(WriteFailed, match=r"row 0, .*: the same link would be there twice$") as caught:
            self.members(recipes, "[!ref 'products[0]', !ref 'products[0]']", "each")
        assert caught.value.row == 0

    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_symmetrical(self, recipes, way):
        """Two rows that choose each other would be linked twice."""
        recipes.write(
            "testapp.g",
            f"""
            steps:
              - {{id: g, make: saving.Group, count: 2, set: {{friends: !sample {{of: h, count: 2}}}}, save: {way}}}
              - {{id: h, make: saving.Group, count: 2, set: {{friends: !sample {{of: g, count: 2}}}}, save: {way}}}
            """,
        )
        with pytest.raises(WriteFailed, match="/friends#"):
            recipes.apply()

    def test_link_that_a_receiver_takes_away(self, recipes):
        """A link that is not there after it was added is an error with its row."""
        group = saving_model("Group")

        def refuse(sender, instance, action, using, **_):
            if action == "post_add":
                sender.objects.using(using).all().delete()

        m2m_changed.connect(refuse, sender=group.members.through)
        try:
            with pytest.raises(WriteFailed, match=r"row 0, .*: the link is not there after it was added$"):
                self.members(recipes, "!ref 'products[0]'", "each")
        finally:
            m2m_changed.disconnect(refuse, sender=group.members.through)

    def test_muted(self, recipes):
        """With ``mute_signals``, receivers of m2m_changed hear nothing of links that go through their manager."""
        heard = []

        def hear(sender, **_):
            heard.append(sender)

        group = saving_model("Group")
        m2m_changed.connect(hear, sender=group.members.through)
        try:
            self.members(recipes, "!ref 'products[0]'", "each, mute_signals: true")
        finally:
            m2m_changed.disconnect(hear, sender=group.members.through)
        assert group.members.through.objects.count() == 2
        assert heard == []
