"""Relations, inheritance and proxies across apps."""

from __future__ import annotations

from django.db import models

from tests.testapp.models import Author, Book, Imprint, Parcel, Vehicle


class Library(models.Model):
    """A foreign key and a plain many-to-many field into the test app."""

    name = models.CharField(max_length=60, unique=True)
    founder = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="libraries")
    books = models.ManyToManyField(Book, blank=True, related_name="libraries")
    imprints = models.ManyToManyField(Imprint, through="Supply", blank=True, related_name="libraries")


class Supply(models.Model):
    """A through model between the apps, by `to_field`, with a required column."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="supplies")
    imprint = models.ForeignKey(Imprint, on_delete=models.CASCADE, to_field="code", related_name="supplies")
    since = models.DateField()

    class Meta:
        unique_together = [("library", "imprint")]


class Loan(models.Model):
    """Foreign keys into both apps; one is null, one points at a UUID key."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="loans")
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="loans")
    sent_in = models.ForeignKey(Parcel, on_delete=models.SET_NULL, null=True, blank=True, related_name="loans")
    due_on = models.DateField()


class BookMobile(Vehicle):
    """A multi-table child of the other app's model."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="book_mobiles")


class Classic(Book):
    """A proxy of the other app's model."""

    class Meta:
        proxy = True


class Note(models.Model):
    """Has the name of a model of the test app."""

    text = models.CharField(max_length=60)
    classic = models.ForeignKey(Classic, on_delete=models.CASCADE, related_name="notes")
