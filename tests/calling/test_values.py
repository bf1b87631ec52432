"""``G``: what a row has that nobody said anything of, and what is given to it."""

from __future__ import annotations

import datetime
import random
import re
import uuid
from decimal import Decimal
from functools import partial
from unittest.mock import patch

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import override_settings
from django.utils import timezone

from fixturekit import C, G, M, get
from fixturekit.exceptions import CallInvalid, RowNotMade
from tests.testapp.models import (
    Author,
    Badge,
    Book,
    Initial,
    Measure,
    Note,
    Parcel,
    Photo,
    Preference,
    Receipt,
    Record,
    Reminder,
    Shift,
    Survey,
    Switch,
    Token,
    Upload,
)

pytestmark = pytest.mark.django_db


def test_plain_values_count():
    """Texts and numbers count from one with the rows, choices are the first, flags are off."""
    first, second = G(Note), G(Note)
    assert (first.title, second.title) == ("1", "2")
    assert (G(Measure).whole, G(Measure).whole) == (1, 2)
    survey = G(Survey)
    assert (survey.colour, survey.drink, survey.stars, survey.answer) == ("red", "tea", 1, "yes")
    assert G(Switch).pk


def test_defaults_go_first():
    """A field that has a default gets it, unless it could not be valid."""
    note = G(Note)
    assert note.greeting == "hello"
    assert note.heading == "1"
    assert G(Survey).usual_size == "m"


def test_the_row_is_in_the_database():
    """What is returned is a saved row with its key."""
    note = G(Note, title="given")
    assert Note.objects.get(pk=note.pk).title == "given"
    assert not note._state.adding


def test_get_is_g():
    """``get`` is the long name."""
    assert get is G
    assert get(Note, title="x").title == "x"


def test_models_by_name():
    """A model may be named."""
    assert type(G("testapp.Note")) is Note
    assert [type(row) for row in G("testapp.Note", 2)] == [Note, Note]


# A circle of required links, a key that leads to any model, a row that a receiver makes, a field that nothing fills.
NOT_BY_THEMSELVES = {"Hen", "Egg", "Anchor", "Tracking", "Place"}
MODELS = [model for model in apps.get_app_config("testapp").get_models() if model.__name__ not in NOT_BY_THEMSELVES]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model(model):
    """Any model gives valid rows, one by one and several at once, with nothing taught."""
    for row in [G(model), *G(model, 3)]:
        model._base_manager.get(pk=row.pk).full_clean()


def test_number_of_rows():
    """Only a number of 1 gives an instance; any other gives a list of so many."""
    assert G(Note, 0) == []
    assert isinstance(G(Note, n=1), Note)
    assert [row.title for row in G(Note, n=3)] == ["2", "3", "4"]


@pytest.mark.parametrize("count", [-1, "3", True, None, 2.0])
def test_numbers_that_are_none(count):
    """Anything but a whole number from 0 is refused."""
    with pytest.raises(CallInvalid, match=r"G\(testapp.Note\): n=.*: expected a whole number from 0"):
        G(Note, count)


def test_values_are_what_django_takes():
    """A value goes to the instance as it is, and to the database as ``save()`` writes it."""
    day = datetime.date(2020, 2, 29)
    row = G(Record, noted_on=day, grace=datetime.timedelta(1))
    row.refresh_from_db()
    assert (row.noted_on, row.grace) == (day, datetime.timedelta(1))
    preference = G(Preference, payload={"a": [1]})
    preference.refresh_from_db()
    assert preference.payload == {"a": [1]}


def test_null_is_given():
    """None empties a field that may be NULL, and is refused where it may not."""
    assert G(Note, motto=None).motto is None
    with pytest.raises(CallInvalid, match=r"testapp\.Note\.title: None: null is not allowed"):
        G(Note, title=None)


