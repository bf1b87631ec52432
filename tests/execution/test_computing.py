"""Values that are computed row by row: from other fields, from rows that a row points to, by functions."""

from __future__ import annotations

import random
import re

import pytest
from django.db import connection

from fixturekit.exceptions import PlanError, WriteFailed
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.testapp import values
from tests.testapp.models import Author, Book, Event, Folder, Measure, Note, Preference, Price, SportsCar

pytestmark = pytest.mark.django_db
CALL = "!call tests.testapp.values"
HEAD = "seed: s\nnow: 2026-11-20T09:30:00+02:00\n"


def apply(recipes, text, name="testapp.rows"):
    recipes.write(name, HEAD + "steps:\n" + text)
    recipes.apply(name)


def step(model, setting, *, count=3, more=""):
    body = "".join(f"      {line}\n" for line in setting.splitlines())
    return f"  - id: a\n    make: testapp.{model}\n    count: {count}\n{more}    set:\n{body}"


def column(recipes, model, setting, name, **options):
    """The values of one column in row order."""
    apply(recipes, step(model.__name__, setting, **options))
    return list(model._base_manager.order_by("pk").values_list(name, flat=True))


def refused(recipes, model, setting, **options):
    with pytest.raises(WriteFailed) as caught:
        apply(recipes, step(model, setting, **options))
    return caught.value


