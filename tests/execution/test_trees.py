"""Rows of trees are planted by the libraries that keep them, where the recipe says or like a tree that has grown."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.exceptions import PlanError, RowsInUse
from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.treeapp.models import Atlas, Region, Shelf, Species, Task

pytestmark = pytest.mark.django_db

TREES = (Shelf, Region, Task, Species)


def of(model, name):
    """A method of a whole tree, which newer releases have on the manager."""
    return getattr(model.objects, name, None) or getattr(model, name, None)


def below(row, name):
    """Plant a row by hand."""
    child = Shelf(name=name)
    if hasattr(Shelf.objects, "add_child"):
        return Shelf.objects.add_child(row, instance=child)
    return row.add_child(instance=child)


def depth(row):
    """How many rows are above one, as its library counts."""
    return row.level if isinstance(row, Species) else row.depth - 1


def above(model, key):
    """The key of the row above one."""
    row = model.objects.get(pk=key)
    if model in (Task, Species):
        return row.parent_id
    inside = (
        {"path": row.path[:-4]}
        if model is Shelf
        else {"tree_id": row.tree_id, "lft__lt": row.lft, "rgt__gt": row.rgt, "depth": row.depth - 1}
    )
    return model.objects.filter(**inside).values_list("pk", flat=True).first()


def broken(model):
    """What the library finds wrong with a tree."""
    if model is Task:
        return []  # its library finds nothing wrong with any
    if model is not Species:
        return [part for part in of(model, "find_problems")() if part]
    names = ("pk", "lft", "rght", "level")
    before = list(model.objects.order_by("pk").values_list(*names))
    model._tree_manager.rebuild()
    return [] if before == list(model.objects.order_by("pk").values_list(*names)) else ["rebuild() changes it"]


def made(recipes, name="testapp.trees", step="a"):
    """The keys of the rows of a step, in their order."""
    return list(Ledger(connection).made(name, step))


@pytest.mark.parametrize("model", TREES)
@pytest.mark.parametrize("count", [1, 2, 30])
def test_whole(recipes, model, count):
    """The library finds nothing wrong with rows of which nobody said where they stand; they pass full_clean()."""
    recipes.write("testapp.trees", f"steps: [{{id: a, make: {model._meta.label}, count: {count}}}]\n")
    recipes.apply()
    assert model.objects.count() == count
    assert broken(model) == []
    for row in model.objects.all():
        row.full_clean()
    assert list(verify(recipes.applier(), "testapp.trees")) == []


@pytest.mark.parametrize("model", [Shelf, Region, Species])
def test_grown(recipes, model):
    """In style lifelike a tree has a depth; in style plain its rows are roots."""
    recipes.write("testapp.trees", f"steps: [{{id: a, make: {model._meta.label}, count: 30}}]\n")
    recipes.write(
        "testapp.plain", f"options: {{style: plain}}\nsteps: [{{id: a, make: {model._meta.label}, count: 3}}]\n"
    )
    recipes.apply("testapp.trees")
    depths = {depth(row) for row in model.objects.all()}
    assert {0, 1, 2} <= depths
    recipes.apply("testapp.plain")
    keys = made(recipes, "testapp.plain")
    assert [depth(model.objects.get(pk=key)) for key in keys] == [0, 0, 0]
    assert broken(model) == []


@pytest.mark.parametrize("model", TREES)
def test_said(recipes, model):
    """A recipe says the row above: one of the step, one that exists, or none."""
    named = "title" if model is Task else "name"
    there = model(**{named: "there"})
    there.save() if model is Species else of(model, "add_root")(instance=there)
    recipes.write(
        "testapp.trees",
        f"""
steps:
  - {{id: top, make: {model._meta.label}, set: {{parent: null}}}}
  - {{id: a, make: {model._meta.label}, count: 3, set: {{parent: !ref top}}}}
  - {{id: b, make: {model._meta.label}, set: {{parent: !pin {{{named}: there}}}}}}
""",
    )
    recipes.apply()
    (top,) = made(recipes, step="top")
    (last,) = made(recipes, step="b")
    assert [above(model, key) for key in (top, *made(recipes), last)] == [None, top, top, top, there.pk]
    assert broken(model) == []


def test_on_top(recipes):
    """A second recipe plants into a tree that is there, and removing it leaves the tree whole."""
    recipes.write("testapp.trees", "steps: [{id: a, make: treeapp.Shelf, count: 5}]\n")
    recipes.write(
        "testapp.more",
        "depends_on: [testapp.trees]\nsteps: [{id: a, make: treeapp.Shelf, count: 5, set: {parent: !pick testapp.trees/a}}]\n",
    )
    recipes.apply()
    applier = recipes.applier()
    applier.remove(["testapp.more"])
    assert Shelf.objects.count() == 5
    assert broken(Shelf) == []


def test_rows_below(recipes):
    """Rows that somebody put below those of a recipe keep it there; with cascade they go too."""
    recipes.write("testapp.trees", "steps: [{id: a, make: treeapp.Shelf}]\n")
    recipes.apply()
    below(below(Shelf.objects.get(), "by hand"), "deeper")
    with pytest.raises(RowsInUse, match=r"treeapp.Shelf: 1 row .* through parent"):
        recipes.applier().remove(["testapp.trees"])
    recipes.applier().remove(["testapp.trees"], cascade=True)
    assert not Shelf.objects.exists()


def test_child_of_a_tree(recipes):
    """A multi-table child of a tree stands in the tree of its parent."""
    recipes.write("testapp.trees", "steps: [{id: a, make: treeapp.Atlas, count: 12}]\n")
    recipes.apply()
    assert Atlas.objects.count() == Shelf.objects.count() == 12
    assert broken(Shelf) == []


def test_by_hand(recipes):
    """A recipe may still write the tree's own columns itself."""
    recipes.write(
        "testapp.trees", 'steps: [{id: a, make: treeapp.Shelf, set: {path: "0009", depth: 1, numchild: 0}}]\n'
    )
    recipes.apply()
    assert Shelf.objects.get().path == "0009"


def test_later_row(recipes):
    """A row cannot be planted below one that is planted later."""
    recipes.write("testapp.trees", "steps: [{id: a, make: treeapp.Shelf, count: 3, set: {parent: !ref 'a[2]'}}]\n")
    with pytest.raises(PlanError, match="row of their own step that is not made before"):
        recipes.apply()
