"""What shelves say of unique fields is for one row: where several would get it, that is told before a row is written."""

from __future__ import annotations

import pytest

from tests.planning.support import batches, problem, problems


@pytest.mark.parametrize(
    "steps",
    [
        "- {id: a, make: testapp.Imprint, count: 3}",
        "- {id: a, make: testapp.Imprint}\n  - {id: b, make: testapp.Imprint}",
        "- {id: a, make: testapp.Imprint}\n  - {id: b, make: testapp.Book}",
        "- {id: a, make: testapp.Imprint, named: {x: {}, y: {}, z: {code: Z}}}",
    ],
)
def test_one_value_for_several_rows(steps):
    """A plain value of a unique field fits one row; which rows get it is counted over the whole recipe."""
    text = "shelves:\n  - {for: testapp.Imprint, set: {code: X}}\nsteps:\n  "
    assert problem(text + steps) == (
        "x.yaml:2:34 shelves[0].set.code: testapp.Imprint.code: is unique, and the default shelf of testapp.Imprint gives "
        "'X' to more than one row (fixturekit.E087). Leave it out of the shelf, or write '!seq \"...{n}\"'."
    )


def test_one_value_for_several_related_rows():
    """Rows that a list or `!make` asks for count as well."""
    text = "shelves:\n  - {for: testapp.Album, set: {genres: [{name: a}, !make {name: b}]}}\nsteps:\n  "
    assert len(batches(text + "- {id: a, make: testapp.Album}")) == 5
    for steps in (
        "- {id: a, make: testapp.Album, count: 2}",
        "- {id: a, make: testapp.Album}\n  - {id: b, make: testapp.Album}",
    ):
        found = problems(text + steps)
        assert [line.partition(": is unique, and ")[2].partition(" (")[0] for line in found] == [
            f"the default shelf of testapp.Album gives '{name}' to more than one row" for name in "ab"
        ]


def test_one_instant_for_several_rows():
    """What is no plain value is told as in a step."""
    text = (
        "shelves:\n  - {for: testapp.Holiday, set: {day: !now }}\nsteps:\n  - {id: a, make: testapp.Holiday, count: 3}"
    )
    assert "(fixturekit.E045)" in problem(text)


def test_one_sequence_for_several_steps():
    """A sequence counts the rows of one step, or of one relation: two of them would count alike."""
    text = "shelves:\n  - {for: testapp.Author, set: {email: !seq 'a{n}@b.fi'}}\nsteps:\n  "
    assert problem(text + "- {id: a, make: testapp.Book, count: 3}").endswith(
        "testapp.Author.email: is unique, and the default shelf of testapp.Author counts its values from 1 for each of "
        "a/author and a/translator (fixturekit.E087). Leave it out of the shelf, or set it where the rows are made."
    )
    assert batches(text + "- {id: a, make: testapp.Author, count: 3}\n  - {id: b, make: testapp.Author, count: 0}")


def test_one_value_for_one_row():
    """One row may have it, beside others that say something else."""
    text = "shelves:\n  - {for: testapp.Imprint, set: {code: X}}\nsteps:\n  "
    assert batches(text + "- {id: a, make: testapp.Imprint}\n  - {id: b, make: testapp.Imprint, set: {code: Y}}")
    assert batches(text + "- {id: a, make: testapp.Imprint, named: {x: {}, y: {code: Y}}}")
