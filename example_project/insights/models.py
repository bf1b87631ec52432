"""What the shop knows of its products, in the columns of PostgreSQL."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, DecimalRangeField, HStoreField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalogue.models import Product


class ProductFacts(models.Model):
    """Facts about one product."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="facts")
    keywords = ArrayField(models.CharField(max_length=30), size=5)
    specification = HStoreField(default=dict, blank=True)
    price_band = DecimalRangeField()
    on_sale = DateTimeRangeField(null=True, blank=True)
    search = SearchVectorField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "product facts"

    def __str__(self) -> str:
        return f"Facts about {self.product}"
