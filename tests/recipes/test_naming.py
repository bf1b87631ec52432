"""Names of recipes, files, steps and rows."""

from __future__ import annotations

import pytest

from fixturekit.recipes.naming import FileName, RecipeName, did_you_mean, did_you_mean_recipe, is_row_label, is_step_id


def test_recipe_names():
    """The identity of a recipe is its app and its name."""
    name = RecipeName.parse("shop.summer_sale")
    assert (name.app_label, name.name, str(name)) == ("shop", "summer_sale", "shop.summer_sale")


@pytest.mark.parametrize(
    "text", ["", "shop", "shop.", ".x", "shop.0001_x", "shop.Sale", "shop.a-b", "shop.a.b", "1.a", "s.é"]
)
def test_bad_recipe_names(text):
    """A number is no part of a name, and names are lower-case words."""
    with pytest.raises(ValueError, match="not the name of a recipe"):
        RecipeName.parse(text)


def test_file_names():
    """A file is named by number and name."""
    name = FileName.parse("0002_summer_sale.yaml")
    assert (name.number, name.name, name.stem, str(name)) == (
        2,
        "summer_sale",
        "0002_summer_sale",
        "0002_summer_sale.yaml",
    )
    assert str(FileName(12345, "a")) == "12345_a.yaml"
    assert FileName.parse("12345_a.yaml") == FileName(12345, "a")


@pytest.mark.parametrize(
    "text", ["a.yaml", "1_a.yaml", "0001.yaml", "0001_.yaml", "0001_a.yml", "0001_A.yaml", "0001_a-b.yaml"]
)
def test_bad_file_names(text):
    """Other names are not those of recipes."""
    with pytest.raises(ValueError, match=r"file name|recipe name"):
        FileName.parse(text)


def test_ids_and_labels():
    """Ids are lower-case words; labels are free, but are never numbers and have no brackets."""
    assert [text for text in ("a", "a-1", "_a", "A", "1", "", "a b", "é", "a" * 101) if is_step_id(text)] == [
        "a",
        "a-1",
        "_a",
    ]
    labels = ("anna", "Anna B.", "no", "é", "1a", "1", "", " a", "a[0]", "a\nb")
    assert [text for text in labels if is_row_label(text)] == ["anna", "Anna B.", "no", "é", "1a"]


def test_hints():
    """The nearest known word is suggested, if one is near."""
    assert did_you_mean("emial", ["email", "name"]) == "Did you mean 'email'?"
    assert did_you_mean("xyz", ["email", "name"]) == ""


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("shop.sael", "Did you mean 'shop.sale'?"),
        ("shop.catalog", "Did you mean 'shop.catalogue'?"),
        ("shop.nope", ""),
        ("shpo.sale", "Did you mean 'shop.sale'?"),
        ("shop.staff", "Did you mean 'accounts.staff'?"),
        ("shop.stuff", "Did you mean 'accounts.staff'?"),
        ("nowhere", ""),
    ],
)
def test_a_recipe_is_near_by_its_own_name(word, hint):
    """What all recipes of an app have in common says nothing."""
    assert did_you_mean_recipe(word, ["shop.sale", "shop.ref", "shop.catalogue", "accounts.staff"]) == hint
