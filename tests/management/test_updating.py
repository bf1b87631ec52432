"""`makefixture --append`, `--update` and `--empty`: recipes that go on after they were recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from fixturekit.models import AppliedRecipe
from fixturekit.recipes.document import Dependency
from fixturekit.recipes.reading import read
from tests.recipes_support import RecipeFolder
from tests.recording.running import NOW, files, make
from tests.testapp.models import Author, Book, Genre, Passport

pytestmark = pytest.mark.django_db
GENRE = ("--model", "testapp.Genre")
STEPS = """\
# Ours.
steps:
  # of all kinds
  - {id: books, make: testapp.Book, count: 40}   # many
"""
SHELVES = """\
shelves:
- {for: testapp.Book, name: anns, set: {author: !ref ann}}
- {for: testapp.Book, set: {author: !ref ann}}
steps:
- {id: ann, make: testapp.Author, set: {name: Ann}}
"""


def refusal(*words: Any) -> CommandError:
    with pytest.raises(CommandError) as caught:
        make(*words)
    return caught.value


def text_of(recipes: RecipeFolder, name: str = "testapp/0001_x.yaml") -> str:
    return (recipes.root / name).read_text(encoding="utf-8")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


class TestAppend:
    """More steps for a recipe."""

    def test_steps_go_to_the_end_and_the_rest_stays(self, recipes: RecipeFolder) -> None:
        """Every line that was there is there; `recorded` has the new steps; the command stands above."""
        make(NOW, "testapp.x", *GENRE, "--as", "jazz", "--name", "Jazz")
        before = text_of(recipes)
        run = make("--append", "testapp.x", "--model", "testapp.Album", "--genres", "@jazz", *GENRE, "--as", "folk")
        after = text_of(recipes)
        lines = iter(after.splitlines())
        assert all(line in lines for line in before.splitlines())  # in order
        assert after.splitlines()[1] == (
            "# ./manage.py makefixture --append testapp.x --model testapp.Album --genres @jazz --model testapp.Genre --as folk"
        )
        recipe = read(after, "x")
        assert [step.id for step in recipe.steps] == ["jazz", "album", "folk"]
        assert recipe.recorded is not None
        assert [step for step, _ in recipe.recorded.produces] == ["jazz", "album", "folk"]
        assert run.out.splitlines()[2:5] == [
            "    + 1 testapp.Album",
            "    + 1 testapp.Genre",
            "      'Album' fields: {}",
        ]
        assert files(recipes) == ["testapp/0001_x.yaml"]

    def test_what_was_proven_is_proven_again(self, recipes: RecipeFolder) -> None:
        """Digests of steps that were there stay, and all can be applied and verified."""
        make(NOW, "testapp.x", "--model", "testapp.Book", "--count", "20")
        known = read(text_of(recipes), "x").recorded
        make("--append", "testapp.x", "--model", "testapp.Book", "--count", "20", "--apply")
        recorded = read(text_of(recipes), "x").recorded
        assert known is not None
        assert recorded is not None
        assert recorded.produces[:1] == known.produces
        assert Book.objects.count() == 40

    def test_ids_are_free(self, recipes: RecipeFolder) -> None:
        """Given ones are refused where they are taken."""
        make(NOW, "testapp.x", *GENRE)
        make("--append", "testapp.x", *GENRE)
        assert [step.id for step in read(text_of(recipes), "x").steps] == ["genre", "genre_2"]
        assert "--as genre" in str(refusal("--append", "testapp.x", *GENRE, "--as", "genre"))

    def test_dependencies_and_tags_are_added(self, recipes: RecipeFolder) -> None:
        """Those of refs, too; those that are there stay."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--apply")
        make(NOW, "otherapp.y", *GENRE)
        make(NOW, "testapp.x", *GENRE, "--tag", "demo")
        make("--append", "testapp.x", "--model", "testapp.Book", "--author", Author.objects.get().pk,
             "--depends-on", "otherapp.y", "--tag", "demo", "--tag", "all", "--manual")  # fmt: skip
        recipe = read(text_of(recipes, "testapp/0002_x.yaml"), "x")
        assert recipe.depends_on == (Dependency("otherapp.y"), Dependency("testapp.people"))
        assert (recipe.tags, recipe.manual) == (("demo", "all"), True)
        assert "author: !ref testapp.people/ann" in text_of(recipes, "testapp/0002_x.yaml")

    def test_a_recipe_by_hand_is_completed(self, recipes: RecipeFolder) -> None:
        """Its comments and its steps stay, as they are."""
        path = recipes.write("testapp.x", STEPS)
        make("--append", "testapp.x", *GENRE)
        after = path.read_text(encoding="utf-8")
        assert after.startswith(
            "# Ours.\n# ./manage.py makefixture --append testapp.x --model testapp.Genre\nseed: testapp.x\n"
        )
        assert "  # of all kinds\n  - {id: books, make: testapp.Book, count: 40}   # many\n  - id: genre\n" in after

    def test_a_dry_run_prints_the_file(self, recipes: RecipeFolder) -> None:
        """And writes nothing."""
        path = recipes.write("testapp.x", STEPS)
        run = make("--append", "testapp.x", "--dry-run", *GENRE)
        assert path.read_text(encoding="utf-8") == STEPS
        make("--append", "testapp.x", *GENRE)
        assert path.read_text(encoding="utf-8") == run.out

    def test_an_applied_recipe_is_refused(self, recipes: RecipeFolder) -> None:
        """Its further steps would make no rows; what to do is said."""
        make(NOW, "testapp.x", *GENRE, "--apply")
        before = text_of(recipes)
        error = refusal("--append", "testapp.x", *GENRE)
        assert "testapp.x is applied to database 'default'" in str(error)
        assert "applyfixtures testapp.x --reset" in str(error)
        assert text_of(recipes) == before

    def test_without_a_database(self, recipes: RecipeFolder) -> None:
        """`--no-verify` keeps the digests of steps that were there."""
        make(NOW, "testapp.x", *GENRE)
        recorded = read(text_of(recipes), "x").recorded
        make("--append", "testapp.x", *GENRE, "--no-verify")
        after = read(text_of(recipes), "x").recorded
        assert recorded is not None
        assert after == recorded

    def test_what_does_not_work_changes_nothing(self, recipes: RecipeFolder) -> None:
        """Rows that cannot be made, a file that cannot be edited."""
        make(NOW, "testapp.x", *GENRE, "--name", "Jazz")
        before = text_of(recipes)
        refusal("--append", "testapp.x", *GENRE, "--name", "Jazz", "--model", "testapp.Permit", "--level", "5")
        assert text_of(recipes) == before


