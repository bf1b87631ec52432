"""What a text on the command line means is the field's to say."""

from __future__ import annotations

import pytest

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import RecordingError
from fixturekit.recipes.document import (
    Choice,
    Copy,
    Entry,
    Listing,
    Literal,
    Make,
    Mapping,
    Password,
    Pick,
    Pin,
    Ref,
    Sample,
    Seq,
    Target,
    plain,
)  # fmt: skip
from fixturekit.recording.values import field_value, many_value, relation_value
from tests.testapp.models import (
    Album,
    Article,
    Author,
    Book,
    Country,
    Event,
    Measure,
    Note,
    Parcel,
    Passport,
    Preference,
    Price,
    Score,
    Switch,
    Ticket,
    Token,
    Turn,
)


def value(model, name, text):
    return field_value(blueprint(model), name, text)


def refusal(model, name, text):
    with pytest.raises(RecordingError) as caught:
        value(model, name, text)
    return str(caught.value)


def lookup(**pairs):
    return Mapping(tuple(Entry(name, value) for name, value in pairs.items()))


class TestPlain:
    """Fields that hold a value of their own."""

    @pytest.mark.parametrize(
        ("model", "name", "text", "expected"),
        [
            (Note, "title", "FRED", Literal("FRED")),
            (Note, "subtitle", "", Literal("")),
            (Note, "title", "007", Literal("007")),
            (Note, "title", "5", Literal("5")),
            (Note, "title", "true", Literal("true")),
            (Note, "title", "{{ x }}", Literal("{{ x }}")),
            (Note, "title", "@acme", Literal("@acme")),
            (Note, "title", "null", Literal("null")),
            (Note, "nickname", "null", Literal(None)),
            (Turn, "number", "5", Literal(5, "5")),
            (Turn, "number", "-5", Literal(-5, "-5")),
            (Turn, "number", "0", Literal(0, "0")),
            (Switch, "live", "true", Literal(True)),
            (Switch, "live", "False", Literal(False)),
            (Switch, "live", "1", Literal("1")),
            (Switch, "known", "null", Literal(None)),
            (Event, "day", "2026-11-20", Literal("2026-11-20")),
            (Event, "opens_at", "09:30", Literal("09:30")),
            (Event, "starts_at", "2026-11-20T09:00:00+02:00", Literal("2026-11-20T09:00:00+02:00")),
            (Event, "length", "3 00:00:01", Literal("3 00:00:01")),
            (Parcel, "id", "994599e6-3787-48ba-a2d1-42d1bdf6c46e", Literal("994599e6-3787-48ba-a2d1-42d1bdf6c46e")),
            (Parcel, "pk", "994599e6-3787-48ba-a2d1-42d1bdf6c46e", Literal("994599e6-3787-48ba-a2d1-42d1bdf6c46e")),
        ],
    )
    def test_a_text_is_read_for_its_field(self, model, name, text, expected):
        """Digits are a number on a number field and text on a text field."""
        assert value(model, name, text) == expected

    def test_a_decimal_keeps_its_digits(self):
        """25.50 is not 25.5, and never a rounded float."""
        field = next(field for field in blueprint(Price).fields if field.get_internal_type() == "DecimalField")
        assert value(Price, field.name, "25.50").text == "25.50"

    @pytest.mark.parametrize(
        ("model", "name", "text", "message"),
        [
            (Turn, "number", "five", "--number 'five': “five” value must be an integer."),
            (Turn, "number", "2.5", "--number '2.5': 2.5 is not a whole number"),
            (Turn, "number", "9" * 5000, "a number of 5000 characters is too long"),
            (Switch, "live", "maybe", "--live 'maybe': “maybe” value must be either True or False."),
            (Event, "day", "2026-13-01", "--day '2026-13-01': "),
            (Event, "day", "tomorrow", "--day 'tomorrow': "),
            (Parcel, "id", "not-a-uuid", "--id 'not-a-uuid': “not-a-uuid” is not a valid UUID."),
            (Note, "title", "x" * 500, "Ensure this value has at most 30 characters (it has 500)."),
            (Note, "title", "a\0b", "--title 'a\\x00b': the character U+0000 cannot stand in a recipe"),
            (Note, "title", "a\udcffb", "--title 'a\\udcffb': the character U+DCFF cannot stand in a recipe"),
        ],
    )
    def test_what_the_field_refuses_is_refused_here(self, model, name, text, message):
        """With the name and the value, shortened."""
        found = refusal(model, name, text)
        assert message in found
        assert len(found) < 250

    @pytest.mark.parametrize("text", ["1e999", "-1e999"])
    @pytest.mark.parametrize("model", [Measure, Score])
    def test_a_number_beyond_all_is_refused(self, model, text):
        """Infinity has no written form, and no column holds it."""
        names = [field.name for field in blueprint(model).fields if field.get_internal_type() == "FloatField"]
        for name in names:
            assert "is too large for a number" in refusal(model, name, text)

    def test_a_password_of_a_user_is_hashed(self):
        """What is recorded is `!password`; a field of that name elsewhere is text."""
        from django.contrib.auth.models import User

        assert value(User, "password", "hunter2") == Password("hunter2")


