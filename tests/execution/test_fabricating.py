"""Steps whose rows a factory of the project makes."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from fixturekit.exceptions import PlanError, WriteFailed
from fixturekit.ledger import Ledger
from tests.recording.running import NOW, make
from tests.testapp.factories import AuthorFactory, BookFactory, ImprintFactory
from tests.testapp.models import Author, Book, Imprint, Person, Record

pytestmark = pytest.mark.django_db

F = "tests.testapp.factories"


def steps(*lines):
    return "now: 2026-11-01T09:00:00Z\nsteps:\n" + "".join(f"  - {line}\n" for line in lines)


def people():
    return list(Author.objects.order_by("pk").values_list("name", "email"))


class TestValues:
    """What the factory decides, and what the recipe gives it."""

    def test_rows_are_those_of_the_factory(self, recipes):
        """The same whatever ran before, and other names in other rows."""
        recipes.write("testapp.people", steps(f"{{id: people, factory: {F}.AuthorFactory, count: 3}}"))
        recipes.apply()
        first = people()
        assert [email for _, email in first] == [f"author{n}@example.com" for n in range(3)]
        assert len({name for name, _ in first}) == 3
        call_command("applyfixtures", "testapp", "zero", interactive=False, verbosity=0)
        AuthorFactory.create_batch(5)
        Author.objects.all().delete()
        recipes.apply()
        assert people() == first

    def test_fields_traits_and_parameters(self, recipes):
        """A field is converted as everywhere; the rest is the factory's own."""
        recipes.write(
            "testapp.people",
            steps(
                f"{{id: a, factory: {F}.AuthorFactory, set: {{name: 12, host: a.io}}}}",
                f"{{id: b, factory: {F}.AuthorFactory, set: {{famous: true, email: !seq 'x{{n}}@a.io'}}}}",
            ),
        )
        recipes.apply()
        assert people() == [("12", "author0@a.io"), ("Ann Famous", "x1@a.io")]

    def test_labelled_rows(self, recipes):
        """Each may have values of its own; the others keep the factory's."""
        recipes.write(
            "testapp.people",
            steps(
                f"{{id: a, factory: {F}.AuthorFactory, named: {{ann: {{name: Ann}}, bob: {{famous: true}}, cy: {{}}}}}}"
            ),
        )
        recipes.apply()
        names = [name for name, _ in people()]
        assert names[:2] == ["Ann", "Ann Famous"]
        assert names[2] not in names[:2]

    def test_values_of_related_rows(self, recipes):
        """Along the factories, as a path or as a mapping; rows that exist and rows of the recipe."""
        recipes.write(
            "testapp.books",
            steps(
                "{id: ann, make: testapp.Author, set: {name: Ann, email: ann@a.io}}",
                "{id: north, make: testapp.Imprint, set: {code: NO, name: N}}",
                f"{{id: mine, factory: {F}.BookFactory, set: {{author: !ref ann, imprint: !ref north}}}}",
                f"{{id: theirs, factory: {F}.BookFactory, count: 2, set: {{author__name: !seq 'A{{n}}', "
                "imprint: {code: !seq 'C{n}'}, edited: true}}",
            ),
        )
        recipes.apply()
        titles = list(Book.objects.order_by("pk").values_list("title", "author__name", "imprint_id", "editor__name"))
        assert titles == [
            ("Ann: a life", "Ann", "NO", None),
            ("A1: a life", "A1", "C1", "Ed"),
            ("A2: a life", "A2", "C2", "Ed"),
        ]

    def test_what_happens_afterwards(self, recipes):
        """A post-generation hook gets what the recipe gives it."""
        recipes.write("testapp.book", steps(f"{{id: b, factory: {F}.BookFactory, set: {{translations_of: Zoe}}}}"))
        recipes.apply()
        assert Book.objects.get().author.name == "Zoe"

    def test_clocks_say_the_recipes(self, recipes):
        """`auto_now`, `auto_now_add` and `default=timezone.now`."""
        recipes.write("testapp.r", steps(f"{{id: r, factory: {F}.RecordFactory}}"))
        recipes.apply()
        record = Record.objects.get()
        assert {f"{record.created_at:%F %T}", f"{record.updated_at:%F %T}", f"{record.noted_at:%F %T}"} == {
            "2026-11-01 09:00:00"
        }

    def test_two_steps_of_one_factory_share_a_sequence(self, recipes):
        """The second begins where the first may end, unless `from` says where."""
        recipes.write(
            "testapp.people",
            steps(
                f"{{id: a, factory: {F}.AuthorFactory, count: 2}}",
                f"{{id: b, factory: {F}.AuthorFactory}}",
                f"{{id: c, factory: {F}.AuthorFactory, from: 70}}",
            ),
        )
        recipes.apply()
        assert [email for _, email in people()] == [f"author{n}@example.com" for n in (0, 1, 2, 70)]

    def test_counters_are_put_back(self, recipes):
        """What tests of the project draw next is what they would have drawn."""
        before = [factory._meta.next_sequence() for factory in (AuthorFactory, ImprintFactory)]
        recipes.write("testapp.books", steps(f"{{id: b, factory: {F}.BookFactory, count: 4}}"))
        recipes.apply()
        assert [factory._meta.next_sequence() for factory in (AuthorFactory, ImprintFactory)] == [
            number + 1 for number in before
        ]
        assert BookFactory._meta.counter_reference is BookFactory._meta


