"""Models as the planner sees them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test.utils import isolate_apps

from fixturekit.blueprints import (
    UniqueSet,
    blueprint,
    forget,
    is_parent_link,
    is_password,
    parent_links,
    related_model,
)  # fmt: skip
from fixturekit.values.conditions import Column, Compared, Constant
from tests.otherapp.models import BookMobile, Classic
from tests.testapp.models import (
    Album,
    Asset,
    Author,
    Badge,
    Boat,
    Book,
    Box,
    Car,
    Coin,
    Domino,
    FeaturedArticle,
    Genre,
    HotTopic,
    Machine,
    Passport,
    Person,
    Ranking,
    Remark,
    Reservation,
    Shift,
    SportsCar,
    Sticker,
    Topic,
    Vehicle,
)  # fmt: skip


def test_plain_model():
    """One table, a counted key, all stored fields."""
    shape = blueprint(Book)
    assert shape.label == "testapp.Book"
    assert [table.name for table in shape.tables] == ["testapp_book"]
    assert (shape.key.name, shape.counted) == ("id", True)
    assert [field.name for field in shape.fields] == [
        "id",
        "title",
        "author",
        "editor",
        "imprint",
        "parcel",
        "delivery",
        "translator",
    ]


def test_compiled_once():
    """A blueprint is kept until it is forgotten."""
    kept = blueprint(Book)
    assert blueprint(Book) is kept
    forget()
    assert blueprint(Book) is not kept


def test_field():
    """Fields are known by name and by the name of their attribute."""
    shape = blueprint(Book)
    author = Book._meta.get_field("author")
    assert shape.field("author") is shape.field("author_id") is author
    assert shape.field("covers") is None


@pytest.mark.parametrize(
    ("model", "tables", "key", "counted"),
    [
        (SportsCar, ["testapp_vehicle", "testapp_car", "testapp_sportscar"], "id", True),
        (Boat, ["testapp_vehicle", "testapp_boat"], "id", True),
        (Machine, ["testapp_asset", "testapp_machine"], "id", False),
        (BookMobile, ["testapp_vehicle", "otherapp_bookmobile"], "id", True),
        (FeaturedArticle, ["testapp_article"], "id", True),
        (Coin, ["testapp_coin"], "number", True),
        (Passport, ["testapp_passport"], "author", False),
    ],
)
def test_tables_and_keys(model, tables, key, counted):
    """A chain has its topmost table first and its key; a proxy has the table of its concrete model."""
    shape = blueprint(model)
    assert ([table.name for table in shape.tables], shape.key.name, shape.counted) == (tables, key, counted)


def test_tables_of_a_chain():
    """Each table has its own fields, without the link to its parent."""
    fields = [[field.name for field in table.fields] for table in blueprint(SportsCar).tables]
    assert fields == [["id", "plate", "wheels"], ["doors"], ["top_speed"]]
    assert [table.key.name for table in blueprint(Boat).tables] == ["id", "hull"]
    assert {parent: link.name for parent, link in parent_links(Boat).items()} == {Vehicle: "hull"}
    assert parent_links(Asset) == {}


def test_columns_that_nobody_writes():
    """Generated columns and keys of several columns are no fields to fill."""
    assert [field.name for field in blueprint(Box).fields] == ["id", "width", "height"]
    assert [field.name for field in blueprint(Shift).fields] == ["worker", "day", "task"]


@pytest.mark.parametrize(
    ("model", "uniques"),
    [
        (Badge, {("id",), ("number",), ("code",), ("nickname",), ("stamp",)}),
        (Domino, {("id",), ("colour", "pips")}),
        (Reservation, {("id",), ("room", "day")}),
        (Ranking, {("id",), ("course", "student"), ("course", "place")}),
        (Shift, {("worker", "day")}),
        (Car, {("id",), ("plate",)}),
        (User, {("id",), ("username",)}),
        (Passport, {("author",), ("number",)}),
    ],
)
def test_uniques(model, uniques):
    """Unique fields, groups, constraints and keys, of all tables; single fields come first."""
    found = blueprint(model).uniques
    assert set(found) == uniques
    assert sorted(map(len, found)) == [len(names) for names in found]


def test_generic_relations():
    """A generic foreign key and its way back go by their names; lookups that lead back from it are no relations."""
    assert set(blueprint(Remark).generics) == {"target"}
    assert set(blueprint(Remark).relations) == set()
    assert set(blueprint(Topic).relations) == set(blueprint(HotTopic).relations) == {"remarks", "stickers"}
    assert {"target", "object_id"} <= set(blueprint(Remark).names)
    found = blueprint(Sticker).generic_of("key")
    assert found is not None
    assert found.name == "thing"
    assert blueprint(Sticker).generic_of("colour") is None


def test_relations():
    """Many-to-many fields and what points here, under the names that Django gives; hidden ones and parent links not."""
    assert set(blueprint(Author).relations) == {"books", "translations", "desk", "passport", "libraries"}
    assert set(blueprint(Album).relations) == {"genres", "moods", "artists", "credits"}
    assert set(blueprint(Genre).relations) == {"albums"}
    assert set(blueprint(Person).relations) == {"friends", "follows", "followers"}
    assert set(blueprint(SportsCar).relations) == {"books", "races"}
    assert set(blueprint(Vehicle).relations) == set()
    assert "notes" in blueprint(Classic).relations


def test_names():
    """What a recipe may set."""
    assert blueprint(Genre).names == ["id", "name", "albums"]


@isolate_apps("tests.testapp")
def test_unique_sets():
    """Conditional sets are kept apart, each with its condition, and are none of those that always hold."""

    class Rule(models.Model):
        kind = models.CharField(max_length=9)
        place = models.IntegerField(null=True)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="a"), name="a"),
                models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="b"), name="b"),
                models.UniqueConstraint(fields=["place"], condition=models.Q(kind="b"), name="c"),
                models.UniqueConstraint(fields=["place"], name="d"),
                models.UniqueConstraint(fields=["place"], nulls_distinct=False, name="e"),
            ]

    assert blueprint(Rule).unique_sets == (
        UniqueSet(("id",)),
        UniqueSet(("kind",), models.Q(kind="a"), test=Compared("exact", Column("kind"), (Constant("a"),))),
        UniqueSet(("kind",), models.Q(kind="b"), test=Compared("exact", Column("kind"), (Constant("b"),))),
        UniqueSet(("place",), nulls_distinct=False),
    )
    assert blueprint(Rule).uniques == (("id",), ("place",))
    forget()


def test_what_names_lead_to():
    """Links to parents, related models and fields that hold passwords are known in one place."""
    assert is_parent_link(Boat, "hull")
    assert not is_parent_link(Book, "author")
    assert not is_parent_link(Book, "title")
    assert related_model(blueprint(Book), "author") is Author
    assert (related_model(blueprint(Author), "books"), related_model(blueprint(Book), "title")) == (Book, None)
    user = blueprint(User)
    assert [field.name for field in user.fields if is_password(user, field)] == ["password"]
