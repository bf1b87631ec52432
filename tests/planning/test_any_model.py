"""Models that nobody has thought of, planned and written with no values given: rows that Django and the database accept."""

from __future__ import annotations

import itertools
import re
import warnings
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import validators
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Abs, Coalesce, Concat, Length, Lower, Upper
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from fixturekit.blueprints import blueprint
from fixturekit.exceptions import GenerationError, PlanError, WriteFailed
from fixturekit.execution.carrying_out import write_plan
from fixturekit.execution.reporting import Reporter
from fixturekit.ledger import Ledger
from fixturekit.values.conditions import columns_of
from fixturekit.values.fields.choices import usable_choices
from tests.planning.support import planned

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_models"),
    pytest.mark.skipif(not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction"),
]

NUMBERS = itertools.count()
NAMES = "abcdef"

# -- fields ------------------------------------------------------------------------------------------------------------


def even(value: Any) -> None:
    """Refuses half of all numbers."""
    if value % 2:
        raise ValidationError("Odd.")


def without_e(value: Any) -> None:
    """Refuses most words."""
    if "e" in value.lower():
        raise ValidationError("There is an e in it.")


def several(choices: Any) -> Any:
    """None, or some of these validators."""
    return st.lists(st.sampled_from(choices), max_size=2, unique_by=id)


WHOLE = [
    validators.MinValueValidator(3),
    validators.MaxValueValidator(4000),
    validators.MaxValueValidator(lambda: 500),
    validators.StepValueValidator(5),
    even,
]
TEXTS = [
    validators.MinLengthValidator(2),
    validators.RegexValidator(r"^[A-Za-z0-9 ]+$"),
    validators.RegexValidator(r"^\w{2,8}$"),
    validators.RegexValidator(r"[0-9]{3}$"),
    validators.RegexValidator(r"x", inverse_match=True),
    validators.ProhibitNullCharactersValidator(),
    without_e,
]
SMALL = st.sampled_from([None, [(1, "one"), (2, "two"), (3, "three")], lambda: [(4, "four"), (6, "six")]])
WORDS = st.sampled_from([None, None, [("", "-"), ("G", [("n", "new"), ("N", "NEW")]), ("p", "paid"), ("v", "void")]])
EMPTY = {"null": st.booleans(), "blank": st.booleans()}
UNIQUE = {"unique": st.sampled_from([False, False, True]), "editable": st.booleans()}


def built(cls: Any, **options: Any) -> Any:
    """A strategy for fields of a class, most of which may be empty, and some of which are unique."""
    return st.fixed_dictionaries({**EMPTY, **UNIQUE, **options}).map(lambda found: cls(**found)).filter(has_value)


def has_value(field: Any) -> bool:
    """Whether choices, length and validators leave a field a value; one that may be blank needs none."""
    short = isinstance(field, models.CharField) and (field.max_length or 9) < 4 and len(field.validators) > 1
    return (field.blank or not short) and (not field.flatchoices or bool(usable_choices(field)))


@st.composite
def decimals(draw: Any) -> Any:
    digits = draw(st.integers(1, 9))
    options = {name: draw(option) for name, option in {**EMPTY, **UNIQUE}.items()}
    return models.DecimalField(max_digits=digits, decimal_places=draw(st.integers(0, digits)), **options)


