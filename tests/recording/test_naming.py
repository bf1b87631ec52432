"""Names that the recorder gives."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.recipes.naming import is_recipe_name, is_step_id
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.building import build
from fixturekit.recording.naming import recipe_name, step_id
from tests.testapp.models import Book, SportsCar


def named(**names):
    """A model class as naming looks at it."""
    meta = type("Meta", (), {"model_name": "thing", "verbose_name": "thing", "verbose_name_plural": "things", **names})
    return type("Thing", (), {"_meta": meta})


def test_a_step_is_named_after_its_model():
    """In the singular for one row, in the plural for several."""
    assert [step_id(Book, 1, ()), step_id(Book, 2, ()), step_id(SportsCar, 1, ())] == ["book", "books", "sports_car"]


def test_a_taken_name_is_numbered():
    """The first free number from two."""
    assert step_id(Book, 1, {"book", "book_2"}) == "book_3"
    assert recipe_name(["a", "b"], {"a_b"}) == "a_b_2"


@pytest.mark.parametrize(
    ("names", "id"),
    [
        ({"verbose_name": "Sales order (web)"}, "sales_order_web"),
        ({"verbose_name": "3D model"}, "thing"),
        ({"verbose_name": "товар"}, "thing"),
        ({"verbose_name": "товар", "model_name": "товар"}, "step"),
        ({"verbose_name": "x" * 300}, "x" * 50),
    ],
)
def test_what_cannot_be_an_id_is_replaced(names, id):
    """Models are called all sorts of things."""
    assert step_id(named(**names), 1, ()) == id


def test_the_language_of_whoever_records_does_not_matter():
    """The same command gives the same bytes in a German shell."""
    from django.contrib.auth.models import User

    with override("de"):
        assert str(User._meta.verbose_name) == "Benutzer"
        assert step_id(User, 1, ()) == "user"


def test_a_recipe_is_named_after_its_steps():
    """All of them, as long as the name stays readable."""
    assert recipe_name(["brand", "on-sale"], ()) == "brand_on_sale"
    assert recipe_name(["a" * 30, "b" * 30, "c"], ()) == "a" * 30 + "_and_more"


@given(st.lists(st.from_regex(r"[a-z_][a-z0-9_-]{0,99}", fullmatch=True), min_size=1, max_size=6), st.booleans())
def test_every_name_of_steps_gives_the_name_of_a_recipe(ids, taken):
    """Whatever ids people choose: a file with another name could not be read again."""
    assert all(is_step_id(id) for id in ids)
    first = recipe_name(ids, ())
    assert is_recipe_name(first)
    assert not taken or is_recipe_name(recipe_name(ids, {first}))


def test_a_recipe_of_shelves_is_named_after_them():
    """By their names, or as the defaults of their models."""
    built = build(
        [
            StepArguments(model="testapp.Author", shelve="", fields=[("name", "x")]),
            StepArguments(model="testapp.Author", shelve="On sale", fields=[("name", "x")]),
        ]
    )
    assert built.words == ["author_defaults", "On sale"]
    assert recipe_name(built.words, ()) == "author_defaults_on_sale"
