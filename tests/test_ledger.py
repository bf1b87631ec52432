"""The ledger of one database, and its page in the admin."""

from __future__ import annotations

import datetime
import uuid
from contextlib import nullcontext
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.exceptions import ApplyError
from fixturekit.ledger import Digested, Ledger
from fixturekit.models import SIDE, AppliedRecipe, MadeRows
from fixturekit.writers.keys import Listed, Ranges
from tests.execution.tagging.tables import installed
from tests.testapp.models import Author, Currency, Parcel, Shift

pytestmark = pytest.mark.django_db
urlpatterns = [path("admin/", admin.site.urls)]


@pytest.fixture
def ledger():
    return Ledger(connection)


@pytest.fixture(scope="module")
def tagging(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installed():
        yield


def record(ledger, name="shop.sale", **changes):
    values = {"document": "steps: []\n", "checksum": "ab12", "engine": 1, "versions": {}, "digests": {}}
    return ledger.record(name, **{**values, **changes})


def prepared(model, values):
    return Listed([model._meta.pk.get_db_prep_value(value, connection) for value in values])


def selects(queries):
    return [query["sql"] for query in queries if query["sql"].startswith("SELECT")]


def round_trip(model, keys):
    """What a fresh ledger returns for keys that were added under this model's label."""
    ledger = Ledger(connection)
    ledger.add_rows(record(ledger), step="rows", batch="rows", model=model._meta.label, keys=keys)
    found = Ledger(connection).made("shop.sale", "rows")
    ledger.forget("shop.sale")
    return found


class TestRecording:
    def test_says_what_is_applied(self, ledger):
        """What was recorded is listed by name, in order, with its rows; side rows do not count."""
        before = timezone.now()
        sale = record(ledger, "shop.sale")
        record(ledger, "accounts.staff", checksum="cd34", faked=True)
        ledger.add_rows(sale, step="a", batch="a", model="testapp.Author", keys=Ranges(((1, 200),)))
        ledger.add_rows(sale, step="b", batch="b", model="testapp.Author", keys=Ranges(((500, 5),)))
        ledger.add_rows(sale, step="", batch="", model="testapp.Author", keys=Ranges(((900, 7),)), kind=SIDE)
        applied = ledger.applied()
        assert list(applied) == ["shop.sale", "accounts.staff"]
        assert (applied["shop.sale"].rows, applied["shop.sale"].checksum, applied["shop.sale"].faked) == (
            205,
            "ab12",
            False,
        )
        assert (applied["accounts.staff"].rows, applied["accounts.staff"].faked) == (0, True)
        assert before <= applied["shop.sale"].applied_at <= timezone.now()

    def test_listing_is_one_query(self, ledger):
        """However many recipes are applied; inside a transaction there is a savepoint around it."""
        for number in range(5):
            entry = record(ledger, f"shop.r{number}")
            ledger.add_rows(entry, step="a", batch="a", model="testapp.Author", keys=Ranges(((1, 2),)))
        with CaptureQueriesContext(connection) as queries:
            assert len(Ledger(connection).applied()) == 5
        assert len(selects(queries)) == 1

    def test_document_is_as_it_was(self, ledger):
        """Every character of the text comes back."""
        text = "# ünï\nsteps:\n  - id: a\n" * 5000
        record(ledger, document=text)
        assert ledger.document("shop.sale") == text
        assert len(bytes(AppliedRecipe.objects.get().document)) < len(text) / 50

    def test_entry_holds_what_was_said(self, ledger):
        """Engine, scale, versions and digests are kept."""
        entry = record(
            ledger, engine=3, scale=0.1, versions={"Django": "5.2"}, digests={"a": Digested("77aa", {"name": "01ff"})}
        )
        stored = AppliedRecipe.objects.get(pk=entry.pk)
        assert (stored.engine, stored.scale, stored.versions, stored.digests) == (
            3,
            0.1,
            {"Django": "5.2"},
            {"a": {"digest": "77aa", "columns": {"name": "01ff"}, "gave_way": False}},
        )
        assert str(stored) == "shop.sale"
        assert Ledger(connection).digests("shop.sale") == {"a": "77aa"}
        assert Ledger(connection).digested("shop.sale") == {"a": Digested("77aa", {"name": "01ff"})}

    def test_document_of_a_recipe_that_is_not_applied(self, ledger):
        """The error names recipe and database."""
        with pytest.raises(ApplyError, match=r"Recipe shop\.sale is not applied to database 'default'"):
            ledger.document("shop.sale")

    def test_only_once(self, ledger):
        """A recipe cannot be applied twice."""
        record(ledger)
        with pytest.raises(IntegrityError), transaction.atomic():
            record(ledger)

    def test_forgets(self, ledger):
        """Entry and record of rows go; the rows themselves stay."""
        author = Author.objects.create(name="A", email="a@example.com")
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Ranges(((author.pk, 1),)))
        record(ledger, "shop.other")
        ledger.forget("shop.sale")
        ledger.forget("shop.sale")
        assert list(ledger.applied()) == ["shop.other"]
        assert not MadeRows.objects.exists()
        assert Author.objects.exists()

    def test_renames(self, ledger):
        """The rows follow the name."""
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Ranges(((1, 3),)))
        ledger.rename("shop.sale", "market.fair")
        assert list(ledger.applied()) == ["market.fair"]
        assert list(ledger.made("market.fair", "a")) == [1, 2, 3]

    def test_sends_no_signals(self, ledger):
        """A receiver that listens to all senders hears nothing of the ledger."""
        heard = []

        def hear(sender, **_):
            heard.append(sender)

        signals = [pre_save, post_save, pre_delete, post_delete]
        for signal in signals:
            signal.connect(hear)
        try:
            ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Ranges(((1, 3),)))
            ledger.rename("shop.sale", "shop.fair")
            ledger.forget("shop.fair")
        finally:
            for signal in signals:
                signal.disconnect(hear)
        assert heard == []


