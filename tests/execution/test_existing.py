"""Rows that are there already are never changed by saving, whatever a ``save()`` does with its arguments."""

from __future__ import annotations

import pytest
from django.apps import apps

from fixturekit.exceptions import WriteFailed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saving")]


def of(name):
    return apps.get_model("saving", name)._base_manager


def refused(recipes, row=0):
    with pytest.raises(WriteFailed) as caught:
        recipes.apply()
    assert caught.value.row == row
    return str(caught.value)


@pytest.mark.parametrize("way", ["each", "bulk", "stream"])
def test_save_that_drops_its_arguments(recipes, way):
    """It would update the row of this key; the row stays as it was, and the row of the recipe is named."""
    of("Code").create(code="b", text="precious")
    recipes.write(
        "testapp.r",
        f"steps: [{{id: r, make: saving.Code, named: {{x: {{code: a}}, y: {{code: b}}}}, save: {way}}}]\n",
    )
    message = refused(recipes, row=1)
    assert "testapp.r, step 'r', row 1 (y), saving.Code" in message
    assert [(code.code, code.text) for code in of("Code").all()] == [("b", "precious")]


def test_row_of_the_recipe_itself(recipes):
    """Nor does it update a row that the recipe made just before."""
    recipes.write("testapp.r", "steps: [{id: r, make: saving.Numbered, count: 2}]\n")
    assert refused(recipes, row=1).endswith(
        "saving.Numbered.number: there is a row of saving.Numbered with this key already, which save() would change"
    )
    assert not of("Numbered").exists()


def test_parent_of_a_multi_table_row(recipes):
    """Django inserts no second row into the parent's table, but would take the one that is there."""
    of("Site").create(code="x", text="precious")
    recipes.write("testapp.r", "steps: [{id: r, make: saving.Shop, set: {code: x, text: new}}]\n")
    assert "there is a row of saving.Site with this key already" in refused(recipes)
    assert of("Site").get().text == "precious"
    assert not of("Shop").exists()


def test_key_that_save_chooses(recipes):
    """A key that nobody could know before is found out when the row is saved."""
    of("Numbered").create(number=7, text="precious")
    recipes.write("testapp.r", "steps: [{id: r, make: saving.Numbered, set: {number: 1}}]\n")
    assert "there is a row of saving.Numbered with this key already" in refused(recipes)
    assert of("Numbered").get().text == "precious"


def test_new_rows(recipes):
    """Nothing is in the way of rows that are new, and they are saved as they should be."""
    of("Code").create(code="other", text="precious")
    recipes.write(
        "testapp.r",
        """
        steps:
          - {id: codes, make: saving.Code, count: 3}
          - {id: shops, make: saving.Shop, count: 3}
        """,
    )
    recipes.apply()
    assert of("Code").count() == 4
    assert of("Shop").count() == of("Site").count() == 3