class TestRows:
    """What becomes of them."""

    def test_other_recipes_refer_to_them(self, recipes):
        """By address; and rows of its own may hang on them."""
        recipes.write(
            "testapp.people", steps(f"{{id: people, factory: {F}.AuthorFactory, count: 3, set: {{desk: {{room: A}}}}}}")
        )
        recipes.write(
            "testapp.books",
            "depends_on: [testapp.people]\n"
            + steps("{id: b, make: testapp.Book, count: 3, set: {author: !ref testapp.people/people}}"),
        )
        recipes.apply()
        emails = list(Book.objects.order_by("pk").values_list("author__email", flat=True))
        assert emails == [f"author{n}@example.com" for n in range(3)]
        assert Author.objects.filter(desk__room="A").count() == 3

    def test_they_are_removed_with_all_that_was_made_meanwhile(self, recipes):
        """Rows of other factories are side rows."""
        recipes.write("testapp.books", steps(f"{{id: b, factory: {F}.BookFactory, count: 2}}"))
        recipes.apply()
        assert (Book.objects.count(), Author.objects.count(), Imprint.objects.count()) == (2, 2, 2)
        call_command("applyfixtures", "testapp", "zero", interactive=False, verbosity=0)
        assert (Book.objects.count(), Author.objects.count(), Imprint.objects.count()) == (0, 0, 0)

    def test_links_that_were_made_meanwhile_are_removed(self, recipes):
        """Whichever end they were added to; a symmetrical link both ways."""
        recipes.write("testapp.people", steps(f"{{id: p, factory: {F}.PersonFactory, count: 2}}"))
        recipes.apply()
        friends, follows = Person.friends.through.objects, Person.follows.through.objects
        assert (Person.objects.count(), friends.count(), follows.count()) == (6, 8, 4)
        call_command("applyfixtures", "testapp", "zero", interactive=False, verbosity=0)
        assert (Person.objects.count(), friends.count(), follows.count()) == (0, 0, 0)

    def test_a_row_that_the_database_refuses(self, recipes):
        """The message names step, row and field."""
        Author.objects.create(name="Ann", email="author1@example.com")
        recipes.write("testapp.people", steps(f"{{id: people, factory: {F}.AuthorFactory, count: 3}}"))
        with pytest.raises(WriteFailed, match=r"step 'people', row 1, testapp\.Author"):
            recipes.apply()
        assert Author.objects.count() == 1

    def test_a_factory_that_finds_a_row(self, recipes):
        """Nothing is taken for made that was there before."""
        Author.objects.create(name="Ann", email="ann@a.io")
        recipes.write("testapp.people", steps(f"{{id: people, factory: {F}.FirstAuthorFactory}}"))
        with pytest.raises(WriteFailed, match="FirstAuthorFactory returned a row that was there before"):
            recipes.apply()


