"""By which fields existing rows are found, and what cannot be found by."""

from __future__ import annotations

import pytest

from fixturekit.planning.plan import Adopt, Batch, Serves
from fixturekit.values.sources import At, Const, Link, Source
from tests.planning.support import planned, problem, problems, step


def matching(model, setting, keys, count=1):
    return step(model, setting, count=count) + f"    {keys}\n"


def source_of(batch: Batch, field: str) -> Source | None:
    column = batch.column(field)
    return column.source if column else None


class TestMatch:
    def test_fields(self):
        """Rows are found by the fields that the step names; they keep all else, unless the step says ``update``."""
        text = matching("testapp.Genre", "name: x", "match: [name]")
        assert planned(text).plan.batch("a").adopt == Adopt(("name",))
        text = matching("testapp.Author", "{name: x, email: a@b.de}", "match: [email]\n    update: true")
        assert planned(text).plan.batch("a").adopt == Adopt(("email",), ("name",))

    def test_keys_are_not_set(self):
        """An adopted row keeps its key, whatever the plan had for it; a key by which it is found is another thing."""
        text = matching("testapp.Parcel", "label: x", "match: [label]\n    update: true")
        assert planned(text).plan.batch("a").adopt == Adopt(("label",), ())
        text = matching("testapp.Currency", "{code: EUR, name: Euro}", "match: [pk]\n    update: true")
        assert planned(text).plan.batch("a").adopt == Adopt(("code",), ("name",))

    def test_what_is_promised(self):
        """Digests hold only what is the same whether rows are adopted or made."""
        batch = planned(matching("testapp.Author", "{name: x, email: a@b.de}", "match: [email]")).plan.batch("a")
        assert [batch.promises(name) for name in ("email", "name")] == [True, False]
        text = matching("testapp.Parcel", "label: x", "match: [label]\n    update: true")
        assert not planned(text).plan.batch("a").promises("id")

    def test_rows_for_made_rows_only(self):
        """What is made for the rows of such a step is made for rows that are made themselves."""
        plan = planned(
            matching("testapp.Album", "{title: !seq 'x{n}', genres: !make 2, moods: [!make 1]}", "match: [title]", 2)
        ).plan
        assert plan.batch("a/genres#").serves == Serves("a", "album")
        assert plan.batch("a/genres").serves == Serves("a/genres#")
        assert not plan.batch("a/moods[0]#").promises("album")
        plan = planned(matching("testapp.Cover", "{colour: red}", "match: [colour]")).plan
        assert plan.batch("a/book").serves == Serves("a")
        assert plan.batch("a/book/author").serves == Serves("a/book")

    def test_parents_tables(self):
        """All tables of a row are adopted together."""
        plan = planned(matching("testapp.Car", "plate: x", "match: [plate]")).plan
        assert [batch.adopt for batch in plan.batches] == [Adopt(("plate",)), Adopt(("plate",))]

    def test_links(self):
        """With ``update`` links are adopted by their two ends."""
        setting = "{title: x, genres: [!ref g], artists: [!pin {name: y}]}"
        text = matching("testapp.Album", setting, "match: [title]\n    update: true")
        plan = planned(text + "  - {id: g, make: testapp.Genre}\n").plan
        assert plan.batch("a/genres[0]#").adopt == Adopt(("album", "genre"), ())
        assert plan.batch("a/artists[0]#").adopt == Adopt(("album", "artist"), ("role", "position", "named_by"))


