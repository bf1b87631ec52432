"""What one call costs: G against two bare save() calls, django-dynamic-fixture and model_bakery, in turns.

python benchmarks/calls.py [--database URL]

The model is the shop's Order: eight columns with its key, one required parent of eight. Every contestant makes both rows, in
a transaction as a test has it. The last line is of many rows in one call.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import project

MANY = 1000


def main() -> None:
    """Measure single calls, then calls of many rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="sqlite::memory:", help="a URL; %(default)s by default")
    parser.add_argument("--calls", type=int, default=300, help="calls in one turn; %(default)s by default")
    parser.add_argument("--turns", type=int, default=9, help="%(default)s by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project.set_up(options.database, Path(folder))
        from django.test.utils import setup_databases, teardown_databases

        databases = setup_databases(verbosity=0, interactive=False)
        try:
            one_by_one(options.calls, options.turns)
            many(options.turns)
        finally:
            teardown_databases(databases, verbosity=0)


def contestants() -> dict[str, Callable[[], Any]]:
    """Return what makes an order with a customer, by name."""
    from datetime import datetime, timezone
    from decimal import Decimal

    from ddf import G as ddf
    from model_bakery import baker
    from shop.models import Customer, Order

    from fixturekit import G

    numbers = iter(range(1, 10**9))
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def bare() -> Any:
        number = next(numbers)
        customer = Customer(
            name="name",
            email=f"{number}@bare.example",
            city="city",
            points=1,
            credit=Decimal(1),
            active=False,
            joined=now,
        )
        customer.save()
        order = Order(
            customer=customer,
            number=f"bare {number}",
            subject="s",
            status="new",
            total=Decimal(1),
            paid=False,
            placed=now,
        )
        order.save()
        return order

    return {
        "two bare save()": bare,
        "fixturekit G": lambda: G(Order),
        "fixturekit G, 3 given": lambda: G(Order, subject="given", status="paid", customer__city="given"),
        "DDF G": lambda: ddf(Order),
        "model_bakery make": lambda: baker.make(Order),
    }


def one_by_one(calls: int, turns: int) -> None:
    """Print what a call of each costs."""
    found = contestants()
    times: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(turns + 1):
        for name, make in found.items():
            spent = in_a_test(lambda make=make: [make() for _ in range(calls)]) / calls  # type: ignore[misc]
            if turn:  # the first one warms up
                times[name].append(spent)
    bare = times["two bare save()"]
    print(f"\nOne call, microseconds, the median of {turns} turns of {calls} calls\n")
    for name, spent in times.items():
        ratios = [one / other for one, other in zip(spent, bare, strict=True)]
        print(f"  {name:24} {statistics.median(spent) * 1e6:8.0f}   {statistics.median(ratios):5.2f} x bare")
    ddf = [one / other for one, other in zip(times["fixturekit G"], times["DDF G"], strict=True)]
    bakery = [one / other for one, other in zip(times["fixturekit G"], times["model_bakery make"], strict=True)]
    print(f"\n  G is {statistics.median(ddf):.2f} x DDF, {statistics.median(bakery):.2f} x model_bakery")


def many(turns: int) -> None:
    """Print what many rows in one call cost."""
    from ddf import G as ddf
    from model_bakery import baker
    from shop.models import Order

    from fixturekit import G

    found: dict[str, Callable[[], Any]] = {
        "fixturekit G": lambda: G(Order, MANY),
        "DDF G": lambda: ddf(Order, n=MANY),
        "model_bakery make": lambda: baker.make(Order, _quantity=MANY),
    }
    times: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(turns + 1):
        for name, make in found.items():
            spent = in_a_test(make)
            if turn:
                times[name].append(spent)
    print(f"\n{MANY} rows in one call, milliseconds, the median of {turns} turns\n")
    for name, spent in times.items():
        print(f"  {name:24} {statistics.median(spent) * 1e3:8.1f}")
    ratios = [other / one for one, other in zip(times["fixturekit G"], times["DDF G"], strict=True)]
    print(f"\n  G is {statistics.median(ratios):.1f} times as fast as DDF")


def in_a_test(work: Callable[[], Any]) -> float:
    """Do work in a block as a test case opens it, roll back, and return the seconds that it took."""
    from django.db import connection, transaction

    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        started = time.perf_counter()
        work()
        spent = time.perf_counter() - started
        transaction.set_rollback(True)
    connection.queries_log.clear()
    return spent


if __name__ == "__main__":
    main()
