"""What calls remember: it begins anew with each test, and a test goes on from what its class has."""

from __future__ import annotations

import gc

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase, TransactionTestCase

from fixturekit import G, N, teach
from fixturekit.calling.scopes import process
from fixturekit.testing import RecipeTransactionTestCase
from tests.testapp.models import Author, Note


class TestOfAClass(TestCase):
    """A class whose tests share rows."""

    @classmethod
    def setUpTestData(cls):
        cls.first = G(Note)  # type: ignore[attr-defined]
        teach(Note, title="of the class")

    def test_one(self):
        """The first row of a test comes behind those of the class."""
        assert self.first.title == "1"  # type: ignore[attr-defined]
        assert G(Note).title == "2"
        teach(Note, sentence="of the test")
        assert G(Note, use_library=True).sentence == "of the test"

    def test_two(self):
        """In each test again, whatever the others did."""
        assert G(Note).title == "2"
        assert G(Note, use_library=True).title == "of the class"

    def test_blocks_inside(self):
        """Transactions of the test's own change nothing, rolled back or not."""
        with transaction.atomic():
            G(Note)
        with transaction.atomic():
            G(Note)
            transaction.set_rollback(True)
        assert G(Note).title == "4"
        assert Note.objects.count() == 3


class TestOfAnotherClass(TestCase):
    """A class without rows."""

    def test_it_begins_anew(self):
        """Nothing is left of other classes."""
        assert G(Note).title == "1"
        assert process.scope("default").library.shelves() == []


class TestWithTransactions(TransactionTestCase):
    """Tests without a transaction around them."""

    def test_one(self):
        """They begin anew too."""
        assert [G(Author).email for _ in range(2)] == ["a1@example.com", "a2@example.com"]
        teach(Note, title="kept")

    test_two = test_one


class TestOfTheMixin(RecipeTransactionTestCase):
    """fixturekit's own class does so under every runner."""

    def test_one(self):
        """Each test begins anew."""
        assert G(Note).title == "1"
        teach(Note, title="kept")

    test_two = test_one


def test_fresh():
    """What is remembered meanwhile is forgotten afterwards, and what was before is remembered again."""
    with process.fresh():
        assert N(Note, persist_dependencies=False).title == "1"
        teach(Note, title="kept")
        with process.fresh():
            assert N(Note, persist_dependencies=False).title == "1"
            assert N(Note, persist_dependencies=False, use_library=True).title == "kept"
            teach(Note, title="other")
        assert N(Note, persist_dependencies=False).title == "2"
        assert N(Note, persist_dependencies=False, use_library=True).title == "kept"
    assert process.scope("default").library.shelves() == []


def test_reset():
    """``reset`` forgets what the process remembers."""
    N(Note, persist_dependencies=False)
    teach(Note, title="kept")
    process.reset()
    assert N(Note, persist_dependencies=False, use_library=True).title == "1"


@pytest.mark.django_db(transaction=True)
def test_emptied_tables():
    """A database that is flushed begins anew, whoever runs the tests."""
    assert G(Author).email == "a1@example.com"
    call_command("flush", verbosity=0, interactive=False)
    assert G(Author).email == "a1@example.com"


@pytest.mark.django_db
def test_nothing_is_kept_of_a_block():
    """What a test remembers goes with its transaction."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    G(Note)
    gc.collect()
    before = len(process._blocks)
    with block:
        G(Note)
        assert len(process._blocks) > before
        transaction.set_rollback(True)
    del block
    gc.collect()
    assert len(process._blocks) == before
