"""The tables of names: each says one thing of a name, and what it says can be made."""

from __future__ import annotations

import ast
import inspect
from collections import Counter

import pytest

from fixturekit.values.fields.templates import read
from fixturekit.values.meanings import dates, flags, numbers, texts
from fixturekit.values.pools import locales, rows


def words_of(module):
    """The names of each table of a module, as they are written."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            texts_ = [
                part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is str
            ]
            yield ast.unparse(target), [word for text in texts_ for word in text.split()]


@pytest.mark.parametrize(
    ("module", "table"),
    [(texts, "_TABLE"), (texts, "_NAMED"), (numbers, "WHOLE"), (numbers, "FRACTIONS"), (numbers, "MONEY"), (numbers, "ROUND"),
     (dates, "BACK"), (dates, "LASTS"), (dates, "CLOCK"), (flags, "OFTEN"), (flags, "MAPPINGS")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_no_name_stands_in_a_table_twice(module, table):
    """The later one would win without a word."""
    found: Counter[str] = Counter(dict(words_of(module))[table])
    assert [word for word, times in found.items() if times > 1] == []


@pytest.mark.parametrize("locale", locales())
def test_every_template_can_be_read(locale):
    """In every locale there is what it is made of."""
    kinds = {*texts.MEANINGS.values(), *texts.NAMED.values(), texts.DIALLED, texts.SHORTEST_URL, texts.COMMA_SEPARATED}
    templates = [template for kind in kinds for template in (*kind.drawn, *kind.unique)]
    templates += [template for shape in flags.MAPPINGS.values() for _, _, template in shape]
    assert all(read(template, locale).longest > 0 for template in templates)


def test_there_are_many():
    """A couple of hundred names of texts alone."""
    assert len(texts.MEANINGS) > 400


def test_time_zones_are_those_of_the_database():
    """Every one that is drawn can be loaded."""
    zoneinfo = pytest.importorskip("zoneinfo")
    known = zoneinfo.available_timezones()
    assert not known or {name for (name,) in rows("en_US", "time_zones")} <= known
