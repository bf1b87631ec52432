"""Text: CharField, TextField, SlugField, EmailField, URLField."""

from __future__ import annotations

from django.core.validators import MinLengthValidator
from django.db import models


class Note(models.Model):
    """Text of all lengths; empty, null and with defaults. No column is unique."""

    letter = models.CharField(max_length=1)
    code = models.CharField(max_length=2)
    title = models.CharField(max_length=30)
    sentence = models.CharField(max_length=255)
    signature = models.CharField(max_length=12, validators=[MinLengthValidator(8)])
    subtitle = models.CharField(max_length=30, blank=True)
    nickname = models.CharField(max_length=30, null=True, blank=True)
    motto = models.CharField(max_length=30, null=True)
    greeting = models.CharField(max_length=30, default="hello")
    heading = models.CharField(max_length=30, default="")
    body = models.TextField()
    remark = models.TextField(blank=True)
    memo = models.TextField(null=True, blank=True)
    abstract = models.TextField(max_length=80)


class Badge(models.Model):
    """Unique text with room for many rows; one column may be null, one has a default that serves a single row."""

    number = models.CharField(max_length=30, unique=True)
    code = models.CharField(max_length=6, unique=True)
    nickname = models.CharField(max_length=30, unique=True, null=True, blank=True)
    stamp = models.CharField(max_length=30, unique=True, default="new")


class Initial(models.Model):
    """A unique column with room for one character."""

    letter = models.CharField(max_length=1, unique=True)


class Page(models.Model):
    """Slugs and addresses of pages."""

    slug = models.SlugField()
    short_slug = models.SlugField(max_length=5)
    unique_slug = models.SlugField(unique=True)
    unicode_slug = models.SlugField(allow_unicode=True, max_length=80)
    url = models.URLField()
    short_url = models.URLField(max_length=24)
    unique_url = models.URLField(unique=True)
    canonical_url = models.URLField(blank=True)


class Contact(models.Model):
    """E-mail addresses: plain, unique, short, optional."""

    email = models.EmailField()
    login = models.EmailField(unique=True)
    short_email = models.EmailField(max_length=12)
    short_login = models.EmailField(max_length=14, unique=True)
    backup = models.EmailField(null=True, blank=True)
