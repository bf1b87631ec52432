"""Addresses of the internet protocol."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import models

from fixturekit.values.fillers import Filled, Request, filler
from fixturekit.values.registry import Drawing, Space, enumeration, generator
from fixturekit.values.streams import Words

# Addresses that are set aside for documentation, hence nobody's.
DOCUMENTED = [f"{net}.{host}" for net in ("192.0.2", "198.51.100", "203.0.113") for host in range(1, 255)]
PRIVATE = 2**24 - 2
LOW_BITS = 2**32 - 1


def _version_4(numbers: Sequence[int]) -> list[str]:
    """10.0.0.1 and upwards."""
    return [f"10.{n + 1 >> 16}.{n + 1 >> 8 & 255}.{n + 1 & 255}" for n in numbers]


def _version_6(numbers: Sequence[int]) -> list[str]:
    """2001:db8::1 and upwards, as short as they are spelled."""
    return [f"2001:db8::{n + 1:x}" if n < 65535 else f"2001:db8::{n + 1 >> 16:x}:{n + 1 & 65535:x}" for n in numbers]


@generator("addresses")
def draw_addresses(version: int) -> Drawing:
    """Addresses that are set aside for documentation."""

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        if version == 6:
            return _version_6([word * LOW_BITS >> 32 for word in words])
        return [DOCUMENTED[word * len(DOCUMENTED) >> 32] for word in words]

    return Drawing(1, draw, draw)


@generator("addresses.count")
def count_addresses(version: int) -> Drawing:
    """10.0.0.1 or 2001:db8::1 and so on, then from the beginning."""
    render, size = (_version_6, LOW_BITS) if version == 6 else (_version_4, PRIVATE)

    def draw(words: Words, rows: Sequence[int], now: datetime) -> list[str]:
        return render([row % size for row in rows])

    return Drawing(0, draw, draw)


@enumeration("addresses")
def enumerate_addresses(version: int) -> Space:
    """Each address of 10.0.0.0/8, or of the last 32 bits of 2001:db8::."""
    return Space(LOW_BITS, _version_6, _version_6) if version == 6 else Space(PRIVATE, _version_4, _version_4)


@filler(models.GenericIPAddressField)
def fill_address(request: Request) -> Filled:
    """Version 4 unless the field asks for version 6."""
    version = 6 if str(request.field.protocol).lower() == "ipv6" else 4  # type: ignore[attr-defined]
    if request.unique:
        return request.enumerated("addresses", version=version)
    return request.drawn("addresses.count" if request.plain else "addresses", version=version)
