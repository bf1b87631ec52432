"""Calls plant rows of trees through the libraries that keep them."""

from __future__ import annotations

import pytest

from fixturekit import G
from tests.execution.test_trees import TREES, broken
from tests.treeapp.models import Shelf, Species, Task

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", TREES)
def test_roots_and_children(model):
    """A row is a root, or stands below the row that is given."""
    root = G(model)
    first, second = G(model, n=2, parent=root)
    below = G(model, parent=second)
    assert broken(model) == []
    assert model.objects.count() == 4
    if model in (Task, Species):
        assert below.parent == second
    if model is Shelf:
        found = Shelf.objects.get(pk=first.pk).path, Shelf.objects.get(pk=below.pk).path
        assert [len(path) // 4 for path in found] == [2, 3]