@pytest.mark.django_db(transaction=True)
class TestMissingTables:
    @pytest.fixture(autouse=True)
    def moved(self, ledger):
        """The table is elsewhere for a while."""
        table = AppliedRecipe._meta.db_table
        with connection.schema_editor() as editor:
            editor.alter_db_table(AppliedRecipe, table, "fixturekit_elsewhere")
        yield
        with connection.schema_editor() as editor:
            editor.alter_db_table(AppliedRecipe, "fixturekit_elsewhere", table)

    @pytest.mark.parametrize("inside", [False, True])
    def test_nothing_is_applied(self, ledger, inside):
        """Where the ledger's tables are missing, reading finds nothing, and a transaction goes on."""
        with transaction.atomic() if inside else nullcontext():
            assert ledger.applied() == {}
            assert ledger.batches("shop.sale") == []
            assert list(ledger.made("shop.sale", "a")) == []
            assert ledger.still_there("shop.sale", "a") == (0, 0)
            assert Author.objects.count() == 0

    def test_at_most_one_look_at_the_tables(self, ledger):
        """The query that fails, and one that finds out why."""
        with CaptureQueriesContext(connection) as queries:
            ledger.applied()
        assert len(queries) <= 2


@pytest.mark.django_db(transaction=True)
def test_other_failures_are_not_hidden(ledger):
    """Where the ledger is there and cannot be read all the same, the database's error is the caller's."""
    table = MadeRows._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(MadeRows, table, "fixturekit_elsewhere")
    try:
        with pytest.raises(DatabaseError):
            ledger.applied()
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(MadeRows, "fixturekit_elsewhere", table)


