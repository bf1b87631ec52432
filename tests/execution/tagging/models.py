"""Models that only some tests install, with tables that they make themselves (``installed`` in tagging/tables.py)."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models

from tests.testapp.models import Author, Car, Folder


class Tag(models.Model):
    """Points at rows of any model, with the key as text."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=50)
    target = GenericForeignKey()


class Mention(models.Model):
    """The pair of columns alone, with the key as a number; Topic tells of it."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()


class Topic(models.Model):
    """Has mentions, and an audit that no constraint holds."""

    mentions = GenericRelation(Mention)


class Audit(models.Model):
    """A foreign key without a constraint."""

    topic = models.ForeignKey(Topic, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")


class Engine(models.Model):
    """A second parent."""

    serial = models.AutoField(primary_key=True)


class Amphibian(Car, Engine):
    """Two parents; the link to one of them is the key, the link to the other is not."""


class Stall(models.Model):
    """A parent with links of its own, one of them to its child."""

    keeper = models.ForeignKey(Author, on_delete=models.CASCADE, null=True, related_name="+")
    best = models.ForeignKey("Kiosk", on_delete=models.SET_NULL, null=True, related_name="+")


class Kiosk(Stall):
    """Its child."""


class Word(models.Model):
    """A foreign key to its own table, by ``to_field``, between keys of text."""

    text = models.CharField(max_length=20, primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    root = models.ForeignKey("self", on_delete=models.CASCADE, to_field="code", null=True, related_name="+")


class Bookmark(models.Model):
    """A key of two columns, one of them a foreign key."""

    pk = models.CompositePrimaryKey("folder", "number")
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()


class Instant(models.Model):
    """An instant as key."""

    at = models.DateTimeField(primary_key=True)


class Amount(models.Model):
    """A decimal as key."""

    value = models.DecimalField(max_digits=8, decimal_places=2, primary_key=True)


class Span(models.Model):
    """A duration as key."""

    length = models.DurationField(primary_key=True)


class AuthorView(models.Model):
    """A view on authors: its rows are nobody's to remove, and depend on nothing."""

    author = models.OneToOneField(Author, on_delete=models.DO_NOTHING, primary_key=True, related_name="+")

    class Meta:
        managed = False
