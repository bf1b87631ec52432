"""Unique sets: distinct by construction, or refused with both numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, models

from fixturekit.planning.intervals import Interval
from fixturekit.values.positions import positions
from fixturekit.values.registry import Context, capacity, compile_source
from fixturekit.values.sources import (
    At,
    Combined,
    Const,
    Distinct,
    Drawn,
    Each,
    Enumerated,
    Fold,
    Link,
    Runs,
    Selected,
    Sequence,
    Source,
)  # fmt: skip
from fixturekit.values.streams import parse_now
from tests.planning.support import batches, planned, problem, step
from tests.planning.tables import rows_of, tables

AXES = """
- {id: students, make: testapp.Student, count: 4}
- {id: courses, make: testapp.Course, count: 5}
"""


def enrolments(student, course, count, extra=""):
    return f"{AXES}- {{id: a, make: testapp.Enrolment, count: {count}, set: {{student: {student}, course: {course}}}}}{extra}"


def tokens(text, id, *names):
    """The combinations of some columns of a batch, as positions or values, row by row."""
    plan = planned(text).plan
    batch = plan.batch(id)
    context = Context(plan.seed, batch.stream, parse_now(plan.now), batch.labels or None)
    cells = []
    for name in names:
        column = batch.column(name)
        assert column is not None
        cells.append(_cells(column.source, context, batch.count))
    return list(zip(*cells, strict=True))


def _cells(source: Source, context, count):
    if isinstance(source, Link):
        return list(positions(source.map, context, 0, count))
    return compile_source(source, context).values(0, count)  # type: ignore[arg-type]


def distinct(text, id, *names):
    rows = tokens(text, id, *names)
    return len(set(rows)) == len(rows)


# -- one column


def test_enumerated():
    """A unique column enumerates its space under a name that every recipe shares."""
    found = batches(step("testapp.Badge"))["a"]["number"]
    assert isinstance(found, Enumerated)
    assert found.key == "testapp.Badge.number"


def test_children_enumerate_with_their_parents():
    """An inherited unique column has one enumeration, so that rows of parent and child never meet."""
    text = """
        options: {style: plain}
        steps:
          - {id: vehicles, make: testapp.Vehicle, count: 3}
          - {id: cars, make: testapp.Car, count: 3}
          - {id: proxies, make: testapp.VintageCar, count: 3}
    """
    found = batches(text)
    plates = [found[id]["plate"] for id in ("vehicles", "cars^vehicle", "proxies^vehicle")]
    assert [(plate.key, plate.start) for plate in plates] == [  # type: ignore[attr-defined]
        ("testapp.Vehicle.plate", 0),
        ("testapp.Vehicle.plate", 3),
        ("testapp.Vehicle.plate", 6),
    ]


def test_literal_for_several_rows():
    """One value cannot serve two rows of a unique column, be it a key or not."""
    assert problem(step("testapp.Badge", "number: x")) == (
        "x.yaml:6:7 steps[0].set.number: testapp.Badge.number: is unique, and 3 rows would all get 'x' "
        "(fixturekit.E045). Use '!seq \"...{n}\"', or leave it out."
    )
    assert "testapp.Author.id: is unique, and 2 rows would all get 7" in problem(
        step("testapp.Author", "id: 7", count=2)
    )
    assert batches(step("testapp.Badge", "number: x", count=1))["a"]["number"] == Const("x")


def test_given_values_that_differ():
    """What differs by itself is left alone."""
    assert batches(step("testapp.Badge", "number: !seq 'x{n}'"))["a"]["number"] == Sequence("x{n}")


def test_range_of_a_key():
    """A range of a counted key draws no key twice."""
    assert distinct(step("testapp.Author", "id: !range [1, 5]", count=5), "a", "id")


def test_choice_of_a_unique_column():
    """Options are used up; one row more is refused with both numbers."""
    text = step("testapp.Badge", "number: !choice [x, y, z]")
    assert sorted(tokens(text, "a", "number")) == [("x",), ("y",), ("z",)]
    assert problem(step("testapp.Badge", "number: !choice [x, y, z]", count=4)) == (
        "x.yaml:6:7 steps[0].set.number: testapp.Badge.number: number must be different in 4 rows, and there are 3 "
        "different values (fixturekit.E057). Lower the count, or widen what the rows are spread over."
    )


def test_too_few_values():
    """A space that is too small is refused with both numbers."""
    assert "must be different in 6 rows, and there are 5 different values" in problem(step("testapp.Grade", count=6))
    assert sorted(tokens(step("testapp.Grade", count=5), "a", "mark")) == [(mark,) for mark in "ABCDE"]


# -- intervals


@pytest.mark.parametrize("seed", range(8))
def test_steps_share_a_space(seed):
    """Steps of a recipe own different entries, also where an interval goes on from the beginning."""
    text = f"""
        seed: {seed}
        steps:
          - {{id: a, make: testapp.Locker, count: 10}}
          - {{id: b, make: testapp.Locker, count: 10}}
    """
    rows = [row for id in "ab" for row in tokens(text, id, "number")]
    assert len(set(rows)) == 20


def test_steps_that_leave_no_room():
    """Steps that want more than there is are told what the others use."""
    text = """
        - {id: a, make: testapp.Locker, count: 15}
        - {id: b, make: testapp.Locker, count: 6}
    """
    assert problem(text) == (
        "x.yaml:3:5 steps[1]: testapp.Locker.number: must be different in 6 rows, and 15 of the 20 different values "
        "are those of other steps (fixturekit.E057). Lower the count, or give the values yourself."
    )


def test_ranges_are_spaces_of_their_own():
    """Two ranges that do not touch are not in each other's way."""
    text = """
        - {id: a, make: testapp.Locker, count: 10, set: {number: !range [1, 10]}}
        - {id: b, make: testapp.Locker, count: 10, set: {number: !range [11, 20]}}
    """
    rows = tokens(text, "a", "number") + tokens(text, "b", "number")
    assert sorted(rows) == [(number,) for number in range(1, 21)]


