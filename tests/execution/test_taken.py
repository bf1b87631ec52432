"""Values that are not free, of small tables and of large ones."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from fixturekit.blueprints import blueprint
from fixturekit.execution import taken
from fixturekit.execution.taken import Prints, Taken
from fixturekit.writers import writer_for
from tests.testapp.models import Badge


@given(st.data(), st.sampled_from([st.integers(-9, 9), st.text(max_size=2)]))
def test_prints_are_a_set(data, kind):
    """What was added is there, and nothing else."""
    values, others = data.draw(st.lists(kind)), data.draw(st.lists(kind))
    prints = Prints()
    for value in [*values, *values]:
        prints.add(value)
    assert all(value in prints for value in values)
    assert [value in prints for value in others] == [value in values for value in others]


def test_prints_grow():
    """Any number of values finds room."""
    prints = Prints()
    for number in range(0, 60_000, 3):
        prints.add(number)
    assert [number for number in range(30) if number in prints] == list(range(0, 30, 3))
    assert 59_997 in prints
    assert 60_000 not in prints


@pytest.fixture(params=["read", "asked"])
def asks(request, monkeypatch):
    """Whether the table counts as a large one."""
    if request.param == "asked":
        monkeypatch.setattr(taken, "LARGE", 2)
    return request.param == "asked"


@pytest.mark.django_db
class TestTaken:
    def badges(self):
        return [Badge.objects.create(number=f"n{code}", code=code, stamp=f"s{code}") for code in ("a", "b", "c", "d")]

    def column(self, wanted=10):
        return Taken(
            writer_for(connection), Badge, {field.name: field for field in blueprint(Badge).fields}["code"], wanted
        )

    def test_values_of_rows(self, asks):
        """What rows hold is taken, and so is what was added; the rows are found again."""
        rows = self.badges()
        column = self.column()
        column.add(["x"])
        assert column.among(["a", "q", "d", "x"]) == [True, False, True, True]
        assert column.owners(["b", "c", "q"]) == {"b": rows[1].pk, "c": rows[2].pk}

    def test_column_is_not_read(self, monkeypatch):
        """A few values are looked up in a large table; of many, the column is read after all."""
        self.badges()
        monkeypatch.setattr(taken, "LARGE", 2)
        asked = self.column()
        assert "a" not in asked._prints
        assert "a" in self.column(wanted=taken.FEW + 1)._prints
        assert asked.among(["a", "q"]) == [True, False]

    def test_recipe(self, recipes, asks):
        """A row gives way alike, whichever way its value was found to be taken."""
        recipes.write("testapp.b", "steps: [{id: b, make: testapp.Badge, count: 6}]\n")
        recipes.apply()
        codes = list(Badge.objects.order_by("pk").values_list("code", flat=True))
        recipes.applier().remove(["testapp.b"])
        own = [Badge.objects.create(number=f"own {code}", code=code, stamp=f"own {code}") for code in codes[2:5]]
        [outcome] = recipes.apply()
        assert [(gave.row, gave.pk) for gave in outcome.gave_way] == [(2, own[0].pk), (3, own[1].pk), (4, own[2].pk)]
        assert Badge.objects.values("code").distinct().count() == 9