class TestUpdate:
    """A recipe that was edited by hand is completed and proven anew."""

    def test_steps_alone_become_a_recipe(self, recipes: RecipeFolder) -> None:
        """With all that the recorder writes, beside every line that was there."""
        path = recipes.write("testapp.x", STEPS)
        run = make("--update", "testapp.x", NOW)
        recipe = read(path.read_text(encoding="utf-8"), "x")
        assert (recipe.seed, recipe.now) == ("testapp.x", "2026-11-01T09:00:00Z")
        assert [entry.key for entry in recipe.steps[0].share][:1] == ["author"]
        assert recipe.recorded is not None
        assert recipe.recorded.produces[0][1].startswith("40 testapp.Book ")
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "# Ours."
        assert "  # of all kinds" in lines
        assert lines[5].endswith("}}   # many")
        assert "    + seed: testapp.x" in run.out.splitlines()
        assert "    + books: share author=7" in run.out.splitlines()
        assert f"    + books: {recipe.recorded.produces[0][1]}" in run.out.splitlines()

    def test_the_second_time_nothing_changes(self, recipes: RecipeFolder) -> None:
        """Not a byte, not the file's date; that is said."""
        path = recipes.write("testapp.x", STEPS)
        make("--update", "testapp.x", NOW)
        before = path.stat().st_mtime_ns, path.read_bytes()
        assert make("--update", "testapp.x").out.splitlines()[2:] == ["    unchanged"]
        assert (path.stat().st_mtime_ns, path.read_bytes()) == before
        assert make("--update", "testapp.x", "--dry-run").out == ""
        make(NOW, "testapp.y", "--model", "testapp.Book", "--count", "3", *GENRE)
        assert make("--update", "testapp").out.splitlines()[2::3] == ["    unchanged"] * 2

    def test_what_was_recorded_comes_out_again(self, recipes: RecipeFolder) -> None:
        """Recording and updating agree, also in which rows are saved in bulk."""
        make(NOW, "testapp.x", "--model", "testapp.Shipment", "--count", "20", "--no-bulk")
        before = text_of(recipes)
        make("--update", "testapp.x", "--no-bulk")
        assert text_of(recipes) == before
        assert "shipments: save: bulk" in make("--update", "testapp.x").out
        assert text_of(recipes) == before.replace("count: 20\n", "count: 20\n    save: bulk\n")

    def test_an_edit_is_told_with_both_digests(self, recipes: RecipeFolder) -> None:
        """And only the lines of that step differ."""
        make(NOW, "testapp.x", *GENRE, "--as", "jazz", "--name", "Jazz", *GENRE, "--as", "folk")
        path = recipes.root / "testapp" / "0001_x.yaml"
        old = dict(read(path.read_text("utf-8"), "x").recorded.produces)  # type: ignore[union-attr]
        edit(path, "name: Jazz", "name: Bebop  # newer")
        run = make("--update", "testapp.x")
        new = dict(read(path.read_text("utf-8"), "x").recorded.produces)  # type: ignore[union-attr]
        assert run.out.splitlines()[2:] == [f"    ~ jazz: {old['jazz']} -> {new['jazz']}"]
        assert new["folk"] == old["folk"]
        assert "name: Bebop  # newer\n" in path.read_text("utf-8")

    def test_steps_that_come_and_go_are_told(self, recipes: RecipeFolder) -> None:
        """With rows and digest."""
        make(NOW, "testapp.x", *GENRE, "--as", "jazz", "--name", "Jazz", *GENRE, "--as", "folk")
        edit(recipes.root / "testapp" / "0001_x.yaml", "id: folk", "id: soul")
        lines = make("--update", "testapp.x").out.splitlines()[2:]
        assert [line[:13] for line in lines] == ["    + soul: 1", "    - folk: 1"]

    def test_dependencies_are_inferred(self, recipes: RecipeFolder) -> None:
        """A ref is enough, which no other command accepts."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann")
        path = recipes.write(
            "testapp.x", "steps:\n- {id: b, make: testapp.Book, set: {author: !ref testapp.people/ann}}\n"
        )
        with pytest.raises(CommandError, match="E023"):
            make(NOW, *GENRE)
        run = make("--update", "testapp.x")
        assert "    + depends_on: testapp.people" in run.out
        assert "depends_on:\n  - testapp.people\nsteps:\n" in path.read_text("utf-8")

    @pytest.mark.parametrize(
        "text",
        [
            "shelves_from: [otherapp.defaults]\nsteps:\n- {id: b, make: testapp.Book, count: 12}\n",
            "steps:\n- {id: b, make: testapp.Book, count: 12, use: otherapp.defaults/anns}\n",
        ],
    )
    def test_shelves_of_other_recipes_come_first(self, recipes: RecipeFolder, text: str) -> None:
        """The rows that such a shelf refers to are there while the recipe is proven, and not afterwards."""
        recipes.write("otherapp.defaults", SHELVES)
        recipes.write("testapp.x", text)
        make("--update", "testapp.x", NOW)
        assert not Author.objects.exists()
        [_, outcome] = recipes.apply("testapp.x")
        assert outcome.differing == ()
        assert {book.author.name for book in Book.objects.all()} == {"Ann"}

    def test_a_shelf_that_was_edited_is_proven_as_it_is_now(self, recipes: RecipeFolder) -> None:
        """The rows of before, which the database has, do not count."""
        shelves = recipes.write("otherapp.defaults", SHELVES)
        recipes.write("testapp.x", "shelves_from: [otherapp.defaults]\nsteps: [{id: b, make: testapp.Book}]\n")
        recipes.apply()
        edit(shelves, "id: ann", "id: eve")
        edit(shelves, "author: !ref ann}}\nsteps", "author: !ref eve}}\nsteps")
        edit(shelves, "author: !ref ann", "author: !ref eve")
        make("--update", "testapp.x", NOW)
        recipes.applier().reset(["otherapp.defaults"])
        assert Book.objects.get().author.name == "Ann"

    def test_a_circle_is_refused(self, recipes: RecipeFolder) -> None:
        """Before a row is made: the project could not be loaded any more."""
        make(NOW, "testapp.x", *GENRE)
        make(NOW, "testapp.y", *GENRE, "--depends-on", "testapp.x")
        before = text_of(recipes)
        error = refusal("--append", "testapp.x", *GENRE, "--depends-on", "testapp.y")
        assert str(error) == "testapp.x cannot depend on testapp.y, which depends on it"
        assert text_of(recipes) == before

    def test_unique_values_that_another_recipe_has_are_moved(self, recipes: RecipeFolder) -> None:
        """As while recording: `from` is written where it is needed."""
        text = "options: {style: plain}\nsteps:\n- {id: a, make: testapp.Badge, count: 3}\n"
        path, other = recipes.write("testapp.x", text), recipes.write("testapp.y", text)
        assert "from" not in make("--update", "testapp.x").out
        assert "    + a: from 3\n" in make("--update", "testapp.y").out
        assert "from: 3" in other.read_text("utf-8")
        assert "from" not in path.read_text("utf-8")

    def test_values_that_were_proven_keep_their_place(self, recipes: RecipeFolder) -> None:
        """Whatever the order, the new recipe gives way."""
        text = "options: {style: plain}\nsteps:\n- {id: a, make: testapp.Badge, count: 3}\n"
        path, other = (
            recipes.write("testapp.x", text),
            recipes.write("testapp.y", "steps: [{id: a, make: testapp.Genre}]"),
        )
        make("--update", "testapp.x")
        other.write_text(text, "utf-8")
        other.rename(other.with_name("0000_y.yaml"))
        assert "    + a: from 3\n" in make("--update", "testapp").out
        assert "from" not in path.read_text("utf-8")

    def test_the_clock_of_rows_that_exist_stays(self, recipes: RecipeFolder) -> None:
        """A recipe that was proven or applied without a clock had one all the same."""
        recipes.write("testapp.x", "steps:\n- {id: a, make: testapp.Genre}\n")
        recipes.apply()
        make("--update", "testapp.x", NOW.replace("11-01", "11-02"))
        assert "now: 2026-11-02T09:00:00Z" in text_of(recipes)
        recipes.write("testapp.y", "steps:\n- {id: a, make: testapp.Genre}\nrecorded: {format: 1, engine: 1}\n")
        make("--update", "testapp.y")
        assert "now: 2026-01-01T00:00:00Z" in text_of(recipes, "testapp/0002_y.yaml")

    def test_what_an_applied_recipe_lacked_is_no_edit(self, recipes: RecipeFolder) -> None:
        """A seed and a clock that are written out are those that its rows were made with; so is what else was decided."""
        recipes.write("testapp.x", "steps:\n  - {id: books, make: testapp.Book, count: 40}\n")
        recipes.apply("testapp.x")
        run = make("--update", "testapp.x")
        assert "+ seed: testapp.x" in run.out
        assert "+ books: share author=" in run.out
        assert "rows of before" not in run.out
        assert not recipes.applier().states()["testapp.x"].changed
        assert recipes.applier().pending(["testapp.x"]) == []

    def test_a_dependency_that_was_hidden_is_written(self, recipes: RecipeFolder) -> None:
        """A pin to another recipe's row: the recipe that made it is named, and its own rows may be proven anew."""
        recipes.write("testapp.b", "steps:\n- {id: p, make: testapp.Passport, set: {author__email: ann@example.com}}\n")
        book = "- {id: b, make: testapp.Book, set: {author: !pin {email: ann@example.com}}}\n"
        recipes.write("testapp.c", f"steps:\n{book}")
        recipes.apply()
        run = make("--update", "testapp.b")  # the rows of testapp.c depend on those that are proven
        assert "+ p: 1 testapp.Passport" in run.out
        run = make("--update", "testapp")
        assert "    + depends_on: testapp.b" in run.out
        assert "depends_on:\n  - testapp.b\n" in text_of(recipes, "testapp/0002_c.yaml")
        assert not recipes.applier().states()["testapp.c"].changed
        assert (Book.objects.count(), Passport.objects.count(), AppliedRecipe.objects.count()) == (1, 1, 2)

    def test_an_applied_recipe_is_proven_beside_its_rows(self, recipes: RecipeFolder) -> None:
        """These stay as they are until somebody makes them anew, which is said."""
        make(NOW, "testapp.x", "--model", "testapp.Author", "--as", "ann", "--email", "a@example.com", "--apply")
        make(NOW, "testapp.y", "--model", "testapp.Book", "--author", "@testapp.x/ann", "--apply")
        known = Author.objects.get(email="a@example.com")
        Passport.objects.create(author=known, number="1")  # no recipe knows of it
        path = recipes.root / "testapp" / "0001_x.yaml"
        edit(path, "email: a@example.com", "email: b@example.com")
        run = make("--update", "testapp")
        assert "    ~ ann: " in run.out
        assert (
            "    Database 'default' has the rows of before. Make them anew: applyfixtures testapp.x --reset" in run.out
        )
        assert "testapp.y --reset" not in run.out
        assert Author.objects.filter(email="a@example.com").exists()
        assert (Book.objects.count(), Passport.objects.count(), AppliedRecipe.objects.count()) == (1, 1, 2)
        assert "rows of before" in make("--update", "testapp.x").out

    def test_a_dry_run_prints_a_diff(self, recipes: RecipeFolder) -> None:
        """That a tool can apply."""
        path = recipes.write("testapp.x", STEPS.rstrip("\n"))
        before = path.read_bytes()
        run = make("--update", "testapp.x", "--dry-run", NOW)
        assert path.read_bytes() == before
        lines = run.out.splitlines()
        assert lines[:6] == ["--- a/testapp/0001_x.yaml", "+++ b/testapp/0001_x.yaml", lines[2], " # Ours.",
                             "+seed: testapp.x", "+now: 2026-11-01T09:00:00Z"]  # fmt: skip
        assert "\\ No newline at end of file" in lines

    def test_either_all_files_are_written_or_none(self, recipes: RecipeFolder) -> None:
        """The second of two cannot be proven."""
        path = recipes.write("testapp.x", STEPS)
        recipes.write("testapp.y", "steps:\n- {id: a, make: testapp.Permit, set: {level: 5}}\n")
        assert "level 1 to 3" in str(refusal("--update", "testapp"))
        assert path.read_text(encoding="utf-8") == STEPS

    def test_recipes_are_proven_with_what_they_depend_on_as_it_is_now(self, recipes: RecipeFolder) -> None:
        """Also where an old version of that is applied."""
        make(NOW, "testapp.x", "--model", "testapp.Author", "--count", "2", "--apply")
        edit(recipes.root / "testapp" / "0001_x.yaml", "count: 2", "count: 3")
        recipes.write(
            "testapp.y", "steps:\n- {id: b, make: testapp.Book, set: {author: !ref 'testapp.x/authors[2]'}}\n"
        )
        assert "+ b: 1 testapp.Book" in make("--update", "testapp.y").out
        assert Author.objects.count() == 2

    def test_what_cannot_be_reproduced_is_refused(self, recipes: RecipeFolder) -> None:
        """As while recording; the file stays, unless it is allowed."""
        path = recipes.write("testapp.x", "steps:\n- {id: a, make: testapp.Turn}\n")
        assert "Two replays gave different rows" in str(refusal("--update", "testapp.x"))
        assert path.read_text("utf-8") == "steps:\n- {id: a, make: testapp.Turn}\n"
        assert "without number" in make("--update", "testapp.x", "--allow-unstable").out

    def test_keys_that_do_not_travel_are_warned_of(self, recipes: RecipeFolder) -> None:
        """Those that somebody wrote by hand."""
        row = Author.objects.create(name="Ann", email="a@example.com")
        recipes.write("testapp.x", f"steps:\n- {{id: b, make: testapp.Book, set: {{author: !pin {row.pk}}}}}\n")
        assert f"testapp.Author {row.pk} is written by its primary key" in make("--update", "testapp.x").err

    def test_an_engine_stays(self, recipes: RecipeFolder) -> None:
        """Values of a committed recipe never change by themselves; the libraries are those that it uses."""
        recorded = "recorded: {format: 1, engine: 1, needs: [freeze], with: {Faker: 40.0.0}}\n"
        recipes.write("testapp.x", f"steps:\n- {{id: a, make: testapp.Genre}}\n{recorded}")
        make("--update", "testapp.x")
        found = read(text_of(recipes), "x").recorded
        assert found is not None
        assert (found.engine, found.needs, found.with_) == (1, ("freeze",), ())

    def test_quiet_is_quiet(self, recipes: RecipeFolder) -> None:
        """`-v0` prints nothing, and writes."""
        path = recipes.write("testapp.x", STEPS)
        run = make("--update", "testapp.x", "-v0")
        assert (run.out, run.err) == ("", "")
        assert path.read_text("utf-8") != STEPS


