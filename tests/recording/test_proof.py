"""A recipe is replayed twice before it is written, and nothing of that stays."""

from __future__ import annotations

import datetime
import itertools
import os
import random
import secrets
import sys

import pytest
from django.apps import apps
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from fixturekit.exceptions import ApplyError
from fixturekit.execution.verifying import verify
from tests.recording.running import NOW, files, make, shown
from tests.testapp import defaults
from tests.testapp.models import Author, Draft, Note, Receipt, Record, Turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recipes")]

COUNTER = itertools.count()

ADVICE = "Give these fields a value, or use --allow-unstable to record the recipe without them in its digest."


def everything():
    """All rows of all tables."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            found[model._meta.label] = list(model._base_manager.order_by("pk").values_list())
    return found


def produces(run):
    return dict(run.recipe.recorded.produces)


def refusal(*words):
    with pytest.raises(CommandError) as caught:
        make(NOW, *words)
    return str(caught.value)


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_in_the_database(recipes):
    """Neither rows, nor rows of what is depended on, nor ledger entries, nor side rows; outside any transaction."""
    make(NOW, "testapp.people", "--model", "testapp.Author", "--count", "3", "--as", "people")
    before = everything()
    make(NOW, "testapp.all", "--model", "testapp.Book", "--count", "5", "--author", "@testapp.people/people", "--model",
         "testapp.Shipment", "--model", "testapp.Album", "--genres", "2", "--model", "testapp.Queue", "--count", "2",
         "--model", "testapp.SportsCar", "--count", "2", "--model", "testapp.City")  # fmt: skip
    make(NOW, "testapp.songs", "--model", "testapp.Playlist", "--songs", "2", "--dry-run")
    assert everything() == before
    assert not connection.in_atomic_block
    assert files(recipes) == ["testapp/0001_people.yaml", "testapp/0002_all.yaml"]
    call_command("applyfixtures", verbosity=0)
    call_command("applyfixtures", verify=True, verbosity=0)


class TestKeysOfOwnRows:
    """Foreign keys that code of the project sets to rows that the recipe made."""

    WIKI = ("--model", "saving.Wiki", "--as", "wiki", "--count", "2", "--model", "saving.Revision", "--as", "revs",
            "--count", "5", "--wiki", "@wiki")  # fmt: skip

    def test_are_the_same_everywhere(self, recipes, saving):
        """They count as the place of the row that they lead to, of the recipe's and of those made beside them."""
        make(NOW, "testapp.wiki", *self.WIKI)
        [outcome] = recipes.apply()
        assert outcome.differing == ()
        first = recipes.applier().ledger.digests("testapp.wiki")
        recipes.applier().reset(["testapp.wiki"])
        assert recipes.applier().ledger.digests("testapp.wiki") == first
        assert list(verify(recipes.applier(), "testapp.wiki")) == []

    def test_another_row_is_another_value(self, recipes, saving):
        """A link that leads to another row afterwards is found."""
        make(NOW, "testapp.wiki", *self.WIKI, "--apply")
        wikis, revisions = (apps.get_model("saving", name)._base_manager for name in ("Wiki", "Revision"))
        page = wikis.first()
        wikis.filter(pk=page.pk).update(current=revisions.exclude(pk=page.current_id).first())
        assert list(verify(recipes.applier(), "testapp.wiki")) == [
            "wiki.current: rows were changed since they were made"
        ]


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_of_a_recipe_that_fails(recipes):
    """An error in the last step takes all back."""
    before = everything()
    message = refusal("--model", "testapp.Author", "--count", "3", "--model", "testapp.Permit", "--level", "9")
    assert "step 'permit', row 0" in message
    assert "A permit has level 1 to 3, not 9." in message
    assert everything() == before
    assert files(recipes) == []
    assert not connection.in_atomic_block


def test_the_random_state_of_the_process_is_as_before():
    """Recording draws nothing from anybody's generator."""
    random.seed(5)
    expected = random.random()
    random.seed(5)
    shown("--model", "testapp.Draft", "--count", "3")
    assert random.random() == expected


