"""Rows that hang together: what the planner chose goes by others of the same row."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from fixturekit.execution.preview import preview
from fixturekit.values.pools import locales, pairs, pool, rows
from fixturekit.values.registry import capacity
from fixturekit.values.romanising import words
from fixturekit.values.sources import Drawn, Enumerated, Following, Mixed
from tests.planning.support import batches, planned

NOW = "2026-11-01T09:00:00Z"


@pytest.fixture(autouse=True)
def models_with_such_rows(own_models):
    """Models whose rows hang together, known while a test lasts."""

    class Customer(models.Model):
        first_name = models.CharField(max_length=50)
        last_name = models.CharField(max_length=50)
        full_name = models.CharField(max_length=100)
        salutation = models.CharField(max_length=10)
        email = models.EmailField(unique=True)
        username = models.CharField(max_length=20, unique=True)
        city = models.CharField(max_length=60)
        state = models.CharField(max_length=60)
        postcode = models.CharField(max_length=10)
        country = models.CharField(max_length=60)
        country_code = models.CharField(max_length=2)
        latitude = models.FloatField()
        longitude = models.DecimalField(max_digits=9, decimal_places=6)
        date_of_birth = models.DateField()
        age = models.PositiveSmallIntegerField()
        created_at = models.DateTimeField()
        updated_at = models.DateTimeField()

        class Meta:
            app_label = "testapp"

    class Bill(models.Model):
        title = models.CharField(max_length=100)
        slug = models.SlugField(unique=True)
        quantity = models.PositiveSmallIntegerField()
        unit_price = models.DecimalField(max_digits=8, decimal_places=2)
        line_total = models.DecimalField(max_digits=10, decimal_places=2)
        net = models.DecimalField(max_digits=10, decimal_places=2)
        tax_rate = models.IntegerField()
        tax = models.DecimalField(max_digits=10, decimal_places=2)
        gross = models.DecimalField(max_digits=10, decimal_places=2)
        price = models.FloatField()
        sale_price = models.FloatField()
        min_age = models.IntegerField()
        max_age = models.IntegerField(validators=[MaxValueValidator(100)])
        ordered_at = models.DateTimeField()
        shipped_on = models.DateField()
        shipped_at = models.DateTimeField()
        start_date = models.DateField()
        end_date = models.DateField()
        start_time = models.TimeField()
        end_time = models.TimeField()
        valid_from = models.DateField()
        valid_until = models.DateField()

        class Meta:
            app_label = "testapp"

    class Sale(models.Model):
        country = models.CharField(max_length=60)
        iso3 = models.CharField(max_length=3)
        total_excl_tax = models.DecimalField(max_digits=10, decimal_places=2)
        total_incl_tax = models.DecimalField(max_digits=10, decimal_places=2)
        shipping_excl_tax = models.FloatField()
        shipping_incl_tax = models.FloatField()

        class Meta:
            app_label = "testapp"

    class Careful(models.Model):
        name = models.CharField(max_length=50)
        slug = models.SlugField(max_length=12, unique=True)
        email = models.EmailField(validators=[RegexValidator(r"^[a-z]+@example\.com$")], null=True)
        username = models.CharField(max_length=30, validators=[RegexValidator(r"^[a-z.]+$")], null=True)
        first_name = models.CharField(max_length=30, choices=[("Ann", "Ann"), ("Bob", "Bob")])

        class Meta:
            app_label = "testapp"


def made(model, setting="", *, count=40, options=""):
    """Rows as mappings of texts."""
    text = f"now: {NOW}\noptions: {{{options}}}\nsteps:\n  - {{id: a, make: testapp.{model}, count: {count}, set: {{{setting}}}}}"
    (part,) = preview(planned(text).plan, count)
    return [dict(zip(part.fields, row, strict=True)) for row in part.rows]


def sources(model, setting="", options=""):
    text = f"now: {NOW}\noptions: {{{options}}}\nsteps:\n  - {{id: a, make: testapp.{model}, count: 9, set: {{{setting}}}}}"
    return batches(text)["a"]


# -- people ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", locales())
def test_people(locale):
    """E-mail, login and whole name are those of the first and the last name, in letters that an address may have."""
    known = pairs(locale, "first_names")
    family_first = locale in ("ja_JP", "zh_CN")
    found = made("Customer", options=f"locale: {locale}")
    for row in found:
        first, last = row["first_name"], row["last_name"]
        assert row["full_name"].replace(" ", "") == (last + first if family_first else first + last)
        read = ".".join((words(first, locale, "."), words(last, locale, ".")))
        assert re.fullmatch(rf"{re.escape(read)}\d+@example\.com", row["email"])
        login = row["username"].rstrip("0123456789")
        assert read.startswith(login)
        assert first in known
    assert len({row["salutation"] for row in found}) == (1 if locale == "ja_JP" else 2)


def test_unique_texts_differ_by_their_digits():
    """Rows of one name have different addresses, whatever the name is."""
    for name in ("Anna", "R2D2 123", "花", "!", "abcdefgh222222x"):
        found = made("Customer", f'first_name: "{name}", last_name: x', count=300)
        assert len({row["email"] for row in found}) == len({row["username"] for row in found}) == 300


def test_what_the_recipe_gives_is_followed():
    """A given first name is in the address; a given address is left alone, and names are not guessed from it."""
    row = made("Customer", "first_name: Zoë, last_name: O'Neil", count=1)[0]
    assert row["full_name"] == "Zoë O'Neil"
    assert row["email"].startswith("zoe.o.neil")
    assert made("Customer", "email: x@example.com", count=1)[0]["email"] == "x@example.com"
    assert isinstance(sources("Customer", 'email: !seq "a{n}@b.de"')["first_name"], Drawn)


def test_a_given_whole_name_is_taken_apart():
    """First and last name follow from it, and the address from them."""
    row = made("Customer", "full_name: Anna Maria Meier", count=1)[0]
    assert (row["first_name"], row["last_name"]) == ("Anna", "Meier")
    assert row["email"].startswith("anna.meier")


def test_labelled_rows():
    """Each row goes by its own values, a label's and the others'."""
    text = (
        "- {id: a, make: testapp.Customer, named: {anna: {first_name: Anna}, bert: {first_name: Bert, email: b@b.de}}}"
    )
    assert isinstance(batches(text)["a"]["first_name"], Mixed)
    (part,) = preview(planned(text).plan, 2)
    anna, bert = (dict(zip(part.fields, row, strict=True)) for row in part.rows)
    assert anna["email"].startswith("anna.")
    assert (bert["email"], bert["username"][:5]) == ("b@b.de", "bert.")


def test_rows_of_a_table():
    """``!auto`` cells go by what stands beside them."""
    text = """
        steps:
          - id: a
            rows: testapp.Customer
            columns: [first_name, email]
            values: [[Ann, a@b.de], [Bob, !auto ], [Cleo, !auto ]]
    """
    (part,) = preview(planned(text).plan, 3)
    assert [dict(zip(part.fields, row, strict=True))["email"].split(".")[0] for row in part.rows[1:]] == ["bob", "cleo"]


# -- places ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", locales())
def test_places(locale):
    """State, postcode, country and coordinates are those of the city."""
    known = {
        city: (state, code, latitude, longitude) for city, state, code, latitude, longitude in rows(locale, "places")
    }
    codes = dict(zip(pool(locale, "countries"), pool(locale, "country_codes"), strict=True))
    for row in made("Customer", options=f"locale: {locale}"):
        state, code, latitude, longitude = known[row["city"]]
        assert row["state"] == state
        assert row["postcode"].startswith(code)
        assert codes.get(row["country"]) == row["country_code"] == locale[3:]
        assert abs(float(row["latitude"]) - float(latitude)) < 0.05
        assert abs(float(row["longitude"]) - float(longitude)) < 0.05


def test_a_given_country():
    """The code is that of the country, as far as it is known."""
    assert made("Customer", "country: France", count=1)[0]["country_code"] == "FR"
    assert made("Customer", "country_code: JP", count=1)[0]["country"] == "Japan"
    assert len(made("Customer", "city: Springwell", count=1)[0]["postcode"]) == 5


# -- words -------------------------------------------------------------------------------------------------------------


def test_slugs():
    """A slug has the words of the title, as many as there is room for."""
    for row in made("Bill"):
        read, _, digits = row["slug"].rpartition("-")
        assert words(row["title"], "en_US").startswith(read)
        assert digits.isdigit()
        assert len(row["slug"]) <= 50
    assert made("Bill", "title: Größe & Maß", options="locale: de_DE")[0]["slug"].startswith("groesse-mass-")


def test_a_title_that_an_expression_gives():
    """The slug follows a title that is computed, but none that is computed from the slug."""
    row = made("Bill", 'title: !jinja "No {{ n }} of {{ row.quantity }}", quantity: 7', count=1)[0]
    assert row["slug"].startswith("no-1-of-7-")
    assert isinstance(sources("Bill", 'title: !jinja "{{ row.slug }}!"')["slug"], Enumerated)
    assert isinstance(sources("Bill", "title: !copy slug")["slug"], Enumerated)


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_sums():
    """Totals are those of their parts, with the digits of their fields."""
    for row in made("Bill"):
        number = {name: Decimal(cell) for name, cell in row.items() if re.fullmatch(r"-?[\d.]+", cell)}
        assert number["line_total"] == number["quantity"] * number["unit_price"]
        assert abs(number["tax"] - number["net"] * number["tax_rate"] / 100) <= Decimal("0.005")
        assert number["gross"] == number["net"] + number["tax"]
        assert 0 < number["sale_price"] < number["price"]
        assert number["min_age"] <= number["max_age"] <= 100


@pytest.mark.parametrize(("locale", "percent"), [("en_US", 108), ("de_DE", 119)])
def test_prices_with_their_tax(locale, percent):
    """What has the tax in it is what has not, and the tax of the locale, also behind a word that both begin with."""
    for row in made("Sale", options=f"locale: {locale}"):
        for name in ("total", "shipping"):
            net, gross = Decimal(row[f"{name}_excl_tax"]), Decimal(row[f"{name}_incl_tax"])
            assert abs(gross - net * percent / 100) <= Decimal("0.005")


@pytest.mark.parametrize("locale", locales())
def test_country_code_of_three_letters(locale):
    """It is that of the row's country."""
    three = dict(zip(pool(locale, "countries"), pool(locale, "country_codes_3"), strict=True))
    found = made("Sale", options=f"locale: {locale}")
    assert [row["iso3"] for row in found] == [three[row["country"]] for row in found]
    assert made("Sale", "country: AT", count=1)[0]["iso3"] == "AUT"


