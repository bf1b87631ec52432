"""Models whose rows are right only if `save()`, signals, `__init__` or `pre_save` had their part."""

from __future__ import annotations

from typing import Any

from django.db import models

from tests.testapp.fields import ShoutedField


class Quote(models.Model):
    """`save()` computes a column from others."""

    quantity = models.PositiveSmallIntegerField()
    unit_price = models.DecimalField(max_digits=8, decimal_places=2)
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.total = self.quantity * self.unit_price
        super().save(*args, **kwargs)


class Receipt(models.Model):
    """`save()` derives a code from the counted key, with a second write."""

    payer = models.CharField(max_length=30)
    code = models.CharField(max_length=20, blank=True, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        code = f"R-{self.pk:06}"
        if self.code != code:
            self.code = code
            super().save(update_fields=["code"], using=self._state.db)


class Queue(models.Model):
    """`save()` numbers a new row by the rows that are there: rows written at once would all get one number."""

    visitor = models.CharField(max_length=30)
    position = models.PositiveIntegerField(default=0, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.position = Queue.objects.using(kwargs.get("using")).count() + 1
        super().save(*args, **kwargs)


class Reminder(models.Model):
    """`save()` takes no arguments, so that `objects.create()` does not work."""

    text = models.CharField(max_length=60)
    words = models.PositiveSmallIntegerField(default=0, editable=False)

    def save(self) -> None:  # type: ignore[override]
        self.words = len(self.text.split())
        super().save()


class Permit(models.Model):
    """`save()` refuses some rows."""

    holder = models.CharField(max_length=30)
    level = models.PositiveSmallIntegerField(default=1)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.level > 3:
            raise ValueError(f"A permit has level 1 to 3, not {self.level}.")
        super().save(*args, **kwargs)


class Lamp(models.Model):
    """`__init__` sets what the caller left out."""

    colour = models.CharField(max_length=20)
    label = models.CharField(max_length=40, blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label = self.label or f"{self.colour} lamp"


class Sign(models.Model):
    """A field of its own changes the value in `pre_save`."""

    text = ShoutedField(max_length=30)


class Shipment(models.Model):
    """Receivers of `pre_save` and `post_save` set `reference` and make a Dispatch and a Tracking (receivers.py)."""

    address = models.CharField(max_length=60)
    reference = models.CharField(max_length=80, blank=True, editable=False)


class Dispatch(models.Model):
    """Made by the receiver of Shipment's `pre_save`: knows the address, not the row."""

    address = models.CharField(max_length=60)


class Tracking(models.Model):
    """Made by the receiver of Shipment's `post_save`: one for each new row."""

    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="tracking")
    state = models.CharField(max_length=20)


class Visitor(models.Model):
    """A receiver of `post_save` makes a Visit that counts the visitors so far: rows written at once differ."""

    name = models.CharField(max_length=30)


class Visit(models.Model):
    """Made by the receiver of Visitor's `post_save`."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="visits")
    number = models.PositiveIntegerField()


class Song(models.Model):
    """What playlists hold."""

    title = models.CharField(max_length=60)


class Playlist(models.Model):
    """A receiver of `m2m_changed` keeps `length` right."""

    name = models.CharField(max_length=30)
    songs = models.ManyToManyField(Song, blank=True, related_name="playlists")
    length = models.PositiveIntegerField(default=0, editable=False)
