"""``manage.py makefixture`` as a person meets it: words, output, exit codes; and what nobody should type."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from django.db.utils import ConnectionHandler

from fixturekit.management.commands.makefixture import Command
from fixturekit.models import AppliedRecipe
from fixturekit.recipes.reading import read
from fixturekit.values.pools import locales
from tests.recipes_support import RecipeFolder
from tests.recording.running import NOW, files, make, shown
from tests.testapp.models import Author, Book, Genre, Receipt

pytestmark = pytest.mark.django_db
GENRE = ("--model", "testapp.Genre")
DOCUMENTS = Path(__file__).parent.parent / "documents" / "invalid"


def typed(monkeypatch: Any, capsys: Any, *words: str, command: Any = Command) -> tuple[Any, str, str]:
    """Run a command line as ``manage.py`` does; return exit code, output and errors."""
    monkeypatch.setattr(ConnectionHandler, "close_all", lambda self: None)  # the test's transaction needs them
    code: Any = 0
    try:
        command().run_from_argv(["manage.py", "makefixture", *words])
    except SystemExit as error:
        code = error.code
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def refusal(*words: Any, **options: Any) -> CommandError:
    with pytest.raises(CommandError) as caught:
        make(NOW, *words, **options)
    return caught.value


class TestOutput:
    """What is printed where."""

    def test_a_recording_is_reported(self, recipes: RecipeFolder) -> None:
        """The path, the rows, the tree."""
        run = make("testapp.x", "--model", "testapp.Visa", "--count", "2", "--passport__author__name", "Fred",
                   "--passport__number", '!seq "P{n}"', "--country", "who?")  # fmt: skip
        lines = run.out.splitlines()
        assert lines[0] == "Recipe testapp.x:"
        assert lines[1].strip().endswith("testapp/0001_x.yaml")
        assert lines[2:] == [
            "    + 2 testapp.Visa",
            "      'Visa' fields: {'country': 'who?'}",
            "          'Passport' fields: {'number': '!seq'}",
            "              'Author' fields: {'name': 'Fred'}",
        ]
        assert run.err == ""

    def test_a_pin_that_may_be_made_is_kept(self, recipes: RecipeFolder) -> None:
        """What is there today need not be there elsewhere: the pin stays as it was typed, whether it finds a row or not."""
        pin = "!pin {email: a@b.de, or_make: {name: Ann}}"
        make("testapp.x", "--model", "testapp.Book", "--author", pin)
        Author.objects.create(email="a@b.de", name="Bob")
        make("testapp.y", "--model", "testapp.Book", "--author", pin)
        for path in (recipes.root / "testapp").iterdir():
            assert f"author: {pin}" in path.read_text(encoding="utf-8")

    def test_quiet_is_quiet(self, recipes: RecipeFolder) -> None:
        """`-v0` prints nothing, and writes."""
        for words in (("-v0",), ("--verbosity=0",), ("-v", "0")):
            run = make(*GENRE, *words)
            assert (run.out, run.err) == ("", "")
        assert make(*GENRE, verbosity=0).out == ""
        assert len(files(recipes)) == 4

    def test_a_dry_run_prints_the_file_and_nothing_else(self, recipes: RecipeFolder) -> None:
        """The bytes that would be written; no folder is made."""
        words = ("testapp.x", "--model", "testapp.Book", "--count", "3")
        printed = shown(*words).out
        assert not recipes.root.exists()
        make(NOW, *words)
        assert (recipes.root / "testapp" / "0001_x.yaml").read_bytes() == printed.replace(f" {NOW}", "").replace(
            "makefixture", f"makefixture {NOW}", 1
        ).encode()
        assert (Book.objects.count(), AppliedRecipe.objects.count()) == (0, 0)

    def test_a_dry_run_warns_beside(self, recipes: RecipeFolder) -> None:
        """On the other stream, so that the file can be piped."""
        run = shown("--model", "testapp.Turn", "--allow-unstable")
        read(run.out, "printed")
        assert "not reproducible: turn.number" in run.err

    def test_a_password_is_shown_nowhere_but_in_the_value(self, recipes: RecipeFolder) -> None:
        """Neither in the tree nor in the comment, in whichever form it was typed."""
        run = make("testapp.x", "--model", "auth.User", "--password", "hunter2")
        assert "hunter2" not in run.out
        assert "'password': '!password ...'" in run.out


class TestUnvaried:
    """What both replays had in common."""

    SEEDS = "    Replayed twice in this process, so hash seeds were not varied: the database is in"
    CLOCK = "    Of the clock only django.utils.timezone was varied. For all of it: pip install"

    @pytest.mark.parametrize("words", [["testapp.Draft"], ["testapp.Quote"], ["testapp.Playlist", "--songs", "2"]])
    def test_it_is_said_where_code_of_the_project_ran(self, recipes: RecipeFolder, words: list[str]) -> None:
        """A default of its own, a `save()`, a receiver."""
        line = make("--model", *words).out.splitlines()[-1]
        assert line.startswith(self.SEEDS)
        assert line.endswith("Another process compares: checkfixtures --replay")
        assert make("--model", *words, "-v0").out == ""

    def test_it_is_said_of_other_recipes_on_request(self, recipes: RecipeFolder) -> None:
        """Rows that nobody else had a hand in do not depend on it."""
        assert "Replayed" not in make(*GENRE).out
        assert make(*GENRE, "-v2").out.splitlines()[-1].startswith(self.SEEDS)

    def test_without_time_machine_the_clock_is_named(self, recipes: RecipeFolder, monkeypatch: Any) -> None:
        """With what to do about it."""
        monkeypatch.setitem(sys.modules, "time_machine", None)
        assert make("--model", "testapp.Draft").out.splitlines()[-1].startswith(self.CLOCK)
        assert make("--model", "testapp.Draft", "-v0").out == ""

    def test_a_dry_run_says_it_beside(self, recipes: RecipeFolder) -> None:
        """The file can be piped."""
        run = shown("--model", "testapp.Draft")
        read(run.out, "printed")
        assert len(run.err.splitlines()) == 1
        assert run.err.startswith(self.SEEDS)

    def test_without_a_replay_nothing_is_said(self, recipes: RecipeFolder) -> None:
        """Of what was not done."""
        run = make("--model", "testapp.Draft", "--no-verify", "-v2")
        assert "Replayed" not in run.out + run.err


class TestComment:
    """The first line of the file."""

    @pytest.mark.parametrize(
        ("words", "comment"),
        [
            (["testapp.x", *GENRE, "--name", "a b"], "testapp.x --model testapp.Genre --name 'a b'"),
            (
                [*GENRE, "--name=a b", "--count", "1", "--seed", "7"],
                "--model testapp.Genre '--name=a b' --count 1 --seed 7",
            ),
            (["--traceback", *GENRE, "--force-color"], "--model testapp.Genre"),
            ([*GENRE, "--database", "default", "-v", "2", "--verbosity=1", "-v2", "--force"], "--model testapp.Genre"),
            ([*GENRE, "--no-color", "--allow-unstable", "--no-verify"], "--model testapp.Genre"),
            ([*GENRE, "--name", "a\nb\r\u2028\x07"], r"--model testapp.Genre --name 'a\nb\r\u2028\x07'"),
            ([*GENRE, "--name", "a=b"], "--model testapp.Genre --name a=b"),
        ],
    )
    def test_it_is_the_command_without_what_shapes_nothing(
        self, recipes: RecipeFolder, words: list[str], comment: str
    ) -> None:
        """One line, whatever was typed."""
        line = make("--dry-run", *words).out.splitlines()[0]
        assert line == f"# ./manage.py makefixture {comment}"

    @pytest.mark.parametrize(
        "words",
        [
            ["--password", "hunter2"],
            ["--password=hunter2"],
            ["--set", "password=hunter2"],
            ["--set=password=hunter2"],
            ["--first_name", "!password hunter2", "--no-verify"],
        ],
    )
    def test_secrets_are_masked(self, recipes: RecipeFolder, words: list[str]) -> None:
        """In every spelling."""
        line = make("testapp.x", "--dry-run", "--model", "auth.User", *words).out.splitlines()[0]
        assert "hunter2" not in line
        assert line.rstrip("'").endswith("...")

    def test_secrets_inside_of_values_are_masked(self, recipes: RecipeFolder) -> None:
        """JSON holds names too; the value in the recipe is what was typed."""
        run = make(
            "testapp.x", "--dry-run", "--model", "testapp.Preference", "--payload", '{"a": 1, "api_key": "s3cr3t"}'
        )
        assert "s3cr3t" not in run.out.splitlines()[0]
        assert "s3cr3t" in run.out

    def test_names_that_only_contain_such_a_word_are_not_masked(self, recipes: RecipeFolder) -> None:
        """A keyword is no key."""
        run = make("testapp.x", "--dry-run", "--model", "testapp.Preference", "--payload", "{keyword: sale}")
        assert run.out.splitlines()[0].endswith("--payload '{keyword: sale}'")

    def test_secrets_in_a_lookup_are_masked(self, recipes: RecipeFolder) -> None:
        """The rest of the lookup stays readable."""
        from django.contrib.admin.models import LogEntry

        assert LogEntry._meta.get_field("user") is not None
        run = make("testapp.x", "--dry-run", "--no-verify", "--model", "admin.LogEntry", "--user",
                   "username=anna,password=hunter2")  # fmt: skip
        assert "--user username=anna,password=..." in run.out.splitlines()[0]


class TestOptions:
    """The recipe's own options."""

    def test_applying_at_once(self, recipes: RecipeFolder) -> None:
        """The rows, the ledger's entry, and a line as `migrate` has it."""
        run = make("testapp.x", "--model", "testapp.Genre", "--count", "3", "--apply")
        assert Genre.objects.count() == 3
        assert AppliedRecipe.objects.get().name == "x"
        assert "Applying testapp.x... 3 rows OK" in run.out

    def test_a_dry_run_applies_nothing(self, recipes: RecipeFolder) -> None:
        """One of the two was not meant."""
        error = refusal(*GENRE, "--dry-run", "--apply")
        assert (str(error), error.returncode) == ("--dry-run and --apply do not go together", 2)

    def test_without_looking_no_database_is_asked(self, recipes: RecipeFolder, django_assert_num_queries: Any) -> None:
        """`--no-verify` works where there is none."""
        make("testapp.a", *GENRE)
        with django_assert_num_queries(0):
            make("testapp.x", "--no-verify", "--model", "testapp.Book", "--author", "9", "--editor", "email=a@b.de",
                 "--imprint", "code=x", "--count", "3", "--depends-on", "testapp.a",
                 "--model", "testapp.Album", "--genres", "2", "--model", "testapp.Turn")  # fmt: skip
        assert files(recipes) == ["testapp/0001_a.yaml", "testapp/0002_x.yaml"]

    def test_another_database(self, recipes: RecipeFolder) -> None:
        """Only those that the settings have."""
        assert refusal(*GENRE, "--database", "nothing").returncode in (1, 2)
        assert set(connections) == {"default", "other"}

    @pytest.mark.parametrize("now", ["2026-01-01", "now", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "x" * 300])
    def test_a_clock_without_a_zone_is_refused(self, recipes: RecipeFolder, now: str) -> None:
        """With the form that it has."""
        with pytest.raises(CommandError) as caught:
            make(*GENRE, "--now", now)
        assert caught.value.returncode == 2
        assert "is not a date and time" in str(caught.value)

    def test_an_unknown_style_is_refused(self, recipes: RecipeFolder) -> None:
        """By the parser, with those that there are."""
        assert "lifelike" in str(refusal(*GENRE, "--style", "odd"))

    @pytest.mark.parametrize("locale", locales())
    def test_locales(self, recipes: RecipeFolder, locale: str) -> None:
        """Each is proven and written into the recipe, but for the one that is meant without a word."""
        make("testapp.x", "--model", "testapp.Author", "--count", "3", "--locale", locale)
        text = (recipes.root / "testapp" / "0001_x.yaml").read_text("utf-8")
        assert (f"locale: {locale}" in text.split("\n", 1)[1]) == (locale != "en_US")
        recipes.apply()
        assert not Author.objects.exclude(email__regex=r"^[a-z.]+[0-9]+@example\.com$").exists()

    def test_an_unknown_locale_is_refused(self, recipes: RecipeFolder) -> None:
        """By the parser, with all that there are."""
        refused = str(refusal(*GENRE, "--locale", "xx_XX"))
        assert all(locale in refused for locale in locales())

    @pytest.mark.parametrize("name", ["testapp.nothing", "nothing.x", "nothing", "", "testapp.", "otherapp"])
    def test_an_unknown_dependency_is_a_wrong_word(self, recipes: RecipeFolder, name: str) -> None:
        """Exit code two."""
        assert refusal(*GENRE, "--depends-on", name).returncode == 2

    def test_a_database_that_may_be_production(self, recipes: RecipeFolder, settings: Any, monkeypatch: Any) -> None:
        """Neither replayed on nor written to without --force; and then no file is written either."""
        assert not settings.DEBUG
        monkeypatch.setitem(connections["default"].settings_dict, "NAME", "shop")
        for words in ((), ("--no-verify", "--apply")):
            assert "may be production" in str(refusal(*GENRE, *words))
        assert files(recipes) == []
        make(*GENRE, "--no-verify")
        make(*GENRE, "--force")
        assert len(files(recipes)) == 2

    def test_a_field_that_is_an_option_is_told_of(self, recipes: RecipeFolder, monkeypatch: Any) -> None:
        """Wherever the option stands, until `--set` says that one knows."""
        from fixturekit.blueprints import Blueprint

        original = Blueprint.field
        monkeypatch.setattr(
            Blueprint, "field", lambda self, name: original(self, "name" if name in ("count", "seed") else name)
        )
        run = shown(*GENRE, "--count", "2", "--seed", "7")
        assert "testapp.Genre has a field 'count'; --count is the option. For the field: --set count=..." in run.err
        assert "testapp.Genre has a field 'seed'; --seed is the option" in run.err


