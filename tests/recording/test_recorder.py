"""A command becomes a file: its name, what the planner decided, what was recorded."""

from __future__ import annotations

import faker
import pytest
from django.core.management import CommandError

from fixturekit.execution.verifying import verify
from fixturekit.recipes.document import Dependency
from fixturekit.recipes.loader import RecipeLoader
from fixturekit.recipes.reading import read
from fixturekit.recipes.writing import write
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.describing import Request
from fixturekit.recording.recorder import Recorder
from tests.recording.running import NOW, files, make, shown
from tests.testapp.models import Author, Badge, Book, Genre, Grade

pytestmark = pytest.mark.django_db
GENRE = ("--model", "testapp.Genre")


def refusal(*words):
    with pytest.raises(CommandError) as caught:
        make(NOW, *words)
    return str(caught.value)


class TestNames:
    """What the file is called, and where it goes."""

    def test_an_app_and_a_name(self, recipes):
        """Numbered from one."""
        make("testapp.sale", *GENRE)
        make("testapp.winter", *GENRE)
        make("otherapp.sale", *GENRE)
        assert files(recipes) == ["otherapp/0001_sale.yaml", "testapp/0001_sale.yaml", "testapp/0002_winter.yaml"]

    def test_an_app_alone(self, recipes):
        """The recipe is named after its steps."""
        make("otherapp", *GENRE, "--model", "testapp.Book", "--count", "2")
        assert files(recipes) == ["otherapp/0001_genre_books.yaml"]

    def test_nothing_but_models(self, recipes):
        """The first model's app; a taken name is numbered."""
        make(*GENRE)
        make(*GENRE)
        assert files(recipes) == ["testapp/0001_genre.yaml", "testapp/0002_genre_2.yaml"]

    @pytest.mark.parametrize("id", ["on-sale", "_x", "a-", "x" * 100])
    def test_a_name_made_of_any_ids_can_be_read_again(self, recipes, id):
        """A file with another name would break every later command."""
        make(*GENRE, "--as", id)
        loader = RecipeLoader()
        loader.load()
        assert len(loader.recipes) == 1

    def test_a_name_that_exists_is_refused(self, recipes):
        """With its file; recipes are edited, not overwritten."""
        make("testapp.sale", *GENRE)
        before = (recipes.root / "testapp" / "0001_sale.yaml").read_bytes()
        assert refusal("testapp.sale", *GENRE) == ("there is a recipe testapp.sale already: testapp/0001_sale.yaml")
        assert (recipes.root / "testapp" / "0001_sale.yaml").read_bytes() == before

    @pytest.mark.parametrize("name", ["Sale", "a-b", "a b", "1a", "_a", "é", "a/b", "..", "../x", "a.b", "x" * 101])
    def test_a_bad_name_is_refused(self, recipes, name):
        """Nothing is written outside the app's folder either."""
        message = refusal(f"testapp.{name}", *GENRE)
        assert message == f"'{name}' is not the name of a recipe: use lower-case letters, digits and underscores"
        assert files(recipes) == []

    @pytest.mark.parametrize("target", [".x", "testapp.", "."])
    def test_half_a_name_is_refused(self, recipes, target):
        """Neither half is guessed."""
        assert refusal(target, *GENRE) == f"'{target}' is neither an app nor app.recipe_name"

    def test_an_unknown_app_is_refused(self, recipes):
        """With the nearest."""
        assert refusal("testap.x", *GENRE) == "no installed app has the label 'testap'. Did you mean 'testapp'?"

    def test_an_installed_package_is_refused_with_the_way_out(self, recipes):
        """Recipes belong to the project."""
        message = refusal("--model", "auth.Group")
        assert message.startswith("the app 'auth' lies among installed packages, in ")
        assert message.endswith(" or use another app: makefixture testapp.NAME --model ...")
        assert "Set FIXTUREKIT['RECIPE_MODULES'] = {'auth': ...}" in message
        make("testapp.groups", "--model", "auth.Group")
        assert files(recipes) == ["testapp/0001_groups.yaml"]

    def test_a_folder_that_cannot_be_made(self, recipes):
        """Said as an error of the command."""
        recipes.root.mkdir()
        (recipes.root / "testapp").write_text("a file", "utf-8")
        assert "cannot be written: " in refusal("testapp.x", *GENRE)


