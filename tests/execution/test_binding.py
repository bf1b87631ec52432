"""What is read before a plan is written: pins, made rows of other recipes, values that are taken."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from fixturekit.exceptions import MadeRowsMissing, PinNotFound, PlanError
from fixturekit.ledger import Ledger
from tests.otherapp.models import Loan
from tests.testapp.models import Author, Badge, Book, City, Country, Grade, Imprint, Parcel, Shift, Ticket

pytestmark = pytest.mark.django_db


class TestPins:
    def book(self, recipes, author):
        recipes.write("testapp.books", f"steps: [{{id: b, make: testapp.Book, count: 2, set: {{author: {author}}}}}]\n")
        recipes.apply()
        return Author.objects.filter(books__isnull=False).distinct()

    def test_key(self, recipes):
        """A pin by key is the row with that key."""
        fred = Author.objects.create(name="Fred", email="fred@example.com")
        Author.objects.create(name="Ann", email="ann@example.com")
        assert list(self.book(recipes, f"!pin {fred.pk}")) == [fred]

    def test_lookup(self, recipes):
        """A pin by lookup is the one row that fits, also through relations."""
        Author.objects.create(name="Fred", email="fred@example.com")
        ann = Author.objects.create(name="Ann", email="ann@example.com")
        assert list(self.book(recipes, "!pin {name__startswith: A, email: ann@example.com}")) == [ann]

    def test_natural_key(self, recipes):
        """A pin by natural key is the row that its manager finds."""
        recipes.write(
            "testapp.p",
            """
            steps:
              - id: p
                make: auth.Permission
                set: {content_type: !pin {natural: [testapp, book]}, codename: read, name: Can read}
            """,
        )
        recipes.apply()
        assert Permission.objects.get(codename="read").content_type == ContentType.objects.get_for_model(Book)

    def test_to_field(self, recipes):
        """What is stored is the field that the relation asks for, not the key."""
        Imprint.objects.create(code="X", name="other")
        Imprint.objects.create(code="Y", name="wanted")
        recipes.write("testapp.b", "steps: [{id: b, make: testapp.Book, set: {imprint: !pin {name: wanted}}}]\n")
        recipes.apply()
        assert Book.objects.get().imprint_id == "Y"

    def test_uuid_key(self, recipes):
        """A key may be a UUID."""
        parcel = Parcel.objects.create(label="x")
        recipes.write("testapp.b", f"steps: [{{id: b, make: testapp.Book, set: {{parcel: !pin {parcel.pk}}}}}]\n")
        recipes.apply()
        assert Book.objects.get().parcel == parcel

    def test_what_a_pin_reads(self, recipes):
        """A copy along a pinned relation is read from the row."""
        Author.objects.create(name="Fred", email="fred@example.com")
        recipes.write(
            "testapp.b",
            "steps: [{id: b, make: testapp.Book, set: {author: !pin {name: Fred}, title: !copy author.email}}]\n",
        )
        recipes.apply()
        assert Book.objects.get().title == "fred@example.com"

    def test_hidden_row(self, recipes):
        """A pin finds rows that the default manager hides; a digest says the pin, not the key."""
        digests = []
        for name in ("Ann", "Fred"):
            author = Author.objects.create(name=name, email="ann@example.com")
            self.book(recipes, "!pin {email: ann@example.com}")
            digests.append(Ledger(connection).digests("testapp.books"))
            recipes.applier().remove(["testapp.books"])
            author.delete()
        assert digests[0] == digests[1]

    @pytest.mark.parametrize(
        ("pin", "message"),
        [
            ("99999", "Provided FK value: 99999 does not exist on Author"),
            ("abc", "Provided FK value: abc does not exist on Author"),
            ("99999999999999999999", "Provided FK value: 99999999999999999999 does not exist on Author"),
            ("{name: Nobody}", "no row of testapp.Author fits {name: Nobody}"),
            ("{name: Twin}", "{name: Twin} fits several rows of testapp.Author; a pin must fit exactly one"),
        ],
    )
    def test_missing_or_several(self, recipes, pin, message):
        """The error names the place, the pin and the model; nothing is written."""
        for number in range(2):
            Author.objects.create(name="Twin", email=f"twin{number}@example.com")
        with pytest.raises(PinNotFound) as caught:
            self.book(recipes, f"!pin {pin}")
        assert str(caught.value) == f"testapp/0001_books.yaml:1:61: {message}"
        assert not Book.objects.exists()
        assert not Ledger(connection).applied()

    def test_all_missing_ones_are_told(self, recipes):
        """One run is enough to learn of every pin that fits no row, each with its place."""
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: a, make: testapp.Desk, set: {author: !pin 77}}
              - {id: b, make: testapp.Desk, set: {author: !pin {name: Nobody}}}
            """,
        )
        with pytest.raises(PinNotFound) as caught:
            recipes.apply()
        first, second = str(caught.value).splitlines()
        assert first == "testapp/0001_r.yaml:2:47: Provided FK value: 77 does not exist on Author"
        assert second == "testapp/0001_r.yaml:3:47: no row of testapp.Author fits {name: Nobody}"

    def test_lookup_that_the_database_refuses(self, recipes):
        """An expression that is none is an error of the pin."""
        Author.objects.create(name="Fred", email="fred@example.com")
        with pytest.raises(PinNotFound) as caught:
            self.book(recipes, "!pin {name__regex: '('}")
        assert ': the database cannot look for {name__regex: "("}: ' in str(caught.value)

    def test_lookup_that_does_not_fit(self, recipes):
        """A lookup by something that is no field is an error with its place."""
        with pytest.raises((PinNotFound, PlanError), match=r"0001_books\.yaml:1:\d+.*nme"):
            self.book(recipes, "!pin {nme: Fred}")

    def test_natural_key_of_nobody(self, recipes):
        """No row, too few parts, and a model without natural keys are errors, not tracebacks."""
        for field, make, natural in [
            ("user", "admin.LogEntry", "[nobody]"),
            ("user", "admin.LogEntry", "[no, body]"),
            ("author", "testapp.Book", "[nobody]"),
        ]:
            recipes.write(
                "testapp.p", f"steps: [{{id: p, make: {make}, set: {{{field}: !pin {{natural: {natural}}}}}}}]\n"
            )
            with pytest.raises((PinNotFound, PlanError), match=r"0001_p\.yaml:1:\d+.*nobody|natural"):
                recipes.apply()

    def test_natural_key_of_several(self, recipes, monkeypatch):
        """Neither is one that fits several rows."""
        for name in ("a", "b"):
            Group.objects.create(name=name)
        monkeypatch.setattr(type(Group.objects), "get_by_natural_key", lambda self, name: self.get(name__in=("a", "b")))
        recipes.write("testapp.u", "steps: [{id: u, make: auth.User, set: {groups: [!pin {natural: [ab]}]}}]\n")
        with pytest.raises(PinNotFound, match=r"fits several rows of auth\.Group"):
            recipes.apply()
        assert not User.objects.exists()