class TestWords:
    """The same words from a shell and from Python."""

    def test_call_command_takes_the_words(self, recipes: RecipeFolder) -> None:
        """Numbers among them, and options as arguments."""
        make("testapp.x", "--model", "testapp.Author", "--count", 5, "--name", "Fred", dry_run=False, seed="7")
        text = (recipes.root / "testapp" / "0001_x.yaml").read_text("utf-8")
        assert "seed: testapp.x:7" in text
        recipes.apply()
        assert list(Author.objects.values_list("name", flat=True)) == ["Fred"] * 5

    def test_options_may_stand_anywhere(self, recipes: RecipeFolder) -> None:
        """Before, between and behind the steps."""
        first = shown("testapp.x", "--seed", "7", *GENRE, "--model", "testapp.Author", "--tag=a")
        second = shown("--tag", "a", "testapp.x", *GENRE, "--model", "testapp.Author", "--seed=7")
        assert first.out.split("\n", 1)[1] == second.out.split("\n", 1)[1]

    def test_help_names_the_options_of_a_step(self, monkeypatch: Any, capsys: Any) -> None:
        """Which argparse knows nothing of."""
        code, out, _ = typed(monkeypatch, capsys, "--help")
        assert code == 0
        assert all(
            word in out
            for word in ("--model APP.MODEL", "--factory PATH", "--count N", "--share PATH=N", "--FIELD VALUE", "'!!'")
        )


