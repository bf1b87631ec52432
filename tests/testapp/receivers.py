"""Receivers of the models in `models/saving.py`."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_save, pre_save

from tests.testapp.models import Dispatch, Playlist, Shipment, Tracking, Visit, Visitor


def connect() -> None:
    """Listen; calling it again changes nothing."""
    pre_save.connect(dispatch, sender=Shipment, dispatch_uid="testapp.dispatch")
    post_save.connect(track, sender=Shipment, dispatch_uid="testapp.track")
    post_save.connect(count_visit, sender=Visitor, dispatch_uid="testapp.count_visit")
    m2m_changed.connect(measure, sender=Playlist.songs.through, dispatch_uid="testapp.measure")


def dispatch(sender: type[Shipment], instance: Shipment, using: str, **_: Any) -> None:
    """Give a shipment its reference, and make a Dispatch for a new one."""
    instance.reference = f"to {instance.address}"
    if instance._state.adding:
        Dispatch.objects.using(using).create(address=instance.address)


def track(sender: type[Shipment], instance: Shipment, created: bool, using: str, **_: Any) -> None:
    """Make a Tracking for a new shipment."""
    if created:
        Tracking.objects.using(using).create(shipment=instance, state="announced")


def count_visit(sender: type[Visitor], instance: Visitor, created: bool, using: str, **_: Any) -> None:
    """Make a Visit whose number is the number of visitors there are."""
    if created:
        number = Visitor.objects.using(using).count()
        Visit.objects.using(using).create(visitor=instance, number=number)


def measure(sender: type[Model], instance: Playlist | Any, action: str, using: str, **_: Any) -> None:
    """Keep a playlist's length, whichever end the songs were added from."""
    if action not in {"post_add", "post_remove", "post_clear"} or not isinstance(instance, Playlist):
        return
    instance.length = instance.songs.using(using).count()
    Playlist.objects.using(using).filter(pk=instance.pk).update(length=instance.length)
