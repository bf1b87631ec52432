"""A plan as text."""

from __future__ import annotations

from fixturekit.planning.rendering import render_plan
from tests.planning.support import planned


def lines(text):
    return list(render_plan(planned(text).plan))


def test_batches_with_way_and_reason():
    """One line for each batch, in writing order: how many of what, for what, how and why."""
    text = """
        - {id: books, make: testapp.Cover, count: 1, set: {book: !pin 9}}
        - {id: quotes, make: testapp.Quote, count: 12}
        - {id: cars, make: testapp.Car, count: 2}
    """
    assert lines(text) == [
        "1 testapp.Cover                    stream  nothing listens",
        "12 testapp.Quote                   each    own tests.testapp.models.saving.Quote.save",
        "2 testapp.Vehicle  (cars^vehicle)  stream  nothing listens",
        "2 testapp.Car                      stream  nothing listens",
        "pinned: testapp.Book 9",
    ]


def test_second_pass():
    """A link that waits is shown below its batch."""
    text = """
        - {id: countries, make: testapp.Country, set: {capital: !ref cities}}
        - {id: cities, make: testapp.City, set: {country: !ref countries}}
    """
    assert lines(text)[1].strip() == "later   capital, which closes a circle"


def test_adopting():
    """What may be there already, and which pins may be made, is shown below the batch and by its name."""
    text = """
        - {id: a, make: testapp.Author, match: [email], update: true, set: {email: a@b.de}}
        - {id: g, make: testapp.Genre, count: 2, get_or_create: [name], set: {name: x}}
        - {id: l, make: testapp.Lesson, set: {title: x, course: !pin {name: Law, or_make: {}}}}
    """
    assert [" ".join(line.split()) for line in lines(text)] == [
        "1 testapp.Author stream nothing listens",
        "adopts rows that have the same email, and gives them the other values",
        "2 testapp.Genre stream nothing listens",
        "adopts rows that have the same name, rows of the step too",
        "1 testapp.Course (where !pin {name: Law} finds none) stream nothing listens",
        "1 testapp.Lesson stream nothing listens",
    ]


def test_nothing():
    """A plan without batches has no lines."""
    assert list(render_plan(planned("- {id: a, make: testapp.Note, count: 0}").plan))[1:] == []
