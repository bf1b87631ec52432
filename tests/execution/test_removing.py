"""Removing what recipes made: all of it, nothing else, and not from under rows that stay."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.signals import post_delete, pre_delete
from django.test.utils import CaptureQueriesContext

from fixturekit.exceptions import ApplyError, RowsInUse
from fixturekit.execution.removing import Removed, remove
from fixturekit.ledger import Ledger
from fixturekit.models import SIDE, AppliedRecipe, MadeRows
from fixturekit.writers.keys import Listed, Ranges
from tests.execution.tagging.tables import installed
from tests.otherapp.models import BookMobile, Classic, Library, Loan, Note, Supply
from tests.testapp.models import (
    Album,
    Article,
    Asset,
    Author,
    Book,
    Car,
    City,
    Coin,
    Country,
    Cover,
    Currency,
    Desk,
    Egg,
    FeaturedArticle,
    Folder,
    Genre,
    Hen,
    Imprint,
    Machine,
    Mirror,
    Museum,
    Parcel,
    Passport,
    Race,
    Relic,
    Shift,
    SportsCar,
    Vehicle,
    Visa,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tagging")]


@pytest.fixture(scope="module")
def tagging(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installed():
        yield


def tagged(name):
    return apps.get_model("tagging", name)


def prepared(row):
    """The key of a row as the driver takes it."""
    opts = row._meta
    values = tuple(
        field.get_db_prep_value(getattr(row, field.attname), connection, prepared=False) for field in opts.pk_fields
    )
    return values if len(values) > 1 else values[0]


def made(name, *batches, kind="made"):
    """Note rows, a list of one model for each batch, as those that a recipe made."""
    ledger = Ledger(connection)
    entry = AppliedRecipe.objects.filter(name=name.partition(".")[2]).first() or ledger.record(
        name, document="steps: []", checksum="ab", engine=1, versions={}, digests={}
    )
    for rows in batches:
        label = rows[0]._meta.label
        keys = Listed()
        keys.extend([prepared(row) for row in rows])
        ledger.add_rows(entry, step="s", batch=f"{kind}.{label}", model=label, keys=keys, kind=kind)


def take_away(*names, cascade=False):
    """Remove, and check what a commit would check; MySQL has checked it by then."""
    with transaction.atomic():
        removed = remove(connection, names, cascade=cascade)
    if connection.features.can_defer_constraint_checks:
        connection.check_constraints()
    return removed.rows


def authors(count, prefix="a"):
    return [Author.objects.create(name="A", email=f"{prefix}{n}@example.com") for n in range(count)]


def book(author, **others):
    imprint, _ = Imprint.objects.get_or_create(code="X", defaults={"name": "X"})
    parcel = Parcel.objects.create(label="p")
    car, _ = Car.objects.get_or_create(plate="B-1", defaults={"doors": 3})
    return Book.objects.create(title="T", author=author, imprint=imprint, parcel=parcel, delivery=car, **others)


def refused(*names, cascade=False):
    """The lines of the refusal, after which everything is as before."""
    before = {model: model._base_manager.count() for model in apps.get_models() if model._meta.managed}
    with pytest.raises(RowsInUse) as caught, transaction.atomic():
        remove(connection, names, cascade=cascade)
    assert {model: model._base_manager.count() for model in before} == before
    assert all(line in str(caught.value) for line in caught.value.rows)
    return list(caught.value.rows)


class TestExactly:
    def test_made_rows_and_no_others(self):
        """Rows of the recipe go, with its entry; rows of nobody and of other recipes stay."""
        ours, theirs, free = authors(3), authors(2, "b"), authors(1, "c")
        made("shop.sale", ours)
        made("shop.other", theirs)
        assert take_away("shop.sale") == {"testapp.Author": 3}
        assert set(Author.objects.all()) == {*theirs, *free}
        assert list(Ledger(connection).applied()) == ["shop.other"]

    def test_side_rows(self):
        """Rows that receivers made go as well."""
        made("shop.sale", authors(1))
        made("shop.sale", [Currency.objects.create(code="EUR", name="Euro")], kind=SIDE)
        assert take_away("shop.sale") == {"testapp.Author": 1, "testapp.Currency": 1}
        assert not Currency.objects.exists()

    def test_several_recipes(self):
        """What one of them made may depend on what another one made, in whatever order they are named."""
        [author] = authors(1)
        made("shop.people", [author])
        made("shop.desks", [Desk.objects.create(author=author, room="1")])
        assert take_away("shop.people", "shop.desks", "shop.people") == {"testapp.Author": 1, "testapp.Desk": 1}
        assert Ledger(connection).applied() == {}

    def test_rows_that_are_gone(self):
        """No error, and they are not counted."""
        rows = authors(3)
        made("shop.sale", rows)
        rows[1].delete()
        assert take_away("shop.sale") == {"testapp.Author": 2}

    def test_nothing_made(self):
        """A recipe that was only faked leaves its entry behind, and that goes."""
        Ledger(connection).record("shop.sale", document="", checksum="", engine=1, faked=True, versions={}, digests={})
        with transaction.atomic():
            removed = remove(connection, ["shop.sale"])
        assert removed == Removed({})
        assert removed.total == 0
        assert Ledger(connection).applied() == {}

    def test_not_applied(self):
        """The error names the recipe."""
        with pytest.raises(ApplyError, match=r"Recipe shop\.nothing is not applied"):
            take_away("shop.nothing")

    def test_model_that_is_gone(self):
        """Its rows cannot be found: nothing is removed at all."""
        rows = authors(2)
        made("shop.sale", rows)
        entry = AppliedRecipe.objects.get()
        MadeRows.objects.create(applied=entry, step="a", batch="a", model="shop.Gone", position=0, count=2, first=1)
        with pytest.raises(ApplyError, match=r"shop\.Gone"):
            take_away("shop.sale")
        assert Author.objects.count() == 2

    def test_no_instances_no_signals(self):
        """Receivers hear nothing, and the number of queries does not grow with the rows."""
        heard = []

        def hear(sender, **_):
            heard.append(sender)

        pre_delete.connect(hear)
        post_delete.connect(hear)
        try:
            counts = []
            for name, count in (("shop.few", 40), ("shop.many", 400)):
                made(name, authors(count, name))
                with CaptureQueriesContext(connection) as queries:
                    take_away(name)
                counts.append(len(queries))
        finally:
            pre_delete.disconnect(hear)
            post_delete.disconnect(hear)
        assert heard == []
        assert counts[0] == counts[1]
        assert not Author.objects.exists()

    def test_rolls_back(self):
        """It is the caller's transaction: when that fails, rows and ledger are as before."""
        made("shop.sale", authors(2))
        with transaction.atomic():
            remove(connection, ["shop.sale"])
            transaction.set_rollback(True)
        assert Author.objects.count() == 2
        assert Ledger(connection).applied()["shop.sale"].rows == 2

    def test_models_without_a_table_here(self):
        """Rows of a view are nobody's: they neither stand in the way nor go."""
        made("shop.sale", authors(2))
        assert tagged("AuthorView").objects.count() == 2
        assert take_away("shop.sale") == {"testapp.Author": 2}


