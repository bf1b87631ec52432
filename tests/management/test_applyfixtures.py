"""``applyfixtures``: what it does, what it says, how it ends."""

from __future__ import annotations

import io
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from fixturekit import blueprints
from fixturekit.exceptions import WriteFailed
from fixturekit.execution.writing import PlanWriter
from fixturekit.ledger import Ledger
from fixturekit.models import AppliedRecipe
from tests.testapp.models import Author, Badge, Book, Genre, Note

pytestmark = pytest.mark.django_db

AUTHORS = "steps: [{id: a, make: testapp.Author, count: 3}]\n"
BOOKS = (
    "depends_on: [testapp.authors]\n"
    "steps: [{id: b, make: testapp.Book, count: 2, set: {author: !ref testapp.authors/a}}]\n"
)
GENRES = "steps: [{id: g, make: testapp.Genre, count: 2}]\n"


@pytest.fixture
def three(recipes):
    """Three recipes, two of which belong together."""
    recipes.write("testapp.authors", AUTHORS)
    recipes.write("testapp.books", BOOKS)
    recipes.write("testapp.genres", GENRES)
    return recipes


def run(*words, **options):
    """Run the command and return what it says to people and what it warns of."""
    out, err = io.StringIO(), io.StringIO()
    call_command("applyfixtures", *words, stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def fails(*words, code=1, **options):
    """Run the command, which has to fail, and return why."""
    with pytest.raises(CommandError) as caught:
        run(*words, **options)
    assert caught.value.returncode == code
    return str(caught.value)


def applied():
    return list(Ledger(connection).applied())


class TestApplying:
    def test_everything(self, three):
        """All recipes are applied in order; the output is like migrate's."""
        lines = run().splitlines()
        assert lines[:3] == ["Operations to perform:", "  Apply fixture recipes: testapp", "Applying recipes:"]
        assert lines[3].startswith("  Applying testapp.authors... 3 rows OK (0.")
        assert [line.split()[1].rstrip(".") for line in lines[3:]] == [
            "testapp.authors",
            "testapp.books",
            "testapp.genres",
        ]
        assert (Author.objects.count() >= 3, Book.objects.count(), Genre.objects.count()) == (True, 2, 2)

    @pytest.mark.parametrize("words", [(), ("testapp",), ("testapp", "books"), ("testapp.genres",), ("testapp.0001",)])
    def test_again(self, three, words):
        """A second run applies nothing and says so, whatever is named."""
        run()
        books = list(Book.objects.values_list("pk", flat=True))
        assert "  No recipes to apply." in run(*words)
        assert list(Book.objects.values_list("pk", flat=True)) == books

    @pytest.mark.parametrize(
        ("words", "wanted"),
        [
            (("testapp", "books"), ["testapp.authors", "testapp.books"]),
            (("testapp.genres",), ["testapp.genres"]),
            (("testapp.0003",), ["testapp.genres"]),
            (("testapp", "0001_authors"), ["testapp.authors"]),
            (("testapp.ge", "testapp.au"), ["testapp.authors", "testapp.genres"]),
        ],
    )
    def test_targets(self, three, words, wanted):
        """What is named and what that needs; names may be cut short."""
        run(*words)
        assert applied() == wanted

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("tsetapp",), "no installed app has the label 'tsetapp'. Did you mean 'testapp'?"),
            (("testapp", "boks"), "there is no recipe 'testapp.boks'. Did you mean 'testapp.books'?"),
            (("testapp.boks", "testapp.genres"), "there is no recipe 'testapp.boks'. Did you mean 'testapp.books'?"),
            (("zero",), "no installed app has the label 'zero'."),
            (("otherapp",), "the app 'otherapp' has no recipes"),
        ],
    )
    def test_unknown_names(self, three, words, message):
        """A wrong word ends with 2, and names the nearest right one."""
        assert fails(*words, code=2).startswith(message)
        assert applied() == []

    def test_ambiguous_name(self, three):
        """So does one that several recipes have."""
        three.write("testapp.genres_more", GENRES)
        assert fails("testapp.gen", code=2).startswith("'testapp.gen' may mean testapp.genres, testapp.genres_more")

    def test_wrong_name_in_a_file(self, three):
        """A name that is wrong in a file is an error, but no wrong word on the command line."""
        three.write("testapp.more", "depends_on: [testapp.genrs]\n" + GENRES)
        assert "Did you mean 'testapp.genres'?" in fails(code=1)

    def test_broken_file(self, three):
        """All problems of a file are told, without a traceback, and nothing is applied."""
        three.write("testapp.more", "steps: [{id: g, maek: testapp.Genre, cuont: 2}]\n")
        message = fails()
        assert "maek" in message
        assert "cuont" in message
        assert applied() == []

    def test_failure(self, three):
        """A refused row ends with 1 and says where; what was applied before stays, and the line is ended."""
        Badge.objects.create(number="N1", code="own", stamp="own")
        three.write("testapp.genres", "steps: [{id: b, make: testapp.Badge, set: {number: N1}}]\n")
        out = io.StringIO()
        with pytest.raises(CommandError) as caught:
            call_command("applyfixtures", stdout=out)
        message = str(caught.value)
        assert message.startswith("testapp/0003_genres.yaml:1:")
        assert "testapp.genres, step 'b', row 0, testapp.Badge.number: " in message
        assert out.getvalue().endswith("  Applying testapp.genres...\n")
        assert applied() == ["testapp.authors", "testapp.books"]

    def test_edited(self, three):
        """An applied recipe that was edited is refused, with the remedy; with --reset it is made anew."""
        run()
        three.write("testapp.genres", GENRES.replace("2", "5"))
        assert "applyfixtures testapp.genres --reset" in fails()
        assert Genre.objects.count() == 2
        run("testapp.genres", "--reset", "--noinput")
        assert Genre.objects.count() == 5
        assert run("--check")

    def test_edited_ones_hold_up_only_what_depends_on_them(self, three):
        """Without a name all others are applied; then the run ends with 1, and with what to do about the edited ones."""
        run("testapp.authors")
        three.write("testapp.authors", AUTHORS.replace("3", "4"))
        out = io.StringIO()
        with pytest.raises(CommandError) as caught:
            call_command("applyfixtures", stdout=out)
        assert caught.value.returncode == 1
        assert "Applying testapp.genres... 2 rows OK" in out.getvalue()
        assert "testapp.books" not in out.getvalue()
        assert str(caught.value).splitlines() == [
            "testapp/0001_authors.yaml: testapp.authors was applied to database 'default' and edited since. Make its rows "
            "anew, as after pulling a colleague's edit: applyfixtures testapp.authors --reset. Or take your own edit back: "
            "git checkout testapp/0001_authors.yaml",
            "Not applied, since they depend on what was edited: testapp.books",
        ]
        assert applied() == ["testapp.authors", "testapp.genres"]

    def test_edited_ones_are_refused_at_once_where_they_are_named(self, three):
        """Also where a named recipe depends on one: nothing of the run is done."""
        run("testapp.authors")
        three.write("testapp.authors", AUTHORS.replace("3", "4"))
        for words in (("testapp.books", "testapp.genres"), ("testapp",)):
            assert "testapp.authors was applied" in fails(*words)
        assert applied() == ["testapp.authors"]

    def test_plan_beside_edited_ones(self, three):
        """--plan shows what a run would apply, and ends as it would."""
        run("testapp.authors")
        three.write("testapp.authors", AUTHORS.replace("3", "4"))
        out = io.StringIO()
        with pytest.raises(CommandError, match="edited since"):
            call_command("applyfixtures", "--plan", stdout=out)
        assert "testapp.genres  (" in out.getvalue()
        assert "testapp.books" not in out.getvalue()

    def test_one_row(self, three):
        """A single row is a row."""
        three.write("testapp.genres", GENRES.replace("2", "1"))
        assert "testapp.genres... 1 row OK (" in run("testapp.genres")
        assert "1 row removed" in run("testapp", "zero", "--noinput")

    def test_numbers_agree(self, recipes):
        """Rows made beside those of the steps, and adopted ones, are told apart; all that is removed was told before."""
        Genre.objects.create(name="jazz")
        recipes.write(
            "testapp.all",
            "steps:\n"
            "  - {id: s, make: testapp.Shipment, count: 3}\n"
            "  - {id: g, make: testapp.Genre, match: [name], set: {name: jazz}}\n"
            "  - {id: c, make: testapp.SportsCar, count: 2}\n",
        )
        assert "testapp.all... 5 rows (+6 by receivers), 1 adopted OK (" in run()
        assert "Remove testapp.all, 5 rows (+6 by receivers)" in run("testapp.all", "zero", "--plan")
        assert "  11 rows removed" in run("testapp.all", "zero", "--noinput")

    def test_missing_table(self, three, monkeypatch):
        """Where a table is missing, the message says to migrate, with the place where there is one."""
        three.write("testapp.notes", "steps: [{id: n, make: testapp.Note}]\n")
        for model, place in ((Genre, "database 'default': "), (Note, "testapp.notes, step 'n', testapp.Note: ")):
            with monkeypatch.context() as patched:
                patched.setattr(model._meta, "db_table", "testapp_nowhere")
                blueprints.forget()
                message = fails(f"testapp.{model._meta.verbose_name_plural}")
            blueprints.forget()  # they know tables by name
            assert place in message
            assert message.endswith(". Make the tables: migrate --database default")

    def test_other_errors_of_the_database(self, three, monkeypatch):
        """No error of the database is a traceback."""

        def lost(*_):
            raise OperationalError("the connection is lost")

        monkeypatch.setattr(Ledger, "applied", lost)
        assert "database 'default': " in fails("testapp.genres")

    def test_settings(self, three, settings):
        """Nor are settings that cannot be."""
        settings.FIXTUREKIT = {"LOCK_TIMEOUT": "soon"}
        assert "LOCK_TIMEOUT" in fails()

    def test_quiet(self, three):
        """At -v0 nothing is said, whatever is done."""
        assert run("-v0") == ""
        assert run("-v0") == ""
        assert run("--check", "-v0") == ""
        assert run("--verify", "-v0") == ""
        assert run("testapp.books", "--reset", "--noinput", "-v0") == ""
        assert run("testapp", "zero", "--noinput", "-v0") == ""
        assert run("testapp", "zero", "--noinput", "-v0") == ""
        assert run("testapp.authors", "--fake", "-v0") == ""

    def test_gave_way(self, three):
        """A value that gave way is told on the error channel."""
        three.write("testapp.more", "steps: [{id: m, make: testapp.Genre, count: 3, save: stream}]\n")
        run("testapp.more")
        taken = Genre.objects.order_by("pk")[1].name
        run("testapp.more", "zero", "--noinput")
        own = Genre.objects.create(name=taken)
        err = io.StringIO()
        call_command("applyfixtures", "testapp.more", stdout=io.StringIO(), stderr=err)
        assert f"testapp.more m[1]: row {own.pk} of testapp.Genre has this name already; the made row got another" in (
            err.getvalue()
        )

    def test_gave_way_in_rows_that_are_needed(self, three):
        """Such a row is told by the way that leads to it: the recipe says nothing else of it."""
        three.write("testapp.more", "steps: [{id: m, make: testapp.Album, count: 3, set: {genres: !make 1}}]\n")
        run("testapp.more")
        taken = Genre.objects.order_by("pk")[1].name
        run("testapp.more", "zero", "--noinput")
        own = Genre.objects.create(name=taken)
        assert f"testapp.more m.genres[1]: row {own.pk} of testapp.Genre has this name already" in run("testapp.more")

    def test_other_rows_than_recorded(self, three):
        """Rows that are not those that the file records are told."""
        recorded = "recorded: {format: 1, engine: 1, produces: {g: 2 testapp.Genre 0000000000000000}}\n"
        three.write("testapp.genres", GENRES + recorded)
        assert "testapp.genres: the rows of step g are not those that were recorded" in run("testapp.genres")

    def test_without_the_ledger(self, three, monkeypatch):
        """Where the ledger's tables are missing, the message says to migrate."""
        for field in AppliedRecipe._meta.fields:
            assert field.cached_col is not None  # else it would be made now, and keep the name of this test
        monkeypatch.setattr(AppliedRecipe._meta, "db_table", "not_there")
        assert fails() == (
            "database 'default' has no tables for fixturekit's ledger. Make them: migrate fixturekit --database default"
        )


