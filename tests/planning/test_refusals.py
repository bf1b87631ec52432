"""What is refused before a row is written: rows that hang together in ways that cannot be planned, long decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.fields.related import RelatedField
from django.db.models.fields.reverse_related import ManyToManyRel

from fixturekit.values.sources import Const
from tests.planning.support import batches, column, planned, problem, problems, step

pytestmark = pytest.mark.usefixtures("own_models")

# -- multi-table models


def test_several_parents():
    """A model with two parents that count their own keys is refused by name."""

    class Paper(models.Model):
        paper_id = models.AutoField(primary_key=True)

        class Meta:
            app_label = "testapp"

    class Tome(models.Model):
        tome_id = models.AutoField(primary_key=True)

        class Meta:
            app_label = "testapp"

    class Review(Tome, Paper):
        class Meta:
            app_label = "testapp"

    assert problem("- {id: a, make: testapp.Review}") == (
        "x.yaml:2:5 steps[0]: testapp.Review has several parents with keys of their own (Tome, Paper), which cannot be "
        "made yet (fixturekit.E068). Pin rows that exist."
    )
    assert batches("- {id: a, make: testapp.Tome}").keys() == {"a"}


def test_two_ways_to_one_parent():
    """Two parents that share the key of theirs are fine."""

    class Root(models.Model):
        class Meta:
            app_label = "testapp"

    class Left(Root):
        class Meta:
            app_label = "testapp"

    class Right(Root):
        class Meta:
            app_label = "testapp"

    class Both(Left, Right):
        class Meta:
            app_label = "testapp"

    assert list(batches("- {id: a, make: testapp.Both}")) == ["a^root", "a^left", "a^right", "a"]


def test_key_of_its_own():
    """A child with another key than the link to its parent is refused, as a parent that would be made too."""

    class Ground(models.Model):
        class Meta:
            app_label = "testapp"

    class Shop(Ground):
        number = models.AutoField(primary_key=True)
        ground_ptr = models.OneToOneField(Ground, models.CASCADE, parent_link=True)

        class Meta:
            app_label = "testapp"

    class Till(models.Model):
        shop = models.ForeignKey(Shop, models.CASCADE)

        class Meta:
            app_label = "testapp"

    message = "testapp.Shop has a key of its own (number) beside the link to its parent, which cannot be made yet"
    assert message in problem("- {id: a, make: testapp.Shop, count: 2}")
    assert message in problem("- {id: a, make: testapp.Till}")
    assert batches("- {id: a, make: testapp.Till, set: {shop: !pin 1}}").keys() == {"a"}


# -- trees


def tree(name, path):
    """A model that derives from a base class of a tree package, which need not be installed."""
    names = {"mp_tree": ("path", "depth"), "ns_tree": ("lft", "rgt")}[path.split(".")[1]]
    fields = {field: models.IntegerField() for field in (*names, "numchild")}
    module, _, base_name = path.rpartition(".")
    meta = type("Meta", (), {"app_label": "testapp", "abstract": True})
    base = type(base_name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    base.__module__, base.__qualname__ = module, base_name
    return type(name, (base,), {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "testapp"})})


@pytest.mark.parametrize(
    ("path", "names"), [("treebeard.mp_tree.MP_Node", ("path", "depth")), ("treebeard.ns_tree.NS_Node", ("lft", "rgt"))]
)
def test_trees(path, names):
    """A recipe says all of where the rows of a tree stand, or nothing."""
    tree("Section", path)
    first, second = names
    assert problem(f"- {{id: a, make: testapp.Section, set: {{{first}: 1}}}}") == (
        f"x.yaml:2:5 steps[0]: testapp.Section is a tree ({path}): {first} and {second} say where a row stands, and "
        f"{second} is not given (fixturekit.E071). Leave them out: django-treebeard fills them, and 'parent' says below "
        "which row."
    )
    assert batches(f"- {{id: a, make: testapp.Section, set: {{{first}: 1, {second}: 2}}}}")["a"][first] == Const(1)
    labelled = f"- {{id: a, make: testapp.Section, named: {{x: {{{first}: 1, {second}: 2}}, y: {{{first}: 1}}}}}}"
    assert "is a tree" in problem(labelled)
    assert batches(labelled.replace("y: {", f"y: {{{second}: 3, ")).keys() == {"a"}


def test_said_twice():
    """Where a row stands is said by the row above it, or by the tree's own columns."""
    tree("Section", "treebeard.mp_tree.MP_Node")
    twice = "- {id: a, make: testapp.Section, set: {path: 1, depth: 2, parent: !pin 1}}"
    assert "testapp.Section.parent: says where a row stands" in problem(twice)