def test_from():
    """A step says where its own entries begin, modulo the space."""
    text = "- {id: a, make: testapp.Locker, count: 3, from: 47}"
    assert batches(text)["a"]["number"].start == 7  # type: ignore[attr-defined]
    assert planned(text).intervals == (Interval("testapp.Locker.number", "a", "", 7, 3, 20),)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 5), (5, 5), False),
        ((0, 6), (5, 5), True),
        ((18, 5), (0, 2), True),
        ((18, 5), (3, 2), False),
        ((3, 0), (0, 20), False),
        ((0, 20), (7, 1), True),
    ],
)
def test_intervals_go_round(first, second, expected):
    """An interval that reaches the end of the space goes on from its beginning."""
    one, other = (Interval("k", "a", "", start, count, 20) for start, count in (first, second))
    assert one.overlaps(other) is expected
    assert other.overlaps(one) is expected
    assert not one.overlaps(replace(other, key="other"))


# -- groups


def test_product():
    """Two picks walk over their product; all combinations are used up, and one more is refused."""
    text = enrolments("!pick students", "!pick courses", 20)
    assert distinct(text, "a", "student", "course")
    source = batches(text)["a"]["student"]
    assert isinstance(source, Link)
    assert isinstance(source.map, Combined)
    assert "student and course must be different in 21 rows, and there are 20 different values" in problem(
        enrolments("!pick students", "!pick courses", 21)
    )


@pytest.mark.parametrize("seed", range(5))
def test_products_of_several_steps(seed):
    """Steps that combine the same rows own different combinations."""
    steps = enrolments("!pick students", "!pick courses", 9)
    more = steps.splitlines()[-1].replace("id: a", "id: b")
    text = f"seed: {seed}\nsteps:\n" + "\n".join(f"  {line}" for line in [*steps.strip().splitlines(), more])
    rows = tokens(text, "a", "student", "course") + tokens(text, "b", "student", "course")
    assert len(set(rows)) == 18


def test_folds():
    """Two refs that fold meet again only after their least common multiple."""
    assert batches(enrolments("!ref students", "!ref courses", 20))["a"]["student"] == Link("students", Fold(4))
    assert distinct(enrolments("!ref students", "!ref courses", 20), "a", "student", "course")
    assert "different in 21 rows, and there are 20" in problem(enrolments("!ref students", "!ref courses", 21))


def test_fold_and_pick():
    """One fold leaves the other column free to differ from round to round."""
    text = enrolments("!ref students", "!pick courses", 20)
    assert distinct(text, "a", "student", "course")
    source = batches(text)["a"]["course"]
    assert isinstance(source, Link)
    assert source.map.per == 4  # type: ignore[union-attr]


def test_fixed_and_pick():
    """Beside one fixed row the other column is used up."""
    assert distinct(enrolments("!ref 'students[0]'", "!pick courses", 5), "a", "course")
    assert "different in 6 rows, and there are 5" in problem(enrolments("!ref 'students[0]'", "!pick courses", 6))


def test_runs():
    """Children of one owner differ from each other only."""
    text = f"{AXES}- {{id: a, make: testapp.Student, count: 6, set: {{enrolments: !make {{count: 3, course: !pick courses}}}}}}"
    found = batches(text)["a/enrolments"]
    assert found["student"] == Link("a", Runs(3))
    assert found["course"] == Link("courses", Distinct("enrolments.course", 3, 5))
    assert distinct(text, "a/enrolments", "student", "course")


