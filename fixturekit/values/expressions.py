"""Expressions of ``!jinja``: read, checked and compiled once for each text. The only module that imports Jinja.

A seat belt, not a licence: what an expression may do is listed, not what it may not. Statements are refused but for
``{% if %}``, so that the work is bounded by the length of the text; operators and methods whose results can outgrow their
operands are bounded, or left out. The compiler folds constants only as far as the same bounds let it.
"""

from __future__ import annotations

import datetime
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, wraps
from itertools import chain
from typing import Any

from django.utils.text import slugify
from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.environment import Template
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from fixturekit.values.facades import Facade

MAX_SOURCE = 4000
"""The most characters of an expression."""

MAX_RESULT = 100_000
"""The most characters or items of any text or list on the way to the result, and of the result itself."""

MAX_WORK = 10 * MAX_RESULT
"""The most characters and items of all that calls and filters give on the way, together."""

NAMES = ("n", "count", "row", "fake", "now", "days", "pick")
"""What an expression may name."""

_MAX_BITS = 4096  # of a whole number
_MAX_POWER = 1000
_MAX_DEPTH = 40

_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Slice, nodes.Call, nodes.Keyword, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos,
    nodes.Concat, nodes.CondExpr, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair,
)  # fmt: skip

_DATE = ("year", "month", "day", "weekday", "isoweekday", "isoformat", "strftime", "replace")
_TIME = ("hour", "minute", "second", "microsecond", "isoformat", "strftime", "replace")
_ATTRIBUTES: dict[type, frozenset[str]] = {
    str: frozenset((
        "capitalize", "casefold", "count", "endswith", "find", "isalnum", "isalpha", "isdigit", "islower", "isupper",
        "join", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit",
        "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper",
    )),
    datetime.date: frozenset(_DATE),
    datetime.time: frozenset(_TIME),
    datetime.datetime: frozenset((*_DATE, *_TIME, "date", "time")),
    datetime.timedelta: frozenset(("days", "seconds", "microseconds", "total_seconds")),
    uuid.UUID: frozenset(("hex",)),
    dict: frozenset(("get", "items", "keys", "values")),
}  # fmt: skip
_STRFTIME = re.compile(r"(?:[^%]|%[YmdHMSfjyuVGUWzpIbBaA%])*", re.DOTALL)


