"""Arguments become steps: models, fields, paths into related rows."""

from __future__ import annotations

import pytest

from fixturekit.recipes.document import Dependency, Entry, Literal, Mapping, Pick, Pin, Ref, Shelf, Step, Target
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.building import build, dependencies
from tests.testapp.models import Author, Book

UNSUPPORTED = "This script does not support customizing provided existing objects"


def step(model, *fields, **options):
    """The step that these fields make."""
    (found,) = build([StepArguments(model=model, fields=list(fields), **options)]).steps
    return found


def values(model, *fields):
    return {entry.key: entry.value for entry in step(model, *fields).set}


def refusal(*arguments):
    """The line for the one word that is wrong."""
    (line,) = build(arguments).wrong
    return line


def refused(model, *fields, **options):
    return refusal(StepArguments(model=model, fields=list(fields), **options))


class TestModels:
    """What a step makes."""

    @pytest.mark.parametrize(
        "name",
        [
            "testapp.Book",
            "testapp.book",
            "tests.testapp.models.relations.Book",
            "tests.testapp.models.Book",
        ],
    )
    def test_a_model_has_several_names(self, name):
        """Its label, the path of its module, and the path that the app's models are imported from."""
        built = build([StepArguments(model=name)])
        assert built.models == (Book,)
        assert built.steps == (Step(id="book", make="testapp.Book"),)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("testapp.Bok", "Provided model: no model testapp.Bok. Did you mean 'testapp.Book'?"),
            ("Book", "Provided model: 'Book' is not a model: write app.Model"),
            ("", "Provided model: '' is not a model: write app.Model"),
            ("testapp.", "Provided model: no model testapp.."),
            (".Book", "Provided model: '.Book' is not a model: write app.Model"),
            ("a..b", "Provided model: no model a..b."),
            ("tests.testapp.models.Nothing", "Provided model: no model tests.testapp.models.Nothing."),
            ("tests.testapp.models.models", "Provided model: no model tests.testapp.models.models."),
        ],
    )
    def test_a_name_that_no_model_has(self, name, message):
        """With the nearest."""
        assert refused(name).startswith(message.rstrip("."))

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("testapp.Bok", " Did you mean 'testapp.Book'?"),
            ("testapp.BOKS", " Did you mean 'testapp.Book'?"),
            ("tests.testapp.models.Auther", " Did you mean 'testapp.Author'?"),
            ("testap.Book", ": no app in INSTALLED_APPS has the label 'testap'. Did you mean 'testapp.Book'?"),
            ("auth.Permision", " Did you mean 'auth.Permission'?"),
            ("otherapp.Permision", " Did you mean 'auth.Permission'?"),
            ("testapp.Zzz", ""),
            ("auth.Nope", ""),
            ("sessions.Locale", ""),
            ("sessions.Sess", " Did you mean 'sessions.Session'?"),
        ],
    )
    def test_only_a_model_with_a_name_like_it_is_meant(self, name, hint):
        """One of the same app first; the same app alone is no reason."""
        assert refused(name) == f"Provided model: no model {name}{'' if hint.startswith(':') else '.'}{hint}"

    @pytest.mark.parametrize(
        ("name", "hint"),
        [("shop.Brand", ""), ("shop.models.Brand", ""), ("testap.Zzz", " Did you mean 'testapp'?")],
    )
    def test_a_model_of_an_app_that_is_not_installed(self, name, hint):
        """Which is the first thing to know."""
        label = name.rpartition(".")[0]
        expected = f"Provided model: no model {name}: no app in INSTALLED_APPS has the label '{label}'.{hint}"
        assert refused(name) == expected

    def test_all_problems_at_once(self):
        """Of all steps, fields and options; each on a line that begins with its word."""
        lines = build(
            [
                StepArguments(model="testapp.Bok", id="a", fields=[("title", "x")]),
                StepArguments(
                    model="testapp.Book",
                    id="a",
                    fields=[("titel", "x"), ("author__nam", "x"), ("pages", "abc")],
                    share={"autor": 2},
                    match=("nope",),
                    bare=["title", "coun"],
                ),
                StepArguments(factory="tests.testapp.factories.AuthorFactry"),
            ]
        ).wrong
        assert [line.split(":")[0] for line in lines] == [
            "Provided model",
            "Provided factory",
            "--as a is given to two steps",
            "--title needs a value",
            "--coun",
            "--share autor",
            "--match nope",
            "--titel",
            "--author__nam",
            "--pages",
        ]
        assert lines[1].endswith(" Did you mean 'AuthorFactory'?")
        assert lines[4] == "--coun: testapp.Book has no field 'coun'. Did you mean --count?"

    def test_an_option_of_the_recipe_may_have_been_meant(self):
        """Those are known from the command; below a relation there are none."""
        options = ["--dry-run", "--apply", "--named"]
        assert refused("testapp.Author", bare=["dry-rnu"], options=options).endswith(" Did you mean --dry-run?")
        assert refused("testapp.Genre", ("aply", "x"), options=options).endswith(" Did you mean --apply?")
        assert refused("testapp.Book", ("author__named", "x"), options=options).endswith(" Did you mean 'name'?")

    def test_a_name_of_the_factory_may_have_been_meant(self):
        """Its traits and parameters are near too."""
        line = refusal(StepArguments(factory="tests.testapp.factories.AuthorFactory", fields=[("famos", "true")]))
        assert line == "--famos: testapp.Author has no field 'famos'. Did you mean 'famous'?"

    def test_without_a_model(self):
        """In the words that people know."""
        assert refusal() == "Did not receive a model: --model APP.MODEL"

    def test_a_factory(self):
        """Its model counts; the step names the factory."""
        built = build([StepArguments(factory="tests.testapp.factories.AuthorFactory", fields=[("famous", "true")])])
        assert (built.steps[0].make, built.steps[0].factory) == ("", "tests.testapp.factories.AuthorFactory")
        assert built.models == (Author,)
        assert refusal(StepArguments(factory="shop.factories.F")) == (
            "Provided factory: there is no factory shop.factories.F: No module named 'shop'"
        )


