"""Django's conditions as plain data: ``Q`` objects and expressions, read as the database is going to be given them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.db.models import lookups
from django.db.models.expressions import (
    Case,
    Col,
    CombinedExpression,
    Exists,
    ExpressionList,
    ExpressionWrapper,
    F,
    Func,
    RawSQL,
    Value,
)
from django.db.models.fields.json import HasKeyLookup, KeyTransform
from django.db.models.functions import Extract, Now, TruncDate, TruncTime
from django.db.models.sql import Query
from django.db.models.sql.where import NothingNode, WhereNode
from django.utils import timezone

from fixturekit.values.conditions import (
    FUNCTIONS,
    LOOKUPS,
    All,
    AnyOf,
    Applied,
    Chosen,
    Column,
    Compared,
    Condition,
    Constant,
    Not,
    Odd,
    Operand,
)
from fixturekit.values.conditions import Now as Clock

_JOINED: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {"AND": All, "OR": AnyOf, "XOR": Odd}
_JSON_LOOKUPS = {"exact": "json_exact", "isnull": "isnull", "has_key": "has_key"}


class Untold(Exception):
    """A condition says something that only a database can evaluate; the text says what."""


def condition_of(model: type[models.Model], condition: Any) -> Condition:
    """Read a condition on the columns of a model: a ``Q`` or a boolean expression.

    It is resolved by Django first, so that what stands for a nullable column in a negation is what the database sees.

    Raises:
        Untold: Something of it cannot be evaluated here.
    """
    try:
        where = Query(model=model, alias_cols=False).build_where(condition)
    except Exception as error:
        raise Untold(f"{type(error).__name__}: {error}") from error
    return _node(where)


def operand_of(model: type[models.Model], expression: Any) -> Operand:
    """Read an expression on the columns of a model: an ``F``, a function, or the name of a field.

    Raises:
        Untold: Something of it cannot be evaluated here.
    """
    if isinstance(expression, str):
        expression = F(expression)
    try:
        resolved = expression.resolve_expression(Query(model=model, alias_cols=False), allow_joins=False)
    except Exception as error:
        raise Untold(f"{type(error).__name__}: {error}") from error
    return _operand(resolved)


# -- conditions --------------------------------------------------------------------------------------------------------


def _node(node: Any) -> Condition:
    if isinstance(node, WhereNode):
        parts = tuple(map(_node, node.children))
        found = parts[0] if len(parts) == 1 else _JOINED[str(node.connector)](parts)
        return Not(found) if node.negated else found
    if isinstance(node, NothingNode):
        return AnyOf(())
    if isinstance(node, ExpressionWrapper):
        return _node(node.expression)
    if isinstance(node, lookups.Lookup):
        return _lookup(node)
    if isinstance(node, Exists) or not getattr(node, "conditional", False):
        raise Untold(f"{type(node).__name__} is evaluated by the database")
    return Compared("is_true", _operand(node), ())


def _lookup(node: Any) -> Compared:
    name = str(node.lookup_name)
    left = node.lhs
    if isinstance(node, HasKeyLookup) or isinstance(left, KeyTransform) or _is_json(left):
        return _json(node, name)
    if name not in LOOKUPS:
        raise Untold(f"the lookup '{name}' is evaluated by the database")
    right = node.rhs
    if name in ("in", "range"):
        values = right.get_source_expressions() if isinstance(right, ExpressionList) else right
        if not isinstance(values, Iterable) or isinstance(values, models.QuerySet):
            raise Untold("a query is evaluated by the database")
        # NULL in a list is left out by Django
        operands = [_operand(value) for value in values if name != "in" or value is not None]
        return Compared(name, _operand(left), tuple(operands))
    return Compared(name, _operand(left), (_operand(right),))


def _is_json(left: Any) -> bool:
    return isinstance(getattr(left, "output_field", None), models.JSONField)


def _json(node: Any, name: str) -> Compared:
    if isinstance(node.lhs, KeyTransform) and name in ("gt", "gte", "lt", "lte", "in"):
        values = tuple(node.rhs) if name == "in" else (node.rhs,)
        return Compared(name, _operand(node.lhs), tuple(map(_operand, values)))
    if name not in _JSON_LOOKUPS:
        raise Untold(f"the lookup '{name}' of JSON is evaluated by the database")
    return Compared(_JSON_LOOKUPS[name], _operand(node.lhs), (_operand(node.rhs),))


# -- operands ----------------------------------------------------------------------------------------------------------


def _operand(node: Any) -> Operand:
    if isinstance(node, Col):
        return _column(node.target)
    if isinstance(node, Value):
        return Constant(node.value)
    if isinstance(node, Now):
        return Clock()
    if isinstance(node, ExpressionWrapper):
        return _operand(node.expression)
    if isinstance(node, CombinedExpression):
        return _called(str(node.connector), (node.lhs, node.rhs))
    if isinstance(node, KeyTransform):
        return Applied("key", (_operand(node.lhs), Constant(node.key_name)))
    if isinstance(node, (Extract, TruncDate, TruncTime)):
        return _part(node)
    if isinstance(node, Case):
        cases: Any = node.cases
        told = tuple((_node(case.condition), _operand(case.result)) for case in cases)
        return Chosen(told, _operand(node.default))
    if isinstance(node, RawSQL):
        raise Untold("SQL is evaluated by the database")
    if isinstance(node, Func) and type(node).__module__.startswith("django."):
        return _called(type(node).__name__, node.get_source_expressions())
    if hasattr(node, "resolve_expression") or hasattr(node, "as_sql"):
        raise Untold(f"{type(node).__name__} is evaluated by the database")
    return Constant(node)


def _column(field: Any) -> Operand:
    """A column; one that the database computes from others is read as its expression."""
    if getattr(field, "generated", False):
        return operand_of(field.model, field.expression)
    if field.column is None:
        raise Untold(f"{field.name} is made of several columns")
    return Column(field.name)


def _called(name: str, operands: Iterable[Any]) -> Applied:
    if name not in FUNCTIONS:
        raise Untold(f"{name} is evaluated by the database")
    return Applied(name, tuple(map(_operand, operands)))


def _part(node: Any) -> Applied:
    """A part of a moment. That of an instant is told on the wall clock of the project, as the database does it."""
    name = str(node.lookup_name)
    if name not in FUNCTIONS or isinstance(node.lhs.output_field, models.DurationField):
        raise Untold(f"'{name}' is evaluated by the database")
    inner = _operand(node.lhs)
    if isinstance(node.lhs.output_field, models.DateTimeField):
        inner = Applied("in_zone", (inner, Constant(timezone.get_default_timezone_name())))
    return Applied(name, (inner,))
