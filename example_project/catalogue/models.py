"""The shop's catalogue."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import phone_validator
from shopproject.choices import Country, Currency


class VatRate(models.Model):
    """What a country adds to a price: reference data, the same rows in every shop."""

    country = models.CharField(max_length=2, primary_key=True, choices=Country.choices)
    percent = models.DecimalField(
        max_digits=4, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(50)]
    )
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["country"]
        verbose_name = "VAT rate"

    def __str__(self) -> str:
        return f"{self.get_country_display()}: {self.percent} %"


class Organisation(models.Model):
    """A company the shop deals with."""

    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True, validators=[phone_validator])
    country = models.CharField(max_length=2, choices=Country.choices, default=Country.GERMANY)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Supplier(Organisation):
    """An organisation that delivers goods: a row here and one in Organisation (multi-table inheritance)."""

    supplier_number = models.CharField(max_length=12, unique=True, help_text="As on the supplier's bills.")
    lead_time_days = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(1), MaxValueValidator(180)], help_text="From order to delivery."
    )
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ["name"]


class Brand(models.Model):
    """What is printed on the product."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    website = models.URLField(blank=True)
    founded = models.PositiveSmallIntegerField(
        "founded in", null=True, blank=True, validators=[MinValueValidator(1600), MaxValueValidator(2100)]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="brands",
        help_text="Who looks after the brand in the shop.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A node of the category tree; the top ones have no parent."""

    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller numbers come first.")

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that products share."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something to buy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    sku = models.CharField("SKU", max_length=20, unique=True, help_text="The number in the warehouse.")
    description = models.TextField(blank=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    supplier = models.ForeignKey(Supplier, on_delete=models.SET_NULL, null=True, blank=True, related_name="products")
    categories = models.ManyToManyField(Category, through="ProductCategory", related_name="products")
    tags = models.ManyToManyField(Tag, blank=True, related_name="products")
    image = models.ImageField(
        upload_to="products/%Y", blank=True, width_field="image_width", height_field="image_height"
    )
    image_width = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    image_height = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    attributes = models.JSONField(default=dict, blank=True, help_text="Colour, size and the like.")
    price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    list_price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text="What the maker recommends; crossed out when the price is lower.",
    )
    currency = models.CharField(max_length=3, choices=Currency.choices, default=Currency.EUR)
    stock = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField("active", default=True)
    available_from = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["brand", "is_active"], name="catalogue_brand_active")]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="catalogue_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductCategory(models.Model):
    """A product's place in a category: a many-to-many row with columns of its own."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="placements")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="placements")
    position = models.PositiveSmallIntegerField(help_text="Where the category's page shows it.")
    featured = models.BooleanField(default=False, help_text="Shown at the top of the category's page.")

    class Meta:
        ordering = ["category", "position"]
        unique_together = [("product", "category")]
        verbose_name_plural = "product categories"

    def __str__(self) -> str:
        return f"{self.product} in {self.category}"


class StockLevel(models.Model):
    """How much of a product lies in a warehouse: a row for each pair of them."""

    class Warehouse(models.TextChoices):
        NORTH = "north", "North"
        SOUTH = "south", "South"
        ABROAD = "abroad", "Abroad"

    pk = models.CompositePrimaryKey("warehouse", "product")
    warehouse = models.CharField(max_length=8, choices=Warehouse.choices)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="levels")
    quantity = models.PositiveIntegerField(default=0)
    counted_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product} in {self.get_warehouse_display()}"


class Review(models.Model):
    """What a customer says of a product, once."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    title = models.CharField(max_length=100)
    body = models.TextField(blank=True)
    published = models.BooleanField(default=True)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.UniqueConstraint(fields=["product", "author"], name="catalogue_one_review_per_author"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.stars}/5)"
