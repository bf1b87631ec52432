"""Rows that are there already stand for rows of a recipe: they are found, not made again, and never removed."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sites.models import Site
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fixturekit.exceptions import MadeRowsMissing, MatchAmbiguous, PinNotFound, PlanError, RowsInUse
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from fixturekit.models import MadeRows
from tests.testapp.models import (
    Album,
    Artist,
    Author,
    Badge,
    Book,
    Car,
    Course,
    Cover,
    Credit,
    Currency,
    Desk,
    Folder,
    Genre,
    Lesson,
    Parcel,
    Person,
    Playlist,
    Quote,
    Receipt,
    Shift,
    Slot,
    Song,
    SportsCar,
    Vehicle,
    Visit,
)

pytestmark = pytest.mark.django_db

FOLDS = connection.vendor == "mysql"


def digests(name="testapp.r"):
    return Ledger(connection).digests(name)


def verified(recipes, name="testapp.r"):
    return list(verify(recipes.applier(), name))


def remove(recipes, *names, **options):
    return recipes.applier().remove(list(names) or ["testapp.r"], **options)


def both_ways(recipes, text, make):
    """Apply a recipe to a database without rows and to one with some; its digests are the same."""
    recipes.write("testapp.r", text)
    recipes.apply("testapp.r")
    assert verified(recipes) == []
    found = digests()
    remove(recipes)
    make()
    (outcome,) = recipes.apply("testapp.r")
    assert outcome.differing == ()
    assert digests() == found
    assert verified(recipes) == []
    return outcome


GENRES = """
    steps:
      - id: g
        rows: testapp.Genre
        match: [name]
        columns: [name]
        values: [[pop], [jazz], [folk], [rock]]
    """


class TestRows:
    def test_written_out(self, recipes):
        """Thousands of rows are as they were written out, whatever kind of value."""
        values = ", ".join(f"[n{n}, n{n}@b.de]" for n in range(3000))
        recipes.write(
            "testapp.r", f"steps: [{{id: a, rows: testapp.Author, columns: [name, email], values: [{values}]}}]\n"
        )
        (outcome,) = recipes.apply()
        assert outcome.rows == 3000
        assert list(Author.objects.order_by("pk").values_list("name", "email")) == [
            (f"n{n}", f"n{n}@b.de") for n in range(3000)
        ]
        assert verified(recipes) == []

    def test_cells(self, recipes):
        """Cells with tags, refs to rows of other steps and null come out row by row."""
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: c, rows: testapp.Course, columns: [name], values: [[Art], [Law]]}
              - id: l
                rows: testapp.Lesson
                columns: [course, title]
                values:
                  - [!ref "c[1]", one]
                  - [!ref "c[0]", !seq "no {n}"]
                  - [{name: Music}, three]
            """,
        )
        recipes.apply()
        found = list(Lesson.objects.order_by("pk").values_list("course__name", "title"))
        assert found == [("Law", "one"), ("Art", "no 2"), ("Music", "three")]
        assert verified(recipes) == []

    def test_addresses(self, recipes):
        """Another recipe finds the rows by number."""
        recipes.write("testapp.c", "steps: [{id: c, rows: testapp.Course, columns: [name], values: [[Art], [Law]]}]\n")
        recipes.write(
            "testapp.r",
            """
            depends_on: [testapp.c]
            steps: [{id: l, make: testapp.Lesson, set: {course: !ref "testapp.c/c[1]"}}]
            """,
        )
        recipes.apply()
        assert Lesson.objects.get().course.name == "Law"