class ExpressionError(ValueError):
    """The text is no expression that can be used; ``word`` is what is not known, of ``known`` words."""

    def __init__(self, message: str, word: str = "", known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.word = word
        self.known = known


# -- what is bounded ---------------------------------------------------------------------------------------------------


class _Work(threading.local):
    """What the evaluation that runs may still make on the way."""

    left = MAX_WORK

    @contextmanager
    def anew(self) -> Iterator[None]:
        """An evaluation may make so much, whatever one did that it runs inside of."""
        outer, self.left = self.left, MAX_WORK
        try:
            yield
        finally:
            self.left = outer


_work = _Work()


def _small(size: int) -> None:
    if size > MAX_RESULT:
        raise SecurityError(f"the result would have {size} characters or items, {MAX_RESULT} are allowed")


def _size(value: Any) -> int:
    """Count the characters of a text, or the items of a list with all that is in them, to where it is too much."""
    if isinstance(value, (str, bytes)):
        return len(value)
    size = 0
    waiting = [value] if isinstance(value, (list, tuple, dict)) else []
    while waiting and size <= MAX_RESULT:
        held = waiting.pop()
        items = list(chain.from_iterable(held.items())) if isinstance(held, dict) else held
        size += len(items)
        if size <= MAX_RESULT:
            size += sum(len(item) - 1 for item in items if isinstance(item, (str, bytes)) and item)
            waiting.extend(item for item in items if isinstance(item, (list, tuple, dict)))
    return size


def _made(value: Any) -> Any:
    """Return what a call or a filter gives, if it is not too much."""
    size = _size(value)
    _small(size)
    _work.left -= size
    if _work.left < 0:
        raise SecurityError(f"all that is made on the way has more than {MAX_WORK} characters or items")
    return value


def _making(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)  # which keeps Jinja's marks
    def filtered(*args: Any, **kwargs: Any) -> Any:
        return _made(function(*args, **kwargs))

    return filtered


def _replaced(text: str, old: str, new: str, count: int | None = None) -> str:
    text, old, new = str(text), str(old), str(new)
    found = text.count(old) if count is None or count < 0 else min(text.count(old), count)
    _small(len(text) + found * max(len(new) - len(old), 0))
    return text.replace(old, new, -1 if count is None else count)


def _joined(items: Any, separator: str = "") -> str:
    texts = [_text(item) for item in items]
    _small(sum(map(len, texts)) + len(separator) * max(len(texts) - 1, 0))
    return separator.join(texts)


def _rounded(value: Any, places: int = 0) -> Any:
    if not -30 <= places <= 30:
        raise SecurityError(f"a number cannot be rounded to {places} places")
    return round(value, places) if places else float(round(value))


def _text(value: Any) -> str:
    _small(_size(value))
    return str(settled(value))


def _sum(items: Any, start: Any = 0) -> Any:
    for item in items:
        if isinstance(item, (str, bytes, list, tuple)):
            raise SecurityError("sum adds numbers: texts and lists are put together with + or join")
        start = start + item
    return start


def _listed(items: Any) -> list[Any]:
    return list(items)


def _unique(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if item not in found[-1000:]:
            found.append(item)
    return found


_FILTERS: dict[str, Callable[..., Any]] = {
    **{
        name: FILTERS[name]
        for name in (
            "abs", "capitalize", "count", "d", "default", "first", "float", "int", "last", "length", "lower",
            "title", "trim", "truncate", "upper", "wordcount",
        )
    },
    "join": _joined,
    "list": _listed,
    "max": max,
    "min": min,
    "replace": _replaced,
    "reverse": lambda items: items[::-1],
    "round": _rounded,
    "slugify": slugify,
    "sort": sorted,
    "string": _text,
    "sum": _sum,
    "unique": _unique,
}  # fmt: skip
_TESTS = {
    name: test for name, test in TESTS.items() if name not in ("callable", "escaped", "filter", "iterable", "test")
}


def _times(left: Any, right: Any) -> None:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (list, tuple, dict)):
            raise SecurityError("lists cannot be multiplied")
        if isinstance(one, (str, bytes)) and isinstance(other, int):
            _small(len(one) * other)
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MAX_BITS:
        raise SecurityError("the product is too large")


def _power(left: Any, right: Any) -> None:
    if not isinstance(right, (int, float, Decimal)) or not -_MAX_POWER <= right <= _MAX_POWER:
        raise SecurityError(f"the exponent is no number up to {_MAX_POWER}")
    if isinstance(left, int) and left.bit_length() * abs(float(right)) > _MAX_BITS:
        raise SecurityError("the power is too large")


def _plus(left: Any, right: Any) -> None:
    if isinstance(left, (str, bytes, list, tuple)) and isinstance(right, (str, bytes, list, tuple)):
        _small(len(left) + len(right))


def _modulo(left: Any, right: Any) -> None:
    if isinstance(left, (str, bytes)):
        raise SecurityError("texts are not formatted with %: write the parts one after the other, or use !seq")


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """A float beside a decimal counts as it is written: 0.9 is nine tenths."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(repr(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(repr(left)), right
    return left, right


_CHECKS: dict[str, Callable[[Any, Any], None]] = {"*": _times, "**": _power, "+": _plus, "%": _modulo}


def settled(value: Any) -> Any:
    """Return a result, if it is one: the same in every process, and a value.

    Raises:
        UndefinedError: It is nothing at all.
        SecurityError: It is something else than a value, or too long.
    """
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()
    if isinstance(value, Facade):
        raise SecurityError(f"{value!r} is no value: name one of its fields")
    if callable(value) or isinstance(value, (set, frozenset, Iterator)):
        raise SecurityError(f"a {type(value).__name__} is no value")
    _small(_size(value))
    if isinstance(value, (list, tuple, dict)):
        for item in chain.from_iterable(value.items()) if isinstance(value, dict) else value:
            settled(item)
    return value


class _Environment(ImmutableSandboxedEnvironment):
    """Attributes are read where a table allows it, and nowhere else."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, finalize=settled, autoescape=False, optimized=False, cache_size=0)
        self.globals.clear()
        self.filters = {name: _making(function) for name, function in _FILTERS.items()}
        self.tests = dict(_TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Facade):
            return obj[attribute]
        for cls in type(obj).__mro__:
            if attribute in _ATTRIBUTES.get(cls, ()):
                return _bounded(obj, attribute)
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return self._nothing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Facade):
            return obj[argument]
        if isinstance(obj, (str, list, tuple, dict)):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self._nothing(obj, argument)

    def _nothing(self, obj: Any, name: Any) -> Undefined:
        if isinstance(obj, Undefined):
            obj._fail_with_undefined_error()
        return self.undefined(f"there is no {name!r} in a {type(obj).__name__} that expressions may read")

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return _made(super().call(context, function, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator in _CHECKS:
            _CHECKS[operator](left, right)
        return self.binop_table[operator](*_alike(left, right))


def _bounded(obj: Any, attribute: str) -> Any:
    """An attribute, with methods that may make long texts in their bounded forms."""
    if attribute == "strftime":
        return lambda form: _formatted(obj, form)
    if isinstance(obj, str) and attribute == "replace":
        return lambda old, new, count=-1: _replaced(obj, old, new, count)
    if isinstance(obj, str) and attribute == "join":
        return lambda items: _joined(items, obj)
    return getattr(obj, attribute)


def _formatted(moment: Any, form: str) -> str:
    if not _STRFTIME.fullmatch(form):
        raise SecurityError(f"{form!r} is no format of dates that is the same everywhere")
    return str(moment.strftime(form))


# -- compiling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        text: As the recipe has it.
        names: Which of ``NAMES`` it uses.
        reads: What it reads of its row: ``row.brand.name`` is ``("brand", "name")``. A path may go on inside a value.
        fakes: The providers that it asks.
        single: It is one ``{{ }}``, whose value keeps its type; else the result is a text.
    """

    text: str
    names: frozenset[str]
    reads: tuple[tuple[str, ...], ...]
    fakes: tuple[str, ...]
    single: bool
    template: Template

    def runner(self, variables: dict[str, Any]) -> Callable[[], Any]:
        """Return a function that evaluates the expression with what ``variables`` holds at the time of the call."""
        context = self.template.new_context(variables, shared=True)
        root = self.template.root_render_func

        def value() -> Any:
            for _ in root(context):
                pass
            return settled(context.vars["result"])

        def text() -> str:
            found: list[str] = []
            size = 0
            for piece in root(context):
                size += len(piece)
                _small(size)
                found.append(piece)
            return "".join(found)

        evaluate = value if self.single else text

        def run() -> Any:
            with _work.anew():
                return evaluate()

        return run


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    return _Environment()


@lru_cache(maxsize=512)
def compile_expression(text: str) -> Expression:
    """Read, check and compile an expression, once for each text.

    Raises:
        ExpressionError: It is no expression, or does what expressions may not.
    """
    if len(text) > MAX_SOURCE:
        raise ExpressionError(f"the expression has {len(text)} characters, {MAX_SOURCE} are allowed")
    try:
        tree = _environment().parse(text)
        _check(tree)
        single = _single(tree)
        names, reads, fakes = _used(tree)
        if single is not None:
            result = nodes.Assign(nodes.Name("result", "store", lineno=1), single, lineno=1)
            tree = nodes.Template([result], lineno=1)
            tree.set_environment(_environment())
        template = _environment().from_string(tree)
    except ExpressionError:
        raise
    except TemplateSyntaxError as error:
        where = f" (line {error.lineno})" if "\n" in text.strip() else ""
        raise ExpressionError(f"{error.message}{where}") from error
    except (TemplateError, ValueError, ArithmeticError, TypeError) as error:  # a constant part cannot be computed
        raise ExpressionError(str(error)) from error
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise ExpressionError("the expression is nested too deep") from error
    return Expression(text, names, reads, fakes, single is not None, template)


def _single(tree: nodes.Template) -> nodes.Expr | None:
    """The only ``{{ }}`` of a text that has nothing else."""
    if len(tree.body) == 1 and isinstance(tree.body[0], nodes.Output) and len(tree.body[0].nodes) == 1:
        only = tree.body[0].nodes[0]
        return None if isinstance(only, nodes.TemplateData) else only
    return None


def _check(tree: nodes.Template) -> None:
    """Refuse what is not on the list: kinds of nodes, names, filters, tests, depth."""
    level: list[nodes.Node] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            raise ExpressionError("the expression is nested too deep")
        for node in level:
            _check_node(node)
        level = [child for node in level for child in node.iter_child_nodes()]


def _check_node(node: nodes.Node) -> None:
    if not isinstance(node, _NODES):
        raise ExpressionError("the only statement of an expression is {% if %}")
    if isinstance(node, nodes.Name) and node.name not in NAMES:
        raise ExpressionError(f"there is no '{node.name}' in an expression", node.name, NAMES)
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        raise ExpressionError(f"there is no filter '{node.name}' in an expression", node.name, tuple(_FILTERS))
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        raise ExpressionError(f"there is no test '{node.name}' in an expression", node.name, tuple(_TESTS))
    if isinstance(node, (nodes.Call, nodes.Filter, nodes.Test)) and (node.dyn_args or node.dyn_kwargs):
        raise ExpressionError("arguments are written one by one, without * and **")


def _used(tree: nodes.Template) -> tuple[frozenset[str], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The names that an expression uses, what it reads of its row, and the providers that it asks."""
    names: dict[str, None] = {}
    reads: dict[tuple[str, ...], None] = {}
    fakes: dict[str, None] = {}
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop()
        root, path, others = _path(node)
        if isinstance(root, nodes.Name):
            names[root.name] = None
            if root.name in ("row", "fake"):
                if not path:
                    raise ExpressionError(
                        f"'{root.name}' is no value: write {root.name}.name, with a name that is fixed"
                    )
                reads.update({path: None} if root.name == "row" else {})
                fakes.update({path[0]: None} if root.name == "fake" else {})
            waiting.extend(reversed(others))
        else:
            waiting.extend(reversed(list(node.iter_child_nodes())))
    return frozenset(names), tuple(reads), tuple(fakes)


def _path(node: nodes.Node) -> tuple[nodes.Node, tuple[str, ...], list[nodes.Node]]:
    """Where a chain of names begins, the names, and what else stands inside: ``row.a["b"]`` is row, a, b."""
    names: list[str] = []
    others: list[nodes.Node] = []
    while isinstance(node, (nodes.Getattr, nodes.Getitem)):
        if isinstance(node, nodes.Getattr):
            names.append(node.attr)
        elif isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            names.append(node.arg.value)
        else:
            names.clear()  # what lies beyond is looked up in a value
            others.append(node.arg)
        node = node.node
    return node, tuple(reversed(names)), others
