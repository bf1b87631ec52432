"""factory_boy factories of orders."""

from __future__ import annotations

import factory

from accounts.factories import UserFactory
from catalogue.factories import ProductFactory
from orders.models import Invoice, Order, OrderLine


class InvoiceFactory(factory.django.DjangoModelFactory):
    """The bill of an order; its number comes from `Invoice.save()`."""

    class Meta:
        model = Invoice

    order = factory.SubFactory("orders.factories.OrderFactory")
    method = factory.Iterator(Invoice.Method.values)


class OrderFactory(factory.django.DjangoModelFactory):
    """An order without lines; `paid=True` sets its status and makes its invoice."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    class Params:
        paid = factory.Trait(
            status=Order.Status.PAID,
            invoice=factory.RelatedFactory(InvoiceFactory, factory_related_name="order"),
        )

    number = factory.Sequence(lambda n: f"{2026_0000 + n}")
    customer = factory.SubFactory(UserFactory)


class OrderLineFactory(factory.django.DjangoModelFactory):
    """One line, with its order and its product."""

    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = factory.Faker("random_int", min=1, max=5)
    unit_price = factory.SelfAttribute("product.price")
