"""The history of an order writes itself: a save that changes the status leaves an OrderEvent."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone

from orders.models import Order, OrderEvent


def connect() -> None:
    """Listen to orders; calling it again changes nothing."""
    post_save.connect(note_status, sender=Order, dispatch_uid="orders.note_status")


def note_status(sender: type[Order], instance: Order, created: bool, raw: bool, using: str, **_: Any) -> None:
    """Add an event when an order is new or its status changed; `raw` is Django loading a dump that has its own."""
    if raw:
        return
    last = None if created else instance.events.using(using).order_by("id").last()
    if last is not None and last.status == instance.status:
        return
    moment = instance.placed_at if created else timezone.now()
    OrderEvent.objects.using(using).create(order=instance, status=instance.status, at=moment)