class TestFile:
    """What stands in it."""

    def test_the_bytes_are_canonical_and_read_back_equal(self, recipes):
        """Writing what was read gives the same text."""
        make(NOW, "testapp.x", *GENRE, "--name", "a: b # c", "--model", "testapp.Book", "--count", "5", "--title",
             '!seq "T{n}"', "--author__name", "Ann", "--tag", "demo", "--manual", "--style", "plain")  # fmt: skip
        data = (recipes.root / "testapp" / "0001_x.yaml").read_bytes()
        recipe = read(data.decode(), "x")
        assert write(recipe).encode() == data
        assert b"\r" not in data
        assert (recipe.seed, recipe.now, recipe.tags, recipe.manual, recipe.options.style) == (
            "testapp.x", "2026-11-01T09:00:00Z", ("demo",), True, "plain",
        )  # fmt: skip
        assert recipe.recorded is not None
        assert [step for step, _ in recipe.recorded.produces] == ["genre", "books"]
        assert recipe.recorded.schema == (("testapp", "0001_initial"),)
        assert (recipe.recorded.format, recipe.recorded.engine) == (1, 1)

    def test_recording_twice_gives_the_same_bytes(self, recipes):
        """Whatever the first recording left behind."""
        words = ("testapp.x", "--model", "testapp.Badge", "--count", "5", "--model", "testapp.Author", "--count", "2")
        make(*words)
        path = recipes.root / "testapp" / "0001_x.yaml"
        first = path.read_bytes()
        path.unlink()
        make(*words)
        assert path.read_bytes() == first

    def test_a_value_that_a_row_of_the_database_has_is_told_of(self, recipes):
        """The digest is then that of another value, and a clean database would differ from it."""
        words = ("testapp.x", "--model", "testapp.Badge", "--style", "plain", "--count", "2")
        assert shown(*words).err == ""
        number = Badge._meta.get_field("number")
        make(NOW, *words, "--apply")
        (recipes.root / "testapp" / "0001_x.yaml").unlink()
        run = shown(*words)
        assert f"badges[0]: a row of testapp.Badge has this {number.name} already" in run.err

    def test_the_seed_is_the_name_and_what_is_added(self, recipes):
        """No two recipes share one by accident; another seed makes other rows."""
        plain, seven = shown("testapp.x", *GENRE), shown("testapp.x", *GENRE, "--seed", "7")
        assert (plain.recipe.seed, seven.recipe.seed) == ("testapp.x", "testapp.x:7")
        assert plain.recipe.recorded != seven.recipe.recorded

    def test_the_clock_is_the_given_one_or_today(self, recipes):
        """Coarse, so that two recordings of a day are equal."""
        assert shown("testapp.x", *GENRE).recipe.now == "2026-11-01T09:00:00Z"
        assert make("testapp.x", *GENRE, "--dry-run").recipe.now.endswith("T00:00:00Z")

    def test_shares_that_the_planner_decided_are_written(self, recipes):
        """So that a later planner makes the same rows."""
        run = shown("testapp.x", "--model", "testapp.Book", "--count", "9", "--share", "author=2")
        shares = {entry.key: getattr(entry.value, "value", None) for entry in run.step.share}
        assert shares["author"] == 2
        assert shares["imprint"] == 3
        assert "share" not in shown("testapp.x", "--model", "testapp.Book", "--count", "9", "--style", "plain").out

    def test_a_recipe_may_hang_on_others(self, recipes):
        """Named whole, by number or cut short: written whole, each once, sorted."""
        make("testapp.one", *GENRE)
        make("testapp.two", *GENRE)
        run = shown("otherapp.x", *GENRE, "--depends-on", "testapp.0002", "--depends-on", "testapp.o", "--depends-on",
                    "testapp.one")  # fmt: skip
        assert run.recipe.depends_on == (Dependency("testapp.one"), Dependency("testapp.two"))

    def test_without_looking_nothing_is_recorded_of_the_rows(self, recipes):
        """`--no-verify` leaves the digests out."""
        recorded = shown("--no-verify", *GENRE).recipe.recorded
        assert recorded is not None
        assert recorded.produces == ()


