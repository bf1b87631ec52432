"""The three ways of writing: the same rows and digests by stream, bulk and each; what each and bulk do besides."""

from __future__ import annotations

import datetime

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.models.signals import m2m_changed, post_init, post_save, pre_save

from fixturekit.exceptions import WriteFailed
from fixturekit.ledger import Ledger
from fixturekit.models import SIDE
from tests.testapp import models as testapp
from tests.testapp.models import (
    Author,
    Note,
    Passport,
    Permit,
    Playlist,
    Quote,
    Record,
    Reminder,
    Song,
)

pytestmark = pytest.mark.django_db

# Steps of many shapes; "@" is where the way is put in.
SHAPES = {
    "Author": "count: 20",
    "Article": "count: 5",
    "Badge": "count: 20",
    "Book": "count: 7",
    "Boat": "count: 4",
    "Car": "count: 4",
    "Cellar": "count: 3\n    set: {holds: !make 2}",
    "Coin": "count: 4",
    "Contact": "count: 9",
    "Crate": "count: 4",
    "Draft": "count: 6",
    "Enrolment": "count: 8",
    "Event": "count: 6",
    "Folder": "count: 9\n    set: {parent: !pick rows}",
    "Ghost": "count: 3",
    "Machine": "count: 5",
    "Measure": "count: 6",
    "Mirror": "count: 3",
    "Page": "count: 6",
    "Parcel": "count: 6",
    "Passport": "count: 5",
    "Person": "count: 4\n    set: {friends: !make 2, follows: !sample {of: rows, count: 2}}",
    "Poster": "count: 4",
    "Preference": "count: 4\n    set: {payload: {b: [1, 2.5, null], a: x}}",
    "Price": "count: 5",
    "Race": "count: 4",
    "Reading": "count: 5",
    "Record": "count: 4",
    "Relic": "count: 4",
    "Sensor": "count: 3",
    "Shift": "count: 4",
    "Slot": "count: 4",
    "SportsCar": "count: 5",
    "Survey": "count: 12",
    "Token": "count: 5",
    "VintageCar": "count: 3",
    "Visa": "count: 4",
    "Album": "count: 4\n    set:\n      genres: !make 2\n      artists: !make {count: 2, name: !seq 'A{n}'}",
}


def step(model, rest, way):
    return f"""
steps:
  - id: rows
    make: testapp.{model}
    {rest}
    save: {way}
"""


def saving_model(name):
    return apps.get_model("saving", name)


def contents(model):
    """All rows of a model, in the order of their keys, without keys that the database counted."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not (field.get_internal_type().endswith("AutoField") or field.remote_field)
    ]
    names = [field.attname for field in fields]
    return [tuple(row[name] for name in names) for row in model._base_manager.order_by("pk").values()]


@pytest.mark.parametrize("model", sorted(SHAPES))
def test_three_ways_write_the_same(recipes, model):
    """Rows, digests and the ledger's counts are equal by stream, bulk and each."""
    found = {}
    for way in ("stream", "bulk", "each"):
        recipes.write("testapp.shape", step(model, SHAPES[model], way))
        recipes.apply("testapp.shape")
        ledger = Ledger(connection)
        counts = {batch.batch: len(batch.keys) for batch in ledger.batches("testapp.shape") if batch.kind != SIDE}
        rows = contents(getattr(testapp, model))
        found[way] = (ledger.digests("testapp.shape"), rows, counts)
        assert rows
        recipes.applier().remove(["testapp.shape"])
        assert not getattr(testapp, model)._base_manager.exists()
    assert found["stream"] == found["each"]
    assert found["bulk"] == found["each"]


@pytest.mark.parametrize("way", ["stream", "bulk", "each"])
def test_keys_of_a_chain_belong_to_their_own_rows(recipes, way):
    """A one-to-one key is the parent's; the ledger has each row once, and children find theirs."""
    recipes.write("testapp.visas", step("Visa", "count: 6", way))
    recipes.apply()
    made = {batch.batch: list(batch.keys) for batch in Ledger(connection).batches("testapp.visas")}
    authors = sorted(Author.objects.values_list("pk", flat=True))
    assert {name: len(keys) for name, keys in made.items()} == {
        "rows": 6,
        "rows/passport": len(authors),
        "rows/passport/author": len(authors),
    }
    assert sorted(made["rows/passport/author"]) == sorted(made["rows/passport"]) == authors
    assert sorted(Passport.objects.values_list("author_id", flat=True)) == authors