class TestMatch:
    def test_adopted(self, recipes):
        """A row that is there is not made again; it has its address, and stays when the others are removed."""
        outcome = both_ways(recipes, GENRES, lambda: Genre.objects.create(name="jazz"))
        jazz = Genre.objects.get(name="jazz")
        assert outcome.rows == 3
        assert Genre.objects.count() == 4
        assert [Genre.objects.get(pk=key).name for key in Ledger(connection).made("testapp.r", "g")] == [
            "pop", "jazz", "folk", "rock",
        ]  # fmt: skip
        assert list(MadeRows.objects.order_by("position").values_list("kind", "count")) == [
            ("made", 1), ("adopted", 1), ("made", 2),
        ]  # fmt: skip
        assert Ledger(connection).applied()["testapp.r"].rows == 3
        assert remove(recipes).rows == {"testapp.Genre": 3}
        assert list(Genre.objects.all()) == [jazz]

    @pytest.mark.parametrize("there", [["pop"], ["rock"], ["pop", "rock"], ["pop", "jazz", "folk", "rock"]])
    def test_any_rows(self, recipes, there):
        """Whichever rows are there: the first, the last (which MariaDB would be sent first), all of them."""
        for name in there:
            Genre.objects.create(name=name)
        recipes.write("testapp.r", GENRES)
        recipes.apply()
        names = [Genre.objects.get(pk=key).name for key in Ledger(connection).made("testapp.r", "g")]
        assert names == ["pop", "jazz", "folk", "rock"]
        assert Genre.objects.count() == 4
        Genre.objects.create(name="new")  # whose key is free
        assert remove(recipes).total == 4 - len(there)
        assert set(Genre.objects.values_list("name", flat=True)) == {*there, "new"}

    def test_reset(self, recipes):
        """Making rows anew adopts the same rows again, and finds no values taken."""
        kept = Genre.objects.create(name="folk")
        recipes.write("testapp.r", GENRES)
        recipes.apply()
        (outcome,) = recipes.applier().reset(["testapp.r"])
        assert outcome.rows == 3
        assert outcome.gave_way == ()
        assert Genre.objects.get(name="folk") == kept

    def test_refs_and_children(self, recipes):
        """Others find an adopted row like one that was made, in the same recipe and in another."""
        law = Course.objects.create(name="Law")
        recipes.write(
            "testapp.c",
            """
            steps:
              - {id: c, make: testapp.Course, match: [name], named: {art: {name: Art}, law: {name: Law}}}
              - {id: l, make: testapp.Lesson, count: 2, set: {course: !ref c, title: !seq "{n}"}}
            """,
        )
        recipes.write(
            "testapp.r",
            """
            depends_on: [testapp.c]
            steps: [{id: l, make: testapp.Lesson, set: {title: x, course: !ref "testapp.c/c[law]"}}]
            """,
        )
        recipes.apply()
        assert Lesson.objects.filter(course=law).count() == 2
        assert verified(recipes) == verified(recipes, "testapp.c") == []
        remove(recipes, "testapp.r", "testapp.c")
        assert list(Course.objects.all()) == [law]

    def test_gone(self, recipes):
        """A ref to an adopted row that is gone is an error like any other."""
        Genre.objects.create(name="jazz")
        recipes.write("testapp.g", GENRES)
        recipes.write(
            "testapp.r",
            "depends_on: [testapp.g]\nsteps: [{id: a, make: testapp.Album, set: {genres: [!ref 'testapp.g/g[1]']}}]\n",
        )
        recipes.apply("testapp.g")
        Genre.objects.get(name="jazz").delete()
        with pytest.raises(MadeRowsMissing, match="1 of the 4 rows"):
            recipes.apply()

    def test_several_fields(self, recipes):
        """A row is adopted that is equal in all of the fields, links and NULL among them."""
        author = Author.objects.create(name="Ann", email="a@b.de")
        text = """
            steps:
              - id: d
                rows: testapp.Desk
                match: [author, room]
                columns: [author, room]
                values:
                  - [null, a]
                  - [!pin {email: a@b.de}, b]
                  - [null, b]
                  - [null, c]
            """
        there = []

        def make():
            there.append(Desk.objects.create(author=author, room="b"))
            there.append(Desk.objects.create(author=None, room="c"))

        assert both_ways(recipes, text, make).rows == 2
        remove(recipes)
        assert list(Desk.objects.order_by("pk")) == there

    def test_links_to_new_rows(self, recipes):
        """A row that points at a row which is still to be made cannot be there; one that points at an adopted one can."""
        text = """
            steps:
              - {id: c, make: testapp.Course, match: [name], named: {a: {name: Art}, l: {name: Law}}}
              - id: l
                rows: testapp.Lesson
                match: [course, title]
                columns: [course, title]
                values: [[!ref "c[a]", x], [!ref "c[l]", x], [!ref "c[l]", y]]
            """
        outcome = both_ways(
            recipes, text, lambda: Lesson.objects.create(course=Course.objects.create(name="Law"), title="x")
        )
        assert outcome.rows == 3
        assert (Course.objects.count(), Lesson.objects.count()) == (2, 3)

    def test_needs_of_adopted_rows(self, recipes):
        """What is made for rows of the step is made for rows that are made: parents, children, links, and their parents."""
        text = """
            steps:
              - id: a
                make: testapp.Album
                match: [title]
                count: 3
                set:
                  title: !seq "no {n}"
                  genres: !make 2
                  credits: !make {count: 2, role: x, artist__name: y}
              - {id: d, make: testapp.Desk, match: [room], count: 3, set: {room: !seq "{n}", author: {}}}
            """

        def make():
            Album.objects.create(title="no 2")
            Desk.objects.create(room="1")

        outcome = both_ways(recipes, text, make)
        assert (Genre.objects.count(), Artist.objects.count(), Author.objects.count()) == (4, 4, 2)
        assert Album.objects.get(title="no 2").genres.count() == 0
        assert [Album.objects.get(title=f"no {n}").genres.count() for n in (1, 3)] == [2, 2]
        assert Desk.objects.get(room="1").author is None
        assert len({desk.author_id for desk in Desk.objects.exclude(room="1")}) == 2
        assert outcome.rows == 2 + 4 + 4 + 4 + 4 + 2 + 2
        remove(recipes)
        assert (Album.objects.count(), Desk.objects.count(), Genre.objects.count()) == (1, 1, 0)

    def test_shared_parents(self, recipes):
        """A parent that is shared is made if one of the made rows has it."""
        text = """
            options: {style: plain}
            steps:
              - {id: d, make: testapp.Lesson, match: [title], count: 4, share: {course: 2}, set: {title: !seq "{n}", course: {}}}
            """
        course = Course.objects.create(name="there")

        def make():
            for title in "13":
                Lesson.objects.create(title=title, course=course)

        assert both_ways(recipes, text, make).rows == 3
        assert Course.objects.count() == 2

    def test_tables_of_a_parent(self, recipes):
        """A row of several tables is found by a field of any of them, and left alone in all."""
        text = """
            steps:
              - {id: c, make: testapp.Car, match: [plate], count: 3, set: {plate: !seq "A-{n}", wheels: 3, doors: 5}}
            """
        outcome = both_ways(recipes, text, lambda: Car.objects.create(plate="A-3", wheels=6, doors=1))
        assert outcome.rows == 2
        assert sorted(Car.objects.values_list("plate", "wheels", "doors")) == [
            ("A-1", 3, 5), ("A-2", 3, 5), ("A-3", 6, 1),
        ]  # fmt: skip
        assert Vehicle.objects.count() == 3
        remove(recipes)
        assert Vehicle.objects.get().plate == "A-3"

    @pytest.mark.parametrize("save", ["stream", "bulk", "each"])
    def test_keys_of_all_kinds(self, recipes, save):
        """UUIDs, texts and keys of several columns are adopted alike, in every way of writing."""
        text = f"""
            steps:
              - {{id: p, make: testapp.Parcel, save: {save}, match: [label], count: 3, set: {{label: !seq "{{n}}"}}}}
              - {{id: b, make: testapp.Coin, save: {save}, count: 3, set: {{currency: !ref c}}}}
              - id: c
                rows: testapp.Currency
                save: {save}
                match: [code]
                columns: [code, name]
                values: [[EUR, Euro], [SEK, Krona], [USD, Dollar]]
              - id: s
                rows: testapp.Shift
                save: {save}
                match: [worker, day]
                columns: [worker, day, task]
                values: [[1, 2020-01-01, x], [1, 2020-01-02, x], [2, 2020-01-01, x]]
              - id: l
                rows: testapp.Slot
                save: {save}
                match: [parcel]
                columns: [parcel, weight]
                values: [[!ref "p[1]", 7], [!ref "p[0]", 8]]
                set: {{shelf: top}}
            """

        def make():
            parcel = Parcel.objects.create(id=uuid.UUID(int=5), label="2")
            Currency.objects.create(code="USD", name="Buck")
            Shift.objects.create(worker=1, day="2020-01-02", task="kept")
            Slot.objects.create(shelf="floor", parcel=parcel, weight=9)

        outcome = both_ways(recipes, text, make)
        assert outcome.rows == 10
        assert sorted(Slot.objects.values_list("shelf", "weight")) == [("floor", 9), ("top", 8)]
        assert Parcel.objects.get(label="2").pk == uuid.UUID(int=5)
        assert Currency.objects.get(code="USD").name == "Buck"
        assert Shift.objects.get(worker=1, day="2020-01-02").task == "kept"
        remove(recipes)
        assert (Parcel.objects.count(), Currency.objects.count(), Shift.objects.count()) == (1, 1, 1)

    def test_copied_columns(self, recipes):
        """What others copy of an adopted row is what that row has."""
        Course.objects.create(name="Law")
        Author.objects.create(email="a@b.de", name="Real")
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: a, make: testapp.Author, match: [email], set: {email: a@b.de, name: Planned}}
              - {id: d, make: testapp.Desk, set: {author: !ref a, room: !copy author.name}}
            """,
        )
        recipes.apply()
        assert Desk.objects.get().room == "Real"
        assert verified(recipes) == []

    def test_one_query(self, recipes):
        """Rows are looked for many at a time."""
        Author.objects.bulk_create(Author(name="x", email=f"A{n}@b.de") for n in range(1000))
        values = ", ".join(f"[n, A{n}@b.de]" for n in range(400))
        recipes.write(
            "testapp.r",
            f"steps: [{{id: a, rows: testapp.Author, match: [email], columns: [name, email], values: [{values}]}}]\n",
        )
        with CaptureQueriesContext(connection) as queries:
            recipes.apply()
        assert Author.objects.count() == 1000
        assert len([query for query in queries if "testapp_author" in query["sql"]]) == 1

    def test_equality_of_the_database(self, recipes):
        """Texts are equal as the database has it: where it says that Zoë is zoe, that row is adopted."""
        Genre.objects.create(name="Zoë")
        recipes.write(
            "testapp.r",
            "steps: [{id: g, rows: testapp.Genre, match: [name], columns: [name], values: [[zoe], [x]]}]\n",
        )
        (outcome,) = recipes.apply()
        assert outcome.rows == (1 if FOLDS else 2)
        assert verified(recipes) == []

    def test_several_fit(self, recipes):
        """A row that several rows fit is an error like that of a pin; nothing is written."""
        for _ in "ab":
            Artist.objects.create(name="x")
        recipes.write("testapp.r", "steps: [{id: a, make: testapp.Artist, match: [name], set: {name: x}}]\n")
        with pytest.raises(MatchAmbiguous, match=r"row 0: several rows of testapp\.Artist have the same name"):
            recipes.apply()
        assert not MadeRows.objects.exists()

    def test_alike_to_the_database(self, recipes):
        """Two rows that only the database takes for equal are named, where it does."""
        recipes.write(
            "testapp.r",
            "steps: [{id: a, rows: testapp.Artist, match: [name], columns: [name], values: [[zoe], [Zoë]]}]\n",
        )
        if FOLDS:
            with pytest.raises(PlanError, match="rows 0 and 1 have the same name"):
                recipes.apply()
        else:
            assert recipes.apply()[0].rows == 2

    def test_self_reference(self, recipes):
        """Rows may point at rows of their own step, adopted ones too."""
        text = """
            steps:
              - id: f
                make: testapp.Folder
                match: [name]
                named: {root: {name: root}, a: {name: a, parent: !ref "f[root]"}, b: {name: b, parent: !ref "f[a]"}}
            """
        root = []
        both_ways(recipes, text, lambda: root.append(Folder.objects.create(name="root")))
        assert Folder.objects.get(name="b").parent.parent == root[0]
        remove(recipes)
        assert list(Folder.objects.all()) == root

    def test_failure(self, recipes):
        """A recipe that fails leaves nothing: no row, no adopted row that was changed."""
        Author.objects.create(name="old", email="a@b.de")
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: a, make: testapp.Author, match: [email], update: true, set: {name: new, email: a@b.de}}
              - {id: g, rows: testapp.Genre, columns: [name], values: [[x], [y]]}
            """,
        )
        Genre.objects.create(name="y")
        with pytest.raises(Exception, match="g"):
            recipes.apply()
        assert Author.objects.get().name == "old"
        assert not MadeRows.objects.exists()