class TestKeys:
    def test_more_uuids_than_fit_one_statement(self):
        """Keys that are no integers go in chunks."""
        kept = Parcel.objects.create(label="kept")
        parcels = [Parcel(pk=uuid.uuid4(), label="p") for _ in range(2500)]
        Parcel.objects.bulk_create(parcels)
        made("shop.sale", parcels)
        assert take_away("shop.sale") == {"testapp.Parcel": 2500}
        assert list(Parcel.objects.all()) == [kept]

    def test_scattered_integers(self):
        """Only the keys themselves go, not what lies between them."""
        rows = authors(300)
        made("shop.sale", rows[::3])
        assert take_away("shop.sale") == {"testapp.Author": 100}
        assert set(Author.objects.all()) == set(rows) - set(rows[::3])

    def test_texts_and_named_columns(self):
        """Keys of text, tables and columns with odd names."""
        currency = Currency.objects.create(code="EUR", name="Euro")
        coin = Coin.objects.create(currency=currency)
        museum = Museum.objects.create(name="M")
        relic = Relic.objects.create(name="R", group="G", keeper=museum)
        made("shop.sale", [currency], [coin], [museum], [relic])
        assert sorted(take_away("shop.sale").values()) == [1, 1, 1, 1]

    def test_composite(self):
        """Keys of two columns, more than fit one statement."""
        day = datetime.date(2026, 1, 1)
        shifts = [Shift(worker=n, day=day + datetime.timedelta(n % 2), task="t") for n in range(250)]
        Shift.objects.bulk_create(shifts)
        made("shop.sale", shifts[:240])
        assert take_away("shop.sale") == {"testapp.Shift": 240}
        assert {shift.worker for shift in Shift.objects.all()} == set(range(240, 250))

    def test_instants_decimals_and_durations(self):
        """Keys that databases hold in forms of their own."""
        when = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)
        rows = [
            [tagged("Instant").objects.create(at=when + datetime.timedelta(microseconds=n)) for n in range(3)],
            [tagged("Amount").objects.create(value=Decimal(n) / 4) for n in range(3)],
            [tagged("Span").objects.create(length=datetime.timedelta(days=n, microseconds=1)) for n in range(3)],
        ]
        made("shop.sale", *(batch[:2] for batch in rows))
        assert set(take_away("shop.sale").values()) == {2}
        assert [type(row).objects.get() for *_, row in rows] == [row for *_, row in rows]


