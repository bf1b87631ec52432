"""Expressions: what they give, what they may not, and that nothing takes long."""

from __future__ import annotations

import datetime
import random
import time
from decimal import Decimal

import pytest

from fixturekit.values.expressions import MAX_SOURCE, ExpressionError, compile_expression
from fixturekit.values.facades import Facade, Faked
from fixturekit.values.fields.fake import faker
from fixturekit.values.streams import cell_words

NOW = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.timezone.utc)


class Shown(Facade):
    """A row of plain values."""

    def __init__(self, **values):
        self.values = values

    def __getitem__(self, name):
        return self.values[name]

    def __repr__(self):
        return "row 3 of brands"


ROW = Shown(name="Zoë Long", price=Decimal("9.50"), day=NOW.date(), tags=["b", "a"], more={"a": {"b": 1}}, none=None)
ROW.values["brand"] = ROW


def value(text, **variables):
    given = {"n": 3, "count": 10, "row": ROW, "now": NOW, "pick": lambda options: options[0]}
    given["days"] = lambda number: datetime.timedelta(days=number)
    return compile_expression(text).runner({**given, **variables})()


@pytest.fixture(autouse=True)
def _in_time():
    """Whatever an expression tries, it ends within a second; Faker is imported before."""
    faker("en_US")
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ n }}", 3),
        ("{{ n }}@example.com", "3@example.com"),
        ("{{ n }} ", "3 "),
        ("plain", "plain"),
        ("{{ n + 1 }}", 4),
        ("{{ n / 2 }}", 1.5),
        ("{{ -(n ** 2) }}", -9),
        ("{{ n % 2 == 1 }}", True),
        ("{{ 'a' ~ n }}", "a3"),
        ("{{ none }}", None),
        ("{{ [n, count] }}", [3, 10]),
        ("{{ {'a': n} }}", {"a": 3}),
        ("{{ now }}", NOW),
        ("{{ (now - days(3)).date() }}", datetime.date(2026, 11, 17)),
        ("{{ now.strftime('%Y-%m') }}", "2026-11"),
        ("{{ row.name }}", "Zoë Long"),
        ("{{ row['name'][0] }}", "Z"),
        ("{{ row.name[:3] }}", "Zoë"),
        ("{{ row.brand.brand.price * 2 }}", Decimal("19.00")),
        ("{{ row.price * 0.9 + 0.1 }}", Decimal("8.650")),
        ("{{ 19.0 / row.price }}", Decimal("2")),
        ("{{ row.name|slugify }}", "zoe-long"),
        ("{{ row.name.lower().split()|last }}", "long"),
        ("{{ row.name.replace('Z', 'S') }}", "Soë Long"),
        ("{{ row.tags|sort|join(', ') }}", "a, b"),
        ("{{ ', '.join(row.tags) }}", "b, a"),
        ("{{ row.tags|reverse }}", ["a", "b"]),
        ("{{ [1, 1, 2]|unique }}", [1, 2]),
        ("{{ row.more.a.b }}", 1),
        ("{{ row.more.get('x', 5) }}", 5),
        ("{{ row.none|default('x', true) }}", "x"),
        ("{{ row.more.x|default('x') }}", "x"),
        ("{{ row.name if row.brand else '' }}", "Zoë Long"),
        ("{{ row.price|round(1) }}", Decimal("9.5")),
        ("{{ 2.5|round }}", 2.0),
        ("{{ row.day.year }}", 2026),
        ("{{ pick(['a', 'b']) }}", "a"),
        ("{{ 'a' in row.name }}", False),
        ("{{ n is odd }}", True),
        ("{% if n > 2 %}many{% else %}few{% endif %}", "many"),
        ("{% if n > 5 %}many{% elif n > 2 %}some{% endif %}", "some"),
        ("{{ '{{' }}", "{{"),
        ("{{ [1, 2]|sum }}", 3),
        ("{{ [3, 2]|min }} {{ [3, 2]|max }}", "2 3"),
    ],
)
def test_values(text, expected):
    """A single ``{{ }}`` keeps its type, anything else is a text."""
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_reads():
    """What it reads of the row is known beforehand; a path may go on inside a value."""
    found = compile_expression("{{ row.a['b'].c(row.d[row.e].f) }}{{ n }}{{ fake.user_name() }}")
    assert set(found.reads) == {("a", "b", "c"), ("d",), ("e",)}
    assert found.names == {"row", "n", "fake"}
    assert found.fakes == ("user_name",)


