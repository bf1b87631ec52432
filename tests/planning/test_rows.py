"""Rows that are written out become columns; what is wrong with a cell is told at its place."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from fixturekit.planning.plan import EACH
from fixturekit.values.sources import (
    Const,
    Drawn,
    Each,
    Enumerated,
    Following,
    Hashed,
    Link,
    Listed,
    Mixed,
    Pinned,
    Selected,
)
from tests.planning.support import batches as sources_of
from tests.planning.support import planned, problem, problems


def batches(text: str) -> dict[str, dict[str, Any]]:
    """Batch id -> field -> source."""
    return sources_of(text)


def rows(model, columns, *values, more=""):
    """A recipe of one step whose rows are written out; the first of them is in line 5."""
    lines = "".join(f"      - {value}\n" for value in values)
    return f"steps:\n  - id: a\n    rows: {model}\n    columns: [{columns}]\n    values:\n{lines}{more}"


class TestColumns:
    def test_plain_cells(self):
        """A column of plain values is one source, whose values the field has converted."""
        found = batches(rows("testapp.Price", "amount", '["1.50"]', "[2]", "[3.25]"))["a"]
        assert found["amount"] == Selected((Decimal("1.50"), Decimal(2), Decimal("3.25")), Each())

    def test_other_fields(self):
        """``set`` gives fields for all rows; what nobody names is filled as always."""
        found = batches(rows("testapp.Author", "name", "[Ann]", "[Bob]", more="    set: {email: !seq 'a{n}@b.de'}\n"))
        assert found["a"]["name"] == Selected(("Ann", "Bob"), Each())
        assert type(found["a"]["email"]).__name__ == "Sequence"
        assert isinstance(batches(rows("testapp.Author", "name", "[Ann]", "[Bob]"))["a"]["email"], Following)

    def test_mixed_cells(self):
        """Cells with tags make a column of parts; cells that are alike are one part."""
        found = batches(rows("testapp.Note", "title", "[x]", "[!seq 'n{n}']", "[x]", "[!choice [a, b]]"))["a"]["title"]
        assert isinstance(found, Mixed)
        assert found.choose == (0, 1, 0, 2)
        assert found.sources[0] == Const("x")

    def test_clock_and_password(self):
        """``!now`` and ``!password`` work in cells."""
        text = rows("testapp.Event", "day", "[!now ]", "[2020-02-29]")
        found = batches(f"now: 2026-11-20T09:00:00Z\n{text}")["a"]["day"]
        assert found == Mixed((Const(datetime.date(2026, 11, 20)), Const(datetime.date(2020, 2, 29))), (0, 1))
        secret = batches(rows("auth.User", "username, password", "[a, !password x]", "[b, !password y]"))["a"]
        assert [type(part) for part in secret["password"].sources] == [Hashed, Hashed]

    def test_generated_cells(self):
        """``!auto`` fills a cell as if it were not named; unique values have an interval of their own."""
        found = batches(rows("testapp.Author", "name, email", "[Ann, a@b.de]", "[!auto , !auto ]", "[!auto , !auto ]"))
        assert [type(part) for part in found["a"]["name"].sources] == [Const, Drawn]
        (following,) = (part for part in found["a"]["email"].sources if isinstance(part, Following))
        assert isinstance(following.own, Enumerated)
        assert following.own.start > 0

    def test_refs_are_one_link(self):
        """Refs to rows of one step are one link that lists their positions."""
        text = rows("testapp.Lesson", "title, course", "[x, !ref 'c[1]']", "[y, !ref 'c[0]']", "[z, !ref 'c[1]']")
        found = batches(text + "  - {id: c, make: testapp.Course, count: 2}\n")
        assert found["a"]["course"] == Link("c", Listed((1, 0, 1)))

    def test_pins_and_null(self):
        """A relation takes pins, null and rows to make, each for its own row."""
        text = rows(
            "testapp.Desk", "room, author", "[a, !pin {name: x}]", "[b, null]", "[c, {name: y}]", "[d, !make {name: z}]"
        )
        found = batches(text)
        assert found["a"]["author"].sources == (
            Pinned(0),
            Const(None),
            Link("a[2]/author", found["a"]["author"].sources[2].map),
            Link("a[3]/author", found["a"]["author"].sources[3].map),
        )
        assert found["a[2]/author"]["name"] == Const("y")
        assert batches(rows("testapp.Desk", "room, author", "[a, null]", "[b, null]"))["a"]["author"] == Const(None)

    def test_paths(self):
        """A column may lead into a relation: the related row is made."""
        found = batches(rows("testapp.Desk", "room, author__name", "[a, Ann]", "[b, Bob]"))
        assert found["a[0]/author"]["name"] == Const("Ann")
        assert found["a[1]/author"]["name"] == Const("Bob")

    def test_json(self):
        """A list or a mapping is a value of a JSON field."""
        found = batches(rows("testapp.Preference", "payload", "[{a: 1}]", "[[1, 2]]"))["a"]["payload"]
        assert found == Selected(({"a": 1}, [1, 2]), Each())

    def test_keys(self):
        """Counted keys may be written out, under their name or as ``pk``."""
        for name in ("id", "pk"):
            found = batches(rows("testapp.Genre", f"{name}, name", "[7, a]", "[9, b]"))["a"]
            assert found["id"] == Selected((7, 9), Each())

    def test_ways(self):
        """Rows that have to be saved are saved."""
        assert planned(rows("testapp.Receipt", "payer", "[a]")).plan.batch("a").way == EACH

    def test_refs_from_elsewhere(self):
        """Other steps refer to rows by number."""
        text = rows("testapp.Course", "title", "[a]", "[b]").replace("title", "name")
        found = batches(text + "  - {id: l, make: testapp.Lesson, set: {course: !ref 'a[1]'}}\n")
        assert found["l"]["course"].map.position == 1


class TestProblems:
    def test_every_cell(self):
        """All cells that a field does not take are reported, each at its place."""
        found = problems(rows("testapp.Price", "amount", "[1]", "[much]", "[1.123456]"))
        assert [line.partition(" (")[0] for line in found] == [
            "x.yaml:7:10 steps[0].values[1][0]: testapp.Price.amount: 'much': “much” value must be a decimal number",
            "x.yaml:8:10 steps[0].values[2][0]: testapp.Price.amount: '1.123456': Ensure that there are no more than 2 "
            "decimal places",
        ]

    def test_mixed_cell(self):
        """So is one among cells with tags."""
        found = problem(rows("testapp.Event", "day", "[!now ]", "[soon]"))
        assert found.startswith("x.yaml:7:10 steps[0].values[1][0]: testapp.Event.day: 'soon'")

    def test_columns(self):
        """A column that is no field, or one of several rows, is reported once."""
        assert "has no field 'nam'" in problem(rows("testapp.Genre", "nam", "[a]", "[b]"))
        assert "E058" in problem(rows("testapp.Album", "title, genres", "[a, [!make 1]]", "[b, [!make 1]]"))

    def test_given_twice(self):
        """A field stands in ``columns`` or in ``set``."""
        assert "E041" in problem(rows("testapp.Genre", "name", "[a]", more="    set: {name: b}\n"))

    def test_bare_number_on_a_relation(self):
        """As in ``set``, it could mean two things."""
        assert "E044" in problem(rows("testapp.Desk", "room, author", "[a, 9]"))

    def test_password(self):
        """A password is written with its tag."""
        assert "!password" in problem(rows("auth.User", "username, password", "[a, x]"))

    def test_unknown_model(self):
        """The place is the key's."""
        assert problem(rows("testapp.Gendre", "name", "[a]")).startswith("x.yaml:3:5 steps[0].rows: no model")

    def test_alike(self):
        """Rows that have the same in a unique column are named, both of them."""
        found = problem(rows("testapp.Genre", "name", "[a]", "[b]", "[a]"))
        assert found.startswith(
            "x.yaml:8:9 steps[0].values[2]: testapp.Genre.name is unique, and rows 0 and 2 have the same"
        )
        assert "E077" in found

    def test_alike_together(self):
        """The same for columns that are unique together, links among them; NULL is like no other."""
        text = rows("testapp.Lesson", "title, course", "[x, !ref 'c[1]']", "[x, !ref 'c[0]']", "[x, !ref 'c[1]']")
        found = problem(text + "  - {id: c, make: testapp.Course, count: 2}\n")
        assert "testapp.Lesson.course and title is unique, and rows 0 and 2 have the same" in found
        batches(rows("testapp.Ticket", "code", "[null]", "[null]"))
