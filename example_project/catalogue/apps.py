"""The catalogue app."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Brands, suppliers, categories, products."""

    name = "catalogue"
