"""A factory of the project as the planner sees it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fixturekit.factories.adapting import NoFactory, adapt
from tests.testapp.models import Author, Book

F = "tests.testapp.factories"


def test_names_that_it_takes():
    """What it declares, be it in a trait, its parameters and traits, what happens after the saving; paths that begin so."""
    book = adapt(f"{F}.BookFactory")
    assert book.model is Book
    assert book.declared == {
        "title", "author", "editor", "imprint", "parcel", "delivery", "edited", "translations_of"
    }  # fmt: skip
    assert book.takes("author__email")
    assert not book.takes("translator")
    assert book.is_told_afterwards("translations_of")


def test_fields_along_factories():
    """A path leads to the field of the model that the inner factory makes rows of."""
    book = adapt(f"{F}.BookFactory")
    assert book.field("title") == Book._meta.get_field("title")
    assert book.field("author__email") == Author._meta.get_field("email")
    assert book.field("author__host") is None
    assert book.field("edited") is None
    assert book.field("nothing__at__all") is None


def test_counters_that_it_moves():
    """Those of the factories that it calls, traits included, as often as it may call them."""
    assert adapt(f"{F}.BookFactory").counters == {
        f"{F}.BookFactory": 1,
        f"{F}.AuthorFactory": 2,
        f"{F}.ImprintFactory": 1,
        f"{F}.ParcelFactory": 1,
        f"{F}.CarFactory": 1,
    }


def test_a_factory_that_derives_from_another_shares_its_counter():
    """As the library has it."""
    assert adapt(f"{F}.FirstAuthorFactory").counters == {f"{F}.AuthorFactory": 1}


@pytest.mark.parametrize("path", ["nothing", "no.such", f"{F}.None_", f"{F}.NUMBERS", f"{F}.AbstractFactory"])
def test_what_is_none(path):
    """Whatever the path leads to."""
    with pytest.raises(NoFactory):
        adapt(path)


def test_the_library_is_loaded_by_those_who_use_it():
    """A project without a step that names a factory does not wait for it."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings.sqlite"}
    code = "import sys, django; django.setup(); import fixturekit.planning.planner; sys.exit('factory' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