class TestRefusal:
    def test_foreign_key(self):
        """Rows that nobody made are listed by model, number and first keys, never by content."""
        rows = authors(3)
        made("shop.sale", rows)
        desks = [Desk.objects.create(author=author, room="secret") for author in rows]
        numbers = ", ".join(str(desk.pk) for desk in desks)
        assert refused("shop.sale") == [f"testapp.Desk: 3 rows ({numbers}) through author"]

    def test_message(self):
        """It says what is in the way and what to do, and shows the first few keys."""
        rows = authors(5)
        made("shop.sale", rows)
        first, second, third, *_ = (Desk.objects.create(author=author, room="secret").pk for author in rows)
        with pytest.raises(RowsInUse) as caught:
            remove(connection, ["shop.sale"])
        assert str(caught.value) == (
            "Rows that stay depend on rows of shop.sale:\n"
            f"  testapp.Desk: 5 rows ({first}, {second}, {third}, ...) through author\n"
            "Remove these rows first, or take those that no recipe made too, with --cascade"
        )

    def test_many_recipes(self):
        """Of many recipes the first few are named."""
        rows = authors(6)
        for number, author in enumerate(rows):
            made(f"shop.r{number}", [author])
        Desk.objects.create(author=rows[0], room="secret")
        with pytest.raises(RowsInUse, match=r"rows of shop\.r0, shop\.r1, shop\.r2, and 3 more:"):
            remove(connection, [f"shop.r{number}" for number in range(6)])

    def test_many_models(self):
        """So are lines; the error has all of them."""
        [author] = authors(1)
        made("shop.sale", [author])
        for number in range(30):
            made(f"shop.r{number:02}", [book(author)])
        with pytest.raises(RowsInUse) as caught:
            remove(connection, ["shop.sale"])
        assert len(caught.value.rows) == 30
        assert str(caught.value).endswith("\n  and 10 more")

    def test_a_row_that_points_twice_counts_once(self):
        """Author and editor of one book."""
        rows = authors(2)
        made("shop.sale", rows)
        written = book(rows[0], editor=rows[1])
        assert refused("shop.sale") == [f"testapp.Book: 1 row ({written.pk}) through author, editor"]

    def test_primary_key_that_is_a_link(self):
        """One-to-one as primary key, and what points at such a row."""
        [author] = authors(1)
        passport = Passport.objects.create(author=author, number="1")
        Visa.objects.create(passport=passport, country="FI")
        made("shop.sale", [author])
        made("shop.papers", [passport])
        assert refused("shop.papers") == [f"testapp.Visa: 1 row ({Visa.objects.get().pk}) through passport"]
        assert refused("shop.sale") == [
            f"testapp.Passport: 1 row ({author.pk}) through author, made by shop.papers; remove that first: applyfixtures shop.papers zero"
        ]

    def test_to_field(self):
        """Links to a column that is not the key, and through models with them."""
        imprint, other = Imprint.objects.create(code="P", name="P"), Imprint.objects.create(code="Q", name="Q")
        library = Library.objects.create(name="L", founder=authors(1)[0])
        day = datetime.date(2026, 1, 1)
        supply = Supply.objects.create(library=library, imprint=imprint, since=day)
        Supply.objects.create(library=library, imprint=other, since=day)
        made("shop.sale", [imprint])
        assert refused("shop.sale") == [f"otherapp.Supply: 1 row ({supply.pk}) through imprint"]

    def test_plain_many_to_many(self):
        """The link is a row of its own; made together with the ends, it goes."""
        album, genre = Album.objects.create(title="A"), Genre.objects.create(name="G")
        album.genres.add(genre)
        link = Album.genres.through.objects.get()
        made("shop.sale", [album])
        assert refused("shop.sale") == [f"testapp.Album_genres: 1 row ({link.pk}) through album"]
        made("shop.sale", [link])
        assert take_away("shop.sale") == {"testapp.Album": 1, "testapp.Album_genres": 1}
        assert Genre.objects.exists()

    def test_link_to_a_proxy(self):
        """A foreign key to a proxy points at the row all the same, and rows made through a proxy are its model's."""
        written = book(authors(1)[0])
        note = Note.objects.create(text="n", classic=Classic.objects.get(pk=written.pk))
        made("shop.sale", [written])
        assert refused("shop.sale") == [f"otherapp.Note: 1 row ({note.pk}) through classic"]
        featured = FeaturedArticle.objects.create(headline="h", body="b")
        made("shop.news", [featured])
        assert take_away("shop.news") == {"testapp.Article": 1}
        assert not Article.objects.exists()

    def test_uuid_keys(self):
        """Links to UUIDs, from rows with other keys."""
        parcel = Parcel.objects.create(label="p")
        loan = Loan.objects.create(
            library=Library.objects.create(name="L", founder=authors(1)[0]),
            book=book(Author.objects.get()),
            sent_in=parcel,
            due_on=datetime.date(2026, 1, 1),
        )
        made("shop.sale", [parcel])
        assert refused("shop.sale") == [f"otherapp.Loan: 1 row ({loan.pk}) through sent_in"]

    def test_composite_key_that_points(self):
        """A row with a key of two columns is named by both."""
        folder = Folder.objects.create(name="f")
        tagged("Bookmark").objects.create(folder=folder, number=7)
        made("shop.sale", [folder])
        assert refused("shop.sale") == [f"tagging.Bookmark: 1 row (({folder.pk}, 7)) through folder"]

    def test_without_a_constraint(self):
        """A foreign key that the database does not check is looked through too."""
        topic = tagged("Topic").objects.create()
        audit = tagged("Audit").objects.create(topic=topic)
        made("shop.sale", [topic])
        assert refused("shop.sale") == [f"tagging.Audit: 1 row ({audit.pk}) through topic"]
        assert take_away("shop.sale", cascade=True) == {"tagging.Audit": 1, "tagging.Topic": 1}

    def test_many_rows_of_the_recipe_itself(self):
        """Rows that point at made rows and go themselves are no dependants, in ranges or scattered."""
        [root] = [Folder.objects.create(name="root")]
        Folder.objects.bulk_create([Folder(name="f", parent=root) for _ in range(300)])
        folders = list(Folder.objects.order_by("pk"))
        made("shop.sale", [root], folders[1::2])
        [stays] = {line.split(" (")[0] for line in refused("shop.sale")}
        assert stays == "testapp.Folder: 150 rows"
        made("shop.sale", folders[2::2], kind=SIDE)
        assert take_away("shop.sale") == {"testapp.Folder": 301}