class TestUnstable:
    """Columns that differ between the replays."""

    def test_a_default_that_counts_calls_is_named_by_its_path(self, recipes):
        """And the recipe is refused."""
        message = refusal("testapp.x", "--model", "testapp.Turn", "--count", "2")
        assert message == (
            "Two replays gave different rows, so nothing was written:\n"
            "  turns.number: its default tests.testapp.defaults.next_number gives another value each time\n" + ADVICE
        )
        assert files(recipes) == []

    @pytest.mark.parametrize(
        ("value", "blame"),
        [
            ("!call tests.testapp.values.counted", "!call tests.testapp.values.counted"),
            ("!choice [!call tests.testapp.values.counted]", "!call tests.testapp.values.counted"),
            ("!jinja '{{ row.author.pk }}'", "!jinja '{{ row.author.pk }}'"),
            ("!call tests.testapp.values.email", "!call tests.testapp.values.email"),
        ],
    )
    def test_what_a_computed_value_comes_from_is_named(self, value, blame):
        """A function by its path, an expression as it is written: also where they hold a key."""
        said = refusal("testapp.books", "--model", "testapp.Book", "--as", "book", "--title", value)
        assert f"book.title: {blame} gives another value each time" in said

    def test_it_can_be_recorded_without_the_column(self, recipes):
        """The digest then leaves it out, and says so; applying and verifying agree."""
        run = make(NOW, "testapp.x", "--model", "testapp.Turn", "--count", "2", "--allow-unstable")
        assert "not reproducible: turns.number, its default tests.testapp.defaults.next_number" in run.err
        text = (recipes.root / "testapp" / "0001_x.yaml").read_text("utf-8")
        assert text.rstrip().endswith(" without number")
        outcomes = recipes.apply("testapp.x")
        assert [outcome.differing for outcome in outcomes] == [()]
        assert Turn.objects.count() == 2
        call_command("applyfixtures", "testapp", "x", verify=True, verbosity=0)

    def test_a_value_for_the_column_makes_it_stable(self):
        """The remedy that the message names."""
        run = shown("--model", "testapp.Turn", "--count", "2", "--number", '!seq "{n}"')
        assert "without" not in produces(run)["turns"]

    def test_code_that_sets_a_field_anyhow_is_left_out(self, monkeypatch):
        """Of a field that save() sets whatever it is given a value is no remedy; writing rows without save() is."""
        monkeypatch.setitem(sys.modules, "time_machine", None)
        monkeypatch.setattr(Note, "save", today_of_django)
        message = refusal("--model", "testapp.Note", "--title", "x")
        assert (
            "Give these fields a value, or leave the code that sets them anyhow out with --save stream, or use "
            "--allow-unstable to record the recipe without them in its digest." in message
        )
        run = shown("--model", "testapp.Note", "--title", "x", "--save", "stream")
        assert "without" not in produces(run)["note"]

    def test_a_column_built_from_the_key_is_found(self):
        """Also where a rollback rewinds the counter of keys, as on SQLite."""
        message = refusal("--model", "testapp.Receipt", "--count", "2")
        assert "  receipts.code: set while saving, by own tests.testapp.models.saving.Receipt.save\n" in message
        assert Receipt.objects.count() == 0

    def test_a_save_that_draws_from_elsewhere_is_named(self, monkeypatch):
        """By the dotted path of the method."""

        def save(self, *args, **kwargs):
            self.title = str(next(COUNTER))
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        message = refusal("--model", "testapp.Note")
        assert "  note.title: set while saving, by own tests.testapp.models.text.Note.save\n" in message

    def test_a_column_of_a_related_row_is_named_by_its_path(self, monkeypatch):
        """From the step's model."""

        def save(self, *args, **kwargs):
            self.name = str(next(COUNTER))
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Author, "save", save)
        message = refusal("--model", "testapp.Book")
        assert "  book.author.name: set while saving, by own tests.testapp.models.relations.Author.save\n" in message


def today(self, *args, **kwargs):
    """A `save()` that reads a clock of Python, at the resolution of a day."""
    self.title = str(datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=30))
    Model.save(self, *args, **kwargs)


def today_of_django(self, *args, **kwargs):
    """The same by Django's module."""
    self.title = str(timezone.now().date() + datetime.timedelta(days=30))
    Model.save(self, *args, **kwargs)


