from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from itertools import product

import pytest

from fixturekit.values.fields.templates import read
from fixturekit.values.pools import _draw, formats, locales, pool, rows
from fixturekit.values.romanising import words
from fixturekit.values.uniqueness import fold

FOLDER = files("fixturekit.values.pools")
FOLDERS = [*locales(), "common"]
NOT_TEXTS = {"formats", "romanised", "letters"}


def names(folder):
    return sorted(file.name[:-4] for file in (FOLDER / folder).iterdir())


def entries(folder, name):
    lines = (FOLDER / folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if not line.startswith("# ")]


POOLS = [(folder, name) for folder in FOLDERS for name in names(folder)]

FROZEN = {
    "common": "440ee5e9b5756ef0",
    "de_DE": "98d180bbc65d3407",
    "en_US": "b95ae8a4a8c9b514",
    "es_ES": "17ef4d3cc28a653e",
    "fr_FR": "4b41c8d5016fe0bb",
    "ja_JP": "90a35687322c8e47",
    "pt_BR": "c6038310b5cb945c",
    "zh_CN": "9f7e8ae7b5c96827",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_pools_are_frozen(folder):
    """No entry of a pool changes, comes, goes or moves under engine 1, nor does any of its columns."""
    lines = [
        line
        for name in names(folder)
        for line in [name, *(FOLDER / folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()[1:]]
    ]
    assert sha256("\n".join(lines).encode()).hexdigest()[:16] == FROZEN[folder]


@pytest.mark.parametrize(("folder", "name"), POOLS)
def test_entries_are_printable_and_different(folder, name):
    """No blanks around, and no two that a database would take for the same."""
    found = entries(folder, name)
    assert all(entry.isprintable() and entry == entry.strip() != "" for entry in found)
    if name not in NOT_TEXTS:
        assert len({fold(entry) for entry in found}) == len(found)


@pytest.mark.parametrize("locale", locales())
def test_every_locale_has_the_same_pools(locale):
    """What a template names is there in every locale, its own or that of all."""
    assert {*names(locale), *names("common"), "series"} == {*names("en_US"), *names("common"), "romanised", "series"}
    assert formats(locale).keys() == formats("en_US").keys()
    assert len(rows(locale, "countries")) == len(rows(locale, "country_codes"))


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("name", ["first_names", "last_names", "adjectives", "nouns"])
def test_parts_of_addresses_are_single_words(locale, name):
    """What is joined by dots and hyphens has none of its own, and every entry can be written in Latin letters."""
    assert all(entry.isalpha() for entry in pool(locale, name))
    assert all(words(entry, locale, ".").replace(".", "").isalpha() for entry in pool(locale, name))


@pytest.mark.parametrize("locale", ["ja_JP", "zh_CN"])
@pytest.mark.parametrize("name", ["companies", "places", "products", "categories", "openings", "subjects"])
def test_other_scripts_are_romanised(locale, name):
    """Whatever a slug is made of has words in Latin letters."""
    assert all(words(entry, locale) for entry in pool(locale, name))


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("name", ["person", "title", "short_title", "sentence", "product"])
def test_different_parts_give_different_texts(locale, name):
    """No two combinations of what a format is put together from read alike, so that unique texts differ."""
    whole = read(f"{{{name}}}", locale)
    columns = [axis.render(range(axis.size)) for axis in whole.axes]
    texts = [fold("".join(parts)) for parts in product(*columns)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("locale", locales())
def test_no_entry_has_digits(locale):
    """Digits behind a text are those that make it differ."""
    without = {"brands", "categories", "companies", "first_names", "last_names", "openings", "products", "subjects"}
    assert not any(char.isdigit() for name in without for entry in pool(locale, name) for char in entry)


@pytest.mark.parametrize("locale", locales())
def test_sizes(locale):
    """The pools that everybody sees are big enough not to bore."""
    assert len(pool(locale, "first_names")) * len(pool(locale, "last_names")) >= 2_500
    assert len(pool(locale, "companies")) >= 150
    assert len(pool(locale, "places")) >= 50
    assert len(pool(locale, "beginnings")) * len(pool(locale, "endings")) >= 250
    assert len(pool(locale, "openings")) * len(pool(locale, "subjects")) >= 350


def test_the_package_stays_small():
    """All pools together take less than a megabyte."""
    assert sum(len((FOLDER / folder / f"{name}.txt").read_bytes()) for folder, name in POOLS) < 1_000_000


@pytest.mark.parametrize(("locale", "name"), [("en_US", "nothing"), ("xx_XX", "places"), ("../pools", "places")])
def test_an_unknown_pool_is_refused(locale, name):
    """The error says which."""
    with pytest.raises(LookupError, match=f"no pool '{name}' for the locale '{locale}'"):
        pool(locale, name)


def test_what_the_script_draws_is_distinct():
    """Names that a forgiving collation takes for one are drawn once; unwanted ones never."""
    drawn = iter(["Zoë", "Zoe", "Gay", "Anna Gay", "Bo", "Bo", "Cy"] * 100)
    assert _draw.distinct(lambda: next(drawn), 3, 8, lambda name: True) == ["Bo", "Cy", "Zoë"]


def test_locales():
    """Engine 1 knows seven."""
    assert locales() == ("de_DE", "en_US", "es_ES", "fr_FR", "ja_JP", "pt_BR", "zh_CN")