class TestReferenceData:
    """What docs/recipe-format.md shows."""

    def test_sites_groups_permissions(self, recipes):
        """Rows that Django makes while it migrates are adopted; groups get their permissions once."""
        text = """
            steps:
              - {id: site, make: sites.Site, match: [id], update: true, set: {id: 1, domain: shop.example.com, name: Shop}}
              - id: permissions
                rows: auth.Permission
                match: [content_type, codename]
                columns: [content_type, codename, name]
                values:
                  - [!pin {natural: [testapp, genre]}, view_genre, seen by all]
                  - [!pin {natural: [testapp, genre]}, shelve_genre, put on a shelf]
              - id: groups
                make: auth.Group
                match: [name]
                update: true
                named: {editors: {name: Editors}, readers: {name: Readers}}
                set:
                  permissions:
                    - !pin {codename: change_genre}
                    - !ref "permissions[1]"
            """
        Site.objects.update_or_create(pk=1, defaults={"domain": "example.com", "name": "example.com"})
        readers = []

        def make():
            readers.append(Group.objects.create(name="Readers"))
            readers[0].permissions.add(Permission.objects.get(codename="change_genre"))

        both_ways(recipes, text, make)
        assert Site.objects.get(pk=1).domain == "shop.example.com"
        assert Permission.objects.get(codename="view_genre").name == "Can view genre"
        for group in Group.objects.all():
            assert set(group.permissions.values_list("codename", flat=True)) == {"change_genre", "shelve_genre"}
        remove(recipes)
        assert [permission.codename for permission in readers[0].permissions.all()] == ["change_genre"]
        assert Site.objects.filter(pk=1).exists()
        assert not Permission.objects.filter(codename="shelve_genre").exists()