class TestContentTypes:
    def tag(self, row, key=None, model=None):
        kind = ContentType.objects.get_for_model(model or row, for_concrete_model=model is None)
        return tagged("Tag").objects.create(content_type=kind, object_id=str(row.pk if key is None else key))

    def test_generic_foreign_key(self):
        """A pair of content type and key points at a row, whatever the class of the key."""
        author, parcel = authors(1)[0], Parcel.objects.create(label="p")
        tags = [self.tag(author), self.tag(parcel)]
        self.tag(author, key=author.pk + 1)
        self.tag(Genre.objects.create(pk=author.pk, name="same key"))
        made("shop.sale", [author], [parcel])
        numbers = ", ".join(str(tag.pk) for tag in tags)
        assert refused("shop.sale") == [f"tagging.Tag: 2 rows ({numbers}) through object_id"]
        assert take_away("shop.sale", cascade=True) == {
            "tagging.Tag": 2,
            "testapp.Author": 1,
            "testapp.Parcel": 1,
        }

    def test_through_a_proxy(self):
        """The content type may be that of a proxy."""
        article = Article.objects.create(headline="h", body="b")
        tag = self.tag(article, model=FeaturedArticle)
        made("shop.sale", [article])
        assert refused("shop.sale") == [f"tagging.Tag: 1 row ({tag.pk}) through object_id"]

    def test_generic_relation(self):
        """A relation tells of a pair of columns that no generic foreign key tells of; a range is one condition."""
        topics = [tagged("Topic").objects.create() for _ in range(50)]
        mention = topics[20].mentions.create()
        made("shop.sale", topics)
        assert refused("shop.sale") == [f"tagging.Mention: 1 row ({mention.pk}) through object_id"]

    def test_key_that_the_pair_cannot_hold(self):
        """No number is the key of a row with a UUID."""
        parcel = Parcel.objects.create(label="p")
        kind = ContentType.objects.get_for_model(Parcel)
        tagged("Mention").objects.create(content_type=kind, object_id=1)
        made("shop.sale", [parcel])
        assert take_away("shop.sale") == {"testapp.Parcel": 1}

    def test_made_tags_go(self):
        """Tags of the recipe itself are no dependants."""
        [author] = authors(1)
        made("shop.sale", [author], [self.tag(author)])
        assert take_away("shop.sale") == {"tagging.Tag": 1, "testapp.Author": 1}