class TestRowsOfOtherRecipes:
    def catalogue(self, recipes):
        recipes.write(
            "testapp.catalogue",
            """
            steps:
              - {id: authors, make: testapp.Author, count: 5, set: {name: !seq "Author {n}"}}
              - {id: imprints, make: testapp.Imprint, count: 3, set: {code: !seq "C{n}"}}
              - {id: parcels, make: testapp.Parcel, named: {big: {label: Big}, small: {label: Small}}}
              - {id: shifts, make: testapp.Shift, count: 2}
            """,
        )
        recipes.apply()

    def test_keys(self, recipes):
        """Refs find the rows that an applied recipe made: one, one by label, all in turn, one drawn."""
        Author.objects.create(name="Before", email="before@example.com")
        self.catalogue(recipes)
        Author.objects.create(name="After", email="after@example.com")
        recipes.write(
            "testapp.books",
            """
            depends_on: [testapp.catalogue]
            steps:
              - id: books
                make: testapp.Book
                count: 12
                set:
                  title: !copy author.name
                  author: !ref testapp.catalogue/authors
                  editor: !ref testapp.catalogue/authors[4]
                  translator: !pick testapp.catalogue/authors
                  parcel: !ref testapp.catalogue/parcels[small]
                  imprint: !ref testapp.catalogue/imprints
            """,
        )
        recipes.apply()
        books = list(Book.objects.order_by("pk").select_related("author", "editor", "parcel", "translator"))
        names = [f"Author {number % 5 + 1}" for number in range(12)]
        assert [book.author.name for book in books] == [book.title for book in books] == names
        assert {book.editor.name for book in books} == {"Author 5"}
        assert {book.translator.name for book in books} <= set(names)
        assert {book.parcel.label for book in books} == {"Small"}
        assert [book.imprint_id for book in books] == ["C1", "C2", "C3"] * 4

    def test_from_another_app(self, recipes):
        """Also where the rows belong to another app."""
        self.catalogue(recipes)
        recipes.write(
            "otherapp.loans",
            """
            depends_on: [testapp.catalogue]
            steps:
              - id: libraries
                make: otherapp.Library
                count: 2
                set: {founder: !ref testapp.catalogue/authors}
              - id: loans
                make: otherapp.Loan
                count: 2
                set: {library: !ref libraries, sent_in: !ref testapp.catalogue/parcels}
            """,
        )
        recipes.apply()
        assert [loan.sent_in.label for loan in Loan.objects.order_by("pk")] == ["Big", "Small"]

    def test_digest_knows_positions_only(self, recipes):
        """Keys that the database counted, or that differ by run, do not enter the digest."""
        found = []
        text = """
            depends_on: [testapp.catalogue]
            steps: [{id: b, make: testapp.Book, count: 7, set: {author: !pick testapp.catalogue/authors}}]
            """
        for _ in range(2):
            self.catalogue(recipes)
            recipes.write("testapp.books", text)
            recipes.apply()
            found.append((Ledger(connection).digests("testapp.books"), Book.objects.order_by("pk")[0].author_id))
            applier = recipes.applier()
            applier.remove(applier.removable(["testapp.catalogue"]))
            Author.objects.create(name="x", email=f"{len(found)}@example.com")
        assert found[0][0] == found[1][0]

    def test_rows_are_gone(self, recipes):
        """Rows that were deleted since are counted, and the remedy is named."""
        self.catalogue(recipes)
        Author.objects.filter(name__in=["Author 2", "Author 3"]).delete()
        recipes.write(
            "testapp.b",
            "depends_on: [testapp.catalogue]\nsteps: [{id: b, make: testapp.Book, set: {author: !ref testapp.catalogue/authors}}]\n",
        )
        with pytest.raises(MadeRowsMissing) as caught:
            recipes.apply()
        assert str(caught.value) == (
            "2 of the 5 rows that testapp.catalogue/authors made are gone from database 'default'. "
            "Make them again: applyfixtures testapp.catalogue --reset"
        )
        assert not Book.objects.exists()

    def test_rows_were_never_made(self, recipes):
        """A recipe that was only noted as applied has no rows to refer to."""
        recipes.write("testapp.a", "steps: [{id: a, make: testapp.Author, count: 3}]\n")
        recipes.applier().apply(["testapp.a"], fake=True)
        recipes.write(
            "testapp.b",
            "depends_on: [testapp.a]\nsteps: [{id: b, make: testapp.Book, set: {author: !ref testapp.a/a}}]\n",
        )
        with pytest.raises(MadeRowsMissing, match=r"testapp\.a/a should have made 3 rows, the ledger .* knows 0"):
            recipes.apply()

    def test_key_of_two_columns(self, recipes):
        """The ledger knows rows whose key has two columns, and they can be removed."""
        self.catalogue(recipes)
        [batch] = [batch for batch in Ledger(connection).batches("testapp.catalogue") if batch.batch == "shifts"]
        form = Ledger(connection).form("testapp.Shift")
        assert {form.python(key) for key in batch.keys} == {shift.pk for shift in Shift.objects.all()}
        assert all(isinstance(key[1], datetime.date) for key in map(form.python, batch.keys))
        assert Ledger(connection).still_there("testapp.catalogue", "shifts") == (2, 2)


