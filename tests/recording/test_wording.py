"""Places in a recipe are told as the words that say what is there."""

from __future__ import annotations

import pytest

from fixturekit.exceptions import PlanError, WrongWord
from fixturekit.marks import Mark, Problem
from fixturekit.recording.arguments import StepArguments
from fixturekit.recording.wording import Wording

ARGUMENTS = [
    StepArguments(model="a.Shelf", shelve="s", fields=[("colour", "red")]),
    StepArguments(
        model="a.Book",
        fields=[("author", "@x"), ("author__name", "y"), ("api_key", "hunter2"), ("title", "t" * 99)],
        named={"anna": [("title", "x")], "v1.0": [("title", "y")]},
        use="b.c/s",
    ),
]


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("steps[0].set.author", "--author '@x'"),
        ("steps[0].set.author.name", "--author__name 'y'"),
        ("steps[0].set.author__name", "--author__name 'y'"),
        ("steps[0].set.author.name.first", "--author__name 'y'"),
        ("steps[0].set.api_key", "--api_key '...'"),
        ("steps[0].set.title", f"--title '{'t' * 60}'..."),
        ("steps[0].named.anna.title", "--title 'x'"),
        ("steps[0].named.v1.0.title", "--title 'y'"),
        ("steps[0].use", "--use"),
        ("steps[0].share.author", "--share"),
        ("steps[0].get_or_create", "--get-or-create"),
        ("shelves[0].set.colour", "--colour 'red'"),
        ("steps[0].set.nothing", ""),
        ("steps[0]", ""),
        ("steps[7].set.author", ""),
        ("seed", ""),
    ],
)
def test_a_place(where, place):
    """The option with its value, cut short; what looks like a secret is not repeated."""
    assert Wording(ARGUMENTS).place(where) == place


def test_lines():
    """What is said of a value goes without what is secret; a place that no word describes is told as it is."""
    wording = Wording(ARGUMENTS)
    assert wording.line("steps[0].set.api_key", "'hunter2' is no row") == "--api_key '...': '...' is no row"
    assert wording.line("steps[0].set.author", "no") == "--author '@x': no"
    assert wording.line("seed", "hunter2") == "seed: hunter2"
    problem = Problem("fixturekit.E046", "hunter2: no", "Not hunter2.", "steps[0].set.api_key")
    with pytest.raises(WrongWord) as caught, wording.told():
        raise PlanError([problem])
    assert caught.value.lines == ("--api_key '...': ...: no (fixturekit.E046). Not ....",)


def test_steps_that_were_there_before_have_no_words():
    """New ones are counted behind them."""
    wording = Wording(ARGUMENTS, steps=2)
    assert [wording.place(f"steps[{number}].set.author") for number in range(3)] == ["", "", "--author '@x'"]


def test_which_word_leads_to_a_recipe():
    """A field or an option."""
    assert Wording(ARGUMENTS).saying("b.c") == "--use 'b.c/s': "
    assert Wording(ARGUMENTS).saying("b.d") == ""


def test_what_a_planner_refuses_is_told_by_words():
    """Where a word is to blame, all is told in lines; a problem that no word is about stays as it is."""
    word = Problem("fixturekit.E051", "the recipe has no step x", "Did you mean 'y'?", "steps[0].set.author")
    other = Problem("fixturekit.E013", "no field", where="steps[0].set.author", mark=Mark("x.yaml", 1, 2))
    with pytest.raises(WrongWord) as caught, Wording(ARGUMENTS).told():
        raise PlanError([word, other])
    assert caught.value.lines == (
        "--author '@x': the recipe has no step x (fixturekit.E051). Did you mean 'y'?",
        "x.yaml:1:2 steps[0].set.author: no field (fixturekit.E013).",
    )
    with pytest.raises(PlanError), Wording(ARGUMENTS).told():
        raise PlanError([other])
