"""Plain fields: what the recipe gives, what the field's default says, what is generated."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models.functions import Random

from fixturekit.values.sources import (
    ByDatabase,
    Const,
    Copied,
    Default,
    Drawn,
    Enumerated,
    Hashed,
    Link,
    Mixed,
    Picked,
    Pinned,
    Selected,
    Sequence,
    Weighted,
)
from tests.planning.support import batches, column, planned, problem, problems, step

UTC = datetime.timezone.utc
NOW = "now: 2026-11-20T09:30:00+02:00\n"


def at(model, setting, field, *, count=3):
    """The source of a column in a recipe with a clock."""
    return batches(NOW + step(model, setting, count=count))["a"][field]


def refused(model, setting, *, count=3):
    """What is said of the value of the field, without place and id."""
    line = problem(step(model, setting, count=count))
    field = setting.partition(":")[0]
    head, tail = f"x.yaml:6:7 steps[0].set.{field}: {model}.{field}: ", " (fixturekit.E046)."
    assert line.startswith(head)
    assert line.endswith(tail)
    return line.removeprefix(head).removesuffix(tail)


# -- literals


@pytest.mark.parametrize(
    ("model", "setting", "value"),
    [
        ("Note", "title: Fred", "Fred"),
        ("Note", "title: 012", "012"),
        ("Note", "title: 7.50", "7.50"),
        ("Note", "title: true", "true"),
        ("Price", "amount: 7.5", Decimal("7.5")),
        ("Price", "amount: '7.25'", Decimal("7.25")),
        ("Measure", "whole: 7", 7),
        ("Measure", "whole: '7'", 7),
        ("Reading", "value: 7", 7.0),
        ("Switch", "live: true", True),
        ("Switch", "known: null", None),
        ("Event", "day: 2026-01-31", datetime.date(2026, 1, 31)),
        ("Event", "opens_at: 10:30", datetime.time(10, 30)),
        ("Event", "starts_at: 2026-01-31 10:30", datetime.datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
        ("Event", "length: 1:30:00", datetime.timedelta(minutes=90)),
        ("Preference", "payload: {a: [1, null], b: x}", {"a": [1, None], "b": "x"}),
        ("Preference", "payload: [1, 2]", [1, 2]),
        ("Spot", "point: 3;4", (3, 4)),
        ("Survey", "size: s", "s"),
    ],
)
def test_literals(model, setting, value):
    """A literal becomes what the field makes of it."""
    source = column(f"testapp.{model}", setting, setting.partition(":")[0])
    assert source == Const(value)
    assert type(source.value) is type(value)


@pytest.mark.parametrize(
    ("model", "setting", "reason"),
    [
        ("Note", "letter: ab", "ab: Ensure this value has at most 1 character (it has 2)"),
        ("Note", "title: ''", "'': This field cannot be blank"),
        ("Note", "title: null", "None: null is not allowed"),
        ("Note", "title: [a]", "a list or a mapping is not a value of this field"),
        ("Note", "title: {a: b}", "a list or a mapping is not a value of this field"),
        ("Note", "title: !ref a", "!ref is for relations, this is a CharField"),
        ("Note", "title: !make 2", "!make is for relations, this is a CharField"),
        ("Price", "amount: 1.005", "'1.005': Ensure that there are no more than 2 decimal places"),
        ("Price", "amount: true", "True: true is not a number"),
        ("Measure", "whole: 1.5", "'1.5': 1.5 is not a whole number"),
        ("Measure", "whole: true", "True: true is not a whole number"),
        ("Event", "day: 5", "'5': a DateField does not take it"),
        ("Event", "length: 90", "'90': a DurationField does not take it"),
        ("Survey", "size: x", "x: Value 'x' is not a valid choice. Choices are s, m, l"),
        ("Preference", "payload: [!now ]", "!now is not a literal"),
        ("Preference", "payload: {a: !now }", "!now is not a literal"),
    ],
)
def test_literals_that_do_not_fit(model, setting, reason):
    """What the field refuses is said here, not by the database."""
    found = refused(f"testapp.{model}", setting)
    value = reason.partition(":")[0]
    assert found in (reason, reason.replace(value, f"'{value}'", 1))


# -- sequences, choices, ranges, clocks


def test_sequence():
    """A sequence is kept as its format."""
    assert column("testapp.Badge", "number: !seq 'B-{n:03}'", "number") == Sequence("B-{n:03}")
    assert column("testapp.Measure", "whole: !seq '{n}0'", "whole") == Sequence("{n}0")


def test_sequence_that_grows_too_long():
    """The last row is tried as well as the first."""
    assert column("testapp.Note", "code: !seq 'x{n}'", "code", count=9) == Sequence("x{n}")
    assert refused("testapp.Note", "code: !seq 'x{n}'", count=10) == (
        "row 10 would be 'x10': Ensure this value has at most 2 characters (it has 3)"
    )
    assert refused("testapp.Measure", "whole: !seq 'x{n}'").startswith("row 1 would be 'x1': ") or refused(
        "testapp.Measure", "whole: !seq 'x{n}'"
    ).startswith("row 3 would be 'x3': ")


def test_choice():
    """Options are values of the field, drawn evenly or by weight."""
    assert column("testapp.Measure", "whole: !choice [1, '2']", "whole") == Selected((1, 2), Picked("whole", 2))
    assert column("testapp.Measure", "whole: !choice {1: 3, 2: 1}", "whole") == Selected(
        (1, 2), Weighted("whole", (3.0, 1.0))
    )
    assert "must be an integer" in refused("testapp.Measure", "whole: !choice [1, x]")
    assert refused("testapp.Note", "title: !choice [x, !now ]") == "!now is for dates and times, this is a CharField"


def test_choice_of_ways():
    """Options may be ways to get a value; each draws in a lane of its own."""
    found = column("testapp.Note", "title: !choice [x, !seq 'T{n}', !mask '##', !choice [!copy code, y]]", "title")
    assert found == Mixed(
        (
            Const("x"),
            Sequence("T{n}"),
            Drawn("mask", "title[2]", (("mask", "##"),)),
            Mixed((Copied("code"), Const("y")), Picked("title[3]", 2)),
        ),
        Picked("title", 4),
    )
    assert refused("testapp.Note", "title: !choice [x, !make 2]") == "!make is for relations, this is a CharField"


def test_mask():
    """Texts that fit the field and that its validators take; on a unique field each once."""
    assert column("testapp.Note", "title: !mask '##'", "title") == Drawn("mask", "title", (("mask", "##"),))
    found = batches(step("testapp.Author", "email: !mask '###@example.com'", count=3))["a"]["email"]
    assert isinstance(found, Enumerated)
    assert found == Enumerated("mask", "testapp.Author.email", found.start, (("mask", "###@example.com"),))
    assert "texts of the mask, such as" in refused("testapp.Author", "email: !mask '###'")
    assert refused("testapp.Measure", "whole: !mask '##'") == "!mask is for texts, this is a IntegerField: use !range"
    assert refused("testapp.Note", "title: !mask '##!'").startswith("the mask '##!' ends in '!'")
    assert refused("testapp.Note", f"title: !mask '{'#' * 300}'").startswith("the mask makes texts of 300 characters")


def test_mask_that_has_too_few_texts():
    """A unique field wants as many texts as rows, counted before any row is made."""
    line = problem(step("testapp.Author", "email: !mask '#@example.com'", count=11))
    assert "must be different in 11 rows, and there are 10 different values" in line
    assert "E057" in line


@pytest.mark.parametrize(
    ("model", "setting", "expected"),
    [
        ("Measure", "whole: !range [3, 5]", Drawn("integers", "whole", (("high", 5), ("low", 3)))),
        ("Event", "day: !range ['-2 days', now]", Drawn("dates", "day", (("least", 0), ("most", 2)))),
        (
            "Holiday",
            "day: !range [2026-01-01, 2026-01-31]",
            Enumerated("dates", "testapp.Holiday.day", 0, (("high", 739647), ("low", 739617))),
        ),
    ],
)
def test_range(model, setting, expected):
    """A range is drawn, and enumerated where the field is unique."""
    source = at(f"testapp.{model}", setting, setting.partition(":")[0])
    if isinstance(source, Enumerated):
        assert 0 <= source.start < 31
        source = Enumerated(source.enumeration, source.key, 0, source.args)
    assert source == expected


def test_range_backwards():
    """The lower end comes first."""
    assert refused("testapp.Event", "day: !range [now, '-2 days']") == "the range begins at now, behind its end -2 days"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("day: !now", datetime.date(2026, 11, 20)),
        ("day: !now '-20 days'", datetime.date(2026, 10, 31)),
        ("starts_at: !now '1 hour'", datetime.datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("opens_at: !now", datetime.time(9, 30)),
    ],
)
def test_now(setting, value):
    """The recipe's clock, moved; a date or time is the one that is written."""
    assert at("testapp.Event", setting, setting.partition(":")[0]) == Const(value)