class TestLooking:
    def test_plan(self, three):
        """--plan says what would be written, where and why, and writes nothing."""
        run("testapp.genres")
        output = run("--plan")
        assert "testapp.authors  (testapp/0001_authors.yaml)" in output
        assert "3 testapp.Author" in output
        assert "nothing listens" in output
        assert "testapp.genres" not in output
        assert applied() == ["testapp.genres"]
        run()
        assert "No recipes to apply." in run("--plan")

    def test_plan_of_zero(self, three):
        """Of zero it says what would be removed, and removes nothing."""
        run()
        output = run("testapp.authors", "zero", "--plan")
        assert output.splitlines() == [
            "Planned operations:",
            f"  Remove testapp.books, {Ledger(connection).applied()['testapp.books'].rows} rows",
            "  Remove testapp.authors, 3 rows",
        ]
        assert len(applied()) == 3

    def test_check(self, three):
        """--check ends with 1 where a recipe is not applied or was edited, and names it; else with 0."""
        run("testapp.books")
        three.write("testapp.authors", AUTHORS.replace("3", "4"))
        out = io.StringIO()
        with pytest.raises(SystemExit) as caught:
            call_command("applyfixtures", "--check", stdout=out)
        assert caught.value.code == 1
        assert out.getvalue().splitlines() == [
            "  not applied: testapp.genres",
            "  edited since it was applied: testapp.authors",
        ]
        three.write("testapp.authors", AUTHORS)
        assert run("--check", "testapp.books") == "  All recipes are applied.\n"
        assert applied() == ["testapp.authors", "testapp.books"]

    def test_check_of_recipes_that_the_models_left_behind(self, three):
        """--check names an applied recipe that could not be applied to a new database, manual ones too."""
        three.write("testapp.late", "manual: true\nsteps: [{id: a, make: testapp.Genre, set: {name: Late}}]\n")
        run()
        run("testapp.late")
        assert run("--check") == "  All recipes are applied.\n"
        three.write("testapp.late", "manual: true\nsteps: [{id: a, make: testapp.Genre, set: {nome: Late}}]\n")
        out = io.StringIO()
        with pytest.raises(SystemExit):
            call_command("applyfixtures", "--check", stdout=out)
        assert out.getvalue().splitlines() == [
            "  edited since it was applied: testapp.late",
            "  does not fit the models any more: testapp.late (showfixtures -v2 says why)",
        ]

    def test_verify(self, three):
        """--verify finds a changed row and a removed one, and ends with 1; else with 0."""
        run()
        assert run("--verify").splitlines() == [
            f"  Verifying testapp.{name}... OK" for name in ("authors", "books", "genres")
        ]
        Author.objects.filter(pk=Author.objects.order_by("pk")[1].pk).update(name="changed")
        Genre.objects.all()[0].delete()
        out = io.StringIO()
        with pytest.raises(CommandError, match="Rows are not those that were recorded") as caught:
            call_command("applyfixtures", "--verify", stdout=out)
        assert caught.value.returncode == 1
        assert out.getvalue().splitlines() == [
            "  Verifying testapp.authors... DIFFERS",
            "    a.name: rows were changed since they were made",
            "  Verifying testapp.books... OK",
            "  Verifying testapp.genres... DIFFERS",
            "    g.name: rows were changed since they were made",
        ]

    def test_verify_an_edited_file(self, three):
        """Rows are not compared with a file that says something else by now."""
        run()
        three.write("testapp.genres", GENRES.replace("2", "3"))
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("applyfixtures", "testapp.genres", "--verify", stdout=out)
        assert "the file was edited since it was applied" in out.getvalue()

    def test_verify_what_is_not_there(self, three):
        """What is not applied, or only faked, has no rows to look at."""
        run("testapp.genres", "--fake")
        assert run("--verify") == "  Verifying testapp.genres... faked: it has no rows\n"

    def test_a_dry_run_is_called_otherwise(self, three):
        """As people know it from other commands; an option with an error of typing is told too."""
        for word, meant in (("--dry-run", "--plan"), ("--resett", "--reset")):
            with pytest.raises(CommandError, match=rf"unrecognized arguments: {word}\. Did you mean {meant}\?"):
                run(word)


