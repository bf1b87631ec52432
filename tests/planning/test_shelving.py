"""Shelves: saved values act where they should, below what is set, and what does not fit is told where it stands."""

from __future__ import annotations

import pytest

from fixturekit.planning.rendering import render_plan
from fixturekit.values.sources import At, Const, Each, Fold, Link, Outside, Picked, Pinned
from tests.planning.support import batches, planned, problem, problems


def test_default_shelf():
    """It acts on every making of its model: steps, parents, what is asked for, relations to many."""
    found = batches(
        """
        shelves:
          - {for: testapp.Author, set: {name: Anna}}
        steps:
          - {id: own, make: testapp.Author}
          - {id: parent, make: testapp.Book}
          - {id: asked, make: testapp.Book, set: {author: {email: a@b.fi}}}
          - {id: made, make: testapp.Book, set: {author: !make {email: c@b.fi}}}
          - {id: back, make: testapp.Author, set: {libraries: !make 2}}
        """
    )
    for batch in ("own", "parent/author", "asked/author", "made/author", "back"):
        assert found[batch]["name"] == Const("Anna"), batch


def test_related_rows():
    """It acts on the rows of many-to-many fields, of their through models, and of reverse relations."""
    found = batches(
        """
        shelves:
          - {for: testapp.Artist, set: {name: Anna}}
          - {for: testapp.Credit, set: {role: bass}}
        steps:
          - {id: albums, make: testapp.Album, set: {artists: !make 2}}
          - {id: credited, make: testapp.Album, set: {credits: !make {count: 2, position: 7}}}
        """
    )
    assert found["albums/artists"]["name"] == Const("Anna")
    assert found["albums/artists#"]["role"] == Const("bass")
    assert (found["credited/credits"]["role"], found["credited/credits"]["position"]) == (Const("bass"), Const(7))


def test_named_shelf():
    """It acts where a step uses it, and inherits the default shelf field by field."""
    found = batches(
        """
        shelves:
          - {for: testapp.Book, set: {title: usual, imprint: {code: A}}}
          - {for: testapp.Book, name: on sale, set: {title: cheap}}
        steps:
          - {id: a, make: testapp.Book}
          - {id: b, make: testapp.Book, use: on sale, set: {imprint: {code: B}}}
          - {id: c, make: testapp.Cover, set: {book: {imprint: {code: C}}}}
        """
    )
    assert (found["a"]["title"], found["a/imprint"]["code"]) == (Const("usual"), Const("A"))
    assert (found["b"]["title"], found["b/imprint"]["code"]) == (Const("cheap"), Const("B"))
    assert found["c/book"]["title"] == Const("usual")


def test_set_beats_shelves():
    """What a step sets counts before what shelves say; what a label says counts before both."""
    found = batches(
        """
        shelves:
          - {for: testapp.Book, set: {title: shelf, author: {name: Anna}, imprint: {name: House}}}
        steps:
          - {id: a, make: testapp.Book, set: {title: step, author__name: Bert}}
          - id: b
            make: testapp.Book
            set: {title: step}
            named: {x: {}, y: {title: label, author: {name: Carl}, imprint__code: Y}}
        """
    )
    assert (found["a"]["title"], found["a/author"]["name"]) == (Const("step"), Const("Bert"))
    assert found["b"]["title"].sources == (Const("step"), Const("label"))  # type: ignore[attr-defined]
    assert found["b/author"]["name"] == Const("Anna")
    assert found["b[y]/author"]["name"] == Const("Carl")
    assert (found["b[y]/imprint"]["name"], found["b[y]/imprint"]["code"]) == (Const("House"), Const("Y"))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("author__name: Bert", Const("Bert")),
        ("author: {name: Bert}", Const("Bert")),
        ("author: !make {name: Bert}", Const("Bert")),
        ("author: {}", Const("Anna")),
        ("author: !make 1", Const("Anna")),
    ],
)
@pytest.mark.parametrize("shelf", ["author: {name: Anna, email: x@y.fi}", "author: !make {name: Anna, email: x@y.fi}"])
def test_one_related_row_adds_up(shelf, said, name):
    """Mappings, paths and `!make` of one row merge to any depth, whichever of them says more."""
    found = batches(
        f"""
        shelves:
          - {{for: testapp.Book, set: {{{shelf}}}}}
        steps:
          - {{id: a, make: testapp.Book, set: {{{said}}}}}
        """
    )
    assert (found["a/author"]["name"], found["a/author"]["email"]) == (name, Const("x@y.fi"))