def test_now_elsewhere():
    """The clock is for dates and times, and for those that exist."""
    assert refused("testapp.Note", "title: !now") == "!now is for dates and times, this is a CharField"
    assert refused("testapp.Event", "day: !now '-999999 days'") == "date value out of range"


def test_auto():
    """``!auto`` is as if the field were not named, even where null would do."""
    assert column("testapp.Note", "title: !auto", "title") == column("testapp.Note", "code: x", "title")
    assert column("testapp.Book", "author: !auto", "author") == column("testapp.Book", "title: x", "author")


# -- passwords


def test_password():
    """One hash for all rows, digested as the text."""
    source = column("auth.User", "password: !password secret\nusername: !seq 'u{n}'", "password")
    assert isinstance(source, Hashed)
    assert source.raw == "secret"
    assert check_password("secret", source.encoded)


@pytest.mark.parametrize("value", ["secret", "!choice [a, b]", "!seq 'x{n}'", "!copy username", "pbkdf2_sha256$1$a$b"])
def test_password_that_would_be_stored_raw(value):
    """Nothing but a hash gets into a password."""
    assert "a password is written '!password TEXT', so that what is stored is its hash" in problem(
        step("auth.User", f"password: {value}")
    )


def test_password_where_it_does_not_fit():
    """A hash needs a text with room for it."""
    assert refused("testapp.Measure", "whole: !password x") == "!password is for texts, this is a IntegerField"
    assert refused("testapp.Note", "code: !password x").endswith("there is room for 2")