class TestRemoving:
    def test_cascade(self, recipes):
        """Adopted rows stay even where rows of nobody would go: they are named."""
        recipes.write("testapp.c", "steps: [{id: c, make: testapp.Course, set: {name: Law}}]\n")
        recipes.apply()
        lesson = Lesson.objects.create(course=Course.objects.get(), title="x")
        recipes.write("testapp.r", "steps: [{id: l, make: testapp.Lesson, match: [title], set: {title: x}}]\n")
        recipes.apply()
        with pytest.raises(RowsInUse, match=r"through course, there before testapp\.r adopted it"):
            remove(recipes, "testapp.c", cascade=True)
        remove(recipes)
        remove(recipes, "testapp.c", cascade=True)
        assert not Lesson.objects.filter(pk=lesson.pk).exists()


class TestUpdate:
    @pytest.mark.parametrize("save", ["stream", "bulk", "each"])
    def test_planned_values(self, recipes, save):
        """Adopted rows get all planned values, in every way of writing."""
        text = f"""
            now: 2026-11-20T09:00:00Z
            steps:
              - id: c
                make: testapp.SportsCar
                save: {save}
                match: [plate]
                update: true
                count: 4
                set: {{plate: !seq "A-{{n}}", wheels: 3, doors: !range [2, 5], top_speed: 200}}
            """

        def make():
            Car.objects.create(plate="B", doors=9)
            for plate in ("A-4", "A-2"):
                SportsCar.objects.create(plate=plate, doors=1, top_speed=1)

        outcome = both_ways(recipes, text, make)
        assert outcome.rows == 2
        assert outcome.gave_way == ()
        assert Vehicle.objects.filter(wheels=3).count() == 4
        remove(recipes)
        assert set(Vehicle.objects.values_list("plate", flat=True)) == {"B", "A-4", "A-2"}

    def test_generated_unique_values(self, recipes):
        """A generated value that the adopted row has already is its own."""
        text = """
            steps:
              - {id: b, make: testapp.Badge, match: [number], update: true, count: 3, set: {number: !seq "{n}"}}
            """
        recipes.write("testapp.r", text)
        recipes.apply()
        rows = list(Badge.objects.order_by("number").values())
        Ledger(connection).forget("testapp.r")  # the rows are there as if somebody else had made them
        (outcome,) = recipes.apply()
        assert (outcome.rows, outcome.gave_way) == (0, ())
        assert list(Badge.objects.order_by("number").values()) == rows

    def test_hooks_run(self, recipes):
        """Rows that have to be saved are saved, so that their model's own code has its part."""
        text = """
            steps:
              - {id: q, make: testapp.Quote, match: [quantity], update: true, set: {quantity: 2, unit_price: 5}}
              - {id: s, make: testapp.Receipt, match: [payer], update: true, set: {payer: x}}
            """
        recipes.write("testapp.r", text)
        Quote.objects.create(quantity=2, unit_price=1)
        Receipt.objects.create(payer="x")
        recipes.apply()
        assert Quote.objects.get().total == 10
        assert verified(recipes) == []

    def test_links(self, recipes):
        """Links that are missing are made, those that are there are adopted; only made ones are removed."""
        text = """
            steps:
              - {id: g, make: testapp.Genre, match: [name], named: {x: {name: x}, y: {name: y}}}
              - {id: p, make: testapp.Artist, set: {name: who}}
              - id: a
                make: testapp.Album
                match: [title]
                update: true
                set: {title: t, genres: [!ref "g[x]", !ref "g[y]"]}
            """
        album = []

        def make():
            album.append(Album.objects.create(title="t"))
            album[0].genres.add(Genre.objects.create(name="x"), Genre.objects.create(name="z"))

        both_ways(recipes, text, make)
        assert set(album[0].genres.values_list("name", flat=True)) == {"x", "y", "z"}
        remove(recipes)
        assert set(album[0].genres.values_list("name", flat=True)) == {"x", "z"}

    def test_links_with_columns(self, recipes):
        """A link with columns of its own gets them."""
        who = Artist.objects.create(name="who")
        album = Album.objects.create(title="t")
        Credit.objects.create(album=album, artist=who, role="old", position=1)
        recipes.write(
            "testapp.r",
            """
            steps:
              - id: a
                make: testapp.Album
                match: [title]
                update: true
                set: {title: t, artists: [!pin {name: who}]}
            """,
        )
        recipes.apply()
        assert Credit.objects.get().role != "old"
        assert verified(recipes) == []

    @pytest.mark.parametrize("save", ["stream", "each"])
    def test_links_with_hooks(self, recipes, save):
        """Where a receiver hears of links, it hears of those that are made."""
        text = f"""
            steps:
              - id: p
                make: testapp.Playlist
                save: {save}
                match: [name]
                update: true
                named: {{a: {{name: a}}, b: {{name: b}}}}
                set: {{songs: [!pin {{title: x, or_make: {{}}}}, !pin {{title: y, or_make: {{}}}}]}}
            """
        song = Song.objects.create(title="x")

        def make():
            Playlist.objects.create(name="b").songs.add(song)

        both_ways(recipes, text, make)
        assert [playlist.songs.count() for playlist in Playlist.objects.all()] == [2, 2]
        remove(recipes)
        assert list(Playlist.objects.get().songs.all()) == [song]

    def test_symmetrical_links(self, recipes):
        """Both ways of a symmetrical link are adopted, or made."""
        text = """
            steps:
              - id: p
                make: testapp.Person
                match: [name]
                update: true
                named: {a: {name: a}, b: {name: b}, c: {name: c}}
                set: {friends: [!pin {name: hub}]}
            """
        hub = Person.objects.create(name="hub")

        def make():
            Person.objects.create(name="b").friends.add(hub)

        both_ways(recipes, text, make)
        assert set(hub.friends.values_list("name", flat=True)) == {"a", "b", "c"}
        remove(recipes)
        assert [person.name for person in hub.friends.all()] == ["b"]