class TestFake:
    def test_notes_only(self, three):
        """--fake makes no rows; the recipe counts as applied until zero."""
        assert "  Applying testapp.genres... FAKED" in run("testapp.genres", "--fake")
        assert not Genre.objects.exists()
        assert "No recipes to apply" in run("testapp.genres")
        run("testapp.genres", "zero", "--noinput")
        run("testapp.genres")
        assert Genre.objects.count() == 2


class TestRemoving:
    def test_zero(self, three):
        """zero removes what an app's recipes made, and nothing else."""
        Genre.objects.create(name="own")
        run()
        lines = run("testapp", "zero", "--noinput").splitlines()
        assert lines[:3] == [f"  Removing testapp.{name}... OK" for name in ("genres", "books", "authors")]
        assert lines[3].endswith(" rows removed")
        assert applied() == []
        assert not Book.objects.exists()
        assert Genre.objects.get().name == "own"
        assert "No applied recipes to remove." in run("testapp", "zero", "--noinput")

    def test_zero_of_one_recipe(self, three):
        """After a recipe it removes this one and those that depend on it."""
        run()
        run("testapp.authors", "zero", "--noinput")
        assert applied() == ["testapp.genres"]

    def test_reset(self, three):
        """--reset makes rows anew, also of those recipes that depend on them."""
        run()
        before = set(Book.objects.values_list("title", flat=True))
        Book.objects.update(title="changed")
        run("testapp.authors", "--reset", "--noinput")
        assert applied() == ["testapp.genres", "testapp.authors", "testapp.books"]
        assert set(Book.objects.values_list("title", flat=True)) == before

    def test_reset_of_what_is_not_applied(self, three):
        """It applies what was not applied."""
        run("testapp.genres", "--reset", "--noinput")
        assert Genre.objects.count() == 2

    def test_reset_needs_names(self, three):
        """Nothing is made anew without being named."""
        assert fails("--reset", code=2) == "--reset needs the recipes to make anew: app.recipe"

    @pytest.mark.parametrize("text", [GENRES.replace("Genre", "Gnere"), GENRES.replace("count: 2", "set: {x: 1}")])
    def test_reset_of_what_cannot_be_applied(self, three, text):
        """What cannot be planned is refused before anything is removed."""
        run()
        three.write("testapp.genres", text)
        fails("testapp.genres", "--reset", "--noinput")
        assert Genre.objects.count() == 2
        assert len(applied()) == 3

    def test_reset_where_something_else_changed(self, three):
        """So is a recipe that depends on an edited one."""
        run()
        three.write("testapp.authors", AUTHORS.replace("3", "4"))
        assert "testapp.authors was applied" in fails("testapp.books", "--reset", "--noinput")
        assert Book.objects.count() == 2

    @pytest.mark.parametrize("text", [BOOKS.replace("!ref testapp.authors/a", "!pin 999999"), "@"])
    def test_reset_that_fails(self, three, text, monkeypatch):
        """What is found out only while rows are written leaves the old rows and their record, dependants included."""
        run()
        before = set(Book.objects.values_list("pk", flat=True)), set(Author.objects.values_list("pk", flat=True))
        if text == "@":

            def refuse(*_):
                raise WriteFailed("no", step="b", row=None, field=None, mark=None)

            monkeypatch.setattr(PlanWriter, "_check", refuse)
            names = ("testapp.authors",)
        else:
            three.write("testapp.books", text)
            names = ("testapp.books",)
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("applyfixtures", *names, "--reset", "--noinput", stdout=out)
        assert "Nothing was removed: all rows are as they were." in out.getvalue()
        assert before == (
            set(Book.objects.values_list("pk", flat=True)),
            set(Author.objects.values_list("pk", flat=True)),
        )
        assert applied() == ["testapp.authors", "testapp.books", "testapp.genres"]
        assert Ledger(connection).still_there("testapp.books", "b") == (2, 2)

    def test_rows_in_use(self, three):
        """Rows that others depend on are listed and stay; --cascade takes those others too."""
        run()
        author = Author.objects.get(pk=Ledger(connection).made("testapp.authors", "a").take([0])[0])
        Book.objects.create(
            title="own", author=author, imprint=Book.objects.all()[0].imprint,
            parcel=Book.objects.all()[0].parcel, delivery=Book.objects.all()[0].delivery,
        )  # fmt: skip
        message = fails("testapp", "zero", "--noinput")
        assert "testapp.Book" in message
        assert "--cascade" in message
        assert len(applied()) == 3
        run("testapp", "zero", "--noinput", "--cascade")
        assert not Book.objects.exists()