class TestLaterPass:
    def test_circle_of_two_models(self, recipes):
        """A link that closes a circle is written when both rows are there, and counts in the digest."""
        for way in ("", ", save: each"):
            recipes.write(
                "testapp.geo",
                f"""
                steps:
                  - {{id: countries, make: testapp.Country, count: 4, set: {{capital: !ref cities}}{way}}}
                  - {{id: cities, make: testapp.City, count: 6, set: {{country: !ref countries}}}}
                """,
            )
            recipes.apply()
            cities = list(City.objects.order_by("pk"))
            assert [country.capital for country in Country.objects.order_by("pk")] == cities[:4]
            digests = Ledger(connection).digests("testapp.geo")
            recipes.applier().remove(["testapp.geo"])
            assert not City.objects.exists()
            recipes.write(
                "testapp.geo",
                f"""
                steps:
                  - {{id: countries, make: testapp.Country, count: 4, set: {{capital: !ref 'cities[0]'}}{way}}}
                  - {{id: cities, make: testapp.City, count: 6, set: {{country: !ref countries}}}}
                """,
            )
            recipes.apply()
            assert Ledger(connection).digests("testapp.geo")["countries"] != digests["countries"]
            assert Ledger(connection).digests("testapp.geo")["cities"] == digests["cities"]
            recipes.applier().remove(["testapp.geo"])


