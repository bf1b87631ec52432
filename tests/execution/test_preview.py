"""The first rows of a plan, without a database."""

from __future__ import annotations

from fixturekit.execution.preview import preview
from tests.planning.support import planned, step


def shown(text, rows=3):
    """Step -> field -> the cells of the first rows."""
    found = {}
    for part in preview(planned(text).plan, rows):
        cells = list(zip(*part.rows, strict=True))
        found[part.step] = dict(zip(part.fields, cells, strict=True))
    return found


def test_steps():
    """Each step has its own rows, at most so many; what they need is not a step."""
    first, second = preview(planned("- {id: a, make: testapp.Book, count: 9}\n- {id: b, make: testapp.Note}").plan, 4)
    assert (first.step, first.model, first.count, len(first.rows)) == ("a", "testapp.Book", 9, 4)
    assert (second.step, second.model, second.count, len(second.rows)) == ("b", "testapp.Note", 1, 1)


def test_values():
    """Values are texts, empty ones a dash, copies what they copy."""
    found = shown(step("testapp.Note", "title: !seq 'T{n}'\nsentence: !copy title\ncode: x"))["a"]
    assert found["title"] == found["sentence"] == ("T1", "T2", "T3")
    assert found["code"] == ("x", "x", "x")
    assert found["nickname"] == ("-", "-", "-")


def test_generated_values_are_those_that_are_written():
    """A row does not depend on how many are shown."""
    text = step("testapp.Author", count=50)
    assert shown(text, 5)["a"]["email"] == shown(text, 50)["a"]["email"][:5]


def test_rows_of_others():
    """Made rows are addresses, existing ones are written as in the recipe."""
    text = """
        - {id: authors, make: testapp.Author, count: 2}
        - id: a
          make: testapp.Book
          count: 3
          set: {author: !ref authors, editor: !pin 9, imprint: {name: x}, delivery: !pin {plate: AB 1}}
    """
    found = shown(text)["a"]
    assert found["author"] == ("authors[0]", "authors[1]", "authors[0]")
    assert found["editor"] == ("!pin 9",) * 3
    assert found["imprint"] == tuple(f"a/imprint[{row}].code" for row in range(3))
    assert found["delivery"] == ("!pin {plate: AB 1}",) * 3


def test_rows_of_another_recipe():
    """Rows that were made before carry the name of their recipe."""
    others = {"otherapp.staff": "- {id: authors, make: testapp.Author, count: 2}"}
    text = "depends_on: [otherapp.staff]\nsteps:\n  - {id: a, make: testapp.Book, set: {author: !ref otherapp.staff/authors}}"
    (part,) = preview(planned(text, others=others).plan, 1)
    assert part.rows[0][part.fields.index("author")] == "otherapp.staff/authors[0]"


def test_first_row_that_points_at_earlier_ones():
    """It points at nothing."""
    assert shown("- {id: a, make: testapp.Folder, count: 2, set: {parent: !pick a}}")["a"]["parent"] == ("-", "a[0]")


def test_what_is_not_known():
    """Passwords stay secret, defaults are named; what only the database computes is no column."""
    user = shown(step("auth.User", "password: !password secret\nusername: !seq 'u{n}'"))["a"]
    assert user["password"] == ("<password>",) * 3
    assert shown(step("testapp.Draft"))["a"]["key"] == ("<secrets.token_hex>",) * 3
    assert "kind" not in shown(step("testapp.Sensor"))["a"]


def test_chain():
    """A multi-table row is shown as one, without the links between its tables, in every way of writing."""
    fields = {"plate", "wheels", "doors", "top_speed"}
    streamed = shown(step("testapp.SportsCar"))["a"]
    assert streamed.keys() == fields
    assert shown(step("testapp.SportsCar") + "    save: each\n")["a"] == streamed
    assert shown("- {id: a, make: testapp.Boat}")["a"].keys() == {"plate", "wheels", "length"}


def test_labels():
    """Labelled rows show their own values."""
    text = "- {id: a, make: testapp.Note, set: {title: T}, named: {x: {title: X}, y: {}}}"
    assert shown(text)["a"]["title"] == ("X", "T")


def test_choice_of_rows():
    """A choice between an existing row and made ones shows which is drawn."""
    text = """
        - {id: authors, make: testapp.Author, count: 2}
        - {id: a, make: testapp.Book, count: 40, set: {author: !choice [!ref authors, !pin 9]}}
    """
    assert set(shown(text, 40)["a"]["author"]) == {"authors[0]", "authors[1]", "!pin 9"}


def test_second_pass():
    """A link that is written later is shown like any other."""
    text = """
        - {id: countries, make: testapp.Country, set: {capital: !ref cities}}
        - {id: cities, make: testapp.City, set: {country: !ref countries}}
    """
    assert shown(text)["countries"]["capital"] in {("-",), ("cities[0]",)}


def test_no_rows():
    """A step without rows has a preview without rows."""
    (part,) = preview(planned("- {id: a, make: testapp.Note, count: 0}").plan, 3)
    assert part.rows == ()


def test_computed_values():
    """What needs no database is computed, and is what is written; a function is named, not called."""
    setting = """
        title: !jinja "{{ row.sentence }}{{ n }}{{ pick([1, 2, 3]) }}"
        sentence: !mask "##-"
        memo: !fake company
        body: !call tests.testapp.values.broken
        remark: !jinja "{{ row.body }}"
    """
    found = shown(step("testapp.Note", setting))["a"]
    for number, (title, sentence) in enumerate(zip(found["title"], found["sentence"], strict=True), 1):
        assert title[:-1] == f"{sentence}{number}"
    assert len(set(found["memo"])) == 3
    assert found["body"] == ("<tests.testapp.values.broken>",) * 3
    assert found["remark"] == ("<{{ row.body }}>",) * 3


def test_computed_from_rows_of_others():
    """Made rows say their values, existing ones and keys are not asked for."""
    text = """
        - {id: authors, make: testapp.Author, set: {name: Ann}}
        - id: a
          make: testapp.Book
          set:
            author: !ref authors
            editor: !pin 1
            title: !choice [!jinja "{{ row.author.name }}{{ n }}"]
            imprint__name: !jinja "{{ n }}"
        - {id: b, make: testapp.Cover, set: {book: !ref a, colour: !jinja "{{ row.book.editor.name }}{{ row.book.pk }}"}}
    """
    found = shown(text)
    assert found["a"]["title"] == ("Ann1",)
    assert found["b"]["colour"] == ("<{{ row.book.editor.name }}{{ row.book.pk }}>",)


def test_rows_written_out():
    """Cells are shown as they are; a pin that may be made is a pin, and its row no step."""
    text = """
        - id: l
          rows: testapp.Lesson
          columns: [title, course]
          values: [[x, !pin {name: Law, or_make: {}}], [!seq "no {n}", !ref "c[0]"]]
        - {id: c, make: testapp.Course}
    """
    found = shown(text)
    assert list(found) == ["c", "l"]
    assert found["l"]["title"] == ("x", "no 2")
    assert found["l"]["course"] == ("!pin {name: Law}", "c[0]")


def test_secrets():
    """What a field with a secret-looking name has is nobody's business, in a mapping too."""
    text = step("testapp.Draft", "key: TOPSECRET\nunits: {api_token: TOPSECRET, length: m}", count=1)
    (part,) = preview(planned(text).plan, 1)
    assert "TOPSECRET" not in str(part)
    assert shown(text)["a"]["units"] == ("{'api_token': '...', 'length': 'm'}",)