class TestQuestions:
    @pytest.fixture
    def terminal(self, monkeypatch):
        def answer(text):
            monkeypatch.setattr(sys, "stdin", io.StringIO(f"{text}\n"))
            monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
            monkeypatch.setattr("builtins.input", lambda question: text)

        return answer

    @pytest.mark.parametrize("words", [("testapp", "zero"), ("testapp.genres", "--reset")])
    def test_nobody_can_answer(self, three, monkeypatch, words):
        """Without a terminal and without --noinput it ends with 3 and removes nothing."""
        run()
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        assert "Nobody can answer; use --noinput" in fails(*words, code=3)
        assert len(applied()) == 3

    def test_no(self, three, terminal):
        """No is no."""
        run()
        terminal("")
        assert fails("testapp", "zero", code=3) == "Nothing was changed."
        assert len(applied()) == 3

    def test_yes(self, three, terminal):
        """Yes is yes."""
        run()
        terminal("Yes")
        run("testapp", "zero")
        assert applied() == []


class TestGuard:
    @pytest.fixture
    def production(self, settings, monkeypatch):
        settings.DEBUG = False
        monkeypatch.setitem(connection.settings_dict, "NAME", "shop")
        monkeypatch.setitem(connection.settings_dict, "TEST", {"NAME": None})

    def test_applying(self, three, production):
        """A database that may be production is not written to without --force; reading is free."""
        assert fails().startswith("DEBUG is off, so database 'default' (shop) may be production")
        assert applied() == []
        run("--plan")
        run("--force")
        assert len(applied()) == 3
        assert "No recipes to apply." in run()
        run("--verify")

    def test_removing(self, three, production):
        """Nor are rows removed, before anybody is asked."""
        run("--force")
        for words in (("testapp", "zero"), ("testapp.books", "--reset")):
            assert "DEBUG is off" in fails(*words)
        assert len(applied()) == 3
        run("testapp", "zero", "--force", "--noinput")
        assert applied() == []

    def test_allowed(self, three, production, settings):
        """An alias that the settings name is written to."""
        settings.FIXTUREKIT = {**settings.FIXTUREKIT, "ALLOWED_DATABASES": ["default"]}
        run()
        assert len(applied()) == 3


