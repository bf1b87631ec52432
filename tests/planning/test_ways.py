"""The way that rows of a model are written, and what is given as the reason."""

from __future__ import annotations

import functools

import pytest
from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.db import models
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.test.utils import isolate_apps

from fixturekit.blueprints import blueprint
from fixturekit.planning.ways import choose, path_of
from tests.planning.support import planned, step
from tests.testapp.models import (
    Author,
    Cellar,
    Lamp,
    Playlist,
    Poster,
    Quote,
    Shipment,
    Sign,
    SportsCar,
    Vehicle,
    VintageCar,
)  # fmt: skip

SAVING = "tests.testapp.models.saving"
RECEIVERS = "tests.testapp.receivers"


def way(model, wanted="", *, muted=False, through=False):
    """The way and the reason for a model."""
    return choose(blueprint(model), wanted, muted=muted, through=through)


def listener(**kwargs):
    """A receiver of the tests."""


@pytest.fixture
def listening():
    """Connect receivers until the test is over."""
    connected = []

    def connect(signal, receiver, sender=None):
        signal.connect(receiver, sender=sender)
        connected.append((signal, receiver, sender))

    yield connect
    for signal, receiver, sender in connected:
        signal.disconnect(receiver, sender=sender)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Quote, f"own {SAVING}.Quote.save"),
        (Lamp, f"own {SAVING}.Lamp.__init__"),
        (Sign, "field text: tests.testapp.fields.ShoutedField.pre_save"),
        (Shipment, f"pre_save {RECEIVERS}.dispatch, post_save {RECEIVERS}.track"),
        (Site, "pre_save django.contrib.sites.models.clear_site_cache"),
    ],
)
def test_reasons(model, reason):
    """Each reason for an instance is named by its dotted path."""
    assert way(model) == ("each", reason)


@pytest.mark.parametrize("model", [Author, SportsCar, VintageCar, Poster])
def test_nothing_listens(model):
    """Plain models stream, chains, proxies and fields of other classes too."""
    assert way(model) == ("stream", "nothing listens")


@pytest.mark.filterwarnings("ignore:Field.get_placeholder is deprecated")
@isolate_apps("tests.testapp")
@pytest.mark.parametrize("wanted", ["", "stream", "bulk", "each"])
@pytest.mark.parametrize("name", ["get_placeholder", "get_placeholder_sql"])
def test_placeholders(name, wanted):
    """What a field of a library puts through a function of the database only ``save()`` can write."""
    cls = type("SealedField", (models.TextField,), {name: lambda self, value, compiler, connection: "seal(%s)"})

    class Letter(models.Model):
        text = cls()

        class Meta:
            app_label = "testapp"

    found, reason = way(Letter, wanted)
    assert found == "each"
    assert (
        wanted == "each"
        or reason == f"field text: {__name__}.SealedField.{name}: its values are written in SQL of its own"
    )


def test_harmless():
    """A hook that is known to do no harm is named, and does not keep rows from streaming."""
    harmless = "django.contrib.auth.base_user.AbstractBaseUser.save"
    assert way(User) == ("stream", f"nothing listens; harmless: own {harmless}")


def test_receiver_for_all_senders(listening):
    """A receiver without a sender listens to every model."""
    listening(post_save, listener)
    assert way(Author) == ("each", f"post_save {__name__}.listener")


def test_receiver_for_another_sender(listening):
    """A receiver of the parent is not called for the child, nor one of the model for its proxy."""
    listening(pre_save, listener, Vehicle)
    assert way(Vehicle)[0] == "each"
    assert way(SportsCar)[0] == "stream"


def test_muted(listening):
    """Muting takes receivers away, not the model's own code."""
    assert way(Shipment, muted=True) == ("stream", "nothing listens")
    assert way(Quote, muted=True)[0] == "each"


def test_harmless_setting(settings):
    """A project says which of its hooks do no harm."""
    settings.FIXTUREKIT = {"HARMLESS": [f"{SAVING}.Quote.save", f"{RECEIVERS}.dispatch"]}
    assert way(Quote)[0] == "stream"
    assert way(Shipment) == ("each", f"post_save {RECEIVERS}.track")


@pytest.mark.parametrize("wanted", ["stream", "bulk", "each"])
def test_wanted(wanted):
    """What the step says is done, and is the reason; a save() that is left out is named."""
    left_out = "" if wanted == "each" else f"; leaves out own {SAVING}.Quote.save"
    assert way(Quote, wanted) == (wanted, f"save: {wanted}{left_out}")
    assert way(Author, wanted) == (wanted, f"save: {wanted}")


def test_through(listening):
    """Links without a model of their own have receivers of m2m_changed as their only reason."""
    assert way(Playlist.songs.through, through=True) == ("each", f"m2m_changed {RECEIVERS}.measure")
    assert way(Playlist.songs.through, through=True, muted=True)[0] == "stream"
    assert way(Cellar.holds.through, through=True)[0] == "stream"
    listening(post_save, listener)
    assert way(Cellar.holds.through, through=True)[0] == "stream"
    listening(m2m_changed, listener)
    assert way(Cellar.holds.through, through=True)[0] == "each"


def test_steps():
    """A step's own word counts for its rows, and what listens to links for the links."""
    plan = planned(step("testapp.Playlist", "songs: !make 2")).plan
    assert [(batch.id, batch.way) for batch in plan.batches] == [
        ("a", "stream"),
        ("a/songs", "stream"),
        ("a/songs#", "each"),
    ]
    muted = planned(step("testapp.Playlist", "songs: !make 2") + "    mute_signals: true\n").plan
    assert {(batch.way, batch.muted) for batch in muted.batches} == {("stream", True)}
    forced = planned(step("testapp.Quote") + "    save: bulk\n").plan.batch("a")
    assert (forced.way, forced.why) == ("bulk", f"save: bulk; leaves out own {SAVING}.Quote.save")


class Callable_:
    """A receiver with a state."""

    def __call__(self, **kwargs):
        """Do nothing."""

    def method(self, **kwargs):
        """Do nothing."""


@pytest.mark.parametrize(
    ("receiver", "name"),
    [
        (listener, "listener"),
        (functools.partial(listener, x=1), "listener"),
        (Callable_(), "Callable_"),
        (Callable_().method, "Callable_.method"),
    ],
)
def test_paths(receiver, name):
    """Functions, partials, callable objects and methods have a dotted path without addresses."""
    assert path_of(receiver) == f"{__name__}.{name}"
