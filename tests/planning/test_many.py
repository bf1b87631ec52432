"""Many-to-many and reverse relations: related rows, link rows, samples."""

from __future__ import annotations

import pytest
from django.db import models

from fixturekit.recipes.offsets import parse_now
from fixturekit.values.positions import Context, positions
from fixturekit.values.sources import Around, At, Const, Distinct, Each, Link, Picked, Pinned, Runs, Sequence
from tests.planning.support import batches, planned, problem, step
from tests.testapp.models import Imprint

AUTHORS = "- {id: authors, make: testapp.Author, count: 3}\n"


def album(value, before="- {id: genres, make: testapp.Genre, count: 5}\n"):
    """The link rows of three albums' genres."""
    found = batches(f"{before}- id: a\n  make: testapp.Album\n  count: 3\n  set:\n    genres: {value}\n")
    return {id: columns for id, columns in found.items() if id.startswith("a/")}


def test_make_many():
    """So many rows are made for each, and linked in runs."""
    assert album("!make 2", before="") == {
        "a/genres": {"name": album("!make 2", before="")["a/genres"]["name"]},
        "a/genres#": {"album": Link("a", Runs(2)), "genre": Link("a/genres", Each())},
    }


def test_sample():
    """So many different rows of a step, for each row."""
    assert album("!sample {of: genres, count: 2}") == {
        "a/genres#": {"album": Link("a", Runs(2)), "genre": Link("genres", Distinct("genres", 2, 5))}
    }
    text = "- {id: genres, make: testapp.Genre}\n- id: a\n  make: testapp.Album\n  set:\n    genres: !sample {of: genres, count: 2}"
    assert problem(text).endswith("2 different rows of genres are wanted, it makes 1 (fixturekit.E056).")


def test_list_of_items():
    """A list holds refs, pins, picks and values in any mix; each has link rows of its own."""
    assert album("[!ref 'genres[4]', !pin 9, !pick genres, {name: !seq 'x{n}'}]") == {
        "a/genres[0]#": {"album": Link("a", Each()), "genre": Link("genres", At(4))},
        "a/genres[1]#": {"album": Link("a", Each()), "genre": Pinned(0)},
        "a/genres[2]#": {"album": Link("a", Each()), "genre": Link("genres", Picked("genres[2]", 5))},
        "a/genres[3]": {"name": Sequence("x{n}")},
        "a/genres[3]#": {"album": Link("a", Each()), "genre": Link("a/genres[3]", Each())},
    }


def test_own_through_model():
    """Required columns of a through model are filled like any others."""
    found = batches(step("testapp.Album", "artists: !make {count: 2, name: x}"))
    assert found["a/artists#"].keys() == {"album", "artist", "role", "position", "named_by"}
    assert found["a/artists#"]["artist"] == Link("a/artists", Each())
    assert found["a/artists#"]["named_by"] == Const(None)


def test_reverse_many_to_many():
    """The other end may ask as well."""
    found = batches(step("testapp.Genre", "albums: !make 2"))
    assert found["a/albums#"] == {"album": Link("a/albums", Each()), "genre": Link("a", Runs(2))}


def test_symmetrical():
    """A symmetrical relation has each link both ways."""
    found = batches(step("testapp.Person", "friends: !make 1"))
    assert found["a/friends#"] == {"from_person": Link("a", Each()), "to_person": Link("a/friends", Each())}
    assert found["a/friends#~"] == {"to_person": Link("a", Each()), "from_person": Link("a/friends", Each())}
    assert "a/follows#~" not in batches(step("testapp.Person", "follows: !make 1"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3", "3 does not name rows of testapp.Genre (fixturekit.E044). Write '!pin 3' for a row that exists, '!make 3' "
         "for rows to make."),
        ("null", "null does not name rows of testapp.Genre (fixturekit.E044)."),
        ("!now", "!now does not name rows of testapp.Genre (fixturekit.E044)."),
        ("[[1]]", "a list does not name rows of testapp.Genre (fixturekit.E044)."),
    ],
)  # fmt: skip
def test_what_names_no_rows(value, expected):
    """Values that are no rows are refused, with both readings of a number."""
    assert problem(step("testapp.Album", f"genres: {value}")) == (
        f"x.yaml:6:7 steps[0].set.genres: testapp.Album.genres: {expected}"
    )


def test_wrong_model_of_links():
    """Linked rows must be of the relation's model."""
    text = AUTHORS + "- {id: a, make: testapp.Album, set: {genres: !ref authors}}"
    assert problem(text).endswith("step authors makes testapp.Author, the field takes testapp.Genre (fixturekit.E049).")


def test_children():
    """Rows of a reverse relation point back at the rows they are made for."""
    assert batches(step("testapp.Author", "books: !make 2"))["a/books"]["author"] == Link("a", Runs(2))
    found = batches(step("testapp.Author", "books: [{title: x}, {title: y}]"))
    assert found["a/books[0]"]["title"] == Const("x")
    assert found["a/books[1]"]["author"] == Link("a", Each())


def test_child_of_a_one_to_one():
    """A reverse one-to-one takes one row."""
    assert batches(step("testapp.Author", "desk: {room: x}"))["a/desk"]["author"] == Link("a", Each())
    assert problem(step("testapp.Author", "desk: !make 2")).endswith(
        "a reverse relation takes '!make N', '!make {...}' or values, not !make (fixturekit.E055)."
    )
    assert problem(step("testapp.Author", "desk: [{room: x}, {room: y}]")).endswith(
        "testapp.Author.desk: a relation to one row takes one item, not 2 (fixturekit.E055)."
    )


