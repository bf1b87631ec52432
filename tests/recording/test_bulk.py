"""`save: bulk` is written into a step where nobody could tell it from saving one by one, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from django.db.models.signals import post_save

from tests.recipes_support import RecipeFolder
from tests.recording.running import NOW, Run, make, shown
from tests.testapp.models import Author, Dispatch, Genre, Quote, Receipt, Record, Shipment, Tracking, Visit, Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recipes")]


@contextmanager
def listening(receiver: Callable[..., None], sender: Any = Genre) -> Iterator[None]:
    """Have a function hear of new rows."""

    def hear(instance: Any, created: bool, using: str, **_: Any) -> None:
        if created:
            receiver(instance, using)

    post_save.connect(hear, sender=sender)
    try:
        yield
    finally:
        post_save.disconnect(hear, sender=sender)


def saved(*words: Any) -> str:
    """What the last step says of saving."""
    return shown(*words).step.save


def genres(receiver: Callable[..., None], count: int = 12) -> Run:
    with listening(receiver):
        return shown("--model", "testapp.Genre", "--count", count)


class TestReceivers:
    """Receivers are called in both ways, but at other times."""

    def test_rows_that_receivers_make_are_compared(self) -> None:
        """A Dispatch before, and a Tracking after each shipment: nobody could tell."""
        run = make(NOW, "testapp.x", "--model", "testapp.Shipment", "--count", "60")
        told = "    shipments: save: bulk, since its rows are those of save: each (tried on 50 rows)"
        assert told in run.out.splitlines()
        assert saved("--model", "testapp.Shipment", "--count", "10") == "bulk"

    def test_what_is_recorded_is_what_each_gives(self, recipes: RecipeFolder) -> None:
        """The digest is the same, and the rows when they are applied."""
        words = ("--model", "testapp.Shipment", "--count", "25")
        bulk, each = shown("testapp.x", *words), shown("testapp.x", *words, "--no-bulk")
        assert (bulk.step.save, each.step.save) == ("bulk", "")
        assert bulk.recipe.recorded == each.recipe.recorded
        make(NOW, "testapp.x", *words, "--apply")
        assert Shipment.objects.count() == Dispatch.objects.count() == Tracking.objects.count() == 25
        assert set(Tracking.objects.values_list("shipment__reference", flat=True)) == {
            f"to {address}" for address in Dispatch.objects.values_list("address", flat=True)
        }

    def test_a_receiver_that_looks_around_sees_other_rows(self) -> None:
        """A Visit counts the visitors so far: all of the block are there already."""
        assert saved("--model", "testapp.Visitor", "--count", "12") == ""

    def test_other_rows_are_compared_by_what_they_hold(self) -> None:
        """A column made of a key is another one each time; others are not."""

        def bill(row: Genre, using: str) -> None:
            Receipt.objects.using(using).create(payer=row.name)  # derives a code from its key

        def quote(row: Genre, using: str) -> None:
            Quote.objects.using(using).create(quantity=len(row.name), unit_price=1)

        assert (genres(bill).step.save, genres(quote).step.save) == ("", "bulk")

    def test_moments_of_the_try_are_no_difference(self) -> None:
        """A row that says when it was made is another one every time, in both ways."""

        def note(row: Genre, using: str) -> None:
            Record.objects.using(using).create()

        assert genres(note).step.save == "bulk"

    def test_mail_is_compared(self) -> None:
        """What is sent, and in which order."""

        def greet(row: Genre, using: str) -> None:
            mail.send_mail(row.name, "Welcome", None, ["a@example.com"])

        def count(row: Genre, using: str) -> None:
            mail.send_mail(f"{Genre.objects.using(using).count()} rows", "", None, ["a@example.com"])

        assert (genres(greet).step.save, genres(count).step.save) == ("bulk", "")

    def test_rows_of_others_that_point_at_the_rows_are_the_same(self) -> None:
        """By place, not by key: keys are others each time."""

        def visit(row: Visitor, using: str) -> None:
            Visit.objects.using(using).create(visitor=row, number=7)

        post_save_of = list(post_save.receivers)
        post_save.receivers = [one for one in post_save_of if "count_visit" not in str(one[0])]
        post_save.sender_receivers_cache.clear()
        try:
            with listening(visit, Visitor):
                assert saved("--model", "testapp.Visitor", "--count", "12") == "bulk"
        finally:
            post_save.receivers = post_save_of
            post_save.sender_receivers_cache.clear()


class TestOwnSaving:
    """An own `save()` is not called in bulk."""

    @pytest.mark.parametrize("model", ["Quote", "Queue", "Reminder"])
    def test_what_it_would_fill_in_is_missed(self, model: str) -> None:
        """So these rows go on being saved one by one."""
        assert saved("--model", f"testapp.{model}", "--count", "12") == ""

    def test_one_that_fills_in_nothing_is_left_out_and_named(self) -> None:
        """Whoever reads the output can say no."""
        run = make(NOW, "testapp.x", "--model", "testapp.Permit", "--count", "12", "--level", "2")
        assert "(tried on 12 rows; leaves out own tests.testapp.models.saving.Permit.save)" in run.out
        assert (
            "save"
            not in shown("--model", "testapp.Permit", "--count", "12", "--level", "2", "--no-bulk").out.split("\n", 1)[
                1
            ]
        )


class TestWhere:
    """Which steps are tried."""

    @pytest.mark.parametrize(
        "words",
        [
            ("testapp.Shipment", "--count", "9"),
            ("testapp.Shipment", "--count", "20", "--save", "each"),
            ("testapp.Shipment", "--count", "20", "--no-bulk"),
            ("testapp.Book", "--count", "20"),
            ("testapp.Playlist", "--count", "20", "--songs", "2"),
        ],
    )
    def test_others_are_left_alone(self, words: tuple[str, ...]) -> None:
        """Few rows, a way that somebody chose, rows that nobody listens to, links."""
        assert saved("--model", *words) == ("each" if "each" in words else "")

    def test_a_step_that_others_point_into_is_not_cut_before_their_row(self) -> None:
        """The rows that are named are there in the trial."""
        words = (
            "--model",
            "testapp.Author",
            "--count",
            "80",
            "--as",
            "all",
            "--model",
            "testapp.Book",
            "--author",
            "@all[70]",
        )
        with listening(lambda row, using: None, Author):
            run = shown(*words)
        assert [step.save for step in run.recipe.steps] == ["bulk", ""]

    def test_nothing_of_it_stays(self) -> None:
        """All tries are rolled back."""
        shown("--model", "testapp.Shipment", "--count", "20")
        assert not Shipment.objects.exists()
        assert not Dispatch.objects.exists()

    def test_the_same_command_gives_the_same_bytes(self) -> None:
        """Whatever was recorded before."""
        words = (
            "testapp.x",
            "--model",
            "testapp.Shipment",
            "--count",
            "20",
            "--model",
            "testapp.Visitor",
            "--count",
            "20",
        )
        assert shown(*words).out == shown(*words).out
