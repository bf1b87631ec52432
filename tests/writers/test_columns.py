"""What prepares a column for the driver."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from fixturekit.values import canonical
from fixturekit.writers.columns import local_instants

EARLY, LATE = (datetime.datetime.fromisoformat(f"{year}-01-01") for year in ("0002", "9998"))


@given(st.datetimes(EARLY, LATE, timezones=st.just(datetime.timezone.utc)))
def test_local_instants_are_the_same_instants(instant: datetime.datetime) -> None:
    """What a database without zones is given is the wall clock of its zone."""
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=45))

    (text,) = local_instants(zone)([canonical.instant_text(instant)])

    assert datetime.datetime.fromisoformat(text).replace(tzinfo=zone) == instant