class TestWords:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--plan", "--check"), "--plan and --check do not go together"),
            (("--fake", "--reset"), "--fake and --reset do not go together"),
            (("testapp", "zero", "--fake"), "zero and --fake do not go together"),
            (("testapp", "zero", "--check"), "zero and --check do not go together"),
            (("testapp.genres", "--cascade"), "--cascade is for --reset, --prune and zero"),
            (("--prune", "--check"), "--prune and --check do not go together"),
            (("testapp", "--prune"), "--prune takes no recipes: it is for those whose files are gone"),
            (("--strict", "--fake"), "--strict and --fake do not go together"),
            (("testapp", "zero", "--strict"), "--strict and zero do not go together"),
        ],
    )
    def test_do_not_go_together(self, three, words, message):
        """Words that ask for different things end with 2, and nothing is done."""
        assert fails(*words, code=2) == message
        assert applied() == []

    def test_as_a_function(self, three):
        """call_command takes options by name too."""
        call_command("applyfixtures", "testapp.genres", verbosity=0, interactive=False, lock_timeout=5)
        assert applied() == ["testapp.genres"]
        call_command("applyfixtures", "testapp.genres", reset=True, verbosity=0, interactive=False)
        call_command("applyfixtures", "testapp", "zero", verbosity=0, interactive=False)
        assert applied() == []


