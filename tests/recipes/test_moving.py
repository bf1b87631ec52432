"""Values that are used in another recipe go on leading to rows of their own."""

from __future__ import annotations

import pytest

from fixturekit.recipes.document import File, Listing
from fixturekit.recipes.moving import seen_from_outside
from fixturekit.recipes.reading import read

TEXT = """
depends_on: [shop.far]
steps:
  - {{id: a, make: shop.Brand}}
  - id: b
    make: shop.Product
    set:
      value: {}
"""


def value(text):
    """What the mapping of a step says."""
    return read(TEXT.format(text), "x").steps[1].set


@pytest.mark.parametrize(
    ("written", "outside"),
    [
        ("!ref a", "!ref shop.far/a"),
        ('!ref "a[0]"', '!ref "shop.far/a[0]"'),
        ("!pick a", "!pick shop.far/a"),
        ("!sample {of: a, count: 1}", "!sample {of: shop.far/a, count: 1}"),
        ("[!ref a, {x: !pick a}, 3]", "[!ref shop.far/a, {x: !pick shop.far/a}, 3]"),
        ("!make {count: 2, brand: !ref a}", "!make {count: 2, brand: !ref shop.far/a}"),
        ("!choice [!ref a, x]", "!choice [!ref shop.far/a, x]"),
        ("!pin {x: y, or_make: {brand: !ref a}}", "!pin {x: y, or_make: {brand: !ref shop.far/a}}"),
        ("!ref shop.far/z", "!ref shop.far/z"),
        ("!pin 3", "!pin 3"),
        ("!copy a", "!copy a"),
        ('!seq "a{n}"', '!seq "a{n}"'),
        ("a", "a"),
    ],
)
def test_values(written, outside):
    """Steps of the recipe are named with the recipe, at any depth; all else stays."""
    assert seen_from_outside(value(written), "shop.far") == value(outside)


def test_files():
    """A file lies beside the recipe that wrote it, however often its values are used elsewhere."""
    found = seen_from_outside(value("[!file a.txt]"), "shop.far")
    assert seen_from_outside(found, "shop.farther") == found
    [entry] = found
    assert entry.value == Listing((File("a.txt", recipe="shop.far"),))
