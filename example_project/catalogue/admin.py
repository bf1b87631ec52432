"""The catalogue in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.db.models import Avg, Count, QuerySet
from django.http import HttpRequest

from catalogue.models import Brand, Category, Organisation, Product, ProductCategory, Review, Supplier, Tag, VatRate


class CountedProductsMixin:
    """A column with the number of products, counted in the list's own query."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(products_made=Count("products", distinct=True))

    @admin.display(description="products", ordering="products_made")
    def product_count(self, row: Brand | Category | Supplier | Tag) -> int:
        return row.products_made


@admin.register(VatRate)
class VatRateAdmin(admin.ModelAdmin):
    """Reference data."""

    list_display = ["country", "percent", "note"]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """All companies, suppliers among them."""

    list_display = ["name", "country", "email", "phone", "is_supplier"]
    list_filter = ["country"]
    list_select_related = ["supplier"]
    search_fields = ["name", "email"]

    @admin.display(boolean=True, description="supplier")
    def is_supplier(self, organisation: Organisation) -> bool:
        return hasattr(organisation, "supplier")


@admin.register(Supplier)
class SupplierAdmin(CountedProductsMixin, admin.ModelAdmin):
    """Companies that deliver."""

    list_display = ["name", "supplier_number", "country", "lead_time_days", "product_count", "is_active"]
    list_filter = ["is_active", "country"]
    search_fields = ["name", "supplier_number"]


@admin.register(Brand)
class BrandAdmin(CountedProductsMixin, admin.ModelAdmin):
    """Brands and who looks after them."""

    list_display = ["name", "website", "founded", "owner", "product_count"]
    list_filter = [("owner", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["owner"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["owner"]
    # Django 5.2 warns of the change that 6.0 made
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class ChildInline(admin.TabularInline):
    """The categories below one."""

    model = Category
    fields = ["name", "slug", "position"]
    extra = 0
    verbose_name = "category below"
    verbose_name_plural = "categories below"


@admin.register(Category)
class CategoryAdmin(CountedProductsMixin, admin.ModelAdmin):
    """The category tree."""

    list_display = ["name", "parent", "position", "product_count"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent"]
    inlines = [ChildInline]


@admin.register(Tag)
class TagAdmin(CountedProductsMixin, admin.ModelAdmin):
    """Words that products share."""

    list_display = ["name", "product_count"]
    list_filter = [("products__brand", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name"]


class PlacementInline(admin.TabularInline):
    """Where a product stands in the categories."""

    model = ProductCategory
    autocomplete_fields = ["category"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductCategory]:
        return super().get_queryset(request).select_related("category")


class ReviewInline(admin.TabularInline):
    """What customers said of a product."""

    model = Review
    fields = ["author", "stars", "title", "published"]
    autocomplete_fields = ["author"]
    extra = 0


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Products, with what the shopkeeper looks at first."""

    list_display = ["name", "sku", "brand", "price", "currency", "stock", "average_stars", "is_active", "created_at"]
    list_filter = ["is_active", "currency", "brand", "categories", "tags"]
    list_editable = ["stock", "is_active"]
    list_select_related = ["brand"]
    search_fields = ["name", "sku", "brand__name"]
    date_hierarchy = "created_at"
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["brand", "supplier", "tags"]
    readonly_fields = ["id", "created_at", "updated_at"]
    inlines = [PlacementInline, ReviewInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "sku", "brand", "supplier", "description", "tags", "attributes"]}),
        ("Price", {"fields": [("price", "list_price", "currency")]}),
        ("Sale", {"fields": [("stock", "is_active", "available_from")]}),
        ("Record", {"classes": ["collapse"], "fields": ["id", "created_at", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).annotate(stars_given=Avg("reviews__stars"))

    @admin.display(description="stars", ordering="stars_given", empty_value="none yet")
    def average_stars(self, product: Product) -> str | None:
        return None if product.stars_given is None else f"{product.stars_given:.1f}"


@admin.register(ProductCategory)
class ProductCategoryAdmin(admin.ModelAdmin):
    """Which products stand where."""

    list_display = ["product", "category", "position", "featured"]
    list_filter = ["featured", "category"]
    list_select_related = ["product", "category"]
    search_fields = ["product__name", "category__name"]
    autocomplete_fields = ["product", "category"]


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    """What customers say."""

    list_display = ["title", "product", "author", "stars", "published", "written_at"]
    list_filter = ["stars", "published"]
    list_select_related = ["product", "author"]
    search_fields = ["title", "body", "product__name", "author__username"]
    date_hierarchy = "written_at"
    autocomplete_fields = ["product", "author"]