class TestWrongWords:
    """All that is wrong with a command line is told together, each on a line with its option; exit code 2."""

    def lines(self, *words: str) -> list[str]:
        with pytest.raises(CommandError) as caught:
            make(*words)
        assert caught.value.returncode == 2
        return str(caught.value).splitlines()

    def test_of_all_kinds(self, recipes: RecipeFolder) -> None:
        """Options, models, fields, values, rows, recipes, the name."""
        found = self.lines(
            "My Recipe", "--depends-on", "testapp.nope", "--now", "never",
            "--model", "testapp.Book", "--count", "x", "--titel", "x", "--author", "Fred",
            "--editor", "@testapp.nope/x", "--dry-rnu",
            "--model", "testapp.Bok", "--model", "testapp.Event", "--day", "tomorrow",
        )  # fmt: skip
        assert [line.split(":")[0] for line in found] == [
            "--count takes a whole number from 0 to 10,000,000, not 'x'",
            "--now",
            "Provided model",
            "--dry-rnu",
            "--titel",
            "--day 'tomorrow'",
            "no installed app has the label 'My Recipe'.",
            "--depends-on 'testapp.nope'",
            "--author 'Fred'",
            "--editor '@testapp.nope/x'",
        ]
        assert found[3] == "--dry-rnu: testapp.Book has no field 'dry-rnu'. Did you mean --dry-run?"

    def test_what_the_planner_refuses(self, recipes: RecipeFolder) -> None:
        """In terms of the command line, whose file is not there."""
        make("testapp.staff", "--model", "testapp.Author", "--as", "editors", "--count", "2")
        found = self.lines("--model", "testapp.Author", "--as", "a", "--name", "!copy nope",
                           "--model", "testapp.Book", "--author", "@testapp.staff/editor", "--editor", "@b",
                           "--use", "nope")  # fmt: skip
        assert [line.split(":")[0] for line in found] == [
            "--name '!copy nope'", "--use", "--author '@testapp.staff/editor'", "--editor '@b'",
        ]  # fmt: skip
        assert found[2].endswith("testapp.staff has no step editor (fixturekit.E051). Did you mean 'editors'?")

    def test_with_what_is_in_the_way_of_the_recipe(self, recipes: RecipeFolder) -> None:
        """A name that is taken is told beside the words; alone it is no wrong word."""
        make("testapp.x", *GENRE)
        taken = "there is a recipe testapp.x already: testapp/0001_x.yaml"
        assert self.lines("testapp.x", *GENRE, "--nme", "x")[1:] == [taken]
        assert (str(refusal("testapp.x", *GENRE)), refusal("testapp.x", *GENRE).returncode) == (taken, 1)

    def test_with_those_of_the_recipes_own_options(self, monkeypatch: Any, capsys: Any) -> None:
        """Which argparse finds."""
        code, _, err = typed(monkeypatch, capsys, *GENRE, "--nme", "x", "--style", "odd")
        assert code == 2
        assert "argument --style: invalid choice: 'odd'" in err
        assert "--nme: testapp.Genre has no field 'nme'. Did you mean 'name'?" in err

    def test_where_the_database_is_missing(self, recipes: RecipeFolder, monkeypatch: Any) -> None:
        """A wrong word is no less wrong."""

        def gone(*_: Any) -> None:
            raise OperationalError("no such table")

        monkeypatch.setattr("fixturekit.recording.describing.make_portable", gone)
        assert self.lines(*GENRE, "--nme", "x") == ["--nme: testapp.Genre has no field 'nme'. Did you mean 'name'?"]
        assert "Is it migrated?" in str(refusal(*GENRE))