def test_one_parent_each():
    """Where the planner chose how many parents there are, it makes one each before it gives up."""
    text = f"{AXES}- {{id: a, make: testapp.Enrolment, count: 9, set: {{student: !ref 'students[0]'}}}}"
    found = planned(text)
    course = found.plan.batch("a").column("course")
    assert course is not None
    assert course.source == Link("a/course", Each())
    assert found.plan.batch("a/course").count == 9
    assert not [share for share in found.shares if share[0] == "a"]


def test_generated_column_enumerates_for_its_group():
    """A generated text is distinct by itself, whatever its partners are."""
    lesson = batches(step("testapp.Lesson", count=30))["a"]
    assert isinstance(lesson["title"], Enumerated)
    assert lesson["title"].key == "testapp.Lesson.course+title"
    assert isinstance(batches(step("testapp.Reservation", "day: 2026-01-01"))["a"]["room"], Enumerated)


def test_small_columns_are_spelled_out():
    """Columns with few values each combine, up to the last combination."""
    text = step("testapp.Domino", count=12)
    assert isinstance(batches(text)["a"]["colour"], Selected)
    assert distinct(text, "a", "colour", "pips")
    assert "colour and pips must be different in 13 rows, and there are 12 different values" in problem(
        step("testapp.Domino", count=13)
    )


def test_composite_key():
    """A key of two columns is a unique set."""
    assert distinct(step("testapp.Shift", count=30), "a", "worker", "day")
    assert isinstance(batches(step("testapp.Shift", "day: 2026-01-01"))["a"]["worker"], Enumerated)


def test_null_is_distinct():
    """A set with an empty column is left alone."""
    ranking = batches(step("testapp.Ranking", count=5))["a"]
    assert ranking["place"] == Const(None)
    filled = batches("options: {fill_nullable: true}\n" + step("testapp.Ranking", count=5))["a"]
    assert isinstance(filled["place"], Enumerated)


def test_one_row():
    """A single row differs from those that are there already, unless what it links to is new."""
    assert isinstance(batches(step("testapp.Reservation", count=1))["a"]["room"], Enumerated)
    assert batches(enrolments("!pick students", "!ref 'courses[1]'", 1))["a"]["course"] == Link("courses", At(1))


# -- conditional sets


def conditional(*constraints, **fields):
    """A model with these fields and constraints, made in the test."""
    meta = type("Meta", (), {"app_label": "testapp", "constraints": list(constraints)})
    return type("Rule", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


def only(name, condition, *names):
    return models.UniqueConstraint(fields=names, condition=condition, name=name)


@pytest.mark.usefixtures("own_models")
@pytest.mark.parametrize("options", [{"default": False}, {}], ids=["off by default", "no default"])
@pytest.mark.parametrize("count", [2, 5])
def test_flag_that_one_row_has(options, count):
    """A flag that only one row may have on is no unique field: it stays off."""
    conditional(only("r1", models.Q(flag=True), "flag"), flag=models.BooleanField(**options))
    if options or count > 2:
        assert batches(step("testapp.Rule", count=count))["a"]["flag"] == Const(False)
    else:
        assert isinstance(batches(step("testapp.Rule", count=count))["a"]["flag"], Enumerated)  # one of each
    assert problem(step("testapp.Rule", "flag: true")).endswith(
        "flag: is unique, and 3 rows would all get True (fixturekit.E045). Use '!seq \"...{n}\"', or leave it out."
    )


@pytest.mark.usefixtures("own_models")
def test_conditions_of_one_set():
    """Of two constraints on the same fields each holds under its own condition."""
    conditional(
        only("r1", models.Q(kind="primary"), "kind", "owner"),
        only("r2", models.Q(kind="billing"), "kind", "owner"),
        kind=models.CharField(max_length=9),
        owner=models.IntegerField(default=1),
    )
    for kind in ("primary", "billing"):
        assert isinstance(batches(step("testapp.Rule", f"kind: {kind}"))["a"]["owner"], Enumerated)
    assert batches(step("testapp.Rule", "kind: other"))["a"]["owner"] == Const(1)


@pytest.mark.usefixtures("own_models")
def test_range_under_a_condition():
    """A range is drawn where the condition does not hold, and enumerated where it does."""
    conditional(
        only("r1", models.Q(gone=False), "code"),
        code=models.IntegerField(),
        gone=models.BooleanField(default=False),
    )
    assert isinstance(batches(step("testapp.Rule", "code: !range [1, 9]\ngone: true"))["a"]["code"], Drawn)
    assert isinstance(batches(step("testapp.Rule", "code: !range [1, 9]"))["a"]["code"], Enumerated)
    assert "must be different in 3 rows, and there are 2 different values" in problem(
        step("testapp.Rule", "code: !range [1, 2]")
    )


@pytest.mark.usefixtures("own_models")
def test_nulls_that_are_equal():
    """Where NULLs count as equal a column is filled, or another one tells the rows apart."""
    conditional(
        models.UniqueConstraint(fields=["place"], name="r1", nulls_distinct=False),
        models.UniqueConstraint(fields=["parent", "title"], name="r2", nulls_distinct=False),
        place=models.IntegerField(null=True, blank=True),
        parent=models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="+"),
        title=models.CharField(max_length=9),
    )
    found = batches(step("testapp.Rule"))["a"]
    assert isinstance(found["place"], Enumerated)
    assert found["parent"] == Const(None)
    assert isinstance(found["title"], Enumerated)


