"""Which plain scalars are something else than text, as fixturekit reads them and as others may.

A number is what JSON calls a number; ``true``, ``false`` and ``null`` have the spellings of the YAML 1.2 core schema.
All else is text, as it is written, until the field says otherwise: ``no``, ``on``, ``1:30``, ``2026-01-01``,
``012``, ``+358``, ``0x1F``, ``1_000``, ``=``.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

import yaml

from fixturekit.recipes.document import Literal

MAX_DIGITS = 1000
"""Characters of a number; PostgreSQL's ``numeric`` ends there, and Python refuses 4,300 of them."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

# What readers of YAML 1.2 (core schema) take for a number, and what YAML 1.1 takes for a boolean beyond PyYAML.
_OTHERS_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")
_OTHERS_WORDS = frozenset(["y", "Y", "n", "N"])
_YAML_1_1 = yaml.SafeLoader.yaml_implicit_resolvers


def resolve(text: str) -> Literal:
    """Return what a plain (unquoted) scalar means.

    Raises:
        ValueError: It is a number that no database can hold.
    """
    if text in _WORDS:
        return Literal(_WORDS[text])
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that a database can hold")
    if not _NUMBER.fullmatch(text):
        return Literal(text)
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} characters is too long ({MAX_DIGITS} at most)")
    number = int(text) if _INTEGER.fullmatch(text) else float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large for a number")
    return Literal(number, text)


def literal(value: bool | int | float | str | Decimal | None) -> Literal:
    """Return the Literal that reading this value's written form gives.

    Raises:
        ValueError: The value is a number that has no written form.
    """
    if value is None or isinstance(value, (bool, str)):
        return Literal(value)
    text = str(value) if isinstance(value, Decimal) else repr(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{value!r} is not a number that a recipe can hold")
    return resolve(text)


def is_written_number(text: str) -> bool:
    """Whether the text, unquoted, is read as a number."""
    return _NUMBER.fullmatch(text) is not None


def is_text_everywhere(text: str) -> bool:
    """Whether readers of YAML 1.1 and of YAML 1.2, fixturekit's too, take the unquoted text for text."""
    if text in _WORDS or text in _OTHERS_WORDS or _NOT_FINITE.fullmatch(text) or _OTHERS_NUMBER.fullmatch(text):
        return False
    resolvers = _YAML_1_1.get(text[0], []) + _YAML_1_1.get(None, [])
    return not any(expression.match(text) for _, expression in resolvers)
