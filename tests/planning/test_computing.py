"""Values that are computed: what is refused before a row is made, and what is read for them."""

from __future__ import annotations

import pytest

from fixturekit.planning.functions import NoFunction, find_function
from fixturekit.planning.plan import outside
from fixturekit.values.sources import Called, Drawn, Mixed, Outside, Templated
from tests.planning.support import batches, column, planned, problem, problems, step


def lane(source):
    assert isinstance(source, (Drawn, Templated, Called))
    return source.lane


def said(model, setting, *, count=3):
    """The only problem, from the id on back: message, id, hint."""
    line = problem(step(f"testapp.{model}", setting, count=count))
    place, _, rest = line.partition(": ")
    assert place.startswith(("x.yaml:6:", "x.yaml:7:"))
    return rest


class TestFake:
    def test_source(self):
        """A provider with its arguments, in the locale of the recipe."""
        args = (("arguments", (("nb_words", 3),)), ("locale", "en_US"), ("provider", "sentence"))
        setting = "sentence: !fake {sentence: {nb_words: 3}}"
        assert column("testapp.Note", setting, "sentence") == Drawn("fake", "sentence", args)

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            (
                "title: !fake compny",
                "Faker has no provider 'compny' in en_US (fixturekit.E074). Did you mean 'company'?",
            ),
            ("title: !fake seed_instance", "Faker has no provider 'seed_instance' in en_US (fixturekit.E074)."),
            ("title: !fake {word: {wrods: 1}}", "got an unexpected keyword argument 'wrods' (fixturekit.E074)."),
            ("title: !fake {word: {ext_word_list: !now }}", "!now is not a literal (fixturekit.E074)."),
            (
                "title: !fake {date_between: {start_date: 2026-02-30}}",
                "day is out of range for month (fixturekit.E074).",
            ),
            ("title: !fake {pystr: {min_chars: 300000000, max_chars: 300000000}}", "min_chars=300000000 is too much"),
            ("title: !fake {paragraphs: {nb: 1001}}", "nb=1001 is too much: 1000 at most (fixturekit.E074)."),
            (
                "title: !fake {texts: {nb_texts: 1000, max_nb_chars: 1000}}",
                "1000 texts of 1000 characters are too much",
            ),
            ("title: !fake {image: {size: [9, 99999]}}", "size=99999 is too much"),
            (
                "title: !fake {pystr_format: {string_format: '{{__class__}}'}}",
                "string_format has Faker run what it names",
            ),
            ("title: !fake {csv: {data_columns: ['{{binary}}']}}", "data_columns has Faker run what it names"),
            ("title: !fake {pylist: {value_types: [int, binary]}}", "value_types names 'binary'"),
            ("title: !fake {pydict: {allowed_types: [__class__]}}", "allowed_types names '__class__'"),
            ("title: !fake time_series", "a generator is no value"),
            ("letter: !fake company", "Ensure this value has at most 1 character"),
            ("title: !fake pyset", "!fake pyset gives no value for it: a set has no order"),
            ("title: !fake {date_between: {start_date: x}}", "Can't parse date string"),
        ],
    )
    def test_refused(self, setting, message):
        """Unknown providers, arguments that they do not take, values that the field does not take."""
        assert message in said("Note", setting)

    def test_days(self):
        """Where Faker asks for a date, a day is one."""
        setting = "day: !fake {date_between: {start_date: 2026-02-01, end_date: 2026-02-03}}"
        assert "datetime.date(2026, 2, 1)" in repr(column("testapp.Event", setting, "day"))

    def test_unique(self):
        """Faker cannot promise different values."""
        line = said("Author", "email: !fake email")
        assert "must be different in 3 rows, and Faker may give the same value twice (fixturekit.E045)" in line
        assert "!jinja" in line
        assert column("testapp.Author", "email: !fake email", "email", count=1)

    def test_unique_together(self):
        """In a set of several columns the others have to differ."""
        text = "course: {name: x}\ntitle: !fake word"
        assert batches(step("testapp.Lesson", text))["a"]["title"]  # one course each
        assert "Faker may give" in problem(
            "- {id: c, make: testapp.Course}\n"
            "- {id: a, make: testapp.Lesson, count: 3, set: {course: !ref c, title: !fake word}}"
        )