class TestIntervals:
    """Unique values of several recipes."""

    def test_an_interval_that_another_recipe_has_is_left_to_it(self, recipes):
        """Plain values count from one in every recipe: the second begins behind the first, the third behind both."""
        words = ("--model", "testapp.Badge", "--count", "3", "--style", "plain")
        starts = []
        for name in ("a", "b", "c"):
            starts.append(shown(f"testapp.{name}", *words).step.from_)
            make(NOW, f"testapp.{name}", *words)
        assert starts == [None, 3, 6]
        outcomes = recipes.apply()
        assert [(outcome.gave_way, outcome.differing) for outcome in outcomes] == [((), ())] * 3
        assert Badge.objects.count() == 9

    def test_every_free_entry_of_a_small_space_is_found(self, recipes):
        """Five marks for five recipes, wherever each begins by its seed."""
        for name in "abcde":
            make(NOW, f"testapp.{name}", "--model", "testapp.Grade", "--count", "1")
        recipes.apply()
        assert Grade.objects.values_list("mark", flat=True).distinct().count() == 5

    def test_two_steps_of_one_recipe_keep_apart(self, recipes):
        """Behind another recipe, too."""
        words = (
            "--model",
            "testapp.Badge",
            "--count",
            "2",
            "--model",
            "testapp.Badge",
            "--count",
            "2",
            "--style",
            "plain",
        )
        make(NOW, "testapp.a", *words)
        make(NOW, "testapp.b", *words)
        recipes.apply()
        assert Badge.objects.values_list("number", flat=True).distinct().count() == 8

    def test_related_rows_that_are_in_the_way_are_told_of(self, recipes):
        """Their values cannot be moved by `from`, so the way out is named, and it leads out."""
        words = ("--model", "testapp.Book", "--count", "2", "--style", "plain")
        make(NOW, "testapp.a", *words)
        run = make(NOW, "testapp.b", *words)
        told = [line.strip() for line in run.err.splitlines()]
        assert (
            "books: generated values of testapp.Author.email are also those of testapp.a; where both are applied, the "
            "later one gets others. Make the rows of author in a step of their own"
        ) in told
        run = make(NOW, "testapp.c", "--model", "testapp.Author", "--as", "authors", "--count", "2", *words, "--author",
                   "!pick authors", "--translator", "!pick authors")  # fmt: skip
        assert "testapp.Author.email" not in run.err

    def test_a_space_that_is_full_is_told_of(self, recipes):
        """Six recipes share five marks: the last finds no place of its own."""
        for name in "abcde":
            assert make(NOW, f"testapp.{name}", "--model", "testapp.Grade").err == ""
        run = make(NOW, "testapp.f", "--model", "testapp.Grade")
        assert "grade: generated values of testapp.Grade.mark are also those of testapp." in run.err
        assert run.err.rstrip().endswith("Lower the count, or give the values yourself")

    def test_a_recipe_that_fits_no_model_is_not_in_the_way(self, recipes):
        """What it would make is unknown, and nobody can apply it."""
        recipes.write("testapp.broken", "steps:\n  - id: a\n    make: testapp.Nothing\n")
        make(NOW, "testapp.x", "--model", "testapp.Badge", "--count", "3")
        assert files(recipes) == ["testapp/0001_broken.yaml", "testapp/0002_x.yaml"]


