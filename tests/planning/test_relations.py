"""Relations: existing rows, made rows, parents, children and links."""

from __future__ import annotations

import pytest
from django.db import models

from fixturekit.planning.plan import Pin
from fixturekit.values.sources import Const, Default, Each, Fold, Link, Mixed, Picked, Pinned, Weighted
from tests.planning.support import batches, column, planned, problem, problems, step
from tests.testapp.models import Author, Imprint

AUTHORS = "- {id: authors, make: testapp.Author, count: 3}\n"


def author(value, *, before=AUTHORS, count=5):
    """The source of a book's author."""
    return batches(f"{before}- {{id: a, make: testapp.Book, count: {count}, set: {{author: {value}}}}}")["a"]["author"]


# -- pins


@pytest.mark.parametrize(
    ("written", "key", "lookup", "natural", "wanted"),
    [
        ("!pin 9", 9, (), (), "9"),
        ("!pin {email: a@example.com}", None, (("email", "a@example.com"),), (), "{email: a@example.com}"),
        ("!pin {natural: [a, 1]}", None, (), ("a", 1), "natural key [a, 1]"),
    ],
)
def test_pins(written, key, lookup, natural, wanted):
    """A pin is kept as written; nothing is read for it."""
    plan = planned(step("testapp.Book", f"author: {written}\neditor: {written}")).plan
    (pin,) = plan.pins
    assert pin == Pin("testapp.Author", pin.mark, "steps[0].set.author", key, lookup, natural)
    assert pin.wanted == wanted
    assert str(pin.mark) == "x.yaml:6:15"
    columns = {column.field: column.source for column in plan.batch("a").columns}
    assert columns["author"] == columns["editor"] == Pinned(0)


def test_pin_by_to_field():
    """Of a row that is not pointed at by its key, the field that is stored is read."""
    assert column("testapp.Book", "imprint: !pin 3", "imprint") == Pinned(0, "code")


def test_pin_looks_up_across_relations():
    """What a pin looks up may lie behind a relation; only the first name is checked."""
    assert column("testapp.Cover", "book: !pin {author__name: x}", "book", count=1) == Pinned(0)


def test_bare_number():
    """A number alone could mean either; both readings are shown."""
    assert problem(step("testapp.Book", "author: 9")) == (
        "x.yaml:6:7 steps[0].set.author: testapp.Book.author: '9' could be an existing row or a row to make "
        "(fixturekit.E044). Write '!pin 9' for the row that exists, '!make {...}' or '!ref STEP' for a row to make."
    )


def test_null():
    """Null is for relations that may be empty."""
    assert column("testapp.Book", "editor: null", "editor") == Const(None)
    assert problem(step("testapp.Book", "author: null")).endswith("null is not allowed (fixturekit.E046).")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("!now", "!now"), ("[1]", "a list"), ("!seq 'x{n}'", "!seq"), ("!sample {of: authors, count: 1}", "!sample")],
)
def test_what_names_no_row(value, shown):
    """Values that are no row are refused by the name they are written with."""
    text = f"{AUTHORS}- id: a\n  make: testapp.Book\n  set:\n    author: {value}\n"
    assert problem(text).endswith(
        f"testapp.Book.author: {shown} does not name a row of testapp.Author (fixturekit.E044)."
    )


# -- values that name rows


def test_to_field():
    """A link reads the field that the foreign key stores."""
    text = "- {id: i, make: testapp.Imprint, count: 2}\n- {id: a, make: testapp.Book, count: 4, set: {imprint: !ref i}}"
    assert batches(text)["a"]["imprint"] == Link("i", Fold(2), "code")


def test_choice_of_rows():
    """Options of a relation are rows, drawn evenly or by weight."""
    assert author("!choice [!ref authors, !pin 9]") == Mixed((Link("authors", Fold(3)), Pinned(0)), Picked("author", 2))
    assert problem(step("testapp.Book", "author: !choice [!pin 9, 8]")).endswith(
        "Write '!pin 8' for the row that exists, '!make {...}' or '!ref STEP' for a row to make."
    )


def test_make_on_a_foreign_key():
    """One row is made for each; several do not fit."""
    assert column("testapp.Book", "editor: !make {name: x}", "editor") == Link("a/editor", Each())
    assert problem(step("testapp.Book", "editor: !make 2")).endswith(
        "testapp.Book.editor: !make 2 makes several rows, a foreign key takes one (fixturekit.E047)."
    )


# -- circles


def test_required_circle():
    """Models that need each other are named in their order."""
    assert problem("- {id: a, make: testapp.Hen}") == (
        "x.yaml:2:5 steps[0]: testapp.Egg.layer: every link of this circle is required: testapp.Hen -> testapp.Egg -> "
        "testapp.Hen (fixturekit.E053). Give layer a row that exists: '!pin ...' or '!ref STEP'."
    )