def test_password_that_nobody_set():
    """A user without a password cannot log in."""
    assert batches(step("auth.User"))["a"]["password"] == Hashed("!", "!")


# -- copies


@pytest.mark.parametrize(
    ("model", "setting", "field", "expected"),
    [
        ("Note", "title: !copy sentence", "title", Copied("sentence")),
        ("Book", "editor: !copy author", "editor", Link("a/author", Picked("author", 2))),
        ("Book", "author: !pin 9\ntitle: !copy author.name", "title", Pinned(0, "name")),
        ("Book", "title: !copy author.name", "title", Link("a/author", Picked("author", 2), "name")),
        ("Book", "title: !copy delivery.plate", "title", Link("a/delivery^vehicle", Picked("delivery", 2), "plate")),
        ("Book", "title: !copy editor.name", "title", Const(None)),
        ("Relic", "name: !copy group", "name", Copied("group")),
        ("otherapp.Loan", "library: !auto", "library", Link("a/library", Picked("library", 2))),
    ],
)
def test_copy(model, setting, field, expected):
    """A value of the row, or of a row it points to; a relation is copied as its link."""
    assert column(model if "." in model else f"testapp.{model}", setting, field) == expected


@pytest.mark.parametrize(
    ("model", "setting", "reason"),
    [
        ("Note", "title: !copy titel", "testapp.Note has no field 'titel' to copy (fixturekit.E013). Did you mean 'title'?"),
        ("Note", "title: !copy title", "copies go round in a circle: title -> title (fixturekit.E060)."),
        (
            "Note",
            "title: !copy sentence\nsentence: !copy title",
            "copies go round in a circle: title -> sentence -> title (fixturekit.E060).",
        ),
        (
            "Book",
            "title: !copy author.nam",
            "'author.nam' cannot be copied: name a field of the row, or one of a row it points to (fixturekit.E061).",
        ),
        ("Author", "name: !copy id", "'id' cannot be copied: the database fills it (fixturekit.E061)."),
        ("Book", "title: !copy author.id", "'id' cannot be copied: the database fills it (fixturekit.E061)."),
        ("Sensor", "label: !copy kind", "'kind' cannot be copied: the database fills it (fixturekit.E061)."),
        ("Car", "doors: !copy wheels", "'wheels' cannot be copied: it lies in another table of the row (fixturekit.E061)."),
        (
            "Book",
            "editor: !copy parcel",
            "'parcel' cannot be copied: it leads to testapp.Parcel, editor to testapp.Author (fixturekit.E061).",
        ),
        ("Book", "author: !copy title", "'title' cannot be copied: it is no relation, unlike author (fixturekit.E061)."),
        ("Book", "title: !copy author", "'author' cannot be copied: it is a relation, unlike title (fixturekit.E061)."),
        (
            "Folder",
            "name: !copy parent.name\nparent: !pick a",
            "'parent.name' cannot be copied: these rows are being made themselves (fixturekit.E061).",
        ),
    ],
)  # fmt: skip
def test_copies_that_cannot_be(model, setting, reason):
    """A copy that no row could take is one problem, at the copy."""
    field = setting.partition(":")[0]
    assert problem(step(f"testapp.{model}", setting)) == (
        f"x.yaml:6:7 steps[0].set.{field}: testapp.{model}.{field}: {reason}"
    )