class TestRefs:
    """Rows of this recipe and of others."""

    def test_rows_of_this_recipe(self, recipes):
        """Forwards, backwards, one of several, drawn."""
        make(NOW, "testapp.x", "--model", "testapp.Book", "--author", "@ann", "--editor", "@others[2]", "--count", "2",
             "--model", "testapp.Author", "--as", "ann", "--email", "ann@example.com", "--model", "testapp.Author",
             "--as", "others", "--count", "3", "--model", "testapp.Book", "--author", "!pick others", "--apply")  # fmt: skip
        translators = Author.objects.filter(translations__isnull=False).count()  # nobody gave these
        assert Author.objects.count() == 4 + translators
        assert Book.objects.filter(author__email="ann@example.com").count() == 2

    def test_rows_of_another_recipe(self, recipes):
        """The dependency is written, and applied for the proof."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--email", "ann@example.com")
        make(NOW, "testapp.x", "--model", "testapp.Book", "--author", "@testapp.people/ann")
        assert (Author.objects.count(), Book.objects.count()) == (0, 0)
        recipes.apply("testapp.x")
        assert Book.objects.get().author.email == "ann@example.com"

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--author", "@nobody"), "no step nobody"),
            (("--author", "@testapp.nothing/x"), "there is no recipe 'testapp.nothing'."),
            (("--author", "@book"), "makes testapp.Book, the field takes testapp.Author"),
            (("--author", "@a[7]", "--model", "testapp.Author", "--as", "a"), "a[7] is not a row: a makes 1 rows"),
            (("--author", "@a[bob]", "--model", "testapp.Author", "--as", "a"), "a[bob] is not a row"),
            (("--author", "@a", "--model", "testapp.Author", "--as", "a", "--count", "0"), "makes no rows to refer to"),
        ],
    )
    def test_a_row_that_no_step_makes(self, recipes, words, message):
        """Said with its address."""
        assert message in refusal("--model", "testapp.Book", *words)
        assert files(recipes) == []


def test_recording_writes_nothing_until_it_is_told(recipes):
    """The recorder hands out the text; writing is a second call."""
    recorder = Recorder(recipes.applier())
    recording = recorder.record(Request([StepArguments(model="testapp.Genre")]), "2026-11-01T00:00:00Z")
    assert (recording.name, files(recipes), Genre.objects.count()) == ("testapp.genre", [], 0)
    path = recorder.write(recording)
    assert path.read_text("utf-8") == recording.text
    assert write(recording.recipe) == recording.text


class TestComputed:
    """Values that are computed, from the command line to the rows."""

    WORDS = (
        "testapp.authors", "--model", "testapp.Author", "--count", "30",
        "--email", '!jinja "{{ fake.user_name() }}{{ n }}@example.com"', "--name", "!mask '-____'",
    )  # fmt: skip

    def test_the_whole_way(self, recipes):
        """Recorded, applied, verified, taken away, and recorded again with the same bytes."""
        make(NOW, *self.WORDS)
        [path] = recipes.root.rglob("*.yaml")
        text = path.read_bytes()
        [outcome] = recipes.apply()
        assert outcome.differing == ()
        assert Author.objects.filter(email__endswith="@example.com").count() == 30
        assert list(verify(recipes.applier(), "testapp.authors")) == []
        recipes.applier().remove(["testapp.authors"])
        path.unlink()
        make(NOW, *self.WORDS)
        assert path.read_bytes() == text

    @pytest.mark.parametrize(
        ("value", "noted"),
        [
            ("!fake company", True),
            ("!choice [x, !fake company]", True),
            ("!jinja '{{ fake.word() }}'", True),
            ("!jinja '{{ n }}'", False),
            ("!mask '##'", False),
        ],
    )
    def test_the_version_of_faker(self, value, noted):
        """It is noted where values come from Faker, and only there."""
        run = shown("--model", "testapp.Note", "--title", value)
        assert run.recipe.recorded is not None
        assert run.recipe.recorded.with_ == ((("Faker", faker.VERSION),) if noted else ())

    def test_dates_of_faker_are_stable(self):
        """They count from the recipe's clock, so that another day changes nothing."""
        run = shown("--model", "testapp.Event", "--day", "!fake date_this_month", "--count", "5")
        assert "not reproducible" not in run.err