def test_compiled_once():
    """The same text is the same expression."""
    assert compile_expression("{{ n * 7 }}") is compile_expression("{{ n * 7 }}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ n", "unexpected end"),
        ("{{ n + }}", "unexpected"),
        ("a\n{{ n + }}\n", r"\(line 2\)"),
        ("{{ m }}", "no 'm'"),
        ("{{ row }}", "'row' is no value"),
        ("{{ row[n] }}", "'row' is no value"),
        ("{{ [row] }}", "'row' is no value"),
        ("{{ fake }}", "'fake' is no value"),
        ("{{ n|nothing }}", "no filter 'nothing'"),
        ("{{ n is strange }}", "no test 'strange'"),
        ("{{ pick(*[1]) }}", "one by one"),
        ("{{ pick(**{}) }}", "one by one"),
        ("{{ " + "n + " * 60 + "n }}", "nested too deep"),
        ("{{ " + "(" * 900 + "n" + ")" * 900 + " }}", "nested too deep"),
        ("{{ " + "not " * 900 + "n }}", "nested too deep"),
        ("{{ " + "[" * 900 + "]" * 900 + " }}", "nested too deep"),
        ("{{ n }}" + " " * MAX_SOURCE, "4000 are allowed"),
        ("{{ 9" + "9" * 3900 + "9" * 90 + " ** 2 ** 9 }}", ""),
    ],
)
def test_no_expressions(text, message):
    """What cannot be read, or names what there is not, is told before any row."""
    if message:
        with pytest.raises(ExpressionError, match=message):
            compile_expression(text)
    else:
        with pytest.raises(Exception):  # noqa: B017, PT011
            value(text)


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in [1] %}{% endfor %}",
        "{% set x = 1 %}",
        "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}",
        "{% block x %}{{ self.x() }}{% endblock %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% filter upper %}x{% endfilter %}",
        "{% call n() %}{% endcall %}",
        "{% with x = 1 %}{% endwith %}",
        "{% autoescape true %}{% endautoescape %}",
        "{% raw %}{{ n }}{% endraw %}{% do n %}",
    ],
)
def test_statements(text):
    """There is one statement: the work is bounded by the length of the text."""
    with pytest.raises(ExpressionError):
        compile_expression(text)


ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ n.__class__.mro() }}",
    "{{ row.__class__ }}",
    "{{ row.name.__class__ }}",
    "{{ row['__class__'] }}",
    "{{ row.values }}",
    "{{ row.brand._rows }}",
    "{{ days.__globals__ }}",
    "{{ days.__code__ }}",
    "{{ pick.__globals__ }}",
    "{{ now.__class__ }}",
    "{{ now.__reduce__() }}",
    "{{ now.astimezone() }}",
    "{{ now.timestamp() }}",
    "{{ fake.__class__ }}",
    "{{ fake['__init__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ [n]|map(attribute='__class__')|list }}",
    "{{ [n]|map('attr', '__class__')|list }}",
    "{{ [n]|selectattr('__class__')|list }}",
    "{{ [n]|groupby('__class__') }}",
    "{{ [n]|sort(attribute='__class__') }}",
    "{{ [n]|sum(attribute='__class__') }}",
    "{{ [n]|join(attribute='__class__') }}",
    "{{ '{0.__class__}'.format(n) }}",
    "{{ '{x.__class__}'.format_map({'x': n}) }}",
    "{{ '%s'|format(n) }}",
    "{{ ''.format }}",
    "{{ cycler('a') }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum() }}",
    "{{ lipsum.__globals__ }}",
    "{{ joiner('x') }}",
    "{{ namespace(x=1) }}",
    "{{ range(3) }}",
    "{{ dict(a=1) }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ _TemplateReference }}",
    "{{ super() }}",
    "{{ loop }}",
    "{{ varargs }}",
    "{{ caller() }}",
    "{{ context }}",
    "{{ environment }}",
    "{{ request }}",
    "{{ config }}",
    "{{ [1]|unique.gi_frame }}",
    "{{ ([1]|unique).gi_frame }}",
    "{{ ([1]|reverse).gi_frame }}",
    "{{ row.tags.append(1) }}",
    "{{ row.tags.clear() }}",
    "{{ row.more.update({'x': 1}) }}",
    "{{ row.more.pop('a') }}",
    "{{ row.more.__setitem__('a', 1) }}",
    "{{ 'x'.encode() }}",
    "{{ 'x'|pprint }}",
    "{{ 'x'|tojson }}",
    "{{ {'a': 1}|xmlattr }}",
    "{{ 'x'|safe }}",
    "{{ 'x'.upper }}",
    "{{ ['x'.upper] }}",
    "{{ {'a': 'x'.upper} }}",
    "{{ row.brand }}",
    "{{ [row.brand] }}",
    "a{{ row.brand }}",
    "{{ now.strftime('%c') }}",
    "{{ row.more.x }}",
    "{{ row.more.x.y }}",
    "{{ row.name if n > 5 }}",
    "a{{ row.more.x }}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_escapes(text):
    """Nothing is read but what a table allows, nothing is changed, and what is nothing is no value."""
    tags = list(ROW.values["tags"])
    with pytest.raises(Exception) as caught:  # noqa: PT011
        value(text, fake=Shown())
    assert not isinstance(caught.value, (AssertionError, SystemExit))
    assert ROW.values["tags"] == tags