@pytest.mark.parametrize("said", ["!ref other", "!pin 3", "!pick other", "!choice [!ref other, !pin 3]"])
def test_rows_that_exist_replace(said):
    """A pin or a ref takes the place of the rows that a shelf would make, and the other way round."""
    shelves = """
        shelves:
          - {for: testapp.Book, name: made, set: {author: {name: Anna}}}
          - {for: testapp.Book, name: kept, set: {author: !pin 9}}
        steps:
          - {id: other, make: testapp.Author}
    """
    found = batches(f"{shelves}      - {{id: a, make: testapp.Book, use: made, set: {{author: {said}}}}}")
    assert "a/author" not in found
    found = batches(f"{shelves}      - {{id: a, make: testapp.Book, use: kept, set: {{author: {{name: x}}}}}}")
    assert found["a"]["author"] == Link("a/author", Each())


def test_auto_blocks():
    """`!auto` leaves a field to the generator whatever shelves say; in a named shelf, whatever the default one says."""
    found = batches(
        """
        shelves:
          - {for: testapp.Book, set: {title: usual, author: {name: Anna}}}
          - {for: testapp.Book, name: free, set: {title: !auto }}
        steps:
          - {id: plain, make: testapp.Book, use: free}
          - {id: a, make: testapp.Book, set: {author: !auto }}
          - {id: b, make: testapp.Author}
        """
    )
    assert found["plain"]["title"] == batches("- {id: plain, make: testapp.Book}")["plain"]["title"]
    assert found["a/author"]["name"] != Const("Anna")


def test_lists_replace():
    """Values of relations to many do not add up."""
    found = batches(
        """
        shelves:
          - {for: testapp.Album, set: {genres: [{name: a}, {name: b}]}}
        steps:
          - {id: a, make: testapp.Album}
          - {id: b, make: testapp.Album, set: {genres: !make {name: c}}}
        """
    )
    assert [id for id in found if "#" in id] == ["a/genres[0]#", "a/genres[1]#", "b/genres#"]


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("testapp.Book", "title: !choice [a, b]\nauthor: {name: !choice [x, y]}\nimprint__code: !seq 'I{n}'"),
        ("testapp.Note", "title: !choice {a: 1, b: 3}\nbody: !copy title"),
        ("testapp.Album", "genres: !make 2\ntitle: !seq 'A{n}'"),
        ("testapp.Folder", "parent: !pick a"),
        ("testapp.Person", "friends: !sample {of: a, count: 1}"),
        ("auth.User", "password: !password secret"),
    ],
)
@pytest.mark.parametrize("name", ["", "named"])
def test_moving_a_value_into_a_shelf(model, values, name):
    """Values have the address of their field: the same plan, whether the step or a shelf gives them."""
    said = "".join(f"\n      {line}" for line in values.splitlines())
    use = f"\n    use: {name}" if name else ""
    named = f"\n    name: {name}" if name else ""
    set_ = f"steps:\n  - id: a\n    make: {model}\n    count: 5\n    set:{said}\n"
    shelved = (
        f"shelves:\n  - for: {model}{named}\n    set:{said}\nsteps:\n  - id: a\n    make: {model}\n    count: 5{use}\n"
    )
    assert batches(shelved) == batches(set_)
    assert planned(shelved).plan.pins == planned(set_).plan.pins


# -- inheritance


def test_proxies_share():
    """A shelf of a proxy is one of its concrete model, and the other way round."""
    for owner in ("testapp.Article", "testapp.FeaturedArticle"):
        found = batches(
            f"""
            shelves:
              - {{for: {owner}, set: {{headline: x}}}}
              - {{for: {owner}, name: long, set: {{body: y}}}}
            steps:
              - {{id: a, make: testapp.Article, use: long}}
              - {{id: b, make: testapp.FeaturedArticle, use: long}}
            """
        )
        assert found["a"]["headline"] == found["b"]["headline"] == Const("x")
        assert found["a"]["body"] == found["b"]["body"] == Const("y")