class TestWordsOfAStep:
    """The document that is built; what cannot be applied yet is refused after that."""

    @pytest.fixture
    def unrefused(self, monkeypatch):
        """Let everything be planned that can be written."""
        monkeypatch.setattr("fixturekit.planning.planner.unsupported", lambda recipe: [])

    @pytest.mark.usefixtures("recipes", "unrefused")
    def test_everything_that_is_typed_is_written(self):
        """In canonical form, shelves in front of steps."""
        run = shown("--no-verify", "testapp.x", "--model", "testapp.Author", "--shelve", "on sale", "--name", "x",
                    "--model", "testapp.Author", "--use", "on sale", "--match", "email,name", "--update-matched",
                    "--email", "a@b.de", "--model", "testapp.Genre", "--get-or-create", "name", "--save", "each",
                    "--mute-signals")  # fmt: skip
        assert run.out.partition("\n")[2].partition("recorded:")[0].partition("shelves:")[2] == (
            """
  - for: testapp.Author
    name: on sale
    set: {name: x}
steps:
  - id: author
    make: testapp.Author
    use: on sale
    set:
      email: a@b.de
    match: [email, name]
    update: true
  - id: genre
    make: testapp.Genre
    get_or_create: [name]
    save: each
    mute_signals: true
"""
        )
        assert read(run.out, "x").comment.endswith("--save each --mute-signals")

    @pytest.mark.usefixtures("unrefused")
    def test_shelves_of_other_recipes_are_dependencies(self, recipes):
        """As refs are."""
        make("testapp.defaults", "--model", "testapp.Author", "--shelve", "on sale", "--name", "x", *GENRE)
        run = shown("testapp.x", "--no-verify", "--model", "testapp.Author", "--use", "testapp.defaults/on sale")
        assert run.recipe.depends_on == (Dependency("testapp.defaults"),)
        assert run.step.use == "testapp.defaults/on sale"

    @pytest.mark.usefixtures("unrefused")
    def test_a_shelf_that_the_recipe_has_is_not_appended(self, recipes):
        """Neither by another one's values."""
        shelf = ("--model", "testapp.Author", "--shelve", "on sale", "--name", "x")
        make(NOW, "testapp.x", *shelf, *GENRE)
        with pytest.raises(CommandError, match="the recipe has a shelf 'on sale'"):
            make("--append", "testapp.x", *shelf)
        run = make("--append", "testapp.x", "--model", "testapp.Author", "--shelve", "--name", "z")
        assert "    + default shelf for testapp.Author" in run.out
        text = (recipes.root / "testapp" / "0001_x.yaml").read_text(encoding="utf-8")
        assert "    set: {name: x}\n  - for: testapp.Author\n    set: {name: z}\nsteps:\n" in text

    def test_labels_are_rows(self, recipes):
        """They can be applied, and are reported."""
        run = make(NOW, "testapp.x", "--model", "testapp.Author", "--email", "x@b.de", "--named", "ann", "--name", "Ann",
                   "--email", "a@b.de", "--named", "bob", "--model", "testapp.Book", "--author", "@authors[ann]", "--apply")  # fmt: skip
        assert Author.objects.filter(name="Ann", email="a@b.de").exists()
        assert Author.objects.filter(email="x@b.de").count() == 1
        assert Book.objects.get().author.name == "Ann"
        assert "      'Author' fields: {'email': 'x@b.de'}\n          ann: 'Author' fields: {'name': 'Ann'" in run.out

    def test_a_way_is_written_and_kept(self, recipes):
        """Also one that leaves code out."""
        run = shown("--model", "testapp.Shipment", "--count", "20", "--save", "each", "--mute-signals")
        assert (run.step.save, run.step.mute_signals) == ("each", True)