class TestOtherRecipes:
    def test_names_the_maker(self):
        """Rows of another recipe are listed apart from those of nobody."""
        rows = authors(3)
        desks = [Desk.objects.create(author=author, room="1") for author in rows]
        made("shop.sale", rows)
        made("shop.desks", desks[:2])
        assert refused("shop.sale") == [
            f"testapp.Desk: 1 row ({desks[2].pk}) through author",
            f"testapp.Desk: 2 rows ({desks[0].pk}, {desks[1].pk}) through author, made by shop.desks; remove that first: applyfixtures shop.desks zero",
        ]

    def test_cascade_leaves_them(self):
        """The ledger would be wrong about them."""
        [author] = authors(1)
        library = Library.objects.create(name="L", founder=author)
        mobile = BookMobile.objects.create(plate="M", library=library)
        made("shop.sale", [author])
        made("shop.mobiles", [mobile])
        assert refused("shop.sale", cascade=True) == [
            f"otherapp.BookMobile: 1 row ({mobile.pk}) through library, made by shop.mobiles; remove that first: applyfixtures shop.mobiles zero"
        ]

    def test_maker_of_a_child(self):
        """A row of a parent's table was made by the recipe that made the child."""
        [author] = authors(1)
        kiosk = tagged("Kiosk").objects.create(keeper=author)
        made("shop.sale", [author])
        made("shop.kiosks", [kiosk])
        assert refused("shop.sale") == [
            f"tagging.Stall: 1 row ({kiosk.pk}) through keeper, made by shop.kiosks; remove that first: applyfixtures shop.kiosks zero"
        ]

    def test_in_a_cycle(self):
        """Two recipes whose rows point at each other name each other, and go together."""
        country = Country.objects.create(name="C")
        city = City.objects.create(name="c", country=country)
        Country.objects.filter(pk=country.pk).update(capital=city)
        made("shop.cities", [city])
        made("shop.countries", [country])
        assert refused("shop.cities") == [
            f"testapp.Country: 1 row ({country.pk}) through capital, made by shop.countries; remove that first: applyfixtures shop.countries zero"
        ]
        assert take_away("shop.cities", "shop.countries") == {"testapp.City": 1, "testapp.Country": 1}


