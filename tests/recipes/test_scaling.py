"""Recipes with more or fewer rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.exceptions import PlanError
from fixturekit.recipes.document import Recipe
from fixturekit.recipes.reading import read
from fixturekit.recipes.scaling import alike, resized, times
from fixturekit.recipes.scaling import scaled as scaled_recipe
from fixturekit.recipes.writing import write
from tests.recipes.strategies import recipes

RECIPE = """\
depends_on: [shop.catalogue]
steps:
  - id: brands
    make: shop.Brand
    count: 15
  - id: one
    make: shop.Brand
  - id: none
    make: shop.Brand
    count: 0
  - id: staff
    make: shop.User
    named: {anna: {}, bob: {}}
  - id: rates
    rows: shop.Rate
    columns: [country]
    values: [[FI], [DE]]
  - id: products
    make: shop.Product
    count: 200
    set:
      brand: !ref brands[12]
      owner: !ref staff[anna]
      maker: !choice [!ref "brands[3]", !ref one]
      tags: [!ref "brands[0]", !ref "brands[2]", !ref "brands[1]", !sample {of: brands, count: 9}]
      shelf: {brand: !ref "brands[14]"}
      parts: !make {count: 7, brand: !ref "shop.catalogue/brands[41]"}
    share: {shelf: 20, vendor: 3}
"""
CATALOGUE = "steps: [{id: brands, make: shop.Brand, count: 50}]\n"


def scaled(text: str, scale: float, foreign: float = 1) -> Recipe:
    return scaled_recipe(read(text, "r"), scale, {"shop.catalogue": (read(CATALOGUE, "c"), foreign)}.get)


def test_down():
    """Counts and shares shrink to one at least; named and literal rows stay; addresses fold into what is made."""
    assert (
        write(scaled(RECIPE, 0.1, 0.2))
        == """\
depends_on:
  - shop.catalogue
steps:
  - id: brands
    make: shop.Brand
    count: 2
  - id: one
    make: shop.Brand
  - id: none
    make: shop.Brand
    count: 0
  - id: staff
    make: shop.User
    named:
      anna: {}
      bob: {}
  - id: rates
    rows: shop.Rate
    columns: [country]
    values:
      - [FI]
      - [DE]
  - id: products
    make: shop.Product
    count: 20
    set:
      brand: !ref brands[0]
      owner: !ref staff[anna]
      maker: !choice [!ref "brands[1]", !ref one]
      tags: [!ref "brands[0]", !ref "brands[1]", !sample {of: brands, count: 2}]
      shelf: {brand: !ref "brands[0]"}
      parts: !make {count: 7, brand: !ref "shop.catalogue/brands[1]"}
    share: {shelf: 2, vendor: 1}
"""
    )


def test_shelves():
    """The row of a shelf is one that there is."""
    shelves = 'shelves: [{for: a.B, set: {c: !ref "many[4]", d: {e: !ref "many[1]"}}}]\n'
    text = write(scaled(shelves + "steps: [{id: many, make: a.C, count: 7}]\n", 0.5))
    assert [part[:2] for part in text.split("many[")[1:]] == ["0]", "1]"]


def test_up():
    """Counts and shares grow; addresses stay, and so does the one row of a step without a count."""
    large = scaled(RECIPE, 2.5)
    assert [step.size for step in large.steps] == [38, 1, 0, 2, 2, 500]
    assert write(large).count("brands[12]") == 1
    assert "share: {shelf: 50, vendor: 8}" in write(large)


@pytest.mark.parametrize(
    ("count", "scale", "wanted"),
    [(705, 0.1, 71), (5, 0.1, 1), (25, 0.1, 3), (15, 0.1, 2), (3, 0.333, 1), (1, 1e-300, 1), (0, 1e9, 0), (3, 0.7, 2), (1000, 1.001, 1001)],
)  # fmt: skip
def test_rounding(count, scale, wanted):
    """Halves go up, as people round; never to 0."""
    assert times(count, scale) == wanted


@pytest.mark.parametrize("scale", [60_000, 1e12, 1e300])
def test_too_many(scale):
    """More rows than a step may make are refused, each step with its place."""
    with pytest.raises(PlanError) as caught:
        scaled(RECIPE, scale)
    problems = caught.value.problems
    assert [problem.id for problem in problems][-1] == "fixturekit.E103"
    assert str(problems[-1].mark) == "r:20:5"
    assert "products would make more than 10,000,000 rows" in str(caught.value)


@given(recipes())
def test_once(recipe):
    """With the scale 1 nothing changes."""
    assert resized(recipe, 1) is recipe
    assert write(scaled_recipe(recipe, 1, lambda name: None)) == write(recipe)


@given(recipes(), st.floats(1e-6, 100))
def test_any_recipe(recipe, scale):
    """A scaled recipe is a recipe: its addresses lead somewhere."""
    try:
        small = scaled_recipe(recipe, scale, lambda name: None)
    except PlanError:
        assert max(step.size for step in recipe.steps) * scale > 10_000_000
        return
    assert read(write(small), "x").steps[0].size == times(7, scale)


def test_what_a_scale_does_not_change():
    """Rows that are written out, and the one row of a step without a count; counts that are rounded to the same."""
    fixed = read("steps: [{id: a, make: x.A}, {id: b, make: x.A, named: {c: {}}}]", "x.yaml")
    assert alike(fixed, 1, 0.5)
    few = read("steps: [{id: a, make: x.A, count: 2}]", "x.yaml")
    assert alike(few, 0.5, 0.1)
    assert not alike(few, 1, 3)
    shared = read("steps: [{id: a, make: x.A, count: 2, share: {b: 2}}]", "x.yaml")
    assert not alike(shared, 1, 2)