@pytest.fixture
def shelf(recipes):
    """Authors, and books of them, recorded with digests that are not theirs, and a recipe with tags."""
    recipes.write(
        "testapp.authors",
        "tags: [demo]\nsteps: [{id: a, make: testapp.Author, count: 30}]\n"
        "recorded: {format: 1, engine: 1, produces: {a: 30 testapp.Author 0123456789abcdef}}\n",
    )
    recipes.write(
        "testapp.notes",
        "tags: [tests, large]\ndepends_on: [testapp.authors]\n"
        "steps: [{id: b, make: testapp.Book, count: 20, set: {author: !ref 'testapp.authors/a[25]'}}]\n",
    )
    recipes.write("testapp.genres", "tags: [large]\n" + GENRES)
    recipes.write("testapp.late", "tags: [large]\nmanual: true\n" + GENRES.replace("Genre", "Artist"))
    return recipes


class TestScale:
    """``--scale``."""

    def test_down(self, shelf):
        """Fewer rows are made, refs fold, nothing is compared with the file, the ledger keeps the scale."""
        output = run("testapp.notes", "--scale", "0.1")
        assert "Applying testapp.authors... 3 rows OK" in output
        assert "not those that were recorded" not in output
        book = Book.objects.order_by("pk").first()
        authors = list(Author.objects.order_by("pk").filter(name__isnull=False))
        assert Book.objects.count() == 2
        assert book.author_id in Ledger(connection).made("testapp.authors", "a")
        assert book.author_id == authors[25 % 3].pk
        assert {entry.scale for entry in Ledger(connection).applied().values()} == {0.1}
        assert run("--verify").count("OK") == 2

    def test_changed_rows(self, shelf):
        """--verify compares with what was written then."""
        run("testapp.authors", "--scale", "0.1")
        Author.objects.update(name="x")
        assert "DIFFERS" in _verify()

    def test_up(self, shelf):
        """More rows are made."""
        assert "Applying testapp.genres... 5 rows OK" in run("testapp.genres", "--scale", "2.5")

    def test_single_row(self, recipes):
        """The one row of a step without a count stays one, so that what is written for it may be unique."""
        recipes.write("testapp.g", "steps: [{id: g, make: testapp.Genre, match: [name], set: {name: Poetry}}]\n")
        assert "Applying testapp.g... 1 row OK" in run("testapp.g", "--scale", "3")
        assert [genre.name for genre in Genre.objects.all()] == ["Poetry"]

    def test_on_top_of_another_scale(self, shelf):
        """A ref into a recipe that is applied with another scale counts the rows that are there."""
        run("testapp.authors", "--scale", "0.1")
        assert "testapp.notes..." in run("testapp.notes")
        assert set(Book.objects.values_list("author", flat=True)) == {
            list(Ledger(connection).made("testapp.authors", "a"))[1]
        }
        assert "testapp.notes... OK" in run("--verify")

    def test_again(self, shelf):
        """A recipe that is applied with another scale stays, and is named with the command that makes it anew."""
        run("testapp.authors", "--scale", "0.1")
        output = run("testapp.authors", "--scale=0.5")
        assert "  No recipes to apply." in output
        assert (
            "testapp.authors is applied already, with scale 0.1. Make it anew: "
            "applyfixtures testapp.authors --reset --scale 0.5" in output
        )
        assert "applied already" not in run("testapp.authors", "--scale", "0.1")
        assert "applied already" not in run("testapp.authors")
        assert "applied already" not in run("testapp.authors", "--scale", "0.5", verbosity=0)

    def test_reset(self, shelf):
        """--reset makes rows anew with the scale that is given, 1 by default; also of what depends on them."""
        run("testapp.notes", "--scale", "0.1")
        run("testapp.authors", "--reset", "--noinput", "--scale", "0.5")
        assert (Book.objects.count(), len(Ledger(connection).made("testapp.authors", "a"))) == (10, 15)
        run("testapp.authors", "--reset", "--noinput")
        assert (Book.objects.count(), len(Ledger(connection).made("testapp.authors", "a"))) == (20, 30)

    def test_plan(self, shelf):
        """--plan shows the scaled rows, and writes none."""
        assert "3 testapp.Author" in run("testapp.authors", "--plan", "--scale", "0.1")
        assert applied() == []

    def test_shown(self, shelf):
        """showfixtures -v2 says the scale."""
        run("testapp.authors", "--scale", "0.1")
        out = io.StringIO()
        call_command("showfixtures", "testapp.authors", stdout=out, verbosity=2)
        assert ", scale 0.1)" in out.getvalue()

    def test_recording(self, shelf):
        """A recipe that needs another one is not proven on a few of its rows: the error says why."""
        run("testapp.authors", "--scale", "0.1")
        with pytest.raises(CommandError, match=r"knows 3, since it is applied with scale 0\.1"):
            call_command("makefixture", "testapp.x", "--model", "testapp.Book", "--author", "@testapp.authors/a")

    @pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "-inf", "1e999"])
    def test_odd_numbers(self, shelf, scale):
        """A scale is a number above 0."""
        assert "a scale is a number above 0" in fails(f"--scale={scale}", code=2)

    @pytest.mark.parametrize("scale", ["", "x", "10%", "0,1", "0.1x", "½"])
    def test_no_numbers(self, shelf, scale):
        """Words are none."""
        assert "--scale" in fails(f"--scale={scale}")

    def test_too_many(self, shelf):
        """More rows than a step may make are a problem of the recipe, and nothing is written."""
        assert "fixturekit.E103" in fails("--scale", "1e9")
        assert applied() == []

    @pytest.mark.parametrize("words", [["testapp", "zero"], ["--check"], ["--verify"]])
    def test_with_others(self, shelf, words):
        """It says how rows are made, so it goes only with what makes rows."""
        assert "--scale do not go together" in fails(*words, "--scale", "2", code=2)