class TestCascade:
    def test_takes_what_depends(self):
        """And what depends on that, through every kind of link."""
        [author, other] = authors(2)
        written = book(author)
        book(other)
        Cover.objects.create(book=written, colour="red")
        library = Library.objects.create(name="L", founder=other)
        library.books.add(written)
        made("shop.sale", [author])
        assert take_away("shop.sale", cascade=True) == {
            "otherapp.Library_books": 1,
            "testapp.Author": 1,
            "testapp.Book": 1,
            "testapp.Cover": 1,
        }
        assert Book.objects.count() == 1
        assert Library.objects.count() == 1

    def test_takes_whole_multi_table_rows(self):
        """A child that depends goes with its parents."""
        library = Library.objects.create(name="L", founder=authors(1)[0])
        BookMobile.objects.create(plate="M", library=library)
        Vehicle.objects.create(plate="V")
        made("shop.sale", [library])
        assert take_away("shop.sale", cascade=True) == {
            "otherapp.BookMobile": 1,
            "otherapp.Library": 1,
            "testapp.Vehicle": 1,
        }
        assert Vehicle.objects.get().plate == "V"


class TestMultiTable:
    def test_parent_that_points_at_its_child(self):
        """The child goes first, so the parent has to let go of it; cascade takes both tables of a row."""
        [author] = authors(1)
        kiosks = [tagged("Kiosk").objects.create(keeper=author) for _ in range(3)]
        for kiosk in kiosks:
            tagged("Stall").objects.filter(pk=kiosk.pk).update(best=kiosks[0])
        made("shop.sale", kiosks[:2])
        assert refused("shop.sale") == [f"tagging.Stall: 1 row ({kiosks[2].pk}) through best"]
        assert take_away("shop.sale", cascade=True) == {"tagging.Kiosk": 3, "tagging.Stall": 3}

    def test_all_tables(self):
        """The rows of all three tables go; other rows of these tables stay."""
        cars = [SportsCar.objects.create(plate=f"S{n}", doors=2, top_speed=200) for n in range(3)]
        made("shop.sale", cars[:2])
        assert take_away("shop.sale") == {"testapp.Car": 2, "testapp.SportsCar": 2, "testapp.Vehicle": 2}
        assert SportsCar.objects.get() == cars[2]

    def test_uuid_keys(self):
        """A child whose key is its parent's UUID."""
        machines = [Machine.objects.create(label="m", power=1) for _ in range(3)]
        Asset.objects.create(label="a")
        made("shop.sale", machines)
        assert take_away("shop.sale") == {"testapp.Asset": 3, "testapp.Machine": 3}
        assert Asset.objects.get().label == "a"

    def test_child_of_a_made_parent(self):
        """A row that somebody made into more than it was stands in the way."""
        vehicle = Vehicle.objects.create(plate="V")
        made("shop.sale", [vehicle])
        Car(vehicle_ptr=vehicle, doors=3).save_base(raw=True)
        assert refused("shop.sale") == [f"testapp.Car: 1 row ({vehicle.pk}) through vehicle_ptr"]

    def test_link_to_any_of_its_tables(self):
        """What depends on the child's table is found too."""
        car = SportsCar.objects.create(plate="S", doors=2, top_speed=200)
        race = Race.objects.create(name="r", winner=car)
        made("shop.sale", [car])
        assert refused("shop.sale") == [f"testapp.Race: 1 row ({race.pk}) through winner"]

    def test_two_parents(self):
        """Of two parents, the one that does not share its key goes as well."""
        engine = tagged("Engine").objects.create()
        tagged("Engine").objects.create()
        amphibian = tagged("Amphibian").objects.create(plate="A", doors=2)
        assert amphibian.serial != engine.serial
        made("shop.sale", [amphibian])
        assert take_away("shop.sale") == {
            "tagging.Amphibian": 1,
            "tagging.Engine": 1,
            "testapp.Car": 1,
            "testapp.Vehicle": 1,
        }
        assert tagged("Engine").objects.count() == 2


