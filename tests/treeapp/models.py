"""One tree of each kind, a profile that a receiver makes, and models whose own code refuses rows."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
from mptt.models import MPTTModel, TreeForeignKey
from treebeard.al_tree import AL_Node
from treebeard.mp_tree import MP_Node
from treebeard.ns_tree import NS_Node


class Shelf(MP_Node):
    """A materialized path, in the order of names."""

    name = models.CharField(max_length=40)
    node_order_by = ["name"]


class Atlas(Shelf):
    """A multi-table child of a tree."""

    pages = models.PositiveSmallIntegerField()


class Region(NS_Node):
    """Nested sets."""

    name = models.CharField(max_length=40)


class Task(AL_Node):
    """An adjacency list: a foreign key says the row above."""

    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children_set")
    sib_order = models.PositiveIntegerField()
    title = models.CharField(max_length=40)


class Species(MPTTModel):
    """Nested sets of the other library."""

    name = models.CharField(max_length=40, unique=True)
    parent = TreeForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")

    class MPTTMeta:
        order_insertion_by = ("name",)


class Member(models.Model):
    """For each of them a receiver makes a card."""

    name = models.CharField(max_length=40)


class Card(models.Model):
    """Made by a receiver, and filled by a recipe."""

    member = models.OneToOneField(Member, models.CASCADE)
    number = models.PositiveIntegerField(default=0)
    motto = models.CharField(max_length=200)


@receiver(post_save, sender=Member)
def make_card(instance: Member, created: bool, using: str, **_: Any) -> None:
    """Give a new member a card."""
    if created:
        Card.objects.using(using).create(member=instance)


class Interval(models.Model):
    """What a job may refer to."""

    minutes = models.PositiveIntegerField()


class Job(models.Model):
    """Needs one of two links, which only ``save()`` knows."""

    name = models.CharField(max_length=40)
    interval = models.ForeignKey(Interval, models.CASCADE, null=True, blank=True)
    member = models.ForeignKey(Member, models.CASCADE, null=True, blank=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a job that has none of them, or both."""
        if (self.interval_id is None) == (self.member_id is None):
            raise ValidationError("One of interval or member must be set, and only one.")
        super().save(*args, **kwargs)


class Visit(models.Model):
    """Needs a job."""

    job = models.ForeignKey(Job, models.CASCADE)


class Discount(models.Model):
    """Is saved whatever it says, and cleaned by its own rules."""

    kind = models.CharField(max_length=10, choices=[("fixed", "Fixed"), ("share", "Share")])
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)

    def clean(self) -> None:
        """A fixed discount has an amount, one of a share has a percentage."""
        if self.kind == "fixed" and self.amount is None:
            raise ValidationError({"amount": "A fixed discount needs an amount."})
        if self.kind == "share" and self.percent is None:
            raise ValidationError({"percent": "A share needs a percentage."})


class Contrary(models.Model):
    """Never clean."""

    name = models.CharField(max_length=40)

    def clean(self) -> None:
        """Refuse every row."""
        raise ValidationError("No row is ever right.")


class Counter(models.Model):
    """There is one of it: its own code says which key it has."""

    value = models.PositiveIntegerField()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the first key."""
        self.pk = 1
        super().save(*args, **kwargs)


class Mark(models.Model):
    """Has to lead to a row of any model, and nothing says of which."""

    content_type = models.ForeignKey("contenttypes.ContentType", models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey("content_type", "object_id")


class Kind(models.Model):
    """At most one for each model."""

    content_type = models.OneToOneField("contenttypes.ContentType", models.CASCADE)