def test_sums_of_given_parts():
    """What the recipe gives is reckoned with; what does not fit the field is left as it was."""
    row = made("Bill", "quantity: 3, unit_price: 0.99", count=1)[0]
    assert row["line_total"] == "2.97"
    row = made("Bill", "quantity: 30000, unit_price: 999999.99", count=1)[0]
    assert Decimal(row["line_total"]) < 1000


# -- times -------------------------------------------------------------------------------------------------------------


def test_times():
    """What comes later is later, what has happened lies before the clock, and what expires after it."""
    for row in made("Bill"):
        assert row["ordered_at"] < row["shipped_at"] < "2026-11-01 09"
        assert row["ordered_at"][:10] <= row["shipped_on"] <= "2026-11-01"
        assert row["start_date"] < row["end_date"]
        assert row["start_time"] < row["end_time"]
        assert row["valid_until"] > "2026-11-01"
    for row in made("Customer"):
        assert row["created_at"] <= row["updated_at"] <= "2026-11-01 09:00:01"
        born = date.fromisoformat(row["date_of_birth"])
        assert int(row["age"]) == 2026 - born.year - ((born.month, born.day) > (11, 1))


def test_given_times():
    """A free end follows a given start, a free start a given end, and what is given ahead is not turned back."""
    row = made("Bill", "start_date: 2030-05-01, ordered_at: 2030-05-01T00:00:00Z", count=1)[0]
    assert "2030-05-01" < row["end_date"] < "2030-06"
    assert "2030-05-01" < row["shipped_at"] < "2030-06"
    row = made("Bill", "end_date: 2020-05-20", count=1)[0]
    assert "2020-05" < row["start_date"] < "2020-05-20"


