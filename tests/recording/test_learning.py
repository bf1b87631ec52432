"""The recorder learns from what a model's own code refuses, and the recipe says what helped."""

from __future__ import annotations

import pytest

from tests.recording.running import given, make, shown
from tests.treeapp.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recipes")]


def test_one_of_several_links():
    """`save()` asks for one of two links: one is given, and its rows are shared as others are."""
    run = shown("--model", "treeapp.Job", "--count", "9")
    assert given(run)[0] == "interval: {}"
    assert len(given(run)) == 1
    assert "share: {interval: 3}" in run.out


def test_what_was_given_stays():
    """What the command gives is not given again."""
    run = shown("--model", "treeapp.Job", "--count", "2", "--member__name", "Anna")
    assert given(run) == ["member__name: Anna"]


def test_said():
    """The command says what was learned, and from what."""
    run = make("testapp.jobs", "--model", "treeapp.Job", "--count", "3")
    assert (
        "jobs: interval is given, since treeapp.Job said: ['One of interval or member must be set, and only one.']"
        in run.out
    )


def test_cleaned():
    """Rows that are saved and that `clean()` refuses are learned from, too."""
    run = shown("--model", "treeapp.Discount", "--count", "12")
    text = run.out
    assert "amount:" in text or "percent:" in text
    assert run.err == "" or "does not accept" not in run.err


def test_below():
    """Rows that are only needed are learned about, too."""
    run = shown("--model", "treeapp.Visit", "--count", "3")
    assert "job__interval: {}" in given(run)


def test_nothing_helps():
    """Where nothing helps, the recipe is written, and the refusal is said."""
    run = make("testapp.contrary", "--model", "treeapp.Contrary", "--count", "2")
    assert "contrarys[0]: full_clean() of treeapp.Contrary does not accept it: No row is ever right." in run.err


def test_replayed(recipes):
    """What was learned stands in the file, so that a replay has nothing to guess."""
    make("testapp.jobs", "--model", "treeapp.Job", "--count", "4")
    recipes.apply("testapp.jobs")
    assert Job.objects.filter(interval__isnull=False, member__isnull=True).count() == 4