def test_copy_of_what_differs():
    """Of a relation whose rows have different sources nothing can be copied."""
    text = step("testapp.Book", "editor: !choice [!pin 1, !pin 2]\ntitle: !copy editor.name")
    assert problem(text).endswith("'editor.name' cannot be copied: editor differs from row to row (fixturekit.E061).")


def test_copies_of_labelled_rows():
    """A label's copy is resolved and checked like any other."""
    text = "- {id: a, make: testapp.Book, named: {x: {title: !copy author.name}, y: {title: T}}}"
    title = batches(text)["a"]["title"]
    assert isinstance(title, Mixed)
    assert [type(part) for part in title.sources] == [Link, Const]
    assert "no field 'nope' to copy" in problem("- {id: a, make: testapp.Note, named: {x: {title: !copy nope}}}")


# -- what nobody set


def test_defaults():
    """A field's own default counts where it can be valid; callables are recognised, containers are made anew."""
    assert column("testapp.Note", "code: x", "greeting") == Const("hello")
    assert column("testapp.Measure", "whole: 1", "zero") == Const(0)
    assert isinstance(column("testapp.Note", "code: x", "heading"), Drawn)
    preference = batches(step("testapp.Preference"))["a"]
    assert (preference["options"], preference["history"]) == (Const({}), Const([]))
    assert isinstance(preference["layout"], Drawn)
    assert column("testapp.Token", "batch: !auto", "value") == Drawn("uuids", "value")


def test_callable_defaults():
    """A callable is called row by row; its path is named, that of a partial is its function's."""
    draft = batches(step("testapp.Draft"))["a"]
    assert draft["title"] == Default("title", "tests.testapp.defaults.untitled", "title")
    assert draft["short_code"] == Default("short_code", "django.utils.crypto.get_random_string", "short_code")
    assert draft["key"] == Default("key", "secrets.token_hex", "key")


def test_default_of_a_unique_field():
    """One fixed value serves a single row."""
    assert batches(step("testapp.Badge", count=1))["a"]["stamp"] == Const("new")
    assert isinstance(batches(step("testapp.Badge", count=2))["a"]["stamp"], Enumerated)


def test_default_of_none(monkeypatch):
    """A default of None says nothing: what may not be blank is filled, what may not be null has a parent."""
    from tests.testapp.models import Book, Note

    monkeypatch.setattr(Note._meta.get_field("motto"), "default", None)
    monkeypatch.setattr(Book._meta.get_field("author"), "default", None)
    assert isinstance(batches(step("testapp.Note"))["a"]["motto"], Drawn)
    assert isinstance(batches(step("testapp.Book"))["a"]["author"], Link)