class TestIds:
    """How steps are called."""

    def test_steps_get_names_of_their_own(self):
        """From the model, the count, and what is taken."""
        built = build(
            [
                StepArguments(model="testapp.Book"),
                StepArguments(model="testapp.Book", count=3),
                StepArguments(model="testapp.Book"),
                StepArguments(model="testapp.Author", id="book_2"),
            ],
            taken=["books"],
        )
        assert [step.id for step in built.steps] == ["book", "books_2", "book_3", "book_2"]

    def test_one_id_is_for_one_step(self):
        """Said before anything is made."""
        arguments = StepArguments(model="testapp.Book", id="a")
        assert refusal(arguments, arguments) == "--as a is given to two steps"

    def test_a_count_of_one_is_not_written(self):
        """It is the default; none at all is something else."""
        assert [step("testapp.Book", count=count).count for count in (None, 0, 1, 2)] == [None, 0, None, 2]


class TestPaths:
    """`--a__b value`."""

    def test_one_value_below_a_relation_stays_a_path(self):
        """As it was typed, at any depth."""
        assert values("testapp.Visa", ("passport__author__name", "x")) == {"passport__author__name": Literal("x")}

    def test_several_values_below_a_relation_become_a_mapping(self):
        """Written once, in the order in which they came."""
        found = values(
            "testapp.Visa", ("passport__author__name", "x"), ("country", "FI"), ("passport__author__email", "a@b.de"),
            ("passport__number", "7"),
        )  # fmt: skip
        author = Mapping((Entry("name", Literal("x")), Entry("email", Literal("a@b.de"))))
        assert found == {
            "passport": Mapping((Entry("author", author), Entry("number", Literal("7")))),
            "country": Literal("FI"),
        }

    def test_a_pin_below_beside_a_value(self):
        """The related row is made, with a related row that exists."""
        assert values("testapp.Cover", ("book__author", "9"), ("book__title", "joe")) == {
            "book": Mapping((Entry("author", Pin(key=9)), Entry("title", Literal("joe"))))
        }

    @pytest.mark.parametrize(
        "fields",
        [
            [("book", "9"), ("book__title", "x")],
            [("book__title", "x"), ("book", "9")],
            [("book", "9"), ("book__author__name", "x")],
            [("book__author__name", "x"), ("book", "9")],
            [("book__author", "9"), ("book__author__name", "x")],
            [("book__author__name", "x"), ("book__author", "9")],
            [("book__author", "9"), ("book__author__email", "x"), ("book__delivery__plate", "x")],
            [("book", "@acme"), ("book__title", "x")],
            [("book", "title=x"), ("book__author", "9")],
        ],
    )
    def test_a_row_that_exists_cannot_be_customized(self, fields):
        """In any order, at any depth."""
        line = refused("testapp.Cover", *fields)
        assert line.startswith(f"--{fields[1][0]}: {UNSUPPORTED}. Leave out the row that is there, ")

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("titel", "--titel: testapp.Book has no field 'titel'. Did you mean 'title'?"),
            ("author__nam", "--author__nam: testapp.Author has no field 'nam'. Did you mean 'name'?"),
            ("coun", "--coun: testapp.Book has no field 'coun'. Did you mean --count?"),
            ("zzz", "--zzz: testapp.Book has no field 'zzz'."),
            ("", "--: testapp.Book has no field ''."),
            ("author__", "--author__: testapp.Author has no field ''."),
            ("__name", "--__name: testapp.Book has no field ''."),
            ("title__x", "--title__x: testapp.Book.title is not a relation to one row"),
            ("pk__x", "--pk__x: testapp.Book.pk is not a relation to one row"),
            ("_meta", "--_meta: testapp.Book has no field '_meta'."),
            ("save", "--save: testapp.Book has no field 'save'. Did you mean --save?"),
        ],
    )
    def test_a_path_that_leads_nowhere(self, path, message):
        """The word, the model, the nearest name; methods and the like are no fields."""
        assert refused("testapp.Book", (path, "x")) == message

    def test_rows_of_many_cannot_be_set_below(self):
        """Which of them would it be?"""
        assert refused("testapp.Album", ("genres__name", "x")) == (
            "--genres__name: testapp.Album.genres is not a relation to one row. Write --genres '!make {name: ...}'"
        )
        assert refused("testapp.Author", ("books__author__name", "x")) == (
            "--books__author__name: testapp.Author.books is not a relation to one row: it is the way back of "
            "testapp.Book.author. Write --books '!make {author__name: ...}'"
        )