def test_children_are_not_existing_rows():
    """Existing rows have their parents already."""
    assert problem(step("testapp.Author", "books: !pin 9")).endswith(
        "a reverse relation takes '!make N', '!make {...}' or values, not !pin (fixturekit.E055)."
    )


def test_child_with_another_parent():
    """What follows from the relation cannot be set."""
    assert problem(step("testapp.Author", "books: {author: {name: x}, title: y}")) == (
        "x.yaml:6:15 steps[0].set.books.author: testapp.Book.author follows from where these rows are made "
        "(fixturekit.E055). Leave it out."
    )


# -- samples


def test_samples_in_one_list():
    """Two samples are drawn apart; one alone keeps the lane of the relation."""
    sample = "!sample {of: genres, count: 2}"
    two = album(f"[{sample}, {sample}]")
    assert two["a/genres[0]#"]["genre"].map == Distinct("genres[0]", 2, 5)
    assert two["a/genres[1]#"]["genre"].map == Distinct("genres[1]", 2, 5)
    assert album(f"[!pin 1, {sample}]")["a/genres[1]#"]["genre"].map == Distinct("genres", 2, 5)


FRIENDS = "- {id: p, make: testapp.Person, count: %d, set: {friends: %s}}"


@pytest.mark.parametrize(("count", "wanted"), [(20, 3), (7, 3), (3, 1), (5000, 2)])
def test_friends_among_themselves(count, wanted):
    """Nobody is a friend of himself, and no two are friends twice."""
    found = batches(FRIENDS % (count, f"!sample {{of: p, count: {wanted}}}"))
    source = found["p/friends#"]["to_person"]
    assert isinstance(source, Link)
    map = source.map
    assert map == Around("friends", wanted, count)
    plan = planned(FRIENDS % (count, f"!sample {{of: p, count: {wanted}}}")).plan
    others = positions(map, Context(plan.seed, "p", parse_now(plan.now)), 0, count * wanted)
    pairs = {frozenset((row // wanted, other)) for row, other in enumerate(others)}
    assert len(pairs) == count * wanted
    assert all(len(pair) == 2 for pair in pairs)
    assert "p/friends#~" in found


def test_pick_among_themselves():
    """A pick is a sample of one."""
    source = batches(FRIENDS % (9, "!pick p"))["p/friends#"]["to_person"]
    assert source == Link("p", Around("friends", 1, 9))


def test_too_many_friends():
    """Each link counts for both ends."""
    assert problem(FRIENDS % (6, "!sample {of: p, count: 3}")).endswith(
        "testapp.Person.friends: 3 links of each of 6 rows to others of them are wanted, each of which counts for two: "
        "at most 2 are possible (fixturekit.E056)."
    )


# -- what the link stores


@pytest.mark.usefixtures("own_models")
def test_through_model_with_to_field():
    """Both ends of a link store the field that their foreign key names."""

    class Shelfmark(models.Model):
        sign = models.CharField(max_length=9, unique=True)
        imprints = models.ManyToManyField(Imprint, through="testapp.Placing", related_name="+")  # type: ignore[misc]

        class Meta:
            app_label = "testapp"

    class Placing(models.Model):
        shelfmark = models.ForeignKey(Shelfmark, models.CASCADE, to_field="sign", related_name="+")
        imprint = models.ForeignKey(Imprint, models.CASCADE, to_field="code", related_name="+")

        class Meta:
            app_label = "testapp"

    text = "- {id: i, make: testapp.Imprint, count: 4}\n- {id: a, make: testapp.Shelfmark, set: {imprints: %s}}"
    for value, expected in [
        ("!make 2", Link("a/imprints", Each(), "code")),
        ("!ref 'i[1]'", Link("i", At(1), "code")),
        ("!sample {of: i, count: 2}", Link("i", Distinct("imprints", 2, 4), "code")),
        ("!pin {code: x}", Pinned(0, "code")),
    ]:
        found = batches(text % value)["a/imprints#"]
        assert found["imprint"] == expected
        owner = found["shelfmark"]
        assert isinstance(owner, Link)
        assert owner.field == "sign"


# -- routing


class Router:
    """Keeps some models away."""

    def __init__(self, *names):
        self.names = names

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        """Whether the model lives here."""
        return False if model_name in self.names else None


@pytest.mark.parametrize(
    ("names", "made", "skipped"),
    [
        (["album_genres"], {"a", "a/genres"}, 6),
        (["genre"], {"a"}, 12),
        ([], {"a", "a/genres", "a/genres#"}, 0),
    ],
)
def test_links_and_children_that_live_elsewhere(settings, names, made, skipped):
    """Related rows and links that a router keeps away are left out, and counted."""
    settings.DATABASE_ROUTERS = [Router(*names)]
    plan = planned(step("testapp.Album", "genres: !make 2")).plan
    assert {batch.id for batch in plan.batches} == made
    assert sum(count for _, count in plan.skipped) == skipped


def test_children_that_live_elsewhere(settings):
    """The same for a reverse relation."""
    settings.DATABASE_ROUTERS = [Router("desk")]
    plan = planned(step("testapp.Author", "desk: {room: x}")).plan
    assert ([batch.id for batch in plan.batches], plan.skipped) == (["a"], (("a", 3),))
