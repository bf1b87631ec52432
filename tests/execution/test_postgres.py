"""Rows with fields of ``django.contrib.postgres``: written in every way, read back, changed, given by a recipe."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from itertools import pairwise

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange

from fixturekit.exceptions import PlanError, WriteFailed
from fixturekit.execution.preview import preview
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.planning.tables import rows_of, tables
from tests.postgresapp.models import (
    Booking,
    Branch,
    Club,
    Desk,
    Index,
    InstantRange,
    Label,
    Lane,
    Paper,
    Rack,
    Room,
    Shelf,
    Shift,
    Stay,
    Talk,
)
from tests.recording.running import given, shown

pytestmark = pytest.mark.django_db

WAYS = ["stream", "bulk", "each"]
MODELS = [Booking, Branch, Club, Desk, Index, Label, Lane, Paper, Rack, Room, Shelf, Shift, Stay, Talk]


def made(recipes, model, rest="count: 30", way="stream", style="lifelike"):
    recipes.write(
        "testapp.r",
        f"""
        options: {{style: {style}}}
        steps:
          - id: a
            make: postgresapp.{model.__name__}
            save: {way}
            {rest}
        """,
    )
    recipes.apply()
    return list(model._base_manager.order_by("pk"))


def found(recipes):
    return list(verify(recipes.applier(), "testapp.r"))


@pytest.mark.parametrize("style", ["plain", "lifelike"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_generated_rows(recipes, model, style):
    """Rows are valid, are read back as they were written, and are the same by every way of writing."""
    digests = set()
    for way in WAYS:
        rows = made(recipes, model, way=way, style=style)
        assert len(rows) == 30
        for row in rows:
            row.full_clean()
        assert found(recipes) == []
        digests.add(Ledger(connection).digests("testapp.r")["a"])
        recipes.applier().remove(["testapp.r"])
    assert len(digests) == 1


@pytest.mark.parametrize("count", [1, 10, 200])
@pytest.mark.parametrize("style", ["plain", "lifelike"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_valid_rows(recipes, model, style, count):
    """The first row is as valid as the two hundredth, constraints included."""
    for row in made(recipes, model, f"count: {count}", style=style):
        row.full_clean()


def test_many_rows(recipes):
    """More rows than a block go through one COPY."""
    rows = made(recipes, Lane, "count: 2500")
    assert len({tuple(row.words) for row in rows}) == 2500
    assert found(recipes) == []


@pytest.mark.parametrize("way", WAYS)
def test_given_values(recipes, way):
    """Lists, mappings and what COPY has to escape arrive as they were written."""
    text = r"""set: {words: ["a,b", "{c}", "d\"e", "f\\g", "tab\t", "NULL", "é\n"], pair: [-1, 2], matrix: [[1, 2], [3, 4]]}"""
    [row] = made(recipes, Shelf, text, way)
    assert row.words == ["a,b", "{c}", 'd"e', "f\\g", "tab\t", "NULL", "é\n"]
    assert (row.pair, row.matrix) == ([-1, 2], [[1, 2], [3, 4]])
    assert found(recipes) == []
    recipes.applier().remove(["testapp.r"])
    [label] = made(recipes, Label, r"""set: {extra: {"a\"b\\": "c=>d", "t\tx": null}}""", way)
    assert label.extra == {'a"b\\': "c=>d", "t\tx": None}
    assert found(recipes) == []
    recipes.applier().remove(["testapp.r"])
    text = "set: {ages: {lower: 1, upper: 5, bounds: '[]'}, price: [null, 9.50], stay: [2026-01-31, 2026-02-03]}"
    [booking] = made(recipes, Booking, text, way)
    assert booking.ages == NumericRange(1, 6)
    assert booking.price == NumericRange(None, Decimal("9.50"), "()")
    assert booking.stay == DateRange(datetime.date(2026, 1, 31), datetime.date(2026, 2, 3))
    assert found(recipes) == []


@pytest.mark.parametrize("way", WAYS)
def test_labelled_rows_choices_and_copies(recipes, way):
    """Labels, choices and copies work as for any other field."""
    rest = """named:
              anna: {words: [anna], pair: !choice [[1, 2], [3, 4]]}
              bert: {words: [bert], none: !copy words, days: [2026-01-31]}"""
    anna, bert = made(recipes, Shelf, rest, way)
    assert (anna.words, bert.days) == (["anna"], [datetime.date(2026, 1, 31)])
    assert anna.pair in ([1, 2], [3, 4])
    assert bert.none == bert.words
    assert found(recipes) == []


def test_copy_that_does_not_fit(recipes):
    """A copied array is looked at by the field that gets it."""
    with pytest.raises(WriteFailed, match=r"row 0, postgresapp\.Shelf\.none: ValueError: Item 1 in the array"):
        made(recipes, Shelf, "set: {words: [much too long], none: !copy words}")


def test_changes_are_found(recipes):
    """Another item, key or end is found; what PostgreSQL holds to be the same is not another."""
    made(recipes, Booking, "count: 3")
    row = Booking._base_manager.order_by("pk")[1]
    same = NumericRange(row.ages.lower, row.ages.upper - 1, "[]")
    Booking._base_manager.filter(pk=row.pk).update(ages=same)
    assert found(recipes) == []
    Booking._base_manager.filter(pk=row.pk).update(ages=NumericRange(row.ages.lower, row.ages.upper + 1))
    assert found(recipes) == ["a.ages: rows were changed since they were made"]


def test_value_that_gave_way(recipes):
    """A unique array that is taken gives way like any other value."""
    taken = made(recipes, Lane, "count: 5")[2].words
    recipes.applier().remove(["testapp.r"])
    Lane._base_manager.create(words=taken, flags=[], span=(1, 2), days=(datetime.date(1900, 1, 1), None), extra={})
    rows = made(recipes, Lane, "count: 5")
    assert len({tuple(row.words) for row in rows}) == 6
    assert found(recipes) == []


def test_database_defaults(recipes):
    """Identifiers and clocks of the database are the recipe's; a search vector is left to whoever computes it."""
    rows = [made(recipes, Paper, "count: 2")]
    assert {row.made_at for row in rows[0]} == {datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE postgresapp_paper SET search = to_tsvector(title)")
    assert found(recipes) == []
    recipes.applier().remove(["testapp.r"])
    rows.append(made(recipes, Paper, "count: 2"))
    first, second = ([row.reference for row in made_rows] for made_rows in rows)
    assert first == second
    assert len(set(first)) == 2


def test_search_vector_that_must_be_there(recipes):
    """A required search vector holds a word until somebody computes it, which changes no digest."""
    row = made(recipes, Index, "count: 2")[0]
    assert re.fullmatch(r"'[a-z]+'", row.search)
    row.full_clean()
    assert found(recipes) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE postgresapp_index SET search = to_tsvector('simple', 'computed later')")
    assert found(recipes) == []


@pytest.mark.parametrize(
    ("model", "rest"), [(Club, ""), (Branch, "set: {parent: null}"), (Branch, "count: 20, set: {parent: null}")]
)
def test_a_taken_value_gives_way(recipes, model, rest):
    """Also where its set has a condition, or takes NULL for NULL, and for one row alone."""
    text = f"seed: one\nsteps: [{{id: a, make: postgresapp.{model.__name__}, {rest}}}]\n"
    for name in ("testapp.first", "testapp.second"):
        recipes.write(name, text)
    (rows,) = preview(recipes.applier().plan("testapp.first").plan, 1)
    model.objects.create(name=rows.rows[0][rows.fields.index("name")])
    (first, second) = recipes.apply()
    assert len(first.gave_way) == 1
    assert model.objects.values("name").distinct().count() == model.objects.count() == 1 + first.rows + second.rows


@pytest.mark.usefixtures("recipes")
def test_recorded():
    """``makefixture`` takes arrays and ranges as they are written in a recipe."""
    run = shown("testapp", "--model", "postgresapp.Shelf", "--words", "[a, b]", "--pair", "[1, 2]")
    assert given(run) == ["words: [a, b]", "pair: [1, 2]"]


# -- exclusion constraints -------------------------------------------------------------------------------------------


def stays(recipes, *steps, name="testapp.r", style="lifelike"):
    """Apply a recipe with two rooms, and steps that book them."""
    listed = "".join(f"  - {{id: s{number}, make: postgresapp.Stay, {step}}}\n" for number, step in enumerate(steps))
    rooms = "  - {id: rooms, make: postgresapp.Room, count: 2}\n"
    recipes.write(name, f"options: {{style: {style}}}\nsteps:\n{rooms}{listed}")
    return recipes.apply(name)


@pytest.mark.parametrize("style", ["plain", "lifelike"])
def test_steps_are_apart(recipes, style):
    """Rows of several steps, and of rows that one step needs, share the slots of a line."""
    steps = [
        "count: 30, set: {room: !ref 'rooms[0]'}",
        "set: {room: !ref 'rooms[0]'}",
        "count: 20, set: {room: !pick rooms}",
    ]
    stays(recipes, *steps, style=style)
    connection.check_constraints()
    rows = list(Stay._base_manager.all())
    assert len({row.span for row in rows}) == 51
    for row in rows:
        row.full_clean()


@pytest.mark.parametrize("style", ["plain", "lifelike"])
def test_recipes_are_apart(recipes, style):
    """Rows of another recipe are stepped over, and what gave way is told."""
    stays(recipes, "count: 20, set: {room: !pick rooms}", style=style)
    stays(recipes, "count: 20, set: {room: !pick rooms}", name="testapp.other", style=style)
    assert Stay._base_manager.count() == 40
    assert len({row.span for row in Stay._base_manager.all()}) == 40
    assert list(verify(recipes.applier(), "testapp.other")) == []


def test_rows_that_are_there(recipes):
    """A slot in which an existing row lies gives way, however long that row is."""
    room = Room._base_manager.create(name="x", code="x")
    Stay._base_manager.create(room=room, span=DateRange(None, datetime.date(2000, 1, 1)))
    Stay._base_manager.create(room=room, span=DateRange(empty=True))
    [outcome] = stays(recipes, f"count: 60, set: {{room: !pin {room.pk}}}")
    new = [row.span for row in Stay._base_manager.order_by("pk")[2:]]
    assert len(new) == 60
    assert all(span.lower > datetime.date(2000, 1, 1) for span in new)
    assert {gave.field for gave in outcome.gave_way} == {"span"}
    assert found(recipes) == []


def test_labelled_rows_are_apart(recipes):
    """Labelled rows that say nothing get slots; one that says when is taken at its word."""
    rest = "named: {anna: {span: [1960-01-01, 1960-02-01]}, bert: {}, carl: {}}, set: {room: !ref 'rooms[0]'}"
    stays(recipes, rest)
    assert len({row.span for row in Stay._base_manager.all()}) == 3


def test_same_range_in_different_rooms(recipes):
    """Where the recipe gives all rows one range, what is drawn beside it differs."""
    stays(recipes, "count: 2, set: {span: [2026-01-01, 2026-01-08], room: !pick rooms}")
    assert len({row.room_id for row in Stay._base_manager.all()}) == 2


def test_same_range_too_often(recipes):
    """More rows with one range than rooms are refused while planning."""
    with pytest.raises(
        PlanError, match=r"Stay\.span: must not overlap, and 3 rows would all get the same, and 2 different room"
    ):
        stays(recipes, "count: 3, set: {span: [2026-01-01, 2026-01-08], room: !pick rooms}")


def test_condition_that_does_not_hold(recipes):
    """Cancelled stays may overlap."""
    stays(recipes, "count: 3, set: {span: [2026-01-01, 2026-01-08], room: !ref 'rooms[0]', cancelled: true}")
    assert len({row.span for row in Stay._base_manager.all()}) == 1


def test_too_few_slots(recipes):
    """Capacity is counted while planning, over all that the constraint compares."""
    rest = """count: 50
            set: {room: !pin {code: x, or_make: {}}}"""
    with pytest.raises(PlanError, match=r"Desk\.place: must not overlap in 50 rows, and there is room for 10 "):
        made(recipes, Desk, rest)


@pytest.mark.parametrize("count", [2, 40])
def test_ends_that_no_constraint_orders(own_models, count):
    """Nothing but the range itself asks for an end behind its beginning."""

    class Hire(models.Model):
        car = models.BooleanField()
        begin = models.DateTimeField()
        end = models.DateTimeField()

        class Meta:
            app_label = "testapp"
            constraints = [
                ExclusionConstraint(
                    name="hires_apart",
                    expressions=[
                        (InstantRange("begin", "end", RangeBoundary()), RangeOperators.OVERLAPS),
                        ("car", RangeOperators.EQUAL),
                    ],
                )
            ]

    with tables(Hire):
        rows = rows_of(Hire, count)
    assert len(rows) == count
    assert all(row.begin < row.end for row in rows)


def test_ends_in_two_columns(recipes):
    """Ranges that are made of two columns do not overlap either, and end after they begin."""
    rows = sorted(made(recipes, Talk, "count: 300"), key=lambda row: row.begin)
    assert all(row.begin < row.end for row in rows)
    assert all(first.end < second.begin for first, second in pairwise(rows))
    assert found(recipes) == []