def _verify():
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("applyfixtures", "--verify", stdout=out)
    return out.getvalue()


class TestTags:
    """``--tag``."""

    @pytest.mark.parametrize(
        ("words", "wanted"),
        [
            (["--tag", "demo"], ["testapp.authors"]),
            (["--tag=tests"], ["testapp.authors", "testapp.notes"]),
            (["--tag", "demo", "--tag", "large"], ["testapp.authors", "testapp.notes", "testapp.genres"]),
            (["testapp.genres", "testapp.notes", "--tag", "tests"], ["testapp.authors", "testapp.notes"]),
            (["testapp", "late", "--tag", "large"], ["testapp.late"]),
            (["testapp.genres", "--tag", "demo"], []),
        ],
    )
    def test_which(self, shelf, words, wanted):
        """Recipes with one of the tags, and what they need; manual ones only where they are named."""
        run(*words)
        assert sorted(applied()) == sorted(wanted)

    def test_plan_and_check(self, shelf):
        """--plan and --check look at these only."""
        assert "testapp.genres" not in run("--tag", "tests", "--plan")
        run("--tag", "demo")
        assert "All recipes are applied." in run("--tag", "demo", "--check")
        with pytest.raises(SystemExit):
            run("--tag", "large", "--check")

    def test_reset(self, shelf):
        """--reset takes a tag for a target."""
        run()
        keys = set(Genre.objects.values_list("pk", flat=True))
        run("--tag", "demo", "--reset", "--noinput")
        assert set(Genre.objects.values_list("pk", flat=True)) == keys

    @pytest.mark.parametrize(
        ("tag", "hint"),
        [("dem", ". Did you mean 'demo'?"), ("nothing-like-it", ""), ("", ""), ("Demo", "'demo'"), ("#", "")],
    )
    def test_unknown(self, shelf, tag, hint):
        """A tag that no recipe has is a wrong word."""
        message = fails(f"--tag={tag}", code=2)
        assert f"no recipe has the tag {tag!r}" in message
        assert hint in message


