"""Orders and what belongs to them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from accounts.models import Address
from catalogue.models import Product
from shopproject.choices import Currency


class Order(models.Model):
    """What one customer bought at one time. Receivers write its history: see `orders.receivers`."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PAID = "paid", "Paid"
        SHIPPED = "shipped", "Shipped"
        DELIVERED = "delivered", "Delivered"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=20, unique=True, help_text="What the customer quotes on the phone.")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    shipping_address = models.ForeignKey(
        Address, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    placed_at = models.DateTimeField(default=timezone.now, db_index=True)
    currency = models.CharField(max_length=3, choices=Currency.choices, default=Currency.EUR)
    total = models.DecimalField(max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    note = models.TextField(blank=True, help_text="What the customer wrote at the checkout.")
    notes = GenericRelation("Note")

    class Meta:
        ordering = ["-placed_at", "number"]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """So many of one product; a product has one line in an order."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PACKED = "packed", "Packed"
        SENT = "sent", "Sent"
        RETURNED = "returned", "Returned"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    quantity = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(99)])
    unit_price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    line_total = models.GeneratedField(
        expression=models.F("quantity") * models.F("unit_price"),
        output_field=models.DecimalField(max_digits=10, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        ordering = ["order", "id"]
        unique_together = [("order", "product")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"


class Invoice(models.Model):
    """The bill of an order. `save()` derives its number, so a bulk insert would leave the number wrong."""

    class Method(models.TextChoices):
        CARD = "card", "Card"
        TRANSFER = "transfer", "Bank transfer"
        WALLET = "wallet", "Wallet"

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="invoice")
    number = models.CharField(max_length=30, unique=True, blank=True, editable=False)
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.CARD)
    issued_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with a number made of the order's and two check digits."""
        self.number = checked_number(self.order.number)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "number"}
        super().save(*args, **kwargs)


class OrderEvent(models.Model):
    """One entry of an order's history; written by a receiver of Order's `post_save`, never by hand."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=10, choices=Order.Status.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_status_display()}"


class Return(models.Model):
    """Goods that came back. Whoever enters it names the line; the return stays when the line is deleted."""

    line = models.ForeignKey(OrderLine, on_delete=models.SET_NULL, null=True, related_name="returns")
    reason = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.line or 'A line that is gone'} came back"


class Note(models.Model):
    """What somebody of the staff wrote about anything: an order, a customer, a product."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.CharField(max_length=36, help_text="The key of what it is about: a number or a UUID.")
    about = GenericForeignKey("content_type", "object_id")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-written_at"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="orders_note_about")]

    def __str__(self) -> str:
        return self.text[:50]


def checked_number(order_number: str) -> str:
    """Return an invoice number: `order_number` and two digits that a mistyped character changes."""
    weighed = sum(place * ord(character) for place, character in enumerate(order_number, start=1))
    return f"INV-{order_number}-{weighed % 97:02}"