class TestShares:
    """`--share path=n`."""

    def test_a_share_is_written_as_given(self):
        """Also below a relation, and below a reverse one."""
        assert step("testapp.Book", count=9, share={"author": 2}).share == Mapping((Entry("author", Literal(2, "2")),))
        assert step("testapp.Cover", count=9, share={"book__author": 2}).share
        assert step("testapp.Author", count=9, share={"books__imprint": 2}).share

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("autor", "--share autor: testapp.Book has no field 'autor'. Did you mean 'author'?"),
            ("author__x", "--share author__x: testapp.Author has no field 'x'."),
            ("title", "--share title: testapp.Book.title is not a relation to one row"),
            ("title__x", "--share title__x: testapp.Book.title is not a relation"),
            ("author__books", "--share author__books: testapp.Author.books is not a relation to one row"),
        ],
    )
    def test_a_share_of_something_else_is_refused(self, path, message):
        """It would say nothing, in silence."""
        assert refused("testapp.Book", share={path: 2}) == message


def test_dependencies_are_those_named_and_those_that_refs_lead_to():
    """Each once, sorted, wherever the ref stands."""
    steps = build(
        [
            StepArguments(model="testapp.Book", fields=[("author", "@b.b/x"), ("editor", "!pick a.a/x")]),
            StepArguments(model="testapp.Album", fields=[("genres", "!sample {of: c.c/x, count: 2}"), ("moods", "@y")]),
        ]
    ).steps
    assert dependencies(steps, ["d.d", "a.a"]) == tuple(map(Dependency, ("a.a", "b.b", "c.c", "d.d")))
    assert Ref(Target("x", None, "b.b")) in [entry.value for entry in steps[0].set]
    assert Pick(Target("x", None, "a.a")) in [entry.value for entry in steps[0].set]


class TestWordsOfAStep:
    """What else the command line says becomes a key of the step, or a shelf."""

    def test_rows_with_labels(self):
        """Each has its own values, on top of those of all."""
        found = step("testapp.Author", ("name", "x"), named={"anna": [("email", "a@b.de")], "bob": []})
        assert found.named == Mapping(
            (Entry("anna", Mapping((Entry("email", Literal("a@b.de")),))), Entry("bob", Mapping()))
        )
        assert (found.id, found.size) == ("authors", 2)
        below = step("testapp.Book", named={"x": [("author__name", "A"), ("author__email", "a@b.de")]})
        assert [entry.key for entry in below.named.entries[0].value] == ["author"]

    def test_shelves(self):
        """The default one and named ones; they are no steps."""
        built = build(
            [
                StepArguments(model="testapp.Author", shelve="", fields=[("name", "x")]),
                StepArguments(model="testapp.author", shelve="on sale", fields=[("name", "y")]),
                StepArguments(model="testapp.Author", use="on sale"),
            ]
        )
        assert [(shelf.model, shelf.name) for shelf in built.shelves] == [
            ("testapp.Author", ""), ("testapp.Author", "on sale"),
        ]  # fmt: skip
        assert built.shelves[1].set == Mapping((Entry("name", Literal("y")),))
        assert [(step.id, step.use) for step in built.steps] == [("author", "on sale")]

    def test_a_shelf_given_twice(self):
        """Of one model, one name."""
        shelf = StepArguments(model="testapp.Author", shelve="a", fields=[("name", "x")])
        assert refusal(shelf, shelf) == "--shelve a is given twice for testapp.Author"

    def test_other_keys(self):
        """They are written as they are typed."""
        found = step("testapp.Author", match=("email",), update=True, save="each", mute_signals=True)
        assert (found.match, found.update, found.save, found.mute_signals) == (("email",), True, "each", True)
        assert step("testapp.Author", get_or_create=("email",)).get_or_create == ("email",)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"match": ("nope",)}, "--match nope: testapp.Album has no field 'nope'."),
            ({"get_or_create": ("nope",)}, "--get-or-create nope: testapp.Album has no field 'nope'."),
            ({"match": ("genres",)}, "--match genres: testapp.Album.genres has several rows, so it identifies none"),
        ],
    )
    def test_fields_that_identify_nothing(self, options, message):
        """They have to be columns of the row."""
        assert refused("testapp.Album", **options).startswith(message)

    def test_dependencies_of_shelves(self):
        """Of those that are used, and of the values in those that are made."""
        shelf = Shelf("a.A", "x", Mapping((Entry("b", Ref(Target("s", None, "c.c"))),)))
        steps = [Step("a", make="a.A", use="d.d/on sale"), Step("b", make="a.A", use="x")]
        assert dependencies(steps, [], [shelf]) == (Dependency("c.c"), Dependency("d.d"))