def test_clocks():
    """What would ask the machine for the time says what the recipe says."""
    record = batches(NOW + step("testapp.Record"))["a"]
    instant = Const(datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=2))))
    for name in ("created_at", "updated_at", "noted_at"):
        assert record[name] == instant
    for name in ("created_on", "updated_on", "noted_on", "local_day"):
        assert record[name] == Const(datetime.date(2026, 11, 20))
    assert record["created_time"] == Const(datetime.time(9, 30))


def test_database_defaults():
    """Literals and clocks of the database are planned; what only it can compute is left to it."""
    batch = planned(NOW + step("testapp.Sensor")).plan.batch("a")
    found = {column.field: column.source for column in batch.columns}
    assert (found["state"], found["level"], found["active"]) == (Const("new"), Const(7), Const(True))
    assert isinstance(found["seen_at"], Const)
    assert "kind" not in found
    assert not any(isinstance(source, ByDatabase) for source in found.values())


def test_database_defaults_beside_labels():
    """A column that the database fills is given to all labelled rows, or to none."""
    text = "- {id: a, make: testapp.Sensor, named: {x: {kind: k}, y: {}}}"
    assert problem(text).endswith(
        "testapp.Sensor.kind: is left to db_default Upper in the other rows: give it to all rows, or to none "
        "(fixturekit.E058)."
    )
    assert batches(text.replace("y: {}", "y: {kind: m}"))["a"]["kind"].choose == (0, 1)  # type: ignore[attr-defined]


def test_generated_columns_are_left_out():
    """The database computes them, and a recipe cannot set them."""
    assert batches(step("testapp.Box"))["a"].keys() == {"width", "height"}
    assert problem(step("testapp.Box", "area: 3")).endswith(
        "testapp.Box.area is computed by the database from other columns, so it takes no value (fixturekit.E095). "
        "Leave it out."
    )
    assert problem(step("testapp.Box", "width: !copy area")).endswith(
        "'area' cannot be copied: the database computes it from other columns (fixturekit.E061)."
    )


@pytest.mark.usefixtures("own_models")
def test_database_defaults_that_draw():
    """Identifiers and fractions that the database would draw are drawn from the recipe, by whatever path they have."""

    class Drawing(models.Model):
        fraction = models.FloatField(db_default=Random())
        rounded = models.IntegerField(db_default=Random())

        class Meta:
            app_label = "testapp"

    found = batches(step("testapp.Drawing"))["a"]
    assert isinstance(found["fraction"], Drawn)
    assert found["fraction"].generator == "fractions"
    assert "rounded" not in found


def test_nullable():
    """Null and blank stays empty; null alone is filled; ``fill_nullable`` fills both."""
    note = batches(step("testapp.Note"))["a"]
    assert note["nickname"] == Const(None)
    assert isinstance(note["motto"], Drawn)
    filled = batches("options: {fill_nullable: true}\n" + step("testapp.Note"))["a"]
    assert isinstance(filled["nickname"], Drawn)


def test_style():
    """Plain values count, lifelike ones are drawn."""
    plain = batches("options: {style: plain}\n" + step("testapp.Survey"))["a"]
    assert plain["colour"] == Const("red")
    assert isinstance(batches(step("testapp.Survey"))["a"]["colour"], Drawn)


def test_field_that_nothing_fills():
    """The error names model, field and class, and the ways out; null is a way out."""
    line = problem(step("testapp.Place"))
    assert "fixturekit does not know how to fill testapp.Place.point, a PointField." in line
    assert line.endswith("(fixturekit.E059). Such as a value, or '!call app.module.function'.")
    assert batches(step("testapp.Spot"))["a"]["point"] == Const(None)


def test_all_values_are_checked_at_once():
    """Each bad value is a problem of its own."""
    text = step("testapp.Event", "day: x\nopens_at: y\nlength: z")
    assert [line.split(" ")[0] for line in problems(text)] == ["x.yaml:6:7", "x.yaml:7:7", "x.yaml:8:7"]


@pytest.mark.parametrize("value", ["hunter2", "!choice [hunter2, other]", "!seq 'hunter2{n}'"])
def test_passwords_are_not_shown(value):
    """A password that is written wrongly is not repeated in the message."""
    found = problem(step("auth.User", f"password: {value}"))
    assert "a password is written '!password TEXT'" in found
    assert "hunter2" not in found