# Command lines that nobody should type. Each gets an error with the right exit code; none a traceback, none a file.
HOSTILE: list[tuple[int, list[str]]] = [
    (2, []),
    (2, ["testapp.x"]),
    (2, ["testapp.x", "other.y", *GENRE]),
    (2, ["--"]),
    (2, ["--model"]),
    (2, ["--model", "--count", "3"]),
    (2, ["--model", ""]),
    (2, ["--model", "."]),
    (2, ["--model", "os.system"]),
    (2, ["--model", "testapp.Genre\0"]),
    (2, ["--model", "../../etc/passwd"]),
    (2, ["--model", "testapp.Dated"]),
    (2, ["--model", "x" * 10_000]),
    (2, ["--factory", "os.system"]),
    (2, ["--count", "5", *GENRE]),
    (2, [*GENRE, "--count", "-1"]),
    (2, [*GENRE, "--count", "9" * 5000]),
    (2, [*GENRE, "--count", "1e9"]),
    (2, [*GENRE, "--count", "1", "--count", "2"]),
    (2, [*GENRE, "--as", "a b"]),
    (2, [*GENRE, "--as", "__import__('os')"]),
    (2, [*GENRE, "--as", "a", *GENRE, "--as", "a"]),
    (2, [*GENRE, "--share", "x"]),
    (2, [*GENRE, "--share", "x=0"]),
    (2, [*GENRE, "--share", "name=3"]),
    (2, [*GENRE, "--set", "name"]),
    (2, [*GENRE, "--nam", "x"]),
    (2, [*GENRE, "--__class__", "x"]),
    (2, [*GENRE, "--name__x__y", "x"]),
    (2, [*GENRE, "--" + "a__" * 2000 + "b", "x"]),
    (2, [*GENRE, "--name"]),
    (2, [*GENRE, "--name", "--count"]),
    (2, [*GENRE, "--name", "a", "b"]),
    (2, [*GENRE, "--=x", "--"]),
    (2, [*GENRE, "--=x"]),
    (2, [*GENRE, "--name", "x" * 1_000_000]),
    (2, [*GENRE, "--name", "a\0b"]),
    (2, [*GENRE, "--name", "\ud800"]),
    (2, [*GENRE, "--name", "!"]),
    (2, [*GENRE, "--name", "!nothing x"]),
    (1, [*GENRE, "--name", '!jinja "{{ [].__class__ }}"']),
    (2, [*GENRE, "--name", "!call os.system"]),
    (2, [*GENRE, "--name", '!seq "{n.__class__.__mro__}"']),
    (2, [*GENRE, "--name", '!seq "{n:9999999999}"']),
    (2, [*GENRE, "--name", "!choice " + "[" * 5000]),
    (2, [*GENRE, "--name", '!seq "a"\nsteps: []']),
    (2, [*GENRE, "--name", "!pick genre"]),
    (2, [*GENRE, "--name", "!copy name"]),
    (2, [*GENRE, "--name", "!copy nothing.at.all"]),
    (2, [*GENRE, "--name", "same", "--count", "2"]),
    (2, [*GENRE, "--albums", "9" * 5000]),
    (2, [*GENRE, "--albums", "1000000,"]),
    (2, ["--model", "testapp.Preference", "--payload", "&a [*a, *a]"]),
    (2, ["--model", "testapp.Preference", "--payload", "[" * 100_000]),
    (2, ["--model", "testapp.Preference", "--payload", "{a: !pin 3}"]),
    (2, ["--model", "testapp.Preference", "--payload", "!!python/object/apply:os.system [id]", "--options", "!x y"]),
    (2, ["--model", "testapp.Book", "--author", "' OR 1=1 --"]),
    (2, ["--model", "testapp.Book", "--author", "9" * 5000]),
    (2, ["--model", "testapp.Book", "--author", "@" + "[" * 5000]),
    (2, ["--model", "testapp.Book", "--author", "name__nothing=x"]),
    (2, ["--model", "testapp.Book", "--author", "pk__in=1"]),
    (2, ["--model", "testapp.Book", "--author", "@book"]),
    (2, ["--model", "testapp.Book", "--author", "!make 5"]),
    (2, ["--model", "testapp.Book", "--author", "null"]),
    (2, ["--model", "testapp.Book", "--editor", "!range [1, 2]"]),
    (1, ["--model", "testapp.Grade", "--count", "6"]),
    (1, ["--model", "testapp.Place"]),
    (1, ["--model", "testapp.Hen"]),
    (1, ["--model", "testapp.Turn"]),
    (2, ["../x", *GENRE]),
    (2, ["testapp./etc/passwd", *GENRE]),
    (2, ["testapp.x\n", *GENRE]),
    (2, ["testapp.con\0", *GENRE]),
    (1, ["auth.x", *GENRE]),
    (1, [*GENRE, "--tag", ""]),
    (1, [*GENRE, "--tag", "\0"]),
    (1, [*GENRE, "--seed", "\0"]),
    (1, [*GENRE, "--seed", "\ud800"]),
    (2, [*GENRE, "--seed", "1", "--seed", "2"]),
    (2, [*GENRE, "--now", "tomorrow"]),
    (2, [*GENRE, "--now", ""]),
    (2, [*GENRE, "--style", "x"]),
    (2, [*GENRE, "--database", "x"]),
    (2, [*GENRE, "--depends-on", "../x"]),
    (2, ["-z", *GENRE]),
    (2, [*GENRE, "-v9"]),
    (2, ["--dry", *GENRE]),
]


