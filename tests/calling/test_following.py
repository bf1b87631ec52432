"""Generated values go by what a call says of the same row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Now

from fixturekit import C, F, G, M, N, teach
from tests.testapp.models import Author, Book, Event, Page, Record


def built(model, **values):
    """Build a row of a model that has no table."""
    return N(model, persist_dependencies=False, **values)


@pytest.fixture
def bill(own_models):
    """A model whose numbers and times hang together."""

    class Bill(models.Model):
        title = models.CharField(max_length=40)
        slug = models.SlugField()
        quantity = models.IntegerField()
        unit_price = models.DecimalField(max_digits=8, decimal_places=2)
        line_total = models.DecimalField(max_digits=10, decimal_places=2)
        min_age = models.IntegerField()
        max_age = models.IntegerField()
        created_at = models.DateTimeField(auto_now_add=True)
        paid_at = models.DateTimeField()
        start_date = models.DateField()
        end_date = models.DateField()
        start_time = models.TimeField()
        end_time = models.TimeField()
        valid_from = models.DateField(null=True)
        valid_until = models.DateField()

        class Meta:
            app_label = "testapp"

    return Bill


@pytest.mark.django_db
class TestTexts:
    """Texts are read off what is given, and off nothing else."""

    def test_names(self):
        """An e-mail and a login are those of a name, a name that of its parts."""
        user = G(User, first_name="Ana", last_name="Díaz")
        assert (user.email, user.username) == ("ana.diaz@example.com", "ana.diaz1")
        assert G(User, username="bob").email == "bob@example.com"
        assert User.objects.get(email="ana.diaz@example.com").pk == user.pk

    def test_nothing_is_given(self):
        """Where nobody says anything, values count as ever."""
        user = G(User)
        assert (user.email, user.username, user.first_name) == ("a1@example.com", "1", "1")

    def test_what_is_given_stays(self):
        """A value that is given goes by nothing."""
        assert G(User, first_name="Ana", email="x@example.com").email == "x@example.com"
        assert G(User, first_name="Ana", email="").email == ""

    def test_functions_copies_and_masks(self):
        """What a function, a copy or a mask gives is read too."""
        assert G(User, first_name=lambda: "Zoë", last_name="Ng").email == "zoe.ng@example.com"
        assert G(User, first_name="Zoë", last_name=C("first_name")).email == "zoe.zoe@example.com"
        coded = G(User, last_name=M("!a###"), first_name="")
        assert coded.email == f"{coded.last_name}@example.com"

    def test_shelves(self):
        """What a shelf says is read as well."""
        teach(User, last_name="Diaz")
        assert G(User, first_name="Ana", use_library=True).email == "ana.diaz@example.com"

    def test_rows_on_the_way(self):
        """So are values of related rows."""
        assert G(Book, author__name="Ann Lee").author.email.startswith("ann.lee")
        page = G(Page, slug="given")
        assert page.slug == "given"

    def test_unique_texts(self):
        """Unique texts end in the row's number, so that they differ, also from those that rows have."""
        first, second = G(User, 2, first_name="Ana", last_name="Diaz")
        assert [first.username, second.username] == ["ana.diaz1", "ana.diaz2"]
        User.objects.create(username="ana.diaz3")
        assert G(User, first_name="Ana", last_name="Diaz").username == "ana.diaz4"
        assert G(User, first_name="Bob", last_name="Diaz").username == "bob.diaz5"
        emails = {author.email for author in G(Author, 3, name="Ann Lee")}
        assert len(emails) == 3

    def test_a_copy_goes_by_what_follows(self):
        """Copies of what follows have it, whatever their order."""
        assert G(User, first_name="Ana", last_name="Diaz", password=C("email")).password == "ana.diaz@example.com"

    def test_expressions(self):
        """What only the database knows cannot be read."""
        assert G(Event, starts_at=Now()).ends_at is not None


class TestNumbersAndTimes:
    """Numbers go by what is given, times keep their order."""

    def test_numbers(self, bill):
        """A total is that of what is given, whatever its kind."""
        assert built(bill, quantity=3, unit_price="2.50").line_total == Decimal("7.50")
        assert built(bill, min_age=40).max_age > 40
        assert built(bill).line_total == 3

    def test_ends(self, bill):
        """An end lies after its start by as little as there is, be the start given or not."""
        row = built(bill, start_date="2030-05-01", start_time=time(10))
        assert (row.end_date, row.end_time) == (date(2030, 5, 2), time(11))
        row = built(bill)
        assert row.end_date - row.start_date == timedelta(days=1)
        assert row.end_time > row.start_time
        assert row.valid_until > row.valid_from

    def test_beginnings(self, bill):
        """A start lies before an end that is given."""
        assert built(bill, end_date=date(2020, 1, 2)).start_date < date(2020, 1, 2)

    def test_the_clock(self, bill):
        """What comes after a moment that saving sets comes after the machine's clock; so does a default that asks it."""
        row = built(bill)
        assert row.paid_at > datetime.now(timezone.utc)
        user = built(User)
        assert user.last_login >= user.date_joined

    def test_slugs(self, bill):
        """A slug is that of the title."""
        assert built(bill, title="Amber Lamp").slug == "amber-lamp"
        assert built(bill).slug == "2"

    def test_values_of_another_kind(self, bill):
        """What no field can read leaves the others as they are."""
        assert built(bill, quantity="many").line_total == 1.0

    @pytest.mark.django_db
    def test_saved(self):
        """Rows are saved with what follows."""
        start = datetime(2031, 1, 1, tzinfo=timezone.utc)
        event = G(Event, starts_at=start)
        assert event.ends_at == start + timedelta(hours=1)
        assert Event.objects.filter(ends_at__gt=models.F("starts_at")).exists()
        events = G(Event, 30, starts_at=start, announced_on=None)
        assert {event.ends_at for event in events} == {start + timedelta(hours=1)}
        assert G(Record).pk

    @pytest.mark.django_db
    def test_many_to_many(self):
        """So are the rows of lists."""
        author = G(Author, books=[F(), F()])
        assert author.books.count() == 2
