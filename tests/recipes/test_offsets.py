"""Clocks and offsets are read alike on every Python."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from fixturekit.recipes.offsets import parse_now, parse_offset

UTC = timezone.utc


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T09:00:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20 09:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:00.5Z", datetime(2026, 11, 20, 9, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-20T09:00:00+05:45", datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=5, minutes=45)))),
    ],
)
def test_moments(text, moment):
    """A moment is a date and time with its zone."""
    found = parse_now(text)
    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-11-20", "2026-11-20T09:00:00", "20261120T090000Z", "2026-11-20T09:00:00z", "2026-11-20T09Z",
        "2026-02-30T09:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T09:00:60Z", "2026-11-20T09:00:00+24:00",
        "2026-11-20T09:00:00.1234567Z", "2026-11-20T09:00.5Z", "0001-01-01T00:00:00+01:00", "\N{FULLWIDTH DIGIT TWO}026-11-20T09:00:00Z",
        "2026-11-20T09:00:00Z\n",
    ],
)  # fmt: skip
def test_what_is_no_moment(text):
    """Moments without a zone, in other spellings or that do not exist are refused."""
    with pytest.raises(ValueError, match="date and time"):
        parse_now(text)


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("", timedelta()),
        ("-3 days", timedelta(days=-3)),
        ("3 days", timedelta(days=3)),
        ("+ 90 seconds", timedelta(seconds=90)),
        ("1 week 2 hours", timedelta(weeks=1, hours=2)),
        ("-1 day 2 hours", timedelta(hours=-26)),
        ("-1 day +2 hours", timedelta(hours=-22)),
        ("30minutes", timedelta(minutes=30)),
    ],
)
def test_distances(text, distance):
    """A sign holds for the parts behind it until the next."""
    assert parse_offset(text) == distance


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", "not a distance"),
        ("3", "not a distance"),
        ("3 days ago", "not a distance"),
        ("1.5 days", "not a distance"),
        ("3 Days", "not a distance"),
        (" ", "not a distance"),
        ("1 month", "no fixed length"),
        ("2 years", "no fixed length"),
        ("3 fortnights", "unknown unit"),
        ("999999999999 weeks", "further away"),
        ("999999999 days 1 day", "further away"),
    ],
)
def test_what_is_no_distance(text, message):
    """What is no distance is refused with the reason."""
    with pytest.raises(ValueError, match=message):
        parse_offset(text)
