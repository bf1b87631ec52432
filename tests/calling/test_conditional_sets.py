"""Unique sets that hold under a condition, or among rows of several batches: generated choices give way."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection, models
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from fixturekit import F, G, N
from fixturekit.exceptions import RowNotMade
from tests.planning.tables import tables

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction"),
    pytest.mark.skipif(not connection.features.supports_partial_indexes, reason="no conditions of unique sets"),
]


@pytest.fixture
def club(own_models):
    """Organisations, of which each has one owner at most, and each of its tasks once."""

    class Human(models.Model):
        name = models.CharField(max_length=20)

        class Meta:
            app_label = "testapp"

    class Organisation(models.Model):
        name = models.CharField(max_length=20)
        members = models.ManyToManyField(Human, through="Membership", related_name="organisations")

        class Meta:
            app_label = "testapp"

    class Membership(models.Model):
        organisation = models.ForeignKey(Organisation, models.CASCADE)
        human = models.ForeignKey(Human, models.CASCADE)
        role = models.CharField(max_length=9, choices=[("owner", "Owner"), ("editor", "Editor"), ("guest", "Guest")])
        task = models.CharField(max_length=9, choices=[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")])
        paid = models.BooleanField()

        class Meta:
            app_label = "testapp"
            constraints = [
                models.UniqueConstraint(fields=["organisation"], condition=models.Q(role="owner"), name="one_owner"),
                models.UniqueConstraint(fields=["organisation", "task"], name="each_task_once"),
                models.CheckConstraint(condition=models.Q(paid=True) | ~models.Q(role="editor"), name="editors_pay"),
            ]

    with tables(Human, Organisation, Membership):
        yield SimpleNamespace(Human=Human, Organisation=Organisation, Membership=Membership)


def of(club, organisation):
    """The roles and tasks of an organisation's members, in the order in which they were made."""
    found = club.Membership.objects.filter(organisation=organisation).order_by("pk")
    return ["".join([row.role[0], row.task]) for row in found]


@pytest.mark.parametrize("name", ["members", "membership_set"])
def test_items(club, name):
    """Of rows that lead to the same one the first keeps the first choice, and a check constraint is looked at."""
    organisation = G(club.Organisation, values={name: [F(), F(), F()]})
    assert of(club, organisation) == ["oa", "gb", "gc"]
    for each in G(club.Organisation, 3, values={name: [F(), F()]}):
        assert of(club, each) == ["oa", "gb"]


def test_what_is_given_stays(club):
    """Others give way to it, be it of the call or of a shelf; what contradicts itself the database refuses."""
    organisation = G(club.Organisation, membership_set=[F(role="owner", task="b"), F(), F(paid=True)])
    assert of(club, organisation) == ["ob", "ga", "ec"]
    organisation = G(club.Organisation, membership_set=[F(), F(role="owner"), F(task="a")])
    assert of(club, organisation) == ["gb", "oc", "ga"]
    with pytest.raises(RowNotMade):
        G(club.Organisation, membership_set=[F(role="owner"), F(role="owner")])
    G(club.Membership, role="owner", shelve="owners")
    with pytest.raises(RowNotMade):
        G(club.Membership, organisation=organisation, named_shelve="owners")


def test_what_is_refused(club):
    """The message says of which rows a set is about, where the database names it, and all of its fields."""
    organisation = G(club.Organisation)
    with pytest.raises(RowNotMade) as caught:
        G(club.Membership, 2, organisation=organisation, role="owner")
    assert "testapp.Membership.organisation=" in str(caught.value)
    if connection.vendor == "postgresql":
        assert str(caught.value).endswith(
            'unique constraint "one_owner". Give organisation values that differ from those of every other row '
            "with role = 'owner'"
        )
    with pytest.raises(RowNotMade, match=r"Membership \(organisation=\d+, task='a'\) was refused"):
        G(club.Membership, 2, organisation=organisation, task="a", role="guest")


def reads(captured):
    """How often memberships were read."""
    return sum('FROM "testapp_membership"' in query["sql"] for query in captured)


def test_rows_that_are_there(club):
    """They count, in one query for each set that is looked at, however many rows are made."""
    organisation = G(club.Organisation)
    human = G(club.Human)
    given = {"organisation": organisation, "human": human}
    G(club.Membership, **given)
    with CaptureQueriesContext(connection) as captured:
        G(club.Membership, **given)
    assert reads(captured) == 2
    assert of(club, organisation) == ["oa", "gb"]
    other = G(club.Organisation)
    with CaptureQueriesContext(connection) as captured:
        G(club.Membership, 4, human=human, organisation=other)
    assert reads(captured) == 3  # one of the sets is kept apart by the numbers of the rows as well
    assert [role for role, _ in of(club, other)] == ["o", "g", "g", "g"]
    assert {task for _, task in of(club, other)} == set("abcd")


def test_rows_of_a_receiver(club):
    """A receiver may have made one for a row of the same call."""

    def join(instance, **_):
        human = club.Human.objects.create(name="x")
        club.Membership.objects.create(organisation=instance, human=human, role="owner", task="d", paid=True)

    post_save.connect(join, sender=club.Organisation)
    try:
        organisation = G(club.Organisation, membership_set=[F(), F()])
    finally:
        post_save.disconnect(join, sender=club.Organisation)
    assert of(club, organisation) == ["od", "ga", "gb"]


def test_rows_that_are_not_saved(club):
    """They differ among themselves, and the database is not asked where it may not be."""
    organisation = club.Organisation(pk=1)
    rows = N(club.Membership, 3, organisation=organisation, persist_dependencies=False)
    assert [row.role for row in rows] == ["owner", "guest", "guest"]