def test_two_shelves_of_one_concrete_model():
    """A proxy has no shelves of its own that could stand beside those of its model."""
    text = """
        shelves:
          - {for: testapp.Article, set: {headline: x}}
          - {for: testapp.FeaturedArticle, set: {headline: y}}
    """
    assert problem(text) == (
        "x.yaml:3:5 shelves[1]: the default shelf of testapp.FeaturedArticle is there already: "
        "its shelves are those of testapp.Article (fixturekit.E019)."
    )


def test_children_see_their_parents_shelves():
    """A multi-table child has the shelves of its parents for the fields that it inherits; its own count first."""
    found = batches(
        """
        shelves:
          - {for: testapp.Vehicle, set: {wheels: 3}}
          - {for: testapp.Vehicle, name: old, set: {plate: OLD}}
          - {for: testapp.Car, set: {doors: 5, wheels: 6}}
        steps:
          - {id: a, make: testapp.SportsCar, use: old}
          - {id: b, make: testapp.Boat}
          - {id: c, make: testapp.VintageCar, set: {wheels: 8}}
        """
    )
    assert (found["a^vehicle"]["wheels"], found["a^car"]["doors"]) == (Const(6), Const(5))
    assert found["a^vehicle"]["plate"] == Const("OLD")
    assert found["b^vehicle"]["wheels"] == Const(3)
    assert found["c^vehicle"]["wheels"] == Const(8)


# -- other recipes

DEFAULTS = """
shelves:
  - {for: testapp.Book, set: {title: theirs, author: !ref anna, editor: !pick staff}}
  - {for: testapp.Book, name: on sale, set: {imprint: !pin {code: X}}}
  - {for: testapp.Author, set: {name: theirs}}
steps:
  - {id: anna, make: testapp.Author}
  - {id: staff, make: testapp.Author, count: 4}
"""


def test_shelves_from():
    """Default shelves of another recipe act below the recipe's own; what they refer to stays a row of that recipe."""
    found = batches(
        """
        shelves_from: [testapp.defaults, testapp.more]
        shelves:
          - {for: testapp.Author, set: {name: own}}
        steps:
          - {id: a, make: testapp.Book, count: 3}
          - {id: b, make: testapp.Author}
          - {id: c, make: testapp.Note}
        """,
        others={
            "testapp.defaults": DEFAULTS,
            "testapp.more": "shelves:\n  - {for: testapp.Book, set: {title: second}}\n"
            "  - {for: testapp.Note, set: {title: second}}",
        },
    )
    assert found["a"]["title"] == Const("theirs")
    assert found["a"]["author"] == Outside("testapp.defaults", "anna", At(0), 1)
    assert found["a"]["editor"] == Outside("testapp.defaults", "staff", Picked("editor", 4), 4)
    assert found["b"]["name"] == Const("own")
    assert found["c"]["title"] == Const("second")
    assert "a/author" not in found


def test_use_of_another_recipe():
    """A named shelf of another recipe comes with the default shelf that it inherits there."""
    text = """
        shelves:
          - {for: testapp.Book, set: {title: own}}
        steps:
          - {id: a, make: testapp.Book, use: testapp.defaults/on sale}
          - {id: b, make: testapp.Book}
    """
    plan = planned(text, others={"testapp.defaults": DEFAULTS}).plan
    found = batches(text, others={"testapp.defaults": DEFAULTS})
    assert isinstance(found["a"]["imprint"], Pinned)
    assert [pin.wanted for pin in plan.pins] == ["{code: X}"]
    assert found["a"]["title"] == Const("theirs")
    assert found["a"]["author"] == Outside("testapp.defaults", "anna", At(0), 1)
    assert found["b"]["title"] == Const("own")
    assert found["b"]["author"] == Link("b/author", Each())


