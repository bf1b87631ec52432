"""Conditions as people read them in messages."""

from __future__ import annotations

import datetime
from decimal import Decimal

from fixturekit.values.conditions import (
    All,
    AnyOf,
    Applied,
    Chosen,
    Column,
    Compared,
    Condition,
    Constant,
    Now,
    Odd,
    Operand,
)

_SIGNS = {"exact": "=", "json_exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "%%": "%"}


def spelled(condition: Condition) -> str:
    """Return a condition as text: ``price > 0 and (begin is NULL or begin < end)``."""
    return _spelled(condition, inside=False)


def _spelled(condition: Condition, *, inside: bool) -> str:
    if isinstance(condition, Compared):
        return _comparison(condition)
    if isinstance(condition, (All, AnyOf, Odd)):
        word = {All: "and", AnyOf: "or", Odd: "xor"}[type(condition)]
        text = f" {word} ".join(_spelled(part, inside=True) for part in condition.parts)
        return f"({text})" if inside else text or "nothing"
    return f"not ({_spelled(condition.part, inside=False)})"


def _comparison(condition: Compared) -> str:
    left = _operand(condition.left)
    right = [_operand(operand) for operand in condition.right]
    if condition.lookup == "isnull":
        wanted = condition.right[0] == Constant(True)
        return f"{left} is {'NULL' if wanted else 'not NULL'}"
    if condition.lookup == "is_true":
        return left
    if condition.lookup == "range":
        return f"{left} between {' and '.join(right)}"
    if condition.lookup == "in":
        return f"{left} in ({', '.join(right)})"
    return f"{left} {_SIGNS.get(condition.lookup, condition.lookup)} {right[0]}"


def _operand(operand: Operand) -> str:
    if isinstance(operand, Column):
        return operand.name
    if isinstance(operand, Constant):
        value = operand.value
        return str(value) if isinstance(value, (int, Decimal, datetime.date, datetime.timedelta)) else repr(value)
    if isinstance(operand, Now):
        return "now"
    if isinstance(operand, Chosen):
        cases = "; ".join(f"{_operand(chosen)} if {spelled(condition)}" for condition, chosen in operand.cases)
        return f"({cases}; else {_operand(operand.otherwise)})"
    return _application(operand)


def _application(operand: Applied) -> str:
    parts = [_operand(part) for part in operand.operands]
    if operand.function in _ARITHMETIC:
        return f"({parts[0]} {_ARITHMETIC[operand.function]} {parts[1]})"
    if operand.function in ("in_zone",):
        return parts[0]
    return f"{operand.function}({', '.join(parts)})"
