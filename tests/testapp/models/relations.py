"""Foreign keys and one-to-one fields."""

from __future__ import annotations

from django.db import models

from tests.testapp.models.inheritance import Car
from tests.testapp.models.keys import Parcel


class Author(models.Model):
    """What books, profiles and passports point at."""

    name = models.CharField(max_length=60)
    email = models.EmailField(unique=True)


class Imprint(models.Model):
    """Pointed at through `code`, which is not its key."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)


class Book(models.Model):
    """Foreign keys: required, null, by `to_field`, to a UUID key, to a multi-table child, null but not blank."""

    title = models.CharField(max_length=60)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    imprint = models.ForeignKey(Imprint, on_delete=models.PROTECT, to_field="code", related_name="books")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="books")
    delivery = models.ForeignKey(Car, on_delete=models.CASCADE, related_name="books")
    translator = models.ForeignKey(Author, on_delete=models.SET_NULL, null=True, related_name="translations")


class Cover(models.Model):
    """One-to-one, required."""

    book = models.OneToOneField(Book, on_delete=models.CASCADE, related_name="cover")
    colour = models.CharField(max_length=20)


class Desk(models.Model):
    """One-to-one, null."""

    author = models.OneToOneField(Author, on_delete=models.SET_NULL, null=True, blank=True, related_name="desk")
    room = models.CharField(max_length=10)


class Passport(models.Model):
    """One-to-one as primary key."""

    author = models.OneToOneField(Author, on_delete=models.CASCADE, primary_key=True, related_name="passport")
    number = models.CharField(max_length=12, unique=True)


class Visa(models.Model):
    """A foreign key to a model whose key is a foreign key itself."""

    passport = models.ForeignKey(Passport, on_delete=models.CASCADE, related_name="visas")
    country = models.CharField(max_length=30)