class TestKeys:
    def test_long_range_is_one_row(self, ledger):
        """A million integer keys are one entry."""
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Ranges(((7, 1_000_000),)))
        row = MadeRows.objects.get()
        assert (row.first, row.count, row.keys) == (7, 1_000_000, None)
        assert ledger.made("shop.sale", "a") == Ranges(((7, 1_000_000),))

    def test_row_order(self):
        """Keys come back in the order of the rows, not in their own."""
        assert list(round_trip(Author, Listed([5, 6, 7, 1, 2, 9]))) == [5, 6, 7, 1, 2, 9]

    def test_scattered_integers_are_packed(self, ledger):
        """Integers that form no ranges take an entry for each block."""
        keys = list(range(0, 20_000, 2))
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Listed(keys))
        assert MadeRows.objects.count() == 5
        assert list(ledger.made("shop.sale", "a")) == keys

    @pytest.mark.parametrize("spell", [str, lambda key: key.hex, lambda key: key], ids=["hyphens", "hex", "uuid"])
    def test_uuids_in_any_spelling(self, ledger, spell):
        """UUIDs are 16 bytes each, by block, and come back in the form that the driver takes."""
        keys = [uuid.uuid4() for _ in range(5000)]
        ledger.add_rows(
            record(ledger), step="a", batch="a", model="testapp.Parcel", keys=Listed([spell(key) for key in keys])
        )
        rows = MadeRows.objects.order_by("position")
        assert [(row.position, row.count, len(row.keys or b"")) for row in rows] == [
            (0, 2048, 32768),
            (1, 2048, 32768),
            (2, 904, 14464),
        ]
        assert list(ledger.made("shop.sale", "a")) == list(prepared(Parcel, keys))

    @given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 50), unique=True, max_size=200))
    def test_any_integers(self, keys):
        """What goes in comes out."""
        assert list(round_trip(Author, Listed(list(keys)))) == keys

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), unique=True, max_size=50))
    def test_any_texts(self, keys):
        """What goes in comes out."""
        assert list(round_trip(Currency, Listed(list(keys)))) == keys

    def test_composite_keys(self):
        """A key of two columns is a tuple."""
        shifts = [(1, datetime.date(2026, 1, 1)), (1, datetime.date(2026, 1, 2)), (2, datetime.date(2026, 1, 1))]
        adapt = connection.ops.adapt_datefield_value
        keys = [(worker, adapt(day)) for worker, day in shifts]
        assert list(round_trip(Shift, Listed(list(keys)))) == keys

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("Instant", [datetime.datetime(2026, 1, 1, 12, 0, 0, 5, tzinfo=datetime.timezone.utc)]),
            ("Amount", [Decimal("5.00"), Decimal("0.25")]),
            ("Span", [datetime.timedelta(days=3, microseconds=1), datetime.timedelta(0)]),
        ],
    )
    def test_keys_of_rare_classes(self, tagging, name, values):
        """Instants, decimals and durations come back as the driver takes them, and are found in the table."""
        model = apps.get_model("tagging", name)
        model.objects.bulk_create([model(pk=value) for value in values])
        ledger = Ledger(connection)
        keys = prepared(model, values)
        ledger.add_rows(record(ledger), step="a", batch="a", model=model._meta.label, keys=keys)
        assert list(ledger.made("shop.sale", "a")) == list(keys)
        assert ledger.still_there("shop.sale", "a") == (len(values), len(values))

    def test_added_in_parts(self, ledger):
        """Later parts of a batch follow the earlier ones, for another ledger object too."""
        entry = record(ledger)
        for part in (Ranges(((1, 3),)), Ranges(((10, 2),))):
            ledger.add_rows(entry, step="a", batch="a", model="testapp.Author", keys=part)
        Ledger(connection).add_rows(entry, step="a", batch="a", model="testapp.Author", keys=Ranges(((50, 1),)))
        assert list(ledger.made("shop.sale", "a")) == [1, 2, 3, 10, 11, 50]

    def test_no_rows(self, ledger):
        """An empty batch leaves no entry."""
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Listed())
        assert len(ledger.made("shop.sale", "a")) == 0
        assert not MadeRows.objects.exists()

    def test_first_or_keys(self, ledger):
        """The database refuses an entry with both or with neither."""
        entry = record(ledger)
        for first, keys in ((None, None), (1, b"x")):
            row = MadeRows(applied=entry, batch="a", model="a.B", position=0, count=1, first=first, keys=keys)
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()

    def test_model_that_is_gone(self, ledger):
        """Ranges can still be read; to look for the rows needs the model."""
        entry = record(ledger)
        MadeRows.objects.create(applied=entry, step="a", batch="a", model="shop.Gone", position=0, count=2, first=1)
        assert list(ledger.made("shop.sale", "a")) == [1, 2]
        with pytest.raises(ApplyError, match=r"holds rows of shop\.Gone, which is no model of this project any more"):
            ledger.still_there("shop.sale", "a")