def test_one_value():
    """One is no plural."""
    assert "and there is 1 value (fixturekit.E057)" in problem(step("testapp.Cover", "book: !pin 1"))


def test_a_range_makes_a_group_distinct():
    """A range that the recipe gives is spread so that no two rows have the same group."""
    rows = batches('- {id: a, make: testapp.Reservation, count: 300, set: {room: x, day: !range ["-400 days", now]}}')
    source = rows["a"]["day"]
    assert isinstance(source, Enumerated)
    assert capacity(source) == 401


def test_conditions_that_leave_no_value():
    """A flag of which one row at most may be on, and one at most off, has room for two rows."""

    class Lever(models.Model):
        on = models.BooleanField()

        class Meta:
            app_label = "testapp"
            constraints = [
                models.UniqueConstraint(fields=["on"], condition=models.Q(on=True), name="one_on"),
                models.UniqueConstraint(fields=["on"], condition=models.Q(on=False), name="one_off"),
            ]

    assert "fixturekit.E057" in problem("- {id: a, make: testapp.Lever, count: 3}")


def dated(constraint, **more):
    """A model whose rows hold the day on which they are made."""

    def save(self, *args, **options):
        return models.Model.save(self, *args, **options)

    meta = type("Meta", (), {"app_label": "testapp", "constraints": [constraint]})
    attributes = {
        "__module__": __name__,
        "day": models.DateField(auto_now_add=True),
        "number": models.IntegerField(),
        "on": models.BooleanField(),
        "Meta": meta,
        **more,
    }
    return type("Dated", (models.Model,), attributes), save


@pytest.mark.usefixtures("own_models")
def test_the_day_of_making_gives_no_distinction_of_its_own():
    """It is that of the recipe's clock, so that other columns of a set differ, or its condition does not hold."""
    dated(models.UniqueConstraint(fields=["day", "number"], condition=models.Q(on=True), name="d"))
    found = batches(step("testapp.Dated", count=9))["a"]
    assert isinstance(found["day"], Const)
    assert isinstance(found["number"], Enumerated)


@pytest.mark.parametrize(
    ("fields", "condition", "expected"),
    [
        (["day"], models.Q(on=True), {"on": {False}}),
        (["day"], models.Q(number__gt=500), {"on": {False, True}}),
        (["day", "number"], models.Q(on=True), {"on": {False, True}}),
    ],
)
@pytest.mark.django_db
@pytest.mark.usefixtures("own_models")
def test_the_day_of_making_where_rows_are_saved(fields, condition, expected):
    """While they are saved it is the machine's, whatever was planned: no set may rely on it."""
    if not connection.features.can_rollback_ddl:
        pytest.skip("a table cannot be made in a transaction")
    model, save = dated(models.UniqueConstraint(fields=fields, condition=condition, name="d"))
    model.save = save
    with tables(model):
        rows = rows_of(model, 20)
    assert {row.on for row in rows} == expected["on"]
    assert len({row.day for row in rows}) == 1


@pytest.mark.usefixtures("own_models")
def test_a_unique_day_of_making():
    """Rows that are written at once have days of their own; of rows that are saved the message says why they cannot."""
    model, save = dated(models.UniqueConstraint(fields=["day"], name="d"))
    assert isinstance(batches(step("testapp.Dated", count=9))["a"]["day"], Enumerated)
    model.save = save
    assert "Dated.day: is unique, and 9 rows would all be saved on one day (fixturekit.E045)" in problem(
        step("testapp.Dated", count=9)
    )


@pytest.mark.usefixtures("own_models")
def test_few_values_in_a_set_of_their_own_and_in_one_by_month():
    """That days would make the second one different does not give the first one more values."""

    class Shelved(models.Model):
        day = models.DateField()
        number = models.IntegerField(unique=True, null=True, unique_for_month="day", choices=[(1, "a"), (2, "b")])

        class Meta:
            app_label = "testapp"

    assert "and there are 2 different values (fixturekit.E057)" in problem(step("testapp.Shelved", count=3))
