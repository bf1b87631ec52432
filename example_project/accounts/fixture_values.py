"""Functions that recipes call with `!call`."""

from __future__ import annotations

from typing import Any

from django.db import models

from shopproject.choices import Country


def postcode(field: models.Field[Any, Any], row: Any) -> str:
    """A code such as the country of the address has."""
    digits = f"{row.random.randint(0, 99999):05}"
    if row.country == Country.UNITED_KINGDOM:
        return f"SW{digits[0]} {digits[1]}AA"
    return digits
