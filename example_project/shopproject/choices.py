"""Choices that several apps of the shop share."""

from __future__ import annotations

from django.db import models


class Country(models.TextChoices):
    """Where the shop sends parcels to, as ISO 3166 codes."""

    AUSTRIA = "AT", "Austria"
    BELGIUM = "BE", "Belgium"
    FRANCE = "FR", "France"
    GERMANY = "DE", "Germany"
    IRELAND = "IE", "Ireland"
    ITALY = "IT", "Italy"
    NETHERLANDS = "NL", "Netherlands"
    SPAIN = "ES", "Spain"
    SWEDEN = "SE", "Sweden"
    UNITED_KINGDOM = "GB", "United Kingdom"
    UNITED_STATES = "US", "United States"


class Currency(models.TextChoices):
    """What the shop takes, as ISO 4217 codes."""

    EUR = "EUR", "Euro"
    GBP = "GBP", "Pound sterling"
    USD = "USD", "US dollar"