class TestSaving:
    def test_own_save_has_its_part(self, recipes):
        """A model with an own save() is saved row by row, and the digest is that of the rows afterwards."""
        recipes.write("testapp.quotes", "steps: [{id: q, make: testapp.Quote, count: 5}]\n")
        recipes.apply()
        assert all(quote.total == quote.quantity * quote.unit_price > 0 for quote in Quote.objects.all())
        digest = Ledger(connection).digests("testapp.quotes")["q"]
        recipes.applier().remove(["testapp.quotes"])
        recipes.write("testapp.quotes", "steps: [{id: q, make: testapp.Quote, count: 5, save: stream}]\n")
        recipes.apply()
        assert not any(quote.total for quote in Quote.objects.all())
        assert Ledger(connection).digests("testapp.quotes")["q"] != digest

    def test_save_without_arguments(self, recipes):
        """A save() that takes nothing is given nothing."""
        recipes.write("testapp.r", "steps: [{id: r, make: testapp.Reminder, count: 3, set: {text: a b c}}]\n")
        recipes.apply()
        assert list(Reminder.objects.values_list("words", flat=True)) == [3, 3, 3]

    def test_init_has_its_part(self, recipes):
        """What ``__init__`` sets is stored."""
        recipes.write(
            "testapp.lamps", "steps: [{id: l, make: testapp.Lamp, count: 2, set: {colour: red, label: ''}}]\n"
        )
        recipes.apply()
        assert set(testapp.Lamp.objects.values_list("label", flat=True)) == {"red lamp"}

    def test_pre_save_of_a_field_has_its_part(self, recipes):
        """What a field's ``pre_save`` makes of the value is stored, by each and by bulk."""
        for way in ("each", "bulk"):
            recipes.write("testapp.signs", step("Sign", "count: 2\n    set: {text: quiet}", way))
            recipes.apply()
            assert set(testapp.Sign.objects.values_list("text", flat=True)) == {"QUIET"}
            recipes.applier().remove(["testapp.signs"])

    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_clocks_say_what_the_recipe_says(self, recipes, way):
        """Fields with ``auto_now`` hold the recipe's clock, not the machine's; an explicit value wins."""
        recipes.write(
            "testapp.records",
            f"""
            now: 2020-05-06T07:08:09Z
            steps:
              - id: rows
                make: testapp.Record
                count: 3
                set: {{created_on: 2019-01-02}}
                save: {way}
            """,
        )
        recipes.apply()
        now = datetime.datetime(2020, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
        for record in Record.objects.all():
            assert record.created_at == record.updated_at == record.noted_at == now
            assert record.created_on == datetime.date(2019, 1, 2)
            assert record.updated_on == record.noted_on == record.local_day == datetime.date(2020, 5, 6)
            assert record.created_time == record.updated_time == datetime.time(7, 8, 9)

    @pytest.mark.parametrize("way", ["bulk", "each"])
    def test_receivers_hear_of_every_row(self, recipes, way):
        """pre_save and post_save are sent as save() sends them."""
        heard = []

        def before(sender, instance, raw, using, update_fields, **_):
            heard.append(("pre", instance.title, instance._state.adding, raw, using, update_fields))

        def after(sender, instance, created, raw, using, update_fields, **_):
            heard.append(("post", instance.title, instance.pk is not None and created, raw, using, update_fields))

        recipes.write("testapp.notes", step("Note", "count: 2\n    set: {title: !seq 'T{n}'}", way))
        pre_save.connect(before, sender=Note)
        post_save.connect(after, sender=Note)
        try:
            recipes.apply()
        finally:
            pre_save.disconnect(before, sender=Note)
            post_save.disconnect(after, sender=Note)
        assert sorted(heard) == sorted(
            (when, title, True, False, "default", None) for when in ("pre", "post") for title in ("T1", "T2")
        )


class TestFailing:
    @pytest.mark.parametrize("way", ["bulk", "each"])
    def test_receiver(self, recipes, way):
        """An error of a receiver names recipe, file, line, step and row; nothing stays."""

        def refuse(sender, instance, **_):
            if instance.title == "T3":
                raise RuntimeError("not this one")

        recipes.write("testapp.notes", step("Note", "count: 5\n    set: {title: !seq 'T{n}'}", way))
        post_save.connect(refuse, sender=Note)
        try:
            with pytest.raises(WriteFailed) as caught:
                recipes.apply()
        finally:
            post_save.disconnect(refuse, sender=Note)
        assert "testapp/0001_notes.yaml:2:5: " in str(caught.value)
        assert "testapp.notes, step 'rows', row 2, testapp.Note: RuntimeError: not this one (tests/" in str(
            caught.value
        )
        assert caught.value.row == 2
        assert not Note.objects.exists()

    @pytest.mark.parametrize("way", ["bulk", "each"])
    def test_making_of_an_instance(self, recipes, way):
        """So does an error in ``__init__`` or in a receiver of post_init."""

        def refuse(sender, instance, **_):
            if instance.title == "T2":
                raise RuntimeError("no")

        recipes.write("testapp.notes", step("Note", "count: 5\n    set: {title: !seq 'T{n}'}", way))
        post_init.connect(refuse, sender=Note)
        try:
            with pytest.raises(
                WriteFailed, match=r"step 'rows', row 1, testapp\.Note: RuntimeError: no \(tests/.*:\d+ in refuse\)$"
            ):
                recipes.apply()
        finally:
            post_init.disconnect(refuse, sender=Note)

    def test_own_save(self, recipes):
        """So does an error that save() raises."""
        recipes.write(
            "testapp.permits",
            "steps: [{id: p, make: testapp.Permit, named: {a: {level: 1}, b: {level: 4}}}]\n",
        )
        with pytest.raises(WriteFailed, match=r"step 'p', row 1 \(b\), testapp\.Permit: ValueError: A permit has"):
            recipes.apply()
        assert not Permit.objects.exists()

    def test_adding_links(self, recipes):
        """So does an error while links are added."""

        def refuse(sender, action, **_):
            raise RuntimeError("no songs today")

        recipes.write("testapp.p", "steps: [{id: p, make: testapp.Playlist, set: {songs: !make 2}}]\n")
        m2m_changed.connect(refuse, sender=Playlist.songs.through)
        try:
            with pytest.raises(
                WriteFailed, match=r"step 'p', rows of p/songs#, row 0, .*: no songs today \(tests/.*:\d+ in refuse\)$"
            ):
                recipes.apply()
        finally:
            m2m_changed.disconnect(refuse, sender=Playlist.songs.through)
        assert not Song.objects.exists()


@pytest.mark.usefixtures("saving")
class TestNotSavedHere:
    """A ``save()`` after which no row is there is refused, with the row."""

    def refused(self, recipes, model, way="each", number="n"):
        fields = "{text: x}" if model == "Elsewhere" else f"{{number: !jinja '{{{{ {number} }}}}'}}"
        recipes.write("testapp.r", f"steps: [{{id: a, make: saving.{model}, count: 3, save: {way}, set: {fields}}}]\n")
        with pytest.raises(WriteFailed) as caught:
            recipes.apply()
        assert not saving_model(model).objects.exists()
        assert not Ledger(connection).applied()
        return str(caught.value)

    @pytest.mark.parametrize(("number", "row"), [("1", 0), ("n", 0), ("n + 1", 1)])
    def test_not_saved(self, recipes, number, row):
        """One that saves nothing, or not each row."""
        said = self.refused(recipes, "Skipped", number=number)
        assert said.endswith(f"row {row}, saving.Skipped: save() has not saved it")

    def test_removed_again(self, recipes):
        """One that removes the row, whose digest would be that of nothing."""
        assert "row 0" in self.refused(recipes, "Brief")
        assert "is not there after it was saved" in self.refused(recipes, "Brief")

    def test_removed_by_a_receiver(self, recipes):
        """A receiver may take it away as well, whatever the way."""

        def remove(sender, instance, **_):
            sender._base_manager.filter(pk=instance.pk).delete()

        post_save.connect(remove, sender=saving_model("Skipped"))
        try:
            assert "is not there after it was saved" in self.refused(recipes, "Skipped", "bulk")
        finally:
            post_save.disconnect(remove, sender=saving_model("Skipped"))

    @pytest.mark.django_db(databases=["default", "other"])
    def test_saved_elsewhere(self, recipes):
        """One that writes to another database does not get there: nothing would take the rows back."""
        written = []

        def note(execute, sql, *rest):
            written.append(sql)
            return execute(sql, *rest)

        with connections["other"].execute_wrapper(note):
            said = self.refused(recipes, "Elsewhere")
        assert "row 0" in said
        assert "save() writes it to the database 'other'" in said
        assert not [sql for sql in written if "INSERT" in sql]
