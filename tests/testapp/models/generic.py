"""Generic foreign keys, with the ways back that there are, and what is related through models of its own."""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Remark(models.Model):
    """Leads to a row of any model with a counted key."""

    text = models.CharField(max_length=60)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()


class Sticker(models.Model):
    """Leads to a row of any key, or nowhere; proxies count as models of their own."""

    colour = models.CharField(max_length=20)
    kind = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=40, blank=True)
    thing = GenericForeignKey("kind", "key", for_concrete_model=False)


class Vote(models.Model):
    """Leads to rows with UUIDs, each of which it may be on once; no model says to which."""

    value = models.SmallIntegerField()
    content_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, limit_choices_to={"model__in": ["motion", "machine"]}, related_name="+"
    )
    object_id = models.UUIDField()
    target = GenericForeignKey()

    class Meta:
        unique_together = [("content_type", "object_id")]


class Anchor(models.Model):
    """Leads somewhere, and nothing says where."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()


class Topic(models.Model):
    """Has remarks."""

    title = models.CharField(max_length=60)
    remarks = GenericRelation(Remark, related_query_name="topic")
    stickers = GenericRelation(Sticker, "key", "kind", for_concrete_model=False)


class HotTopic(Topic):
    """A proxy of what has remarks."""

    class Meta:
        proxy = True


class Motion(models.Model):
    """Has a UUID as key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=60)
    votes = GenericRelation(Vote)


class Member(models.Model):
    """Knows others, both ways, through a model of its own."""

    name = models.CharField(max_length=60)
    knows = models.ManyToManyField("self", through="Acquaintance", symmetrical=True, blank=True)


class Acquaintance(models.Model):
    """A through model between rows of one model, with required columns."""

    one = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="acquaintances")
    other = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    closeness = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12, unique=True)

    class Meta:
        unique_together = [("one", "other")]


class Workflow(models.Model):
    """One for each kind of rows: the row of another model that it is for is never made."""

    kind = models.OneToOneField(ContentType, on_delete=models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=20)