def test_the_key_is_given():
    """A key can be given by name or as ``pk``; further rows count on."""
    assert G(Note, id=77).pk == 77
    assert G(Note, pk=99).pk == 99
    assert G(Note).pk not in (77, 99)


def test_a_key_that_is_there_is_never_updated():
    """A key that a row has is an error, and that row stays as it is."""
    note = G(Note, id=5, title="first")
    with pytest.raises(RowNotMade, match=r"testapp\.Note"):
        G(Note, id=5, title="second")
    note.refresh_from_db()
    assert note.title == "first"
    assert Note.objects.count() == 1


@pytest.mark.parametrize("model", [Receipt, Reminder])
def test_a_key_that_is_there_is_not_updated_by_own_code(model):
    """Nor where the model's own ``save()`` drops ``force_insert``."""
    row = G(model, id=5)
    with pytest.raises(RowNotMade, match="a row with this key already"):
        G(model, id=5)
    assert list(model.objects.values_list("pk", flat=True)) == [row.pk]


def test_a_composite_key():
    """A key of two columns is made of generated ones."""
    one, two = G(Shift, 2)
    assert one.pk != two.pk
    assert G(Shift, worker=7).worker == 7


def test_functions_get_the_field():
    """A function as a value is asked for each row; it gets the field if it takes something."""
    assert G(Note, title=lambda field: f"{field.name} of {field.max_length}").title == "title of 30"
    assert G(Note, title=lambda: "alone").title == "alone"
    assert G(Note, title=lambda field=None: field.name).title == "title"
    numbers = iter("abc")
    assert [row.title for row in G(Note, 3, title=lambda: next(numbers))] == ["a", "b", "c"]
    assert [G(Note, title=lambda n=n: str(n)).title for n in (7, 8)] == ["7", "8"]
    assert G(Token, batch=uuid.uuid4).batch.version == 4


def test_masks():
    """A mask gives texts; different ones on a unique field."""
    assert len({G(Note, title=M("--!-###")).title for _ in range(20)}) > 10
    found = [G(Badge, code=M("#_-")).code for _ in range(5)]
    assert len(set(found)) == 5
    assert all(len(code) == 3 and code[0].isdigit() and code[1].islower() and code[2].isupper() for code in found)
    with pytest.raises(CallInvalid, match="room for 6"):
        G(Badge, code=M("#######"))


def test_values_for_names_that_are_options():
    """Fields whose names are options of the call are given in ``values``; no name is given twice."""
    assert G(Note, values={"title": "x"}).title == "x"
    with pytest.raises(CallInvalid, match="title is given twice, by name and in values"):
        G(Note, values={"title": "x"}, title="y")
    with pytest.raises(CallInvalid, match="values=3: expected a dictionary"):
        G(Note, values=3)  # type: ignore[call-overload]


def test_clocks():
    """The machine's clock says what it says when a project saves a row; a moment that is given counts."""
    before = timezone.now()
    row = G(Record)
    assert before <= row.created_at <= timezone.now()
    assert before <= row.noted_at <= timezone.now()
    then = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)
    given = G(Record, created_at=then, updated_at=then)
    assert (given.created_at, given.updated_at) == (then, then)
    given.refresh_from_db()
    assert (given.created_at, given.updated_at) == (then, then)


def test_class_attributes_stay():
    """No field is changed on the way."""
    field = Record._meta.get_field("created_at")
    G(Record, created_at=timezone.now())
    assert field.auto_now_add  # type: ignore[union-attr]


def test_files():
    """Files and pictures are made and stored, and gone again where the row is not made."""
    photo = G(Photo)
    assert photo.image.storage.exists(photo.image.name)  # type: ignore[arg-type]
    assert photo.width > 0
    assert photo.image.width == photo.width
    upload = G(Upload)
    assert upload.report.name.endswith(("pdf", "csv"))  # type: ignore[union-attr]
    folder = photo.image.name.rpartition("/")[0]  # type: ignore[union-attr]
    before = photo.image.storage.listdir(folder)[1]
    with pytest.raises(RowNotMade):
        G(Photo, id=photo.pk, owner=photo.owner, title=photo.title)
    assert photo.image.storage.listdir(folder)[1] == before


