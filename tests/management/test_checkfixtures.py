"""``checkfixtures``: what it finds, what it says, how it ends. Tests without the mark ``django_db`` reach no database."""

from __future__ import annotations

import io
from importlib import metadata

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connection

from fixturekit.execution.writing import PlanWriter
from fixturekit.ledger import Ledger
from tests.testapp.models import Author, Badge, Genre

GENRES = "steps: [{id: g, make: testapp.Genre, count: 2}]\n"
PROVEN = GENRES + "recorded: {format: 1, engine: 1, produces: {g: 2 testapp.Genre 0123456789abcdef}}\n"


def run(*words, **options):
    """Run the command and return what it says."""
    out, err = io.StringIO(), io.StringIO()
    call_command("checkfixtures", *words, stdout=out, stderr=err, no_color=True, **options)
    return out.getvalue() + err.getvalue()


def fails(*words, **options):
    """Run the command, which has to find something serious, and return what it says."""
    with pytest.raises(SystemCheckError) as caught:
        run(*words, **options)
    assert caught.value.returncode == 1
    return str(caught.value)


def refused(*words, code, **options):
    """Run the command, which has to refuse its words, and return why."""
    with pytest.raises(CommandError) as caught:
        run(*words, **options)
    assert caught.value.returncode == code
    return str(caught.value)


