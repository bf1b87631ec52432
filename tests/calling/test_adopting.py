"""Rows that receivers make while a call saves others are those of the call."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models.signals import post_save

from fixturekit import POST_SAVE, C, F, G, N
from tests.testapp.models import Author, Desk, Passport, Shipment, Tracking
from tests.treeapp.models import Card, Member

pytestmark = pytest.mark.django_db


def test_a_row_that_a_receiver_makes():
    """``G`` of the one-to-one row gives that row, with the values of the call."""
    tracking = G(Tracking, state="lost")
    assert Tracking.objects.get() == tracking
    assert Tracking.objects.get().state == "lost"
    assert (tracking._state.adding, tracking.shipment.tracking) == (False, tracking)
    assert G(Tracking).state == "2"
    assert Tracking.objects.count() == Shipment.objects.count() == 2


def test_several():
    """Each is the one of its own row."""
    found = G(Tracking, 3, shipment__address=C("reference"))
    assert [row.shipment.tracking.pk for row in found] == [row.pk for row in found]
    assert Tracking.objects.count() == 3
    assert Card.objects.count() == 0
    cards = G(Card, 3, motto="given")
    assert Card.objects.filter(motto="given").count() == len(cards) == Member.objects.count() == 3


def test_from_the_other_side():
    """So is the row that ``F`` asks for under the reverse name."""
    shipment = G(Shipment, tracking=F(state="sent"))
    assert Tracking.objects.get().state == "sent"
    assert shipment.tracking.state == "sent"
    assert G(Shipment).tracking.state == "announced"


def test_a_row_that_is_given_keeps_its_own():
    """A row that was there before the call is no row of the call."""
    shipment = G(Shipment)
    with pytest.raises(IntegrityError):
        G(Tracking, shipment=shipment, state="second")
    assert Tracking.objects.get().state == "announced"
    assert N(Tracking).pk is None


def test_instances_that_are_not_saved():
    """``N`` has nothing to take over: the row of the receiver is there beside the instance, which cannot be saved then."""
    tracking = N(Tracking, state="lost")
    assert tracking.pk is None
    assert tracking.state == "lost"
    assert Tracking.objects.get(shipment=tracking.shipment).state == "announced"
    with transaction.atomic(), pytest.raises(IntegrityError):
        tracking.save()
    alone = N(Tracking, persist_dependencies=False)
    assert alone.pk is alone.shipment.pk is None
    assert Tracking.objects.count() == 1


def test_hooks():
    """What ``POST_SAVE`` makes is taken over as well, also where the link is the key."""
    POST_SAVE(Author, lambda author: Passport.objects.create(author=author, number="by hook"))
    passport = G(Passport, number="mine")
    assert Passport.objects.get().number == "mine"
    assert passport.pk == passport.author.pk


def test_validation():
    """A row that is taken over is no hindrance to itself."""
    assert G(Tracking, validate_models=True).pk


def test_links_that_are_null():
    """Nothing is looked for where nothing leads to a row of the call."""

    def listen(sender, instance, created, **kwargs):
        Desk.objects.create(author=None)

    post_save.connect(listen, sender=Author)
    try:
        desk = G(Desk)
    finally:
        post_save.disconnect(listen, sender=Author)
    assert desk.author is not None
    assert Desk.objects.count() == 2
