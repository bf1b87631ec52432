"""Batches of rows that point at others of their own step."""

from __future__ import annotations

import pytest

from fixturekit.values.sources import At, Const, Each, Fold, Link, Mixed
from tests.planning.support import planned, problem

FOLDERS = "- {id: a, make: testapp.Folder, count: 5, set: {parent: %s}%s}"


@pytest.mark.parametrize(
    ("written", "way", "source"),
    [
        ("!ref 'a[1]'", "", Link("a", At(1))),
        ("!ref 'a[0]'", ", save: each", Link("a", At(0))),
        ("!ref a", ", save: each", Link("a", Fold(5))),
    ],
)
def test_links_to_later_rows(written, way, source):
    """A link to a row that is not there yet is empty first and written in the second pass."""
    batch = planned(FOLDERS % (written, way)).plan.batch("a")
    column = batch.column("parent")
    assert column is not None
    assert column.source == Const(None)
    assert [(later.field, later.source) for later in batch.later] == [("parent", source)]


@pytest.mark.parametrize(("written", "source"), [("!ref 'a[0]'", Link("a", At(0))), ("!ref a", Link("a", Fold(5)))])
def test_links_to_rows_that_are_there(written, source):
    """Streamed rows know their own keys: a link to the row itself or to the first needs no second pass."""
    batch = planned(FOLDERS % (written, "")).plan.batch("a")
    column = batch.column("parent")
    assert column is not None
    assert (column.source, batch.later) == (source, ())


def test_links_of_labels():
    """Of labelled rows only those that name a later one wait."""
    text = "- {id: a, make: testapp.Folder, named: {x: {parent: !ref 'a[y]'}, y: {}, z: {parent: !ref 'a[y]'}}}"
    assert len(planned(text).plan.batch("a").later) == 1
    batch = planned(text.replace("x: {parent: !ref 'a[y]'}", "x: {}")).plan.batch("a")
    column = batch.column("parent")
    assert column is not None
    assert isinstance(column.source, Mixed)
    assert batch.later == ()


def test_required_links_to_later_rows():
    """A link that may not be empty cannot wait: the rows are named."""
    text = "- {id: a, make: testapp.Mirror, count: 4, set: {opposite: !ref 'a[%d]'}}"
    assert problem(text % 3) == (
        "x.yaml:2:5: testapp.Mirror.opposite: rows 0 to 2 point at a row of their own step that is not made before "
        "them (fixturekit.E070). Refer to row 0 from the others, or to another step."
    )
    assert "row 0 points at" in problem(text % 1)
    column = planned(text % 0).plan.batch("a").column("opposite")
    assert column is not None
    assert column.source == Link("a", At(0))
    assert planned("- {id: a, make: testapp.Mirror, save: each}").plan.batch("a").columns[-1].source == Link(
        "a", Each()
    )