class TestAdoptedFromAnotherRecipe:
    """Rows that one recipe made and another adopted."""

    ADOPTING = "steps: [{id: g, rows: MODEL, match: [plate], columns: [plate], values: [[B 1]]}]\n"

    @pytest.fixture(params=["testapp.Car", "testapp.Vehicle"])
    def shared(self, recipes, request):
        """A recipe that made two cars, one of which another recipe adopted, as a car or as a vehicle."""
        recipes.write("testapp.a", "steps: [{id: c, rows: testapp.Car, columns: [plate], values: [[B 1], [B 2]]}]\n")
        recipes.write("testapp.b", self.ADOPTING.replace("MODEL", request.param))
        recipes.apply("testapp.a")
        recipes.apply("testapp.b")
        return recipes

    @pytest.mark.parametrize("options", [{}, {"cascade": True}])
    def test_stay(self, shared, options):
        """The first cannot be removed from under the second, which is named."""
        with pytest.raises(RowsInUse) as caught:
            remove(shared, "testapp.a", **options)
        assert str(caught.value).startswith("Other recipes have adopted rows that testapp.a made:\n  testapp.")
        assert str(caught.value).endswith("by testapp.b; remove that first: applyfixtures testapp.b zero")
        assert Car.objects.count() == 2
        assert list(Ledger(connection).applied()) == ["testapp.a", "testapp.b"]
        with pytest.raises(RowsInUse):
            shared.applier().reset(["testapp.a"])

    @pytest.mark.parametrize("names", [("testapp.a", "testapp.b"), ("testapp.b", "testapp.a")])
    def test_go_together(self, shared, names):
        """Both can be removed at once."""
        remove(shared, *names)
        assert not Vehicle.objects.exists()

    def test_one_after_the_other(self, shared):
        """Without the second, the first can be removed."""
        remove(shared, "testapp.b")
        assert Car.objects.count() == 2
        remove(shared, "testapp.a")
        assert not Vehicle.objects.exists()


