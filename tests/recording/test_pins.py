"""Rows named on the command line are written in the form that finds them elsewhere."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError
from django.db.models import UniqueConstraint

from fixturekit.recipes.document import Dependency, Entry, Listing, Literal, Mapping, Pin, Ref, Target
from fixturekit.recipes.reading import read
from fixturekit.recording.pins import _by_unique_field
from fixturekit.recording.tree import render_tree
from tests.recording.running import NOW, given, make, shown
from tests.testapp.models import Album, Author, Book, Coin, Currency, Draft, Genre, Parcel, Passport, SportsCar, Student

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recipes")]


def author(**values):
    return Author.objects.create(**{"name": "Ann", "email": "ann@example.com", **values})


class TestForms:
    """Which form is chosen."""

    def test_a_unique_text_comes_before_the_key(self):
        """A lookup by one unique field."""
        row = author()
        assert given(shown("--model", "testapp.Book", "--author", row.pk)) == ["author: !pin {email: ann@example.com}"]

    def test_a_row_that_a_recipe_made_becomes_a_ref_with_its_dependency(self):
        """The ledger knows the recipe and the step; among several rows the position is written."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--model", "testapp.Author", "--count",
             "3", "--as", "others", "--apply")  # fmt: skip
        keys = list(Author.objects.order_by("pk").values_list("pk", flat=True))
        run = shown("--model", "testapp.Book", "--author", keys[0], "--editor", keys[3])
        assert given(run) == ["author: !ref testapp.people/ann", "editor: !ref testapp.people/others[2]"]
        assert run.recipe.depends_on == (Dependency("testapp.people"),)

    def test_a_lookup_of_a_made_row_becomes_a_ref_as_well(self):
        """The row would be missing elsewhere until the recipe that makes it is applied."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--name", "Ann", "--apply")
        run = shown("--model", "testapp.Book", "--author", "name=Ann")
        assert given(run) == ["author: !ref testapp.people/ann"]
        assert run.recipe.depends_on == (Dependency("testapp.people"),)

    def test_a_recipe_that_the_project_lost_is_not_referred_to(self, recipes):
        """The ledger remembers it, but nobody could apply it elsewhere."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--email", "ann@example.com", "--apply")
        (recipes.root / "testapp" / "0001_people.yaml").unlink()
        key = Author.objects.get().pk
        run = shown("--model", "testapp.Book", "--author", key)
        assert given(run) == ["author: !pin {email: ann@example.com}"]
        assert run.recipe.depends_on == ()

    def test_a_recipe_that_makes_other_rows_now_is_not_referred_to(self, recipes):
        """An address is good only as long as the step makes as many rows as it did."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--email", "ann@example.com", "--apply")
        path = recipes.root / "testapp" / "0001_people.yaml"
        path.write_text(path.read_text("utf-8").replace("id: ann", "id: bob").replace("ann: 1", "bob: 1"), "utf-8")
        run = shown("--model", "testapp.Book", "--author", Author.objects.get().pk)
        assert given(run) == ["author: !pin {email: ann@example.com}"]

    def test_a_row_that_no_step_made_itself_brings_its_recipe_along(self, recipes):
        """A row that is made for others of a recipe has no address, so it is pinned, and the recipe applied before."""
        make(NOW, "testapp.papers", "--model", "testapp.Passport", "--author__email", "ann@example.com", "--apply")
        make(NOW, "testapp.books", "--model", "testapp.Book", "--author", "email=ann@example.com", "--apply")
        text = (recipes.root / "testapp" / "0002_books.yaml").read_text("utf-8")
        assert "author: !pin {email: ann@example.com}" in text
        assert "depends_on:\n  - testapp.papers\n" in text
        make("--update", "testapp")
        recipes.applier().remove(recipes.applier().removable(["testapp.papers"]))
        assert not Book.objects.exists()
        assert [outcome.name for outcome in recipes.apply("testapp.books")] == ["testapp.papers", "testapp.books"]

    def test_a_natural_key_comes_next(self):
        """Where no single text is unique."""
        row = Permission.objects.first()
        content_type = ContentType.objects.first()
        assert row is not None
        assert content_type is not None
        natural = list(row.natural_key())
        run = shown("testapp.x", "--model", "auth.Group", "--permissions", f"{row.pk},")
        assert [entry.value for entry in run.step.set] == [Listing((Pin(natural=tuple(natural)),))]

    def test_the_key_is_the_last_resort_and_warned_of(self):
        """A UUID or a number may mean another row elsewhere, or none."""
        row = Parcel.objects.create(label="x")
        run = shown("--model", "testapp.Book", "--parcel", row.pk)
        assert given(run) == [f"parcel: !pin {row.pk}"]
        assert f"testapp.Parcel {row.pk} is written by its primary key" in run.err
        assert "name=value" in run.err

    def test_without_looking_the_key_is_warned_of_alike(self):
        """`--no-verify` writes every key as it is, at any depth; a lookup needs no warning."""
        run = shown("--no-verify", "--model", "testapp.Cover", "--book__author", "9", "--book__editor", "email=a@b.de",
                    "--model", "testapp.Album", "--genres", "3,name=Jazz", "--model", "testapp.Coin", "--currency", "EUR")  # fmt: skip
        assert [line.strip() for line in run.err.splitlines()] == [
            f"{row} is written by its primary key: on another machine that may be another row, or none. Give a lookup "
            "instead: --field name=value"
            for row in ("testapp.Author 9", "testapp.Genre 3")
        ]

    def test_a_key_of_text_needs_no_warning(self):
        """Somebody chose it: EUR is EUR everywhere."""
        Currency.objects.create(code="EUR", name="Euro")
        run = shown("--model", "testapp.Coin", "--currency", "EUR")
        assert (given(run), run.err) == (["currency: !pin EUR"], "")

    def test_a_secret_field_is_never_written(self):
        """Token-like and key-like fields are not looked up by, unique or not."""
        assert _by_unique_field(Draft.objects.create(key="s3cret")) is None
        assert _by_unique_field(author()) is not None

    def test_a_lookup_stays_as_it_was_typed(self):
        """Whoever writes one knows what travels."""
        author()
        run = shown("--model", "testapp.Book", "--author", "name=Ann,email=ann@example.com")
        assert given(run) == ["author: !pin {name: Ann, email: ann@example.com}"]

    def test_an_empty_unique_value_finds_nothing_elsewhere(self):
        """So it is passed over."""
        row = author(email="")
        run = shown("--model", "testapp.Book", "--author", row.pk)
        assert given(run) == [f"author: !pin {row.pk}"]


class TestPlaces:
    """Where pins may stand."""

    def test_below_other_relations(self):
        """The related model of the path is looked in."""
        row = author()
        run = shown("--model", "testapp.Cover", "--book__author", row.pk, "--book__title", "x")
        assert given(run)[0] == "book: {author: !pin {email: ann@example.com}, title: x}"

    def test_in_lists_of_a_many_to_many_field(self):
        """Each one for itself."""
        keys = [Genre.objects.create(name=name).pk for name in ("Jazz", "Rock")]
        run = shown("--model", "testapp.Album", "--genres", f"{keys[0]},{keys[1]}", "--moods", "2")
        assert given(run) == ["genres: [!pin {name: Jazz}, !pin {name: Rock}]", "moods: !make 2"]

    def test_in_tags(self):
        """`!pin`, `!choice` and `!make` typed by hand travel as well."""
        first, second = author(), author(email="bob@example.com")
        run = shown("--model", "testapp.Book", "--author", f"!choice [!pin {first.pk}, !pin {second.pk}]", "--editor",
                    f"!pin {first.pk}")  # fmt: skip
        assert given(run) == [
            "author: !choice [!pin {email: ann@example.com}, !pin {email: bob@example.com}]",
            "editor: !pin {email: ann@example.com}",
        ]
        run = shown("--model", "testapp.Genre", "--albums", "!make {title: x}", "--model", "testapp.Author", "--books",
                    f"!make {{count: 2, editor: !pin {first.pk}}}")  # fmt: skip
        assert given(run)[0] == "books: !make {count: 2, editor: !pin {email: ann@example.com}}"

    def test_a_relation_that_is_the_primary_key(self):
        """One-to-one as key."""
        row = author()
        run = shown("--model", "testapp.Passport", "--author", row.pk)
        assert given(run) == ["author: !pin {email: ann@example.com}"]
        assert Passport.objects.count() == 0

    def test_a_child_of_a_multi_table_model(self):
        """The key of the parent's row is the child's."""
        car = SportsCar.objects.create(plate="B-1", doors=3, top_speed=200)
        run = shown("--model", "testapp.Race", "--winner", car.pk)
        assert given(run) == ["winner: !pin {plate: B-1}"]


class TestRefusals:
    """Words kept from an older command that people know."""

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--author", "99"), "Provided FK value: 99 does not exist on Author"),
            (("--author", "xyz"), "Provided FK value: xyz does not exist on Author"),
            (("--author", ""), "Provided FK value:  does not exist on Author"),
            (("--parcel", "not-a-uuid"), "Provided FK value: not-a-uuid does not exist on Parcel"),
            (
                ("--parcel", "994599e6-3787-48ba-a2d1-42d1bdf6c46e"),
                "Provided FK value: 994599e6-3787-48ba-a2d1-42d1bdf6c46e does not exist on Parcel",
            ),
            (("--author", "9" * 30), f"Provided FK value: {'9' * 30} does not exist on Author"),
            (("--author__books", "1,"), "Provided FK value: 1 does not exist on Book"),
        ],
    )
    def test_a_key_that_no_row_has(self, words, message):
        """Also one that cannot be a key; with the word, and what else can be written there."""
        with pytest.raises(CommandError) as caught:
            shown("--model", "testapp.Book", *words)
        lookup = "FIELD" if words[0] != "--author" else "email"
        assert str(caught.value) == (
            f"{words[0]} {words[1]!r}: {message}. Write {lookup}=VALUE for a lookup, @STEP for a made row, or "
            "'!make {}' to make one"
        )
        assert caught.value.returncode == 2

    def test_a_lookup_that_fits_no_row_or_several_or_no_field(self):
        """Each with the lookup."""
        author()
        author(email="b@example.com")
        for lookup, message in [
            ("name=Bob", "no row of testapp.Author fits {name: Bob}"),
            ("name=Ann", "{name: Ann} fits several rows of testapp.Author; a pin must fit exactly one"),
            ("nam=Ann", "{nam: Ann} does not fit testapp.Author: Cannot resolve keyword 'nam' into field."),
        ]:
            with pytest.raises(CommandError) as caught:
                shown("--model", "testapp.Book", "--author", lookup)
            assert message in str(caught.value)


def test_the_replayed_row_is_the_pinned_one(recipes):
    """What was written finds the row again."""
    row = author()
    genres = [Genre.objects.create(name=name) for name in ("Jazz", "Rock")]
    make(NOW, "testapp.x", "--model", "testapp.Book", "--author", row.pk, "--model", "testapp.Album", "--genres",
         ",".join(str(genre.pk) for genre in genres), "--apply")  # fmt: skip
    assert Book.objects.get().author == row
    assert set(Album.objects.get().genres.all()) == set(genres)
    assert Coin.objects.count() == 0


def test_the_tree_shows_the_key_and_how_it_is_written():
    """As it was asked for, and as a reviewer will see it."""
    row = author()
    genre = Genre.objects.create(name="Jazz")
    run = make(NOW, "--model", "testapp.Book", "--author", row.pk, "--title", "x", "--model", "testapp.Album",
               "--genres", f"{genre.pk},", "--moods", "2")  # fmt: skip
    assert run.out.splitlines()[4:] == [
        "      'Book' fields: {'title': 'x'}",
        f"          'Author' PK: {row.pk}, written !pin {{email: ann@example.com}}",
        "      'Album' fields: {'moods': '!make 2'}",
        f"          'Genre' PK: {genre.pk}, written !pin {{name: Jazz}}",
    ]


def test_a_tree_without_looking_up_shows_what_is_written():
    """With `--no-verify` nobody knows more."""
    run = shown("--no-verify", "--model", "testapp.Book", "--author", "9", "--editor", "email=a@b.de", "--model",
                "testapp.Cover", "--book", "@book", "--model", "testapp.Preference", "--payload", "{a: [1]}")  # fmt: skip
    assert list(render_tree(run.recipe, {})) == [
        "'Book' fields: {}",
        "    'Author' PK: 9",
        "    'Author' !pin {email: a@b.de}",
        "'Cover' fields: {}",
        "    'Book' !ref book",
        "'Preference' fields: {'payload': {'a': [1]}}",
    ]
    assert run.recipe.steps[0].set != Mapping()


def test_a_tree_shows_shelves():
    """Those of the recipe come first; a step says which it uses."""
    recipe = read(
        """