class TestFiles:
    """Problems of files, of recipes together, and of recipes against the models."""

    def test_nothing_wrong(self, recipes):
        """The last line is like that of Django's checks."""
        recipes.write("testapp.genres", PROVEN)
        assert run() == "Recipe check of 1 recipe identified no issues (0 silenced).\n"

    def test_no_recipes(self, recipes):
        """A project without recipes has no problems."""
        assert run() == "Recipe check of 0 recipes identified no issues (0 silenced).\n"

    def test_a_problem_of_a_shelf_is_told_once(self, recipes):
        """However many recipes use it."""
        recipes.write("testapp.defaults", "shelves: [{for: testapp.Genre, name: s, set: {nme: x}}]\n")
        for name in ("a", "b"):
            recipes.write(
                f"testapp.{name}",
                "depends_on: [testapp.defaults]\n"
                f"steps: [{{id: {name}, make: testapp.Genre, use: testapp.defaults/s}}]\n",
            )
        assert fails().count("fixturekit.E013") == 1

    def test_texts_end_once(self, recipes):
        """Those of fields and hints have a full stop of their own."""
        recipes.write(
            "testapp.a", "steps: [{id: a, make: testapp.Gnre}, {id: b, make: testapp.Event, set: {day: x}}]\n"
        )
        said = fails()
        assert "Did you mean 'testapp.Genre'?\n" in said
        assert ".." not in said

    def test_only_those_with_a_tag(self, recipes):
        """Others are not looked at."""
        recipes.write("testapp.a", "steps: [{id: a, make: testapp.Genre}]\n")
        recipes.write("testapp.b", "tags: [demo]\nsteps: [{id: b, make: testapp.Genre}]\n")
        assert "of 1 recipe " in run("--tag", "demo")
        assert "no recipe has the tag 'nope'" in refused("--tag", "nope", code=2)

    @pytest.mark.parametrize(
        ("second", "told"),
        [
            ("set: {name: Jazz}", 1),
            ("named: {x: {name: Rock}, y: {name: Jazz}}", 1),
            ("set: {name: Rock}", 0),
            ("match: [name], set: {name: Jazz}", 0),
            ("count: 0, set: {name: Jazz}", 0),
        ],
    )
    def test_equal_literals_of_a_unique_field(self, recipes, second, told):
        """In one recipe or in two; a row that may be adopted is the same row."""
        one, two = "{id: a, make: testapp.Genre, set: {name: Jazz}}", f"{{id: b, make: testapp.Genre, {second}}}"
        recipes.write("testapp.a", f"steps: [{one}, {two}]\n")
        assert run().count("fixturekit.W010") == told
        recipes.write("testapp.a", f"steps: [{one}]\n")
        recipes.write("testapp.b", f"steps: [{two}]\n")
        said = run()
        assert said.count("fixturekit.W010") == told
        assert ("step 'a' of testapp.a gives 'Jazz' to a row too" in said) == bool(told)

    def test_a_literal_behind_a_row_that_may_be_adopted(self, recipes):
        """Whether that was there or was made, the second row comes too late."""
        steps = "{id: a, make: testapp.Genre, match: [name], set: {name: Jazz}}, {id: b, make: testapp.Genre, set: {name: Jazz}}"
        recipes.write("testapp.a", f"steps: [{steps}]\n")
        assert run().count("fixturekit.W010") == 1

    def test_shelves_alone_have_nothing_to_prove(self, recipes):
        """A recipe that makes no rows is not told to be proven."""
        recipes.write("testapp.defaults", "shelves: [{for: testapp.Genre, set: {name: x}}]\n")
        assert "fixturekit.W001" not in run()

    def test_files_beside_a_recipe(self, recipes):
        """They are looked for in its folder."""
        path = recipes.write("testapp.files", "steps: [{id: a, make: testapp.Blob, set: {data: !file a.txt}}]\n")
        assert "fixturekit.E092" in fails()
        (path.parent / "a.txt").write_text("x")
        assert "fixturekit.E092" not in run()

    def test_all_files(self, recipes):
        """The problems of all files are told together, each with its line, and those of readable ones too."""
        recipes.write("testapp.one", "stepz: []\n")
        recipes.write("testapp.two", "steps: [{id: a, make: testapp.Genre, set: {nam: x}}]\n")
        recipes.write("otherapp.three", "steps: [{id: a, make: otherapp.Nope, count: many}]\n")
        recipes.write("testapp.four", "depends_on: [testapp.one]\n" + PROVEN)
        text = fails()
        assert text.startswith("SystemCheckError: Recipe check identified some issues:\n\nERRORS:\n")
        assert ":1:1 stepz: (fixturekit.E014) a recipe has no key 'stepz'." in text
        assert "    stepz: []\n    ^\n\tHINT: Did you mean 'steps'?" in text
        assert "steps[0].set.nam: (fixturekit.E013) testapp.Genre has no field 'nam'." in text
        assert "fixturekit.E016" in text
        assert "four" not in text
        assert "E031" not in text

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("depends_on: [testapp.nope]\n" + PROVEN, "(fixturekit.E031) 'testapp.genres' depends on 'testapp.nope'"),
            ("depends_on: [testapp.genres]\n" + PROVEN, "(fixturekit.E032) recipes depend on each other"),
            ("steps: [{id: a, make: testapp.Nope}]\n", "(fixturekit.E040)"),
            (PROVEN.replace("engine: 1", "engine: 99"), "(fixturekit.E030) engine 99 cannot be applied"),
            (PROVEN.replace("format: 1", "format: 99"), "(fixturekit.E027)"),
        ],
    )
    def test_errors(self, recipes, text, wanted):
        """Dependencies, models, and versions of the format and the engine that are not there."""
        recipes.write("testapp.genres", text)
        assert wanted in fails()

    def test_targets(self, recipes):
        """Only recipes that are named are checked against the models."""
        recipes.write("testapp.bad", "steps: [{id: a, make: testapp.Nope}]\n")
        recipes.write("testapp.genres", PROVEN)
        assert "Recipe check of 1 recipe identified no issues" in run("testapp.genres")
        assert "E040" in fails("testapp")

    @pytest.mark.parametrize("word", ["nope", "testapp.nope", "testapp.", "", ".", "otherapp", "тест", "a/b", "x\0"])
    def test_unknown_targets(self, recipes, word):
        """A word that fits nothing is a wrong word, whatever it is made of."""
        recipes.write("testapp.genres", PROVEN)
        assert refused(word, code=2)

    def test_a_target_that_cannot_be_read(self, recipes):
        """Where the file that is meant has problems, these are told."""
        recipes.write("testapp.one", "stepz: []\n")
        assert "E014" in refused("testapp.one", code=1)

    def test_another_suffix(self, recipes):
        """So are files that are named wrongly."""
        path = recipes.write("testapp.one", PROVEN)
        path.rename(path.with_suffix(".yml"))
        assert "fixturekit.E028" in fails()


