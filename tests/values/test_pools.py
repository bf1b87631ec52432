from __future__ import annotations

from hashlib import sha256
from importlib.resources import files

import pytest

from fixturekit.values.pools import _draw, locales, pool
from fixturekit.values.uniqueness import fold

NAMES = sorted(file.name[:-4] for file in (files("fixturekit.values.pools") / "en_US").iterdir())

FROZEN = {
    "adjectives": "85ea038317dcdead",
    "categories": "738b1a1126c43a8b",
    "cities": "6a22b5b6cbbcfb9d",
    "colors": "538467aa08aad62d",
    "companies": "6905811f57512c5b",
    "countries": "2d4676cfb5a63034",
    "country_codes": "60f1003a116875d8",
    "currencies": "0f79031b479572fb",
    "first_names": "77d3896f4e951907",
    "jobs": "5a97c063772ddb44",
    "languages": "a6e6362d7763d5b9",
    "last_names": "08195b0ace3191da",
    "nouns": "9d1bc9feaf8ef228",
    "products": "72d453c256fba386",
    "sentences": "f7d689c49b0b339b",
    "states": "c09e40c0b6fa044f",
    "streets": "2e983f183bf9d994",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_pool_is_frozen(name):
    """No entry of a pool changes, comes, goes or moves under engine 1."""
    assert sha256("\n".join(pool("en_US", name)).encode()).hexdigest()[:16] == FROZEN[name]


@pytest.mark.parametrize("name", NAMES)
def test_entries_are_plain_and_different(name):
    """Printable ASCII without blanks around, and no two that a database would take for the same."""
    entries = pool("en_US", name)
    assert all(entry.isascii() and entry.isprintable() and entry == entry.strip() != "" for entry in entries)
    assert len({fold(entry) for entry in entries}) == len(entries)


@pytest.mark.parametrize("name", ["first_names", "last_names", "adjectives", "nouns"])
def test_parts_of_addresses_are_single_words(name):
    """What is joined by dots and hyphens has none of its own."""
    assert all(entry.isalpha() for entry in pool("en_US", name))


def test_sizes():
    """The pools that everybody sees are big enough not to bore."""
    assert len(pool("en_US", "first_names")) >= 400
    assert len(pool("en_US", "last_names")) >= 500
    assert len(pool("en_US", "companies")) >= 300
    assert len(pool("en_US", "sentences")) >= 400


@pytest.mark.parametrize(("locale", "name"), [("en_US", "nothing"), ("xx_XX", "cities"), ("../pools", "cities")])
def test_an_unknown_pool_is_refused(locale, name):
    """The error says which."""
    with pytest.raises(LookupError, match=f"no pool '{name}' for the locale '{locale}'"):
        pool(locale, name)


def test_the_script_makes_the_pools(tmp_path):
    """What it writes is what is there: the lists by hand always, the drawn ones with the Faker that drew them."""
    _draw.main(tmp_path)
    folder = files("fixturekit.values.pools") / "en_US"
    assert sorted(file.name[:-4] for file in tmp_path.iterdir()) == NAMES
    for name in NAMES:
        old, new = (folder / f"{name}.txt").read_text(), (tmp_path / f"{name}.txt").read_text()
        assert old == new or old.splitlines()[0] != new.splitlines()[0]


def test_locales():
    """Engine 1 begins with English."""
    assert locales() == ("en_US",)