@pytest.mark.parametrize("way", ["stream", "bulk"])
def test_ways(way):
    """Rows of a tree are planted one by one."""
    tree("Section", "treebeard.mp_tree.MP_Node")
    assert "are planted one by one by django-treebeard" in problem(f"- {{id: a, make: testapp.Section, save: {way}}}")


# -- decimals


class Sum:
    """A model with a long decimal, made in the test."""

    @staticmethod
    def model():
        class Amount(models.Model):
            amount = models.DecimalField(max_digits=30, decimal_places=2)

            class Meta:
                app_label = "testapp"

        return Amount


LONG = '"123456789012345.67"'


@pytest.mark.parametrize("value", [LONG, f"!choice [1, {LONG}]", f"!range [1, {LONG}]"])
def test_decimal_of_many_digits(value):
    """A decimal that the database would round is refused at its place; databases that keep it take it."""
    Sum.model()
    text = step("testapp.Amount", f"amount: {value}")
    if connection.vendor == "sqlite":
        assert problem(text).startswith("x.yaml:6:7 steps[0].set.amount: testapp.Amount.amount: 123456789012345.6")
        assert "has more than 15 significant digits, database 'default' would round it (fixturekit.E067)" in problem(
            text
        )
    else:
        assert batches(text).keys() == {"a"}


def test_decimal_of_a_label():
    """The same for what one label sets."""
    Sum.model()
    text = f"- {{id: a, make: testapp.Amount, named: {{x: {{amount: {LONG}}}, y: {{amount: 1}}}}}}"
    if connection.vendor == "sqlite":
        assert "steps[0].named.x.amount: testapp.Amount.amount: " in problem(text)
    else:
        assert planned(text).plan.rows == 2


@pytest.mark.parametrize(
    "value", ["12345678901234500000000", "1234567890123.45", "-0.01", "!range [0, 9999999999999.99]"]
)
def test_decimal_that_every_database_keeps(value):
    """Noughts at the end do not count."""
    Sum.model()
    found = column("testapp.Amount", f"amount: {value}", "amount")
    if isinstance(found, Const):
        assert found.value == Decimal(value)


# -- keys that the database fills


def test_key_by_database():
    """Where an expression of the database is the key, rows are saved one by one; another way is refused."""

    class Slip(models.Model):
        code = models.CharField(max_length=40, primary_key=True, db_default=models.functions.Lower(models.Value("A")))

        class Meta:
            app_label = "testapp"

    batch = planned("- {id: a, make: testapp.Slip, count: 2}").plan.batch("a")
    assert (batch.way, batch.why) == ("each", "key filled by db_default Lower")
    for way in ("stream", "bulk"):
        (found,) = problems(f"- {{id: a, make: testapp.Slip, save: {way}}}")
        assert found.endswith(
            "testapp.Slip.code: is filled by the database (db_default Lower), so its rows can only be written with "
            "'save: each' (fixturekit.E069)."
        )
    assert planned("- {id: a, make: testapp.Slip, save: stream, set: {code: x}}").plan.batch("a").way == "stream"


# -- validators that nothing is known of


def never(value):
    """Accepts nothing."""
    raise ValidationError("Not a number.")


