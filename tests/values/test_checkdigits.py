from __future__ import annotations

import pytest

from fixturekit.values import checkdigits


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (checkdigits.ean("400638133393"), "4006381333931"),
        (checkdigits.ean("978030640615"), "9780306406157"),
        (checkdigits.ean("7351353"), "73513537"),
        (checkdigits.isbn10("030640615"), "0306406152"),
        (checkdigits.isbn10("097522980"), "097522980X"),
        (checkdigits.luhn("7992739871"), "79927398713"),
        (checkdigits.iban("DE", "370400440532013000"), "DE89370400440532013000"),
        (checkdigits.iban("ES", "21000418450200051332"), "ES9121000418450200051332"),
    ],
)
def test_published_examples(found, expected):
    """The check digits are those of the standards' own examples."""
    assert found == expected
