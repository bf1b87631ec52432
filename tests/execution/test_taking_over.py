"""Rows that a receiver makes meanwhile are those of the recipe, and get the values that it plans."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.treeapp.models import Card, Member

pytestmark = pytest.mark.django_db

CARDS = "steps: [{id: cards, make: treeapp.Card, count: 4, set: {motto: !seq 'motto {n}'}}]\n"


def test_taken_over(recipes):
    """Each member has the one card that the receiver made, with what the recipe says."""
    recipes.write("testapp.cards", CARDS)
    recipes.apply()
    assert sorted(Card.objects.values_list("motto", flat=True)) == [f"motto {n}" for n in (1, 2, 3, 4)]
    assert Member.objects.count() == 4
    assert len(list(Ledger(connection).made("testapp.cards", "cards"))) == 4
    assert list(verify(recipes.applier(), "testapp.cards")) == []


def test_removed(recipes):
    """They go with the recipe."""
    recipes.write("testapp.cards", CARDS)
    recipes.apply()
    recipes.applier().remove(["testapp.cards"])
    assert not Card.objects.exists()
    assert not Member.objects.exists()


def test_digests(recipes):
    """What is promised does not tell a row that was taken over from one that was made."""
    recipes.write("testapp.cards", CARDS)
    recipes.apply()
    taken = Ledger(connection).digests("testapp.cards")
    recipes.applier().remove(["testapp.cards"])
    recipes.write("testapp.cards", CARDS.replace("count", "mute_signals: true, count"))
    recipes.apply()
    assert Ledger(connection).digests("testapp.cards") == taken


def test_beside_members(recipes):
    """The same where the members are a step of their own."""
    recipes.write(
        "testapp.cards",
        """
steps:
  - {id: members, make: treeapp.Member, count: 3}
  - {id: cards, make: treeapp.Card, count: 3, set: {member: !ref members, number: !range [5, 9]}}
""",
    )
    recipes.apply()
    assert Card.objects.count() == 3
    assert all(5 <= number <= 9 for number in Card.objects.values_list("number", flat=True))
