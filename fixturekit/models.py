"""The ledger's tables: which recipes are applied to a database, and the keys of the rows that they made.

They are ordinary models on purpose: a flush, or a test that rolls back, takes the ledger away together with the data.
"""

from __future__ import annotations

import zlib
from typing import ClassVar

from django.db import models
from django.db.models import Q

MADE = "made"
SIDE = "side"
ADOPTED = "adopted"


class AppliedRecipe(models.Model):
    """One recipe that is applied to this database, as it was at that time.

    ``document`` is the compressed text of the file, ``checksum`` that of its meaning and ``file_checksum`` that of its bytes, ``versions`` maps libraries to
    versions, ``digests`` maps step ids to the digests of their rows.
    """

    app_label = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    document = models.BinaryField()
    checksum = models.CharField(max_length=64)
    file_checksum = models.CharField(max_length=64, blank=True)
    engine = models.PositiveIntegerField()
    scale = models.FloatField(default=1.0)
    faked = models.BooleanField(default=False)
    versions = models.JSONField(default=dict, blank=True)
    digests = models.JSONField(default=dict, blank=True)
    applied_at = models.DateTimeField()

    class Meta:
        verbose_name = "applied recipe"
        verbose_name_plural = "applied recipes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["app_label", "name"], name="fixturekit_applied_once"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name that people use: ``shop.summer_sale``."""
        return f"{self.app_label}.{self.name}"

    @property
    def text(self) -> str:
        """The text of the recipe as it was applied."""
        return zlib.decompress(bytes(self.document)).decode()


class MadeRows(models.Model):
    """Keys of some rows that an applied recipe made, in row order; the rows of a batch are one or several of these.

    Integer keys are the range that begins at ``first``; others are packed in ``keys``: 16 bytes for each UUID, else
    compressed JSON of the texts that the key field spells. ``position`` counts the entries of a batch. Side rows are
    those that a receiver or a ``save()`` made meanwhile. Adopted rows were there before, or are another row of the batch:
    they have an address, and are never removed.
    """

    applied = models.ForeignKey(AppliedRecipe, on_delete=models.CASCADE, related_name="made")
    step = models.CharField(max_length=200)
    batch = models.CharField(max_length=500)
    model = models.CharField(max_length=255)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in (MADE, SIDE, ADOPTED)], default=MADE)
    position = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    first = models.BigIntegerField(null=True)
    keys = models.BinaryField(null=True)

    class Meta:
        verbose_name = "made rows"
        verbose_name_plural = "made rows"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["applied", "batch", "position"], name="fixturekit_made_rows_position"),
            models.CheckConstraint(
                condition=Q(first__isnull=False, keys__isnull=True) | Q(first__isnull=True, keys__isnull=False),
                name="fixturekit_made_rows_first_or_keys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.model} of {self.batch}"
