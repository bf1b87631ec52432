"""The orders app."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders, lines, invoices, history."""

    name = "orders"

    def ready(self) -> None:
        from orders import receivers

        receivers.connect()
