"""Tables and columns with names of their own, managers too."""

from __future__ import annotations

from django.db import models


class Relic(models.Model):
    """Columns that are named unlike the fields, some of them reserved words."""

    id = models.BigAutoField(primary_key=True, db_column="RelicID")
    name = models.CharField(max_length=30, db_column="select")
    group = models.CharField(max_length=30, unique=True, db_column="Group Name")
    keeper = models.ForeignKey(
        "Museum", on_delete=models.CASCADE, null=True, blank=True, db_column="from", related_name="relics"
    )


class Museum(models.Model):
    """A table whose name is a reserved word."""

    name = models.CharField(max_length=30)

    class Meta:
        db_table = "order"


class Hold(models.Model):
    """A table whose name is quoted already, with a blank and upper case."""

    name = models.CharField(max_length=30)

    class Meta:
        db_table = '"Cargo Hold"'


class Cellar(models.Model):
    """A table in mixed case, with a many-to-many table of a given name."""

    name = models.CharField(max_length=30)
    holds = models.ManyToManyField(Hold, blank=True, db_table="Cellar-Holds", related_name="cellars")

    class Meta:
        db_table = "CellarRooms"


class Guest(models.Model):
    """Has a manager, and it is not called `objects`."""

    name = models.CharField(max_length=30)

    people = models.Manager()


class VisibleGhosts(models.Manager["Ghost"]):
    """Hides most rows."""

    def get_queryset(self) -> models.QuerySet[Ghost]:
        return super().get_queryset().filter(visible=True)


class Ghost(models.Model):
    """Its only manager hides rows, those just made too."""

    name = models.CharField(max_length=30, unique=True)
    visible = models.BooleanField(default=False)

    seen = VisibleGhosts()