FIELDS: dict[str, Any] = {
    "whole": built(
        models.IntegerField,
        validators=several(WHOLE),
        choices=SMALL,
        default=st.sampled_from([models.NOT_PROVIDED, 0, 4]),
    ),
    "positive": built(models.PositiveSmallIntegerField, validators=several(WHOLE)),
    "decimal": decimals(),
    "float": built(models.FloatField, validators=several(WHOLE[:2])),
    "text": built(
        models.CharField,
        max_length=st.sampled_from([1, 2, 3, 8, 40]),
        validators=several(TEXTS),
        choices=WORDS,
        default=st.sampled_from([models.NOT_PROVIDED, models.NOT_PROVIDED, "", "n"]),
    ),
    "long text": built(models.TextField, validators=several(TEXTS[:2])),
    "slug": built(models.SlugField, max_length=st.sampled_from([3, 50])),
    "email": built(models.EmailField, max_length=st.sampled_from([8, 60])),
    "boolean": built(models.BooleanField, unique=st.just(False)),
    "date": built(models.DateField, unique_for_month=st.none(), auto_now=st.just(False)),
    "today": built(models.DateField, unique=st.just(False), blank=st.just(True), auto_now_add=st.just(True)),
    "instant": built(models.DateTimeField),
    "duration": built(models.DurationField, validators=several([validators.MaxValueValidator(timedelta(hours=2))])),
    "uuid": built(models.UUIDField),
    "json": built(models.JSONField, unique=st.just(False)),
}
RELATED = ["testapp.Course", "testapp.Student", "auth.Group"]


@st.composite
def relations(draw: Any) -> Any:
    cls = draw(st.sampled_from([models.ForeignKey, models.OneToOneField]))
    options = {name: draw(option) for name, option in EMPTY.items()}
    return cls(draw(st.sampled_from(RELATED)), models.CASCADE, related_name="+", **options)


# -- constraints -------------------------------------------------------------------------------------------------------


NUMERIC = (models.IntegerField, models.DecimalField, models.FloatField)


def atoms(fields: dict[str, Any]) -> list[Any]:
    """Conditions that these fields can meet."""
    found: list[Any] = []
    numbers = [name for name, field in fields.items() if isinstance(field, NUMERIC)]
    for name, field in fields.items():
        found += [Q(**{f"{name}__isnull": True}), Q(**{f"{name}__isnull": False})] if field.null and field.blank else []
        if isinstance(field, NUMERIC):
            found += [
                Q(**{f"{name}__gte": 0}),
                Q(**{f"{name}__lt": 9}),
                Q(**{f"{name}__in": [0, 4, 6]}),
                ~Q(**{name: 4}),
            ]
            found += [Q(**{f"{name}__range": (1, 6)}), Q(GreaterThan(Abs(name), 1))]
            found += [
                Q(**{f"{name}__lt": F(other)}) if choice else Q(**{f"{name}__lte": F(other) + 2})
                for choice, other in enumerate(numbers)
                if other != name
            ]
        if type(field) in (models.CharField, models.SlugField):
            found += [~Q(**{name: ""}), Q(**{f"{name}__in": ["n", "p", "nn"]}), Q(**{name: Lower(name)})]
            found += [
                Q(LessThanOrEqual(Length(name), 2)),
                Q(**{f"{name}__startswith": "p"}),
                Q(**{f"{name}__regex": "^[a-p]"}),
            ]
        if type(field) is models.BooleanField:
            found += [Q(**{name: True}), Q(**{name: False})]
        if type(field) is models.DateField:
            found += [Q(**{f"{name}__gte": date(2025, 6, 1)}), Q(**{f"{name}__year": 2024})]
            found += [
                Q(**{f"{name}__lt": F(other)})
                for other, f in fields.items()
                if type(f) is models.DateField and f is not field
            ]
    return found


def conditions(fields: dict[str, Any]) -> Any:
    base = st.sampled_from(atoms(fields) or [Q(pk__isnull=False)])
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda both: both[0] & both[1]),
            st.tuples(inner, inner).map(lambda both: both[0] | both[1]),
            inner.map(lambda one: ~one),
        ),
        max_leaves=4,
    )