class TestGone:
    def remove_file(self, recipes, name):
        recipes.write(name, "").unlink()

    def test_prune(self, three):
        """What applied recipes made whose files are gone is removed, after a question; nothing else is."""
        run()
        self.remove_file(three, "testapp.genres")
        assert "Remove testapp.genres, 2 rows" in run("--prune", plan=True)
        with pytest.raises(CommandError) as caught:
            run("--prune")
        assert caught.value.returncode == 3
        assert Genre.objects.count() == 2
        assert "Removing testapp.genres... OK" in run("--prune", interactive=False)
        assert applied() == ["testapp.authors", "testapp.books"]
        assert (Genre.objects.count(), Book.objects.count()) == (0, 2)
        assert "Every applied recipe has its file." in run("--prune", interactive=False)

    def test_rows_in_use(self, three):
        """As with zero, rows that others depend on stay; two recipes that are gone go together."""
        run()
        authors = three.write("testapp.authors", AUTHORS)
        authors.unlink()
        books = three.write("testapp.books", "steps: [{id: b, make: testapp.Book, count: 2}]\n")
        assert "made by testapp.books; remove that first" in fails("--prune", interactive=False)
        books.unlink()
        assert "Removing testapp.authors... OK" in run("--prune", interactive=False)
        assert applied() == ["testapp.genres"]

    def test_a_name_never_means_another_recipe(self, three):
        """The name of a recipe whose file is gone is not the beginning of another one's: nothing of that is touched."""
        three.write("testapp.genres_more", GENRES)
        run()
        self.remove_file(three, "testapp.genres")
        for words in (("--reset",), ("--verify",), ("--check",), ("--plan",), ()):
            message = fails("testapp.genres", *words, "--noinput", code=2)
            assert message == (
                "testapp.genres is applied to database 'default', but its file is gone. Bring the file back, or remove "
                "its rows: applyfixtures testapp.genres zero"
            )
        assert "Remove testapp.genres, 2 rows" in run("testapp.genres", "zero", "--plan")
        assert "Removing testapp.genres... OK\n  2 rows removed" in run("testapp.genres", "zero", "--noinput")
        assert applied() == ["testapp.authors", "testapp.books", "testapp.genres_more"]

    @pytest.mark.parametrize(
        "words", [("testapp.gen", "zero"), ("testapp.gen", "--reset"), ("testapp", "gen", "--reset")]
    )
    def test_names_are_whole_where_rows_are_removed(self, three, words):
        """A name that is cut short could be that of a recipe that is gone, or mistyped."""
        run()
        message = fails(*words, "--noinput", code=2)
        assert message == (
            "there is no recipe 'testapp.gen', and where rows are removed a name is not cut short. Write testapp.genres"
        )
        assert Genre.objects.count() == 2
        assert "testapp.genres" in run("testapp.3", "zero", "--plan")
        assert "OK" in run("testapp.gen", "--verify")

    @pytest.mark.parametrize(
        ("text", "advice"),
        [
            (
                GENRES,
                "testapp/0003_pub.yaml: testapp.pub has the steps of testapp.genres, which is applied and whose file is "
                "gone. If it is the same under another name, write 'replaces: [testapp.genres]' and 'seed: testapp.genres' "
                "into it\n",
            ),
            (
                "seed: testapp.genres\n" + GENRES.replace("2", "3"),
                "testapp/0003_pub.yaml: testapp.pub has the seed of testapp.genres, which is applied and whose file is "
                "gone. If it is the same under another name, write 'replaces: [testapp.genres]' into it\n",
            ),
            (
                "replaces: [testapp.gnres]\n" + GENRES,
                "testapp/0003_pub.yaml:1:12: testapp.pub replaces testapp.gnres, which was not applied here. Did you mean "
                "'testapp.genres'?\n",
            ),
        ],
    )
    def test_a_rename_that_is_not_told_of(self, three, text, advice):
        """A recipe that looks like one whose file is gone is most likely that one: it is said before it is applied."""
        run()
        self.remove_file(three, "testapp.genres")
        three.write("testapp.pub", text)
        assert advice in run("--plan")
        assert advice in run()
        assert advice not in run("--plan")

    def test_check(self, three):
        """--check names them, and ends with 1."""
        run()
        self.remove_file(three, "testapp.genres")
        out = io.StringIO()
        with pytest.raises(SystemExit) as caught:
            call_command("applyfixtures", "--check", stdout=out)
        assert caught.value.code == 1
        assert "applied, but its file is gone: testapp.genres" in out.getvalue()
        assert "All recipes are applied." in run("testapp.authors", "--check")


class TestStrict:
    TICKETS = "now: 2026-01-01T00:00:00Z\noptions: {style: plain}\nsteps: [{id: g, make: testapp.Genre, count: 2}]\n"

    def test_taken_value(self, recipes):
        """A generated value that an existing row has gives way with a warning, or is an error."""
        recipes.write("testapp.g", self.TICKETS)
        run()
        taken = Genre.objects.order_by("pk")[1]
        run("testapp", "zero", interactive=False)
        taken.save(force_insert=True)
        message = fails("--strict")
        assert (
            f"testapp.g: generated values are taken.\n  g[1]: row {taken.pk} of testapp.Genre has this name" in message
        )
        assert list(Genre.objects.all()) == [taken]
        assert applied() == []
        assert "the made row got another" in run()
        assert Genre.objects.count() == 3

    def test_nothing_taken(self, three):
        """Otherwise it changes nothing."""
        run("--strict")
        assert len(applied()) == 3