def test_required_circle_of_steps():
    """Steps whose rows need each other are named by their ids."""
    text = """
        - {id: hens, make: testapp.Hen, set: {egg: !ref eggs}}
        - {id: eggs, make: testapp.Egg, set: {layer: !ref hens}}
    """
    assert problem(text) == (
        "these rows need each other first: hens -> eggs -> hens (fixturekit.E053). Leave one of the links out."
    )


def test_circle_that_may_be_empty():
    """A link that may be null waits for a second pass."""
    text = """
        - {id: countries, make: testapp.Country, count: 2, set: {capital: !ref cities}}
        - {id: cities, make: testapp.City, count: 2, set: {country: !ref countries}}
    """
    first, second = planned(text).plan.batches
    assert (first.id, second.id) == ("countries", "cities")
    capital = first.column("capital")
    assert capital is not None
    assert capital.source == Const(None)
    assert [(column.field, column.source) for column in first.later] == [("capital", Link("cities", Fold(2)))]


def test_required_row_of_the_same_table():
    """A row that must point at its own table points at itself."""
    assert batches("- {id: a, make: testapp.Mirror, count: 2}")["a"]["opposite"] == Link("a", Each())


def test_filled_nullable_that_leads_back():
    """A parent that is not asked for is left out where it would need one row more of a model than `laps` allows."""
    text = "options: {fill_nullable: true, laps: 0}\nsteps:\n  - {id: a, make: testapp.Country, count: 2}"
    assert batches(text)["a"]["capital"] == Const(None)


def test_weighted_rows():
    """Weights are for plain options; on a relation these name no rows."""
    assert all(
        "could be an existing row" in line for line in problems(step("testapp.Book", "author: !choice {a: 1, b: 2}"))
    )
    assert column("testapp.Note", "title: !choice {a: 1, b: 3}", "title").map == Weighted("title", (1.0, 3.0))  # type: ignore[attr-defined]


# -- pins that are told apart


def test_pins_are_told_apart():
    """Two pins are one only if they say the same with the same types, whatever they look like."""
    text = """
        - {id: a, make: testapp.Book, set: {author: !pin {name: "x, email: z"}, editor: !pin {name: x, email: z}}}
        - {id: b, make: testapp.Book, set: {author: !pin 1, editor: !pin "1", translator: !pin 1}}
    """
    found = planned(text).plan
    assert [pin.wanted for pin in found.pins] == ['{name: "x, email: z"}', "{name: x, email: z}", "1", '"1"']
    assert batches(text)["b"]["author"] == batches(text)["b"]["translator"] == Pinned(2)


def test_pins_of_equal_numbers():
    """True is no 1."""
    pins = [Pin("a.B", None, "", natural=(value,)) for value in (1, True, "1", "true")]
    assert len({pin.identity for pin in pins}) == len({pin.wanted for pin in pins}) == 4


def test_numbers_of_a_lookup():
    """A whole number stays one; other numbers keep their digits."""
    (pin,) = planned(step("testapp.Book", "author: !pin {pk: 7, name: 2.50}")).plan.pins
    assert pin.lookup == (("pk", 7), ("name", "2.50"))


# -- choices of rows to make


@pytest.mark.parametrize("options", ["[!make {name: A}, !make {name: B}]", "[!pin 1, !make {name: B}]"])
def test_choice_of_rows_to_make(options):
    """Rows that a choice may not take would be made for nothing: refused where the option stands."""
    found = problem(step("testapp.Book", f"author: !choice {options}"))
    assert found.startswith("x.yaml:6:24 " if "pin" not in options else "x.yaml:6:32 ")
    assert found.endswith(
        "steps[0].set.author: testapp.Book.author: !make inside !choice would make rows that no row uses "
        "(fixturekit.E066). Draw what differs ('author__name: !choice [a, b]'), or '!pick' from a step."
    )


# -- defaults


def code():
    """A default that is called."""
    return "x"


@pytest.mark.usefixtures("own_models")
def test_default_rows():
    """A default names a row by the field that the key stores; a function is called when rows are written."""

    class Sheet(models.Model):
        by_key = models.ForeignKey(Author, models.CASCADE, default=7, related_name="+")
        by_code = models.ForeignKey(Imprint, models.CASCADE, to_field="code", default="std", related_name="+")
        by_function = models.ForeignKey(Imprint, models.CASCADE, to_field="code", default=code, related_name="+")
        empty = models.ForeignKey(Author, models.CASCADE, null=True, default=None, related_name="+")

        class Meta:
            app_label = "testapp"

    text = step("testapp.Sheet")
    found = batches(text)
    pins = planned(text).plan.pins
    assert found.keys() == {"a", "a/empty"}
    assert [(pin.model, pin.key, pin.lookup) for pin in pins] == [
        ("testapp.Author", 7, ()),
        ("testapp.Imprint", None, (("code", "std"),)),
    ]
    assert (found["a"]["by_key"], found["a"]["by_code"]) == (Pinned(0), Pinned(1, "code"))
    assert found["a"]["by_function"] == Default("by_function", f"{__name__}.code", "by_function")


# -- generic foreign keys
