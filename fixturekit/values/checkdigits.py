"""Numbers with check digits, as shops and banks write them."""

from __future__ import annotations


def ean(digits: str) -> str:
    """Add the check digit of an EAN, GTIN or ISBN-13, of whatever length."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def isbn10(digits: str) -> str:
    """Add the check character of an ISBN of ten characters to nine digits."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return f"{digits}{'0X987654321'[rest]}"


def luhn(digits: str) -> str:
    """Add the check digit of card numbers and the like."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-sum(number // 10 + number % 10 for number in doubled) % 10}"


def iban(country: str, account: str) -> str:
    """Put country and check digits before the digits of an account."""
    number = int(f"{account}{''.join(str(ord(letter) - 55) for letter in country)}00")
    return f"{country}{98 - number % 97:02}{account}"