class TestClock:
    """The second replay is on another day."""

    @pytest.mark.parametrize("save", [today, today_of_django])
    def test_a_save_that_asks_what_day_it_is_gets_the_recipes(self, monkeypatch, recipes, save):
        """The clock stands still while it runs, and the file says that it has to; so it does when it is applied."""
        monkeypatch.setattr(Note, "save", save)
        run = make(NOW, "testapp.x", "--model", "testapp.Note")
        assert "reads the clock, which stands at the recipe's 'now' (needs: [freeze])" in run.err
        assert "  needs: [freeze]\n" in (recipes.root / "testapp" / "0001_x.yaml").read_text("utf-8")
        assert [outcome.differing for outcome in recipes.apply()] == [()]
        assert Note.objects.get().title == "2026-12-01"

    def test_a_save_that_asks_for_microseconds(self, monkeypatch):
        """A clock that stands says the same every time."""

        def save(self, *args, **kwargs):
            self.title = datetime.datetime.now(datetime.timezone.utc).strftime("%H:%M:%S.%f")
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        run = shown("--model", "testapp.Note", "--count", "3")
        assert "  needs: [freeze]\n" in run.out

    def test_without_time_machine_such_a_recipe_is_not_applied(self, monkeypatch, recipes):
        """Its rows would be others."""
        monkeypatch.setattr(Note, "save", today)
        make(NOW, "testapp.x", "--model", "testapp.Note")
        monkeypatch.setitem(sys.modules, "time_machine", None)
        with pytest.raises(ApplyError, match=r"needs a clock that stands still.* pip install 'fixturekit\[freeze\]'"):
            recipes.apply()

    def test_what_this_version_does_not_know_is_not_applied(self, recipes):
        """A newer one may have written it."""
        recipes.write(
            "testapp.x", "steps: [{id: a, make: testapp.Note}]\nrecorded: {format: 1, engine: 1, needs: [magic]}"
        )
        with pytest.raises(ApplyError, match="needs 'magic', which this fixturekit does not know"):
            recipes.apply()

    def test_a_default_that_counts_days_on_its_own_is_named(self, monkeypatch):
        """By its path: what is no clock cannot be stopped."""

        class Days:
            def __next__(self):
                return next(COUNTER)

        monkeypatch.setattr(defaults, "_numbers", Days())
        message = refusal("--model", "testapp.Turn")
        assert "  turn.number: its default tests.testapp.defaults.next_number gives another value each time" in message

    def test_without_time_machine_only_the_clock_of_django_is_moved(self, monkeypatch):
        """What escapes is said."""
        monkeypatch.setitem(sys.modules, "time_machine", None)
        monkeypatch.setattr(Note, "save", today_of_django)
        message = refusal("--model", "testapp.Note")
        assert "  note.title: set while saving" in message
        assert message.endswith("If this code reads the clock, pip install 'fixturekit[freeze]' stops it.")
        monkeypatch.setattr(Note, "save", today)
        run = make("testapp.x", "--model", "testapp.Note")
        assert "Of the clock only django.utils.timezone was varied." in run.out

    def test_clocks_that_the_recipe_answers_for_are_stable(self, monkeypatch):
        """`auto_now` and `default=timezone.now` say the recipe's clock in both replays, however rows are written.

        A recipe that is depended on is planned while the clock is another one, and makes the same rows too.
        """
        make(NOW, "testapp.records", "--model", "testapp.Record", "--count", "2")
        words = ("--model", "testapp.Record", "--noted_at", "!copy created_at", "--depends-on", "testapp.records")
        shown(*words)
        monkeypatch.setattr(Record, "save", lambda self, *args, **kwargs: Model.save(self, *args, **kwargs))
        run = shown("--model", "testapp.Record", "--count", "2", "--depends-on", "testapp.records")
        assert all("without" not in text for text in produces(run).values())

    def test_rows_that_save_takes_only_for_a_while(self, monkeypatch, recipes):
        """Written once, but not again: refused with the reason, unless one insists. No clock can be stopped here."""
        monkeypatch.setitem(sys.modules, "time_machine", None)
        limit = timezone.now() + datetime.timedelta(days=90)

        def save(self, *args, **kwargs):
            if timezone.now() > limit:
                raise ValueError("This is over.")
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        message = refusal("testapp.x", "--model", "testapp.Note")
        assert "could be written once, but not again with another clock and other keys, so nothing was" in message
        assert "ValueError: This is over." in message
        assert files(recipes) == []
        run = make(NOW, "testapp.x", "--model", "testapp.Note", "--allow-unstable")
        assert "cannot be written again: " in run.err
        assert files(recipes) == ["testapp/0001_x.yaml"]
        assert [outcome.differing for outcome in recipes.apply()] == [()]