def test_everything_inside_a_foreign_shelf_refers_to_its_recipe():
    """At any depth, in lists, choices and samples; what names a recipe already stays as it is."""
    owner = """
        depends_on: [testapp.third]
        shelves:
          - for: testapp.Album
            set:
              genres: !sample {of: genres, count: 2}
              artists: [!ref "artists[1]", {name: x}]
              credits: !make {artist: !pick artists}
          - {for: testapp.Book, set: {author: !choice [!ref anna, !ref testapp.third/bert]}}
        steps:
          - {id: genres, make: testapp.Genre, count: 3}
          - {id: artists, make: testapp.Artist, count: 3}
          - {id: anna, make: testapp.Author}
    """
    found = batches(
        """
        shelves_from: [testapp.defaults]
        steps:
          - {id: a, make: testapp.Album, count: 2}
          - {id: b, make: testapp.Book, count: 2}
        """,
        others={"testapp.defaults": owner, "testapp.third": "- {id: bert, make: testapp.Author}"},
    )
    sources = [found[f"a/{name}"][field] for name, field in (("genres#", "genre"), ("artists[0]#", "artist"))]
    sources += [found["a/credits"]["artist"], *found["b"]["author"].sources]  # type: ignore[attr-defined]
    assert [(source.recipe, source.step) for source in sources if isinstance(source, Outside)] == [
        ("testapp.defaults", "genres"),
        ("testapp.defaults", "artists"),
        ("testapp.defaults", "artists"),
        ("testapp.defaults", "anna"),
        ("testapp.third", "bert"),
    ]


def test_own_steps():
    """A ref in a recipe's own shelf is to its own steps, row by row as in a step."""
    found = batches(
        """
        shelves:
          - {for: testapp.Book, set: {author: !ref staff}}
        steps:
          - {id: staff, make: testapp.Author, count: 2}
          - {id: a, make: testapp.Book, count: 4}
        """
    )
    assert found["a"]["author"] == Link("staff", Fold(2))


# -- shelves that lead back to themselves


def test_shelf_that_makes_rows_of_its_own_model():
    """It acts on these as often as `laps` says, not for ever."""
    text = "shelves:\n  - {for: testapp.Folder, set: {parent: {name: up}}}\nsteps:\n  - {id: a, make: testapp.Folder}\n"
    assert list(batches(text)) == ["a/parent", "a"]
    assert batches(text)["a/parent"] == {"name": Const("up"), "parent": Const(None)}
    assert list(batches("options: {laps: 3}\n" + text)) == [
        "a/parent/parent/parent",
        "a/parent/parent",
        "a/parent",
        "a",
    ]


def test_two_shelves_that_make_each_others_rows():
    """The same along a circle of several models, and through relations to many."""
    text = """
        shelves:
          - {for: testapp.Author, set: {libraries: !make 1}}
          - {for: otherapp.Library, set: {books: !make 1}}
        steps:
          - {id: a, make: testapp.Author}
    """
    assert list(batches(text)) == [
        "a",
        "a/libraries",
        *(id for id in batches(text) if id.startswith("a/libraries/books")),
    ]


# -- what is shown


def test_shown_in_the_plan():
    """`--plan` says which shelves act, and on which rows."""
    text = """
        shelves_from: [testapp.defaults]
        shelves:
          - {for: testapp.Imprint, set: {name: x}}
          - {for: testapp.Note, set: {title: x}}
        steps:
          - {id: a, make: testapp.Book, use: testapp.defaults/on sale}
          - {id: b, make: testapp.Book, set: {imprint: {name: y}}}
          - {id: c, make: testapp.Cover, set: {book: !ref b}}
    """
    plan = planned(text, others={"testapp.defaults": DEFAULTS}).plan
    assert [line for line in render_plan(plan) if line.startswith("shelf")] == [
        "shelf: 'on sale' of testapp.Book in testapp.defaults, on a",
        "shelf: the default shelf of testapp.Book in testapp.defaults, on a, b",
        "shelf: the default shelf of testapp.Author in testapp.defaults, on a/translator, b/translator",
    ]


# -- what is refused