@pytest.mark.parametrize(("code", "words"), HOSTILE, ids=[" ".join(words)[:40].encode("unicode_escape").decode() for _, words in HOSTILE])  # fmt: skip
def test_a_hostile_command_line_gets_an_error(
    recipes: RecipeFolder, monkeypatch: Any, capsys: Any, code: int, words: list[str]
) -> None:
    """A message of bounded length, the exit code, no file, no row."""
    found, out, err = typed(monkeypatch, capsys, *words)
    assert found == code, err[:2000]
    assert out == ""
    assert "Traceback" not in err
    assert err.strip()
    assert len(err) < 13_000
    assert not recipes.root.exists()
    assert AppliedRecipe.objects.count() == 0
    for model in (Author, Book, Genre, Receipt):
        assert not model.objects.exists()


def test_a_file_that_names_no_recipe_is_no_wrong_word(recipes: RecipeFolder) -> None:
    """It is told with its place, and the exit code of an error."""
    recipes.write("testapp.x", "depends_on: [testapp.nope]\nsteps: [{id: a, make: testapp.Genre}]\n")
    with pytest.raises(CommandError, match=r"0001_x\.yaml:1:14.*fixturekit\.E031") as caught:
        call_command("makefixture", *GENRE)
    assert caught.value.returncode == 1