def badges(recipes, text="count: 50", name="testapp.badges"):
    recipes.write(name, f"steps: [{{id: b, make: testapp.Badge, {text}}}]\n")
    return recipes.apply(name)


class TestTakenValues:
    def without_keys(self):
        return list(Badge.objects.order_by("pk").values("number", "code", "nickname", "stamp"))

    def test_one_cell_gives_way(self, recipes):
        """A generated value that a row of nobody holds gives way; nothing else changes, and it is told."""
        badges(recipes)
        planned = self.without_keys()
        recipes.applier().remove(["testapp.badges"])
        own = Badge.objects.create(number="own", code=planned[7]["code"].upper(), stamp="own")
        [outcome] = badges(recipes)
        made = [row for row in self.without_keys() if row["number"] != "own"]
        changed = [(row, name) for row in range(50) for name in planned[row] if made[row][name] != planned[row][name]]
        assert changed == [(7, "code")]
        assert [(gave.step, gave.model, gave.field, gave.row, gave.pk) for gave in outcome.gave_way] == [
            ("b", "testapp.Badge", "code", 7, own.pk)
        ]

    def test_again_in_every_way(self, recipes):
        """The row gets the same other value by stream, bulk and each."""
        badges(recipes)
        code = Badge.objects.order_by("pk")[3].code
        recipes.applier().remove(["testapp.badges"])
        Badge.objects.create(number="own", code=code, stamp="own")
        found = []
        for way in ("stream", "bulk", "each"):
            badges(recipes, f"count: 50, save: {way}")
            found.append((self.without_keys(), Ledger(connection).digests("testapp.badges")))
            recipes.applier().remove(["testapp.badges"])
        assert found[0] == found[1] == found[2]

    def test_a_value_that_goes_by_another(self, recipes):
        """Of an address that is taken only the digits change, in every way of writing; the name stays."""
        text = "steps: [{id: a, make: testapp.Author, count: 50, set: {name: Zoë}, save: %s}]\n"
        recipes.write("testapp.authors", text % "stream")
        recipes.apply()
        planned = list(Author.objects.order_by("pk").values_list("email", flat=True))
        recipes.applier().remove(["testapp.authors"])
        own = Author.objects.create(name="own", email=planned[7].upper())
        found = []
        for way in ("stream", "bulk", "each"):
            recipes.write("testapp.authors", text % way)
            [outcome] = recipes.apply()
            assert [(gave.field, gave.row, gave.pk) for gave in outcome.gave_way] == [("email", 7, own.pk)]
            rows = Author.objects.exclude(pk=own.pk).order_by("pk")
            found.append(list(rows.values_list("email", flat=True)))
            assert {row.name for row in rows} == {"Zoë"}
            recipes.applier().remove(["testapp.authors"])
        assert found[0] == found[1] == found[2]
        assert [row for row in range(50) if found[0][row] != planned[row]] == [7]
        assert found[0][7].startswith("zoe")
        assert len(set(found[0])) == 50

    def test_steps_do_not_give_way_to_the_same_value(self, recipes):
        """Two steps whose values are taken get different ones instead."""
        text = """
            steps:
              - {id: a, make: testapp.Ticket, count: 5, save: WAY}
              - {id: b, make: testapp.Ticket, count: 5}
            """
        recipes.write("testapp.t", text.replace("WAY", "stream"))
        recipes.apply()
        names = ("serial", "number", "seat", "place")
        planned = list(Ticket.objects.order_by("pk").values(*names))
        recipes.applier().remove(["testapp.t"])
        for row in (planned[0], planned[6]):
            Ticket.objects.create(
                **{
                    **row,
                    "serial": -row["serial"],
                    "number": -1 - len(Ticket.objects.all()),
                    "place": -len(Ticket.objects.all()),
                }
            )
        [outcome] = recipes.apply()
        assert [(gave.step, gave.field, gave.row) for gave in outcome.gave_way] == [("a", "seat", 0), ("b", "seat", 1)]
        assert Ticket.objects.count() == 12

    def test_labelled_rows(self, recipes):
        """What stands in for a taken value is no other label's value either."""
        recipes.write("testapp.g", "steps: [{id: g, make: testapp.Grade, named: {a: {}, b: {}, c: {}, d: {}}}]\n")
        recipes.apply()
        planned = list(Grade.objects.order_by("pk").values_list("mark", flat=True))
        recipes.applier().remove(["testapp.g"])
        [free] = set("ABCDE") - set(planned)
        for number, mark in enumerate(planned):
            own = Grade.objects.create(mark=mark)
            [outcome] = recipes.apply()
            assert [gave.row for gave in outcome.gave_way] == [number]
            made = list(Grade.objects.exclude(pk=own.pk).order_by("pk").values_list("mark", flat=True))
            assert made == [free if row == number else mark for row, mark in enumerate(planned)]
            recipes.applier().remove(["testapp.g"])
            own.delete()

    def test_nothing_is_free(self, recipes):
        """Too few free values are an error with the numbers, before anything is written."""
        Grade.objects.create(mark="A")
        recipes.write("testapp.g", "steps: [{id: g, make: testapp.Grade, count: 5}]\n")
        with pytest.raises(
            PlanError, match=r"Grade\.mark has no free values left: 1 of 5 are taken .* 0 others are free"
        ):
            recipes.apply()
        assert Grade.objects.count() == 1

    def test_a_literal_does_not_give_way(self, recipes):
        """What the recipe says itself is not replaced: the database refuses it."""
        Badge.objects.create(number="N1", code="x", stamp="own")
        with pytest.raises(Exception, match=r"step 'b', row 0, testapp\.Badge\.number: "):
            badges(recipes, "count: 3, set: {number: !seq 'N{n}'}")
        assert Badge.objects.count() == 1

    def test_other_recipes_rows_are_avoided_too(self, recipes):
        """Whoever made it: a value that is there is taken."""
        recipes.write("testapp.one", "seed: same\nsteps: [{id: b, make: testapp.Badge, count: 9}]\n")
        recipes.write("testapp.two", "seed: same\nsteps: [{id: b, make: testapp.Badge, count: 9}]\n")
        one, two = recipes.apply()
        assert not one.gave_way
        assert {gave.row for gave in two.gave_way} == set(range(9))
        assert Badge.objects.count() == 18