def test_generated_values_that_a_validator_refuses():
    """Where a validator takes nothing that anybody knows of, it is named, with the field and what can be done."""

    class Citizen(models.Model):
        number = models.CharField(max_length=11, validators=[never])

        class Meta:
            app_label = "testapp"

    text = problem("- {id: a, make: testapp.Citizen, count: 3}")
    assert text.startswith("x.yaml:2:5 steps[0]: testapp.Citizen.number: generated values, such as '")
    assert text.endswith(
        "are refused by never: Not a number. Give the field values that fit, in the recipe or on a shelf, or name a function "
        "for it in FIELD_GENERATORS (fixturekit.E059). Such as '!seq \"A-{n:05}\"', which counts, or "
        "'!call app.module.function'."
    )


def test_generated_values_that_a_parent_refuses():
    """Of rows that are only needed, the message says where their values are given."""

    class Town(models.Model):
        number = models.CharField(max_length=11, validators=[never])

        class Meta:
            app_label = "testapp"

    class Villager(models.Model):
        town = models.ForeignKey(Town, models.CASCADE)

        class Meta:
            app_label = "testapp"

    text = problem("- {id: a, make: testapp.Villager}")
    assert "are refused by never: Not a number. Give 'town__number' values that fit" in text


# -- fields of libraries


def dialled(text):
    """A stand-in for what checks telephone numbers."""
    if not re.fullmatch(r"\+1 ?202 ?555 ?\d{4}", str(text)):
        raise ValidationError("The phone number entered is not valid.")


@pytest.mark.parametrize("options", ["", "options: {style: plain}\n"])
def test_telephone_numbers_that_can_be_dialled(options):
    """A field that asks whether a number can be dialled gets one, by its name or by its class; other fields are as ever."""

    class PhoneNumberField(models.CharField):
        pass

    class Subscriber(models.Model):
        phone = models.CharField(max_length=30, validators=[dialled])
        hotline = PhoneNumberField(max_length=12, validators=[dialled], unique=True)
        fax = models.CharField(max_length=30, validators=[dialled], null=True)

        class Meta:
            app_label = "testapp"

    columns: dict[str, Any] = batches(options + step("testapp.Subscriber", count=3))["a"]
    assert dict(columns["phone"].args)["template"] == "+1 202 555 {digits:4}"
    tested = dict(columns["hotline"].args)
    assert dict(tested["args"])["template"] == "+1202555{digits:4}"
    assert dict(columns["fax"].args)["template"] == "+1 202 555 {digits:4}"


def test_json_of_a_field_that_is_no_json_field():
    """What a field says to be JSON and is not Django's field is not guessed."""

    class BlocksField(models.Field):
        def get_internal_type(self):
            return "JSONField"

        def get_prep_value(self, value):
            return [[name, text] for name, text in value]

    class Story(models.Model):
        body = BlocksField(blank=True)
        more = BlocksField()

        class Meta:
            app_label = "testapp"

    assert "testapp.Story.more" in problem("- {id: a, make: testapp.Story, set: {body: [[a, b]]}}")
    columns = batches("- {id: a, make: testapp.Story, set: {body: [], more: [[a, b]]}}")["a"]
    assert (columns["body"], columns["more"]) == (Const([]), Const([["a", "b"]]))


def test_managers_that_look_like_relations():
    """A manager that stands among the relations to many rows is told, with the model of its links."""

    class Seal(models.Model):
        class Meta:
            app_label = "testapp"

    manager_base: Any = RelatedField
    relation_class: Any = ManyToManyRel

    class StickerManager(manager_base):
        many_to_many, many_to_one, one_to_many, one_to_one = True, False, False, False

        def __init__(self):
            rel = relation_class(self, "self", through=Seal)
            super().__init__(rel=rel, null=True, serialize=False)
            self.editable = False

        def contribute_to_class(self, cls, name):
            self.set_attributes_from_name(name)
            self.model = cls
            self.opts = cls._meta
            cls._meta.add_field(self)

    class Bundle(models.Model):
        stickers = StickerManager()

        class Meta:
            app_label = "testapp"

    message = "testapp.Bundle.stickers: is a StickerManager, whose links nobody knows how to make (fixturekit.E055)."
    assert f"{message} Make rows of testapp.Seal in a step of their own." in problem(
        "- {id: a, make: testapp.Bundle, set: {stickers: !make 2}}"
    )