def test_secrets_are_not_printed(recipes: RecipeFolder, monkeypatch: Any, capsys: Any) -> None:
    """Nor in the tree of what was recorded, nor where a value is refused; the recipe has them."""
    words = ["--key", "AAA-KEY", "--units", "{password: AAA-KEY, length: m}"]
    found, out, err = typed(monkeypatch, capsys, "testapp.x", "--model", "testapp.Draft", *words)
    assert found == 0, err
    assert "'key': '...', 'units': {'password': '...', 'length': 'm'}" in out
    assert "AAA-KEY" not in out + err


@pytest.mark.parametrize(
    "words",
    [
        ["testapp.Draft", "--key", "AAA-KEY" * 10],
        ["testapp.Draft", "--set", "key=" + "AAA-KEY" * 10],
        ["testapp.Draft", "--named", "a", "--key", "AAA-KEY" * 10],
        ["testapp.Draft", "--key", "right", "AAA-KEY"],
        ["testapp.Draft", "--key=!nothing AAA-KEY"],
        ["testapp.Draft", "--key=!AAA-KEY"],
        ["testapp.Draft", "--key=!range AAA-KEY"],
        ["testapp.Draft", "--key=!choice [a, !now AAA-KEY]"],
        ["testapp.Draft", "--units", "{password: AAA-KEY, length: "],
        ["testapp.Draft", "--units", "{password: [AAA-KEY, !now ]}"],
        ["testapp.Draft", "--units", "!password AAA-KEY"],
        ["testapp.Draft", "--set", "password:AAA-KEY"],
        ["testapp.Book", "--author", "name=x,password=AAA-KEY"],
        ["testapp.Book", "--author__api_key", "AAA-KEY"],
        ["testapp.Book", "--pasword", "AAA-KEY"],
    ],
)
def test_secrets_are_not_printed_where_they_are_refused(
    recipes: RecipeFolder, monkeypatch: Any, capsys: Any, words: list[str]
) -> None:
    """A refused word is named, not its value: neither the whole, nor what stands behind such a name in it."""
    found, out, err = typed(monkeypatch, capsys, "testapp.y", "--model", *words)
    assert (found, out) == (2, "")
    assert err
    assert "AAA-KEY" not in err


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_hostile_document_gets_an_error(recipes: RecipeFolder, path: Path) -> None:
    """From the commands that read it, with its place; nothing is written."""
    folder = recipes.root / "testapp"
    folder.mkdir(parents=True)
    (folder / "0001_hostile.yaml").write_bytes(path.read_bytes())
    for command in (["applyfixtures"], ["makefixture", *GENRE]):
        with pytest.raises(CommandError) as caught:
            call_command(*command, verbosity=0)
        assert caught.value.returncode == 1
        assert "0001_hostile.yaml" in str(caught.value)
    assert files(recipes) == ["testapp/0001_hostile.yaml"]
    assert AppliedRecipe.objects.count() == 0
    assert apps.is_installed("fixturekit")