class TestJson:
    """JSON fields take YAML, of which JSON is a part."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('{"a": [1, null, {"b": 2.5}]}', {"a": [1, None, {"b": 2.5}]}),
            ("{colour: blue, sizes: [S, M]}", {"colour": "blue", "sizes": ["S", "M"]}),
            ("[1]", [1]),
            ("5", 5),
            ("true", True),
            ("blue", "blue"),
            ('"5"', "5"),
        ],
    )
    def test_a_text_is_read_as_yaml(self, text, expected):
        """Mappings, lists and scalars."""
        assert plain(value(Preference, "payload", text)) == expected

    def test_null_empties_a_nullable_field_only(self):
        """As on every field."""
        assert value(Preference, "extras", "null") == Literal(None)
        assert refusal(Preference, "payload", "null") == "--payload 'null': null is not allowed"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"a": ', "a value is missing"),
            ("{a: !pin 3}", "!pin is not a literal"),
            ("{a: 1, a: 2}", "stands twice"),
            ("&a [*a]", "alias"),
            ("[" * 100, "nested more than 64 deep"),
            ("{{ x }}", "needs quotes"),
            ("1\n    make: shop.X", "a ':' stands where no key can be"),
            ('"x"\nother: 1', "does not fit what stands above"),
        ],
    )
    def test_what_is_no_yaml_value_is_refused(self, text, message):
        """Nothing can leave the place of the value."""
        assert message in refusal(Preference, "payload", text)


class TestTagged:
    """A text that begins with `!` is written as in a recipe."""

    @pytest.mark.parametrize(
        ("model", "name", "text", "expected"),
        [
            (Note, "title", '!seq "T-{n:05}"', Seq("T-{n:05}")),
            (Note, "title", "!copy code", Copy("code")),
            (Note, "title", "!choice [a, b]", Choice((Literal("a"), Literal("b")))),
            (Book, "author", "!pick authors", Pick(Target("authors"))),
            (Book, "author", "!ref authors[2]", Ref(Target("authors", 2))),
            (Book, "author", "!pin {email: a@b.de}", Pin(lookup=lookup(email=Literal("a@b.de")))),
            (Album, "genres", "!sample {of: genres, count: 3}", Sample(Target("genres"), 3)),
            (Album, "genres", "!make {count: 2, name: x}", Make(2, lookup(name=Literal("x")))),
        ],
    )
    def test_a_tag_means_what_it_means_in_a_file(self, model, name, text, expected):
        """On plain fields and on relations."""
        assert value(model, name, text) == expected

    def test_two_signs_are_a_text_that_begins_with_one(self):
        """The way to say it, which the refusal names."""
        assert value(Note, "title", "!!important") == Literal("!important")
        assert refusal(Note, "title", "!important") == (
            "--title '!important': there is no tag !important. Known are !pin, !ref, !pick, !sample, !make, !copy, !seq, "
            "!choice, !range, !now, !auto, !mask, !fake, !jinja, !password, !file, !image, !call. Text that begins with "
            "'!' is written with two"
        )

    @pytest.mark.parametrize("text", ["!range [10, 5]", "!seq {", "!choice []"])
    def test_what_is_meant_as_a_tag_is_not_said_to_be_a_text(self, text):
        """Only what no tag is may have been meant as a text."""
        assert "is written with two" not in refusal(Note, "title", text)

    @pytest.mark.parametrize("text", ["!", "!seq", '!seq "{n.__class__}"', "!choice [", "!choice {}", "!pin [1"])
    def test_a_broken_tag_is_refused(self, text):
        """With what the format says of it."""
        assert refusal(Note, "title", text).startswith(f"--title {text!r}: ")


class TestRelations:
    """A relation to one row."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("9", Pin(key=9)),
            ("0", Pin(key=0)),
            ("007", Pin(key="007")),
            ("994599e6-3787-48ba", Pin(key="994599e6-3787-48ba")),
            ("slug=acme", Pin(lookup=lookup(slug=Literal("acme")))),
            ("a=b,c=d", Pin(lookup=lookup(a=Literal("b"), c=Literal("d")))),
            ("a=b, c=7", Pin(lookup=lookup(a=Literal("b"), c=Literal(7, "7")))),
            ("owner__username=anna", Pin(lookup=lookup(owner__username=Literal("anna")))),
            ("slug=", Pin(lookup=lookup(slug=Literal("")))),
            ("@acme", Ref(Target("acme"))),
            ("@acme[2]", Ref(Target("acme", 2))),
            ("@shop.catalogue/acme", Ref(Target("acme", None, "shop.catalogue"))),
            ("@shop.staff/staff[anna]", Ref(Target("staff", "anna", "shop.staff"))),
            ("null", Literal(None)),
        ],
    )
    def test_a_key_a_lookup_or_a_made_row(self, text, expected):
        """The forms that the help names."""
        assert relation_value(text) == expected

    def test_the_related_model_says_what_true_means(self):
        """A boolean field is looked up by a boolean, a text field by a text."""
        assert relation_value("live=true", blueprint(Switch)) == Pin(lookup=lookup(live=Literal(True)))
        assert relation_value("name=true", blueprint(Author)) == Pin(lookup=lookup(name=Literal("true")))

    @pytest.mark.parametrize("text", ["@", "@a b", "@a[", "@a[]", "@a/b/c", "@" + "9" * 5000])
    def test_an_address_that_is_none_is_refused(self, text):
        """With the forms that there are."""
        assert "is not the address of a step" in refusal(Book, "author", text)

    @pytest.mark.parametrize(
        ("model", "name"), [(Book, "author"), (Passport, "author"), (Passport, "pk"), (Book, "parcel")]
    )
    def test_every_relation_to_one_row_takes_them(self, model, name):
        """Foreign keys and one-to-one fields, also as primary key."""
        assert value(model, name, "@acme") == Ref(Target("acme"))