class TestGetOrCreate:
    def test_rows_of_the_step(self, recipes):
        """Rows that are identified alike are one row: the later ones stand for the first."""
        text = """
            steps:
              - {id: g, make: testapp.Genre, count: 40, get_or_create: [name], set: {name: !choice [x, y, z]}}
              - {id: a, make: testapp.Album, count: 40, set: {title: !seq "{n}", genres: [!ref g]}}
            """
        outcome = both_ways(recipes, text, lambda: Genre.objects.create(name="y"))
        assert Genre.objects.count() == 3
        assert outcome.rows == 2 + 40 + 40
        keys = list(Ledger(connection).made("testapp.r", "g"))
        assert len(keys) == 40
        for key, album in zip(keys, Album.objects.order_by("pk"), strict=True):
            assert [genre.pk for genre in album.genres.all()] == [key]
        remove(recipes)
        assert [genre.name for genre in Genre.objects.all()] == ["y"]

    @pytest.mark.parametrize("save", ["stream", "each"])
    def test_all_one(self, recipes, save):
        """All of them may be one, in another recipe's eyes too."""
        recipes.write(
            "testapp.g",
            f"steps: [{{id: g, make: testapp.Genre, save: {save}, count: 3, get_or_create: [name], set: {{name: x}}}}]\n",
        )
        recipes.write(
            "testapp.r",
            "depends_on: [testapp.g]\nsteps: [{id: a, make: testapp.Album, count: 3, set: {genres: [!ref testapp.g/g]}}]\n",
        )
        recipes.apply()
        assert Genre.objects.get().albums.count() == 3
        assert verified(recipes, "testapp.g") == verified(recipes) == []

    @pytest.mark.parametrize(
        ("model", "field", "values"),
        [
            ("Initial", "letter", "!mask '-'"),
            ("Planet", "position", "!range [1, 9]"),
            ("Grade", "mark", "!choice [A, B]"),
        ],
    )
    def test_drawn_values(self, recipes, model, field, values):
        """Values may be drawn from fewer than there are rows, on a unique field too."""
        recipes.write(
            "testapp.r",
            f"steps: [{{id: g, make: testapp.{model}, count: 50, get_or_create: [{field}], set: {{{field}: {values}}}}}]\n",
        )
        (outcome,) = recipes.apply()
        assert 1 < outcome.rows < 30
        assert verified(recipes) == []

    def test_fields_of_one_row(self, recipes):
        """Another recipe reads the fields of row n from the row that stands for row n."""
        recipes.write(
            "testapp.i",
            """
            steps:
              - id: i
                rows: testapp.Imprint
                get_or_create: [code]
                columns: [code, name]
                values: [[X, Ex], [X, Ex], [Y, Why], [X, Ex]]
            """,
        )
        recipes.write(
            "testapp.r",
            """
            depends_on: [testapp.i]
            steps:
              - id: b
                make: testapp.Book
                count: 4
                set: {imprint: !ref testapp.i/i, title: !copy imprint.name}
              - {id: c, make: testapp.Cover, count: 4, set: {colour: !jinja "{{ row.book.imprint.name }}", book: !ref b}}
            """,
        )
        recipes.apply()
        expected = [("X", "Ex"), ("X", "Ex"), ("Y", "Why"), ("X", "Ex")]
        assert list(Book.objects.order_by("pk").values_list("imprint_id", "title")) == expected
        assert list(Cover.objects.order_by("pk").values_list("colour", flat=True)) == ["Ex", "Ex", "Why", "Ex"]
        assert verified(recipes) == []

    def test_links_to_one_row(self, recipes):
        """Rows that point at rows which are one row are alike; a pin that is made is one row as well."""
        recipes.write(
            "testapp.r",
            """
            steps:
              - {id: c, make: testapp.Course, count: 4, get_or_create: [name], set: {name: x}}
              - {id: l, make: testapp.Lesson, count: 4, get_or_create: [course, title], set: {title: t, course: !ref c}}
              - id: m
                rows: testapp.Lesson
                match: [course, title]
                columns: [course, title]
                values: [[!pin {name: y, or_make: {}}, t], [!pin {name: y, or_make: {}}, u]]
            """,
        )
        (outcome,) = recipes.apply()
        assert outcome.rows == 5
        assert sorted(Lesson.objects.values_list("course__name", "title")) == [("x", "t"), ("y", "t"), ("y", "u")]
        assert verified(recipes) == []

    def test_unique_values_written_out(self, recipes):
        """Rows of ``values`` that are one row may have the same in a unique column."""
        text = "steps: [{id: g, rows: testapp.Genre, get_or_create: [name], columns: [name], values: [[x], [y], [x]]}]"
        assert both_ways(recipes, text + "\n", lambda: Genre.objects.create(name="x")).rows == 1

    def test_equality_of_the_database(self, recipes):
        """Rows that the database takes for equal are one there; the recipe is the same recipe everywhere."""
        recipes.write(
            "testapp.r",
            "steps: [{id: a, rows: testapp.Artist, get_or_create: [name], columns: [name], values: [[zoe], [Zoë]]}]\n",
        )
        recipes.apply()
        assert Artist.objects.count() == (1 if FOLDS else 2)
        assert verified(recipes) == []