class TestWarnings:
    """What may become wrong."""

    def warned(self, *words):
        text = run(*words)
        assert text.startswith("Recipe check identified some issues:\n\nWARNINGS:\n")
        return text

    def test_never_proven(self, recipes):
        """A recipe without a record was never proven; the hint is a command."""
        recipes.write("testapp.genres", GENRES)
        text = self.warned()
        assert ":1:1 recorded: (fixturekit.W001) testapp.genres was never proven" in text
        assert "\tHINT: Prove it: makefixture --update testapp.genres\n" in text
        assert text.endswith("\nRecipe check of 1 recipe identified 1 issue (0 silenced).\n")

    @pytest.mark.parametrize(
        ("old", "new", "wanted"),
        [
            ("{g: 2", "{x: 1 testapp.Genre 0123456789abcdef, g: 2", "names the step 'x', which is gone"),
            ("{g: 2", "{x: 2", "says nothing of the step 'g'"),
            ("count: 2", "count: 3", "says 2 testapp.Genre of the step 'g', which makes 3 testapp.Genre"),
            ("make: testapp.Genre", "make: testapp.Artist", "which makes 2 testapp.Artist"),
        ],
    )
    def test_edited_since(self, recipes, old, new, wanted):
        """A record that is not about the steps as they are is told."""
        recipes.write("testapp.genres", PROVEN.replace(old, new))
        text = self.warned()
        assert "(fixturekit.W006) recorded.produces" in text
        assert wanted in text

    def test_steps_without_rows(self, recipes):
        """A step that makes no rows needs no record."""
        recipes.write(
            "testapp.genres", PROVEN.replace("steps: [", "steps: [{id: none, make: testapp.Artist, count: 0}, ")
        )
        assert "no issues" in run()

    def test_equal_seeds(self, recipes):
        """Two recipes of one seed are told once, at the later one."""
        recipes.write("testapp.one", "seed: x\n" + PROVEN)
        recipes.write("testapp.two", "seed: x\n" + PROVEN.replace("Genre", "Artist"))
        text = self.warned()
        assert "two.yaml:1:1 seed: (fixturekit.W003) testapp.two has the seed 'x', and so has testapp.one" in text
        assert text.count("W003") == 1

    @pytest.mark.parametrize("seed", ["testapp.zoo", "testapp.zoo:7", "testapp.ark"])
    def test_the_owner_of_a_seed_keeps_it(self, recipes, seed):
        """Of two files with one seed, that is told whose name, or one that it replaces, the seed is not."""
        recipes.write("testapp.copy", f"seed: {seed}\n" + PROVEN.replace("Genre", "Artist"))
        recipes.write("testapp.zoo", f"seed: {seed}\nreplaces: [testapp.ark]\n" + PROVEN)
        text = run()
        assert (
            f"copy.yaml:1:1 seed: (fixturekit.W003) testapp.copy has the seed '{seed}', and so has testapp.zoo" in text
        )
        assert "HINT: Give it a seed of its own, such as testapp.copy" in text
        assert text.count("W003") == 1

    def test_a_seed_that_is_the_name_of_another(self, recipes):
        """A recipe without a seed has its name for one."""
        recipes.write("testapp.one", PROVEN)
        recipes.write("testapp.two", "seed: testapp.one\n" + PROVEN.replace("Genre", "Artist"))
        assert "W003" in self.warned()

    def test_overlaps(self, recipes):
        """Unique values that two recipes have in common are told at the one that comes later."""
        text = PROVEN.replace("count: 2", "count: 2, from: 5")
        recipes.write("testapp.one", "seed: a\n" + text)
        recipes.write("testapp.two", "seed: b\n" + text)
        found = self.warned("testapp.two")
        assert "(fixturekit.W002) g: generated values of testapp.Genre.name are also those of testapp.one" in found
        assert "two.yaml:2:" in found
        assert "no issues" in run("testapp.one")

    def test_unportable_pins(self, recipes):
        """A pin by a counted key is told, by a lookup it is not."""
        recipes.write(
            "testapp.books",
            """
            steps:
              - id: c
                make: testapp.Cover
                set:
                  book: !pin 9
            recorded: {format: 1, engine: 1, produces: {c: 1 testapp.Cover 0123456789abcdef}}
            """,
        )
        text = self.warned()
        assert (
            ":5:13 steps[0].set.book: (fixturekit.W004) !pin 9 names a row of testapp.Book by its primary key" in text
        )
        path = recipes.write("testapp.books", "x")
        path.write_text("steps: [{id: c, make: testapp.Cover, set: {book: !pin {title: x}}}]\n")
        assert "W004" not in self.warned()

    def test_other_versions(self, recipes):
        """A library of another version is told, with the values that follow from it."""
        there = metadata.version("Django")
        recipes.write(
            "testapp.genres", PROVEN.replace("engine: 1", f"engine: 1, with: {{Django: '{there}', Nope: '1.0'}}")
        )
        text = self.warned()
        assert "recorded.with: (fixturekit.W005) recorded with Nope 1.0, it is not installed.\n" in text
        assert "HINT: Install Nope==1.0, or prove the recipe again" in text
        assert text.count("W005") == 1

    def test_silenced(self, recipes, settings):
        """SILENCED_SYSTEM_CHECKS is obeyed, and counted."""
        recipes.write("testapp.genres", GENRES)
        settings.SILENCED_SYSTEM_CHECKS = ["fixturekit.W001"]
        assert run() == "Recipe check of 1 recipe identified no issues (1 silenced).\n"
        assert run("--fail-level", "WARNING")

    def test_fail_level(self, recipes):
        """Warnings fail where the level says so."""
        recipes.write("testapp.genres", GENRES)
        assert "fixturekit.W001" in fails("--fail-level", "WARNING")
        assert "fixturekit.W001" in fails("--fail-level=INFO")
        assert "fixturekit.W001" in run("--fail-level", "CRITICAL")
        assert "invalid choice" in refused("--fail-level", "warning", code=1)

    def test_quiet(self, recipes):
        """-v0 says nothing but what fails."""
        recipes.write("testapp.genres", GENRES)
        assert run(verbosity=0) == ""
        assert "W001" in fails("--fail-level", "WARNING", verbosity=0)