def test_instants_without_zone(settings):
    """With USE_TZ off they are as naive as the project's."""
    settings.USE_TZ = False
    row = made("Customer", "created_at: 2026-10-30 10:00:00", count=1)[0]
    assert datetime.fromisoformat(row["created_at"]) <= datetime.fromisoformat(row["updated_at"])


# -- what is left alone ------------------------------------------------------------------------------------------------


def test_plain_rows_are_left_alone():
    """In style plain no value follows another."""
    found = sources("Customer", options="style: plain")
    assert not any(isinstance(source, Following) for source in found.values())


def test_what_a_field_does_not_take():
    """Choices, room for digits alone, and validators that ask for something else: as if there was nothing to follow."""
    found = sources("Careful")
    assert not any(isinstance(source, Following) for source in found.values())


def test_what_code_of_the_project_gives():
    """A function may read any value of the row, so nothing goes by what it gives."""
    found = sources("Customer", "first_name: !call tests.testapp.values.alone")
    assert found["full_name"].generator == "text"
    assert found["email"].fields == ("full_name",)


def test_a_renamed_field_keeps_what_it_follows():
    """Lanes say what a field means, for those who follow it too."""
    text = "- {id: a, make: testapp.Customer, lanes: {state: email, country: name}}"
    found = batches(text)["a"]
    assert [type(found[name]) for name in ("state", "country")] == [Following, Following]


def test_as_many_as_there_are_digits():
    """The capacity is that of the digits."""
    source = sources("Customer")["email"].own
    assert capacity(source) == 10**5 + 10**10


def test_any_block_is_the_same():
    """A row is the same in a preview of few rows and of many."""
    assert made("Customer", count=50)[:7] == made("Customer", count=7)