class TestReading:
    def test_batches_in_order_of_writing(self, ledger):
        """Each batch once, side rows too."""
        entry = record(ledger)
        ledger.add_rows(entry, step="b", batch="b.author", model="testapp.Author", keys=Ranges(((1, 3),)))
        ledger.add_rows(entry, step="b", batch="b", model="testapp.Book", keys=Ranges(((1, 2), (9, 1))))
        ledger.add_rows(entry, step="", batch="", model="testapp.Visa", keys=Ranges(((4, 1),)), kind=SIDE)
        found = [(b.step, b.batch, b.model, b.kind, list(b.keys)) for b in ledger.batches("shop.sale")]
        assert found == [
            ("b", "b.author", "testapp.Author", "made", [1, 2, 3]),
            ("b", "b", "testapp.Book", "made", [1, 2, 9]),
            ("", "", "testapp.Visa", "side", [4]),
        ]

    def test_made_is_the_step_itself(self, ledger):
        """Rows that were made for a step's rows, and side rows of the same address, are not among them."""
        entry = record(ledger)
        ledger.add_rows(entry, step="b", batch="b.author", model="testapp.Author", keys=Ranges(((1, 3),)))
        ledger.add_rows(entry, step="b", batch="b", model="testapp.Book", keys=Ranges(((5, 2),)))
        ledger.add_rows(entry, step="b", batch="b", model="testapp.Visa", keys=Ranges(((7, 1),)), kind=SIDE)
        assert list(ledger.made("shop.sale", "b")) == [5, 6]
        assert list(ledger.made("shop.sale", "c")) == []
        assert list(ledger.made("shop.other", "b")) == []

    def test_adopted(self, ledger):
        """Adopted rows have their place among those of the step, and are not rows that a recipe made."""
        entry = record(ledger)
        parts = [("made", Listed([1])), ("adopted", Listed([9, 9])), ("made", Listed([2, 3]))]
        ledger.add_parts(entry, step="g", batch="g", model="testapp.Genre", parts=parts)
        assert list(ledger.made("shop.sale", "g")) == [1, 9, 9, 2, 3]
        assert ledger.runs("shop.sale", "g") == [(False, 1), (True, 1), (True, 1), (False, 2)]
        assert [(batch.batch, len(batch.keys)) for batch in ledger.whole_steps("shop.sale")] == [("g", 5)]
        assert [list(keys) for _, keys in ledger.makers("testapp.Genre")] == [[1, 2, 3]]
        assert [list(keys) for _, keys in ledger.makers("testapp.Genre", adopted=True)] == [[9, 9]]
        assert ledger.applied()["shop.sale"].rows == 3
        assert ledger.still_there("shop.sale", "g") == (0, 4)

    def test_renamed(self, ledger):
        """Rows of a recipe that another one stands for are found under either name."""
        ledger.add_rows(record(ledger, "shop.new"), step="a", batch="a", model="testapp.Author", keys=Ranges(((1, 3),)))
        renamed = Ledger(connection, {"shop.old": "shop.new"})
        assert list(renamed.made("shop.old", "a")) == list(renamed.made("shop.new", "a")) == [1, 2, 3]

    def test_still_there(self, ledger):
        """Three of the two hundred are gone; no query for each row."""
        authors = Author.objects.bulk_create(Author(name="A", email=f"{n}@example.com") for n in range(200))
        keys = sorted(Author.objects.values_list("pk", flat=True))
        assert len(authors) == len(keys)
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Author", keys=Listed(keys))
        Author.objects.filter(pk__in=keys[5:8]).delete()
        with CaptureQueriesContext(connection) as queries:
            assert ledger.still_there("shop.sale", "a") == (197, 200)
        assert len(selects(queries)) == 2

    def test_still_there_with_packed_keys(self, ledger):
        """Also for keys that are no integers, within the bind limits."""
        keys = [uuid.uuid4() for _ in range(2500)]
        Parcel.objects.bulk_create(Parcel(pk=key, label="p") for key in keys)
        ledger.add_rows(record(ledger), step="a", batch="a", model="testapp.Parcel", keys=prepared(Parcel, keys))
        Parcel.objects.filter(pk=keys[7]).delete()
        assert ledger.still_there("shop.sale", "a") == (2499, 2500)


class TestAdmin:
    @pytest.fixture
    def client(self):
        client = Client()
        client.force_login(User.objects.create_superuser("boss", "boss@example.com", "pw"))
        return client

    @pytest.fixture(autouse=True)
    def pages(self, settings):
        settings.ROOT_URLCONF = __name__

    def test_list(self, client, ledger):
        """The list shows the rows of each recipe, in as many queries for ten recipes as for one."""
        counts = []
        for numbers in (range(1), range(1, 10)):
            for number in numbers:
                entry = record(ledger, f"shop.r{number}")
                ledger.add_rows(entry, step="a", batch="a", model="testapp.Author", keys=Ranges(((1, 4321),)))
            with CaptureQueriesContext(connection) as queries:
                page = client.get("/admin/fixturekit/appliedrecipe/")
            counts.append(len(queries))
        assert page.status_code == 200
        assert page.content.count(b"4321") == 10
        assert counts[0] == counts[1]

    def test_one_recipe(self, client, ledger):
        """Its page sums the rows of each step and does not show the document."""
        entry = record(ledger, document="password: hunter2")
        ledger.add_rows(entry, step="people", batch="people", model="testapp.Author", keys=Ranges(((1, 20), (90, 3))))
        ledger.add_rows(entry, step="", batch="", model="testapp.Visa", keys=Ranges(((1, 6),)), kind=SIDE)
        page = client.get(f"/admin/fixturekit/appliedrecipe/{entry.pk}/change/").content.decode()
        assert "<td>people</td><td>23</td><td>testapp.Author</td><td></td>" in page
        assert "<td>-</td><td>6</td><td>testapp.Visa</td><td>side rows</td>" in page
        assert "hunter2" not in page

    def test_a_faked_recipe(self, client, ledger):
        """It made no rows, and says so."""
        entry = record(ledger, faked=True)
        page = client.get(f"/admin/fixturekit/appliedrecipe/{entry.pk}/change/").content.decode()
        assert ">none<" in page

    def test_read_only(self, client, ledger):
        """Nobody adds, changes or deletes there."""
        entry = record(ledger)
        base = "/admin/fixturekit/appliedrecipe"
        assert client.get(f"{base}/add/").status_code == 403
        assert client.post(f"{base}/{entry.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"{base}/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        assert list(ledger.applied()) == ["shop.sale"]
