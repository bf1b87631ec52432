"""factory_boy factories of users and addresses."""

from __future__ import annotations

import factory

from accounts.models import Address, User


class UserFactory(factory.django.DjangoModelFactory):
    """A customer; `staff=True` makes one who may enter the admin."""

    class Meta:
        model = User

    class Params:
        staff = factory.Trait(is_staff=True, is_superuser=True)

    username = factory.Sequence(lambda n: f"customer{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    first_name = factory.Faker("first_name")
    last_name = factory.Faker("last_name")
    password = factory.django.Password("shop")


class AddressFactory(factory.django.DjangoModelFactory):
    """An address, with its user."""

    class Meta:
        model = Address

    user = factory.SubFactory(UserFactory)
    recipient = factory.LazyAttribute(lambda address: address.user.get_full_name())
    street = factory.Faker("street_address")
    city = factory.Faker("city")
    postcode = factory.Sequence(lambda n: f"{10000 + n % 90000}")
