"""Digests of recipes whose rows others may change: they are those of what is stored when everything is done."""

from __future__ import annotations

import datetime

import pytest
from django.apps import apps
from django.db import connection

from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.testapp.models import Playlist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saving")]

NOW = datetime.datetime(2020, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
REVIEWS = """
now: 2020-05-06T07:08:09Z
steps:
  - {id: products, make: saving.Product, count: 3, set: {rating: 0}, save: stream}
  - {id: reviews, make: saving.Review, count: 6, set: {product: !ref products, stars: @}}
"""
SONGS = """
steps:
  - {id: songs, make: testapp.Song, count: 5}
  - {id: lists, make: testapp.Playlist, count: 4, set: {songs: !sample {of: songs, count: 3}}}
"""


def of(name):
    return apps.get_model("saving", name)._base_manager


def digests(name="testapp.r"):
    return Ledger(connection).digests(name)


class TestRowsThatOthersChange:
    def test_streamed_rows(self, recipes):
        """What save() made of rows that were streamed before is in their digest; clocks say the recipe's time."""
        found = {}
        for stars in (5, 4):
            recipes.write("testapp.r", REVIEWS.replace("@", str(stars)))
            recipes.apply()
            assert list(of("Product").values_list("rating", flat=True)) == [2 * stars] * 3
            assert set(of("Product").values_list("changed", flat=True)) == {NOW}
            assert list(verify(recipes.applier(), "testapp.r")) == []
            found[stars] = digests()["products"]
            recipes.applier().remove(["testapp.r"])
        assert found[4] != found[5]

    def test_rows_that_a_receiver_changes(self, recipes):
        """So is what a receiver of m2m_changed did to the owners of links."""
        recipes.write("testapp.r", SONGS)
        recipes.apply()
        assert set(Playlist.objects.values_list("length", flat=True)) == {3}
        assert list(verify(recipes.applier(), "testapp.r")) == []


class TestWhatIsRead:
    def test_bare_rows(self, recipes):
        """A model without columns has a digest that knows how many rows there are."""
        found = []
        for count in (2, 3):
            recipes.write("testapp.r", f"steps: [{{id: r, make: saving.Bare, count: {count}}}]\n")
            recipes.apply()
            found.append(digests()["r"])
            recipes.applier().remove(["testapp.r"])
        assert found[0] != found[1]

    def test_expression(self, recipes):
        """What save() has the database compute is read back, and found by those that link to it."""
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: ranks, make: saving.Rank, count: 3, set: {level: !range [10, 90]}}
              - {id: badges, make: saving.Badge, count: 3, set: {rank: !ref ranks}}
            """,
        )
        recipes.apply()
        assert set(of("Rank").values_list("position", flat=True)) == {7}
        ranks = list(of("Rank").order_by("pk").values_list("level", flat=True))
        assert list(of("Badge").order_by("pk").values_list("rank_id", flat=True)) == ranks
        assert list(verify(recipes.applier(), "testapp.r")) == []