class TestEmpty:
    """A recipe to be written by hand."""

    def test_it_is_a_recipe_without_rows(self, recipes: RecipeFolder) -> None:
        """Valid as it is; applying it makes nothing; updating completes it."""
        run = make(NOW, "testapp.x", "--empty", "--tag", "demo", "--seed", "7")
        assert files(recipes) == ["testapp/0001_x.yaml"]
        text = text_of(recipes)
        assert text.startswith(
            "# ./manage.py makefixture --now=2026-11-01T09:00:00Z testapp.x --empty --tag demo --seed 7\n"
            "# Write the steps, then have the rest filled in and proven: ./manage.py makefixture --update testapp.x\n"
            "seed: testapp.x:7\nnow: 2026-11-01T09:00:00Z\ntags: [demo]\nsteps:\n"
        )
        assert [outcome.rows for outcome in recipes.apply()] == [0]
        assert "unchanged" not in make("--update", "testapp.x").out
        assert run.out.startswith("Recipe testapp.x:\n")

    def test_its_comments_can_be_taken_away(self, recipes: RecipeFolder) -> None:
        """What they show is in the right column."""
        make(NOW, "testapp.x", "--empty")
        text = text_of(recipes).replace("\n    # ", "\n    ")
        text = text.replace("brand: !ref", "label: !auto #")
        assert read(text, "x").steps[0].set.entries[0].key == "name"

    def test_a_dry_run_prints_it(self, recipes: RecipeFolder) -> None:
        """And no database is asked."""
        read(make("testapp.x", "--empty", "--dry-run").out, "x")
        assert not recipes.root.exists()

    def test_it_needs_a_name_that_is_free(self, recipes: RecipeFolder) -> None:
        """Nothing else could name it."""
        make("testapp.x", "--empty")
        assert "already" in str(refusal("testapp.x", "--empty"))
        assert "--empty needs a name" in str(refusal("testapp", "--empty"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--append", "testapp.nope", *GENRE], "--append: there is no recipe 'testapp.nope'"),
        (["--append", "testapp", *GENRE], "--append takes a recipe, app.recipe_name, not 'testapp'"),
        (["--append", "testapp.x"], "Did not receive a model: --model APP.MODEL"),
        (["--append", "testapp.x", "testapp.y", *GENRE], "--append names the recipe; 'testapp.y' is a word too many"),
        (["--append", "testapp.x", "--seed", "7", *GENRE], "--append and --seed do not go together"),
        (["--append", "testapp.x", "--now", "2026-01-01T00:00:00Z", *GENRE], "--append and --now do not go together"),
        (["--append", "testapp.x", "--update", *GENRE], "--append and --update do not go together"),
        (["--update", "testapp.nope"], "there is no recipe 'testapp.nope'"),
        (["--update", "otherapp"], "the app 'otherapp' has no recipes"),
        (["--update"], "--update needs recipes or an app: makefixture --update app.recipe_name"),
        (["--update", "testapp.x", *GENRE], "--update and --model do not go together"),
        (
            ["--update", "testapp.x", *GENRE, "--match", "name"],
            "--update and --model do not go together. To update the rows that --match finds: --update-matched",
        ),
        (["--update", "testapp.x", "--factory", "a.B"], "--update and --factory do not go together"),
        (["--update", "testapp.x", "--no-verify"], "--update and --no-verify do not go together"),
        (["--update", "testapp.x", "--apply"], "--update and --apply do not go together"),
        (["--update", "testapp.x", "--seed", "7"], "--update and --seed do not go together"),
        (["--update", "testapp.x", "--tag=a"], "--update and --tag do not go together"),
        (["--update", "testapp.x", NOW], "--now is for recipes that have no 'now' yet. To change one, edit the file"),
        (["--empty"], "--empty needs a name for the recipe: app.recipe_name"),
        (["--empty", "testapp.y", *GENRE], "--empty and --model do not go together"),
        (["--empty", "testapp.y", "--apply"], "--empty and --apply do not go together"),
        (["--empty", "testapp.y", "--update"], "--update and --empty do not go together"),
        (["testapp.y", "testapp.z", *GENRE], "there is one recipe to a command; 'testapp.z' is a word too many"),
    ],
)  # fmt: skip
def test_words_that_do_not_go_together(recipes: RecipeFolder, words: list[str], message: str) -> None:
    """Exit code 2 and one sentence; nothing is written."""
    make(NOW, "testapp.x", *GENRE)
    before = text_of(recipes)
    error = refusal(*words)
    assert (error.returncode, str(error).rstrip(".")) == (2, message)
    assert files(recipes) == ["testapp/0001_x.yaml"]
    assert text_of(recipes) == before
    assert not Genre.objects.exists()
