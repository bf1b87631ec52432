"""factory_boy factories of the catalogue."""

from __future__ import annotations

from decimal import Decimal

import factory
from django.utils.text import slugify

from accounts.factories import UserFactory
from catalogue.models import Brand, Category, Product, ProductCategory, Review


class BrandFactory(factory.django.DjangoModelFactory):
    """A brand; `owned=True` gives it an owner."""

    class Meta:
        model = Brand

    class Params:
        owned = factory.Trait(owner=factory.SubFactory(UserFactory, staff=True))

    name = factory.Sequence(lambda n: f"Brand {n}")
    slug = factory.LazyAttribute(lambda brand: slugify(brand.name))
    website = factory.LazyAttribute(lambda brand: f"https://{brand.slug}.example.com/")


class CategoryFactory(factory.django.DjangoModelFactory):
    """A top category, found again by its slug."""

    class Meta:
        model = Category
        django_get_or_create = ["slug"]

    name = factory.Iterator(["Garden", "Kitchen", "Office", "Sports", "Toys"])
    slug = factory.LazyAttribute(lambda category: slugify(category.name))


class ProductFactory(factory.django.DjangoModelFactory):
    """A product, with its brand."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.LazyAttribute(lambda product: slugify(product.name))
    sku = factory.Sequence(lambda n: f"SKU-{n:06}")
    description = factory.Faker("paragraph")
    brand = factory.SubFactory(BrandFactory)
    price = factory.LazyAttribute(lambda product: product.list_price - 1)
    list_price = factory.Sequence(lambda n: Decimal(f"{10 + n % 90}.99"))
    stock = factory.Faker("random_int", min=0, max=500)


class ProductCategoryFactory(factory.django.DjangoModelFactory):
    """A product in a category."""

    class Meta:
        model = ProductCategory

    product = factory.SubFactory(ProductFactory)
    category = factory.SubFactory(CategoryFactory)
    position = factory.Sequence(lambda n: n % 1000)


class ReviewFactory(factory.django.DjangoModelFactory):
    """A customer's opinion of a product."""

    class Meta:
        model = Review

    product = factory.SubFactory(ProductFactory)
    author = factory.SubFactory(UserFactory)
    stars = factory.Faker("random_int", min=1, max=5)
    title = factory.Faker("sentence", nb_words=4)