@st.composite
def constraints(draw: Any, fields: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    names = st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=3, unique=True)
    for condition in draw(st.lists(conditions(fields), max_size=2)):
        found.append(models.CheckConstraint(condition=condition, name=f"c{next(NUMBERS)}"))  # noqa: PERF401
    for _ in range(draw(st.integers(0, 2))):
        # Django spells a prefix in an index so that PostgreSQL does not take it
        known = [atom for atom in atoms(fields) if "startswith" not in repr(atom)]
        condition = draw(st.none() | st.sampled_from(known or [None]))
        found.append(models.UniqueConstraint(fields=draw(names), condition=condition, name=f"u{next(NUMBERS)}"))
    texts = [name for name, field in fields.items() if type(field) is models.CharField]
    if texts and draw(st.booleans()):
        first, last = draw(st.sampled_from(texts)), draw(st.sampled_from(texts))
        expression = draw(
            st.sampled_from(
                [Lower(first), Upper(first), Concat(first, last), Coalesce(first, last), Concat(Lower(first), last)]
            )
        )
        found.append(models.UniqueConstraint(expression, name=f"e{next(NUMBERS)}"))
    return found


@st.composite
def definitions(draw: Any) -> Any:
    """A model: up to six fields, and what they must be to each other."""
    kinds = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5))
    fields = {name: draw(FIELDS[kind]) for name, kind in zip(NAMES, kinds, strict=False)}
    if draw(st.booleans()):
        fields["link"] = draw(relations())
    dates = [name for name, field in fields.items() if type(field) is models.DateField]
    for name, field in fields.items():
        plain = not (name in dates or field.remote_field or isinstance(field, models.JSONField))
        if dates and plain and draw(st.integers(0, 5)) == 0:
            setattr(field, draw(st.sampled_from(["unique_for_date", "unique_for_month", "unique_for_year"])), dates[0])
    meta = type("Meta", (), {"app_label": "testapp", "constraints": draw(constraints(fields))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        name = f"Any{next(NUMBERS)}"
        return type(name, (models.Model,), {"__module__": __name__, **fields, "Meta": meta})


@contextmanager
def a_table(model: Any) -> Any:
    """The table of a model, for as long as the block runs."""
    with transaction.atomic():
        editor = connection.schema_editor(atomic=False)
        editor.deferred_sql = []
        editor.create_model(model)
        for sql in editor.deferred_sql:
            editor.execute(sql)
        yield
        transaction.set_rollback(True)


def described(model: Any) -> str:
    fields = [f"{field.name}: {field.deconstruct()[1:]}" for field in model._meta.local_fields]
    dates = [(f.name, f.unique_for_date, f.unique_for_month, f.unique_for_year) for f in model._meta.local_fields]
    return "\n".join([*fields, *map(repr, model._meta.constraints), repr(dates)])


def left_empty(row: Any) -> list[str]:
    """Fields that no constraint leaves a value, and that may be NULL in the database though not in a form."""
    model: Any = type(row)
    conditions = [check.condition for check in blueprint(model).checks if check.condition is not None]
    read = {name for condition in conditions for name in columns_of(condition)}
    return [name for name in read if getattr(row, name) is None and not row._meta.get_field(name).blank]


def refused(text: str) -> str:
    """Why rows are not made, "" where they are."""
    try:
        write_plan(planned(text).plan, connection, Ledger(connection), Reporter())
    except (PlanError, WriteFailed, GenerationError) as error:
        return str(error)
    return ""


# where nothing of a row may change but what unique sets rely on, the database is asked, and the way out told
REFUSALS = re.compile(r"values that satisfy it|E057|E045|E059|E114|attempts to draw|generated values|no free values")


@given(model=definitions(), count=st.integers(1, 60), style=st.sampled_from(["plain", "lifelike"]), full=st.booleans())
@settings(max_examples=150)
def test_rows_are_valid(model, count, style, full):
    """Rows of any model pass ``full_clean()`` and the database, or the refusal says which values there are not."""
    note(described(model))
    options = f"{{style: {style}{', fill_nullable: true' if full else ''}}}"
    label = model._meta.label
    with a_table(model):
        refusal = refused(f"options: {options}\nsteps:\n  - {{id: a, make: {label}, count: {count}}}")
        event("refused" if refusal else "made")
        if refusal:
            assert REFUSALS.search(refusal), refusal
            return
        rows = list(apps.get_model(label)._base_manager.all())
        assert len(rows) == count
        for row in rows:
            row.full_clean(exclude=left_empty(row))