shelves:
  - {for: testapp.Author, set: {name: Ann}}
  - {for: testapp.Book, name: on sale, set: {title: cheap, author: {email: a@b.de}}}
steps:
  - {id: books, make: testapp.Book, use: on sale, set: {imprint__name: x}}
  - {id: others, make: testapp.Book}
""",
        "x",
    )
    assert list(render_tree(recipe, {})) == [
        "default shelf of 'Author' fields: {'name': 'Ann'}",
        "shelf 'on sale' of 'Book' fields: {'title': 'cheap'}",
        "    'Author' fields: {'email': 'a@b.de'}",
        "'Book' fields: {}, from shelf 'on sale'",
        "    'Imprint' fields: {'name': 'x'}",
        "'Book' fields: {}",
    ]


def test_generic_foreign_keys():
    """They are typed as refs, as in a recipe, or as any other relation to one row."""
    for typed in ("!ref topic", "@topic"):
        run = shown("--model", "testapp.Topic", "--model", "testapp.Remark", "--target", typed)
        assert run.step.set.entries[0].value == Ref(Target("topic"))


class TestLabelsAndShelves:
    """Pins travel from wherever they stand."""

    def test_a_row_of_a_named_step_is_named_by_its_label(self):
        """It stays when another label is inserted before it."""
        make(NOW, "testapp.people", "--model", "testapp.Author", "--named", "ann", "--email", "ann@example.com",
             "--named", "bob", "--email", "bob@example.com", "--apply")  # fmt: skip
        key = Author.objects.get(email="bob@example.com").pk
        run = shown("--model", "testapp.Book", "--author", key)
        assert given(run) == ["author: !ref testapp.people/authors[bob]"]

    def test_the_rows_of_labels_are_looked_up(self):
        """As those of all rows."""
        row = author()
        run = shown(
            "--model", "testapp.Book", "--named", "one", "--author", row.pk, "--named", "two", "--author", row.pk
        )
        assert run.out.count("author: !pin {email: ann@example.com}") == 2

    def test_the_rows_of_shelves_are_looked_up(self, monkeypatch):
        """A shelf travels, too, and may need another recipe."""
        monkeypatch.setattr("fixturekit.planning.planner.unsupported", lambda recipe: [])
        make(NOW, "testapp.people", "--model", "testapp.Author", "--as", "ann", "--apply")
        run = shown("testapp.x", "--model", "testapp.Book", "--shelve", "on sale", "--author", Author.objects.get().pk,
                    "--model", "testapp.Genre")  # fmt: skip
        assert "    set: {author: !ref testapp.people/ann}\n" in run.out
        assert run.recipe.depends_on == (Dependency("testapp.people"),)

    def test_a_unique_constraint_of_one_text_is_enough(self, monkeypatch):
        """It need not be the field that says `unique`."""
        row = Student.objects.create(name="Ann")
        assert _by_unique_field(row) is None
        constraint = UniqueConstraint(fields=["name"], name="one_name")
        monkeypatch.setattr(Student._meta, "total_unique_constraints", [constraint])
        assert _by_unique_field(row) == Pin(lookup=Mapping((Entry("name", Literal("Ann")),)))

    def test_natural_keys_are_looked_up_in_the_database_that_is_meant(self):
        """By the manager of that database, as Django's loader does; two rows of one list keep their order."""
        rows = Permission.objects.order_by("-pk")[:2]
        run = shown("testapp.x", "--model", "auth.Group", "--permissions", ",".join(str(row.pk) for row in rows))
        (entry,) = run.step.set
        assert entry.value == Listing(tuple(Pin(natural=tuple(row.natural_key())) for row in rows))