@pytest.mark.django_db
class TestReplay:
    """``--replay``."""

    def record(self, *words):
        call_command("makefixture", *words, "--now", "2026-01-01T00:00Z", stdout=io.StringIO(), stderr=io.StringIO())

    def test_as_recorded(self, recipes):
        """Recipes that give what was recorded are fine; rows, ledger and mail are as before."""
        self.record("testapp.authors", "--model", "testapp.Author", "--as", "a", "--count", "3")
        self.record("testapp.books", "--model", "testapp.Cover", "--count", "2", "--book__author", "@testapp.authors/a")
        assert "no issues" in run("--replay", "--fail-level", "WARNING")
        assert (Author.objects.count(), list(Ledger(connection).applied()), mail.outbox) == (0, [], [])

    def test_applied_already(self, recipes):
        """Rows that were made before are made anew, and are there afterwards with the same keys."""
        self.record("testapp.authors", "--model", "testapp.Author", "--count", "3")
        recipes.apply()
        keys = list(Author.objects.values_list("pk", flat=True))
        assert "no issues" in run("--replay", "--fail-level", "WARNING")
        assert list(Author.objects.values_list("pk", flat=True)) == keys
        assert list(Ledger(connection).applied()) == ["testapp.authors"]

    def test_hidden_dependency(self, recipes):
        """A pin to a row of a recipe that is not named in depends_on holds only where that comes first by chance."""
        self.record("testapp.a", "--model", "testapp.Passport", "--author__email", "ann@example.com")
        recipes.write(
            "testapp.b", "steps: [{id: b, make: testapp.Book, set: {author: !pin {email: ann@example.com}}}]\n"
        )
        recipes.apply()
        text = run("--replay")
        assert (
            "(fixturekit.W009) !pin {email: ann@example.com} is a row of "
            "testapp.Author that testapp.a makes, which testapp.b does not depend on." in text
        )
        assert "HINT: Write it into depends_on: makefixture --update testapp.b" in text
        assert "W009" not in run("--replay", "testapp.a")

    def test_other_rows(self, recipes):
        """Rows that are not those of the file are told with recipe and step."""
        recipes.write("testapp.genres", PROVEN)
        text = fails("--replay")
        assert ":1:9 steps.g: (fixturekit.E100) testapp.genres: the rows of the step 'g' are not those that" in text
        assert "HINT: If that is as it should be, record them: makefixture --update testapp.genres" in text

    def test_migrated_since(self, recipes):
        """Where the schema moved since the recipe was recorded, that is said as well."""
        recipes.write("testapp.genres", PROVEN.replace("produces", "schema: {testapp: 0000_first}, produces"))
        assert "are not those that were recorded; recorded at testapp 0000_first, now 0001_initial." in fails(
            "--replay"
        )

    def test_other_columns(self, recipes):
        """Where the ledger knows the rows as they were, so are the columns that changed."""
        recipes.write("testapp.authors", "steps: [{id: a, make: testapp.Author, set: {name: x}}]\n")
        recipes.apply()
        recipes.write(
            "testapp.authors",
            "steps: [{id: a, make: testapp.Author, set: {name: y}}]\n"
            "recorded: {format: 1, engine: 1, produces: {a: 1 testapp.Author 0123456789abcdef}}\n",
        )
        assert "since they were applied to this database, name, email changed." in fails("--replay")
        assert Author.objects.get().name == "x"

    def test_failures(self, recipes, monkeypatch):
        """A recipe that cannot be applied is told, with those that need it; the others are replayed all the same."""
        recipes.write("testapp.one", "steps: [{id: a, make: testapp.Cover, set: {book: !pin {title: nope}}}]\n")
        recipes.write("testapp.two", "depends_on: [testapp.one]\nsteps: [{id: a, make: testapp.Artist}]\n")
        recipes.write("testapp.zoo", PROVEN)
        text = fails("--replay")
        assert "(fixturekit.E101) testapp.one cannot be replayed: " in text
        assert "no row of testapp.Book fits {title: nope}" in text
        assert "(fixturekit.E101) testapp.two was not replayed: it needs testapp.one." in text
        assert "(fixturekit.E100) testapp.zoo" in text

    def test_taken_values(self, recipes):
        """Rows that gave way to others of this database are not compared."""
        self.record("testapp.genres", "--model", "testapp.Genre", "--count", "2")
        recipes.apply()
        names = list(Genre.objects.values_list("name", flat=True))
        call_command("applyfixtures", "testapp", "zero", "--noinput", verbosity=0)
        Genre.objects.create(name=names[0])
        text = run("--replay")
        assert "fixturekit.W008" in text
        assert "E100" not in text

    def test_production(self, recipes, settings, monkeypatch):
        """A database that looks like production is left alone, unless it is forced; nothing else needs that."""
        recipes.write("testapp.genres", PROVEN)
        monkeypatch.setitem(connection.settings_dict, "NAME", "shop")
        monkeypatch.setitem(connection.settings_dict, "TEST", {"NAME": None})
        assert "DEBUG is off" in refused("--replay", code=1)
        assert "no issues" in run()
        assert "E100" in fails("--replay", "--force")

    def test_errors_first(self, recipes, monkeypatch):
        """Nothing is replayed while recipes have errors."""
        monkeypatch.setattr(PlanWriter, "write", None)
        recipes.write("testapp.bad", "steps: [{id: a, make: testapp.Nope}]\n")
        assert "E040" in fails("--replay")
        assert Badge.objects.count() == 0


