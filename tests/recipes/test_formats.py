"""Formats of ``!seq`` are harmless and differ from row to row."""

from __future__ import annotations

import pytest

from fixturekit.recipes.formats import check_sequence


@pytest.mark.parametrize(
    "text", ["{n}", "user{n}@example.com", "A-{n:05}", "{n:,}", "{n:>8}", "{n:*^9x}", "{{{n}}}", "{n}{n}"]
)
def test_good_formats(text):
    """Formats of whole numbers are accepted."""
    check_sequence(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ACME", "{{n}}", "{", "}", "{}", "{0}", "{row}", "{n.real}", "{n[0]}", "{n!r}", "{n:{n}}", "{n:1000}",
        "{n:.2f}", "{n:n}", "{n:c}", "{n:,x}", "{n:%Y}", "{n} {m}",
    ],
)  # fmt: skip
def test_bad_formats(text):
    """Formats that look inside a value, build huge text, name something else or nothing are refused."""
    with pytest.raises(ValueError, match="the format"):
        check_sequence(text)