class TestManyToMany:
    """A relation to many rows."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("3", Make(3)),
            ("3,", Listing((Pin(key=3),))),
            ("3,5", Listing((Pin(key=3), Pin(key=5)))),
            ("name=Jazz, @rock", Listing((Pin(lookup=lookup(name=Literal("Jazz"))), Ref(Target("rock"))))),
        ],
    )
    def test_a_number_of_rows_or_which(self, text, expected):
        """A number alone is a count; commas make a list."""
        assert many_value(text) == expected
        assert value(Album, "genres", text) == expected

    def test_too_many_rows_are_refused(self):
        """As for `--count`."""
        assert refusal(Album, "genres", "9" * 5000).endswith("rows are too many: 10,000,000 at most")

    def test_a_reverse_relation_takes_a_count(self):
        """Rows of the other model are made."""
        assert value(Author, "books", "2") == Make(2)
        assert value(Country, "cities", "2") == Make(2)


def test_no_setting_shapes_what_is_written(settings):
    """The text stays as it was typed, and is converted in UTC wherever it is replayed."""
    settings.TIME_ZONE = "Asia/Tokyo"
    assert value(Article, "created_at", "2026-11-20T09:00:00") == Literal("2026-11-20T09:00:00")
    assert value(Token, "batch", "994599e6378748baa2d142d1bdf6c46e") == Literal("994599e6378748baa2d142d1bdf6c46e")
    assert value(Ticket, "id", "5") == Literal(5, "5")