class TestJinja:
    def test_source(self):
        """The text as it is written; a locale only where Faker is asked."""
        assert column("testapp.Note", "title: !jinja 'T{{ n }}'", "title") == Templated("T{{ n }}", "title")
        found = column("testapp.Note", "title: !jinja '{{ fake.word() }}'", "title")
        assert found == Templated("{{ fake.word() }}", "title", "en_US")

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ("title: !jinja '{{ n + }}'", "fixturekit.E072"),
            ("title: !jinja '{{ raw }}'", "there is no 'raw' in an expression (fixturekit.E072). Did you mean 'row'?"),
            ("title: !jinja '{{ x }}'", "There are n, count, row, fake, now, days, pick."),
            ("title: !jinja '{{ n|uper }}'", "there is no filter 'uper' in an expression (fixturekit.E072). Did you mean 'upper'?"),
            ("title: !jinja '{% for x in [1] %}{% endfor %}'", "the only statement of an expression is {% if %}"),
            ("title: !jinja '{{ row.sentense }}'", "testapp.Note has no field 'sentense' (fixturekit.E013). Did you mean 'sentence'?"),
            ("title: !jinja '{{ fake.compny() }}'", "there is no 'fake.compny' in an expression (fixturekit.E074). Did you mean 'company'?"),
            ("title: !jinja '{{ row.id }}'", "row.id cannot be read: the database counts it"),
            ("title: !jinja '{{ row.pk }}'", "row.pk cannot be read: the database counts it"),
            ("title: !jinja '{{ row.title }}'", "values read each other in a circle: title -> title (fixturekit.E073)."),
        ],
    )  # fmt: skip
    def test_refused(self, setting, message):
        """What is no expression, or names what there is not."""
        assert message in said("Note", setting)

    def test_refused_relations(self):
        """Paths are followed along relations."""
        assert "testapp.Author has no field 'nam' (fixturekit.E013)" in said(
            "Book", "title: !jinja '{{ row.author.nam }}'"
        )
        assert "leads to several rows" in said("Book", "title: !jinja '{{ row.author.books }}'")

    def test_circles(self):
        """Expressions and copies that read each other, also through other rows, are named."""
        lines = problems(
            step(
                "testapp.Note",
                "title: !jinja '{{ row.sentence }}'\nsentence: !jinja '{{ row.body }}'\nbody: !copy title",
            )
        )
        assert len(lines) == 1
        assert "title -> sentence -> body -> title (fixturekit.E073)" in lines[0]

    def test_no_circle(self):
        """A row may read the rows that were made before it."""
        text = "parent: !pick a\nname: !jinja '{{ row.parent.name if row.parent else n }}'"
        assert batches(step("testapp.Folder", text))

    def test_needs(self):
        """What rows of other recipes say is read before anything is written."""
        others = {"testapp.people": "- {id: authors, make: testapp.Author, count: 3}"}
        text = """
            depends_on: [testapp.people]
            steps:
              - {id: books, make: testapp.Book, set: {author: !ref testapp.people/authors}}
              - id: covers
                make: testapp.Cover
                set: {book: !ref books, colour: !jinja "{{ row.book.author.name }}{{ row.book.author.pk }}"}
        """
        found = {batch.id: batch for batch in planned(text, others=others).plan.batches}["covers"]
        colour = found.column("colour")
        assert colour is not None
        assert [(need.recipe, need.step, need.field) for need in outside(colour.source)] == [
            ("testapp.people", "authors", "name"),
            ("testapp.people", "authors", "id"),
        ]
        assert all(isinstance(need, Outside) for need in outside(colour.source))

    def test_beyond_existing_rows(self):
        """An existing row says what its own fields hold."""
        text = "book: !pin 1\ncolour: !jinja '{{ row.book.author.name }}'"
        assert "row.book exists already, and only its own fields can be read (fixturekit.E076)" in said(
            "Cover", text, count=1
        )
        assert column("testapp.Cover", "book: !pin 1\ncolour: !jinja '{{ row.book.author_id }}'", "colour", count=1)

    def test_filled_by_the_database(self):
        """Neither can what the database fills."""
        line = said("Sensor", "label: !jinja '{{ row.kind }}'")
        assert "row.kind cannot be read: the database fills it (fixturekit.E076)" in line


class TestCall:
    def test_source(self):
        """A function by its path."""
        found = column("testapp.Note", "title: !call tests.testapp.values.alone", "title")
        assert found == Called("tests.testapp.values.alone", "title")

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("os.path.join", "os.path.join does not lie in an installed app (fixturekit.E075). Write a function"),
            ("tests.testapp_values.x", "does not lie in an installed app"),
            ("tests.testapp.values.shoot", "tests.testapp.values has no function 'shoot'"),
            ("tests.testapp.values.NO_FUNCTION", "has no function 'NO_FUNCTION'"),
            ("tests.testapp.nowhere.f", "tests.testapp.nowhere cannot be imported: ModuleNotFoundError"),
            ("tests.testapp.values.three", "is called with (field, row), or with (field), and takes neither"),
        ],
    )
    def test_refused(self, path, message):
        """Found while planning, in an installed app only."""
        assert message in said("Note", f"title: !call {path}")

    def test_functions(self):
        """The row is given to those that take it."""
        assert find_function("tests.testapp.values.alone")[1] is False
        assert find_function("tests.testapp.values.shout")[1] is True
        with pytest.raises(NoFunction):
            find_function("tests.testapp.values.nothing")


@pytest.mark.parametrize("value", ["!mask '##'", "!fake word", "!jinja '{{ n }}'", "!call tests.testapp.values.alone"])
class TestEverywhere:
    """A computed value stands wherever a plain field takes a value."""

    def test_set(self, value):
        """In a step, of its own rows and of those that they need."""
        found = batches(step("testapp.Book", f"title: {value}\nauthor__name: {value}"))
        assert type(found["a"]["title"]) is type(found["a/author"]["name"])
        assert lane(found["a/author"]["name"]) == "author.name"

    def test_labels(self, value):
        """In a labelled row."""
        found = batches(f"- {{id: a, make: testapp.Note, named: {{x: {{title: {value}}}, y: {{title: z}}}}}}")
        assert isinstance(found["a"]["title"], Mixed)

    def test_choice(self, value):
        """As one of several."""
        found = column("testapp.Note", f"title: !choice [{value}, x]", "title")
        assert isinstance(found, Mixed)
        assert lane(found.sources[0]) == "title[0]"

    def test_made(self, value):
        """In rows that a relation makes."""
        found = batches(step("testapp.Author", f"books: !make {{count: 2, title: {value}}}"))
        assert lane(found["a/books"]["title"]) == "books.title"

    def test_reverse(self, value):
        """And in a list of them."""
        found = batches(step("testapp.Author", f"books: [{{title: {value}}}]"))
        assert lane(found["a/books[0]"]["title"]) == "books[0].title"
