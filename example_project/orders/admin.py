"""Orders in the admin."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import admin
from django.contrib.contenttypes.admin import GenericTabularInline
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from orders.models import Invoice, Note, Order, OrderEvent, OrderLine, Return


class OrderLineInline(admin.TabularInline):
    """What an order holds."""

    model = OrderLine
    autocomplete_fields = ["product"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("product")


class InvoiceInline(admin.StackedInline):
    """The bill of an order."""

    model = Invoice
    readonly_fields = ["number"]
    extra = 0


class NoteInline(GenericTabularInline):
    """What the staff wrote about an order."""

    model = Note
    extra = 0


class OrderEventInline(admin.TabularInline):
    """What happened to an order: to read only."""

    model = OrderEvent
    readonly_fields = ["status", "at"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Orders, newest first."""

    list_display = ["number", "customer", "status", "line_count", "total", "currency", "placed_at"]
    list_filter = ["status", "currency", "placed_at"]
    list_select_related = ["customer"]
    search_fields = ["number", "customer__username", "customer__email"]
    date_hierarchy = "placed_at"
    autocomplete_fields = ["customer", "shipping_address"]
    inlines = [OrderLineInline, InvoiceInline, NoteInline, OrderEventInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).annotate(lines_made=Count("lines"))

    @admin.display(description="lines", ordering="lines_made")
    def line_count(self, order: Order) -> int:
        return order.lines_made


@admin.register(OrderLine)
class OrderLineAdmin(admin.ModelAdmin):
    """Lines of all orders: what has to be packed."""

    list_display = ["order", "product", "quantity", "unit_price", "amount", "status"]
    list_filter = ["status"]
    list_select_related = ["order", "product"]
    search_fields = ["order__number", "product__name", "product__sku"]
    autocomplete_fields = ["order", "product"]

    @admin.display(description="amount")
    def amount(self, line: OrderLine) -> Decimal:
        return line.quantity * line.unit_price


@admin.register(Invoice)
class InvoiceAdmin(admin.ModelAdmin):
    """Bills, and whether they are paid."""

    list_display = ["number", "order", "customer", "method", "issued_at", "paid_at"]
    list_filter = ["method", ("paid_at", admin.EmptyFieldListFilter)]
    list_select_related = ["order__customer"]
    search_fields = ["number", "order__number", "order__customer__username"]
    date_hierarchy = "issued_at"
    readonly_fields = ["number"]
    autocomplete_fields = ["order"]

    @admin.display(ordering="order__customer__username")
    def customer(self, invoice: Invoice) -> str:
        return invoice.order.customer.get_username()


@admin.register(OrderEvent)
class OrderEventAdmin(admin.ModelAdmin):
    """The history of all orders."""

    list_display = ["order", "status", "at"]
    list_filter = ["status"]
    list_select_related = ["order"]
    search_fields = ["order__number"]
    date_hierarchy = "at"
    autocomplete_fields = ["order"]


@admin.register(Return)
class ReturnAdmin(admin.ModelAdmin):
    """What came back, latest first."""

    list_display = ["line", "reason", "received_at"]
    list_select_related = ["line__product"]
    raw_id_fields = ["line"]