class TestJinja:
    @pytest.mark.parametrize(
        ("model", "setting", "name", "expected"),
        [
            (Note, "title: !jinja 'T{{ n }}/{{ count }}'", "title", ["T1/3", "T2/3", "T3/3"]),
            (Note, "title: !jinja '{{ n }}'", "title", ["1", "2", "3"]),
            (Measure, "whole: !jinja '{{ n * 10 }}'", "whole", [10, 20, 30]),
            (Measure, "whole: !jinja '{{ n }}0'", "whole", [10, 20, 30]),
            (Note, "nickname: !jinja '{{ none if n == 2 else n }}'", "nickname", ["1", None, "3"]),
            (Note, "title: !jinja '{{ row.sentence|upper }}'\nsentence: ab", "title", ["AB"] * 3),
            (Note, "title: !jinja '{{ now.hour }}'", "title", ["7"] * 3),
        ],
    )  # fmt: skip
    def test_values(self, recipes, model, setting, name, expected):
        """The field converts what an expression gives."""
        assert column(recipes, model, setting, name) == expected

    def test_types(self, recipes):
        """Decimals, days, structures keep their types on the way."""
        apply(recipes, step("Price", "amount: !jinja '{{ row.fee * 2 }}'\nfee: '1.25'", count=1))
        assert [str(price.amount) for price in Price.objects.all()] == ["2.50"]
        apply(recipes, step("Preference", "payload: !jinja \"{{ {'n': n, 'tags': ['a']} }}\"", count=1), "testapp.more")
        assert [found.payload for found in Preference.objects.all()] == [{"n": 1, "tags": ["a"]}]
        apply(recipes, step("Event", "day: !jinja '{{ now - days(n) }}'", count=1), "testapp.days")
        assert [str(event.day) for event in Event.objects.all()] == ["2026-11-19"]

    def test_drawn(self, recipes):
        """Picks are drawn for each row and each call, and the same again."""
        setting = "title: !jinja \"{{ pick(['a', 'b', 'c']) }}{{ pick(['a', 'b', 'c']) }}\""
        found = column(recipes, Note, setting, "title", count=60)
        assert {text[0] for text in found} == {text[1] for text in found} == {"a", "b", "c"}
        assert len(set(found)) == 9
        recipes.applier().remove(["testapp.rows"])
        assert column(recipes, Note, setting, "title", count=50) == found[:50]

    def test_faker(self, recipes):
        """Providers draw for the cell; what else the process draws from is left alone."""
        random.seed(3)
        before = random.getstate()
        found = column(recipes, Author, "email: !jinja '{{ fake.user_name() }}{{ n }}@example.com'", "email", count=20)
        assert random.getstate() == before
        assert all(re.fullmatch(r"[\w.]+@example\.com", email) for email in found)
        recipes.applier().remove(["testapp.rows"])
        again = column(recipes, Author, "email: !jinja '{{ fake.user_name() }}{{ n }}@example.com'", "email", count=5)
        assert again == found[:5]

    def test_related_rows(self, recipes):
        """A row reads the rows that it points to: shared, picked, in several steps, with their keys."""
        text = """
  - {id: authors, make: testapp.Author, count: 5, set: {name: !jinja "A{{ n }}"}}
  - id: books
    make: testapp.Book
    count: 3000
    set:
      author: !pick authors
      editor: !choice [!ref "authors[4]", null]
      title: !jsn
  - {id: covers, make: testapp.Cover, count: 3000, set: {book: !ref books, colour: !jinja "{{ row.book.author.name }}"}}
""".replace(
            "!jsn",
            '!jinja "{{ row.author.name }}{{ row.author.pk }}{{ row.author_id }}{{ row.editor.name if row.editor }}"',
        )
        text = text.replace("row.editor }}", "row.editor else '' }}")
        apply(recipes, text)
        books = Book.objects.select_related("author", "editor", "cover")
        assert books.count() == 3000
        for book in books:
            editor = book.editor.name if book.editor else ""
            assert book.title == f"{book.author.name}{book.author_id}{book.author_id}{editor}"
            assert book.cover.colour == book.author.name
        assert books.filter(editor=None).exists()
        assert {book.editor.name for book in books if book.editor} == {"A5"}

    def test_other_tables(self, recipes):
        """The row of a multi-table model is one, whichever table a field lies in."""
        setting = "plate: !jinja '{{ row.top_speed }}-{{ n }}'\nwheels: !jinja '{{ row.doors + 1 }}'\ntop_speed: !jinja '{{ 100 + n }}'"
        apply(recipes, step("SportsCar", setting))
        for number, car in enumerate(SportsCar.objects.order_by("pk"), 1):
            assert (car.plate, car.top_speed, car.wheels) == (f"{100 + number}-{number}", 100 + number, car.doors + 1)

    def test_earlier_rows(self, recipes):
        """A tree says where it stands."""
        setting = "parent: !pick a\nname: !jinja \"{{ row.parent.name ~ '.' if row.parent else '' }}{{ n % 10 }}\""
        apply(recipes, step("Folder", setting, count=30))
        for number, folder in enumerate(Folder.objects.order_by("pk"), 1):
            assert folder.name == f"{folder.parent.name + '.' if folder.parent else ''}{number % 10}"

    def test_pinned_rows(self, recipes):
        """An existing row says what its fields hold."""
        author = Author.objects.create(name="Ann", email="ann@example.com")
        setting = "author: !pin {email: ann@example.com}\ntitle: !jinja '{{ row.author.name }} {{ row.author.email }} {{ row.author.pk }}'"
        assert column(recipes, Book, setting, "title", count=1) == [f"Ann ann@example.com {author.pk}"]

    def test_rows_of_other_recipes(self, recipes):
        """So do rows that another recipe made, in one query for each field."""
        recipes.write("testapp.people", "steps:\n  - {id: people, make: testapp.Author, count: 4}\n")
        text = step(
            "Book",
            "author: !ref testapp.people/people\ntitle: !jinja '{{ row.author.name[:20] }} {{ row.author.pk }}'",
            count=8,
        )
        recipes.write("testapp.rows", f"depends_on: [testapp.people]\nsteps:\n{text}")
        recipes.apply()
        for book in Book.objects.select_related("author"):
            assert book.title == f"{book.author.name[:20]} {book.author.pk}"

    def test_ways(self, recipes):
        """Every way of writing gives the same values, also those that are generated and read."""
        setting = "title: !jinja '{{ row.author.name[:20] }} {{ row.author.email[:5] }} {{ pick([1, 2, 3]) }}'"
        found = []
        for way in ("stream", "bulk", "each"):
            apply(recipes, step("Book", setting, count=10, more=f"    save: {way}\n"))
            books = Book.objects.order_by("pk").select_related("author")
            assert all(book.title[:-2] == f"{book.author.name[:20]} {book.author.email[:5]}" for book in books)
            assert list(verify(recipes.applier(), "testapp.rows")) == []
            found.append(Ledger(connection).digests("testapp.rows"))
            recipes.applier().remove(["testapp.rows"])
        assert found[0] == found[1] == found[2]

    def test_labels(self, recipes):
        """Labelled rows have their own expressions; a label more moves no draw."""
        setting = "title: !jinja '{{ pick([1, 2, 3, 4, 5, 6, 7, 8, 9]) }}'"
        text = "  - id: a\n    make: testapp.Note\n    set: {%s}\n    named:\n      %s\n"
        labels = [f"r{number}: {{}}" for number in range(20)] + [
            "x: {title: !jinja 'x{{ n }} {{ row.sentence }}', sentence: s}"
        ]
        apply(recipes, text % (setting, "\n      ".join(labels)))
        before = list(Note.objects.order_by("pk").values_list("title", flat=True))
        assert before[-1] == "x21 s"
        recipes.applier().remove(["testapp.rows"])
        apply(recipes, text % (setting, "\n      ".join(["new: {}", *labels[:-1]])))
        assert list(Note.objects.order_by("pk").values_list("title", flat=True))[1:] == before[:-1]

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ("letter: !jinja 'no'", "testapp.Note.letter: 'no': Ensure this value has at most 1 character"),
            ("title: !jinja '{{ row.nickname }}'", "testapp.Note.title: None: This field cannot be null."),
            ("title: !jinja '{{ 1 / (n - 2) }}'", "row 1, testapp.Note.title: {{ 1 / (n - 2) }} gives no value: ZeroDivisionError"),
            ("title: !jinja '{{ row.memo.x }}'", "testapp.Note.title: {{ row.memo.x }} gives no value: UndefinedError"),
            ("title: !jinja \"{{ 'x' * 10 ** 9 }}\"", "SecurityError: the result would have 1000000000 characters"),
            ("title: !jinja '{{ pick([]) }}'", "pick takes a list with something in it"),
            ("title: !jinja '{{ fake.sentence(nb_words=10 ** 6) }}'", "nb_words=1000000 is too much"),
        ],
    )  # fmt: skip
    def test_refused(self, recipes, setting, message):
        """What cannot be evaluated, or does not fit, is told with row and field; nothing is written."""
        error = refused(recipes, "Note", setting)
        assert message in str(error)
        assert error.row is not None
        assert error.field == setting.partition(":")[0]
        assert not Note.objects.exists()

    def test_unique(self, recipes):
        """Values that turn out not to differ are refused by the database, with row and field."""
        error = refused(recipes, "Author", "email: !jinja 'x{{ n // 3 }}@example.com'", count=5)
        assert (error.field, error.row) == ("email", 1)
        assert "x0@example.com" not in str(error)

    def test_choice(self, recipes):
        """One of several ways to get a value, drawn; those in blocks and those row by row."""
        setting = "title: !choice [!mask '##', x, !jinja 'n{{ n }}', !call tests.testapp.values.alone]"
        found = column(recipes, Note, setting, "title", count=200)
        assert all(re.fullmatch(r"\d\d|x|title!", text) or text == f"n{n}" for n, text in enumerate(found, 1))
        assert {"x", "title!"} < set(found)
        assert list(verify(recipes.applier(), "testapp.rows")) == []