PIN = "{id: d, make: testapp.Desk, count: 2, set: {room: x, author: !pin {email: a@b.de, or_make: {name: Ann}}}}"


class TestOrMake:
    def test_made_or_found(self, recipes):
        """The row is made once where it is missing, and found where it is there; digests do not tell."""
        text = """
            steps:
              - {id: l, make: testapp.Lesson, count: 2, set: {title: !seq "{n}", course: !pin {name: Law, or_make: {}}}}
            """
        law = []
        assert both_ways(recipes, text, lambda: law.append(Course.objects.create(name="Law"))).rows == 2
        assert Lesson.objects.filter(course=law[0]).count() == 2
        remove(recipes)
        assert list(Course.objects.all()) == law

    def test_second_recipe(self, recipes):
        """A second recipe finds the row that the first one made; it goes with the first."""
        for name in ("testapp.r", "testapp.s"):
            lesson = f"{{title: {name}, course: !pin {{name: Law, or_make: {{}}}}}}"
            recipes.write(name, f"steps: [{{id: d, make: testapp.Lesson, set: {lesson}}}]\n")
        assert [outcome.rows for outcome in recipes.apply()] == [2, 1]
        assert Course.objects.count() == 1
        with pytest.raises(RowsInUse):
            remove(recipes, "testapp.r")
        remove(recipes, "testapp.s")
        assert Course.objects.count() == 1
        remove(recipes, "testapp.r")
        assert not Course.objects.exists()

    def test_as_any_row(self, recipes):
        """It is made as any other row: defaults, related rows, hooks; of several tables, by UUID, in a list."""
        recipes.write(
            "testapp.r",
            """
            steps:
              - id: b
                make: testapp.Book
                set:
                  parcel: !pin {label: p, or_make: {}}
                  delivery: !pin {plate: X-1, or_make: {doors: 3}}
                  imprint: !pin {code: I1, or_make: {}}
              - {id: a, make: testapp.Album, set: {genres: [!pin {name: x, or_make: {}}]}}
              - {id: v, make: testapp.Visit, set: {number: 7, visitor: !pin {name: hooked, or_make: {}}}}
            """,
        )
        recipes.apply()
        assert Car.objects.get(plate="X-1").doors == 3
        assert Album.objects.get().genres.get().name == "x"
        assert sorted(Visit.objects.values_list("number", flat=True)) == [1, 7]  # the first is the receiver's
        assert verified(recipes) == []
        remove(recipes)
        assert [model.objects.count() for model in (Vehicle, Parcel, Genre, Visit)] == [0, 0, 0, 0]

    def test_several(self, recipes):
        """Several rows that fit are an error, as for any pin."""
        Course.objects.create(name="Law")
        Course.objects.create(name="Law")
        recipes.write(
            "testapp.r",
            "steps: [{id: d, make: testapp.Lesson, set: {title: x, course: !pin {name: Law, or_make: {}}}}]\n",
        )
        with pytest.raises(PinNotFound, match="fits several rows"):
            recipes.apply()
