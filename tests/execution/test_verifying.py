"""Rows are read back and compared with what was written and with what the file says."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from fixturekit.models import AppliedRecipe
from tests.execution.test_instances import SHAPES, saving_model, step
from tests.testapp import models as testapp
from tests.testapp.models import Author, Badge, Book, City, Genre, Quote, Record

pytestmark = pytest.mark.django_db


def found(recipes, name="testapp.r"):
    return list(verify(recipes.applier(), name))


@pytest.mark.parametrize("way", ["stream", "each"])
@pytest.mark.parametrize("model", sorted(SHAPES))
def test_rows_as_they_were_written(recipes, model, way):
    """Nothing is found where nothing was changed, whatever the shape, by whichever way."""
    recipes.write("testapp.r", step(model, SHAPES[model], way))
    recipes.apply()
    assert found(recipes) == []
    assert getattr(testapp, model)._base_manager.exists()


class TestMigrated:
    """The schema moved since the recipe was recorded: that is said, with what to type."""

    RECORDED = "recorded: {{format: 1, engine: 1, schema: {{testapp: {}}}, produces: {{g: 2 testapp.Genre {}}}}}\n"
    GENRES = "steps: [{id: g, make: testapp.Genre, count: 2}]\n"

    def test_on_applying(self, recipes):
        """Where rows are others than the file says."""
        recipes.write("testapp.g", self.GENRES + self.RECORDED.format("0000_first", "0" * 16))
        [outcome] = recipes.apply()
        assert outcome.difference("g") == (
            "testapp.g: the rows of step g are not those that were recorded: recorded at testapp 0000_first, now "
            "0001_initial. Prove it again: makefixture --update testapp.g"
        )

    def test_not_without_a_migration(self, recipes):
        """Then the cause is another one."""
        recipes.write("testapp.g", self.GENRES + self.RECORDED.format("0001_initial", "0" * 16))
        [outcome] = recipes.apply()
        assert outcome.difference("g") == "testapp.g: the rows of step g are not those that were recorded"

    def test_on_reading_back(self, recipes):
        """A renamed column is told as one that is gone and one that came, not as rows that somebody changed."""
        recipes.write("testapp.g", self.GENRES + self.RECORDED.format("0000_first", "0" * 16))
        recipes.apply()
        entry = AppliedRecipe.objects.get()
        entry.digests["g"]["columns"]["label"] = entry.digests["g"]["columns"].pop("name")
        entry.digests["g"]["digest"] = "0" * 16
        entry.save()
        assert found(recipes, "testapp.g") == [
            "g.label: there is no such column any more",
            "g.name: the column was not there when the rows were made",
            "recorded at testapp 0000_first, now 0001_initial. Prove it again and make its rows anew: "
            "makefixture --update testapp.g; applyfixtures testapp.g --reset",
        ]


class TestChanges:
    def make(self, recipes):
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: authors, make: testapp.Author, count: 2100}
              - {id: books, make: testapp.Book, count: 5, set: {author: !pick authors}}
            """,
        )
        recipes.apply()
        assert found(recipes) == []

    def test_value(self, recipes):
        """One changed cell among thousands is found; step and column are named."""
        self.make(recipes)
        Author.objects.filter(pk=Author.objects.order_by("pk")[2060].pk).update(name="changed")
        assert found(recipes) == ["authors.name: rows were changed since they were made"]

    def test_removed_row(self, recipes):
        """So is a row that was removed: it holds nothing."""
        self.make(recipes)
        Book.objects.order_by("pk")[3].delete()
        assert "books.title: rows were changed since they were made" in found(recipes)

    def test_relation(self, recipes):
        """So is a row that points at another one, of the step or not."""
        self.make(recipes)
        book = Book.objects.order_by("pk")[0]
        before = book.author_id
        for other in (Author.objects.exclude(pk=before)[0], Author.objects.create(name="x", email="x@example.com")):
            Book.objects.filter(pk=book.pk).update(author=other)
            assert found(recipes) == ["books.author: rows were changed since they were made"]
        Book.objects.filter(pk=book.pk).update(author=before)
        assert found(recipes) == []

    def test_rows_of_a_needed_parent(self, recipes):
        """Rows that the step's rows need belong to the step."""
        self.make(recipes)
        testapp.Parcel.objects.update(label="changed")
        assert found(recipes) == ["books.parcel.label: rows were changed since they were made"]

    def test_others_may_do_as_they_like(self, recipes):
        """Rows of nobody do not count."""
        self.make(recipes)
        Author.objects.create(name="x", email="x@example.com")
        assert found(recipes) == []

    def test_link_that_was_written_later(self, recipes):
        """A link that closes a circle is read back too."""
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: countries, make: testapp.Country, count: 3, set: {capital: !ref cities}}
              - {id: cities, make: testapp.City, count: 3, set: {country: !ref countries}}
            """,
        )
        recipes.apply()
        assert found(recipes) == []
        testapp.Country.objects.update(capital=City.objects.order_by("pk")[0])
        assert found(recipes) == ["countries.capital: rows were changed since they were made"]


class TestWhatSaveDid:
    def test_own_save(self, recipes):
        """What save() and receivers made of the rows is what was written."""
        for text in (
            "{id: q, make: testapp.Quote, count: 4}",
            "{id: s, make: testapp.Shipment, count: 4}",
            "{id: r, make: testapp.Receipt, count: 2}",
        ):
            recipes.write("testapp.r", f"steps: [{text}]\n")
            recipes.apply()
            assert found(recipes) == []
            recipes.applier().remove(["testapp.r"])

    def test_own_save_changed(self, recipes):
        """And a change of it is found."""
        recipes.write("testapp.r", "steps: [{id: q, make: testapp.Quote, count: 4}]\n")
        recipes.apply()
        Quote.objects.update(total=1)
        assert found(recipes) == ["q.total: rows were changed since they were made"]

    def test_clock(self, recipes):
        """A save() by somebody moves ``auto_now``, and that is found."""
        recipes.write("testapp.r", "steps: [{id: r, make: testapp.Record, count: 2}]\n")
        recipes.apply()
        assert found(recipes) == []
        Record.objects.all()[0].save()
        assert found(recipes) == [
            f"r.{name}: rows were changed since they were made" for name in ("updated_at", "updated_on", "updated_time")
        ]


class TestBesides:
    def test_value_that_gave_way(self, recipes):
        """A value that gave way is as it was written."""
        recipes.write("testapp.r", "steps: [{id: b, make: testapp.Badge, count: 5}]\n")
        recipes.apply()
        code = Badge.objects.order_by("pk")[2].code
        recipes.applier().remove(["testapp.r"])
        Badge.objects.create(number="own", code=code, stamp="own")
        recipes.apply()
        assert found(recipes) == []

    def test_value_that_gave_way_is_not_that_of_the_file(self, recipes):
        """Rows of which one gave way are compared with what was written, and not with the file."""
        text = "steps: [{id: b, make: testapp.Badge, count: 5}]\n"
        recipes.write("testapp.r", text)
        recipes.apply()
        digest = Ledger(connection).digests("testapp.r")["b"]
        code = Badge.objects.order_by("pk")[2].code
        recipes.applier().remove(["testapp.r"])
        Badge.objects.create(number="own", code=code, stamp="own")
        recorded = f"recorded: {{format: 1, engine: 1, produces: {{b: 5 testapp.Badge {digest}}}}}\n"
        recipes.write("testapp.r", text + recorded)
        recipes.apply()
        assert found(recipes) == []
        Badge.objects.filter(pk=Badge.objects.order_by("pk")[1].pk).update(stamp="changed")
        assert found(recipes) == ["b.stamp: rows were changed since they were made"]

    def test_rows_that_the_file_does_not_record(self, recipes):
        """Rows as they were written, but not those that the file says it produces."""
        text = "steps: [{id: g, make: testapp.Genre, count: 3}]\n"
        recipes.write("testapp.r", text)
        recipes.apply()
        digest = Ledger(connection).digests("testapp.r")["g"]
        recipes.applier().remove(["testapp.r"])
        recorded = "recorded: {{format: 1, engine: 1, produces: {{g: 3 testapp.Genre {}}}}}\n"
        recipes.write("testapp.r", text + recorded.format(digest))
        [outcome] = recipes.apply()
        assert outcome.differing == ()
        assert found(recipes) == []
        recipes.applier().remove(["testapp.r"])
        recipes.write("testapp.r", text + recorded.format("0" * 16))
        [outcome] = recipes.apply()
        assert outcome.differing == ("g",)
        assert found(recipes) == ["step g: the rows are not those that the file records"]
        Genre.objects.filter(pk=Genre.objects.all()[0].pk).update(name="changed")
        assert found(recipes) == ["g.name: rows were changed since they were made"]

    def test_pins_and_rows_of_other_recipes(self, recipes):
        """Pins and refs are followed again."""
        Author.objects.create(name="Fred", email="fred@example.com")
        recipes.write("testapp.one", "steps: [{id: p, make: testapp.Parcel, count: 3}]\n")
        recipes.write(
            "testapp.r",
            """
            depends_on: [testapp.one]
            steps:
              - id: b
                make: testapp.Book
                count: 4
                set: {author: !pin {name: Fred}, title: !copy author.email, parcel: !pick testapp.one/p}
            """,
        )
        recipes.apply()
        assert found(recipes) == []

    def test_nothing_is_written(self, recipes):
        """It reads only."""
        recipes.write("testapp.r", "steps: [{id: g, make: testapp.Genre, count: 3}]\n")
        recipes.apply()
        with CaptureQueriesContext(connection) as queries:
            found(recipes)
        assert {query["sql"].split()[0] for query in queries} <= {"SELECT", "SAVEPOINT", "RELEASE"}


@pytest.mark.parametrize("way", ["stream", "each"])
def test_rows_that_managers_leave_out(recipes, saving, way):
    """They are there: they are verified, pinned, read by other recipes, adopted and removed like others."""
    recipes.write(
        "testapp.h",
        f"steps: [{{id: h, make: saving.Hidden, count: 2, save: {way}, set: {{code: !seq 'c{{n}}', name: !seq 'n{{n}}'}}}}]\n",
    )
    recipes.write(
        "testapp.r",
        """
        depends_on: [testapp.h]
        steps:
          - {id: a, make: saving.Pointer, count: 2, set: {to: !ref testapp.h/h, name: !copy to.name}}
          - {id: b, make: saving.Pointer, set: {to: !pin {code: c2}, name: x}}
          - {id: c, rows: saving.Hidden, match: [code], columns: [code], values: [[c1]]}
        """,
    )
    recipes.apply()
    pointer, hidden = saving_model("Pointer"), saving_model("Hidden")
    pointers = pointer.objects.order_by("pk")
    assert list(pointers.values_list("to", "name")) == [("c1", "n1"), ("c2", "n2"), ("c2", "x")]
    for name in ("testapp.h", "testapp.r"):
        assert list(verify(recipes.applier(), name)) == []
    recipes.applier().remove(["testapp.r", "testapp.h"])
    assert not models.QuerySet(hidden).exists()