class TestCall:
    def test_row(self, recipes):
        """A function sees the row's number, its fields, its own randomness; the shared one is set for the cell."""
        setting = f"title: {CALL}.numbered\nsentence: {CALL}.alone"
        random.seed(3)
        before = random.getstate()
        found = column(recipes, Note, setting, "title", count=5)
        assert random.getstate() == before
        assert [text.split()[0] for text in found] == list("12345")
        assert len({text.split()[1] for text in found}) > 2
        assert len({text.split()[2] for text in found}) > 2
        assert set(Note.objects.values_list("sentence", flat=True)) == {"sentence!"}
        recipes.applier().remove(["testapp.rows"])
        assert column(recipes, Note, setting, "title", count=2) == found[:2]

    def test_related(self, recipes):
        """It follows relations, to made and to existing rows, by attribute or by item."""
        Author.objects.create(name="Ann", email="ann@example.com")
        apply(
            recipes,
            "  - {id: i, make: testapp.Imprint, set: {name: Press}}\n"
            f"  - {{id: a, make: testapp.Book, set: {{imprint: !ref i, author: !pin {{name: Ann}}, title: {CALL}.writer}}}}\n",
        )
        assert Book.objects.get().title == "Ann of Press"

    def test_rows_of_other_recipes(self, recipes):
        """What it reads of rows that another recipe made is read when it asks."""
        recipes.write("testapp.people", "steps:\n  - {id: people, make: testapp.Author, count: 4}\n")
        text = step("Book", f"author: !ref testapp.people/people\ntitle: {CALL}.email", count=3000)
        recipes.write("testapp.rows", f"depends_on: [testapp.people]\nsteps:\n{text}")
        recipes.apply()
        assert all(book.title == str(book.author_id) for book in Book.objects.all())

    def test_called_once(self, recipes):
        """A function that is not pure gives the same value to the database, the digest and whoever reads it."""
        values.CALLS.clear()
        setting = f"title: {CALL}.counted\nsentence: !jinja '{{{{ row.title }}}}'\nbody: !copy title"
        apply(recipes, step("Note", setting, count=3))
        assert sorted(values.CALLS) == [1, 2, 3]
        for note in Note.objects.all():
            assert note.title == note.sentence == note.body

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("broken", "row 2, testapp.Note.title: !call tests.testapp.values.broken gives no value: ZeroDivisionError: division"),
            ("several", "row 0, testapp.Note.title: !call tests.testapp.values.several gives no value: ValueError: a set has no order"),
            ("own_key", "testapp.Note.id is counted by the database: it is known only when the row is written"),
            ("shout", "testapp.Note has no field 'name'. Did you mean 'nickname'?"),
        ],
    )  # fmt: skip
    def test_refused(self, recipes, name, message):
        """What it raises is told with row, field and function."""
        error = refused(recipes, "Note", f"title: {CALL}.{name}")
        assert message in str(error)
        assert error.field == "title"

    def test_circle(self, recipes):
        """Functions that read each other's fields are found when they do."""
        error = refused(recipes, "Note", f"title: {CALL}.title\nsentence: !jinja '{{{{ row.title }}}}'")
        assert "values read each other in a circle: title -> sentence -> title" in str(error)


def test_fake_is_refused_with_row_and_provider(recipes):
    """A value that the field does not take is told with row, field and provider."""
    error = refused(recipes, "Note", "letter: !fake {random_element: {elements: [a, b, cc]}}", count=50)
    assert error.field == "letter"
    assert error.row is not None
    assert "!fake random_element gives no value: 'cc': Ensure this value has at most 1 character" in str(error)


def test_taken_masks_give_way(recipes):
    """A text of a mask that an existing row has is replaced like any generated one."""
    Author.objects.bulk_create(Author(name="x", email=f"{n}@example.com") for n in range(5))
    apply(recipes, step("Author", "email: !mask '#@example.com'", count=5))
    assert Author.objects.count() == 10
    with pytest.raises(PlanError, match="E057"):
        apply(recipes, step("Author", "email: !mask '#@example.com'", count=5), "testapp.more")
