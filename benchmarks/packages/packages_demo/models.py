"""What the documentation of each package shows first."""

from __future__ import annotations

from django.db import models
from django_countries.fields import CountryField
from djmoney.models.fields import MoneyField
from mptt.models import MPTTModel, TreeForeignKey
from phonenumber_field.modelfields import PhoneNumberField
from polymorphic.models import PolymorphicModel
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager


class Poll(models.Model):
    """With its history."""

    question = models.CharField(max_length=200)
    pub_date = models.DateTimeField("date published")
    history = HistoricalRecords()


class Food(models.Model):
    """With tags."""

    name = models.CharField(max_length=50)
    tags = TaggableManager()


class Genre(MPTTModel):
    """A tree."""

    name = models.CharField(max_length=50, unique=True)
    parent = TreeForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")

    class MPTTMeta:
        order_insertion_by = ("name",)


class Project(PolymorphicModel):
    """The base of several types."""

    topic = models.CharField(max_length=30)


class ArtProject(Project):
    """One of them."""

    artist = models.CharField(max_length=30)


class ResearchProject(Project):
    """Another one."""

    supervisor = models.CharField(max_length=30)


class BankAccount(models.Model):
    """An amount with its currency."""

    balance = MoneyField(max_digits=14, decimal_places=2, default_currency="USD")


class Person(models.Model):
    """A country and a phone number."""

    name = models.CharField(max_length=100)
    country = CountryField()
    phone = PhoneNumberField(unique=True)
