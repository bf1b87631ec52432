"""A shop of four models with the kinds of columns that most models have; the last is the line table between two."""

from __future__ import annotations

from django.db import models


class Customer(models.Model):
    """Somebody who buys."""

    name = models.CharField(max_length=120)
    email = models.EmailField(unique=True)
    city = models.CharField(max_length=80)
    points = models.IntegerField()
    credit = models.DecimalField(max_digits=10, decimal_places=2)
    active = models.BooleanField()
    joined = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something to buy."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.TextField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    stock = models.PositiveIntegerField()
    active = models.BooleanField()
    created = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """What one customer bought at one time."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    number = models.CharField(max_length=30, unique=True)
    subject = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=[(word, word) for word in ("new", "paid", "sent", "returned")])
    total = models.DecimalField(max_digits=10, decimal_places=2)
    paid = models.BooleanField()
    placed = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    """So many pieces of a product in an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    quantity = models.PositiveSmallIntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    comment = models.CharField(max_length=200)
    gift = models.BooleanField()
    added = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.quantity} of {self.product_id}"


IN_ORDER = (Customer, Product, Order, Line)