BOMBS = [
    "{{ 'x' * 10**9 }}",
    "{{ 10**9 * 'x' }}",
    "{{ 'x' * (2 ** 40) }}",
    "{{ [1] * 10**9 }}",
    "{{ (1, 2) * 10**9 }}",
    "{{ ('x' * 99999) * 99999 }}",
    "{{ 'x' * 99999 + 'x' * 99999 }}",
    "{{ ('x' * 60000) ~ ('x' * 60000) }}",
    "{{ 'x' * 60000 }}{{ 'x' * 60000 }}",
    "{{ 10 ** (10 ** 10) }}",
    "{{ 9 ** 999 ** 3 }}",
    "{{ 9 ** 9.0e300 }}",
    "{{ 2 ** 'x' }}",
    "{{ (9 ** 400) ** 100 }}",
    "{{ (9 ** 999) * (9 ** 999) * (9 ** 999) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 'x'.center(1000000000) }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'.rjust(1000000000) }}",
    "{{ 'x'.zfill(1000000000) }}",
    "{{ '\\t'.expandtabs(1000000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{{ 'x'|wordwrap(1) }}",
    "{{ ('x' * 90000)|replace('x', 'y' * 90000) }}",
    "{{ ('x' * 90000).replace('x', 'y' * 90000) }}",
    "{{ ('x' * 90000).replace('', 'y' * 90000) }}",
    "{{ ('y' * 90000).join('x' * 90000) }}",
    "{{ ('x' * 90000)|join('y' * 90000) }}",
    "{{ [1]|batch(1000000000, 1) }}",
    "{{ [1]|slice(1000000000) }}",
    "{{ range(1000000000) }}",
    "{{ lipsum(n=100000) }}",
    "{{ 1.5|round(1000000000, 'ceil') }}",
    "{{ 1.5|round(10 ** 9) }}",
    "{{ now.strftime('%1000000000d') }}",
    "{{ days(10 ** 300) }}",
    "{{ now + days(10 ** 9) }}",
    "{{ 1 / 0 }}",
    "{{ 'a' < 1 }}",
    "{{ [('x' * 99999)|list, ('x' * 99999)|list]|sum([]) }}",
    "{{ (" + "+".join(["('x' * 99999)|list"] * 100) + ")|string }}",
    "{{ [" + ",".join(["'x' * 99999"] * 200) + "]|string|length }}",
    "{{ [" + ",".join(["'x' * 99999"] * 200) + "]|list|length }}",
    "{{ [" + ",".join(["{'a': 'x' * 99999}"] * 100) + "] }}",
    "{{ " + " ~ ".join(["('x' * 99999)|list|sort|reverse|sort|last"] * 80) + " }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}",
    "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
]


@pytest.mark.parametrize("text", BOMBS)
def test_bombs(text):
    """What would take all memory or time is refused, while compiling too."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        value(text)
    assert not isinstance(caught.value, (AssertionError, MemoryError))


FAKER_BOMBS = [
    "{{ fake.random_choices([fake.random_choices([fake.random_choices(['x' * 99999], 1000)], 1000)], 1000) }}",
    "{{ " + " ~ ".join(["fake.random_choices(['x' * 99999], 1000)"] * 20) + " }}",
    "{{ fake.random_choices([fake.random_choices(['x'], 1000)], 1000)|length }}",
    "{{ fake.random_elements([['x' * 99999]], 1000)|string }}",
    "{{ fake.pylist(1000, false, ['binary'])|string }}",
    "{{ fake.pylist(nb_elements=1000, allowed_types=['binary']) }}",
    "{{ fake.pydict(1000, false, ['__class__']) }}",
    "{{ fake.pystr_format('{{binary}}') }}",
    "{{ fake.pystr_format('{{__class__}}') }}",
    "{{ fake.pystr(10 ** 8, 10 ** 8) }}",
    "{{ fake.texts(1000, 99999) }}",
    "{{ fake.password(10 ** 9) }}",
    "{{ " + " ~ ".join(["fake.paragraphs(1000)|length"] * 120) + " }}",
]


@pytest.mark.parametrize("text", FAKER_BOMBS)
def test_bombs_of_faker(text):
    """Neither what a provider makes nor what is put together from it grows beyond what the rest may be."""
    faked = Faked("en_US", lambda asked: cell_words(b"key", 0, f"fake{asked}", 4), random.seed, NOW)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        value(text, fake=faked)
    assert not isinstance(caught.value, (AssertionError, MemoryError))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ('x' * 100000)|list|length }}", 100_000),
        ("{{ ('x' * 100000)|string|length }}", 100_000),
        ("{{ [1.5, 2]|sum(n) }}", 6.5),
        ("{{ [days(1), days(2)]|sum(days(0)) }}", datetime.timedelta(days=3)),
    ],
)
def test_up_to_the_bounds(text, expected):
    """What is allowed is made, and numbers and durations are summed."""
    assert value(text) == expected


def test_no_coroutines():
    """Expressions are not asynchronous, so that no frame can be had from one."""
    from fixturekit.values import expressions

    assert not expressions._environment().is_async