class TestRecording:
    """`makefixture --factory`."""

    def test_from_command_to_rows(self, recipes):
        """Recorded, applied, verified; recording again gives the same bytes."""
        words = (NOW, "testapp.books", "--factory", f"{F}.BookFactory", "--count", "3", "--author__host", "b.io",
                 "--edited", "true")  # fmt: skip
        run = make(*words)
        text = (recipes.root / "testapp" / "0001_books.yaml").read_text("utf-8")
        assert f"    + 3 {F}.BookFactory" in run.out
        assert (
            f"    factory: {F}.BookFactory\n    count: 3\n    set:\n      author__host: b.io\n      edited: true\n"
            in text
        )
        assert "  with: {Faker: " in text
        (recipes.root / "testapp" / "0001_books.yaml").unlink()
        make(*words)
        assert (recipes.root / "testapp" / "0001_books.yaml").read_text("utf-8") == text
        assert [outcome.differing for outcome in recipes.apply()] == [()]
        call_command("applyfixtures", "testapp", "books", verify=True, verbosity=0)
        assert Author.objects.filter(email__endswith="@b.io").count() == 3

    def test_recipes_of_one_factory_do_not_meet(self, recipes):
        """The recorder writes `from` where another recipe has the numbers."""
        make(NOW, "testapp.one", "--factory", f"{F}.AuthorFactory", "--count", "3")
        make(NOW, "testapp.two", "--factory", f"{F}.AuthorFactory", "--count", "2")
        assert "    from: 3\n" in (recipes.root / "testapp" / "0002_two.yaml").read_text("utf-8")
        recipes.apply()
        assert Author.objects.count() == 5

    def test_an_unstable_declaration_is_named(self, recipes):
        """With its kind."""
        with pytest.raises(CommandError) as caught:
            make(NOW, "--factory", f"{F}.CountingNoteFactory")
        assert f"note.title: set by {F}.CountingNoteFactory, its title is a LazyFunction" in str(caught.value)

    def test_a_declaration_that_reads_the_environment_is_named(self, recipes, monkeypatch):
        """With the variable."""
        monkeypatch.setenv("SHOP_REGION", "north")
        with pytest.raises(CommandError) as caught:
            make(NOW, "--factory", f"{F}.PlacedNoteFactory")
        assert f"note.title: set by {F}.PlacedNoteFactory, its title is a LazyFunction" in str(caught.value)
        assert "the environment variables SHOP_REGION" in str(caught.value)

    @pytest.mark.parametrize(
        ("factory", "message"),
        [
            ("shop.factories.X", "Provided factory: there is no factory shop.factories.X: No module named 'shop'"),
            (f"{F}.Nothing", f'Provided factory: there is no factory {F}.Nothing: Module "{F}" does not define'),
            (f"{F}.AbstractFactory", f"{F}.AbstractFactory is no DjangoModelFactory with a model"),
            (f"{F}.DictFactory", f"{F}.DictFactory is no DjangoModelFactory with a model"),
            (f"{F}.NUMBERS", f"{F}.NUMBERS is no DjangoModelFactory with a model"),
            (f"{F}.FoundAuthorFactory", "may find rows instead of making them (django_get_or_create: email)"),
        ],
    )
    def test_what_is_no_factory(self, recipes, factory, message):
        """Said before anything is made."""
        with pytest.raises(CommandError) as caught:
            make(NOW, "--factory", factory)
        assert message in str(caught.value)


class TestProblems:
    """Found while planning, each with its place."""

    @pytest.mark.parametrize(
        ("step", "message"),
        [
            (
                "{id: a, factory: x.Y}",
                "steps[0].factory: there is no factory x.Y: No module named 'x' (fixturekit.E110)",
            ),
            (
                f"{{id: a, factory: {F}.AuthorFactory, set: {{nmae: x}}}}",
                "testapp.Author has no field 'nmae' (fixturekit.E013)",
            ),
            (
                f"{{id: a, factory: {F}.AuthorFactory, save: stream}}",
                "a factory saves its rows itself, so 'save: stream'",
            ),
            (
                f"{{id: a, factory: {F}.AuthorFactory, set: {{famous: !seq 'x{{n}}'}}}}",
                "famous is no field, so it takes a plain",
            ),
            (f"{{id: a, factory: {F}.BookFactory, set: {{author__email: nobody}}}}", "Enter a valid email address"),
            (
                f"{{id: a, factory: {F}.BookFactory, set: {{author: !pin 1, author__name: x}}}}",
                "testapp.Book.author is given as a whole and customized as well (fixturekit.E042)",
            ),
        ],
    )
    def test_messages(self, recipes, step, message):
        """The fact with the offending value."""
        recipes.write("testapp.x", steps(step))
        with pytest.raises(PlanError) as caught:
            recipes.apply()
        assert message in str(caught.value)

    def test_the_ledger_knows_the_model(self, recipes):
        """Of the rows, whoever made them."""
        recipes.write("testapp.people", steps(f"{{id: people, factory: {F}.AuthorFactory, count: 3}}"))
        applier = recipes.applier()
        applier.apply(["testapp.people"])
        (batch,) = Ledger(applier.connection).batches("testapp.people")
        assert (batch.model, len(batch.keys)) == ("testapp.Author", 3)
