"""Faker's providers: the same values for the same address, and nobody else's state touched."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from typing import Any

import faker
import pytest
from faker.generator import random as shared
from faker.providers import date_time

from fixturekit.values.facades import Faked
from fixturekit.values.fields import fake
from fixturekit.values.fields.fake import fakeable
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import Drawn
from fixturekit.values.streams import cell_words

NOW = datetime(2031, 5, 20, 9, 30, tzinfo=timezone.utc)


def drawn(provider, arguments=(), start=0, stop=20, now=NOW, **context):
    source = Drawn("fake", "lane", (("arguments", arguments), ("locale", "en_US"), ("provider", provider)))
    return compile_source(source, Context("s", "step", now, **context)).values(start, stop)


def faked(row=0):
    return Faked("en_US", lambda asked: cell_words(b"key", row, f"fake{asked}", 4), random.seed, NOW)


def test_addresses():
    """A row's value depends on its address alone."""
    whole = drawn("company")
    assert len(set(whole)) > 15
    assert drawn("company", start=7, stop=9) == whole[7:9]


def test_labels():
    """A labelled row keeps its value where others come and go."""
    assert drawn("name", stop=2, labels=("anna", "bob")) == drawn("name", stop=3, labels=("new", "anna", "bob"))[1:]


def test_arguments():
    """A provider gets what it is given."""
    assert all(len(value) == 5 for value in drawn("pystr", (("max_chars", 5), ("min_chars", 5))))


@pytest.mark.parametrize("provider", ["uuid4", "password", "color", "passport_dob", "ssn", "sha256", "binary"])
def test_no_provider_asks_the_machine(provider):
    """Also those that draw beside the generator that they are given."""
    random.seed(1)
    first = drawn(provider, stop=3)
    drawn("name")
    random.seed(2)
    assert drawn(provider, stop=3) == first


@pytest.mark.parametrize(
    "provider", ["date_of_birth", "past_date", "date_this_year", "date_time_this_month", "future_date"]
)
def test_dates_count_from_the_recipe_clock(provider):
    """They are as far from it on any day."""
    found = [value.date() if isinstance(value, datetime) else value for value in drawn(provider)]
    assert max(abs(day - NOW.date()) for day in found) < timedelta(days=116 * 366)
    if provider != "date_of_birth":
        assert {day.year for day in found} == {2031}
    assert {type(value) for value in drawn(provider)} <= {date, datetime}


def test_nothing_is_left_behind():
    """The states of ``random`` and of Faker are as before, and so are Faker's module of dates and other generators."""
    dates: Any = date_time
    random.seed(5)
    shared.seed(6)
    before = random.getstate(), shared.getstate(), dates.datetime, faker.Faker().random.getstate()
    drawn("date_of_birth")
    drawn("color")
    assert before == (random.getstate(), shared.getstate(), dates.datetime, faker.Faker().random.getstate())


def test_an_error_stands_in_the_cell():
    """Who converts the cell says which row it is."""
    [error, *_] = drawn("date_between", (("start_date", "nonsense"),))
    assert isinstance(error, Exception)


def test_sets_are_refused():
    """Their order is another one in each process."""
    [error, *_] = drawn("pyset")
    assert "no order" in str(error)


def test_names():
    """Providers are what Faker has, not what its generator does."""
    assert {"company", "pydecimal", "user_name"} <= set(fake.providers("en_US"))
    assert not {"seed", "seed_instance", "format", "parse", "get_providers"} & set(fake.providers("en_US"))
    assert fake.provider("en_US", "seed_instance") is None
    assert fake.provider("en_US", "__class__") is None


def test_no_such_locale():
    """It is named."""
    with pytest.raises(LookupError, match="xx_XX"):
        fake.faker("xx_XX")


class TestFaked:
    """What expressions see of Faker."""

    def test_one_state_for_a_cell(self):
        """Two calls in one cell differ, the same cell again does not."""
        first = faked()
        found = [first["pyint"](), first["pyint"]()]
        again = faked()
        assert found == [again["pyint"](), again["pyint"]()]
        assert found[0] != found[1]
        assert faked(1)["pyint"]() != found[0]

    @pytest.mark.parametrize("name", ["binary", "zip", "add_provider", "seed_instance", "format", "__class__", 1])
    def test_not_for_expressions(self, name):
        """Providers that make files, or run others, are out of reach."""
        with pytest.raises(LookupError, match="no Faker provider"):
            faked()[name]
        assert name not in fakeable("en_US")

    def test_nothing_huge(self):
        """A number that asks for length is bounded, one that is a value is not."""
        with pytest.raises(ValueError, match="nb_words=1000000000"):
            faked()["sentence"](nb_words=10**9)
        with pytest.raises(ValueError, match="too much"):
            faked()["pystr"](1, 10**9)
        assert faked()["pyint"](max_value=10**9) > 1000


def test_faker_is_not_imported_at_the_start():
    """Neither is Jinja: both take longer than a command that needs neither."""
    code = (
        "import django, sys; from django.conf import settings;"
        "settings.configure(INSTALLED_APPS=['fixturekit']); django.setup();"
        "import fixturekit.recording.recorder, fixturekit.execution.preview, fixturekit.values.registry as r;"
        "r.load_fields(); print({'faker', 'jinja2'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