class TestEnvironment:
    """What the machine's environment says."""

    @pytest.fixture(autouse=True)
    def variable(self, monkeypatch):
        monkeypatch.setenv("SHOP_REGION", "north")

    def test_a_value_that_follows_from_a_variable_is_named(self, monkeypatch):
        """With the variable."""

        def save(self, *args, **kwargs):
            self.title = os.environ["SHOP_REGION"]
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        message = refusal("--model", "testapp.Note")
        assert "  note.title: set while saving, by own tests.testapp.models.text.Note.save\n" in message
        assert "  read meanwhile: the environment variables SHOP_REGION\n" in message
        assert os.environ["SHOP_REGION"] == "north"

    def test_a_variable_that_is_only_read_is_told(self, monkeypatch):
        """It may say something else on another machine, be it not set here."""

        def save(self, *args, **kwargs):
            self.subtitle = "" if os.getenv("SHOP_COLOUR") else "grey"
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        run = shown("--model", "testapp.Note")
        assert "code that makes these rows reads the environment (SHOP_COLOUR), which may be another" in run.err


class TestSideRows:
    """Rows that others make meanwhile."""

    def test_a_column_that_holds_the_key_of_a_side_row_is_found(self, monkeypatch):
        """Also where a rollback rewinds the counter, and of a model that the recipe makes no rows of."""

        def save(self, *args, **kwargs):
            self.title = f"by {Author.objects.create(name='Ann', email=f'{secrets.token_hex()}@example.com').pk}"
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        message = refusal("--model", "testapp.Note", "--count", "2")
        assert "  notes.title: set while saving, by own tests." in message
        assert not Author.objects.exists()

    def test_a_multi_table_side_row(self, monkeypatch):
        """Its topmost parent counts the keys."""
        from tests.testapp.models import SportsCar

        def save(self, *args, **kwargs):
            car = SportsCar.objects.create(plate=secrets.token_hex(4), doors=3, top_speed=200)
            self.title = f"in {car.pk}"
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        assert "  note.title: set while saving" in refusal("--model", "testapp.Note")


class TestOutside:
    """What the project's code does beside rows."""

    @pytest.mark.filterwarnings("ignore:Django 2028 will not have a default mailer")
    def test_no_mail_is_sent_and_no_file_is_written(self, monkeypatch, mailoutbox):
        """Neither by `--dry-run` nor when the file is written; by applying, both."""

        def save(self, *args, **kwargs):
            self.title = default_storage.save("note.txt", ContentFile(b"x"))
            mail.EmailMessage("subject", "body", "a@example.com", ["b@example.com"]).send()
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        assert not default_storage.exists("note.txt")
        shown("--model", "testapp.Note")
        make(NOW, "testapp.x", "--model", "testapp.Note")
        assert mailoutbox == []
        assert not default_storage.exists("note.txt")
        call_command("applyfixtures", verbosity=0)
        assert len(mailoutbox) == 1
        assert default_storage.exists("note.txt")
        default_storage.delete("note.txt")

    @pytest.mark.parametrize("inside", [True, False])
    @pytest.mark.django_db(transaction=True)
    def test_what_waits_for_the_commit_is_not_run(self, monkeypatch, inside):
        """There is none, whether or not there is a transaction around."""
        calls = []

        def save(self, *args, **kwargs):
            transaction.on_commit(lambda: calls.append(self.title))
            Model.save(self, *args, **kwargs)

        monkeypatch.setattr(Note, "save", save)
        if inside:
            with transaction.atomic():
                shown("--model", "testapp.Note")
        else:
            shown("--model", "testapp.Note")
        assert calls == []


class TestStable:
    """Randomness that a replay can repeat is no fault."""

    def test_defaults_that_draw_random_values_are_sealed(self):
        """`secrets.token_hex`, `get_random_string` and `random.randint` give the same values each time."""
        words = ("--model", "testapp.Draft", "--count", "4")
        first, second = shown(*words), shown(*words)
        assert first.out == second.out
        assert "without" not in produces(first)["drafts"]

    def test_the_sources_of_randomness_are_put_back(self):
        """After a recording `secrets` is the operating system's again."""
        shown("--model", "testapp.Draft", "--count", "4")
        assert secrets.token_hex() != secrets.token_hex()

    def test_the_recorded_rows_are_those_that_are_applied(self, recipes):
        """And the four rows differ from each other."""
        make(NOW, "testapp.x", "--model", "testapp.Draft", "--count", "4")
        assert [outcome.differing for outcome in recipes.apply()] == [()]
        assert len(set(Draft.objects.values_list("key", flat=True))) == 4

    @pytest.mark.parametrize("model", ["Quote", "Queue", "Reminder", "Lamp", "Sign", "Shipment", "Visitor", "Record"])
    def test_hooks_that_depend_on_the_row_alone_are_stable(self, model):
        """`save()`, receivers, `__init__`, `pre_save`, clocks."""
        run = shown("--model", f"testapp.{model}", "--count", "3")
        assert all("without" not in text for text in produces(run).values())