class TestCycles:
    def test_tree(self):
        """Rows that point at rows of their own table, up and down, in whatever order they were made."""
        folders = [Folder.objects.create(name=str(n)) for n in range(50)]
        for n, folder in enumerate(folders):
            Folder.objects.filter(pk=folder.pk).update(parent=folders[(n * 7 + 3) % 50])
        made("shop.sale", folders)
        assert take_away("shop.sale") == {"testapp.Folder": 50}

    def test_two_models(self):
        """A country has a capital that lies in it."""
        countries = [Country.objects.create(name=str(n)) for n in range(3)]
        cities = [City.objects.create(name="c", country=country) for country in countries]
        for country, city in zip(countries, cities, strict=True):
            Country.objects.filter(pk=country.pk).update(capital=city)
        made("shop.sale", countries[:2], cities[:2])
        assert take_away("shop.sale") == {"testapp.City": 2, "testapp.Country": 2}
        assert Country.objects.get().capital == cities[2]

    def test_without_a_nullable_link(self):
        """Hens that need eggs that need hens, and rows that must point at each other."""
        with connection.constraint_checks_disabled():
            Hen.objects.bulk_create([Hen(pk=n, name="h", egg_id=n) for n in (1, 2)])
            Egg.objects.bulk_create([Egg(pk=n, weight=1, layer_id=3 - n) for n in (1, 2)])
            Mirror.objects.bulk_create([Mirror(pk=n, name="m", opposite_id=3 - n) for n in (1, 2)])
        made("shop.sale", list(Hen.objects.all()), list(Egg.objects.all()), list(Mirror.objects.all()))
        assert take_away("shop.sale") == {"testapp.Egg": 2, "testapp.Hen": 2, "testapp.Mirror": 2}

    def test_checks_are_on_again(self):
        """After a cycle without a nullable link, the database refuses what it refused before."""
        self.test_without_a_nullable_link()
        with connection.cursor() as cursor:
            if connection.vendor == "mysql":
                cursor.execute("SELECT @@foreign_key_checks")
                assert cursor.fetchone() == (1,)
            elif connection.vendor == "sqlite":
                cursor.execute("PRAGMA foreign_keys")
                assert cursor.fetchone() == (1,)

    def test_words_by_to_field(self):
        """A cycle in one table, through a column that is not the key."""
        word = tagged("Word")
        word.objects.create(text="a", code="1")
        word.objects.create(text="b", code="2", root_id="1")
        word.objects.filter(text="a").update(root_id="2")
        word.objects.create(text="c", code="3", root_id="2")
        made("shop.sale", list(word.objects.filter(text__in="ab")))
        assert refused("shop.sale") == ["tagging.Word: 1 row (c) through root"]
        assert take_away("shop.sale", cascade=True) == {"tagging.Word": 3}


def test_ranges_of_the_ledger():
    """A range that overlaps another one, noted by two recipes, is removed once."""
    rows = authors(10)
    first = rows[0].pk
    ledger = Ledger(connection)
    for name, keys in (("shop.a", Ranges(((first, 6),))), ("shop.b", Ranges(((first + 4, 6), (first + 2, 1))))):
        entry = ledger.record(name, document="", checksum="", engine=1, versions={}, digests={})
        ledger.add_rows(entry, step="s", batch="s", model="testapp.Author", keys=keys)
    assert take_away("shop.a", "shop.b") == {"testapp.Author": 10}
