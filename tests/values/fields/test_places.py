"""Where generated geometries lie."""

from __future__ import annotations

from itertools import combinations

import pytest

from fixturekit.values.fields.places import AROUND, places

LOCALES = ["en_US", "de_DE", "fr_FR", "es_ES", "pt_BR", "ja_JP", "zh_CN"]
SRIDS = [4326, 4258, 3857, 2154, 2157, 27700, 28992, 2056, 3067, 5070, 25832, 32633, 32723, 7855, 9999, 0, -1]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("srid", SRIDS)
def test_places_are_apart(srid, locale):
    """What lies around one place never lies around another, so that places and distances enumerate different points."""
    found = places(srid, locale).points
    assert found
    for (a, b), (x, y) in combinations(found, 2):
        assert abs(a - x) > 2 * AROUND or abs(b - y) > 2 * AROUND


@pytest.mark.parametrize(
    ("locale", "box"),
    [
        ("en_US", (-125, 24, -66, 50)),
        ("de_DE", (5, 47, 16, 56)),
        ("fr_FR", (-5, 42, 9, 52)),
        ("es_ES", (-10, 36, 4, 44)),
        ("pt_BR", (-74, -34, -34, 6)),
        ("ja_JP", (129, 31, 146, 46)),
        ("zh_CN", (73, 18, 135, 54)),
    ],
)
def test_places_of_a_locale(locale, box):
    """Longitude and latitude, in this order, are those of the country."""
    west, south, east, north = (degrees * 10**6 for degrees in box)
    found = places(4326, locale)
    assert found.digits == 6
    for x, y in found.points:
        assert west < x < east
        assert south < y < north


def test_another_locale():
    """A locale without cities has those of en_US."""
    assert places(4326, "fi_FI") == places(4326, "en_US")


def test_web_mercator():
    """Maps of the web have the same cities, in metres."""
    x, y = places(3857, "de_DE").points[0]  # Berlin
    assert (round(x / 10), round(y / 10)) == (1_492_000, 6_895_000)


def test_unknown_system():
    """Coordinates that are valid in degrees and in metres."""
    found = places(9999, "en_US")
    assert all(0 < x < 80 * 10**6 and 0 < y < 80 * 10**6 for x, y in found.points)
