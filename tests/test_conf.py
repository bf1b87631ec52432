"""The setting FIXTUREKIT: typed, checked, and forgotten when it changes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from fixturekit.conf import settings as fixturekit_settings


def test_defaults(settings):
    """A project that sets nothing gets the defaults."""
    del settings.FIXTUREKIT
    assert fixturekit_settings.MAX_RECIPE_BYTES == 2_000_000
    assert fixturekit_settings.RECIPE_MODULES == {}
    assert fixturekit_settings.LOCK_TIMEOUT == 60


def test_changes_are_seen(settings):
    """A changed setting is read anew."""
    settings.FIXTUREKIT = {"LOCK_TIMEOUT": 1.5}
    assert fixturekit_settings.LOCK_TIMEOUT == 1.5
    settings.FIXTUREKIT = {"LOCK_TIMEOUT": 3}
    assert fixturekit_settings.LOCK_TIMEOUT == 3


def test_one_key_is_changed(settings):
    """The other keys stay where they are said again, as the manual shows it."""
    settings.FIXTUREKIT = {"LOCK_TIMEOUT": 1.5}
    with override_settings(FIXTUREKIT={**settings.FIXTUREKIT, "NUMBER_OF_LAPS": 3}):
        assert (fixturekit_settings.LOCK_TIMEOUT, fixturekit_settings.NUMBER_OF_LAPS) == (1.5, 3)
    assert fixturekit_settings.NUMBER_OF_LAPS == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"LOCK_TIMEOUTS": 3}, r"no key 'LOCK_TIMEOUTS'. Did you mean 'LOCK_TIMEOUT'\?"),
        ({"lock_timeout": 3}, r"Did you mean 'LOCK_TIMEOUT'\?"),
        ({"COLOUR": 3}, "Known are ALLOWED_DATABASES"),
        ({"LOCK_TIMEOUT": "3"}, r"FIXTUREKIT\['LOCK_TIMEOUT'\] = '3': expected a number of seconds"),
        ({"MAX_RECIPE_BYTES": True}, "a number of bytes"),
        ({"HARMLESS": "shop.receivers.f"}, "a list of dotted paths"),
        ({"FIELD_GENERATORS": {"a.B": 3}}, "a dictionary of dotted paths"),
        ({"RECIPE_MODULES": ["shop"]}, "a dictionary of app labels"),
        (["LOCK_TIMEOUT"], "expected a dictionary"),
    ],
)
def test_mistakes(settings, given, message):
    """An unknown key or a value of another kind is refused with the nearest key or what is expected."""
    settings.FIXTUREKIT = given
    with pytest.raises(ImproperlyConfigured, match=message):
        _ = fixturekit_settings.LOCK_TIMEOUT