class TestSystemChecks:
    """The same as Django's system checks."""

    def check(self, *words, **options):
        out, err = io.StringIO(), io.StringIO()
        call_command("check", *words, stdout=out, stderr=err, no_color=True, **options)
        return out.getvalue() + err.getvalue()

    def test_with_the_tag(self, recipes):
        """They run where their tag is asked for."""
        recipes.write("testapp.genres", GENRES)
        assert "(fixturekit.W001) testapp.genres was never proven" in self.check("--tag", "fixturekit")
        assert "(fixturekit.W001) testapp.genres was never proven" in self.check("testapp", "--tag", "fixturekit")
        assert "no issues" in self.check("otherapp", "--tag", "fixturekit")

    def test_errors(self, recipes):
        """Errors fail."""
        recipes.write("testapp.bad", "steps: [{id: a, make: testapp.Nope}]\n")
        with pytest.raises(SystemCheckError, match=r"fixturekit\.E040"):
            self.check("--tag", "fixturekit")

    def test_settings(self, settings):
        """A setting that is wrong is an error too, here and in the command."""
        settings.FIXTUREKIT = {"RECIPE_MODULE": {}}
        with pytest.raises(SystemCheckError, match=r"settings: \(fixturekit\.E104\) FIXTUREKIT has no key"):
            self.check("--tag", "fixturekit")
        assert "FIXTUREKIT has no key" in refused(code=1)

    @pytest.mark.django_db(databases=["default", "other"])  # Django's own checks ask them
    def test_without_the_tag(self, recipes):
        """They do not elsewhere: no file is read."""
        recipes.write("testapp.bad", "steps: [{id: a, make: testapp.Nope}]\n")
        assert "fixturekit" not in self.check()
        assert "fixturekit" not in self.check("--tag", "models")
        assert "fixturekit" in self.check("--list-tags")
