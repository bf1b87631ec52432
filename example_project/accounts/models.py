"""Users of the shop and where their parcels go."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models

from shopproject.choices import Country

phone_validator = RegexValidator(
    r"^\+?[0-9 ]{6,20}$", "A phone number has 6 to 20 digits or spaces, and may begin with +."
)


class User(AbstractUser):
    """A person with an account: customer, or staff of the shop."""

    email = models.EmailField("email address", unique=True, help_text="Order confirmations go here.")
    date_of_birth = models.DateField(null=True, blank=True, help_text="Needed for goods with an age limit.")
    phone = models.CharField(max_length=20, blank=True, validators=[phone_validator])
    newsletter = models.BooleanField(default=False, help_text="Wants to hear of offers once a month.")

    class Meta:
        ordering = ["username"]


class Address(models.Model):
    """Where a user's parcels or bills go; at most one of them is the default."""

    class Kind(models.TextChoices):
        HOME = "home", "Home"
        WORK = "work", "Work"
        BILLING = "billing", "Billing"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HOME)
    recipient = models.CharField(max_length=100, help_text="The name on the parcel.")
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    postcode = models.CharField(max_length=12)
    country = models.CharField(max_length=2, choices=Country.choices, default=Country.GERMANY)
    is_default = models.BooleanField("default", default=False, help_text="Offered first at the checkout.")

    class Meta:
        ordering = ["user", "id"]
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_default=True), name="accounts_one_default_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.street}, {self.postcode} {self.city}"
