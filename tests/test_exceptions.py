"""Errors go from process to process whole."""

from __future__ import annotations

import pickle
import traceback

import pytest

from fixturekit import exceptions
from fixturekit.exceptions import MadeRowsMissing, NotMade, PinNotFound, PlanError, RecipeNotFound, WriteFailed
from fixturekit.marks import Mark, Problem

PROBLEM = Problem(
    "fixturekit.E013", "shop.Brand has no field 'slugg'", "Did you mean 'slug'?", mark=Mark("x.yaml", 3, 5)
)


@pytest.mark.parametrize(
    "error",
    [
        PlanError([PROBLEM]),
        RecipeNotFound("there is no recipe 'x'", "x"),
        WriteFailed("refused", step="s", row=3, field=None, mark=Mark("x.yaml", 3, 5)),
        PinNotFound("no row", Mark("x.yaml", 3, 5)),
        exceptions.ValuesExhausted("x", 1, 2),
        MadeRowsMissing("gone"),
        NotMade("no such step"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_pickled(error):
    """Class, text and data are the same after pickling, as a parallel test run does it."""
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.args == error.args
    assert vars(again) == vars(error)


def test_the_tree_is_complete():
    """The module's docstring draws every class once, and no other."""
    drawn = [line.lstrip("│├└─ ").partition(" ")[0] for line in (exceptions.__doc__ or "").splitlines()[2:]]
    known = {
        name for name, value in vars(exceptions).items() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert known - {"ProblemsError"} == set(filter(None, drawn))
    assert len(drawn) == len(set(drawn))


def test_one_name_is_suggested():
    """Python guesses a name of its own for an AttributeError, unless it is told not to."""

    class Made:
        anna = 1

        def __getattr__(self, name):
            raise NotMade(f"there is no {name}. Did you mean 'anna'?")

    with pytest.raises(NotMade) as caught:
        _ = Made().ana
    assert traceback.format_exception_only(caught.value)[-1].count("Did you mean") == 1
