"""The shop's models as factory_boy's factories, the way its manual writes them.

Foreign keys are drawn from rows that are there, which costs factory_boy less than a SubFactory for each.
"""

from __future__ import annotations

import datetime

import factory

from shop.models import Customer, Line, Order, Product

UTC = datetime.timezone.utc


class CustomerFactory(factory.django.DjangoModelFactory):
    """Makes customers."""

    class Meta:
        model = Customer

    name = factory.Faker("name")
    email = factory.Sequence(lambda n: f"customer{n}@example.com")
    city = factory.Faker("city")
    points = factory.Faker("random_int", min=0, max=1000)
    credit = factory.Faker("pydecimal", left_digits=4, right_digits=2, positive=True)
    active = factory.Faker("boolean")
    joined = factory.Faker("date_time_this_year", tzinfo=UTC)


class ProductFactory(factory.django.DjangoModelFactory):
    """Makes products."""

    class Meta:
        model = Product

    name = factory.Faker("word")
    slug = factory.Sequence(lambda n: f"product-{n}")
    description = factory.Faker("sentence")
    price = factory.Faker("pydecimal", left_digits=3, right_digits=2, positive=True)
    stock = factory.Faker("random_int", min=0, max=250)
    active = factory.Faker("boolean")
    created = factory.Faker("date_time_this_year", tzinfo=UTC)


class OrderFactory(factory.django.DjangoModelFactory):
    """Makes orders; ``customer`` is to be given."""

    class Meta:
        model = Order

    number = factory.Sequence(lambda n: f"A-{n:06}")
    subject = factory.Faker("sentence")
    status = factory.Faker("random_element", elements=("new", "paid", "sent", "returned"))
    total = factory.Faker("pydecimal", left_digits=3, right_digits=2, positive=True)
    paid = factory.Faker("boolean")
    placed = factory.Faker("date_time_this_year", tzinfo=UTC)


class LineFactory(factory.django.DjangoModelFactory):
    """Makes lines; ``order`` and ``product`` are to be given."""

    class Meta:
        model = Line

    quantity = factory.Faker("random_int", min=1, max=12)
    price = factory.Faker("pydecimal", left_digits=3, right_digits=2, positive=True)
    comment = factory.Faker("sentence")
    gift = factory.Faker("boolean")
    added = factory.Faker("date_time_this_year", tzinfo=UTC)
