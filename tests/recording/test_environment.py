"""Environment variables that code of the project reads are noted, and can be made to say something else."""

from __future__ import annotations

import os
import tempfile
from os import environ

import pytest

from fixturekit.recording.environment import watched


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    monkeypatch.setenv("SHOP_REGION", "north")
    monkeypatch.setenv("SHOP_SIZE", "9")
    monkeypatch.delenv("SHOP_COLOUR", raising=False)


def test_every_way_of_reading_is_noted():
    """By name, with a default, as a function, through the name that was imported; also what is not set."""
    with watched(changed=False) as read:
        assert os.environ["SHOP_REGION"] == "north"
        assert os.getenv("SHOP_SIZE") == "9"
        assert environ.get("SHOP_COLOUR", "grey") == "grey"
        assert "SHOP_SHAPE" not in os.environ
    assert read == {"SHOP_REGION", "SHOP_SIZE", "SHOP_COLOUR", "SHOP_SHAPE"}


def test_values_are_others():
    """A number stays one. What says where things are is left alone."""
    home = os.environ["PATH"]
    with watched(changed=True):
        assert os.environ["SHOP_REGION"] == "north~"
        assert os.getenv("SHOP_SIZE") == "10"
        assert os.environ["PATH"] == home
    assert os.environ["SHOP_REGION"] == "north"


def test_libraries_read_undisturbed(monkeypatch):
    """What the standard library reads is not the project's doing."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    with watched(changed=True) as read:
        tempfile.gettempdir()
    assert read == set()


def test_nothing_stays():
    """Also after an error."""
    before = type(os.environ)
    with pytest.raises(ZeroDivisionError), watched(changed=True):
        _ = 1 / 0
    assert type(os.environ) is before