def test_passwords():
    """A password that nobody gives lets nobody log in; one that is given is stored as it is, as Django does."""
    user = G(get_user_model())
    assert not user.has_usable_password()
    assert G(get_user_model(), password="raw").password == "raw"


def test_randomness_is_left_alone():
    """The state of the process's random numbers is neither used nor changed."""
    random.seed(1)
    expected = random.random()
    random.seed(1)
    first = G(Parcel).pk
    G("testapp.Draft", 2)
    G("testapp.Draft")
    assert random.random() == expected
    assert G(Parcel).pk != first


def test_seeds():
    """What is drawn is the same in each test, another with a seed, and the same for one seed."""
    assert G(Token, seed=7).batch != G(Token).batch


seen: set[tuple[str, ...]] = set()


@pytest.mark.parametrize("turn", range(3))
def test_the_same_again(turn):
    """Whatever ran before, the same calls give the same rows."""
    G(Note, turn)
    seen.add((str(G(Parcel).pk), G(Token).batch.hex, G(Badge, code=M("#_-")).code))
    assert len(seen) == 1


def test_one_value_is_enough():
    """A unique field with room for few values gives them in turn."""
    assert [G(Initial).letter for _ in range(3)] == ["1", "2", "3"]


def test_mutable_defaults_are_not_shared():
    """Each row has a list or dictionary of its own."""
    one, two = G(Preference), G(Preference)
    one.options["a"] = one.payload["a"] = 1
    one.history.append(1)
    assert (two.options, two.history) == ({}, [])
    assert "a" not in two.payload
    assert all("a" not in row.payload for row in G(Preference, 3))


def test_decimals():
    """A decimal may be given as text or number, as Django takes it."""
    row = G("testapp.Price", amount="3.50")
    row.refresh_from_db()
    assert row.amount == Decimal("3.50")


def test_the_chain_is_saved():
    """A row that needs others has them, all of them saved."""
    book = G(Book)
    assert book.author.pk
    assert book.delivery.pk
    assert Author.objects.filter(pk=book.author_id).exists()


class TestFunctionsThatRaise:
    """They are named with the field, and where they are defined; what they raised is the cause."""

    def refused(self, model, **given):
        with pytest.raises(RowNotMade) as caught:
            G(model, **given)
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        return str(caught.value).replace(str(caught.value.__cause__), "...")

    def test_of_a_call(self):
        """Also of a row on the way, and where a function is wrapped."""

        def divide(by, field):
            return 1 / by

        said = self.refused(Note, title=partial(divide, 0))
        assert re.search(
            r"^G\(testapp\.Note\): testapp\.Note\.title: divide \(tests/calling/test_values\.py:\d+\)", said
        )
        assert re.search(r" raised ZeroDivisionError: \.\.\. \(tests/calling/test_values\.py:\d+ in divide\)$", said)
        assert "testapp.Author.name: <lambda> (tests" in self.refused(Book, author__name=lambda: 1 / 0)
        assert not Author.objects.exists()

    @override_settings(FIXTUREKIT={"FIELD_FIXTURES": {"django.db.models.CharField": lambda: 1 / 0}})
    def test_of_a_setting(self):
        """So it is with those of settings."""
        assert "testapp.Note.letter: TestFunctionsThatRaise.<lambda> (tests/calling/test_values.py:" in self.refused(
            Note
        )

    def test_of_a_copy(self):
        """A property that a copy reads."""
        with patch.object(Author, "broken", property(lambda author: 1 / 0), create=True):
            said = self.refused(Book, title=C("author.broken"))
        assert "testapp.Book.title: C('author.broken') raised ZeroDivisionError" in said