class TestProblems:
    @pytest.mark.parametrize(
        ("model", "setting", "match", "reason"),
        [
            ("Author", "name: x", "email", "is generated"),
            ("Author", "name: !choice [x, y]", "name", "is drawn"),
            ("Genre", "name: x", "id", "is filled by the database"),
            ("Desk", "{room: x, author: {name: y}}", "author", "leads to a row that is made for it"),
            ("Person", "name: x", "friends", "is a relation to several rows"),
            ("Folder", "{name: x, parent: !pick a}", "parent", "leads to a row of the same step"),
            ("Preference", "payload: {a: 1}", "payload", "is not a value by which rows can be found"),
        ],
    )
    def test_unfit(self, model, setting, match, reason):
        """What is not settled before rows are written is refused, with the place of the key."""
        found = problem(matching(f"testapp.{model}", setting, f"match: [{match}]"))
        assert "steps[0].match: " in found
        assert f"testapp.{model}.{match}: {reason}" in found
        assert "E079" in found

    def test_no_field(self):
        """A name that is near is suggested."""
        assert "Did you mean 'name'?" in problem(matching("testapp.Genre", "name: x", "match: [nam]"))

    def test_alike(self):
        """Two rows cannot both stand for the one row that they fit."""
        text = """
            - id: a
              make: testapp.Note
              match: [title, body]
              named: {x: {title: t, body: u}, y: {title: t, body: v}, z: {title: t, body: u}}
        """
        found = problem(text)
        assert "rows 0 (x) and 2 (z) have the same title, body, by which existing rows are found" in found
        assert "E078" in found
        assert "E078" in problem(matching("testapp.Artist", "name: x", "match: [name]", 3))

    def test_update_of_made_relations(self):
        """Adopted rows cannot be given rows that go when the recipe is removed."""
        several = problems(matching("testapp.Desk", "{room: x, author: {}}", "match: [room]\n    update: true"))
        assert "E081" in several[0]
        found = problem(matching("testapp.Album", "{title: x, genres: !make 1}", "match: [title]\n    update: true"))
        assert "E081" in found

    def test_exclusive(self):
        """``match`` and ``get_or_create`` are two answers to one question."""
        assert "E083" in problem(matching("testapp.Genre", "name: x", "match: [name]\n    get_or_create: [name]"))


class TestGetOrCreate:
    def test_drawn_values(self):
        """Rows may be identified by what is drawn; a unique field needs no more values than there are."""
        text = matching("testapp.Genre", "name: !choice [x, y]", "get_or_create: [name]", 50)
        assert planned(text).plan.batch("a").adopt == Adopt(("name",), merges=True)
        planned(matching("testapp.Genre", "name: x", "get_or_create: [name]", 3))

    def test_unfit(self):
        """What only the database or the project's code knows identifies nothing."""
        assert "E079" in problem(matching("testapp.Genre", "name: x", "get_or_create: [id]"))


class TestOrMake:
    def test_one_row(self):
        """A pin that may be made is one row of the plan, whoever points at it."""
        text = """
            - {id: a, make: testapp.Desk, set: {author: !pin {email: a@b.de, or_make: {name: Ann}}}}
            - {id: b, make: testapp.Desk, set: {author: !pin {email: a@b.de, or_make: {name: Ann}}}}
        """
        plan = planned(text).plan
        (made,) = (batch for batch in plan.batches if batch.pinned)
        assert (made.model, made.count, plan.pins) == ("testapp.Author", 1, ())
        assert [source_of(plan.batch(id), "author") for id in "ab"] == [Link(made.id, At(0))] * 2
        values = {column.field: column.source for column in made.columns}
        assert values == {"email": Const("a@b.de"), "name": Const("Ann")}

    def test_values_of_its_own(self):
        """What the row is made with goes before what it is looked up by, and may be anything."""
        text = "- {id: a, make: testapp.Desk, set: {author: !pin {name: ann, or_make: {name: Ann, email: !seq 'a{n}@b.de'}}}}"
        (made,) = (batch for batch in planned(text).plan.batches if batch.pinned)
        assert source_of(made, "name") == Const("Ann")

    def test_in_lists(self):
        """In a list of a relation to many rows, in a label and in a cell, too."""
        pin = "!pin {name: x, or_make: {}}"
        text = f"""
            - {{id: a, make: testapp.Album, set: {{genres: [{pin}]}}}}
            - {{id: b, make: testapp.Lesson, named: {{x: {{course: {pin}}}, y: {{course: !pin 3}}}}}}
            - {{id: c, rows: testapp.Desk, columns: [author], values: [[{pin}], [null]]}}
        """
        models = [batch.model for batch in planned(text).plan.batches if batch.pinned]
        assert sorted(models) == ["testapp.Author", "testapp.Course", "testapp.Genre"]

    def test_problems(self):
        """Across relations nothing can be made; one row has one set of values; fields are checked."""
        pin = "!pin {email__iexact: a@b.de, or_make: {name: Ann}}"
        assert "E080" in problem(f"- {{id: a, make: testapp.Desk, set: {{author: {pin}}}}}")
        text = """
            - {id: a, make: testapp.Desk, set: {author: !pin {email: a@b.de, or_make: {name: Ann}}}}
            - {id: b, make: testapp.Desk, set: {author: !pin {email: a@b.de, or_make: {name: Bob}}}}
        """
        assert "E082" in problem(text)
        pin = "!pin {email: a@b.de, or_make: {nome: Ann}}"
        assert "E013" in problem(f"- {{id: a, make: testapp.Desk, set: {{author: {pin}}}}}")
