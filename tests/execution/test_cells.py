"""Cells of columns: the same whatever the block, sealed where code of the project makes them, copied as they are."""

from __future__ import annotations

import datetime
import itertools
import os
import random
import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixturekit.execution.cells import CompiledBatch
from fixturekit.execution.compiled import Repeated, Various
from fixturekit.execution.preparing import bind
from fixturekit.ledger import Ledger
from fixturekit.planning.plan import links
from fixturekit.writers import writer_for
from fixturekit.writers.keys import Listed
from tests.testapp.models import Author, Book, Draft, Event, Locker, Note, Page, Price, Token

pytestmark = pytest.mark.django_db

EVERYTHING = """
steps:
  - {id: authors, make: testapp.Author, count: 7}
  - id: books
    make: testapp.Book
    count: 40
    set:
      author: !pick authors
      editor: !choice [null, !ref "authors[2]"]
      title: !choice {a: 3, b: 1}
      imprint: !ref imprints
  - {id: imprints, make: testapp.Imprint, count: 3, set: {code: !seq "I{n}"}}
  - id: notes
    make: testapp.Note
    named:
      anna: {title: A}
      bert: {}
      carl: {title: C}
  - {id: drafts, make: testapp.Draft, count: 40}
  - {id: tokens, make: testapp.Token, count: 40}
  - {id: prices, make: testapp.Price, count: 40, set: {rate: !range [0, 1], fee: !copy amount}}
  - {id: badges, make: testapp.Badge, count: 40}
  - {id: lessons, make: testapp.Lesson, count: 40}
"""


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_block(recipes, data):
    """A column cut anywhere is the whole column: values, canonical cells and tokens."""
    recipes.write("testapp.all", EVERYTHING)
    plan = recipes.applier().plan("testapp.all").plan
    writer = writer_for(connection)
    binding = bind(connection, plan, writer, Ledger(connection))
    batch = data.draw(st.sampled_from(plan.batches))
    model = apps.get_model(batch.model)
    fields = [column.field for column in batch.columns if not list(links(column.source))]
    name = data.draw(st.sampled_from(fields))
    cuts = data.draw(st.lists(st.integers(0, batch.count), max_size=4))
    edges = sorted({0, *cuts, batch.count})
    whole = CompiledBatch(plan, batch, model, writer, binding).columns[name]
    parts = CompiledBatch(plan, batch, model, writer, binding).columns[name]
    cells, tokens = whole.cells(0, batch.count)
    values = whole.values(0, batch.count)
    blocks = list(itertools.pairwise(edges))
    data.draw(st.randoms(use_true_random=False)).shuffle(blocks)
    for start, stop in blocks:
        assert parts.values(start, stop) == values[start:stop]
        assert parts.cells(start, stop) == (cells[start:stop], tokens[start:stop])


class TestDefaults:
    text = "steps: [{id: d, make: testapp.Draft, count: 20}]\n"

    def rows(self, recipes):
        recipes.write("testapp.d", self.text)
        recipes.apply()
        rows = list(Draft.objects.order_by("pk").values_list("short_code", "pass_code", "key", "luck", "title"))
        recipes.applier().remove(["testapp.d"])
        return rows

    def test_are_the_same_again(self, recipes):
        """Random defaults are drawn from the row's address, whatever state the process is in; they differ by row."""
        random.seed(1)
        first = self.rows(recipes)
        random.seed(2)
        assert self.rows(recipes) == first
        assert len({row[:3] for row in first}) == 20
        assert {row[4] for row in first} == {"untitled"}
        assert len({row[3] for row in first}) > 1

    def test_leave_the_process_as_it_was(self, recipes):
        """The shared random state goes on as if nothing had happened, and the system's randomness is back."""
        random.seed(5)
        expected = random.random()
        random.seed(5)
        urandom = os.urandom
        self.rows(recipes)
        assert random.random() == expected
        assert os.urandom is urandom
        assert uuid.uuid4() != uuid.uuid4()

    def test_also_after_an_error(self, recipes, monkeypatch):
        """An error on the way changes nothing of it."""

        def broken():
            raise LookupError("no")

        recipes.write("testapp.d", self.text)
        # first: it is computed from the other when it is read, and what is read here is put back
        monkeypatch.setattr(Draft._meta.get_field("title"), "_get_default", broken)
        monkeypatch.setattr(Draft._meta.get_field("title"), "default", broken)
        urandom = os.urandom
        with pytest.raises(Exception, match="LookupError: no"):
            recipes.apply()
        assert os.urandom is urandom

    def test_rows_keep_their_values_when_more_are_made(self, recipes):
        """A row's default does not depend on how many rows there are."""
        first = self.rows(recipes)
        self.text = self.text.replace("20", "30")
        assert self.rows(recipes)[:20] == first