def test_unknown_names():
    """A shelf's mistakes are told where it stands, once each, whether it is used or not."""
    text = """
        shelves:
          - {for: testapp.Bok, set: {title: x}}
          - {for: testapp.Book, name: x, set: {titel: x, author: {mane: y}, imprint__nope: 3}}
          - {for: testapp.Author, set: {nme: x}}
          - {for: testapp.Album, name: y, set: {genres: [{nope: 1}, !make {nope: 2}]}}
        steps:
          - {id: a, make: testapp.Book, use: x}
          - {id: b, make: testapp.Book, use: x}
    """
    assert problems(text) == [
        "x.yaml:2:6 shelves[0].for: no model testapp.Bok. Did you mean 'testapp.Book'? (fixturekit.E040).",
        "x.yaml:3:40 shelves[1].set.titel: testapp.Book has no field 'titel' (fixturekit.E013). Did you mean 'title'?",
        "x.yaml:3:59 shelves[1].set.author.mane: testapp.Author has no field 'mane' (fixturekit.E013).",
        "x.yaml:3:69 shelves[1].set.imprint__nope: testapp.Imprint has no field 'nope' (fixturekit.E013).",
        "x.yaml:4:33 shelves[2].set.nme: testapp.Author has no field 'nme' (fixturekit.E013). Did you mean 'name'?",
        "x.yaml:5:51 shelves[3].set.genres.nope: testapp.Genre has no field 'nope' (fixturekit.E013).",
        "x.yaml:5:68 shelves[3].set.genres.nope: testapp.Genre has no field 'nope' (fixturekit.E013).",
    ]


def test_wrong_values():
    """Values are tried on a row, so that they are found before a step uses them."""
    text = """
        shelves:
          - {for: testapp.Price, set: {fee: much}}
          - {for: testapp.Book, set: {author: 3, imprint: {code: !seq "{n:099}"}, parcel: !ref note}}
          - {for: testapp.Album, set: {genres: !pick note}}
        steps:
          - {id: note, make: testapp.Note}
    """
    assert [line.split(":")[1] for line in problems(text)] == ["2", "3", "3", "3", "4"]
    assert [line.partition("(fixturekit.")[2][:4] for line in problems(text)] == [
        "E046",
        "E044",
        "E046",
        "E049",
        "E049",
    ]


def test_shelf_of_another_model():
    """Both models are named."""
    text = """
        shelves:
          - {for: testapp.Book, name: on sale, set: {title: x}}
        steps:
          - {id: a, make: testapp.Author, use: on sale}
    """
    assert problem(text) == (
        "x.yaml:4:35 steps[0].use: shelf 'on sale' is for testapp.Book, step a makes testapp.Author (fixturekit.E085). "
        "Use a shelf of the same model."
    )


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (
            "testapp.defaults/on sal",
            "testapp.defaults has no shelf 'on sal' (fixturekit.E086). Did you mean 'on sale'?",
        ),
        ("testapp.defaults/", "testapp.defaults has no shelf '' (fixturekit.E086)."),
        ("testapp.nothing/x", "there is no recipe testapp.nothing (fixturekit.E051)."),
    ],
)
def test_no_such_shelf(use, said):
    """A shelf that another recipe has not, or of a recipe that there is not."""
    text = f"- {{id: a, make: testapp.Book, use: {use}}}"
    assert problem(text, others={"testapp.defaults": DEFAULTS}) == f"x.yaml:2:33 steps[0].use: {said}"


def test_recipe_that_is_not_there():
    """The same of a recipe whose default shelves are wanted."""
    text = "shelves_from: [testapp.nothing]\nsteps:\n  - {id: a, make: testapp.Book}"
    assert problem(text) == ("x.yaml:1:16 shelves_from[0]: there is no recipe testapp.nothing (fixturekit.E051).")


def test_only_shelves():
    """A recipe of shelves alone has a plan without rows, and its shelves are judged all the same."""
    assert planned("shelves:\n  - {for: testapp.Book, set: {title: x}}").plan.batches == ()
    assert problem("shelves:\n  - {for: testapp.Book, set: {titel: x}}").endswith("Did you mean 'title'?")