class TestCopies:
    def test_of_the_same_row(self, recipes):
        """A value may be read from another field, which reads it as its own."""
        recipes.write(
            "testapp.n",
            """
            steps:
              - id: n
                make: testapp.Note
                count: 3
                set: {code: !seq "{n}", title: !copy code, remark: !copy title}
              - id: p
                make: testapp.Price
                count: 3
                set: {discount: !copy whole, whole: !range [1, 9]}
            """,
        )
        recipes.apply()
        assert list(Note.objects.order_by("pk").values_list("title", "remark")) == [(n, n) for n in "123"]
        for price in Price.objects.all():
            assert price.discount == price.whole

    def test_over_a_relation(self, recipes):
        """Or from the row that a relation leads to: made in the step, made before, made for each row."""
        recipes.write(
            "testapp.b",
            """
            steps:
              - {id: authors, make: testapp.Author, count: 3, set: {name: !seq "Author {n}"}}
              - id: refs
                make: testapp.Book
                count: 6
                set: {author: !ref authors, title: !copy author.name}
              - id: picks
                make: testapp.Book
                count: 30
                set: {author: !pick authors, title: !copy author.email}
              - id: made
                make: testapp.Book
                count: 4
                set: {author__name: !seq "Made {n}", title: !copy author.name}
            """,
        )
        for way in ("stream", "each"):
            path = recipes.root / "testapp" / "0001_b.yaml"
            path.write_text(path.read_text().replace("    set:", f"    save: {way}\n    set:"))
            recipes.apply()
            for book in Book.objects.filter(pk__in=Ledger(connection).made("testapp.b", "picks")):
                assert book.title == book.author.email
            for step in ("refs", "made"):
                for book in Book.objects.filter(pk__in=Ledger(connection).made("testapp.b", step)):
                    assert book.title == book.author.name
            recipes.applier().remove(["testapp.b"])
            path.write_text(path.read_text().replace(f"    save: {way}\n", ""))
        assert not Author.objects.exists()

    def test_of_a_default(self, recipes):
        """A copied default is the one that the row has."""
        recipes.write("testapp.d", "steps: [{id: d, make: testapp.Draft, count: 9, set: {title: !copy short_code}}]\n")
        recipes.apply()
        assert all(draft.title == draft.short_code for draft in Draft.objects.all())


class TestLiterals:
    def test_are_read_by_the_field(self, recipes):
        """Digits of a decimal, dates, UUIDs and sequences that are numbers."""
        recipes.write(
            "testapp.x",
            """
            steps:
              - {id: prices, make: testapp.Price, set: {amount: 12.30}}
              - {id: events, make: testapp.Event, set: {day: 2020-02-29, starts_at: 2020-02-29T01:02:03Z, delay: "01:00:00"}}
              - {id: tokens, make: testapp.Token, set: {batch: 0123456789ab4def8123456789abcdef}}
              - {id: lockers, make: testapp.Locker, count: 3, set: {number: !seq "1{n}"}}
            """,
        )
        recipes.apply()
        assert Price.objects.get().amount == Decimal("12.3")
        event = Event.objects.get()
        assert event.day == datetime.date(2020, 2, 29)
        assert event.starts_at == datetime.datetime(2020, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc)
        assert event.delay == datetime.timedelta(hours=1)
        assert Token.objects.get().batch == uuid.UUID("0123456789ab4def8123456789abcdef")
        assert list(Locker.objects.order_by("number").values_list("number", flat=True)) == [11, 12, 13]


def test_labels_hold_their_rows(recipes):
    """A labelled row has the same values wherever it stands; only the rows that say so have other ones."""
    recipes.write("testapp.n", "steps: [{id: n, make: testapp.Page, named: {a: {}, b: {slug: bee}, c: {}}}]\n")
    recipes.apply()
    first = list(Page.objects.order_by("pk").values_list("slug", "url", "unique_slug"))
    assert first[1][0] == "bee"
    recipes.applier().remove(["testapp.n"])
    recipes.write("testapp.n", "steps: [{id: n, make: testapp.Page, named: {z: {}, c: {}, b: {slug: bee}, a: {}}}]\n")
    recipes.apply()
    second = list(Page.objects.order_by("pk").values_list("slug", "url", "unique_slug"))
    assert [second[3], second[2], second[1]] == first


class TestStored:
    """Tokens of what was read back: a row that was changed changes no other row's token."""

    def test_repeated(self):
        """A value that the digest knows under another name, and one that was put in its place."""
        column = Repeated("x", "!pin X", list)
        assert column.stored(0, 3, ["x", "y", "x"]) == ["!pin X", "=y", "!pin X"]
        assert column.stored(0, 2, ["x", None]) == ["!pin X", "=None"]

    def test_links(self, recipes):
        """Positions, but for the link that leads elsewhere."""
        recipes.write("testapp.all", EVERYTHING)
        plan = recipes.applier().plan("testapp.all").plan
        writer = writer_for(connection)
        binding = bind(connection, plan, writer, Ledger(connection))
        binding.keep("imprints", "code", Listed(["x", "y", "z"]))
        batch = plan.batch("books")
        column = CompiledBatch(plan, batch, Book, writer, binding).columns["imprint"]
        assert column.stored(0, 4, ["x", "y", "?", "x"]) == [0, 1, "=?", 0]

    def test_rows_of_various_sources(self):
        """Each row by its own source."""
        column = Various(
            (Repeated("a", "A", list), Repeated("b", "B", list)), ("", "t."), lambda start, stop: [0, 1, 1]
        )
        assert column.stored(0, 3, ["a", "b", "c"]) == [["", "A"], ["t.", "B"], ["t.", "=c"]]
